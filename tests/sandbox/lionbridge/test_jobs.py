"""Jobs: made, changed, listed page by page, submitted, completed, archived, deleted."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox
from wordferry.sandbox.lionbridge.job import NAMES
from wordferry.sandbox.lionbridge_settings import DAY


async def test_a_new_job_shows_what_it_was_given(api: Api) -> None:
    """201 with every field, null where unset, dates with milliseconds and Z."""
    given = {
        "description": "d",
        "poReference": "PO-17",
        "dueDate": "2026-09-01",
        "customData": "c",
        "shouldQuote": False,
        "connectorName": "n",
        "connectorVersion": "1",
        "serviceType": "s",
        "globalTrackingId": "g",
        "extendedMetadata": {"previewUrl": "x"},
        "labels": {"env": "staging1", "priority": 3},
    }
    job = await api.job("Spring", **given)
    shown = (await api.get(f"/jobs/{job}")).json
    assert len(job) == 10
    assert {name: shown[name] for name in given} == {**given, "dueDate": "2026-09-01T00:00:00.000Z"}
    assert (shown["statusCode"], shown["hasError"], shown["archived"], shown["archiveStatus"]) == (
        "CREATED",
        False,
        False,
        "ACTIVE",
    )
    assert shown["submittedDate"] is None
    assert "latestErrorMessage" not in shown
    assert "requestStats" not in shown
    assert shown["createdDate"].endswith("Z")
    assert len(shown["createdDate"]) == 24


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "jobName"),
        ({"jobName": ""}, "jobName"),
        ({"jobName": 5}, "jobName"),
        ({"jobName": "é" * 126}, "jobName"),
        ({"jobName": "x", "dueDate": "soon"}, "dueDate"),
        ({"jobName": "x", "dueDate": "2026-13-01"}, "dueDate"),
        ({"jobName": "x", "shouldQuote": "yes"}, "shouldQuote"),
        ({"jobName": "x", "labels": {"a": [1]}}, "labels"),
        ({"jobName": "x", "labels": {"a": True}}, "labels"),
        ({"jobName": "x", "extendedMetadata": {"a": 1}}, "extendedMetadata"),
        ({"jobName": "x", "description": 1}, "description"),
    ],
)
async def test_a_bad_job_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    """400 with code, message and the field at fault; nothing is made."""
    reply = await api.post("/jobs", body)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (400, 400, field)
    assert field in reply.message
    assert await api.every("/jobs", "jobs") == []


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b'{"jobName": "x"}', 415),
        ("", b'{"jobName": "x"}', 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"", 400),
        ("application/json", b'{"jobName": "\xff"}', 400),
        ("application/json; charset=utf-8", b'{"JOBNAME": "x"}', 201),
        ("application/json", b'{"jobName": "x", "y": "' + b"y" * (2**20 - 25) + b'"}', 201),
        ("application/json", b'{"jobName": "x", "y": "' + b"y" * (2**20 - 24) + b'"}', 400),
    ],
)
async def test_bodies_are_json(api: Api, kind: str, body: bytes, status: int) -> None:
    """Another content type is 415, broken JSON 400; names are read in any case."""
    headers = {"Content-Type": kind} if kind else {}
    reply = await api.call(
        "POST",
        "/jobs",
        data=io.BytesIO(body),
        headers=headers,
        skip_auto_headers={"Content-Type"} if not kind else None,
    )
    assert reply.status == status, reply.text


@pytest.mark.parametrize(("setting", "stored"), [("drop", False), ("store", True)])
async def test_the_provider_at_creation(api: Api, setting: str, stored: bool) -> None:
    """Seen live it is dropped, as documented it is stored: a setting decides."""
    api.settings(create_job_provider_id=setting)
    provider = api.room.providers.main.id
    job = await api.job(providerId=provider)
    assert (await api.get(f"/jobs/{job}")).json["providerId"] == (provider if stored else None)
    await api.add(job)
    assert (await api.put(f"/jobs/{job}/submit", {})).status == (200 if stored else 400)


async def test_patch_changes_what_is_given(api: Api) -> None:
    """Null and `{}` leave a field alone; after submit nothing can be changed."""
    job = await api.job(description="d", labels={"a": "1"}, poReference="p")
    reply = await api.patch(f"/jobs/{job}", {"description": "e", "poReference": None, "labels": {}})
    assert reply.status == 200
    assert (reply.json["description"], reply.json["poReference"], reply.json["labels"]) == (
        "e",
        "p",
        {"a": "1"},
    )
    api.settings(patch_null="clear", patch_empty_map="clear")
    reply = await api.patch(f"/jobs/{job}", {"poReference": None, "labels": {}, "jobName": "new"})
    assert (reply.json["poReference"], reply.json["labels"], reply.json["jobName"]) == (None, {}, "new")
    assert (await api.patch(f"/jobs/{job}", {"providerId": "none"})).status == 400
    assert (await api.patch(f"/jobs/{job}", {"providerId": api.room.providers.main.id})).status == 200
    await api.add(job)
    await api.put(f"/jobs/{job}/submit", {})
    assert (await api.patch(f"/jobs/{job}", {"description": "f"})).status == 400


async def test_put_clears_what_is_not_given(api: Api) -> None:
    """The older form replaces the whole job, but for its provider."""
    job = await api.job(description="d", shouldQuote=True, labels={"a": "1"}, dueDate="2026-01-01")
    await api.patch(f"/jobs/{job}", {"providerId": api.room.providers.main.id})
    reply = await api.put(f"/jobs/{job}", {"jobName": "new"})
    shown = reply.json
    assert (shown["jobName"], shown["description"], shown["shouldQuote"]) == ("new", None, False)
    assert (shown["labels"], shown["dueDate"]) == ({}, None)
    assert shown["providerId"] == api.room.providers.main.id
    assert (await api.put(f"/jobs/{job}", {"description": "x"})).status == 400


async def test_submit_has_conditions(api: Api) -> None:
    """A request, a known provider that is not deleted, and not twice."""
    main = api.room.providers.main.id
    job = await api.job()
    assert (await api.submit(job)).status == 400
    await api.add(job)
    gone = next(each for each in api.room.providers.by_id.values() if each.deleted)
    for provider in ("none", gone.id, ""):
        reply = await api.put(f"/jobs/{job}/submit", {"providerId": provider})
        assert (reply.status, reply.json["fields"]) == (400, "providerId")
    assert (await api.submit(job, main)).status == 200
    assert (await api.submit(job, main)).status == 400
    api.settings(conflict_status=409)
    assert (await api.submit(job, main)).status == 409


async def test_capabilities_are_checked_at_submit(api: Api) -> None:
    """A provider that gives no quotes, or does not know a language pair, refuses the job."""
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    quoted = await api.job(shouldQuote=True)
    await api.add(quoted)
    assert "quote" in (await api.submit(quoted, small.id)).message
    exotic = await api.job()
    await api.add(exotic, "de-DE", "pt-BR")
    reply = await api.submit(exotic, small.id)
    assert (reply.status, "en-US to pt-BR" in reply.message) == (400, True)
    api.settings(validate_languages=False)
    assert (await api.submit(exotic, small.id)).status == 200


async def test_a_quote_waits_for_a_person(api: Api, sandbox: Sandbox) -> None:
    """A job that asks for a quote stays at the provider until somebody there approves it."""
    job = await api.job(shouldQuote=True)
    await api.add(job)
    await api.submit(job)
    await sandbox.advance(1000)
    assert api.at(job).status == "SENT_TO_PROVIDER"
    sandbox.lionbridge.start(job)
    assert (await api.get(f"/jobs/{job}")).json["statusCode"] == "IN_TRANSLATION"


async def test_complete_and_back(api: Api) -> None:
    """COMPLETED only from the provider's states, back only from COMPLETED; both need the content type."""
    job = await api.job()
    assert (await api.put(f"/jobs/{job}/complete", {})).status == 400
    job, _ = await api.done()
    assert (await api.call("PUT", f"/jobs/{job}/complete")).status == 415
    assert (await api.put(f"/jobs/{job}/intranslation", {})).status == 400
    headers = {"Content-Type": "application/json"}
    assert (await api.call("PUT", f"/jobs/{job}/complete", headers=headers)).json["statusCode"] == "COMPLETED"
    assert (await api.call("PUT", f"/jobs/{job}/intranslation")).status == 415
    assert (await api.put(f"/jobs/{job}/intranslation", {})).json["statusCode"] == "IN_TRANSLATION"
    api.settings(strict_content_type=False)
    assert (await api.call("PUT", f"/jobs/{job}/complete")).status == 200


