"""Assigning, notifying and analysing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox

ASSIGNED = "Website with providers"


async def _assign(raw: Raw, project: str, template: str = ASSIGNED, *, only: list[str] | None = None) -> Any:
    path = f"/v1/projects/{project}/applyTemplate/{await raw.template(template)}/assignProviders"
    if only is None:
        return await raw.post(path)
    return await raw.post(path + "/forJobParts", {"jobs": [{"uid": uid} for uid in only]})


async def test_applying_a_template_assigns_nobody(raw: Raw, sandbox: Sandbox) -> None:
    """Jobs of a template with providers have none, and nobody works until they are assigned."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    await raw.upload(project)
    await sandbox.advance(3600)
    job = (await raw.get(f"/v2/projects/{project}/jobs")).json["content"][0]
    assert (job["providers"], job["status"]) == ([], "NEW")
    reply = await _assign(raw, project)
    assert reply.status == 200
    assert [entry["providers"][0]["type"] for entry in reply.json["jobs"]] == ["USER"]
    await sandbox.advance(10)
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["content"][0]["status"] == "COMPLETED"


async def test_jobs_still_importing_are_skipped_in_silence(raw: Raw, sandbox: Sandbox) -> None:
    """The answer lists only what changed; a second call changes nothing."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    ready = (await raw.upload(project, "a.json")).json["jobs"][0]["uid"]
    await sandbox.advance(3)
    await raw.upload(project, "b.json")
    assert [job["uid"] for job in (await _assign(raw, project)).json["jobs"]] == [ready]
    assert (await _assign(raw, project)).json["jobs"] == []


async def test_accepted_jobs_are_skipped(raw: Raw, sandbox: Sandbox) -> None:
    """Assigned status means somebody works on it already."""
    project = (await raw.project())["uid"]
    await raw.upload(project)
    await sandbox.advance(4)
    assert sandbox.phrase.jobs[0].status == "ACCEPTED"
    assert (await _assign(raw, project)).json["jobs"] == []


async def test_some_jobs_can_be_assigned(raw: Raw, sandbox: Sandbox) -> None:
    """`forJobParts` touches the named jobs alone, and checks their number and their project."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    jobs = [job["uid"] for job in (await raw.upload(project, langs=("de", "ja"))).json["jobs"]]
    await sandbox.advance(3)
    assert [job["uid"] for job in (await _assign(raw, project, only=jobs[:1])).json["jobs"]] == jobs[:1]
    assert (await _assign(raw, project, only=[])).status == 400
    assert (await _assign(raw, project, only=jobs[:1] * 101)).status == 400
    other = (await raw.project("Other", template=ASSIGNED))["uid"]
    assert (await _assign(raw, other, only=jobs)).status == 400


async def test_a_template_must_have_as_many_steps(raw: Raw) -> None:
    """Another number of steps is 400."""
    project = (await raw.project(template="Website 3 steps"))["uid"]
    assert (await _assign(raw, project)).status == 400
    assert (await _assign(raw, project, "Website 3 steps")).status == 200


async def test_notified_providers_are_emailed(raw: Raw, sandbox: Sandbox) -> None:
    """204, and new jobs with providers become `EMAILED`; their work goes on."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    await sandbox.advance(3)
    await _assign(raw, project)
    template = (await raw.get("/v1/emailTemplates", type="JobAssigned")).json["content"][0]["id"]
    body = {"jobs": [{"uid": job}], "emailTemplate": {"id": template}, "cc": ["a@example.com"]}
    reply = await raw.post(f"/v1/projects/{project}/jobs/notifyAssigned", body)
    assert (reply.status, reply.body) == (204, b"")
    assert sandbox.phrase.jobs[0].status == "EMAILED"
    assert len(sandbox.phrase.providers.notifications) == 1
    await sandbox.advance(10)
    assert sandbox.phrase.jobs[0].status == "COMPLETED"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"jobs": []}, 400),
        ({"jobs": [{"uid": "x"}]}, 404),
        ({"emailTemplate": {"id": "1"}}, 400),
        ({"emailTemplate": None}, 400),
        ({"cc": "a@example.com"}, 400),
        ({"bcc": ["nobody"]}, 400),
    ],
)
async def test_wrong_notifications_are_refused(
    raw: Raw, sandbox: Sandbox, change: dict[str, Any], status: int
) -> None:
    """Jobs, template and copies are checked, and nobody is told anything."""
    project, job = await raw.done_job()
    template = sandbox.phrase.people.email_templates[0]["id"]
    body = {"jobs": [{"uid": job}], "emailTemplate": {"id": template}, **change}
    assert (await raw.post(f"/v1/projects/{project}/jobs/notifyAssigned", body)).status == status
    assert sandbox.phrase.providers.notifications == []


async def test_email_templates_are_a_page(raw: Raw) -> None:
    """Listed by type, and unknown types find nothing."""
    assert (await raw.get("/v1/emailTemplates")).json["totalElements"] == 3
    assert (await raw.get("/v1/emailTemplates", type="Other")).json["content"] == []


async def test_analyses_are_made_for_each_provider(raw: Raw, sandbox: Sandbox) -> None:
    """One entry per provider, asynchronous, found again by name in its project."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    jobs = (await raw.upload(project, langs=("de", "ja"))).json["jobs"]
    await sandbox.advance(3)
    await _assign(raw, project)
    body = {"jobs": [{"uid": job["uid"]} for job in jobs], "name": "wf 0123456789"}
    reply = await raw.post("/v1/analyses/byProviders", body)
    assert reply.status == 200
    entries = reply.json["analyses"]
    assert len(entries) == 2
    assert entries[0]["asyncRequest"]["action"] == "PRE_ANALYSE"
    uid = entries[0]["analyse"]["uid"]
    assert (await raw.get(f"/v3/analyses/{uid}")).json["importStatus"]["status"] == "RUNNING"
    await sandbox.advance(1)
    found = (await raw.get(f"/v3/analyses/{uid}")).json
    assert found["importStatus"]["status"] == "OK"
    assert [part["targetLang"] for part in found["analyseLanguageParts"]] == ["de"]
    assert found["provider"]["type"] == "USER"
    listed = (await raw.get(f"/v3/projects/{project}/analyses", name="0123456789")).json
    assert listed["totalElements"] == 2
    assert (await raw.get(f"/v3/projects/{project}/analyses", name="other")).json["totalElements"] == 0
    assert (await raw.get("/v3/analyses/unknown")).status == 404


