"""Update source."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.conftest import Raw, Reply
from wordferry.formats import pseudo_translate
from wordferry.sandbox import Sandbox

NEW = b'{"a": "Good morning"}'


async def _update(raw: Raw, project: str, jobs: Any, *, name: str = "a.json", content: bytes = NEW) -> Reply:
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"filename*=UTF-8''{name}",
        "Memsource": json.dumps({"jobs": jobs}),
    }
    return await raw.call("POST", f"/v1/projects/{project}/jobs/source", data=content, headers=headers)


async def _open_job(raw: Raw) -> tuple[str, str]:
    raw.sandbox.behave("late", seconds=600)
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    await raw.sandbox.advance(3)
    return project, job


async def test_a_new_source_is_imported_and_translated(raw: Raw, sandbox: Sandbox) -> None:
    """200, the job imports again, and later gives the translation of the new file."""
    project, job = await _open_job(raw)
    reply = await _update(raw, project, [{"uid": job}])
    assert reply.status == 200
    assert reply.json["asyncRequest"]["action"] == "UPDATE_SOURCE"
    assert set(reply.json["jobs"][0]) == {
        "uid",
        "filename",
        "status",
        "targetLang",
        "workflowLevel",
        "workflowStep",
    }
    path = f"/v1/projects/{project}/jobs/{job}"
    assert (await raw.get(path)).json["importStatus"]["status"] == "RUNNING"
    await sandbox.advance(3)
    read = (await raw.get(path)).json
    assert read["importStatus"]["status"] == "OK"
    assert read["updateSourceDate"] is not None
    assert (await raw.get(path + "/original")).body == NEW
    await sandbox.advance(700)
    target = await raw.download(project, job, await raw.export(project, job))
    assert target.body == pseudo_translate(NEW, format="json", locale="de")


@pytest.mark.parametrize("status", ["COMPLETED", "DELIVERED", "CANCELLED"])
async def test_final_jobs_refuse_a_new_source(raw: Raw, status: str) -> None:
    """A job with a step in a final status needs a new job."""
    project, job = await _open_job(raw)
    await raw.status(project, job, status)
    assert (await _update(raw, project, [{"uid": job}])).status == 400


async def test_only_first_steps_take_a_new_source(raw: Raw, sandbox: Sandbox) -> None:
    """The second step's job is refused, and so is a first step whose later step is final."""
    sandbox.behave("manual")
    project = (await raw.project(template="Website 3 steps"))["uid"]
    jobs = [job["uid"] for job in (await raw.upload(project)).json["jobs"]]
    await sandbox.advance(3)
    assert (await _update(raw, project, [{"uid": jobs[1]}])).status == 400
    await raw.status(project, jobs[2], "CANCELLED")
    assert (await _update(raw, project, [{"uid": jobs[0]}])).status == 400


async def test_a_running_import_comes_first(raw: Raw) -> None:
    """While a job imports: 400 `JOB_NOT_READY`."""
    project, job = await _open_job(raw)
    assert (await _update(raw, project, [{"uid": job}])).status == 200
    assert (await _update(raw, project, [{"uid": job}])).code == "JOB_NOT_READY"


async def test_jobs_are_checked(raw: Raw) -> None:
    """Missing, too many, unknown or foreign jobs and unsupported files are refused."""
    project, job = await _open_job(raw)
    other = (await raw.project("Other"))["uid"]
    assert (await _update(raw, project, [])).status == 400
    assert (await _update(raw, project, [{"uid": job}] * 101)).status == 400
    assert (await _update(raw, project, [{"uid": "x"}])).status == 404
    assert (await _update(raw, other, [{"uid": job}])).status == 400
    assert (await _update(raw, project, [{"uid": job}], name="a.zip")).status == 400