async def test_deleting_is_no_cancel(api: Api) -> None:
    """Only what is created, completed or cancelled can be deleted; afterwards it is unknown."""
    job, _ = await api.done()
    assert (await api.delete(f"/jobs/{job}")).status == 400
    await api.put(f"/jobs/{job}/complete", {})
    assert (await api.delete(f"/jobs/{job}")).json["jobId"] == job
    assert (await api.get(f"/jobs/{job}")).status == 404
    api.settings(delete_status=204)
    assert (await api.delete(f"/jobs/{await api.job()}")).status == 204
    assert api.room.job_list.oldest_first == []


async def test_an_archived_job_is_out_of_reach(api: Api, sandbox: Sandbox) -> None:
    """Archiving ends in the background; then only the job itself can be read, until it is unarchived."""
    job, (request,) = await api.done()
    assert (await api.put(f"/jobs/{job}/archive")).status == 400
    await api.put(f"/jobs/{job}/complete", {})
    assert (await api.put(f"/jobs/{job}/unarchive")).status == 400
    reply = await api.put(f"/jobs/{job}/archive")
    assert (reply.status, reply.json["archived"]) == (202, False)
    assert (await api.get(f"/jobs/{job}/requests")).status == 200
    await sandbox.advance(1)
    shown = (await api.get(f"/jobs/{job}")).json
    assert (shown["archived"], shown["archiveStatus"]) == (True, "ARCHIVED")
    for path in ("/requests", f"/requests/{request}", "/statusupdates", "/supportassets", "/tmupdates"):
        assert (await api.get(f"/jobs/{job}{path}")).status == 404
    assert (await api.delete(f"/jobs/{job}")).status == 404
    assert (await api.put(f"/jobs/{job}/archive")).status == 404
    api.settings(archived_job="404", archive_status=200)
    assert (await api.get(f"/jobs/{job}")).status == 404
    reply = await api.put(f"/jobs/{job}/unarchive")
    assert (reply.status, reply.json["archived"], reply.json["archiveStatus"]) == (200, False, "UNARCHIVING")
    await sandbox.advance(1)
    assert [(each["jobId"], each["archiveStatus"]) for each in await api.every("/jobs", "jobs")] == [
        (job, "ACTIVE")
    ]


