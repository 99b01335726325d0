"""The file service: TUS 1.0.0, multipart, pre-signed downloads."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import Any

import aiohttp
import pytest
from tusclient.client import TusClient

from tests.sandbox.lionbridge.conftest import Api, Reply
from wordferry.sandbox import Sandbox, SandboxSettings, sandbox_in_thread

CHUNK = "application/offset+octet-stream"


def _meta(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


class Tus:
    """One upload, spoken by hand."""

    def __init__(self, api: Api, transfer: dict[str, Any]) -> None:
        self.api = api
        self.creation = transfer["fmsUploadUrl"]
        self.headers = {"Tus-Resumable": "1.0.0", "sastoken": transfer["fmsSASToken"]}
        self.url = ""

    async def create(self, length: int, **headers: str) -> Reply:
        sent = {**self.headers, "Upload-Length": str(length), "Content-Length": "0", **headers}
        reply = await self.api.fetch("POST", self.creation, headers={k: v for k, v in sent.items() if v})
        self.url = reply.headers.get("Location", "")
        return reply

    async def head(self, **headers: str) -> Reply:
        return await self.api.fetch("HEAD", self.url, headers={**self.headers, **headers})

    async def patch(self, offset: int, content: bytes, **headers: str) -> Reply:
        sent = {**self.headers, "Upload-Offset": str(offset), "Content-Type": CHUNK, **headers}
        return await self.api.fetch("PATCH", self.url, data=content, headers=sent)


async def _begun(api: Api, length: int = 10) -> tuple[str, str, Tus]:
    job = await api.job()
    transfer = await api.transfer(job)
    tus = Tus(api, transfer)
    assert (await tus.create(length)).status == 201
    return job, transfer["fmsFileId"], tus


async def _source(api: Api, job: str, file: str) -> Reply:
    reply = await api.get(f"/jobs/{job}/sourcefiles/{file}")
    assert reply.status == 307, reply.text
    return await api.fetch("GET", reply.headers["Location"])


async def test_a_transfer_names_its_addresses(api: Api) -> None:
    """201 with the file's id, the token and both addresses, all on the file service."""
    transfer = await api.transfer(await api.job(), "Größe [1] & 2.html")
    assert set(transfer) == {"fmsFileId", "fmsSASToken", "fmsUploadUrl", "fmsPostMultipartUrl"}
    assert transfer["fmsUploadUrl"].startswith(api.sandbox.fms_url)
    assert transfer["fmsPostMultipartUrl"].startswith(api.sandbox.fms_url)


@pytest.mark.parametrize("name", ["", "noextension", "a.", ".html", "a" * 246 + ".html", "ü" * 125 + ".html"])
async def test_a_bad_file_name_is_refused(api: Api, name: str) -> None:
    """A name needs an extension and has at most 250 bytes."""
    job = await api.job()
    reply = await api.call("POST", f"/jobs/{job}/sourcefiles", params={"fileName": name})
    assert (reply.status, reply.json["fields"]) == (400, "fileName")


async def test_names_can_be_measured_in_characters(api: Api) -> None:
    """The vendor does not say whether 250 counts bytes or characters: a setting decides."""
    api.settings(name_unit="characters")
    assert (await api.transfer(await api.job(), "ü" * 245 + ".html"))["fmsFileId"]


async def test_the_query_name_is_read_in_any_case(api: Api) -> None:
    """`filename` and `FileName` are the same parameter."""
    job = await api.job()
    reply = await api.call("POST", f"/jobs/{job}/sourcefiles", params={"FILENAME": "a.html"})
    assert reply.status == 201


async def test_tus_in_two_pieces(api: Api) -> None:
    """Creation, two PATCHes with HEAD between them, and the bytes can be read back with the type given at creation."""
    job = await api.job()
    transfer = await api.transfer(job)
    tus = Tus(api, transfer)
    metadata = _meta(name="a.html", contentType="text/x-special", chunkSize="1048576")
    reply = await tus.create(10, **{"Upload-Metadata": metadata})
    assert reply.status == 201
    assert "Upload-Expires" in reply.headers
    assert (await tus.patch(0, b"01234")).headers["Upload-Offset"] == "5"
    reply = await tus.head()
    assert (reply.status, reply.headers["Upload-Offset"], reply.headers["Upload-Length"]) == (200, "5", "10")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Upload-Metadata"] == metadata
    reply = await tus.patch(5, b"56789")
    assert (reply.status, reply.headers["Upload-Offset"]) == (204, "10")
    reply = await _source(api, job, transfer["fmsFileId"])
    assert (reply.body, reply.headers["Content-Type"]) == (b"0123456789", "text/x-special")
    assert "filename*=UTF-8''a.html" in reply.headers["Content-Disposition"]


