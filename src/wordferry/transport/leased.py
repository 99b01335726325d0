"""A call budget shared with other processes: blocks of calls are leased from a common account."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from wordferry.ports.budget import Leases

__all__ = ["LeasedBudget"]

#: Calls per lease: enough that the account is rarely asked, few enough that a crash wastes little.
BLOCK = 50


class LeasedBudget:
    """Implements `Budget` on the `Leases` port.

    Args:
        leases: the common account.
        key: gives the name of the vendor key, never the secret itself; asked at the first call, because planning
            needs no secret.
        per_minute: what the vendor allows, for all processes together.
    """

    def __init__(self, leases: Leases, key: Callable[[], str], *, per_minute: float) -> None:
        self._leases = leases
        self._key = key
        self._per_minute = per_minute
        self._left = 0
        self._closed_until = 0.0
        self._lock = asyncio.Lock()

    async def take(self, calls: int) -> None:
        """Wait until `calls` calls may be sent."""
        wait = self._closed_until - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
            return await self.take(calls)  # another answer may have closed it again meanwhile
        if self._left >= calls:
            self._left -= calls
            return None
        async with self._lock:
            while self._left < calls:
                block = max(BLOCK, calls)
                wait = await self._leases.lease(self._key(), calls=block, per_minute=self._per_minute)
                if wait > 0:
                    await asyncio.sleep(wait)
                self._left += block
            self._left -= calls
        return None

    def penalise(self, seconds: float) -> None:
        """The vendor said "too many": this process pauses; the others hear it themselves."""
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)
