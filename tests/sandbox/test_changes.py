"""Changing, splitting and deleting jobs and projects, and what is left of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox

LONG = b'{"a": "' + b"word " * 400 + b'"}'
DUE = "2030-01-01T00:00:00+0000"


@pytest.fixture(autouse=True)
def by_hand(sandbox: Sandbox) -> None:
    """Nobody works unless a test says so."""
    sandbox.behave("manual")


async def _names(raw: Raw, project: str, level: int = 1) -> list[str]:
    page = (await raw.get(f"/v2/projects/{project}/jobs", workflowLevel=level)).json
    return [job["uid"] for job in page["content"]]


async def test_put_clears_what_it_leaves_out_and_patch_does_not(raw: Raw, sandbox: Sandbox) -> None:
    """The two edits of one job differ in nothing but that."""
    project, job = await raw.done_job()
    path = f"/v1/projects/{project}/jobs/{job}"
    linguist = sandbox.phrase.people.linguists["de"]
    provider = {"id": linguist.id, "type": "USER"}
    patched = (await raw.call("PATCH", path, json={"dateDue": DUE, "providers": [provider]})).json
    assert (patched["dateDue"], patched["providers"][0]["id"]) == (DUE, linguist.id)
    patched = (await raw.call("PATCH", path, json={"status": "ACCEPTED"})).json
    assert (patched["dateDue"], patched["status"], len(patched["providers"])) == (DUE, "ACCEPTED", 1)
    replaced = (await raw.put(path, {"status": "NEW"})).json
    assert (replaced["dateDue"], replaced["status"], replaced["providers"]) == (None, "NEW", [])
    assert (await raw.put(path, {"dateDue": DUE})).status == 400


async def test_bulk_edits_succeed_in_part(raw: Raw, sandbox: Sandbox) -> None:
    """Across projects, what cannot be changed is named in `errors` with its code, and the rest is done."""
    project, job = await raw.done_job()
    unready = (await raw.upload(project, "b.json")).json["jobs"][0]["uid"]
    sandbox.behave("import_error", file="c.json")
    broken = (await raw.upload(project, "c.json")).json["jobs"][0]["uid"]
    linguist = sandbox.phrase.people.linguists["de"]
    named = [{"uid": uid} for uid in (job, unready, "nobody")]
    body = {"jobs": named, "providers": [{"id": linguist.id, "type": "USER"}], "dateDue": DUE}
    result = (await raw.call("PATCH", "/v3/jobs", json=body)).json
    assert result["updated"] == 1
    assert [error["code"] for error in result["errors"]] == ["JobCannotAssignProviders", "NotFound"]
    await sandbox.advance(3)
    result = (await raw.call("PATCH", "/v3/jobs", json={"jobs": [{"uid": broken}], "status": "NEW"})).json
    assert [error["code"] for error in result["errors"]] == ["JobImportFailed"]
    await raw.call("PATCH", "/v3/jobs", json={"jobs": [{"uid": job}], "clearDateDue": True})
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["dateDue"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"jobs": []},
        {"jobs": [{"uid": str(number)} for number in range(101)]},
        {"jobs": ["uid"]},
        {"jobs": [{"uid": "x"}], "status": "JOB_NOT_READY"},
        {"jobs": [{"uid": "x"}], "clearDateDue": True, "dateDue": DUE},
        {"jobs": [{"uid": "x"}], "providers": [{"id": "1"}]},
    ],
)
async def test_wrong_bulk_edits_are_refused(raw: Raw, body: dict[str, Any]) -> None:
    """What is wrong with the request itself is 400, nothing is done in part."""
    assert (await raw.call("PATCH", "/v3/jobs", json=body)).status == 400


async def test_a_batch_is_edited_whole_or_not_at_all(raw: Raw) -> None:
    """One unready job refuses the whole batch."""
    project, job = await raw.done_job()
    unready = (await raw.upload(project, "b.json")).json["jobs"][0]["uid"]
    body = {"jobs": [{"uid": job}, {"uid": unready}], "status": "CANCELLED"}
    reply = await raw.put(f"/v1/projects/{project}/jobs/batch", body)
    assert (reply.status, reply.code) == (400, "JOB_NOT_READY")
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "NEW"
    alone = {"jobs": [{"uid": job}], "status": "CANCELLED"}
    assert (await raw.put(f"/v1/projects/{project}/jobs/batch", alone)).status == 200
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "CANCELLED"


async def test_deleted_jobs_are_gone_and_still_count(raw: Raw) -> None:
    """A deleted job is 404 and in no list; its language cannot be removed until it is purged."""
    project, job = await raw.done_job()
    path, named = f"/v1/projects/{project}", {"jobs": [{"uid": job}]}
    assert (await raw.call("DELETE", f"{path}/jobs/batch", json=named)).status == 204
    assert (await raw.get(f"{path}/jobs/{job}")).status == 404
    assert await _names(raw, project) == []
    langs = {"targetLangs": ["de"]}
    blocked = await raw.call("DELETE", f"{path}/targetLangs", json=langs)
    assert (blocked.status, blocked.code) == (400, "CannotDelete")
    free = await raw.call("DELETE", f"{path}/targetLangs", json={"targetLangs": ["ja"]})
    assert free.status == 204
    assert (await raw.get(path)).json["targetLangs"] == ["de", "fr_fr"]


async def test_a_project_goes_and_comes_back(raw: Raw) -> None:
    """Deleted: 404 and in no list, but restorable; purged: gone for good with its jobs."""
    project, job = await raw.done_job()
    path = f"/v1/projects/{project}"
    assert (await raw.call("DELETE", path)).status == 204
    assert (await raw.get(path)).status == 404
    assert (await raw.get(f"{path}/jobs/{job}")).status == 404
    assert (await raw.get("/v1/projects", includeArchived="true")).json["totalElements"] == 0
    assert (await raw.call("DELETE", path)).status == 404
    assert (await raw.call("PATCH", f"{path}/restore")).status == 204
    assert (await raw.get(f"{path}/jobs/{job}")).status == 200
    assert (await raw.call("DELETE", path, params={"purge": "true"})).status == 204
    assert (await raw.call("PATCH", f"{path}/restore")).status == 404


async def test_put_replaces_a_project(raw: Raw, sandbox: Sandbox) -> None:
    """What is left out is cleared, the name is required, and archiving is undone by restore alone."""
    client = {"id": sandbox.phrase.people.references["client"]["id"]}
    project = await raw.project(note="n", dateDue=DUE, client=client)
    path = f"/v3/projects/{project['uid']}"
    assert (await raw.put(path, {"note": "n"})).status == 400
    replaced = (await raw.put(path, {"name": "Autumn", "archived": True})).json
    assert (replaced["name"], replaced["note"], replaced["dateDue"], replaced["client"]) == (
        "Autumn",
        None,
        None,
        None,
    )
    read = (await raw.get(f"/v1/projects/{project['uid']}")).json
    assert read["archived"] is True
    assert read["dateArchived"] is not None
    await raw.call("PATCH", f"/v1/projects/{project['uid']}/restore")
    assert (await raw.get(f"/v1/projects/{project['uid']}")).json["archived"] is False


async def test_projects_are_made_without_a_template(raw: Raw) -> None:
    """Languages are required then; steps are global ones, and nobody's template is named."""
    steps = (await raw.get("/v1/workflowSteps")).json["content"]
    body = {
        "name": "Plain",
        "sourceLang": "en",
        "targetLangs": ["de"],
        "workflowSteps": [{"id": steps[1]["id"]}],
    }
    made = (await raw.post("/v3/projects", body)).json
    assert [step["workflowStep"]["id"] for step in made["workflowSteps"]] == [steps[1]["id"]]
    assert (await raw.get(f"/v1/projects/{made['uid']}")).json["template"] is None
    for missing in ("sourceLang", "targetLangs", "name"):
        assert (await raw.post("/v3/projects", {**body, missing: None})).status == 400


