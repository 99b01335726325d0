"""The contract of the seam, on bare sockets: what a backend must do and must never do by itself."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.transport.self_signed import server_context
from tests.transport.servers import DROP, SILENCE, RawServer, Say, answer
from wordferry.errors import Refused
from wordferry.transport import File, Lost, Request, Response, Stream, Timeouts, Transport, Undelivered

_SHORT = Timeouts(total=0.3, connect=0.2, read=0.3, transfer=0.3)


async def _whole(response: Response, limit: int = 1 << 20) -> bytes:
    try:
        return await response.read(limit)
    finally:
        await response.close()


def _get(server: RawServer, path: str = "/x", **options: object) -> Request:
    return Request("GET", server.url + path, {}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_dropped_reused_connection_is_not_repeated(transport: Transport, method: str) -> None:
    """When the server drops a reused connection, exactly one request arrives and the call is lost."""
    async with RawServer(lambda seen: answer() if seen.number == 1 else DROP) as server:
        await _whole(await transport.send(_get(server)))
        with pytest.raises(Lost):
            await transport.send(
                Request(method, server.url + "/spent", {}, body=b"x" if method == "POST" else None)
            )
        assert [seen.path for seen in server.seen] == ["/x", "/spent"]
        assert server.connections == 1, "the second request was meant to reuse the connection"


async def test_redirects_are_handed_back(transport: Transport) -> None:
    """A redirect is an answer like any other; nothing is sent to its target."""
    async with RawServer(lambda seen: answer()) as other:
        async with RawServer(lambda seen: answer(307, b"", Location=other.url + "/there")) as server:
            response = await transport.send(Request("GET", server.url, {"X-Api-Key": "k"}))
            assert response.status == 307
            assert response.headers["location"] == other.url + "/there"
            await response.close()
        assert other.seen == []


async def test_bytes_arrive_as_they_are(transport: Transport) -> None:
    """A body of bytes arrives with its length and unchanged, whatever its bytes are."""
    body = bytes(range(256)) * 40
    async with RawServer(lambda seen: answer()) as server:
        await _whole(await transport.send(Request("POST", server.url, {}, body=body)))
        assert server.seen[0].body == body
        assert server.seen[0].headers["content-length"] == str(len(body))


async def test_files_are_streamed_with_their_length_and_reopened(
    transport: Transport, tmp_path: Path
) -> None:
    """A file arrives unchanged with a length, and the same request can be sent again."""
    path = tmp_path / "source.bin"
    path.write_bytes(bytes(range(251)) * 5000)
    async with RawServer(lambda seen: answer()) as server:
        request = Request("POST", server.url, {}, body=File(path), transfer=True)
        for _ in range(2):
            await _whole(await transport.send(request))
        digests = {hashlib.sha256(seen.body).hexdigest() for seen in server.seen}
        assert digests == {hashlib.sha256(path.read_bytes()).hexdigest()}
        assert {seen.headers["content-length"] for seen in server.seen} == {str(path.stat().st_size)}


async def test_empty_files_have_a_length_too(transport: Transport, tmp_path: Path) -> None:
    """An empty file is sent as a body of length zero, not chunked."""
    path = tmp_path / "empty"
    path.touch()
    async with RawServer(lambda seen: answer()) as server:
        await _whole(await transport.send(Request("POST", server.url, {}, body=File(path))))
        assert server.seen[0].headers["content-length"] == "0"
        assert "transfer-encoding" not in server.seen[0].headers


async def test_missing_file_is_refused_before_anything_is_sent(transport: Transport, tmp_path: Path) -> None:
    """A file that cannot be read is refused by name, and the server hears nothing."""
    async with RawServer(lambda seen: answer()) as server:
        with pytest.raises(Refused) as caught:
            await transport.send(Request("POST", server.url, {}, body=File(tmp_path / "gone.md")))
        assert caught.value.object == "gone.md"
        assert str(tmp_path) not in str(caught.value)
        assert server.seen == []


async def _yield(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize(("length", "header"), [(6, "content-length"), (None, "transfer-encoding")])
async def test_streams_arrive_whole(transport: Transport, length: int | None, header: str) -> None:
    """A stream is sent with its length when it is known and chunked when it is not."""
    async with RawServer(lambda seen: answer()) as server:
        body = Stream(lambda: _yield(b"abc", b"def"), length)
        await _whole(await transport.send(Request("POST", server.url, {}, body=body)))
        assert server.seen[0].body == b"abcdef"
        assert header in server.seen[0].headers


@pytest.mark.parametrize("pieces", [(b"abc",), (b"abc", b"defg")])
async def test_streams_that_break_their_promise_are_refused(
    transport: Transport, pieces: tuple[bytes, ...]
) -> None:
    """A stream shorter or longer than announced is refused, and no whole body ever arrives."""
    async with RawServer(lambda seen: answer()) as server:
        with pytest.raises(Refused):
            await transport.send(Request("POST", server.url, {}, body=Stream(lambda: _yield(*pieces), 6)))
        await asyncio.sleep(0.05)
        assert not any(seen.whole for seen in server.seen)


async def test_failing_source_raises_its_own_error(transport: Transport) -> None:
    """When the source of a body fails, its own error comes out: nothing whole was sent."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise LookupError("blob is gone")

    async with RawServer(lambda seen: answer()) as server:
        with pytest.raises(LookupError, match="blob is gone"):
            await transport.send(Request("POST", server.url, {}, body=Stream(broken, 6)))


