"""The virtual clock."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.sandbox.clock import Clock


@given(delays=st.lists(st.floats(0, 1000), max_size=20))
def test_work_runs_in_the_order_of_its_time(delays: list[float]) -> None:
    """Scheduled work runs in virtual-time order, whatever the order of scheduling."""

    async def run() -> list[float]:
        clock = Clock(epoch=0)
        seen: list[float] = []
        for delay in delays:
            clock.after(delay + 1, lambda delay=delay: seen.append(delay))  # type: ignore[misc]
        await clock.advance(2000)
        return seen

    seen = asyncio.run(run())
    # Floats that differ by less than the machine's clock moves between two lines may swap.
    assert len(seen) == len(delays)
    assert all(later - earlier > -0.5 for earlier, later in pairwise(seen))


async def test_work_sees_its_own_time() -> None:
    """While work runs, the clock shows the time it was scheduled for, not the end of the advance."""
    clock = Clock(epoch=1000)
    seen: list[float] = []
    clock.after(60, lambda: seen.append(clock.now()))
    await clock.advance(3600)
    assert 1060 <= seen[0] < 1090
    assert clock.now() >= 4600


async def test_work_may_schedule_work_within_the_same_advance() -> None:
    """Work scheduled by work runs in the same advance when it falls due in it."""
    clock = Clock(epoch=0)
    seen: list[str] = []

    def first() -> None:
        seen.append("first")
        clock.after(10, lambda: seen.append("second"))
        clock.after(5000, lambda: seen.append("too late"))

    clock.after(10, first)
    await clock.advance(100)
    assert seen == ["first", "second"]
    await clock.clear()


async def test_advance_waits_for_work_that_awaits() -> None:
    """Asynchronous work has ended when advance returns."""
    clock = Clock(epoch=0)
    seen: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        seen.append(1)

    clock.after(1, work)
    await clock.advance(2)
    assert seen == [1]


async def test_real_time_counts_too() -> None:
    """Work falls due by itself when real time passes."""
    clock = Clock()
    done = asyncio.Event()
    clock.after(0.01, done.set)
    await asyncio.wait_for(done.wait(), 10)


async def test_a_sleeper_wakes_when_the_clock_is_advanced() -> None:
    """Sleeping on the clock ends with the advance that covers it."""
    clock = Clock()
    sleeper = asyncio.ensure_future(clock.sleep(3600))
    await asyncio.sleep(0)
    await clock.advance(3601)
    await asyncio.wait_for(sleeper, 10)


async def test_cancelled_work_never_runs() -> None:
    """A cancelled timer is dropped."""
    clock = Clock()
    seen: list[int] = []
    clock.after(1, lambda: seen.append(1)).cancel()
    await clock.advance(10)
    assert seen == []


async def test_the_clock_never_goes_back() -> None:
    """A negative advance is refused."""
    with pytest.raises(ValueError, match="cannot go back"):
        await Clock().advance(-1)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
async def test_the_clock_goes_by_finite_steps_only(seconds: float) -> None:
    """A step without end would run work for ever."""
    with pytest.raises(ValueError, match="cannot be advanced"):
        await Clock().advance(seconds)


async def test_a_frozen_clock_moves_only_by_steps() -> None:
    """What is due at once happens; what lies ahead waits for a step."""
    clock = Clock(epoch=1000.0, frozen=True)
    done: list[float] = []
    clock.after(0.0, lambda: done.append(clock.elapsed()))
    clock.after(5.0, lambda: done.append(clock.elapsed()))
    await asyncio.sleep(0.02)
    assert (done, clock.now()) == ([0.0], 1000.0)
    await clock.advance(5)
    assert (done, clock.now()) == ([0.0, 5.0], 1005.0)


async def test_the_clock_stays_within_the_calendar() -> None:
    """A step beyond every date is refused and moves nothing."""
    clock = Clock(epoch=1000.0, frozen=True)
    with pytest.raises(ValueError, match="thousand years"):
        await clock.advance(1e300)
    assert clock.now() == 1000.0