async def test_a_project_can_be_made_in_the_background(raw: Raw, sandbox: Sandbox) -> None:
    """202 with a request; the project appears when that has ended, and the request names it."""
    template = await raw.template()
    reply = await raw.post(f"/v2/projects/applyTemplate/async/{template}", {"name": "Later"})
    assert (reply.status, reply.json["asyncRequest"]["action"]) == (202, "CREATE_PROJECT")
    assert (await raw.get("/v1/projects")).json["totalElements"] == 0
    await sandbox.advance(3)
    uid = (await raw.get("/v1/projects")).json["content"][0]["uid"]
    read = (await raw.get(f"/v1/async/{reply.json['asyncRequest']['id']}")).json
    assert read["project"] == {"uid": uid, "name": "Later"}
    assert read["asyncResponse"]["errorCode"] is None


async def test_a_split_job_is_finished_part_by_part(raw: Raw, sandbox: Sandbox) -> None:
    """Parts share file and language, the next step waits for all of them, and the source cannot be updated."""
    sandbox.behave("auto", level=2)
    project = (await raw.project(template="Website 3 steps"))["uid"]
    made = (await raw.upload(project, content=LONG)).json["jobs"]
    await sandbox.advance(3)
    first, second = made[0]["uid"], made[1]["uid"]
    reply = await raw.post(f"/v1/projects/{project}/jobs/{first}/split", {"partCount": 2})
    parts = [job["uid"] for job in reply.json["jobs"]]
    assert parts[0] == first
    assert await _names(raw, project) == parts
    read = [(await raw.get(f"/v1/projects/{project}/jobs/{uid}")).json for uid in parts]
    assert [job["innerId"] for job in read] == ["1.1", "1.2"]
    assert read[0]["endIndex"] + 1 == read[1]["beginIndex"]
    assert all(job["isParentJobSplit"] for job in read)
    headers = {"Content-Disposition": "filename=a.json", "Memsource": f'{{"jobs": [{{"uid": "{first}"}}]}}'}
    refused = await raw.call("POST", f"/v1/projects/{project}/jobs/source", data=LONG, headers=headers)
    assert (refused.status, "split" in refused.text) == (400, True)
    await raw.status(project, first, "COMPLETED")
    await sandbox.advance(60)
    assert (await raw.get(f"/v1/projects/{project}/jobs/{second}")).json["status"] == "NEW"
    await raw.status(project, parts[1], "COMPLETED")
    await sandbox.advance(60)
    assert (await raw.get(f"/v1/projects/{project}/jobs/{second}")).json["status"] == "COMPLETED"