async def test_refused_connection_is_undelivered(transport: Transport) -> None:
    """Nobody listening means nothing was sent."""
    async with RawServer(lambda seen: answer()) as server:
        url = server.url
    with pytest.raises(Undelivered, match="refused") as caught:
        await transport.send(Request("POST", url, {}, body=b"x"))
    assert not caught.value.lasting
    assert "127.0.0.1" not in str(caught.value)


async def test_unknown_name_is_undelivered(transport: Transport) -> None:
    """A name that does not resolve means nothing was sent."""
    with pytest.raises(Undelivered):
        await transport.send(Request("GET", "http://no-such-host.invalid/", {}))


@pytest.mark.parametrize("reply", [SILENCE, DROP, Say(b"HTTP/1.1 banana\r\n\r\n", close=True)])
async def test_anything_after_sending_is_lost(transport: Transport, reply: Say) -> None:
    """Silence, a dropped connection and nonsense after sending all mean: it may have happened."""
    async with RawServer(lambda seen: reply) as server:
        with pytest.raises(Lost):
            await transport.send(Request("POST", server.url, {}, body=b"x", timeouts=_SHORT))
        assert len(server.seen) == 1


_CUT = [
    Say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"a" * 60, close=True),
    Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3c\r\n" + b"a" * 60 + b"\r\n", close=True),
    Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + b"a" * 60, close=True),
]


@pytest.mark.parametrize("reply", _CUT, ids=["length", "between chunks", "within a chunk"])
async def test_cut_bodies_are_lost_not_short(transport: Transport, reply: Say) -> None:
    """A body that breaks off is an error both when read whole and piece by piece."""
    async with RawServer(lambda seen: reply) as server:
        with pytest.raises(Lost):
            await _whole(await transport.send(_get(server)))
        response = await transport.send(_get(server))
        with pytest.raises(Lost):
            async for _ in response.chunks():
                pass
        await response.close()


async def test_silence_within_a_body_is_lost(transport: Transport) -> None:
    """A body that stops arriving is given up after the read limit."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"

    class Stalling(RawServer):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            await self._read(reader, 1)
            writer.write(head)
            await asyncio.sleep(30)

    async with Stalling(lambda seen: DROP) as server:
        limits = Timeouts(total=30, connect=1, read=0.2, transfer=30)
        response = await transport.send(_get(server, timeouts=limits, transfer=True))
        with pytest.raises(Lost, match="in time"):
            await response.read(1000)
        await response.close()


async def test_reading_stops_at_the_limit(transport: Transport) -> None:
    """A body larger than the reader's limit is cut there instead of filling the memory."""
    async with RawServer(lambda seen: answer(body=b"a" * 5000)) as server:
        assert len(await _whole(await transport.send(_get(server)), limit=1000)) == 1000


async def test_transfers_ask_for_plain_bytes(transport: Transport) -> None:
    """A file is asked for uncompressed, so that its length can be checked."""
    async with RawServer(lambda seen: answer()) as server:
        await _whole(await transport.send(_get(server, transfer=True)))
        assert server.seen[0].headers["accept-encoding"] == "identity"


async def test_compressed_answers_are_unpacked(transport: Transport) -> None:
    """An answer compressed on the way is read as what it was."""
    async with RawServer(
        lambda seen: answer(body=gzip.compress(b'{"a":1}'), Content_Encoding="gzip")
    ) as server:
        assert await _whole(await transport.send(_get(server))) == b'{"a":1}'


async def test_cookies_are_not_kept(transport: Transport) -> None:
    """A cookie set by one answer is not sent with the next request."""
    async with RawServer(lambda seen: answer(Set_Cookie="a=b; Path=/")) as server:
        for _ in range(2):
            await _whole(await transport.send(_get(server)))
        assert all("cookie" not in seen.headers for seen in server.seen)


