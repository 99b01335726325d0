"""Which addresses from outside may be called: never one inside our own network, unless the vendor itself is there."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from wordferry.errors import Surprise

__all__ = ["AddressGuard", "resolve"]

#: From a host name to its addresses.
Resolve = Callable[[str], Awaitable[list[str]]]


async def resolve(host: str) -> list[str]:
    """The addresses of a host as the system resolves it; none when it does not know (a proxy may)."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]


class AddressGuard:
    """Judge addresses that an answer leads to.

    Args:
        base: the configured address of the vendor. When it lies in a private network (a sandbox on this machine), so
            may what it leads to.
        resolve: from a host name to its addresses.
    """

    def __init__(self, base: str, *, resolve: Resolve = resolve) -> None:
        self.base = base
        self._resolve = resolve
        self._private: bool | None = None

    async def check(self, address: str) -> None:
        """Let an address pass or not.

        Raises:
            Surprise: it is no web address, is not encrypted, or lies in a private network.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        host = parts.hostname
        if not host or parts.scheme not in ("http", "https"):
            raise Surprise("The answer leads to something that is no web address.", object="Location")
        if self._private is None:
            self._private = not await self._public(urlsplit(self.base).hostname or "")
        if self._private:
            return
        if parts.scheme != "https":
            raise Surprise("The answer leads to an address without encryption.", object=host)
        if not await self._public(host):
            raise Surprise("The answer leads into a private network; it was not followed.", object=host)

    async def _public(self, host: str) -> bool:
        try:
            found = [str(ipaddress.ip_address(host))]
        except ValueError:
            found = await self._resolve(host)
        return all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)
