"""The way to the file service: no token goes there, and nowhere but there is a redirect followed to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin

from wordferry.errors import Surprise
from wordferry.tms.lionbridge.api import fms
from wordferry.tms.lionbridge.api.source_files import REDIRECTS
from wordferry.transport import AddressGuard, Arriving, Call, Calls, Retry

__all__ = ["Storage"]

_MOST_HOPS = 5


class Storage:
    """The file service.

    Args:
        calls: goes wherever a link leads, without a token.
        guard: which addresses may be called.
        retry: how often an upload that makes no progress is taken up again.
        sleep: waits for seconds.
    """

    def __init__(
        self, calls: Calls, guard: AddressGuard, *, retry: Retry, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self.calls = calls
        self.guard = guard
        self.retry = retry
        self.sleep = sleep

    @asynccontextmanager
    async def follow(self, calls: Calls, call: Call[Any]) -> AsyncIterator[Arriving]:
        """Make a call of the API that answers with the address of a file, and open the file.

        Args:
            calls: the way to the API.
            call: the call.

        Raises:
            Surprise: the address leads where we do not go.
            WordferryError: as `Calls.stream`.
        """
        async with calls.stream(call) as arriving:
            if arriving.status not in REDIRECTS:
                yield arriving
                return
            address = _target(call.address(self.guard.base), arriving, call)
        for _ in range(_MOST_HOPS):
            await self.guard.check(address)
            async with self.calls.stream(fms.fetch(address, subject=call.object())) as arriving:
                if arriving.status not in REDIRECTS:
                    yield arriving
                    return
                address = _target(address, arriving, call)
        raise Surprise("The download leads from one address to the next without end.", object=call.object())


def _target(address: str, arriving: Arriving, call: Call[Any]) -> str:
    location = arriving.headers.get("Location")
    if not location:
        raise Surprise("The redirect names no address.", object=call.object(), status=arriving.status)
    return urljoin(address, location)
