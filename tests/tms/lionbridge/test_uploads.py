"""Uploads and downloads against a real file service on a port of its own."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.tms.lionbridge.server import Lionbridge
from wordferry.errors import OutcomeUnknown, Refused, Spent, Surprise, TryAgain
from wordferry.lionbridge import File, FmsTransfer, LionbridgeClient, Retry, Stream, Upload
from wordferry.tms.lionbridge.api import fms
from wordferry.tms.lionbridge.api.answers import one

PIECE = 1000


def transfer(vendor: Lionbridge, **changes: str) -> FmsTransfer:
    return one(FmsTransfer)(json.dumps({**vendor.fms.transfer(), **changes}).encode())


def pieces(data: bytes, size: int = 700) -> Stream:
    async def read() -> AsyncIterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return Stream(read, len(data))


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "stream"])
async def test_a_file_goes_up_piece_by_piece(
    kind: str, vendor: Lionbridge, client: LionbridgeClient, tmp_path: Path
) -> None:
    """Whatever it comes from, a file arrives whole by TUS, in pieces of the announced size."""
    data = os.urandom(PIECE * 3 + 7)
    path = tmp_path / "Seite ü.html"
    path.write_bytes(data)
    source: Any = {"bytes": data, "path": path, "file": File(path), "stream": pieces(data)}[kind]
    upload = await client.source_files.begin(
        transfer(vendor), source, filename="Seite ü.html", chunk_size=PIECE
    )
    await client.source_files.resume(upload, source)
    assert bytes(vendor.fms.files["u1"]) == data
    assert vendor.fms.patches == [PIECE, PIECE, PIECE, 7]
    assert vendor.fms.metadata["u1"] == {
        "name": "Seite ü.html",
        "contentType": "text/html",
        "chunkSize": str(PIECE),
    }


async def test_the_token_of_the_api_stays_at_home(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Each call of the file service carries the storage token and never the bearer token; creation names its length."""
    await client.token()
    await client.source_files.upload(transfer(vendor), b"x" * 10, filename="a.txt", way="tus")
    await client.source_files.upload(transfer(vendor), b"y" * 10, filename="a.txt", way="multipart")
    methods = [method for method, _ in vendor.fms.headers]
    assert methods == ["POST", "PATCH", "POST"]
    assert all("Authorization" not in headers for _, headers in vendor.fms.headers)
    assert [headers.get("sastoken") for _, headers in vendor.fms.headers] == [
        "sas-token-1",
        "sas-token-1",
        None,
    ]
    assert vendor.fms.headers[0][1]["Content-Length"] == "0"


