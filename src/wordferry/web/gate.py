"""What stands in front of every receiver: bounds on bytes in flight, on time, and on guessing."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

__all__ = ["Gate", "retry_later"]

#: Bytes that may be on their way in at once; beyond it the sender is asked to come back.
MOST_BYTES = 64 * 1024**2
#: Seconds for a whole body.
PATIENCE = 30.0
#: Seconds after which a sender that was refused for lack of room should come back.
BACK = 5
#: Refused calls of one address in that time, after which it is not listened to for the rest of it.
GUESSES = 100
MINUTE = 60.0
#: Addresses remembered at most.
PEERS = 10_000


def retry_later(seconds: float = BACK, *, status: int = 503) -> web.Response:
    """The answer to a sender that should come back."""
    return web.Response(status=status, headers={"Retry-After": str(max(1, round(seconds)))})


class Gate:
    """Counts bytes and refused calls.

    Args:
        proxies: reverse proxies of ours in front, each of which adds an address to `X-Forwarded-For`.
        clock: monotonic seconds.
    """

    def __init__(self, *, proxies: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._proxies = proxies
        self._clock = clock
        self._bytes = 0
        self._refused: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @asynccontextmanager
    async def room(self, size: int) -> AsyncIterator[bool]:
        """Room for so many bytes while the context lasts; False when there is none."""
        if self._bytes + size > MOST_BYTES:
            yield False
            return
        self._bytes += size
        try:
            yield True
        finally:
            self._bytes -= size

    async def body(self, request: web.Request) -> bytes:
        """The raw body.

        Raises:
            web.HTTPRequestEntityTooLarge: it is longer than the application allows.
            web.HTTPRequestTimeout: it does not come.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                return await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None

    def peer(self, request: web.Request) -> str | None:
        """The caller's address; None when it is unknown because a proxy stands between that nobody told us of."""
        if self._proxies:
            hops = [
                hop.strip()
                for value in request.headers.getall("X-Forwarded-For", [])
                for hop in value.split(",")
            ]
            # Only what our own proxies added can be believed.
            return hops[-self._proxies] if len(hops) >= self._proxies else None
        if "X-Forwarded-For" in request.headers:
            return None
        return request.remote

    def blocked(self, request: web.Request) -> float | None:
        """Seconds for which its address is not listened to; None when it is."""
        peer = self.peer(request)
        if peer is None or peer not in self._refused:
            return None
        until, count = self._refused[peer]
        left = until - self._clock()
        return left if left > 0 and count >= GUESSES else None

    def refused(self, request: web.Request) -> None:
        """Remember that a call could not be verified."""
        peer = self.peer(request)
        if peer is None:
            return
        now = self._clock()
        until, count = self._refused.pop(peer, (0.0, 0))
        self._refused[peer] = (until, count + 1) if until > now else (now + MINUTE, 1)
        while len(self._refused) > PEERS:
            self._refused.popitem(last=False)
