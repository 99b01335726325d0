"""The referee's verdicts and the control API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox


async def _perfect_run(raw: Raw) -> tuple[str, str]:
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    await raw.sandbox.advance(10)
    await raw.get(f"/v2/projects/{project}/jobs")
    number = await raw.export(project, job)
    await raw.download(project, job, number)
    await raw.status(project, job, "DELIVERED")
    return project, job


async def test_a_perfect_run_has_no_findings_and_the_fewest_calls(raw: Raw, sandbox: Sandbox) -> None:
    """Everything once: ok, and the calls beyond the minimum are the template look-up alone."""
    await _perfect_run(raw)
    verdict = (await raw.control("GET", "/referee")).json
    assert verdict["ok"] is True
    assert not any(verdict["notes"].values())
    calls = verdict["calls"]
    assert calls["minimum_total"] == 7
    assert calls["total"] == 8
    assert calls["by_operation"]["list_templates"] == 1
    assert calls["mutating"] == 5
    assert verdict["jobs"]["last_level_by_status"] == {"DELIVERED": 1}
    assert verdict == sandbox.referee()


async def test_nothing_done_is_in_order(sandbox: Sandbox) -> None:
    """An unused sandbox has no findings."""
    verdict = sandbox.referee()
    assert verdict["ok"] is True
    assert verdict["calls"]["ratio"] is None


async def test_an_unconfirmed_delivery_is_found(raw: Raw, sandbox: Sandbox) -> None:
    """Fetched, but its job is not `DELIVERED`."""
    project, job = await raw.done_job()
    await raw.download(project, job, await raw.export(project, job))
    verdict = sandbox.referee()
    assert verdict["ok"] is False
    assert [entry["uid"] for entry in verdict["findings"]["unconfirmed_deliveries"]] == [job]
    assert [entry["status"] for entry in verdict["findings"]["open_jobs"]] == ["COMPLETED"]


async def test_a_confirmation_without_a_download_is_found(raw: Raw, sandbox: Sandbox) -> None:
    """`DELIVERED` without ever fetching the file is a lie."""
    project, job = await raw.done_job()
    await raw.status(project, job, "DELIVERED")
    findings = sandbox.referee()["findings"]
    assert [entry["uid"] for entry in findings["confirmed_without_download"]] == [job]


async def test_only_the_last_step_counts_as_delivered(raw: Raw, sandbox: Sandbox) -> None:
    """Confirming the first of three steps leaves the translation open."""
    project = (await raw.project(template="Website 3 steps"))["uid"]
    jobs = [job["uid"] for job in (await raw.upload(project)).json["jobs"]]
    await sandbox.advance(60)
    await raw.download(project, jobs[0], await raw.export(project, jobs[0]))
    await raw.status(project, jobs[0], "DELIVERED")
    assert [entry["level"] for entry in sandbox.referee()["findings"]["unconfirmed_deliveries"]] == [3]
    await raw.status(project, jobs[2], "DELIVERED")
    assert sandbox.referee()["ok"] is True


async def test_an_export_nobody_fetched_is_a_note(raw: Raw, sandbox: Sandbox) -> None:
    """It cost a call and does no harm."""
    project, job = await _perfect_run(raw)
    await raw.export(project, job)
    verdict = sandbox.referee()
    assert verdict["ok"] is True
    assert len(verdict["notes"]["exports_never_downloaded"]) == 1
    assert verdict["exports"]["most_for_one_translation"] == 2


async def test_a_file_sent_in_two_projects_is_a_note(raw: Raw, sandbox: Sandbox) -> None:
    """The same bytes under the same name in two projects are shown."""
    await _perfect_run(raw)
    second = (await raw.project("Again"))["uid"]
    await raw.upload(second)
    notes = sandbox.referee()["notes"]["sent_in_several_projects"]
    assert [entry["file"] for entry in notes] == ["a.json"]


async def test_a_marker_says_what_one_project_is(raw: Raw) -> None:
    """With a pattern, projects whose names share the marker are one intended project."""
    await raw.project("Spring [abc]")
    await raw.project("Spring retry [abc]")
    assert (await raw.control("GET", "/referee")).json["projects"] == {"made": 2, "intended": 2}
    marked = (await raw.control("GET", "/referee", params={"marker": r"\[(\w+)\]"})).json
    assert marked["projects"] == {"made": 2, "intended": 1}
    assert marked["findings"]["double_projects"][0]["name"] == "abc"
    for wrong in ("(", "abc"):
        assert (await raw.control("GET", "/referee", params={"marker": wrong})).status == 400


async def test_failed_imports_are_not_left_open(raw: Raw, sandbox: Sandbox) -> None:
    """Nobody can finish a job whose import failed."""
    await raw.upload((await raw.project())["uid"], content=b"{")
    await sandbox.advance(10)
    assert sandbox.referee()["findings"]["open_jobs"] == []


async def test_the_call_log_is_filtered_and_has_no_secrets(raw: Raw, sandbox: Sandbox) -> None:
    """Calls are found by operation, object, status and number; tokens and content are not in it."""
    project, job = await _perfect_run(raw)
    log = (await raw.control("GET", "/calls")).json
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))
    assert [entry["operation"] for entry in log] == [
        "exchange_token",
        "list_templates",
        "create_project",
        "create_job",
        "list_jobs",
        "start_export",
        "download_target",
        "set_job_status",
    ]
    created = (await raw.control("GET", "/calls", params={"operation": "create_job"})).json[0]
    assert created["facts"]["file"] == "a.json"
    assert created["facts"]["locales"] == ["de"]
    assert len(created["facts"]["sha256"]) == 64
    assert created["object"] == f"{project}/a.json"
    about_job = (await raw.control("GET", "/calls", params={"object": job})).json
    assert [entry["operation"] for entry in about_job] == [
        "start_export",
        "download_target",
        "set_job_status",
    ]
    assert len((await raw.control("GET", "/calls", params={"status": "201"})).json) == 2
    assert len((await raw.control("GET", "/calls", params={"after": "6"})).json) == 2
    text = (await raw.control("GET", "/calls")).text
    assert raw.token not in text
    assert sandbox.api_token not in text
    assert "Hello world" not in text


async def test_a_reset_forgets_everything_but_the_seed(raw: Raw, sandbox: Sandbox) -> None:
    """Projects, tokens, faults and calls go; the API token and the templates stay the same."""
    before = sandbox.info()["phrase"]
    await raw.project()
    sandbox.faults.add("500")
    assert (await raw.control("POST", "/reset")).json == {"reset": True}
    assert sandbox.calls() == []
    assert sandbox.phrase.projects == []
    assert (await raw.get("/v1/projects")).status == 401
    await raw.login()
    assert (await raw.get("/v1/projects")).json["totalElements"] == 0
    assert sandbox.info()["phrase"] == before


async def test_info_says_how_to_connect(raw: Raw, sandbox: Sandbox) -> None:
    """URLs, credentials, seed and templates, the same over HTTP."""
    info = (await raw.control("GET", "/info")).json
    assert info["control_url"] == sandbox.control_url
    assert info["phrase"]["platform_url"] == sandbox.phrase_url
    assert info["phrase"]["tms_url"] == sandbox.phrase_url + "/web"
    assert info["phrase"]["api_token"] == sandbox.api_token
    assert [template["name"] for template in info["phrase"]["templates"]] == [
        "Website",
        "Website 3 steps",
        "Website with providers",
    ]
    assert info["seed"] == 7


async def test_the_clock_is_advanced_over_http(raw: Raw, sandbox: Sandbox) -> None:
    """`advance` moves time and answers it; nonsense is refused."""
    before = sandbox.world.clock.elapsed()
    reply = await raw.control("POST", "/clock/advance", json={"seconds": 3600})
    assert reply.json["elapsed"] >= before + 3600
    refused: list[Any] = [{}, {"seconds": "1"}, {"seconds": -5}, {"seconds": True}, []]
    for wrong in refused:
        assert (await raw.control("POST", "/clock/advance", json=wrong)).status == 400


async def test_the_state_shows_projects_and_jobs(raw: Raw) -> None:
    """Everything at the vendor in one JSON object."""
    project, job = await _perfect_run(raw)
    state = (await raw.control("GET", "/state")).json
    assert state["projects"][0]["uid"] == project
    assert state["projects"][0]["jobs"][0]["uid"] == job
    assert state["projects"][0]["jobs"][0]["status"] == "DELIVERED"
    assert state["pending_async"] == []


async def test_a_status_is_set_by_hand(raw: Raw, sandbox: Sandbox) -> None:
    """Over the control API, as the vendor's project manager would; unknown jobs and statuses are refused."""
    _, job = await raw.done_job()
    reply = await raw.control("POST", f"/jobs/{job}/status", json={"status": "REJECTED"})
    assert reply.status == 200
    assert sandbox.phrase.jobs[0].status == "REJECTED"
    assert (await raw.control("POST", f"/jobs/{job}/status", json={"status": "LOST"})).status == 400
    assert (await raw.control("POST", f"/jobs/{job}/status", json={})).status == 400
    assert (await raw.control("POST", "/jobs/unknown/status", json={"status": "NEW"})).status == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}]
)
async def test_other_pages_cannot_drive_the_sandbox(raw: Raw, headers: dict[str, str]) -> None:
    """A foreign origin or host name is refused."""
    assert (await raw.control("POST", "/reset", headers=headers)).status == 403


async def test_the_own_page_can(raw: Raw, sandbox: Sandbox) -> None:
    """The page's own origin is taken."""
    assert (await raw.control("POST", "/reset", headers={"Origin": sandbox.control_url})).status == 200