async def test_the_advised_way_is_taken(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Below 1 MB a file goes as a form, above by TUS in pieces of 1 MiB; one missing address leaves the other."""
    await client.source_files.upload(transfer(vendor), b"x" * 999_999, filename="a.txt")
    assert (len(vendor.fms.forms), vendor.fms.patches) == (1, [])
    await client.source_files.upload(transfer(vendor), b"x" * 2_000_000, filename="a.txt")
    assert vendor.fms.patches == [1_048_576, 951_424]
    await client.source_files.upload(transfer(vendor, fmsPostMultipartUrl=""), b"x", filename="a.txt")
    assert vendor.fms.patches[-1] == 1
    with pytest.raises(Surprise, match="no address"):
        await client.source_files.upload(
            transfer(vendor, fmsPostMultipartUrl=""), b"x", filename="a.txt", way="multipart"
        )


async def test_an_empty_file_is_finished_when_it_begins(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A file without bytes needs its creation and nothing more."""
    await client.source_files.upload(transfer(vendor), b"", filename="a.txt", way="tus")
    assert (vendor.fms.lengths, vendor.fms.patches) == ({"u1": 0}, [])


@pytest.mark.parametrize("kind", ["path", "stream"])
async def test_a_broken_connection_is_taken_up_where_it_broke(
    kind: str, vendor: Lionbridge, client: LionbridgeClient, tmp_path: Path
) -> None:
    """What arrived before a connection broke is not sent again; a lost answer is asked after."""
    data = os.urandom(PIECE * 4)
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    source: Any = path if kind == "path" else pieces(data)
    vendor.fms.break_after = [400, 300]
    vendor.fms.lose_answers = 1
    upload = await client.source_files.begin(transfer(vendor), source, filename="a.bin", chunk_size=PIECE)
    await client.source_files.resume(upload, source)
    assert bytes(vendor.fms.files["u1"]) == data
    assert sum(vendor.fms.patches) == len(data) - 700


async def test_no_progress_ends_and_can_be_resumed(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Connections that break without a byte end as "try again"; later the same state goes on."""
    data = os.urandom(PIECE * 2)
    upload = await client.source_files.begin(transfer(vendor), data, filename="a.bin", chunk_size=PIECE)
    vendor.fms.break_after = [500, *[0] * 5]
    with pytest.raises(TryAgain, match="no progress") as caught:
        await client.source_files.resume(upload, data)
    assert "Resume" in str(caught.value)
    assert len(vendor.fms.files["u1"]) == 500
    await client.source_files.resume(upload, data)
    assert bytes(vendor.fms.files["u1"]) == data


_CHILD = """
import asyncio, sys, pathlib, msgspec
from wordferry.lionbridge import LionbridgeClient, Upload, Unlimited

async def main():
    url, state, path = sys.argv[1:]
    upload = msgspec.json.decode(pathlib.Path(state).read_bytes(), type=Upload)
    async with LionbridgeClient(client_id="i", client_secret="s", login_url=url, base_url=url + "/v2",
                                budget=Unlimited()) as client:
        await client.source_files.resume(upload, pathlib.Path(path))

asyncio.run(main())
"""


async def test_another_process_goes_on(vendor: Lionbridge, client: LionbridgeClient, tmp_path: Path) -> None:
    """A process that dies in the middle leaves a state of some hundred bytes, with which another one goes on."""
    import asyncio

    data = os.urandom(PIECE * 5)
    path, state = tmp_path / "a.bin", tmp_path / "state.json"
    path.write_bytes(data)
    upload = await client.source_files.begin(transfer(vendor), path, chunk_size=PIECE)
    state.write_bytes(msgspec.json.encode(upload))
    assert state.stat().st_size < 1000
    arguments = [sys.executable, "-c", _CHILD, vendor.url, str(state), str(path)]
    held = asyncio.Event()
    vendor.fms.hold_at, vendor.fms.held = PIECE * 2, held
    child = await asyncio.create_subprocess_exec(*arguments)
    await asyncio.wait_for(held.wait(), 30)
    child.kill()
    await child.wait()
    vendor.fms.hold_at = None
    arrived = len(vendor.fms.files["u1"])
    assert 0 < arrived < len(data)
    sent = sum(vendor.fms.patches)
    second = await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.PIPE)
    _, said = await second.communicate()
    assert second.returncode == 0, said
    assert bytes(vendor.fms.files["u1"]) == data
    assert sum(vendor.fms.patches) - sent == len(data) - arrived


async def test_another_file_is_not_mixed_in(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A state only goes on with the file that it began with, also when the other one has the same length."""
    upload = await client.source_files.begin(
        transfer(vendor), b"a" * 2000, filename="a.bin", chunk_size=PIECE
    )
    for other in (b"b" * 2000, b"a" * 1999):
        with pytest.raises(Refused, match="not the file"):
            await client.source_files.resume(upload, other)
    assert vendor.fms.patches == []


async def test_a_place_that_expires_under_way_is_spent(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """When the storage token ends in the middle, the error says to ask for a new place, and shows no token."""
    upload = await client.source_files.begin(
        transfer(vendor), b"a" * 2000, filename="a.bin", chunk_size=PIECE
    )
    vendor.fms.token = "another"
    with pytest.raises(Spent) as caught:
        await client.source_files.resume(upload, b"a" * 2000)
    assert caught.value.status == 401
    assert "new place" in str(caught.value)
    assert "a.bin" in str(caught.value)
    assert "sas-token-1" not in str(caught.value) + repr(upload) + repr(transfer(vendor))


async def test_a_whole_send_takes_another_place_once(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """`send` asks for a second place when the first one is used up, and gives up after it."""
    vendor.says(
        "POST", "/jobs/j/sourcefiles", {**vendor.fms.transfer(), "fmsSASToken": "old"}, vendor.fms.transfer()
    )
    assert await client.source_files.send("j", b"abc", filename="a.txt", way="tus") == "file-1"
    assert bytes(vendor.fms.files["u1"]) == b"abc"
    vendor.fms.token = "another"
    with pytest.raises(Spent):
        await client.source_files.send("j", b"abc", filename="a.txt", way="tus")
    assert vendor.seen["POST /v2/jobs/j/sourcefiles"] == 4


async def test_a_place_at_another_host_gets_no_token(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The storage token follows no `Location` to another host."""
    vendor.fms.location = "https://elsewhere.example/{id}"
    with pytest.raises(Surprise, match="no address of its own"):
        await client.source_files.upload(transfer(vendor), b"a", filename="a.bin", way="tus")


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Spent), (403, Spent), (404, Spent), (409, Spent), (413, Refused), (500, OutcomeUnknown)],
)
async def test_a_form_is_never_repeated(
    status: int, error: type[Exception], vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """A form goes once: what went wrong with it says whether a new place helps."""
    vendor.fms.form_status = status
    with pytest.raises(error):
        await client.source_files.upload(transfer(vendor), b"a", filename="a.txt", way="multipart")
    assert len(vendor.fms.headers) == 1


async def test_a_form_that_arrived_short_is_noticed(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The size that the file service names must be the size that was sent."""
    vendor.fms.claimed_size = 3
    with pytest.raises(Spent, match="4 bytes were sent and 3 arrived"):
        await client.source_files.upload(transfer(vendor), b"abcd", filename="a.txt", way="multipart")


async def test_odd_names_survive_a_form(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Quotes, brackets and letters of any script in a file's name do not break the form."""
    await client.source_files.upload(transfer(vendor), b"abc", filename='a "[1]" ü日.html', way="multipart")
    assert vendor.fms.forms == [("a %22[1]%22 ü日.html", b"abc")]


async def test_a_large_form_is_refused_before_it_is_sent(
    vendor: Lionbridge, client: LionbridgeClient, tmp_path: Path
) -> None:
    """More than 200 MB do not go as a form; the error names the other way."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(fms.LARGEST_FORM + 1)
    with pytest.raises(Refused, match="tus"):
        await client.source_files.upload(transfer(vendor), path, way="multipart")
    assert vendor.fms.headers == []


@pytest.mark.parametrize("way", ["tus", "multipart"])
async def test_a_large_file_moves_in_constant_memory(
    way: Any, vendor: Lionbridge, client: LionbridgeClient, tmp_path: Path
) -> None:
    """100 MB go up with a few MB of memory, either way, here and at the server's side together."""
    size = 100 << 20
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(size)
    vendor.fms.sink = True
    tracemalloc.start()
    try:
        await client.source_files.upload(transfer(vendor), path, way=way)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 24 << 20
    assert vendor.fms.received == size if way == "tus" else vendor.fms.forms


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Path("/nowhere/a.txt"), "cannot be read"),
        (Stream(lambda: pieces(b"").open(), None), "needs a length"),
        (Stream(lambda: pieces(b"abc").open(), 5), "shorter"),
    ],
)
async def test_a_source_that_cannot_be_read_is_refused(
    source: Any, words: str, vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """A missing file, a stream without length and one that ends early are refused with a reason."""
    with pytest.raises(Refused, match=words):
        await client.source_files.upload(transfer(vendor), source, filename="a.txt", way="tus")


async def test_a_file_needs_a_name(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Bytes have no name of their own, and a way must be one of the two."""
    with pytest.raises(Refused, match="name"):
        await client.source_files.send("j", b"abc")
    with pytest.raises(Refused, match="way"):
        await client.source_files.upload(transfer(vendor), b"abc", filename="a.txt", way="ftp")  # type: ignore[arg-type]


def redirect(location: str, status: int = 307) -> web.Response:
    return web.Response(status=status, headers={"Location": location})


async def test_a_download_is_followed_without_the_token(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The redirect is followed with a verbatim query, without the bearer token, and the bytes are left as they are."""
    data = os.urandom(5000)

    async def stored(request: web.Request) -> web.Response:
        vendor.fms.headers.append((request.raw_path, dict(request.headers)))
        return web.Response(
            body=data, headers={"Content-Disposition": "attachment; filename*=UTF-8''%C3%BC.html"}
        )

    vendor.fms.get = stored
    vendor.says("GET", "/jobs/j/requests/r/retrievefile", redirect(f"{vendor.fms.url}/get?sig=a%2Fb+c"))
    vendor.says("GET", "/jobs/j/sourcefiles/f", redirect(f"{vendor.fms.url}/get?x=1"))
    to = io.BytesIO()
    done = await client.requests.retrieve_file("j", "r", to=to)
    assert (to.getvalue(), done.size, done.filename, done.checked) == (data, 5000, "ü.html", True)
    path, headers = vendor.fms.headers[0]
    assert path == "/get?sig=a%2Fb+c"
    assert "Authorization" not in headers
    assert vendor.headers[-1]["Accept"] == "application/octet-stream"
    async with client.source_files.stream("j", "f") as body:
        digest = hashlib.sha256(b"".join([piece async for piece in body]))
    assert digest.digest() == hashlib.sha256(data).digest()


async def test_a_download_without_redirect_is_taken_as_it_is(
    vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """A vendor that sends the bytes at once is fine, too."""
    vendor.says("GET", "/jobs/j/requests/r/retrievefile", web.Response(body=b"\xff\x00raw"))
    to = io.BytesIO()
    await client.requests.retrieve_file("j", "r", to=to)
    assert to.getvalue() == b"\xff\x00raw"


async def test_an_expired_address_means_begin_again(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A signed address that is refused is no matter for the operator: the download may be repeated."""

    async def stored(request: web.Request) -> web.Response:
        return web.Response(status=403, text="expired")

    vendor.fms.get = stored
    vendor.says("GET", "/jobs/j/requests/r/retrievefile", redirect(f"{vendor.fms.url}/get"))
    with pytest.raises(TryAgain, match="expired"):
        await client.requests.retrieve_file("j", "r", to=io.BytesIO())


async def test_redirects_without_end_are_given_up(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A few hops are followed and no more; one that names no address is an error."""

    async def stored(request: web.Request) -> web.Response:
        return redirect("/get", 302)

    vendor.fms.get = stored
    vendor.says(
        "GET", "/jobs/j/requests/r/retrievefile", redirect(f"{vendor.fms.url}/get"), web.Response(status=307)
    )
    with pytest.raises(Surprise, match="without end"):
        await client.requests.retrieve_file("j", "r", to=io.BytesIO())
    with pytest.raises(Surprise, match="no address"):
        await client.requests.retrieve_file("j", "r", to=io.BytesIO())


def test_the_state_of_an_upload_is_plain_json() -> None:
    """The state survives being stored."""
    state = Upload("https://h/u", "t", "a.bin", 10, "d", 5, "f")
    assert msgspec.json.decode(msgspec.json.encode(state), type=Upload) == state


async def test_a_stalled_upload_waits_between_its_tries(vendor: Lionbridge) -> None:
    """Between tries without progress the upload pauses, longer each time."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with vendor.client(sleep=sleep, retry=Retry(base=1.0, random=lambda: 1.0)) as client:
        vendor.fms.break_after = [0, 0, 0]
        await client.source_files.upload(transfer(vendor), b"abc", filename="a.bin", way="tus")
    assert waits == [1.0, 2.0, 4.0]
