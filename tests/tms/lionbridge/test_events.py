"""What Lionbridge tells us: signed over the raw bytes, read in every spelling, acknowledged only when asked to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from wordferry.ports.events import Told
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.tms.lionbridge.client import LionbridgeClient
from wordferry.tms.lionbridge.events import Listening, Signed, Updates, signature

SECRET = "s3cr3t-from-create-listener"
BODY = b'{"listenerId":"L1","jobId":"2KBz5hJPmj","eventType":"JOB_UPDATE"}'
SIGNATURE = "0GsSz0ApLqm2qD+E5iHIGdLN0A9H0ghk0PXq1iRYtmA="
HEADER = "x-lionbridge-contentapi-signature"


def test_the_signature_is_that_of_the_raw_bytes() -> None:
    """A known body and secret give the known signature; one changed byte, header or secret gives another answer."""
    receiver = Signed((HEADER, "x-other"))
    assert signature(BODY, SECRET) == SIGNATURE
    assert receiver.verify({HEADER.title(): SIGNATURE}, BODY, secrets=["old", SECRET])
    assert receiver.verify({"X-Other": f" {SIGNATURE} "}, BODY, secrets=[SECRET])
    for headers, body, secrets in (
        ({}, BODY, [SECRET]),
        ({HEADER: ""}, BODY, [SECRET]),
        ({HEADER: SIGNATURE}, BODY + b" ", [SECRET]),
        ({HEADER: SIGNATURE.lower()}, BODY, [SECRET]),
        ({HEADER: "\udcff"}, BODY, [SECRET]),
        ({HEADER: SIGNATURE}, BODY, ["another"]),
        ({HEADER: SIGNATURE}, BODY, []),
        ({HEADER: signature(BODY, "")}, BODY, [""]),
        # A header earlier in the list counts, whatever a later one says.
        ({HEADER: "wrong", "x-other": SIGNATURE}, BODY, [SECRET]),
    ):
        assert not receiver.verify(headers, body, secrets=secrets), headers


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("JOB_UPDATE", "JOB_STATUS_UPDATE"),
        ("JOB_STATUS_UPDATED", "JOB_STATUS_UPDATE"),
        ("REQUEST_STATUS_UPDATE", "REQUEST_STATUS_UPDATE"),
        ("REQUEST_UPDATE", "REQUEST_STATUS_UPDATE"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_three_vocabularies_are_one(kind: str, ours: str) -> None:
    """Every spelling of a kind is read as one; an unknown one is kept."""
    body = msgspec.json.encode(
        {
            "payloadUuid": "8d0f",
            "eventType": kind,
            "jobId": "J",
            "requestIds": ["a", "b", 3],
            "statusCode": "REVIEW_TRANSLATION",
            "updateTime": "2026-08-02T09:00:00.000Z",
        }
    )
    (event,) = Signed(()).parse(body, connection="lb", told=Told.WEBHOOK)
    assert (event.id, event.kind, event.batches, event.units) == ("8d0f", ours, ("J",), ("a", "b"))
    assert event.word == "REVIEW_TRANSLATION"
    assert event.at == 1785661200.0


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(msgspec.json.encode))
def test_no_body_raises(body: bytes) -> None:
    """Whatever arrives is one event with an id."""
    (event,) = Signed(()).parse(body, connection="lb", told=Told.WEBHOOK)
    assert event.id


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox that takes listeners without TLS."""
    async with Sandbox(
        SandboxSettings(lionbridge=LionbridgeSettings(allow_http_listeners=True), frozen_clock=True)
    ) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[LionbridgeClient]:
    """A client of it."""
    async with LionbridgeClient(
        client_id=sandbox.lionbridge_client_id,
        client_secret=sandbox.lionbridge_client_secret,
        login_url=sandbox.lionbridge_login_url,
        base_url=sandbox.lionbridge_url,
    ) as made:
        yield made


async def submitted(sandbox: Sandbox, client: LionbridgeClient) -> str:
    """A job at its provider; returns its id."""
    job = await client.jobs.create("a job")
    assert job.job_id is not None
    file = await client.source_files.send(job.job_id, b"Hello", filename="a.txt")
    await client.requests.add(
        job.job_id,
        source_native_language_code="en",
        target_native_language_codes=["de-DE"],
        fms_file_id=file,
    )
    await client.jobs.submit(job.job_id, provider_id=sandbox.lionbridge.providers.main.id)
    await sandbox.advance(5.0)
    return job.job_id


async def test_a_listener_that_was_down_comes_back(sandbox: Sandbox, client: LionbridgeClient) -> None:
    """A receiver that is down for two days costs the listener its health; repair brings every missed call."""
    heard: list[tuple[dict[str, str], bytes]] = []
    up = [False]

    async def receive(request: web.Request) -> web.Response:
        if not up[0]:
            return web.Response(status=503)
        heard.append((dict(request.headers), await request.read()))
        return web.Response()

    runner = web.AppRunner(web.Application())
    runner.app.router.add_post("/hooks/lb", receive)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/lb"
    try:
        registrar = Listening(client)
        made = [await registrar.create(kind, url, secret="") for kind in registrar.kinds]
        secrets = [one.secret or "" for one in made]
        assert all(secrets)
        await submitted(sandbox, client)
        await sandbox.advance(2 * 86400.0)
        down = await registrar.list(url)
        assert {one.enabled for one in down} == {False}
        assert all(one.failures for one in down)
        up[0] = True
        for one in down:
            mended = await registrar.repair(one, url, secret="")
            assert (mended.id, mended.enabled, mended.secret) == (one.id, True, None)
        await sandbox.advance(60.0)
        receiver = Signed((HEADER,))
        words = set()
        for headers, body in heard:
            assert receiver.verify(headers, body, secrets=secrets)
            (event,) = receiver.parse(body, connection="lb", told=Told.WEBHOOK)
            words.add((event.kind, event.word))
        assert ("REQUEST_STATUS_UPDATE", "REVIEW_TRANSLATION") in words
        assert ("JOB_STATUS_UPDATE", "IN_TRANSLATION") in words
        # Moved to another host: the old one is found by its path, is not complete, and is mended in place.
        moved = url.replace("127.0.0.1", "localhost")
        assert [one.complete for one in await registrar.list(moved)] == [False, False]
        assert await registrar.list(url.replace("/lb", "/somebody-else")) == []
        for one in await registrar.list(url):
            await registrar.delete(one)
            await registrar.delete(one)
        assert await registrar.list(url) == []
    finally:
        await runner.cleanup()


async def test_updates_stay_until_they_are_acknowledged(sandbox: Sandbox, client: LionbridgeClient) -> None:
    """Updates are listed as often as asked; acknowledged, also twice, they are gone; other providers' are not ours."""
    job = await submitted(sandbox, client)
    updates = Updates(client, connection="lb")
    first = [event async for event, _ in updates.pending()]
    assert {event.batches for event in first} == {(job,)}
    assert "REVIEW_TRANSLATION" in {event.word for event in first}
    assert [event.id async for event, _ in updates.pending()] == [event.id for event in first]
    other = Updates(client, connection="lb", providers=(list(sandbox.lionbridge.providers.by_id)[1],))
    assert [event async for event, _ in other.pending()] == []
    ids = [event.id for event in first]
    await updates.acknowledge([*ids, ids[0], "nobody"])
    assert [event async for event, _ in updates.pending()] == []