async def test_jobs_are_archived_by_themselves(api: Api, sandbox: Sandbox) -> None:
    """After its estimated date a job that is over is archived; one at the provider is not."""
    over, _ = await api.done()
    await api.put(f"/jobs/{over}/complete", {})
    running, _ = await api.done()
    await sandbox.advance(91 * DAY)
    assert not api.at(over).archived
    await sandbox.advance(3 * DAY)
    assert (api.at(over).archived, api.at(running).archived) == (True, False)
    api.settings(auto_archive_seconds=0)
    await api.login()
    assert (await api.get(f"/jobs/{running}")).json["estimatedArchivalDate"] is None


async def test_fields_and_fetch_types(api: Api) -> None:
    """`fields` narrows, `jobId` is always there; fetch types are read in any case."""
    job, _ = await api.done()
    (shown,) = await api.every("/jobs", "jobs", fields="jobName, statuscode")
    assert set(shown) == {"jobId", "jobName", "statusCode"}
    (shown,) = await api.every("/jobs", "jobs", fields=",".join(sorted(NAMES)))
    assert set(shown) == {"jobId", *NAMES}
    assert (await api.get("/jobs", fields="name,status,id")).status == 400
    basic = (await api.get(f"/jobs/{job}", fetchType="basic")).json
    assert set(basic) == {"jobId", "jobName", "statusCode", "providerId", "createdDate", "modifiedDate"}
    stats = (await api.get(f"/jobs/{job}", fetchType="FullWithStats")).json["requestStats"]
    assert stats == {
        "totalRequests": 1,
        "totalSentout": 1,
        "totalInTranslation": 0,
        "totalError": 0,
        "totalReceived": 1,
        "totalCompleted": 0,
    }
    assert (await api.get(f"/jobs/{job}", fetchType="all")).status == 400
    api.settings(fetch_stats=False)
    assert "requestStats" not in (await api.get(f"/jobs/{job}", fetchType="fullWithStats")).json


async def test_null_fields_can_be_left_out(api: Api) -> None:
    """Whether unset fields are sent is not known: a setting leaves them out."""
    api.settings(null_fields=False)
    shown = (await api.get(f"/jobs/{await api.job()}")).json
    assert None not in shown.values()


