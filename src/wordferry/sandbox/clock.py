"""The virtual clock: real monotonic time plus whatever was advanced.

Everything that takes time in the sandbox is scheduled here, so that a test can let four hours pass in
milliseconds and still see the work done in the order in which it would have happened.

The clock is part of what a snapshot holds. So work is a bound method of a sandbox object, or a `functools.partial`
of one with plain arguments, never a lambda or a closure.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

_PAUSE_EVERY = 200

Work = Callable[[], Awaitable[None] | None]

# Dates have to stay within the calendar.
_FARTHEST = 1000 * 365.25 * 86400


class Timer:
    """One piece of scheduled work; `cancel` forgets it.

    Args:
        passing: it belongs to a request under way, so no snapshot keeps it.
    """

    __slots__ = ("cancelled", "number", "passing", "when", "work")

    def __init__(self, when: float, number: int, work: Work, *, passing: bool = False) -> None:
        self.when = when
        self.number = number
        self.work = work
        self.passing = passing
        self.cancelled = False

    def cancel(self) -> None:
        """Never run the work."""
        self.cancelled = True

    def __lt__(self, other: Timer) -> bool:
        return (self.when, self.number) < (other.when, other.number)


class Clock:
    """Virtual time in epoch seconds, and the work that waits for it.

    Args:
        epoch: the virtual time at the start; the machine's time by default.
        frozen: time passes only by `advance`, so that a run has the same times whenever it is repeated.
    """

    def __init__(self, *, epoch: float | None = None, frozen: bool = False) -> None:
        self.start = time.time() if epoch is None else epoch
        self.frozen = frozen
        self._offset = 0.0
        self._heap: list[Timer] = []
        self._numbers = 0
        # Grows with every piece of work that was begun, and with every leap.
        self.moved = 0
        self._begin()

    def _begin(self) -> None:
        # What belongs to this process and to no snapshot.
        self._monotonic = time.monotonic()
        self._handle: asyncio.TimerHandle | None = None
        self._running: dict[asyncio.Task[None], Timer] = {}
        self._current: Timer | None = None
        self._advancing = False
        self._lock = asyncio.Lock()

    def __getstate__(self) -> dict[str, Any]:
        # Work that has begun and not ended is begun again: better twice than never.
        begun = [*self._running.values(), *([self._current] if self._current is not None else [])]
        return {
            "start": self.start,
            "frozen": self.frozen,
            "elapsed": self.elapsed(),
            "saved": time.time(),
            "timers": sorted(
                timer for timer in [*begun, *self._heap] if not timer.cancelled and not timer.passing
            ),
            "numbers": self._numbers,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.start = state["start"]
        self.frozen = state["frozen"]
        self._offset = state["elapsed"]
        self._saved: float = state["saved"]
        self._heap = state["timers"]
        self._numbers = state["numbers"]
        self.moved = 0
        self._begin()

    def resume(self, *, catch_up: bool = False) -> None:
        """Go on after being loaded.

        Args:
            catch_up: let the time pass that the sandbox was away; a vendor's clock does not stop either.
        """
        self._monotonic = time.monotonic()
        if catch_up and not self.frozen:
            self._offset += max(time.time() - self._saved, 0.0)
        self._arm()

    def now(self) -> float:
        """Virtual time in epoch seconds."""
        return self.start + self.elapsed()

    def elapsed(self) -> float:
        """Virtual seconds since the start."""
        return self._offset if self.frozen else time.monotonic() - self._monotonic + self._offset

    def after(self, seconds: float, work: Work, *, passing: bool = False) -> Timer:
        """Run work once that many virtual seconds have passed.

        Args:
            seconds: how long from now.
            work: a bound method or a partial of one. It must not sleep on this clock: `advance` waits for it.
            passing: it belongs to a request under way, so no snapshot keeps it.
        """
        timer = Timer(self.elapsed() + max(seconds, 0.0), self._numbers, work, passing=passing)
        self._numbers += 1
        heapq.heappush(self._heap, timer)
        if self._heap[0] is timer:
            self._arm()
        return timer

    async def sleep(self, seconds: float) -> None:
        """Wait until that many virtual seconds have passed."""
        done = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        timer = self.after(seconds, wake, passing=True)
        try:
            await done
        finally:
            timer.cancel()

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass; work that falls due runs first, in the order of its time.

        Args:
            seconds: how far to go; negative values are refused.

        Raises:
            ValueError: when `seconds` is negative or no finite number, or leads beyond a thousand years.
        """
        if not math.isfinite(seconds):
            raise ValueError(f"the clock cannot be advanced by {seconds} s")
        if seconds < 0:
            raise ValueError(f"the clock cannot go back: advance by {seconds} s was asked for")
        if self.elapsed() + seconds > _FARTHEST:
            raise ValueError("the clock cannot be advanced by more than a thousand years")
        async with self._lock:
            target = self.elapsed() + seconds
            self._advancing = True
            done = 0
            try:
                while True:
                    if self._running:
                        await asyncio.gather(*self._running, return_exceptions=True)
                    if not self._heap or self._heap[0].when > target:
                        break
                    timer = heapq.heappop(self._heap)
                    if timer.cancelled:
                        continue
                    self._move_to(timer.when)
                    self._current = timer
                    self.moved += 1
                    outcome = timer.work()
                    if outcome is not None:
                        await outcome
                    self._current = None
                    done += 1
                    if done % _PAUSE_EVERY == 0:
                        # A long stretch of time must not starve the requests that come in meanwhile.
                        await asyncio.sleep(0)
                self._move_to(target)
                self.moved += 1
            finally:
                self._current = None
                self._advancing = False
                self._arm()
        # Whoever slept until now gets a turn before the caller looks at the result.
        await asyncio.sleep(0)

    def _move_to(self, elapsed: float) -> None:
        real = 0.0 if self.frozen else time.monotonic() - self._monotonic
        self._offset = max(self._offset, elapsed - real)

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._heap and not self._advancing:
            delay = max(self._heap[0].when - self.elapsed(), 0.0)
            if self.frozen and delay:
                return
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self._advancing:
            return
        now = self.elapsed()
        while self._heap and self._heap[0].when <= now:
            timer = heapq.heappop(self._heap)
            if not timer.cancelled:
                self.moved += 1
                outcome = timer.work()
                if outcome is not None:
                    task = asyncio.ensure_future(outcome)
                    self._running[task] = timer
                    task.add_done_callback(self._done)
        self._arm()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)

    async def clear(self) -> None:
        """Forget all scheduled work and stop what is running."""
        self._heap.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