@pytest.mark.parametrize(
    "body",
    [{}, {"partCount": 0}, {"partCount": 10_000}, {"partCount": 2, "partSize": 2}, {"segmentOrdinals": [0]}],
)
async def test_impossible_splits_are_refused(raw: Raw, body: dict[str, Any]) -> None:
    """Exactly one way of splitting, within the file."""
    project, job = await raw.done_job(content=LONG)
    assert (await raw.post(f"/v1/projects/{project}/jobs/{job}/split", body)).status == 400


@pytest.mark.parametrize(
    ("status", "level", "beside"),
    [("COMPLETED", 1, ["COMPLETED", "EMAILED", "NEW"]), ("REJECTED", 2, ["REJECTED", "REJECTED", "NEW"])],
)
async def test_a_status_can_move_its_neighbours(
    raw: Raw, sandbox: Sandbox, status: str, level: int, beside: list[str]
) -> None:
    """With `propagateStatus` the next provider is mailed, or the work goes back to the step before."""
    project = (await raw.project(template="Website 3 steps"))["uid"]
    jobs = [job["uid"] for job in (await raw.upload(project)).json["jobs"]]
    await sandbox.advance(3)
    linguist = sandbox.phrase.people.linguists["de"]
    provider = {"providers": [{"id": linguist.id, "type": "USER"}]}
    await raw.call("PATCH", f"/v1/projects/{project}/jobs/{jobs[1]}", json=provider)
    if level == 2:
        await raw.status(project, jobs[0], "COMPLETED")
    body = {"requestedStatus": status, "propagateStatus": True}
    await raw.post(f"/v1/projects/{project}/jobs/{jobs[level - 1]}/setStatus", body)
    found = [(await raw.get(f"/v1/projects/{project}/jobs/{uid}")).json["status"] for uid in jobs]
    assert found == beside