async def test_options_tell_the_version(api: Api) -> None:
    """OPTIONS needs no token and names version, extensions and the largest size."""
    transfer = await api.transfer(await api.job())
    reply = await api.fetch("OPTIONS", transfer["fmsUploadUrl"])
    assert (reply.status, reply.headers["Tus-Version"]) == (204, "1.0.0")
    assert reply.headers["Tus-Extension"] == "creation,expiration"
    assert reply.headers["Tus-Max-Size"] == str(2**30)


async def test_an_empty_file_is_finished_at_once(api: Api) -> None:
    """An upload of length 0 ends with its creation."""
    job = await api.job()
    transfer = await api.transfer(job)
    assert (await Tus(api, transfer).create(0)).status == 201
    assert (await _source(api, job, transfer["fmsFileId"])).body == b""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"sastoken": ""}, 401),
        ({"sastoken": "se=99999999999&sr=x&sp=cw&sig=0"}, 401),
        ({"sastoken": "grüße"}, 401),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": str(2**31)}, 413),
        ({"Upload-Metadata": "name ???"}, 400),
    ],
)
async def test_a_bad_creation_is_refused(api: Api, headers: dict[str, str], status: int) -> None:
    """Each broken header has its status."""
    reply = await Tus(api, await api.transfer(await api.job())).create(10, **headers)
    assert reply.status == status, reply.text
    if status == 412:
        assert reply.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(("setting", "status"), [(411, 411), (201, 201)])
async def test_creation_without_a_length_of_its_own(api: Api, setting: int, status: int) -> None:
    """The vendor expects Content-Length on creation: without it 411, or a setting lets it pass."""
    api.settings(tus_without_length_status=setting)
    transfer = await api.transfer(await api.job())
    host, port = api.sandbox.fms_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    path = transfer["fmsUploadUrl"].removeprefix(api.sandbox.fms_url)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Length: 3\r\nsastoken: {transfer['fmsSASToken']}\r\n\r\n".encode()
    )
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert int(line.split()[1]) == status


@pytest.mark.parametrize(
    ("offset", "headers", "status"),
    [
        (3, {}, 409),
        (0, {"Content-Type": "application/json"}, 415),
        (0, {"Tus-Resumable": "2.0.0"}, 412),
        (0, {"sastoken": "wrong"}, 401),
        (0, {"Upload-Offset": "x"}, 400),
    ],
)
async def test_a_bad_patch_stores_nothing(
    api: Api, offset: int, headers: dict[str, str], status: int
) -> None:
    """Each broken PATCH has its status, and the offset stays where it was."""
    _, _, tus = await _begun(api)
    assert (await tus.patch(offset, b"abc", **headers)).status == status
    assert (await tus.head()).headers["Upload-Offset"] == "0"


async def test_more_than_announced_is_refused(api: Api) -> None:
    """A PATCH beyond Upload-Length is 413, whether or not it tells its own length."""
    _, _, tus = await _begun(api, 4)
    assert (await tus.patch(0, b"12345")).status == 413

    async def pieces() -> Any:
        yield b"123"
        yield b"456"

    headers = {**tus.headers, "Upload-Offset": "0", "Content-Type": CHUNK}
    assert (await api.fetch("PATCH", tus.url, data=pieces(), headers=headers)).status == 413
    assert int((await tus.head()).headers["Upload-Offset"]) <= 4


async def test_an_unknown_upload_is_404(api: Api) -> None:
    """An upload that never was, or was replaced by a newer one, is not found."""
    _, _, tus = await _begun(api)
    old = tus.url
    await tus.create(10)
    tus.url, new = old, tus.url
    assert (await tus.head()).status == 404
    tus.url = new + "0"
    assert (await tus.head()).status == 404


async def test_a_finished_upload_takes_no_more(api: Api) -> None:
    """A finished file refuses another PATCH, another creation and a multipart upload with 409."""
    job = await api.job()
    transfer = await api.transfer(job)
    tus = Tus(api, transfer)
    await tus.create(3)
    assert (await tus.patch(0, b"abc")).status == 204
    assert (await tus.patch(3, b"")).status == 409
    assert (await tus.head()).headers["Upload-Offset"] == "3"
    assert (await tus.create(3)).status == 409
    assert (await api.multipart(transfer["fmsPostMultipartUrl"], b"x")).status == 409


async def test_the_token_expires_in_the_middle(api: Api, sandbox: Sandbox) -> None:
    """A token that was good at creation is 401 an hour later, and no byte of that PATCH is stored."""
    _, file, tus = await _begun(api)
    assert (await tus.patch(0, b"01234")).status == 204
    await sandbox.advance(3601)
    assert (await tus.patch(5, b"56789")).status == 401
    assert (await tus.head()).status == 401
    assert sandbox.lionbridge.files.by_id[file].content is None


