"""What crosses the seam to the network: requests, answers, and the two ways a call can fail on its way.

A backend is one object with `send` and `close` (see `Transport`). It knows nothing of vendors, tokens,
retries or budgets: those live in `calls.py`, above the seam, so that another HTTP library is one more file
like `over_aiohttp.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from wordferry.transport.redaction import redact_url

__all__ = ["Body", "File", "Lost", "Request", "Response", "Stream", "Timeouts", "Transport", "Undelivered"]


class Timeouts(msgspec.Struct, frozen=True):
    """How long one attempt may take, in seconds.

    Args:
        total: from sending to the last byte of the answer, for calls without a file.
        connect: until the connection stands (name, TCP, TLS).
        read: the longest silence while an answer is awaited or read.
        transfer: like `total`, for calls that carry or fetch a file.
    """

    total: float = 60.0
    connect: float = 10.0
    read: float = 60.0
    transfer: float = 900.0


class File(msgspec.Struct, frozen=True):
    """A body streamed from a path in constant memory, opened anew for each attempt."""

    path: Path


class Stream(msgspec.Struct, frozen=True):
    """A body from an async iterator.

    Args:
        open: called once per attempt; returns a fresh iterator over the whole body.
        length: bytes it will yield; None sends it chunked, without a length.
    """

    open: Callable[[], AsyncIterator[bytes]]
    length: int | None = None


#: Bodies can always be opened again, so that a repeat never sends half a file.
Body = bytes | File | Stream


class Request(msgspec.Struct, frozen=True):
    """One HTTP request.

    Args:
        method: HTTP method in capitals.
        url: the whole address, already percent-encoded.
        headers: values are ASCII on one line; a backend refuses anything else.
        body: None for no body.
        timeouts: seconds, see `Timeouts`.
        transfer: True when a file moves in either direction: the longer limit applies, and the answer is
            asked for uncompressed so that its length can be checked.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Body | None = None
    timeouts: Timeouts = Timeouts()
    transfer: bool = False

    def __repr__(self) -> str:
        # Headers and bodies hold tokens and customer content: they stay out of every repr.
        return f"Request({self.method} {redact_url(self.url)})"


class Response(Protocol):
    """An answer whose body has not been read yet. Read it or close it: it holds a connection."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields; look-up ignores case."""

    async def read(self, limit: int) -> bytes:
        """The whole body as bytes.

        Args:
            limit: most bytes accepted; reading stops there and the rest is dropped with the connection.

        Raises:
            Lost: the body broke off or is shorter than announced.
        """

    def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece; raises `Lost` instead of ending early."""

    async def close(self) -> None:
        """Give the connection back if the body was read to its end, else drop it. May be called twice."""


class Transport(Protocol):
    """The one seam to the network."""

    async def send(self, request: Request) -> Response:
        """Send one request, once: no retry, no redirect, no decoding.

        Raises:
            Undelivered: the connection never stood; nothing reached the other side.
            Lost: it broke after that; the other side may have done the work.
        """

    async def close(self) -> None:
        """Close all connections."""


class Undelivered(Exception):
    """The request never left: no connection, no TLS, no name.

    Args:
        reason: short words without address or secret.
        lasting: True when waiting will not help (a certificate nobody trusts).
    """

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class Lost(Exception):
    """The request left and its answer never came whole.

    Args:
        reason: short words without address or secret.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
