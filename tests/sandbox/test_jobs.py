"""Listing, reading and setting jobs, and what the translators do to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox, SandboxSettings


async def _statuses(raw: Raw, project: str, level: int = 1) -> list[str]:
    page = (await raw.get(f"/v2/projects/{project}/jobs", workflowLevel=level)).json
    return [job["status"] for job in page["content"]]


async def test_the_list_shows_level_one_unless_asked(raw: Raw) -> None:
    """Without `workflowLevel` only the first step's jobs come; the level stands inside the step."""
    project = (await raw.project(template="Website 3 steps"))["uid"]
    made = (await raw.upload(project)).json["jobs"]
    default = (await raw.get(f"/v2/projects/{project}/jobs")).json["content"]
    assert [job["uid"] for job in default] == [made[0]["uid"]]
    last = (await raw.get(f"/v2/projects/{project}/jobs", workflowLevel=3)).json["content"]
    assert [job["uid"] for job in last] == [made[2]["uid"]]
    assert last[0]["workflowStep"]["workflowLevel"] == 3
    assert "workflowLevel" not in last[0]


async def test_the_list_has_a_shape_of_its_own(raw: Raw) -> None:
    """List entries carry import status, inner id and folder, unlike the answer of create."""
    project = (await raw.project())["uid"]
    await raw.upload(project, path="docs")
    entry = (await raw.get(f"/v2/projects/{project}/jobs")).json["content"][0]
    assert set(entry) == {
        "uid",
        "innerId",
        "status",
        "filename",
        "targetLang",
        "originalFileDirectory",
        "sourceFileUid",
        "serverTaskId",
        "workflowStep",
        "importStatus",
        "imported",
        "continuous",
        "split",
        "providers",
        "owner",
        "remoteFile",
        "dateCreated",
        "dateDue",
    }
    assert entry["importStatus"] == {"status": "RUNNING", "errorMessage": None}
    assert entry["workflowStep"] is None
    assert entry["innerId"] == "1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a.json de", "a.json ja", "b.json de"]),
        ({"filename": "b.js"}, ["b.json de"]),
        ({"targetLang": "ja"}, ["a.json ja"]),
        ({"status": ["NEW", "EMAILED"]}, ["a.json de", "a.json ja"]),
        ({"status": "DELIVERED"}, ["b.json de"]),
        ({"notReady": "true"}, []),
        ({"workflowLevel": "2"}, []),
        ({"dueInHours": "1"}, []),
        ({"assignedUser": "5"}, []),
        ({"assignedVendor": "5"}, []),
        ({"pageSize": "2", "pageNumber": "1"}, ["b.json de"]),
    ],
)
async def test_jobs_are_filtered(raw: Raw, sandbox: Sandbox, query: dict[str, Any], found: list[str]) -> None:
    """Each filter of the job list."""
    sandbox.behave("manual")
    project = (await raw.project())["uid"]
    await raw.upload(project, "a.json", langs=("de", "ja"))
    job = (await raw.upload(project, "b.json")).json["jobs"][0]["uid"]
    await sandbox.advance(3)
    await raw.status(project, job, "DELIVERED")
    page = (await raw.get(f"/v2/projects/{project}/jobs", **query)).json
    assert [f"{entry['filename']} {entry['targetLang']}" for entry in page["content"]] == found


@pytest.mark.parametrize("query", [{"status": "JOB_NOT_READY"}, {"workflowLevel": "0"}, {"pageSize": "100"}])
async def test_wrong_filters_are_refused(raw: Raw, query: dict[str, str]) -> None:
    """`JOB_NOT_READY` is an error code, never a status; levels start at 1; pages end at 50."""
    project = (await raw.project())["uid"]
    assert (await raw.get(f"/v2/projects/{project}/jobs", **query)).status == 400


async def test_counting_leaves_the_content_out(raw: Raw) -> None:
    """`count=true` answers the counters alone."""
    project = (await raw.project())["uid"]
    await raw.upload(project, langs=("de", "ja"))
    body = (await raw.get(f"/v2/projects/{project}/jobs", count="true")).json
    assert body["totalElements"] == 2
    assert "content" not in body


