"""Six rules of HTTP, each met as a real failure when measuring; one test for each."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from tests.transport.servers import DROP, RawServer, Say, Seen, answer
from wordferry.errors import OutcomeUnknown, Refused, Surprise
from wordferry.phrase import PhraseClient
from wordferry.transport import redact_headers

_TOKEN = b'{"access_token": "t", "expires_in": 3600}'
_JOB = ("p" * 22, "j" * 22)


def _client(server: RawServer) -> PhraseClient:
    return PhraseClient(platform_url=server.url, tms_url=server.url + "/web", api_token="api-token-1")


def _after_token(reply: Say) -> RawServer:
    return RawServer(lambda seen: answer(body=_TOKEN) if "/idm/" in seen.path else reply)


async def test_rule_1_a_dropped_download_is_never_repeated() -> None:
    """A single-use download whose reused connection drops is requested exactly once."""
    async with _after_token(DROP) as server, _client(server) as client:
        with pytest.raises(OutcomeUnknown):
            await client.target_files.download(*_JOB, "77", to=io.BytesIO())
        assert [seen.path.split("/")[-1] for seen in server.seen] == ["token", "77"]
        assert server.connections == 1, "the download was meant to reuse the connection of the token"


async def test_rule_2_redirects_are_not_followed() -> None:
    """A redirect to another host gets no request from us, so no header of ours can travel there."""
    async with RawServer(lambda seen: answer()) as storage:
        async with _after_token(answer(302, b"", Location=storage.url)) as server, _client(server) as client:
            with pytest.raises(Surprise):
                await client.projects.get("p")
        assert storage.seen == []


async def test_rule_3_target_files_are_bytes() -> None:
    """A target file arrives byte for byte, whatever charset its header claims and whatever its bytes are."""
    content = bytes(range(256)) * 3 + b"\xff\xfe\r\n\x00"
    reply = answer(body=content, Content_Type="text/plain; charset=utf-8")
    async with _after_token(reply) as server, _client(server) as client:
        to = io.BytesIO()
        done = await client.target_files.download(*_JOB, "77", to=to)
        assert to.getvalue() == content
        assert (done.size, done.checked) == (len(content), True)


async def test_rule_4_uploads_are_raw_bytes_with_a_length(tmp_path: Path) -> None:
    """A source arrives with the hash it has here, as octet-stream with its length, from a path and from bytes."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 2000)
    created = answer(201, b'{"jobs": [{"uid": "j"}]}')
    async with _after_token(created) as server, _client(server) as client:
        for file in (path, path.read_bytes()):
            await client.jobs.create("p", file=file, filename="a.bin", target_langs=["de"])
        uploads = [seen for seen in server.seen if seen.path.endswith("/jobs")]
        ours = hashlib.sha256(path.read_bytes()).hexdigest()
        assert [hashlib.sha256(seen.body).hexdigest() for seen in uploads] == [ours, ours]
        assert {seen.headers["content-type"] for seen in uploads} == {"application/octet-stream"}
        assert {seen.headers["content-length"] for seen in uploads} == {str(path.stat().st_size)}


@pytest.mark.parametrize(
    "body", [b"", b"no", b"<html><body><b>No</b> way</body></html>", b"\xff\xfe", b"[1]", b'"x"']
)
async def test_rule_5_error_bodies_may_be_anything(body: bytes) -> None:
    """A refusal is one clear error whether its body is empty, text, HTML, not UTF-8 or other JSON."""
    async with _after_token(answer(400, body)) as server, _client(server) as client:
        with pytest.raises(Refused) as caught:
            await client.projects.get("p")
        assert caught.value.status == 400
        assert "<" not in caught.value.what


async def test_rule_6_webhooks_are_hints_and_their_secret_stays_hidden() -> None:
    """The static secret of a webhook is hidden by name, and what it told is read again through the API."""
    shown = redact_headers({"X-Memsource-Token": "static-secret", "Authorization": "static-secret"})
    assert "static-secret" not in shown.values()

    def reply(seen: Seen) -> Say:
        # The webhook said COMPLETED, in the old words; the object itself says DELIVERED.
        return answer(body=_TOKEN if "/idm/" in seen.path else b'{"uid": "j", "status": "DELIVERED"}')

    async with RawServer(reply) as server, _client(server) as client:
        assert (await client.jobs.get(*_JOB)).status == "DELIVERED"
