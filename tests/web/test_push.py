"""Push from a TMS: a file that comes by itself is checked and written like every other, or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.submission.voyage import Voyage, board, in_a_hurry, voyage
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.web import Server

TOKEN = "a token that may push"
GOOD = {"Authorization": f"Bearer {TOKEN}"}
PAGE = '{"title": "Hello"}'
DE = b'{"title": "Hallo"}'


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)
    monkeypatch.setenv("WORDFERRY_TEST_PUSH", TOKEN)
    monkeypatch.setenv("WORDFERRY_TEST_IDLE", "a token that may nothing")


WEB = """
[web]
listen = "127.0.0.1:0"
max_push = 1024

[web.tokens.tms]
secret = "env:WORDFERRY_TEST_PUSH"
scopes = ["push"]

[web.tokens.idle]
secret = "env:WORDFERRY_TEST_IDLE"
"""


@asynccontextmanager
async def sent(folder: Path) -> AsyncIterator[tuple[Voyage, aiohttp.ClientSession, str]]:
    """One translation at the TMS that nobody works on, a client at our door, and the uid of its job."""
    async with voyage(folder, locales=("de",), more=WEB) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json", PAGE)
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and found[0].state is State.SUBMITTED)
        [translation] = await sailing.translations()
        async with Server(sailing.ferry) as server, aiohttp.ClientSession(server.url) as http:
            yield sailing, http, translation.units[0].uid


async def put(
    http: aiohttp.ClientSession, path: str, body: bytes = DE, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    async with http.put(path, data=body, headers=GOOD | (headers or {})) as answer:
        return answer.status, json.loads(await answer.read() or b"{}")


async def test_a_pushed_file_goes_home(tmp_path: Path) -> None:
    """A pushed file is checked, written, confirmed at the TMS and receipted, without an export or a download."""
    async with sent(tmp_path) as (sailing, http, uid):
        status, said = await put(http, f"/push/phrase/{uid}")
        assert (status, said["state"], said["blob"]) == (202, "delivering", digest(DE))
        await sailing.sail(lambda found: found[0].state is State.DELIVERED)
        assert sailing.read("de/a.json") == DE
        assert (sailing.calls("start_export"), sailing.calls("download_target")) == ([], [])
        assert sailing.jobs()[0].status == "DELIVERED"
        [receipt] = await sailing.ferry.ledger.voyages.receipts()
        assert receipt.delivered == digest(DE)
        # Again, by our own id: it is home already.
        status, _ = await put(http, f"/push/phrase/{receipt.translation}")
        assert status == 200
        # Other bytes are a new round.
        assert (await put(http, f"/push/phrase/{uid}", b'{"title": "Servus"}'))[0] == 202
        await sailing.sail(lambda found: found[0].state is State.DELIVERED)
        assert sailing.read("de/a.json") == b'{"title": "Servus"}'
        assert len(await sailing.ferry.ledger.voyages.receipts()) == 2


async def test_a_broken_file_is_held(tmp_path: Path) -> None:
    """What is pushed passes the same check: a file without the source's structure never reaches its target."""
    async with sent(tmp_path) as (sailing, http, uid):
        assert (await put(http, f"/push/phrase/{uid}", b'{"other": 1'))[0] == 202
        await sailing.sail(lambda found: found[0].state in (State.HELD, State.REWORK))
        assert sailing.read("de/a.json") is None


async def test_a_persons_edit_is_not_overwritten(tmp_path: Path) -> None:
    """The write is the same compare-and-set: a target that a person changed meanwhile is held."""
    async with sent(tmp_path) as (sailing, http, uid):
        sailing.write("de/a.json", '{"title": "Von Hand"}')
        assert (await put(http, f"/push/phrase/{uid}"))[0] == 202
        await sailing.sail(lambda found: found[0].state is State.HELD)
        assert sailing.read("de/a.json") == b'{"title": "Von Hand"}'


async def test_whoever_may_not_push_is_refused(tmp_path: Path) -> None:
    """Without a token 401, without the scope 403, and nothing is stored."""
    async with sent(tmp_path) as (sailing, http, uid):
        for headers, status in (
            ({"Authorization": ""}, 401),
            ({"Authorization": "Bearer nonsense"}, 401),
            ({"Authorization": "Bearer a token that may nothing"}, 403),
        ):
            found, said = await put(http, f"/push/phrase/{uid}", headers=headers)
            assert (found, said["status"]) == (status, status)
        assert (await sailing.translations())[0].state is State.SUBMITTED


async def test_what_cannot_be_taken_is_said(tmp_path: Path) -> None:
    """Unknown objects, empty, torn and too large bodies get an error of their own, and nothing moves."""
    async with sent(tmp_path) as (sailing, http, uid):
        assert (await put(http, "/push/other/x"))[0] == 404
        assert (await put(http, "/push/phrase/unknown"))[0] == 404
        assert (await put(http, f"/push/phrase/{uid}", b""))[0] == 422
        assert (await put(http, f"/push/phrase/{uid}", headers={"X-Content-SHA256": "00"}))[0] == 422
        assert (await put(http, f"/push/phrase/{uid}", b"x" * 1025))[0] == 413
        async with http.put(f"/push/phrase/{uid}", data=pieces(), headers=GOOD) as answer:
            assert answer.status == 413
        [translation] = await sailing.translations()
        assert (translation.state, translation.blob) == (State.SUBMITTED, None)
        assert list((tmp_path / "blobs" / "tmp").iterdir()) == []


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"x" * 100


async def test_a_settled_translation_takes_no_file(tmp_path: Path) -> None:
    """A cancelled translation is refused; one in the hands of a run is a conflict that passes."""
    async with sent(tmp_path) as (sailing, http, uid):
        [translation] = await sailing.translations()
        slice_ = await sailing.ferry.ledger.slices.open(
            "deliver", "phrase", translations=[(translation.id, translation.state)]
        )
        status, _ = await put(http, f"/push/phrase/{uid}")
        assert status == 409
        claim = (await sailing.ferry.ledger.slices.begin(slice_.id, slice_.attempt))[1]
        await sailing.ferry.ledger.slices.finish(claim)
        assert (await put(http, f"/push/phrase/{uid}"))[0] == 202


async def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    """What was answered 202 is delivered by the next process when this one ends at once."""
    async with sent(tmp_path) as (sailing, http, uid):
        assert (await put(http, f"/push/phrase/{uid}"))[0] == 202
        async with board(sailing):
            await sailing.sail(lambda found: found[0].state is State.DELIVERED)
        assert sailing.read("de/a.json") == DE
