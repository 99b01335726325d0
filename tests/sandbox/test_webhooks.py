"""Webhooks: who hears what, with which secret, in which words, how often, and how it is logged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox
from wordferry.sandbox.phrase.event_bodies import EVENTS


class Receiver:
    """A plugin's webhook endpoint that answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.statuses: list[int] = []
        self.times: list[float] = []
        self.clock: Callable[[], float] = lambda: 0.0

    async def receive(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.json()))
        self.times.append(self.clock())
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    def bodies(self, event: str) -> list[dict[str, Any]]:
        return [body for _, body in self.heard if body["event"] == event]


@pytest.fixture
async def receiver(sandbox: Sandbox) -> AsyncIterator[Receiver]:
    found = Receiver()
    found.clock = sandbox.world.clock.elapsed
    app = web.Application()
    app.router.add_post("/hear", found.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hear"
    yield found
    await runner.cleanup()


async def _hook(raw: Raw, receiver: Receiver, *events: str, **fields: Any) -> dict[str, Any]:
    body = {"url": receiver.url, "events": list(events), "secretToken": "hush", **fields}
    reply = await raw.post("/v2/webhooks", body)
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.json
    return made


async def test_a_job_event_has_the_recorded_shape(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Integer ids, other names than the API's, several `jobParts`, epoch seconds, and metadata."""
    await _hook(raw, receiver, "JOB_CREATED")
    project = await raw.project(template="Website 3 steps")
    made = (await raw.upload(project["uid"], langs=("de", "ja"))).json["jobs"]
    assert receiver.heard == []
    await sandbox.advance(3)
    (body,) = receiver.bodies("JOB_CREATED")
    assert body["timestamp"] == int(body["timestamp"])
    assert len(body["eventUid"]) == 22
    assert [part["uid"] for part in body["jobParts"]] == [job["uid"] for job in made]
    part = body["jobParts"][2]
    assert set(part) == {
        "id",
        "uid",
        "internalId",
        "task",
        "fileName",
        "targetLang",
        "workflowLevel",
        "status",
        "wordsCount",
        "beginIndex",
        "endIndex",
        "isParentJobSplit",
        "dateDue",
        "dateCreated",
        "project",
        "assignedTo",
        "workUnit",
    }
    assert (part["workflowLevel"], part["project"]["lastWorkflowLevel"]) == (3, 3)
    assert isinstance(part["id"], int)
    assert part["project"]["id"] == int(project["id"])
    assert part["dateCreated"].endswith("Z")
    assert part["wordsCount"] > 0
    assert body["metadata"]["project"]["owner"]["username"] == "sandbox.admin"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("EMAILED", "EMAILED"),
        ("ACCEPTED", "ASSIGNED"),
        ("DECLINED", "DECLINED_BY_LINGUIST"),
        ("REJECTED", "REJECTED_BY_LINGUIST"),
        ("COMPLETED", "COMPLETED_BY_LINGUIST"),
        ("DELIVERED", "COMPLETED"),
        ("CANCELLED", "CANCELLED"),
    ],
)
async def test_events_use_the_older_words(
    raw: Raw, sandbox: Sandbox, receiver: Receiver, status: str, word: str
) -> None:
    """`COMPLETED` in an event means delivered; what was completed is `COMPLETED_BY_LINGUIST`."""
    sandbox.behave("manual")
    project, job = await raw.done_job()
    await _hook(raw, receiver, "JOB_STATUS_CHANGED")
    await raw.status(project, job, status)
    await sandbox.advance(0.1)
    assert [part["status"] for part in receiver.bodies("JOB_STATUS_CHANGED")[0]["jobParts"]] == [word]


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ({}, "x-memsource-token"),
        ({"secretTokenType": "X_MEMSOURCE_TOKEN"}, "x-memsource-token"),
        ({"secretTokenType": "AUTHORIZATION"}, "Authorization"),
    ],
)
async def test_the_secret_comes_in_its_header(
    raw: Raw, sandbox: Sandbox, receiver: Receiver, fields: dict[str, str], header: str
) -> None:
    """The static secret is the only proof of the sender; its type names the header."""
    await _hook(raw, receiver, "PROJECT_CREATED", **fields)
    await raw.project()
    await sandbox.advance(0.1)
    assert receiver.heard[0][0][header] == "hush"


