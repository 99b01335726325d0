"""Callbacks: one POST when work has ended, repeated on the vendor's schedule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox


class Receiver:
    """A plugin's callback endpoint that answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.times: list[float] = []
        self.clock: Callable[[], float] = lambda: 0.0
        self.received = asyncio.Event()

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.times.append(self.clock())
        self.received.set()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/callbacks/secret", found.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callbacks/secret"
    yield found
    await runner.cleanup()


async def test_a_callback_carries_the_finished_request(
    raw: Raw, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Import, export: one POST each, with the same `asyncRequest` that a read shows."""
    project = (await raw.project())["uid"]
    made = (await raw.upload(project, callbackUrl=receiver.url)).json
    await sandbox.advance(10)
    job = made["jobs"][0]["uid"]
    body = {"callbackUrl": receiver.url}
    export = (await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile", body)).json
    await sandbox.advance(1)
    assert [entry["asyncRequest"]["id"] for entry in receiver.bodies] == [
        made["asyncRequest"]["id"],
        export["asyncRequest"]["id"],
    ]
    assert [part["uid"] for part in receiver.bodies[0]["jobParts"]] == [job]
    for entry in receiver.bodies:
        read = (await raw.get(f"/v1/async/{entry['asyncRequest']['id']}")).json
        assert entry["asyncRequest"] == read
        assert read["asyncResponse"] is not None
    assert sandbox.referee()["callbacks"]["confirmed"] == 2


async def test_retries_come_after_2_4_8_16_and_30_minutes(
    raw: Raw, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Each failed attempt waits longer, and only exactly 200 ends it: 204 is a failure."""
    receiver.statuses = [500, 204, 302, 404, 503]
    receiver.clock = sandbox.world.clock.elapsed
    await raw.upload((await raw.project())["uid"], callbackUrl=receiver.url)
    await sandbox.advance(86400)
    waits = [round((later - earlier) / 60) for earlier, later in pairwise(receiver.times)]
    assert waits == [2, 4, 8, 16, 30]
    assert len({entry["asyncRequest"]["id"] for entry in receiver.bodies}) == 1


async def test_ten_failed_retries_are_the_end(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """After the first attempt and ten retries the vendor gives up."""
    receiver.statuses = [500] * 100
    await raw.upload((await raw.project())["uid"], callbackUrl=receiver.url)
    await sandbox.advance(86400)
    assert len(receiver.bodies) == 11
    assert sandbox.referee()["callbacks"] == {
        "sent": 1,
        "confirmed": 0,
        "given_up": 1,
        "lost": 0,
        "attempts": 11,
    }


async def test_nobody_listening_is_a_failed_attempt(raw: Raw, sandbox: Sandbox) -> None:
    """A refused connection does not disturb the vendor."""
    await raw.upload((await raw.project())["uid"], callbackUrl="http://127.0.0.1:1/x")
    await sandbox.advance(3)
    callbacks = (await raw.control("GET", "/state")).json["callbacks"]
    assert [(entry["attempts"], entry["confirmed"]) for entry in callbacks] == [(1, False)]


@pytest.mark.parametrize(("kind", "received"), [("lost_event", 0), ("duplicate_event", 2)])
async def test_events_can_be_lost_or_doubled(
    raw: Raw, sandbox: Sandbox, receiver: Receiver, kind: str, received: int
) -> None:
    """A lost event never comes, a doubled one comes twice; the work itself is untouched."""
    sandbox.faults.add(kind, operation="callback", count=1)
    project = (await raw.project())["uid"]
    await raw.upload(project, callbackUrl=receiver.url)
    await sandbox.advance(3600)
    assert len(receiver.bodies) == received
    assert (await raw.get("/v1/async")).json["totalElements"] == 0


async def test_callbacks_come_by_themselves(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Without any advance a callback arrives when real time has passed."""
    sandbox.change_settings(import_seconds=0.01)
    await raw.upload((await raw.project())["uid"], callbackUrl=receiver.url)
    await asyncio.wait_for(receiver.received.wait(), 10)


async def test_callback_addresses_are_never_shown(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """A callback URL may carry a secret: neither state nor call log repeats it."""
    await raw.upload((await raw.project())["uid"], callbackUrl=receiver.url)
    await sandbox.advance(3)
    for path in ("/state", "/calls", "/referee"):
        assert "secret" not in (await raw.control("GET", path)).text


async def test_the_referee_notes_what_nobody_heard(raw: Raw, sandbox: Sandbox) -> None:
    """A callback that was given up is an event never acknowledged: noted, because polling heals it."""
    sandbox.faults.add("unreachable_event")
    project = (await raw.project())["uid"]
    await raw.upload(project, callbackUrl="http://127.0.0.1:9/")
    await sandbox.advance(86400)
    [noted] = sandbox.referee()["notes"]["unheard_messages"]
    assert noted["message"] == "callback"