async def test_an_unfinished_upload_expires(api: Api, sandbox: Sandbox) -> None:
    """After its time an unfinished upload is gone: 410."""
    api.settings(sas_seconds=1_000_000)
    _, _, tus = await _begun(api)
    await sandbox.advance(86_401)
    assert (await tus.head()).status == 410


async def test_chunks_may_have_to_be_as_announced(api: Api) -> None:
    """By default any size is taken; the setting insists on the announced one, but for the last."""
    api.settings(tus_enforce_chunk_size=True)
    tus = Tus(api, await api.transfer(await api.job()))
    await tus.create(10, **{"Upload-Metadata": _meta(chunkSize="4")})
    assert (await tus.patch(0, b"012")).status == 400
    for offset, piece in ((0, b"0123"), (4, b"4567"), (8, b"89")):
        assert (await tus.patch(offset, piece)).status == 204


async def test_post_can_stand_for_patch(api: Api) -> None:
    """The protocol's override header turns POST into PATCH; without it POST is refused."""
    _, _, tus = await _begun(api, 3)
    headers = {**tus.headers, "Upload-Offset": "0", "Content-Type": CHUNK}
    assert (await api.fetch("POST", tus.url, data=b"abc", headers=headers)).status == 405
    headers["X-HTTP-Method-Override"] = "PATCH"
    assert (await api.fetch("POST", tus.url, data=b"abc", headers=headers)).status == 204


async def test_a_broken_connection_keeps_what_came(api: Api) -> None:
    """Bytes that arrived before the connection broke are there, and the upload goes on after them."""
    job, file, tus = await _begun(api, 10)
    host, port = api.sandbox.fms_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    path = tus.url.removeprefix(api.sandbox.fms_url)
    writer.write(
        f"PATCH {path} HTTP/1.1\r\nHost: {host}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Content-Type: {CHUNK}\r\nContent-Length: 10\r\nsastoken: {tus.headers['sastoken']}\r\n\r\n0123".encode()
    )
    await writer.drain()
    offset = "0"
    while offset != "4":
        offset = (await tus.head()).headers["Upload-Offset"]
    writer.close()
    await writer.wait_closed()
    assert (await tus.patch(4, b"456789")).status == 204
    assert (await _source(api, job, file)).body == b"0123456789"


async def test_a_large_file_does_not_live_in_memory(api: Api) -> None:
    """What is longer than `spool_bytes` is a file from the first byte to the download."""
    size = 9 * 2**20
    job, file, tus = await _begun(api, size)
    piece = b"x" * (2**20)
    for offset in range(0, size, len(piece)):
        assert (await tus.patch(offset, piece)).status == 204
    content = api.room.files.by_id[file].content
    assert content is not None
    assert (content.data, content.size) == (None, size)
    assert len((await _source(api, job, file)).body) == size


def test_tuspy_uploads() -> None:
    """A foreign TUS client uploads in chunks, and goes on where another run of it stopped."""
    with sandbox_in_thread(SandboxSettings(seed=7)) as sandbox:

        async def begun() -> tuple[str, dict[str, Any]]:
            api = Api(sandbox)  # type: ignore[arg-type]
            await api.login()
            job = await api.job()
            transfer = await api.transfer(job, "big.txt")
            await api.http.close()
            return job, transfer

        _, transfer = asyncio.run(begun())
        content = bytes(range(256)) * 1000
        client = TusClient(transfer["fmsUploadUrl"], headers={"sastoken": transfer["fmsSASToken"]})
        first = client.uploader(
            file_stream=io.BytesIO(content), chunk_size=100_000, metadata={"name": "big.txt"}
        )
        first.upload_chunk()
        second = client.uploader(file_stream=io.BytesIO(content), chunk_size=70_000, url=first.url)
        assert second.offset == 100_000
        second.upload()
        stored = sandbox.lionbridge.files.by_id[transfer["fmsFileId"]].content
        assert stored.read() == content


# Multipart


async def test_a_multipart_upload(api: Api) -> None:
    """200 with id, name, type and size; the part's own content type is ignored."""
    job = await api.job()
    transfer = await api.transfer(job, "page.html")
    reply = await api.multipart(transfer["fmsPostMultipartUrl"], b"<p>x</p>", "other.bin")
    assert reply.status == 200
    assert reply.json == {
        "id": transfer["fmsFileId"],
        "name": "page.html",
        "contentType": "text/html",
        "size": 8,
    }
    assert (await _source(api, job, transfer["fmsFileId"])).body == b"<p>x</p>"