async def test_jobs_are_unready_until_their_import_ends(raw: Raw, sandbox: Sandbox) -> None:
    """While the import runs, status changes and exports are 400 `JOB_NOT_READY`; reading is fine."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    read = (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json
    assert read["importStatus"]["status"] == "RUNNING"
    status = await raw.status(project, job, "DELIVERED")
    assert (status.status, status.code) == (400, "JOB_NOT_READY")
    export = await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile")
    assert (export.status, export.code) == (400, "JOB_NOT_READY")
    await sandbox.advance(2.1)
    read = (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json
    assert (read["importStatus"]["status"], read["imported"]) == ("OK", True)


async def test_a_job_knows_its_place(raw: Raw) -> None:
    """Get job shows level, last level, project step, source language and the link across steps."""
    project = await raw.project(template="Website 3 steps")
    made = (await raw.upload(project["uid"])).json["jobs"]
    jobs = [(await raw.get(f"/v1/projects/{project['uid']}/jobs/{job['uid']}")).json for job in made]
    assert [(job["workflowLevel"], job["lastWorkflowLevel"]) for job in jobs] == [(1, 3), (2, 3), (3, 3)]
    assert len({job["jobReference"]["uid"] for job in jobs}) == 1
    assert len({job["innerId"] for job in jobs}) == 1
    assert jobs[1]["workflowStep"]["workflowLevel"] == 2
    assert jobs[0]["sourceLang"] == "en"
    assert jobs[0]["project"] == {"uid": project["uid"], "name": project["name"]}


async def test_steps_follow_each_other(raw: Raw, sandbox: Sandbox) -> None:
    """The robot accepts and completes one step after the other, each in its time."""
    project = (await raw.project(template="Website 3 steps"))["uid"]
    await raw.upload(project)

    async def levels() -> list[str]:
        return [(await _statuses(raw, project, level))[0] for level in (1, 2, 3)]

    await sandbox.advance(2.1)
    assert await levels() == ["NEW", "NEW", "NEW"]
    await sandbox.advance(2)
    assert await levels() == ["ACCEPTED", "NEW", "NEW"]
    await sandbox.advance(2.5)
    assert await levels() == ["COMPLETED", "NEW", "NEW"]
    await sandbox.advance(4)
    assert await levels() == ["COMPLETED", "COMPLETED", "NEW"]
    await sandbox.advance(4)
    assert await levels() == ["COMPLETED", "COMPLETED", "COMPLETED"]


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"action": "auto"}, "COMPLETED"),
        ({"action": "manual"}, "NEW"),
        ({"action": "reject"}, "REJECTED"),
        ({"action": "rework"}, "COMPLETED"),
        ({"action": "decline"}, "DECLINED"),
        ({"action": "cancel"}, "CANCELLED"),
        ({"action": "late", "seconds": 3600}, "NEW"),
        ({"action": "manual", "file": "*.md"}, "COMPLETED"),
        ({"action": "manual", "file": "a.*", "locale": "d?"}, "NEW"),
        ({"action": "manual", "locale": "ja"}, "COMPLETED"),
        ({"action": "manual", "project": "Spring"}, "NEW"),
        ({"action": "manual", "level": 2}, "COMPLETED"),
    ],
)
async def test_translators_behave_as_told(raw: Raw, rule: dict[str, Any], status: str) -> None:
    """A behaviour governs the files, languages, projects and levels it names, over the control API."""
    assert (await raw.control("POST", "/behaviours", json=rule)).status == 201
    project = (await raw.project())["uid"]
    await raw.upload(project)
    await raw.sandbox.advance(60)
    assert await _statuses(raw, project) == [status]


async def test_late_translators_come_in_the_end(raw: Raw, sandbox: Sandbox) -> None:
    """`late` takes its seconds and then completes."""
    sandbox.behave("late", seconds=3600)
    project = (await raw.project())["uid"]
    await raw.upload(project)
    await sandbox.advance(3590)
    assert await _statuses(raw, project) == ["ACCEPTED"]
    await sandbox.advance(20)
    assert await _statuses(raw, project) == ["COMPLETED"]


async def test_the_latest_behaviour_wins(raw: Raw, sandbox: Sandbox) -> None:
    """Of two rules that fit, the later one counts; clearing brings back automatic."""
    sandbox.behave("decline")
    sandbox.behave("manual", file="a.*")
    project = (await raw.project())["uid"]
    await raw.upload(project, "a.json")
    await raw.upload(project, "b.json")
    await sandbox.advance(10)
    assert await _statuses(raw, project) == ["NEW", "DECLINED"]
    assert (await raw.control("DELETE", "/behaviours")).json == {"behaviours": []}
    await raw.upload(project, "c.json")
    await sandbox.advance(10)
    assert await _statuses(raw, project) == ["NEW", "DECLINED", "COMPLETED"]


async def test_an_import_can_be_made_to_fail(raw: Raw, sandbox: Sandbox) -> None:
    """`import_error` for one language leaves the other alone."""
    sandbox.behave("import_error", locale="ja")
    project = (await raw.project())["uid"]
    body = (await raw.upload(project, langs=("de", "ja"))).json
    await sandbox.advance(10)
    page = (await raw.get(f"/v2/projects/{project}/jobs")).json["content"]
    assert [job["importStatus"]["status"] for job in page] == ["OK", "ERROR"]
    assert (await raw.get(f"/v2/projects/{project}/jobs", notReady="true")).json["totalElements"] == 1
    response = (await raw.get(f"/v1/async/{body['asyncRequest']['id']}")).json["asyncResponse"]
    assert response["errorCode"] is None


async def test_set_status_answers_nothing(raw: Raw) -> None:
    """204 with an empty body, and the status is there."""
    project, job = await raw.done_job()
    reply = await raw.status(project, job, "DELIVERED")
    assert (reply.status, reply.body) == (204, b"")
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "DELIVERED"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "DELIVERED"},
        {"requestedStatus": "COMPLETED_BY_LINGUIST"},
        {"requestedStatus": "DELIVERED", "notifyOwner": "perhaps"},
    ],
)
async def test_wrong_statuses_are_refused(raw: Raw, body: dict[str, Any]) -> None:
    """REST words only, under their right name."""
    project, job = await raw.done_job()
    assert (await raw.post(f"/v1/projects/{project}/jobs/{job}/setStatus", body)).status == 400


async def test_any_change_is_taken_unless_strict(raw: Raw, sandbox: Sandbox) -> None:
    """The vendor publishes no transitions: all go by default, a table applies in strict mode."""
    project, job = await raw.done_job()
    assert (await raw.status(project, job, "NEW")).status == 204
    await raw.status(project, job, "CANCELLED")
    sandbox.change_settings(strict_transitions=True)
    assert (await raw.status(project, job, "DELIVERED")).status == 400
    assert (await raw.status(project, job, "NEW")).status == 204


async def test_what_is_sent_back_is_done_again(raw: Raw, sandbox: Sandbox) -> None:
    """A job that the client rejects comes back completed after another round."""
    project, job = await raw.done_job()
    await raw.status(project, job, "REJECTED")
    await sandbox.advance(1)
    assert await _statuses(raw, project) == ["REJECTED"]
    await sandbox.advance(4)
    assert await _statuses(raw, project) == ["COMPLETED"]


async def test_a_cancelled_job_stays_cancelled(raw: Raw, sandbox: Sandbox) -> None:
    """The robot drops its plan when somebody changes the job under its hands."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    await sandbox.advance(4)
    assert await _statuses(raw, project) == ["ACCEPTED"]
    await raw.status(project, job, "CANCELLED")
    await sandbox.advance(60)
    assert await _statuses(raw, project) == ["CANCELLED"]


