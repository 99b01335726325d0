"""A server on a bare socket: it sees exactly what arrives, and answers or breaks off byte by byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import NamedTuple, Self


class Seen(NamedTuple):
    """One request as it arrived. `number` counts from 1, `connection` too."""

    number: int
    connection: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    whole: bool


class Say(NamedTuple):
    """What to send, and whether to close after it."""

    data: bytes = b""
    close: bool = False
    pause: float = 0.0


#: Close without a word.
DROP = Say(close=True)
#: Keep the connection open and say nothing.
SILENCE = Say(pause=30.0, close=True)


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Say:
    """A whole answer; underscores in header names become hyphens."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Say(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)


class RawServer:
    """Serve with `reply`, keep what was seen in `seen`. Use as an async context manager."""

    def __init__(self, reply: Callable[[Seen], Say], *, tls: ssl.SSLContext | None = None) -> None:
        self._reply = reply
        self._tls = tls
        self.seen: list[Seen] = []
        self.connections = 0
        self.arrived = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)
        for task in list(self._tasks()):
            task.cancel()

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__name__", "") == "_serve"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = self.connections
        self._writers.add(writer)
        try:
            while (seen := await self._read(reader, connection)) is not None:
                self.seen.append(seen)
                self.arrived.set()
                say = self._reply(seen)
                if say.pause:
                    await asyncio.sleep(say.pause)
                writer.write(say.data)
                await writer.drain()
                if say.close or not seen.whole:
                    return
        except (OSError, asyncio.CancelledError):
            return
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, connection: int) -> Seen | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        body, whole = b"", True
        if "content-length" in headers:
            try:
                body = await reader.readexactly(int(headers["content-length"]))
            except asyncio.IncompleteReadError as error:
                body, whole = error.partial, False
        elif headers.get("transfer-encoding") == "chunked":
            body, whole = await self._chunks(reader)
        return Seen(len(self.seen) + 1, connection, method, path, headers, body, whole)

    async def _chunks(self, reader: asyncio.StreamReader) -> tuple[bytes, bool]:
        body = b""
        try:
            while size := int(await reader.readline() or b"x", 16):
                body += await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readline()
        except (ValueError, asyncio.IncompleteReadError):
            return body, False
        return body, True