@pytest.mark.parametrize("size", [0, 1, 2, 70_000])
async def test_any_content_survives_the_envelope(api: Api, size: int) -> None:
    """Line ends, dashes and half boundaries in the content are content."""
    content = (b"\r\n--\r\n-" * (size // 8 + 1))[:size]
    job = await api.job()
    file = await api.file(job, content=content)
    assert (await _source(api, job, file)).body == content


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
async def test_the_envelope_may_come_in_any_pieces(api: Api, step: int) -> None:
    """Boundaries that are cut anywhere are found, and other parts are passed over."""
    job = await api.job()
    transfer = await api.transfer(job)
    body = (
        b'preamble\r\n--XX\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--XX\r\n'
        b'Content-Disposition: form-data; name="file"; filename="a.html"\r\nX: y\r\n\r\n\r\nab\r\n--X\r\n--XX--\r\n'
    )

    async def pieces() -> Any:
        for at in range(0, len(body), step):
            yield body[at : at + step]

    headers = {"Content-Type": 'multipart/form-data; boundary="XX"'}
    reply = await api.fetch("POST", transfer["fmsPostMultipartUrl"], data=pieces(), headers=headers)
    assert reply.status == 200, reply.text
    assert (await _source(api, job, transfer["fmsFileId"])).body == b"\r\nab\r\n--X"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=XX", b"--XX--\r\n", 400),
        (
            "multipart/form-data; boundary=XX",
            b'--XX\r\nContent-Disposition: form-data; name="file"\r\n\r\nx',
            400,
        ),
        (
            "multipart/form-data; boundary=XX",
            b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx',
            400,
        ),
    ],
)
async def test_a_bad_envelope_is_refused(api: Api, kind: str, body: bytes, status: int) -> None:
    """What is no form, has no file, or ends early is refused, and the file stays unfinished."""
    transfer = await api.transfer(await api.job())
    reply = await api.fetch(
        "POST", transfer["fmsPostMultipartUrl"], data=body, headers={"Content-Type": kind}
    )
    assert reply.status == status, reply.text
    assert api.room.files.by_id[transfer["fmsFileId"]].content is None


async def test_multipart_has_a_limit(api: Api) -> None:
    """Above the limit it is 413; TUS is for larger files."""
    api.settings(multipart_limit_bytes=1000)
    transfer = await api.transfer(await api.job())
    assert (await api.multipart(transfer["fmsPostMultipartUrl"], b"x" * 1001)).status == 413
    assert (await api.multipart(transfer["fmsPostMultipartUrl"], b"x" * 1000)).status == 200


async def test_the_signature_of_an_address_counts(api: Api, sandbox: Sandbox) -> None:
    """A forged or expired upload address is 403."""
    transfer = await api.transfer(await api.job())
    url = transfer["fmsPostMultipartUrl"]
    assert (await api.multipart(url[:-4] + "0000", b"x")).status == 403
    await sandbox.advance(3601)
    assert (await api.multipart(url, b"x")).status == 403


async def test_downloads_expire(api: Api, sandbox: Sandbox) -> None:
    """What a 307 points to is good for five minutes, and the API gives a fresh one."""
    job = await api.job()
    file = await api.file(job)
    path = f"/jobs/{job}/sourcefiles/{file}"
    location = (await api.get(path)).headers["Location"]
    assert (await api.fetch("GET", location)).status == 200
    await sandbox.advance(301)
    assert (await api.fetch("GET", location)).status == 403
    await api.login()
    assert (await api.fetch("GET", (await api.get(path)).headers["Location"])).status == 200


async def test_an_access_token_at_the_file_service_is_noticed(api: Api) -> None:
    """A client that sends its token to the storage host is found out in the log."""
    job = await api.job()
    file = await api.file(job)
    location = (await api.get(f"/jobs/{job}/sourcefiles/{file}")).headers["Location"]
    await api.fetch("GET", location, headers={"Authorization": f"Bearer {api.token}"})
    assert api.room.fms.tokens_seen == 1
    (record,) = api.sandbox.calls(operation="fms.download")
    assert record["facts"]["access_token_sent"] is True


async def test_faults_strike_the_file_service_too(api: Api, sandbox: Sandbox) -> None:
    """The answer to a PATCH is lost after its bytes were stored: HEAD tells how to go on."""
    _, _, tus = await _begun(api, 6)
    sandbox.faults.add("lost", operation="fms.tus_patch", count=1)
    with pytest.raises(aiohttp.ClientError):
        await tus.patch(0, b"abc")
    assert (await tus.head()).headers["Upload-Offset"] == "3"
    sandbox.faults.add("503", operation="fms.*", count=1)
    assert (await tus.patch(3, b"def")).status == 503
    assert (await tus.patch(3, b"def")).status == 204


async def test_unknown_paths_of_the_file_service(api: Api) -> None:
    """404 for what is not there, 405 with `Allow` for a wrong method."""
    base = api.sandbox.fms_url
    assert (await api.fetch("GET", base + "/nothing")).status == 404
    reply = await api.fetch("GET", base + "/tus/x")
    assert (reply.status, reply.headers["Allow"]) == (405, "OPTIONS, POST")