async def test_jobs_of_another_project_are_not_found(raw: Raw) -> None:
    """A job answers only under its own project."""
    _, job = await raw.done_job()
    other = (await raw.project("Other"))["uid"]
    assert (await raw.get(f"/v1/projects/{other}/jobs/{job}")).code == "ResourceNotFound"
    assert (await raw.status(other, job, "DELIVERED")).status == 404


async def test_the_undocumented_parts_path_does_not_exist(raw: Raw) -> None:
    """`/parts` is in a guide and in no specification: 404."""
    project, job = await raw.done_job()
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}/parts")).status == 404


async def test_the_per_minute_quota_is_the_proxys(raw: Raw, sandbox: Sandbox) -> None:
    """Over the quota: 429 as plain text without the counters; the next minute is open again."""
    await sandbox.advance(60)
    sandbox.change_settings(requests_per_minute=2)
    assert [(await raw.get("/v1/languages")).status for _ in range(2)] == [200, 200]
    reply = await raw.get("/v1/languages")
    assert (reply.status, reply.text) == (429, "Too many requests.")
    assert "ratelimit-limit" not in reply.headers
    await sandbox.advance(60)
    assert (await raw.get("/v1/languages")).status == 200


async def test_the_concurrency_cap_is_the_applications(raw: Raw, sandbox: Sandbox) -> None:
    """Over the cap: 429 with both counters, none remaining."""
    sandbox.change_settings(concurrent_requests=0)
    reply = await raw.get("/v1/languages")
    assert reply.status == 429
    assert (reply.headers["ratelimit-limit"], reply.headers["ratelimit-remaining"]) == ("0", "0")


async def test_settings_change_while_running(raw: Raw) -> None:
    """Over the control API; unknown names and fixed ones are refused."""
    changed = await raw.control("POST", "/settings", json={"translate_seconds": 9})
    assert changed.json["translate_seconds"] == 9
    assert (await raw.control("GET", "/settings")).json["translate_seconds"] == 9
    assert (await raw.control("POST", "/settings", json={"speed": 1})).status == 400
    assert (await raw.control("POST", "/settings", json={"seed": 1})).status == 400
    assert (await raw.control("POST", "/settings", json={"token_seconds": "x"})).status == 400


def test_settings_know_no_other_names() -> None:
    """A misspelt setting is an error, not ignored."""
    with pytest.raises(TypeError):
        SandboxSettings(import_second=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("fields", [{"import_seconds": -1}, {"spent_status": 500}, {"early_status": 200}])
def test_impossible_settings_are_refused(fields: dict[str, Any]) -> None:
    """Negative durations and other statuses than 404 and 400 have no meaning."""
    with pytest.raises(ValueError, match="must"):
        SandboxSettings(**fields)