async def test_lists_are_filtered_and_ordered(api: Api) -> None:
    """Newest first by default, by one field in either direction, unset values last when ascending."""
    for name, fields in (
        ("b", {"labels": {"n": 10}}),
        ("a", {"labels": {"n": 9}, "dueDate": "2026-01-01"}),
        ("c", {"labels": {"n": "x"}, "dueDate": "2025-01-01"}),
    ):
        await api.job(name, **fields)

    async def names(**query: str) -> str:
        return "".join(each["jobName"] for each in await api.every("/jobs", "jobs", **query))

    assert await names() == "cab"
    assert await names(orderBy="jobName") == "abc"
    assert await names(orderBy="JOBNAME DESC") == "cba"
    assert await names(orderBy="dueDate asc") == "cab"
    assert await names(orderBy="dueDate desc") == "bac"
    assert await names(orderBy="labels.n") == "abc"
    assert await names(filter="labels.n lt 10 or dueDate lt '2025-06-01'", orderBy="jobName") == "ac"
    for order in ("jobName,statusCode", "jobName down", "description", "nothing", "a b c", "labels."):
        reply = await api.get("/jobs", orderBy=order)
        assert (reply.status, reply.json["fields"]) == (400, "orderBy")
    reply = await api.get("/jobs", filter="description eq 'x'")
    assert reply.json == {
        "code": 400,
        "message": "filter: field 'description' cannot be used (at position 0)",
        "fields": "filter",
    }


async def test_a_page_links_to_the_next(api: Api) -> None:
    """Cursor at the top and in the link, which is relative to the host and keeps the other parameters."""
    api.settings(page_size=2)
    for number in range(5):
        await api.job(f"job {number}")
    reply = await api.get("/jobs", orderBy="jobName", filter="jobName ne 'job 1'")
    body = reply.json
    assert body["_links"]["next"]["href"].startswith("/v2/jobs?")
    assert "filter=jobName%20ne%20%27job%201%27" in body["_links"]["next"]["href"]
    second = await api.get("/jobs", orderBy="jobName", filter="jobName ne 'job 1'", next=body["next"])
    by_link = await api.call("GET", body["_links"]["next"]["href"])
    assert second.items("jobs") == by_link.items("jobs")
    assert "next" not in second.json
    assert [each["jobName"] for each in second.items("jobs")] == ["job 3", "job 4"]


@pytest.mark.parametrize(
    "query",
    [
        {"orderBy": "jobName desc"},
        {"filter": "hasError eq false"},
        {"fields": "jobName"},
        {"fetchType": "basic"},
        {"orderBy": "jobName", "next": "rubbish"},
        {"orderBy": "jobName", "next": "!!!"},
        {"orderBy": "jobName", "next": "e30"},
    ],
)
async def test_a_cursor_breaks_when_the_query_changes(api: Api, query: dict[str, str]) -> None:
    """A cursor belongs to one query; with another one, or when it is none, it is 400."""
    api.settings(page_size=1)
    for number in range(3):
        await api.job(f"job {number}")
    cursor = (await api.get("/jobs", orderBy="jobName")).json["next"]
    reply = await api.get("/jobs", **{"next": cursor, **query})
    assert (reply.status, reply.json["fields"]) == (400, "next")


async def test_empty_collections_and_self_links_are_settings(api: Api) -> None:
    """An empty `_embedded` and `_links.self` may be there or not."""
    body = (await api.get("/jobs")).json
    assert body == {"_embedded": {"jobs": []}, "_links": {"self": {"href": "/v2/jobs"}}}
    api.settings(empty_embedded=False, self_link=False)
    assert (await api.get("/jobs")).json == {"_links": {}}


@pytest.mark.parametrize("order", ["", "labels.n desc"])
async def test_ten_thousand_jobs_none_missed_or_doubled(api: Api, order: str) -> None:
    """While new jobs arrive and others change, all that were there at the start are seen once."""
    jobs = api.room.job_list
    for number in range(10_000):
        job = jobs.create(f"job {number * 7919 % 10_000:05}")
        job.labels = {"n": number % 97}
        jobs.reorder(job)
    before = {job.id for job in jobs.oldest_first}
    query = {"fields": "labels", "filter": "labels.n ne 50 and statusCode eq 'CREATED'"}
    if order:
        query["orderBy"] = order
    wanted = {job.id for job in jobs.oldest_first if job.labels["n"] != 50}
    api.settings(page_size=500)
    seen: list[str] = []
    reply = await api.get("/jobs", **query)
    while True:
        seen += [each["jobId"] for each in reply.items("jobs")]
        for number in range(20):
            job = jobs.create(f"late {len(seen)} {number}")
            job.labels = {"n": number}
            jobs.reorder(job)
        api.at(seen[0]).po_reference = "changed"
        jobs.touch(api.at(seen[0]))
        link = reply.json["_links"].get("next")
        if link is None:
            break
        reply = await api.call("GET", link["href"])
    old = [uid for uid in seen if uid in before]
    assert len(old) == len(set(old))
    assert set(old) == wanted
    assert len(seen) == len(set(seen))