async def test_unassigned_jobs_share_one_analysis(raw: Raw) -> None:
    """Without providers there is one entry, whose provider is null."""
    _, job = await raw.done_job()
    reply = await raw.post("/v1/analyses/byProviders", {"jobs": [{"uid": job}]})
    assert len(reply.json["analyses"]) == 1
    uid = reply.json["analyses"][0]["analyse"]["uid"]
    assert (await raw.get(f"/v3/analyses/{uid}")).json["provider"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"jobs": None},
        {"type": "Guess"},
        {"type": "Compare"},
        {"type": "Compare", "compareWorkflowLevel": 16},
        {"type": "Compare", "compareWorkflowLevel": True},
        {"compareWorkflowLevel": "first"},
        {"name": "x" * 256},
        {"includeNumbers": "perhaps"},
        {"callbackUrl": "nowhere"},
    ],
)
async def test_wrong_analyses_are_refused(raw: Raw, change: dict[str, Any]) -> None:
    """Each broken rule is 400, by whichever call."""
    _, job = await raw.done_job()
    for path in ("/v1/analyses/byProviders", "/v1/analyses/byLanguages", "/v2/analyses"):
        reply = await raw.post(path, {"jobs": [{"uid": job}], **change})
        assert reply.status == 400


async def test_analyses_are_made_for_each_language(raw: Raw, sandbox: Sandbox) -> None:
    """One entry per target language, with all providers' jobs of it in one."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    jobs = (await raw.upload(project, langs=("de", "ja"))).json["jobs"]
    jobs += (await raw.upload(project, "b.json", langs=("de",))).json["jobs"]
    await sandbox.advance(3)
    await _assign(raw, project)
    named = {"jobs": [{"uid": job["uid"]} for job in jobs]}
    entries = (await raw.post("/v1/analyses/byLanguages", named)).json["analyses"]
    await sandbox.advance(1)
    found = [(await raw.get(f"/v3/analyses/{entry['analyse']['uid']}")).json for entry in entries]
    assert [[part["targetLang"] for part in one["analyseLanguageParts"]] for one in found] == [["de"], ["ja"]]
    assert [one["provider"] for one in found] == [None, None]
    assert len(found[0]["analyseLanguageParts"][0]["jobs"]) == 2


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 1),
        ({"analyzeByLanguage": True}, 2),
        ({"analyzeByProvider": True}, 2),
        ({"analyzeByLanguage": True, "analyzeByProvider": True}, 2),
    ],
)
async def test_an_analysis_is_whole_unless_asked_otherwise(
    raw: Raw, sandbox: Sandbox, change: dict[str, Any], count: int
) -> None:
    """The newer call makes one for all jobs, or one for each language or provider; its list has its own name."""
    project = (await raw.project(template=ASSIGNED))["uid"]
    jobs = (await raw.upload(project, langs=("de", "ja"))).json["jobs"]
    await sandbox.advance(3)
    await _assign(raw, project)
    named = {"jobs": [{"uid": job["uid"]} for job in jobs]}
    reply = await raw.post("/v2/analyses", {**named, **change})
    assert (reply.status, list(reply.json)) == (200, ["asyncRequests"])
    entries = reply.json["asyncRequests"]
    assert len({entry["analyse"]["uid"] for entry in entries}) == count
    assert entries[0]["asyncRequest"]["action"] == "PRE_ANALYSE"


async def test_large_analyses_come_in_parts_and_too_large_ones_not(raw: Raw, sandbox: Sandbox) -> None:
    """Parts hold at most 100,000 segments; more than 300,000 together are 400."""
    project = (await raw.project())["uid"]
    large = b'{"a": "' + b"word " * 700_000 + b'"}'
    jobs = [(await raw.upload(project, f"{n}.json", content=large)).json["jobs"][0] for n in range(5)]
    await sandbox.advance(3)
    named = [{"uid": job["uid"]} for job in jobs]
    reply = await raw.post("/v2/analyses", {"jobs": named[:4]})
    assert len(reply.json["asyncRequests"]) == 4
    assert (await raw.post("/v2/analyses", {"jobs": named})).status == 400


async def test_unready_jobs_cannot_be_analysed(raw: Raw) -> None:
    """While the import runs: 400 `JOB_NOT_READY`."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    reply = await raw.post("/v1/analyses/byProviders", {"jobs": [{"uid": job}]})
    assert (reply.status, reply.code) == (400, "JOB_NOT_READY")