async def test_encoded_paths_stay_encoded(transport: Transport) -> None:
    """An address is sent as given: percent-encoding is neither undone nor doubled."""
    async with RawServer(lambda seen: answer()) as server:
        await _whole(await transport.send(_get(server, "/a%2Fb%20c?name=%C3%A4%26")))
        assert server.seen[0].path == "/a%2Fb%20c?name=%C3%A4%26"


async def test_cancelling_drops_the_connection(transport: Transport) -> None:
    """A cancelled call leaves no connection behind that a later call could get the wrong answer from."""
    async with RawServer(lambda seen: SILENCE if seen.path == "/slow" else answer()) as server:
        task = asyncio.create_task(transport.send(_get(server, "/slow")))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _whole(await transport.send(_get(server, "/next")))
        assert [seen.connection for seen in server.seen] == [1, 2]


async def test_large_files_move_in_constant_memory(transport: Transport, tmp_path: Path) -> None:
    """Uploading and downloading 48 MiB needs a few MiB of memory."""
    size = 48 << 20
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(size)

    class Counting(RawServer):
        taken = 0

        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            await reader.readuntil(b"\r\n\r\n")
            while self.taken < size:
                self.taken += len(await reader.read(1 << 18))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            for _ in range(size >> 18):
                writer.write(bytes(1 << 18))
                await writer.drain()

    async with Counting(lambda seen: DROP) as server:
        tracemalloc.start()
        response = await transport.send(Request("POST", server.url, {}, body=File(path), transfer=True))
        received = 0
        async for piece in response.chunks():
            received += len(piece)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await response.close()
        assert (server.taken, received) == (size, size)
        assert peak < 12 << 20


async def test_untrusted_certificates_are_undelivered_for_good(transport: Transport, tmp_path: Path) -> None:
    """A certificate nobody trusts stops the call before anything is sent, and waiting will not help."""
    async with RawServer(lambda seen: answer(), tls=server_context(tmp_path)) as server:
        with pytest.raises(Undelivered) as caught:
            await transport.send(Request("POST", server.url, {}, body=b"x"))
        assert caught.value.lasting
        assert server.seen == []


async def test_broken_tls_is_undelivered(transport: Transport) -> None:
    """A handshake that fails means nothing was sent."""

    class Plain(RawServer):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 plain text spoken here\r\n\r\n")
            writer.close()

    async with Plain(lambda seen: DROP) as server:
        with pytest.raises(Undelivered) as caught:
            await transport.send(Request("POST", server.url.replace("http:", "https:"), {}, body=b"x"))
        assert not caught.value.lasting


async def test_failures_do_not_carry_the_request(transport: Transport) -> None:
    """Neither the text nor the chain of a failure holds headers or address: both can hold secrets."""
    async with RawServer(lambda seen: DROP) as server:
        with pytest.raises(Lost) as caught:
            await transport.send(
                Request("POST", server.url + "/p?token=abc", {"Authorization": "Bearer s3cret"})
            )
    error: BaseException = caught.value
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "s3cret" not in repr(error)
    assert "token" not in repr(error)


def test_requests_hide_headers_and_bodies() -> None:
    """The repr of a request shows method and path only."""
    request = Request("POST", "http://h/p?token=abc", {"Authorization": "Bearer s3cret"}, body=b"content")
    assert repr(request) == "Request(POST http://h/p)"


async def test_closed_transport_refuses(transport: Transport) -> None:
    """After closing, sending fails loudly instead of opening connections nobody closes."""
    await transport.close()
    with pytest.raises(RuntimeError, match="closed"):
        await transport.send(Request("GET", "http://127.0.0.1:9/", {}))


async def test_an_answer_before_the_body_was_read_is_heard(transport: Transport, tmp_path: Path) -> None:
    """A server that refuses a large file after its headers is heard, although it takes no more of our body."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(16 << 20)

    class Refusing(RawServer):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(413, b"too large", Connection="close").data)
                await writer.drain()
                # As servers linger: said, done, the rest thrown away. A bare close may reset the line under the answer.
                writer.write_eof()
                while await reader.read(1 << 16):
                    pass
            except (OSError, asyncio.CancelledError):
                return
            finally:
                writer.transport.abort()

    async with Refusing(lambda seen: DROP) as server:
        for _ in range(10):
            response = await transport.send(Request("POST", server.url, {}, body=File(path), transfer=True))
            assert response.status == 413
            await response.close()
