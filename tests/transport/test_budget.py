"""The budget of one process, in simulated time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.transport import RateBudget


class Simulation:
    """Time in which sleeping tasks wake in order; `run` drives them without waiting."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._number, future))
        await future

    async def run(self, *, until: float = float("inf"), then: Callable[[], None] | None = None) -> None:
        while True:
            for _ in range(3):
                await asyncio.sleep(0)
            if not self._sleepers or self._sleepers[0][0] > until:
                self.now = max(self.now, until) if until < float("inf") else self.now
                break
            self.now, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
        if then is not None:
            then()


def _simulate(
    per_minute: int, burst: int, sizes: list[int], penalties: list[tuple[float, float]]
) -> list[float]:
    async def main() -> list[float]:
        simulation = Simulation()
        budget = RateBudget(
            per_minute=per_minute, burst=burst, clock=simulation.clock, sleep=simulation.sleep
        )
        left: list[float] = []

        async def one(calls: int) -> None:
            await budget.take(calls)
            left.extend([simulation.now] * calls)

        tasks = [asyncio.create_task(one(size)) for size in sizes]
        for when, seconds in sorted(penalties):
            await simulation.run(until=when, then=lambda seconds=seconds: budget.penalise(seconds))  # type: ignore[misc]
        await simulation.run()
        await asyncio.gather(*tasks)
        return left

    return asyncio.run(main())


@given(
    st.integers(10, 600),
    st.floats(0.05, 0.9),
    st.lists(st.integers(1, 4), min_size=1, max_size=150),
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 30)), max_size=3),
)
def test_no_minute_ever_exceeds_the_limit(
    per_minute: int, share: float, sizes: list[int], penalties: list[tuple[float, float]]
) -> None:
    """However calls and penalties fall, any sixty seconds hold at most the allowed calls."""
    burst = max(4, min(per_minute - 1, int(per_minute * share)))
    left = sorted(_simulate(per_minute, burst, sizes, penalties))
    for index, start in enumerate(left):
        within = sum(1 for moment in left[index:] if moment < start + 60 - 1e-6)
        assert within <= per_minute


def test_the_budget_is_used_up() -> None:
    """Under steady demand at least 98 % of 6,000 calls a minute leave."""
    left = _simulate(6000, 100, [1] * 13_000, [])
    assert sum(1 for moment in left if 60 <= moment < 120) >= 5880


def test_a_burst_leaves_at_once() -> None:
    """After a pause as many calls as the burst leave without waiting, the next one waits."""
    left = _simulate(6000, 100, [1] * 101, [])
    assert left[:100] == [0.0] * 100
    assert left[100] > 0


def test_penalties_stop_everybody_and_leave_no_wave() -> None:
    """During a penalty nothing leaves; after it those who waited leave at the steady rate, not all at once."""
    left = _simulate(600, 10, [1] * 120, [(3.0, 20.0)])
    assert not [moment for moment in left if 3.0 < moment < 23.0]
    after = [moment for moment in left if 23.0 <= moment < 24.0]
    assert 0 < len(after) <= 21


def test_waiters_are_served_in_order() -> None:
    """Whoever asked first leaves first."""

    async def main() -> list[int]:
        simulation = Simulation()
        budget = RateBudget(per_minute=60, burst=1, clock=simulation.clock, sleep=simulation.sleep)
        order: list[int] = []

        async def one(number: int) -> None:
            await budget.take(1)
            order.append(number)

        tasks = [asyncio.create_task(one(number)) for number in range(20)]
        await simulation.run()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(main()) == list(range(20))


@pytest.mark.parametrize(("per_minute", "burst"), [(100, 0), (100, 100), (1, 1)])
def test_impossible_bursts_are_refused(per_minute: int, burst: int) -> None:
    """A burst as large as the whole minute, or none, cannot be kept and is refused."""
    with pytest.raises(ValueError, match="burst"):
        RateBudget(per_minute=per_minute, burst=burst)
