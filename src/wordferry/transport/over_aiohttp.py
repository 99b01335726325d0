"""The seam over aiohttp: the only client file that imports it.

Importing aiohttp costs more than 100 ms, so nothing imports this module at the top: `default_transport` does,
at the first call.
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from wordferry.errors import Refused
from wordferry.transport.message import Body, File, Lost, Request, Stream, Timeouts, Undelivered

__all__ = ["AiohttpTransport"]

_PIECE = 256 * 1024
# Shorter than the idle limit of common load balancers (60 s), so that an effect rarely meets a connection
# that the other side is just closing: such a call would end as "outcome unknown".
_KEEPALIVE = 15.0

_NEVER_STOOD = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_NEVER_WILL = (aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch)
_BROKE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class AiohttpTransport:
    """Send requests with aiohttp, without any initiative of its own.

    No silent retry, no redirects, no cookies, no text decoding. One instance belongs to one event loop.

    Args:
        user_agent: application name plus a contact; Phrase asks for both.
        connections: most connections open at a time.
        tls: a context for private certificate authorities or client certificates.
        proxy: address of an HTTP proxy.
    """

    def __init__(
        self,
        *,
        user_agent: str = "wordferry",
        connections: int = 100,
        tls: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._connections = connections
        self._tls = tls
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._limits: dict[tuple[Timeouts, bool], aiohttp.ClientTimeout] = {}
        self._closed = False

    async def send(self, request: Request) -> AiohttpResponse:
        """Send one request once; see `Transport.send`.

        Raises:
            Refused: the file to send cannot be read, or changed while it was sent.
            Undelivered, Lost: see `Transport.send`.
        """
        session = self._session or self._open()
        headers = request.headers
        body = request.body
        upload: _Upload | None = None
        if request.transfer:
            headers = {"Accept-Encoding": "identity", **headers}
        if body is not None and not isinstance(body, bytes):
            upload = _Upload(body)
            if upload.length is not None:
                headers = {**headers, "Content-Length": str(upload.length)}
        try:
            answer = await session.request(
                request.method,
                URL(request.url, encoded=True),
                data=body if upload is None else upload.data(),
                headers=headers,
                allow_redirects=False,
                timeout=self._limits.get((request.timeouts, request.transfer)) or self._limit(request),
            )
        # None of these is chained: some carry the request, and with it the token, in their repr.
        except _NEVER_WILL:
            raise Undelivered("its certificate is not trusted", lasting=True) from None
        except _NEVER_STOOD as error:
            raise Undelivered(_reason(error)) from None
        except aiohttp.InvalidURL:
            raise Undelivered("its address is not a URL", lasting=True) from None
        except _BROKE as error:
            if upload is not None and upload.failure is not None:
                # Our side broke off: the other side never had a whole body and cannot have acted on it.
                raise upload.failure from None
            raise Lost(_reason(error)) from None
        return AiohttpResponse(answer)

    async def close(self) -> None:
        """Close all connections. Later sends fail."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise RuntimeError("this transport is closed")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections,
                ssl=self._tls if self._tls is not None else True,
                keepalive_timeout=_KEEPALIVE,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            proxy=self._proxy,
            # The queue of a slow reader stays small: a 1 GB download moves in constant memory.
            read_bufsize=_PIECE,
        )
        # Trap: on a reused connection aiohttp repeats GET, PUT and DELETE by itself when the server drops it.
        # A repeated download burns Phrase's single-use id. There is no public switch; tests/transport pins
        # this one.
        self._session._retry_connection = False  # noqa: SLF001
        return self._session

    def _limit(self, request: Request) -> aiohttp.ClientTimeout:
        given = request.timeouts
        total = given.transfer if request.transfer else given.total
        # Connecting must give up first: only then is it certain that nothing was sent.
        connect = min(given.connect, total * 0.8)
        # A silence limit that cannot strike before the total would only cost two timers a call.
        read = given.read if given.read < total else None
        limit = aiohttp.ClientTimeout(total=total, connect=connect, sock_read=read)
        self._limits[given, request.transfer] = limit
        return limit


class AiohttpResponse:
    """An aiohttp answer behind the seam; see `Response`."""

    __slots__ = ("_answer",)

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields; look-up ignores case."""
        return self._answer.headers

    async def read(self, limit: int) -> bytes:
        """The whole body as bytes, at most `limit`; see `Response.read`."""
        answer = self._answer
        try:
            if answer.content_length is not None and answer.content_length <= limit:
                return await answer.read()
            pieces = bytearray()
            while piece := await answer.content.readany():
                pieces += piece
                if len(pieces) > limit:
                    answer.close()
                    break
        except _BROKE as error:
            raise Lost(_reason(error)) from None
        return bytes(pieces[:limit])

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece; see `Response.chunks`."""
        content = self._answer.content
        while True:
            try:
                piece = await content.readany()
            except _BROKE as error:
                raise Lost(_reason(error)) from None
            if not piece:
                return
            yield piece

    async def close(self) -> None:
        """Give the connection back if the body was read to its end, else drop it."""
        released: Any = self._answer.release()
        if released is not None:
            await released


class _Upload:
    """One sending of a body; keeps what went wrong on our side, which aiohttp would wrap."""

    __slots__ = ("_source", "failure", "length")

    def __init__(self, source: Body) -> None:
        self.failure: BaseException | None = None
        if isinstance(source, File):
            self.length: int | None = _size(source.path)
            self._source = _pieces(source.path, self.length)
        else:
            if not isinstance(source, Stream):
                raise TypeError(f"a body is bytes, a path or a Stream, not {type(source).__name__}")
            self.length = source.length
            self._source = source.open()

    def data(self) -> AsyncIterator[bytes] | bytes:
        # aiohttp sends an iterator that ends at once chunked, whatever the length says.
        return b"" if self.length == 0 else self._watched()

    async def _watched(self) -> AsyncIterator[bytes]:
        sent = 0
        try:
            async for piece in self._source:
                sent += len(piece)
                if self.length is not None and sent > self.length:
                    raise Refused(f"The body is longer than the {self.length} bytes announced.")
                yield piece
            if self.length is not None and sent < self.length:
                raise Refused(f"The body ended after {sent} of {self.length} bytes.")
        except Exception as error:
            self.failure = error
            raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Refused(f"The file cannot be read: {_reason(error)}.", object=path.name) from None


async def _pieces(path: Path, size: int) -> AsyncIterator[bytes]:
    # Reads happen in a thread: a slow disk must not stop the loop. A file that grows under way is cut by the
    # announced length, one that shrinks is refused by the caller: neither becomes a different source unseen,
    # because the submission compares hashes.
    left = size
    try:
        file = await asyncio.to_thread(open, path, "rb", buffering=0)
    except OSError as error:
        raise Refused(f"The file cannot be read: {_reason(error)}.", object=path.name) from None
    try:
        while left and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        file.close()


def _reason(error: BaseException) -> str:
    """Words for a broken connection that name neither the address nor the request."""
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError) or "SSL" in type(error).__name__:
        return "TLS could not be agreed on"
    code = getattr(error, "errno", None)
    if isinstance(code, int) and code in errno.errorcode:
        return os.strerror(code).lower()
    return _WORDS.get(type(error).__name__, type(error).__name__)


_WORDS = {
    "ClientConnectorDNSError": "its name does not resolve",
    "ClientPayloadError": "the answer broke off before its end",
    "ServerDisconnectedError": "the connection was dropped",
    "ClientConnectionResetError": "the connection was reset",
}
