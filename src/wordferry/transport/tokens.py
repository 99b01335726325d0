"""One bearer token for many calls: fetched once, kept until shortly before its end, renewed when refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

__all__ = ["Grant", "Tokens"]

_LONGEST_MARGIN = 60.0
# When the answer names no lifetime. The vendor's own tools assume the same.
_ASSUMED = 600.0


class Grant(msgspec.Struct, frozen=True):
    """A token and its lifetime in seconds, None when the vendor did not say."""

    token: str
    expires_in: float | None = None

    def __repr__(self) -> str:
        return f"Grant(expires_in={self.expires_in})"


def fits_a_header(token: str | None) -> bool:
    """Whether a vendor's token is there and can be sent: plain ASCII without control characters."""
    return bool(token) and token is not None and token.isascii() and token.isprintable()


class Tokens:
    """Hand out the current token; however many ask at once, one exchange is made.

    Args:
        exchange: asks the vendor for a new token.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        exchange: Callable[[], Awaitable[Grant]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._token: str | None = None
        self._good_until = 0.0
        self._running: asyncio.Task[str] | None = None

    @property
    def current(self) -> str | None:
        """The token at hand if it is still good, else None. No waiting."""
        if self._token is not None and self._clock() < self._good_until:
            return self._token
        return None

    async def get(self) -> str:
        """The current token, exchanged first when there is none or it is about to end.

        Raises:
            WordferryError: what the exchange raised; all who wait for it get the same one, the next call
                tries anew.
        """
        return self.current or await self._shared()

    async def renew(self, refused: str) -> str:
        """A token other than the refused one.

        Args:
            refused: the token of the call that got a 401. If somebody has renewed it already, no exchange is
                made.
        """
        if refused == self._token:
            self._good_until = 0.0
        return await self.get()

    def forget(self) -> None:
        """Give the token up: the next call asks for a new one."""
        self._token = None
        self._good_until = 0.0

    async def close(self) -> None:
        """Stop an exchange that nobody waits for any more."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _shared(self) -> str:
        task = self._running
        if task is None:
            task = self._running = asyncio.create_task(self._fetch())
            task.add_done_callback(self._finished)
        # Shielded: one caller that gives up must not take the token away from the others.
        return await asyncio.shield(task)

    async def _fetch(self) -> str:
        grant = await self._exchange()
        lifetime = grant.expires_in if grant.expires_in and grant.expires_in > 0 else _ASSUMED
        self._token = grant.token
        self._good_until = self._clock() + lifetime - min(_LONGEST_MARGIN, 0.1 * lifetime)
        return grant.token

    def _finished(self, task: asyncio.Task[str]) -> None:
        self._running = None
        if not task.cancelled():
            # Read it here: when all waiters have gone, asyncio would report it as never retrieved.
            task.exception()
