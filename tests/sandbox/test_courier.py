"""Messages to clients: sent, signed, repeated, and struck by faults."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from wordferry.sandbox import Sandbox
from wordferry.sandbox.courier import Message


class Ear:
    """Somebody who listens, and answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[tuple[bytes, str | None]] = []
        self.statuses: list[int] = []

    async def listen(self, request: web.Request) -> web.Response:
        self.heard.append((await request.read(), request.headers.get("X-Signature")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def bodies(self) -> list[bytes]:
        return [body for body, _ in self.heard]


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    found = Ear()
    app = web.Application()
    app.router.add_post("/", found.listen)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield found
    await runner.cleanup()


def _message(ear: Ear, about: str = "a", **fields: object) -> Message:
    return Message(operation="webhook", about=about, url=ear.url, body=about.encode(), **fields)  # type: ignore[arg-type]


def _signed(message: Message, body: bytes) -> dict[str, str]:
    return {"X-Signature": f"{message.about}:{len(body)}"}


async def test_a_message_is_repeated_until_it_is_heard(sandbox: Sandbox, ear: Ear) -> None:
    """Attempts follow the schedule, and end with the first accepted status."""
    ear.statuses = [500, 204]
    message = sandbox.world.courier.send(_message(ear, retries=(60.0, 60.0, 60.0)))
    await sandbox.advance(600)
    assert [attempt.status for attempt in message.attempts] == [500, 204, 200]
    assert message.confirmed
    assert not message.given_up


async def test_a_message_nobody_hears_is_given_up(sandbox: Sandbox, ear: Ear) -> None:
    """After the last retry the message ends; somebody may ask for it again."""
    ear.statuses = [500, 500]
    message = sandbox.world.courier.send(_message(ear, retries=(60.0,)))
    await sandbox.advance(600)
    assert message.given_up
    sandbox.world.courier.again(message)
    await sandbox.advance(1)
    assert message.confirmed
    assert not message.given_up


async def test_the_bytes_that_are_sent_are_the_bytes_that_are_signed(sandbox: Sandbox, ear: Ear) -> None:
    """An emptied body is signed as it goes out, so a receiver must survive it."""
    sandbox.faults.add("empty_event", operation="webhook", object="b")
    for about in ("a", "b"):
        sandbox.world.courier.send(_message(ear, about, sign=_signed))
    await sandbox.advance(1)
    assert ear.heard == [(b"a", "a:1"), (b"", "b:0")]


async def test_a_reordered_message_comes_after_the_next_one(sandbox: Sandbox, ear: Ear) -> None:
    """`reorder_event` lets a later message overtake; alone it comes when things settle."""
    sandbox.faults.add("reorder_event", operation="webhook", object="a")
    sandbox.world.courier.send(_message(ear, "a"))
    await sandbox.advance(1)
    assert ear.bodies == []
    sandbox.world.courier.send(_message(ear, "b"))
    await sandbox.advance(1)
    assert ear.bodies == [b"b", b"a"]
    sandbox.world.courier.send(_message(ear, "a"))
    await sandbox.advance(59)
    assert ear.bodies == [b"b", b"a"]
    await sandbox.advance(2)
    assert ear.bodies == [b"b", b"a", b"a"]


@pytest.mark.parametrize(
    ("kind", "seconds", "heard"),
    [
        ("lost_event", 3600, 0),
        ("duplicate_event", 1, 2),
        ("late_event", 29, 0),
        ("late_event", 31, 1),
        ("unreachable_event", 59, 0),
        ("unreachable_event", 61, 1),
    ],
)
async def test_faults_of_events(sandbox: Sandbox, ear: Ear, kind: str, seconds: float, heard: int) -> None:
    """Each kind does to a message what its name says."""
    sandbox.faults.add(kind, count=1, seconds=30 if kind == "late_event" else None)
    sandbox.world.courier.send(_message(ear, retries=(60.0,)))
    await sandbox.advance(seconds)
    assert len(ear.heard) == heard