async def test_the_header_can_be_the_newer_one(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """One support article writes `x-phrase-token`: a setting sends that."""
    sandbox.change_settings(webhook_token_header="x-phrase-token")
    await _hook(raw, receiver, "PROJECT_CREATED")
    await raw.project()
    await sandbox.advance(0.1)
    assert receiver.heard[0][0]["x-phrase-token"] == "hush"


async def test_failed_events_come_again_and_every_attempt_is_logged(
    raw: Raw, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Growing waits up to 30 minutes, the same `eventUid`, an entry for each attempt under the first one."""
    hook = await _hook(raw, receiver, "PROJECT_CREATED")
    receiver.statuses = [500, 204, 302, 503, 404, 500]
    await raw.project()
    await sandbox.advance(86400)
    await raw.login()
    waits = [round((later - earlier) / 60) for earlier, later in pairwise(receiver.times)]
    assert waits == [2, 4, 8, 16, 30, 30]
    assert len({body["eventUid"] for _, body in receiver.heard}) == 1
    log = (await raw.get("/v1/webhooksCalls", webhookUid=hook["uid"])).json["content"][::-1]
    assert [entry["retryAttempt"] for entry in log] == [0, 1, 2, 3, 4, 5, 6]
    assert [entry["parentUid"] for entry in log] == [None, *([log[0]["uid"]] * 6)]
    assert [entry["statusCode"] for entry in log] == [500, 204, 302, 503, 404, 500, 200]
    assert [entry["errorMessage"] is None for entry in log] == [False] * 6 + [True]
    assert json.loads(log[0]["body"]) == receiver.heard[0][1]
    assert (await raw.get(f"/v2/webhooks/{hook['uid']}")).json["failedAttempts"] == 6


async def test_ten_failed_retries_are_the_end(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """After the first attempt and ten retries nobody is told any more."""
    await _hook(raw, receiver, "PROJECT_CREATED")
    receiver.statuses = [500] * 100
    await raw.project()
    await sandbox.advance(86400)
    assert len(receiver.heard) == 11


async def test_any_success_can_be_enough(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Whether only 200 counts is not documented: a setting takes every 2xx."""
    sandbox.change_settings(webhook_needs_200=False)
    await _hook(raw, receiver, "PROJECT_CREATED")
    receiver.statuses = [204]
    await raw.project()
    await sandbox.advance(86400)
    assert len(receiver.heard) == 1


async def test_too_many_failures_switch_a_webhook_off(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """At the limit it is `DISABLED`, hears nothing more, not even what was under way; enabling starts afresh."""
    sandbox.change_settings(webhook_failures_to_disable=3)
    hook = await _hook(raw, receiver, "PROJECT_CREATED")
    path = f"/v2/webhooks/{hook['uid']}"
    receiver.statuses = [500] * 100
    for name in ("one", "two"):
        await raw.project(name)
    await sandbox.advance(86400)
    await raw.login()
    assert len(receiver.heard) == 3
    read = (await raw.get(path)).json
    assert (read["status"], read["failedAttempts"]) == ("DISABLED", 3)
    receiver.statuses = []
    again = {"url": receiver.url, "events": ["PROJECT_CREATED"], "status": "ENABLED"}
    assert (await raw.put(path, again)).json["failedAttempts"] == 0
    await raw.project("three")
    await sandbox.advance(1)
    assert len(receiver.heard) == 4
    # The secret was left out of the body, so it is gone.
    assert "x-memsource-token" not in receiver.heard[-1][0]


async def test_only_who_listens_hears(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Disabled webhooks and other events stay silent; two webhooks of one event both hear it."""
    await _hook(raw, receiver, "PROJECT_CREATED", status="DISABLED")
    await _hook(raw, receiver, "JOB_DELETED")
    await raw.project("one")
    await sandbox.advance(1)
    assert receiver.heard == []
    for name in ("a", "b"):
        await _hook(raw, receiver, "PROJECT_CREATED", name=name)
    await raw.project("two")
    await sandbox.advance(1)
    assert len(receiver.bodies("PROJECT_CREATED")) == 2


async def test_replays_repeat_the_event(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """The same body and `eventUid`, in the given order; the latest replay goes from oldest to newest."""
    await _hook(raw, receiver, "PROJECT_CREATED")
    for name in ("one", "two", "three"):
        await raw.project(name)
        await sandbox.advance(1)
    log = (await raw.get("/v1/webhooksCalls")).json["content"]
    names = [json.loads(entry["body"])["project"]["name"] for entry in log]
    assert names == ["three", "two", "one"]
    chosen = {"webhookCalls": [{"uid": log[0]["uid"]}, {"uid": log[2]["uid"]}]}
    assert (await raw.post("/v1/webhooksCalls/replay", chosen)).status == 202
    await sandbox.advance(1)
    assert [body["project"]["name"] for _, body in receiver.heard[3:]] == ["three", "one"]
    assert receiver.heard[3][1] == receiver.heard[2][1]
    entries = (await raw.get("/v1/webhooksCalls", parentUid=log[0]["uid"])).json["content"]
    assert [entry["forced"] for entry in entries] == [True]
    reply = await raw.call("POST", "/v1/webhooksCalls/replay/latest", params={"numberOfCalls": "2"})
    assert reply.status == 202
    await sandbox.advance(1)
    assert [body["project"]["name"] for _, body in receiver.heard[5:]] == ["three", "one"]
    unknown = {"webhookCalls": [{"uid": "nobody"}]}
    assert (await raw.post("/v1/webhooksCalls/replay", unknown)).status == 404


async def test_the_log_forgets_after_fourteen_days(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Older calls are gone from the log and cannot be replayed."""
    await _hook(raw, receiver, "PROJECT_CREATED")
    await raw.project()
    await sandbox.advance(13 * 86400)
    await raw.login()
    assert (await raw.get("/v1/webhooksCalls")).json["totalElements"] == 1
    await sandbox.advance(2 * 86400)
    await raw.login()
    assert (await raw.get("/v1/webhooksCalls")).json["totalElements"] == 0


async def test_a_whole_life_is_told(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """One event for each thing that happens to a project, its jobs, its requests and its template."""
    await _hook(raw, receiver, *EVENTS)
    template = await raw.template()
    project = (await raw.project())["uid"]
    base = f"/v1/projects/{project}"
    await raw.call("PATCH", base, json={"note": "n", "dateDue": "2030-01-01T00:00:00Z"})
    await raw.post(f"{base}/setStatus", {"status": "ASSIGNED"})
    job = (await raw.upload(project, preTranslate=True)).json["jobs"][0]["uid"]
    await sandbox.advance(3)
    linguist = sandbox.phrase.people.linguists["de"]
    change = {"dateDue": "2031-01-01T00:00:00Z", "providers": [{"id": linguist.id, "type": "USER"}]}
    await raw.call("PATCH", f"{base}/jobs/{job}", json=change)
    await raw.post("/v1/analyses/byProviders", {"jobs": [{"uid": job}]})
    await raw.export(project, job)
    headers = {"Content-Disposition": "filename=a.json", "Memsource": json.dumps({"jobs": [{"uid": job}]})}
    await raw.call("POST", f"{base}/jobs/source", data=b'{"a": "B"}', headers=headers)
    await sandbox.advance(3)
    await raw.call("POST", f"{base}/jobs/target", data=b'{"a": "C"}', headers=headers)
    await sandbox.advance(3)
    sandbox.behave("export_error")
    await raw.export(project, job)
    await raw.call("DELETE", f"{base}/jobs/batch", json={"jobs": [{"uid": job}]})
    await raw.call("DELETE", base)
    await raw.call("DELETE", f"/v1/projectTemplates/{template}")
    await sandbox.advance(10)
    assert {body["event"] for _, body in receiver.heard} == {
        "PROJECT_CREATED",
        "PROJECT_METADATA_UPDATED",
        "PROJECT_DUE_DATE_CHANGED",
        "PROJECT_STATUS_CHANGED",
        "JOB_CREATED",
        "PRE_TRANSLATION_FINISHED",
        "JOB_STATUS_CHANGED",
        "JOB_DUE_DATE_CHANGED",
        "JOB_ASSIGNED",
        "ANALYSIS_CREATED",
        "JOB_EXPORTED",
        "JOB_UPDATED",
        "JOB_TARGET_UPDATED",
        "JOB_UNEXPORTED",
        "JOB_DELETED",
        "PROJECT_DELETED",
        "PROJECT_TEMPLATE_DELETED",
        "ASYNC_REQUEST_FINISHED",
    }
    actions = {body["asyncRequest"]["action"] for body in receiver.bodies("ASYNC_REQUEST_FINISHED")}
    assert actions == {
        "IMPORT_JOB",
        "PRE_TRANSLATE",
        "PRE_ANALYSE",
        "EXPORT_COMPLETE_FILE",
        "UPDATE_SOURCE",
        "UPDATE_TARGET",
    }
    assert receiver.bodies("JOB_TARGET_UPDATED")[0]["jobPart"]["uid"] == job
    assert receiver.bodies("JOB_UNEXPORTED")[0]["jobUid"] == job
    assert receiver.bodies("PROJECT_CREATED")[0]["project"]["userRole"] is None


async def test_previews_show_what_is_sent(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """Every known event has a sample, and a test sends one of the same shape."""
    previews = (await raw.get("/v2/webhooks/previews")).json["previews"]
    samples = {entry["event"]: json.loads(entry["preview"]) for entry in previews}
    assert set(samples) == set(EVENTS)
    hook = await _hook(raw, receiver, *EVENTS)
    path = f"/v2/webhooks/{hook['uid']}/test"
    for event in EVENTS:
        assert (await raw.call("POST", path, params={"event": event})).status == 201
    await sandbox.advance(1)
    assert {body["event"]: set(body) for _, body in receiver.heard} == {
        event: set(sample) for event, sample in samples.items()
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "ftp://x"},
        {"url": None},
        {"url": "/relative"},
        {"events": []},
        {"events": None},
        {"events": ["JOB_EATEN"]},
        {"events": "JOB_CREATED"},
        {"status": "ASLEEP"},
        {"secretTokenType": "HMAC"},
        {"secretToken": "x" * 256},
        {"secretToken": "two\nlines"},
        {"name": "x" * 256},
        {"hidden": "perhaps"},
    ],
)
async def test_wrong_webhooks_are_refused(raw: Raw, fields: dict[str, Any]) -> None:
    """Every field is checked, with the vendor's 400."""
    body = {"url": "http://127.0.0.1:1/x", "events": ["JOB_CREATED"], **fields}
    reply = await raw.post("/v2/webhooks", body)
    assert (reply.status, reply.code) == (400, "InvalidArguments")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Alpha", "Beta"]),
        ({"name": "alp"}, ["Alpha"]),
        ({"url": "/two"}, ["Beta"]),
        ({"status": "DISABLED"}, ["Beta"]),
        ({"events": ["JOB_DELETED", "PROJECT_DELETED"]}, ["Beta"]),
        ({"createdBy": "nobody"}, []),
        ({"sortField": "NAME", "sortTrend": "DESC"}, ["Beta", "Alpha"]),
        ({"pageSize": "1", "pageNumber": "1"}, ["Beta"]),
    ],
)
async def test_webhooks_are_filtered(raw: Raw, query: dict[str, Any], found: list[str]) -> None:
    """Each filter of the list, and its order."""
    first = {"url": "http://127.0.0.1:1/one", "events": ["JOB_CREATED"], "name": "Alpha"}
    second = {
        "url": "http://127.0.0.1:1/two",
        "events": ["JOB_DELETED"],
        "name": "Beta",
        "status": "DISABLED",
    }
    for body in (first, second):
        await raw.post("/v2/webhooks", body)
    page = (await raw.get("/v2/webhooks", **query)).json
    assert [entry["name"] for entry in page["content"]] == found


@pytest.mark.parametrize(("kind", "heard"), [("lost_event", 0), ("duplicate_event", 2)])
async def test_faults_strike_webhooks(
    raw: Raw, sandbox: Sandbox, receiver: Receiver, kind: str, heard: int
) -> None:
    """Events are the operation `webhook` of fault rules, their object is the event and what it is about."""
    sandbox.faults.add(kind, operation="webhook", object="PROJECT_CREATED/*")
    await _hook(raw, receiver, "PROJECT_CREATED")
    await raw.project()
    await sandbox.advance(3600)
    assert len(receiver.heard) == heard


async def test_a_retry_survives_a_snapshot(raw: Raw, sandbox: Sandbox, receiver: Receiver) -> None:
    """A snapshot keeps webhooks, their log, and the attempt that is still to come."""
    hook = await _hook(raw, receiver, "PROJECT_CREATED")
    receiver.statuses = [500]
    await raw.project()
    await sandbox.advance(1)
    sandbox.save("before")
    await raw.call("DELETE", f"/v2/webhooks/{hook['uid']}")
    await sandbox.restore("before")
    assert (await raw.get(f"/v2/webhooks/{hook['uid']}")).json["failedAttempts"] == 1
    await sandbox.advance(200)
    assert [body["eventUid"] for _, body in receiver.heard] == [receiver.heard[0][1]["eventUid"]] * 2
    log = (await raw.get("/v1/webhooksCalls")).json["content"]
    assert [entry["statusCode"] for entry in log] == [200, 500]
