"""Status updates and listeners: told, signed, repeated, given up, repaired."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox
from wordferry.sandbox.lionbridge.listener import sign

HOUR = 3600.0


class Ear:
    """An endpoint on loopback that answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    @property
    def statuses(self) -> list[str]:
        return [body["statusCode"] for body in self.bodies]

    async def hear(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    found = Ear()
    runner = web.ServerRunner(web.Server(found.hear))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hear?secret=1"
    yield found
    await runner.cleanup()


async def _listen(api: Api, ear: Ear, kind: str = "REQUEST_STATUS_UPDATE", **fields: Any) -> dict[str, Any]:
    api.settings(allow_http_listeners=True)
    reply = await api.post("/statusupdates/listeners", {"uri": ear.url, "type": kind, **fields})
    assert reply.status == 201, reply.text
    return dict(reply.json)


async def test_the_signature_is_that_of_the_published_rule() -> None:
    """Base64 of HMAC-SHA256 over the raw body, keyed with the secret's text."""
    body = b'{"listenerId":"L1","jobId":"2KBz5hJPmj","eventType":"JOB_UPDATE"}'
    assert sign("s3cr3t-from-create-listener", body) == "0GsSz0ApLqm2qD+E5iHIGdLN0A9H0ghk0PXq1iRYtmA="
    key = base64.b64encode(b"raw key").decode()
    digest = hmac.new(b"raw key", body, hashlib.sha256).digest()
    assert sign(key, body, key="base64") == base64.b64encode(digest).decode()


async def test_updates_tell_of_the_provider(api: Api) -> None:
    """One update covers all requests that moved together; the client's own doing makes none, but for completion."""
    job, requests = await api.done("de-DE", "fr-FR")
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": requests})
    await api.put(f"/jobs/{job}/complete", {})
    found = [(each["statusCode"], sorted(each["requestIds"])) for each in reversed(await api.updates())]
    both = sorted(requests)
    assert found == [
        ("SENT_TO_PROVIDER", both),
        ("SENT_TO_PROVIDER", []),
        ("IN_TRANSLATION", []),
        ("IN_TRANSLATION", both),
        ("REVIEW_TRANSLATION", both),
        ("COMPLETED", []),
    ]


async def test_review_may_make_updates(api: Api) -> None:
    """Whether approving and rejecting make updates is not known: a setting lets them."""
    api.settings(review_updates=True)
    job, requests = await api.done()
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": requests})
    assert (await api.updates())[0]["statusCode"] == "TRANSLATION_APPROVED"


async def test_updates_in_three_scopes(api: Api) -> None:
    """All, of one provider, and of one job; unknown ones are 404."""
    first, _ = await api.done()
    second = await api.job("other")
    await api.add(second)
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    await api.submit(second, small.id)
    await api.sandbox.advance(10)
    every = {each["updateId"] for each in await api.updates()}
    of_job = {each["updateId"] for each in await api.every(f"/jobs/{first}/statusupdates", "statusupdates")}
    path = f"/providers/{small.id}/statusupdates"
    of_provider = {each["updateId"] for each in await api.every(path, "statusupdates")}
    assert of_job | of_provider == every
    assert of_job.isdisjoint(of_provider)
    assert (await api.get("/jobs/none/statusupdates")).status == 404
    assert (await api.get("/providers/none/statusupdates")).status == 404


async def test_an_acknowledged_update_is_gone(api: Api) -> None:
    """Acknowledging takes it out of all lists; twice is no error, an unknown id is 404."""
    await api.done()
    newest = (await api.updates())[0]
    for _ in range(2):
        reply = await api.put(f"/statusupdates/{newest['updateId']}/acknowledge")
        assert (reply.status, reply.json["acknowledged"]) == (200, True)
    assert newest["updateId"] not in {each["updateId"] for each in await api.updates()}
    assert (await api.put("/statusupdates/none/acknowledge")).status == 404


async def test_many_updates_are_paged(api: Api) -> None:
    """Newest first, page by page, though they are acknowledged while the pages are read."""
    api.settings(page_size=3)
    for number in range(4):
        job = await api.job(f"job {number}")
        await api.add(job)
        await api.submit(job)
    await api.sandbox.advance(10)
    reply = await api.get("/statusupdates")
    seen = []
    while True:
        for update in reply.items("statusupdates"):
            seen.append(update["updateId"])
            await api.put(f"/statusupdates/{update['updateId']}/acknowledge")
        if "next" not in reply.json:
            break
        reply = await api.get("/statusupdates", next=reply.json["next"])
    assert len(seen) == len(set(seen)) == 20
    assert await api.updates() == []


async def test_a_listener_shows_its_secret_once(api: Api, ear: Ear) -> None:
    """The secret is in the answer that makes it, and nowhere else."""
    made = await _listen(api, ear)
    secret = made.pop("authSecret")
    assert made["statusCodes"] == ["IN_TRANSLATION", "REVIEW_TRANSLATION", "CANCELLED"]
    assert (made["authType"], made["acknowledgeStatusUpdate"], made["disabled"]) == (
        "LB_CONTENTAPI_SIGNATURE",
        True,
        False,
    )
    one = await api.get(f"/statusupdates/listeners/{made['listenerId']}")
    assert one.json == made
    assert (await api.get("/statusupdates/listeners")).items("listeners") == [made]
    assert secret not in one.text


async def test_the_name_of_the_secret_can_be_another(api: Api, ear: Ear) -> None:
    """No paper names the property: a setting does."""
    api.settings(secret_property="secret")
    assert "secret" in await _listen(api, ear)


@pytest.mark.parametrize(
    "fields",
    [
        {"uri": None},
        {"uri": "http://example.com/x"},
        {"uri": "ftp://example.com/x"},
        {"uri": "https://"},
        {"uri": "https://[broken"},
        {"type": "SOMETHING"},
        {"type": None},
        {"statusCodes": ["CREATED"]},
        {"statusCodes": ["IN_TRANSLATION", "TRANSLATION_APPROVED"]},
        {"statusCodes": "IN_TRANSLATION"},
        {"authType": "BASIC"},
        {"acknowledgeStatusUpdate": "yes"},
    ],
)
async def test_a_bad_listener_is_refused_as_a_whole(api: Api, fields: dict[str, Any]) -> None:
    """One refused status code, or another address than HTTPS, and nothing is made."""
    body = {"uri": "https://example.com/x", "type": "REQUEST_STATUS_UPDATE", **fields}
    reply = await api.post("/statusupdates/listeners", body)
    assert reply.status == 400, reply.text
    assert (await api.get("/statusupdates/listeners")).items("listeners") == []


@pytest.mark.parametrize("code", ["CREATED", "SENDING", "COMPLETED"])
async def test_some_codes_cannot_be_listened_to(api: Api, code: str) -> None:
    """Job listeners hear of three states; a setting adds COMPLETED."""
    body = {"uri": "https://example.com", "type": "JOB_STATUS_UPDATE", "statusCodes": [code]}
    assert (await api.post("/statusupdates/listeners", body)).status == 400
    api.settings(listener_job_completed=True)
    expected = 201 if code == "COMPLETED" else 400
    assert (await api.post("/statusupdates/listeners", body)).status == expected


@pytest.mark.parametrize("status", [409, 400])
async def test_one_listener_of_each_type(api: Api, status: int) -> None:
    """A second one of a type is refused; the older spelling is the same type."""
    api.settings(second_listener_status=status)
    body = {"uri": "https://example.com", "type": "JOB_STATUS_UPDATED"}
    assert (await api.post("/statusupdates/listeners", body)).json["type"] == "JOB_STATUS_UPDATE"
    assert (
        await api.post("/statusupdates/listeners", {**body, "type": "JOB_STATUS_UPDATE"})
    ).status == status
    assert (
        await api.post("/statusupdates/listeners", {**body, "type": "REQUEST_STATUS_UPDATE"})
    ).status == 201


async def test_a_callback_is_signed_and_acknowledges(api: Api, ear: Ear) -> None:
    """The raw body carries its signature, and the update it tells of is acknowledged when it was heard."""
    made = await _listen(api, ear)
    job, requests = await api.done("de-DE", "fr-FR")
    assert ear.statuses == ["IN_TRANSLATION", "REVIEW_TRANSLATION"]
    headers, body = ear.heard[-1]
    digest = hmac.new(made["authSecret"].encode(), body, hashlib.sha256).digest()
    assert headers["x-lionbridge-contentapi-signature"] == base64.b64encode(digest).decode()
    told = json.loads(body)
    assert told["requestIds"] == requests
    assert {name: told[name] for name in ("listenerId", "eventType", "jobId", "message", "isError")} == {
        "listenerId": made["listenerId"],
        "eventType": "REQUEST_UPDATE",
        "jobId": job,
        "message": None,
        "isError": False,
    }
    assert told["updateTime"].endswith("Z")
    left = {each["statusCode"] for each in await api.updates() if each["requestIds"]}
    assert left == {"SENT_TO_PROVIDER"}


async def test_a_listener_may_leave_acknowledging_to_the_client(api: Api, ear: Ear) -> None:
    """With `acknowledgeStatusUpdate` false the update stays until the client acknowledges it."""
    await _listen(api, ear, acknowledgeStatusUpdate=False)
    await api.done()
    assert ear.statuses == ["IN_TRANSLATION", "REVIEW_TRANSLATION"]
    left = {each["statusCode"] for each in await api.updates() if each["requestIds"]}
    assert left == {"SENT_TO_PROVIDER", "IN_TRANSLATION", "REVIEW_TRANSLATION"}


async def test_the_header_and_its_absence_are_settings(api: Api, ear: Ear) -> None:
    """The header's name is not published; a listener without authentication sends none."""
    api.settings(signature_header="x-other", default_auth_type=None)
    await _listen(api, ear)
    await _listen(api, ear, "JOB_STATUS_UPDATE", authType="LB_CONTENTAPI_SIGNATURE")
    await api.done()
    signed = {json.loads(body)["eventType"]: "x-other" in headers for headers, body in ear.heard}
    assert signed == {"JOB_UPDATE": True, "REQUEST_UPDATE": False}


async def test_archiving_and_deleting_fire_job_events(api: Api, ear: Ear) -> None:
    """They are marked in the payload; no status update goes with them."""
    await _listen(api, ear, "JOB_STATUS_UPDATE", statusCodes=["CANCELLED"])
    job = await api.job()
    await api.put(f"/jobs/{job}/archive")
    await api.sandbox.advance(1)
    await api.put(f"/jobs/{job}/unarchive")
    await api.sandbox.advance(1)
    await api.delete(f"/jobs/{job}")
    await api.sandbox.advance(1)
    assert [(body["archived"], body["deleted"]) for body in ear.bodies] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert await api.updates() == []


async def test_errors_reach_the_request_listener(api: Api, ear: Ear) -> None:
    """An error is told whatever the status codes, unless the setting says otherwise."""
    await _listen(api, ear, statusCodes=["CANCELLED"])
    api.sandbox.behave("export_error")
    await api.done()
    (told,) = ear.bodies
    assert (told["isError"], told["message"]) == (True, "The translation could not be delivered.")
    api.settings(error_events=False)
    await api.done()
    assert len(ear.heard) == 1


async def test_a_listener_down_for_hours_comes_back(api: Api, ear: Ear) -> None:
    """Retries wait longer and longer with the same payload; after nine hours all is told, nothing is lost."""
    made = await _listen(api, ear)
    path = f"/statusupdates/listeners/{made['listenerId']}/invocations"
    ear.status = 503
    await api.done()
    await api.sandbox.advance(9 * HOUR)
    await api.login()
    tried = len(ear.heard)
    assert 30 < tried < 45
    pending = (await api.get(path + "/pending")).items("invocations")
    assert [each["lastResponseCode"] for each in pending] == [503, 503]
    assert all(each["attemptCount"] > 10 and each["status"] == "PENDING" for each in pending)
    assert (await api.get(path + "/failed")).items("invocations") == []
    later = (await api.get(path + "/pending", earliest="2999-01-01")).items("invocations")
    assert later == []
    ear.status = 200
    await api.sandbox.advance(HOUR * 1.2)
    await api.login()
    heard = {body["payloadUuid"] for body in ear.bodies[tried:]}
    assert heard == {each["payloadUuid"] for each in pending}
    assert (await api.get(path + "/pending")).items("invocations") == []
    assert len({body for _, body in ear.heard}) == 2


async def test_after_a_day_the_listener_is_on_probation(api: Api, ear: Ear) -> None:
    """Callbacks fail for good, no new ones are made, and a PATCH with an address ends it."""
    made = await _listen(api, ear)
    path = f"/statusupdates/listeners/{made['listenerId']}"
    ear.status = 500
    await api.done()
    await api.sandbox.advance(24 * HOUR + 1)
    await api.login()
    assert (await api.get(path)).json["disabled"] is True
    failed = (await api.get(path + "/invocations/failed", earliest="2000-01-01T00:00:00Z")).items(
        "invocations"
    )
    assert [each["status"] for each in failed] == ["FAILED", "FAILED"]
    assert failed[0]["nextAttemptDate"] is None
    ear.status = 200
    ear.heard.clear()
    await api.done()
    await api.sandbox.advance(2 * HOUR)
    await api.login()
    assert ear.heard == []
    assert (await api.patch(path, {"acknowledgeStatusUpdate": False})).json["disabled"] is True
    assert (await api.patch(path, {"uri": ear.url})).json["disabled"] is False
    reply = await api.put(f"{path}/invocations/{failed[0]['invocationId']}/retry")
    assert (reply.status, reply.json["status"]) == (202, "PENDING")
    await api.sandbox.advance(1)
    assert [body["payloadUuid"] for body in ear.bodies] == [failed[0]["payloadUuid"]]
    reply = await api.put(f"{path}/retry", {"invocationIds": [failed[1]["invocationId"]]})
    assert reply.status == 202
    await api.sandbox.advance(1)
    assert len(ear.heard) == 2
    await api.done()
    assert len(ear.heard) == 4


async def test_a_retry_by_hand_replaces_the_planned_one(api: Api, ear: Ear) -> None:
    """Retrying a pending callback sends it once, not twice."""
    made = await _listen(api, ear, statusCodes=["REVIEW_TRANSLATION"])
    path = f"/statusupdates/listeners/{made['listenerId']}"
    ear.status = 503
    await api.done()
    (pending,) = (await api.get(path + "/invocations/pending")).items("invocations")
    ear.status = 200
    ear.heard.clear()
    await api.put(f"{path}/invocations/{pending['invocationId']}/retry")
    await api.sandbox.advance(2 * HOUR)
    assert len(ear.heard) == 1


async def test_retrying_what_is_not_there(api: Api, ear: Ear) -> None:
    """Unknown invocations and listeners are 404, an empty list is 400, and then none is retried."""
    made = await _listen(api, ear)
    path = f"/statusupdates/listeners/{made['listenerId']}"
    assert (await api.put(path + "/invocations/none/retry")).status == 404
    assert (await api.put(path + "/retry", {"invocationIds": ["none"]})).status == 404
    assert (await api.put(path + "/retry", {"invocationIds": []})).status == 400
    assert (await api.get("/statusupdates/listeners/none")).status == 404
    assert (await api.get(path + "/invocations/pending", earliest="soon")).status == 400


@pytest.mark.parametrize(("strict", "attempts"), [(False, 1), (True, 2)])
async def test_whether_another_success_counts(api: Api, ear: Ear, strict: bool, attempts: int) -> None:
    """Any 2xx is heard, or only 200, as the setting says."""
    api.settings(strict_200=strict)
    await _listen(api, ear, statusCodes=["REVIEW_TRANSLATION"])
    ear.status = 202
    await api.sent()
    await api.sandbox.advance(15)
    assert len(ear.heard) == attempts


async def test_a_patched_address_takes_what_is_pending(api: Api, ear: Ear) -> None:
    """Retries go to the address the listener has now; status codes are checked in a PATCH too."""
    api.settings(allow_http_listeners=True)
    body = {"uri": "http://127.0.0.1:1/x", "type": "REQUEST_STATUS_UPDATE"}
    made = (await api.post("/statusupdates/listeners", body)).json
    path = f"/statusupdates/listeners/{made['listenerId']}"
    await api.done()
    assert (await api.patch(path, {"statusCodes": ["CREATED"], "uri": ear.url})).status == 400
    (first, *_) = (await api.get(path + "/invocations/pending")).items("invocations")
    assert (first["lastResponseCode"], bool(first["lastErrorMessage"])) == (None, True)
    assert (await api.patch(path, {"uri": ear.url, "statusCodes": ["CANCELLED"]})).status == 200
    await api.sandbox.advance(60)
    assert sorted(ear.statuses) == ["IN_TRANSLATION", "REVIEW_TRANSLATION"]


async def test_a_deleted_listener_is_silent(api: Api, ear: Ear) -> None:
    """Its retries end, and another one of the type can be made."""
    made = await _listen(api, ear)
    ear.status = 500
    await api.done()
    assert (await api.delete(f"/statusupdates/listeners/{made['listenerId']}")).status == 200
    ear.heard.clear()
    await api.sandbox.advance(HOUR / 2)
    assert ear.heard == []
    assert (await _listen(api, ear))["listenerId"] != made["listenerId"]


async def test_events_can_be_lost_doubled_and_reordered(api: Api, ear: Ear, sandbox: Sandbox) -> None:
    """The faults of events strike callbacks; a lost one leaves its update unacknowledged."""
    await _listen(api, ear)
    sandbox.faults.add("lost_event", operation="listener", count=1)
    sandbox.faults.add("duplicate_event", operation="listener", count=1)
    await api.done()
    assert ear.statuses == ["REVIEW_TRANSLATION", "REVIEW_TRANSLATION"]
    left = {each["statusCode"] for each in await api.updates() if each["requestIds"]}
    assert left == {"SENT_TO_PROVIDER", "IN_TRANSLATION"}
    ear.heard.clear()
    sandbox.faults.clear()
    sandbox.faults.add("reorder_event", operation="listener", count=1)
    await api.done()
    assert ear.statuses == ["REVIEW_TRANSLATION", "IN_TRANSLATION"]


async def test_the_key_may_be_what_the_secret_decodes_to(api: Api, ear: Ear) -> None:
    """Whether the secret's text or its Base64 content is the key is not published."""
    api.settings(signature_key="base64")
    made = await _listen(api, ear, statusCodes=["REVIEW_TRANSLATION"])
    await api.done()
    ((headers, body),) = ear.heard
    key = base64.b64decode(made["authSecret"])
    digest = hmac.new(key, body, hashlib.sha256).digest()
    assert headers["x-lionbridge-contentapi-signature"] == base64.b64encode(digest).decode()
