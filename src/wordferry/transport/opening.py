"""How a client gets at the network: the default transport at its first call, and addresses that are checked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wordferry.errors import NeedsOperator
from wordferry.transport.message import Request, Response, Transport

__all__ = ["LazyTransport", "base_address"]


class LazyTransport:
    """The default transport, opened at the first call: its library takes long to import.

    Args:
        options: see `over_aiohttp.AiohttpTransport`.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._opened: Transport | None = None
        self.send = self._first

    async def _first(self, request: Request) -> Response:
        if self._opened is None:
            from wordferry.transport.over_aiohttp import AiohttpTransport

            opened: Transport = AiohttpTransport(**self._options)
            self._opened = opened
            self.send = opened.send
        return await self._opened.send(request)

    async def close(self) -> None:
        """Close what was opened."""
        if self._opened is not None:
            await self._opened.close()


def base_address(url: str, name: str) -> str:
    """The address without a slash at its end.

    Args:
        url: `https://host/path`.
        name: the setting it comes from, for the error.

    Raises:
        NeedsOperator: it is no such address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise NeedsOperator("The address must look like https://host/path.", object=name) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise NeedsOperator("The address must look like https://host/path.", object=name)
    return url.rstrip("/")
