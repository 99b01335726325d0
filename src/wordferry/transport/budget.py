"""How many calls may leave, and how many may be under way.

`Budget` is the port: a call takes from it before it is sent. One budget belongs to one key of the vendor (a
Phrase user, an egress address for Lionbridge), shared by everything that uses the key; sharing across
processes is another implementation of the same port.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

__all__ = ["Budget", "RateBudget", "Unlimited"]


class Budget(Protocol):
    """A rate of calls to one vendor key."""

    async def take(self, calls: int) -> None:
        """Wait until `calls` calls may be sent. Cancelling the wait is allowed."""

    def penalise(self, seconds: float) -> None:
        """The vendor said "too many": nobody takes anything for this many seconds."""


class Unlimited:
    """No limit: for measurements, and for vendors that set none."""

    async def take(self, calls: int) -> None:
        """Return at once."""

    def penalise(self, seconds: float) -> None:
        """Nothing to slow down."""


class RateBudget:
    """A budget of one process: a steady rate with a burst, never more than `per_minute` in any minute.

    Waiters are served in order. A cancelled waiter's share is lost rather than handed on, which errs on the
    safe side.

    Args:
        per_minute: calls allowed in any 60 seconds (Phrase: 6,000 per user).
        burst: calls that may leave at once after a pause; the steady rate is lowered so that the sum stays
            legal.
        clock: monotonic seconds.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        *,
        per_minute: int = 6000,
        burst: int = 100,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not 0 < burst < per_minute:
            raise ValueError("burst must be positive and below per_minute")
        self._interval = 60.0 / (per_minute - burst)
        self._reach = self._interval * burst
        self._clock = clock
        self._sleep = sleep
        # The moment at which all calls taken so far would have left at the steady rate.
        self._taken_until = clock() - self._reach
        self._closed_until = clock()
        # Sum of all penalties: those who already wait are moved back too, else they would all leave at once.
        self._moved_back = 0.0

    async def take(self, calls: int) -> None:
        """Wait until `calls` calls may be sent."""
        now = self._clock()
        start = max(self._taken_until, now - self._reach)
        self._taken_until = start + calls * self._interval
        due, moved_back = self._taken_until, self._moved_back
        while (wait := max(due + self._moved_back - moved_back, self._closed_until) - now) > 0:
            await self._sleep(wait)
            now = self._clock()

    def penalise(self, seconds: float) -> None:
        """Let nobody take anything for `seconds`."""
        now = self._clock()
        longer = now + seconds - max(now, self._closed_until)
        if longer > 0:
            self._closed_until = now + seconds
            self._taken_until = max(self._taken_until, now - self._reach) + longer
            self._moved_back += longer
