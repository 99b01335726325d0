"""Receivers: who is verified is stored and answered 200 whatever was said; nobody else gets in."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from tests.web.conftest import SECRET
from wordferry.bootstrap import Ferry
from wordferry.ledger.inbox import MOST, Letter
from wordferry.web import Server
from wordferry.web.gate import GUESSES, MOST_BYTES, Gate

GOOD = {"x-memsource-token": SECRET}
BODY = json.dumps({"event": "JOB_STATUS_CHANGED", "eventUid": "E1", "jobParts": [{"uid": "J1"}]}).encode()


async def stored(ferry: Ferry) -> list[Letter]:
    return await ferry.ledger.inbox.letters()


async def post(
    http: aiohttp.ClientSession, path: str = "/events/phrase", body: Any = BODY, **more: Any
) -> int:
    async with http.post(path, data=body, **({"headers": GOOD} | more)) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        b"",
        b"not json",
        b"\xff\x00\xfe",
        b"[]",
        b'{"event": "SOMETHING_NEW", "eventUid": "E"}',
        b'{"event": "JOB_CREATED", "timestamp": 99999999999999, "eventUid": "E"}',
        b"[" * 60_000,
    ],
)
async def test_verified_is_stored_whatever_it_says(
    ferry: Ferry, http: aiohttp.ClientSession, body: bytes
) -> None:
    """A verified call is answered 200 and its bytes are kept, also when they say nothing."""
    assert await post(http, body=body) == 200
    [letter] = await stored(ferry)
    assert await ferry.ledger.inbox.body("phrase", letter.event.id) == body


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-memsource-token": "wrong"}, {"x-memsource-token": ""}, {"authorization": "Basic eA=="}],
)
async def test_unverified_is_refused(
    ferry: Ferry, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    """A call without the right secret gets 401, leaves nothing behind, and is counted."""
    assert await post(http, headers=headers) == 401
    assert await stored(ferry) == []
    async with http.get("/metrics") as answer:
        assert 'wordferry_received_total{answer="401",connection="phrase"}' in await answer.text()


async def test_unknown_paths_and_methods_are_refused(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """There is nothing at an unknown connection, and receivers take POST alone."""
    assert await post(http, "/events/other") == 404
    assert await post(http, "/callbacks/other/t1/x") == 404
    assert await post(http, "/") == 404
    async with http.get("/events/phrase") as answer:
        assert answer.status == 405
    assert await stored(ferry) == []


async def test_too_large_is_refused(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """A body beyond the limit gets 413, whether its length was announced or not."""

    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 1024

    assert await post(http, body=b"x" * 65537) == 413
    assert await post(http, body=endless()) == 413
    assert await post(http, body=b"x" * 65536) == 200


async def test_packed_bodies_are_not_unpacked(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """Bytes are stored as they came: a body that claims to be compressed cannot blow up."""
    assert await post(http, body=b"\x1f\x8b junk", headers=GOOD | {"Content-Encoding": "gzip"}) == 200
    [letter] = await stored(ferry)
    assert letter.size == 7


async def test_copies_are_one_event(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """The same event a hundred times is one row with a count, and each call is answered 200."""
    answers = await asyncio.gather(*(post(http) for _ in range(100)))
    assert set(answers) == {200}
    [letter] = await stored(ferry)
    assert letter.copies == 100


async def test_overload_is_said_and_passes(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """A full inbox is answered 503 with a time to come back; nothing is kept, and later there is room."""
    ferry.ledger.inbox._waiting = MOST
    async with http.post("/events/phrase", data=BODY, headers=GOOD) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
    assert await stored(ferry) == []
    ferry.ledger.inbox._waiting = 0
    assert await post(http) == 200


async def test_bytes_in_flight_are_bounded() -> None:
    """Bodies that are on their way in have a common bound, given back when they are done."""
    gate = Gate()
    async with gate.room(MOST_BYTES) as first, gate.room(1) as second:
        assert (first, second) == (True, False)
    async with gate.room(1) as third:
        assert third


async def test_a_key_of_another_installation_makes_it_503(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """When the stored secrets cannot be read, nobody is called a forger: the vendor is asked to come back."""
    from wordferry.ledger.seal import Seal

    await ferry.ledger.subscriptions.keep("phrase", "webhook", id="1", url="u", secret="s")
    ferry.ledger.lock_up(Seal(["another key that is long enough to be one"]))
    assert await post(http) == 503


async def test_a_registered_secret_works_at_once(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """The secret of a registration made a moment ago is good, though secrets are remembered for a while."""
    ferry.ledger.inbox.seal = ferry.seal
    await ferry.ledger.subscriptions.keep("phrase", "webhook", id="1", url="u", secret="of the registration")
    assert await post(http, headers={"authorization": "of the registration"}) == 200


# -- callbacks ----------------------------------------------------------------------------------------------------


def path_of(ferry: Ferry, ours: str) -> str:
    url = ferry.callback("phrase", ours)
    assert url is not None
    assert url.startswith("https://l10n.example.com/hooks/callbacks/phrase/")
    return urlsplit(url).path.removeprefix("/hooks")


async def test_callbacks_are_known_by_their_address(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """A callback needs no header; its event names our object and the request."""
    body = b'{"asyncRequest": {"id": "77", "action": "EXPORT"}}'
    assert await post(http, path_of(ferry, "t1"), body, headers={}) == 200
    [letter] = await stored(ferry)
    assert (letter.event.id, letter.event.ours, letter.event.tickets) == ("async:77", ("t1",), ("77",))


async def test_callbacks_of_two_operations_do_not_mix(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """A signature is good for its own path only."""
    first, second = path_of(ferry, "t1"), path_of(ferry, "t2")
    swapped = f"{first.rpartition('/')[0]}/{second.rpartition('/')[2]}"
    assert await post(http, swapped, b"{}", headers={}) == 401
    assert await post(http, f"{first}x", b"{}", headers={}) == 401
    assert await post(http, first.replace("phrase", "other"), b"{}", headers={}) == 404
    assert await stored(ferry) == []


async def test_an_empty_callback_still_names_its_object(ferry: Ferry, http: aiohttp.ClientSession) -> None:
    """What the body leaves out, the address says."""
    assert await post(http, path_of(ferry, "t1"), b"", headers={}) == 200
    [letter] = await stored(ferry)
    assert letter.event.ours == ("t1",)


# -- guessing -----------------------------------------------------------------------------------------------------


async def test_guessing_is_slowed_down(http: aiohttp.ClientSession) -> None:
    """An address that keeps guessing is not listened to for a while, not even with the right secret."""
    for _ in range(GUESSES):
        assert await post(http, headers={}) == 401
    async with http.post("/events/phrase", data=BODY, headers=GOOD) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_proxy_is_not_blocked_for_its_guests(http: aiohttp.ClientSession) -> None:
    """Behind a proxy that nobody told us of, one guesser must not lock out the vendor."""
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    for _ in range(GUESSES + 1):
        assert await post(http, headers=forwarded) == 401
    assert await post(http, headers=GOOD | forwarded) == 200


async def test_only_our_own_proxies_are_believed() -> None:
    """With one proxy configured, the address it added counts, not what the caller wrote before it."""
    app = web.Application()
    seen: list[str | None] = []
    gate = Gate(proxies=1)

    async def look(request: web.Request) -> web.Response:
        seen.append(gate.peer(request))
        return web.Response()

    app.router.add_get("/", look)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
        for headers in ({"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}, {}):
            async with session.get("/", headers=headers) as answer:
                assert answer.status == 200
    await runner.cleanup()
    assert seen == ["203.0.113.9", None]


# -- health -------------------------------------------------------------------------------------------------------


async def test_health_and_metrics(ferry: Ferry, http: aiohttp.ClientSession, server: Server) -> None:
    """Health answers; metrics tell the ratio of events to polls, and not to callers from outside."""
    await ferry.ledger.rhythms.looked("phrase", hinted=True, moved=6, saved=4.0, missed=None)
    await ferry.ledger.rhythms.looked("phrase", hinted=False, moved=2, saved=0.0, missed=None)
    async with http.get("/health") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True})
    async with http.get("/metrics") as answer:
        text = await answer.text()
    assert 'wordferry_webhook_to_poll_ratio{connection="phrase"} 3.0' in text
    assert 'wordferry_looks_saved{connection="phrase"} 4.0' in text
    assert "wordferry_inbox_unread 0.0" in text
    async with http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
        assert answer.status == 404
