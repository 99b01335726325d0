"""The golden bodies in `samples/phrase`: every file decodes, and to what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wordferry.tms.phrase.api import (
    analyses,
    async_requests,
    auth,
    email_templates,
    errors,
    job_files,
    jobs,
    languages,
    previews,
    project_creation,
    projects,
    providers,
    target_files,
    templates,
)
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call
from wordferry.transport.reactions import words

SAMPLES = Path(__file__).parents[4] / "samples" / "phrase"
SHEET = Sheet()

# sample → the call it answers, and what must be read from it
GOOD: dict[str, tuple[Call[Any], Callable[[Any], object]]] = {
    "auth/exchange/200": (
        auth.exchange("x"),
        lambda a: (a.access_token, a.expires_in) == ("example-access-token", 14399.0),
    ),
    "auth/who_am_i/200": (
        auth.who_am_i(),
        lambda a: a.user.user_name == "ada.example" and a.organization.id == "1001",
    ),
    "templates/list/200": (
        templates.page(SHEET),
        lambda a: (
            [t.template_name for t in a.content] == ["Website", "Legal"] and a.content[1].source_lang is None
        ),
    ),
    "templates/get/200": (
        templates.get("t"),
        lambda a: (
            a.workflow_steps[0].abbr == "T"
            and a.date_time_modified == datetime(2025, 3, 1, 8, 0, 0, 5000, UTC)
        ),
    ),
    "projects/from_template/201": (
        project_creation.from_template("t", name="n"),
        lambda a: (
            a.user_role is None
            and a.internal_id == "59"
            and a.last_level == 2
            and [step.id for step in a.workflow_steps] == ["36719", "36720"]
            and a.workflow_steps[0].workflow_step.id == "20041366"
        ),
    ),
    "projects/get/200": (
        projects.get("p"),
        lambda a: a.id == "35843" and a.template.template_name == "Website",
    ),
    "projects/list/200": (
        projects.page(SHEET),
        lambda a: a.total_pages == 1 and a.content[0].name == "Site 2026-11",
    ),
    "projects/workflow_steps/200": (
        projects.workflow_steps("p"),
        lambda a: [s.workflow_level for s in a.project_workflow_steps] == [1, 2],
    ),
    "jobs/create/201": (
        job_files.create("p", file=b"", filename="a", target_langs=["de"]),
        lambda a: (
            a.async_request.id == "950791"
            and [job.level for job in a.jobs] == [1, 2]
            and not a.unsupported_files
        ),
    ),
    "jobs/create/201-unsupported": (
        job_files.create("p", file=b"", filename="a", target_langs=["de"]),
        lambda a: (
            a.jobs == () and a.unsupported_files == ("photo.k3Xw9PzQ1b.heic",) and a.async_request is None
        ),
    ),
    "jobs/get/200": (
        jobs.get("p", "j"),
        lambda a: a.import_status.status == "RUNNING" and (a.level, a.last_workflow_level) == (1, 2),
    ),
    "jobs/get/200-import-failed": (
        jobs.get("p", "j"),
        lambda a: (
            a.status == "SOMETHING_NEW" and a.import_status.error_message == "The file could not be imported."
        ),
    ),
    "jobs/list/200": (
        jobs.page(SHEET, "p"),
        lambda a: (
            [(job.status, job.workflow_level, job.level) for job in a.content]
            == [("COMPLETED", None, 2), ("ACCEPTED", None, 2)]
            and a.content[0].providers[0].type == "USER"
        ),
    ),
    "jobs/update_source/200": (
        job_files.update_source("p", job_uids=["j"], file=b"", filename="a"),
        lambda a: a.async_request.action == "UPDATE_SOURCE" and a.jobs[0].workflow_step is None,
    ),
    "async_requests/get/200": (async_requests.get("1"), lambda a: a.finished and not a.failed),
    "async_requests/get/200-running": (async_requests.get("1"), lambda a: not a.finished and not a.failed),
    "async_requests/get/200-failed": (
        async_requests.get("1"),
        lambda a: (
            a.failed
            and (a.async_response.error_code, a.async_response.error_desc)
            == ("EXPORT_FAILED", "Tags are missing.")
            and a.async_response.error_details[0].code == "TAGS"
        ),
    ),
    "async_requests/list/200": (async_requests.page(SHEET), lambda a: a.content[0].id == "950791"),
    "async_requests/status/200": (
        async_requests.status(),
        lambda a: (a.concurrent_requests.count, a.concurrent_requests.limit) == (3, None),
    ),
    "target_files/start/202": (
        target_files.start("p", "j"),
        lambda a: a.async_request.id == "950800" and a.reference.type == "JOB",
    ),
    "target_files/warnings/200": (target_files.warnings("p", "j"), lambda a: len(a.warnings) == 1),
    "providers/from_template/200": (
        providers.from_template("p", "t"),
        lambda a: a.jobs[0].providers[0].id == "20015377",
    ),
    "analyses/by_providers/200": (
        analyses.by_providers(["j"]),
        lambda a: a.analyses[0].analyse.id == "880012" and a.analyses[0].async_request.id == "950810",
    ),
    "analyses/get/200": (
        analyses.get("a"),
        lambda a: a.analyse_language_parts[0].data["all"]["words"] == 101.0 and a.inner_id == "3",
    ),
    "analyses/list/200": (analyses.page(SHEET, "p"), lambda a: a.content[0].name == "wf k3Xw9PzQ1b"),
    "email_templates/list/200": (email_templates.page(SHEET), lambda a: a.content[0].id == "501"),
    "languages/get/200": (
        languages.get(),
        lambda a: (
            [(one.code, one.rfc, one.rtl) for one in a.languages]
            == [("pt_br", "pt-BR", False), ("ar", "ar", True)]
        ),
    ),
    "previews/upload/201": (
        previews.upload("p", package=b"PK"),
        lambda a: a.file_uid != a.uid and a.task_id == "77",
    ),
}

# sample → code and the beginning of the text
BAD = {
    "auth/exchange/400": ("invalid_grant", "The subject token"),
    "auth/who_am_i/401": ("AuthUnauthorized", "Unauthorized"),
    "projects/from_template/400": ("InvalidArguments", "Target languages"),
    "projects/get/403": ("AuthAccessDenied", "Access denied"),
    "projects/get/404": ("ResourceNotFound", "Project was not found"),
    "projects/list/400": ("BAD_REQUEST", "pageSize"),
    "jobs/get/400": ("JOB_NOT_READY", "Job is not ready"),
    "target_files/download/404": ("ResourceNotFound", "The file was downloaded"),
}

PLAIN = {
    "limits/429-quota.txt": "Too many requests.",
    "limits/503.html": "Service Unavailable Maintenance, back at 12:00 .",
}


@pytest.mark.parametrize("name", GOOD)
def test_good_samples_decode_to_what_they_say(name: str) -> None:
    """A golden answer decodes through its endpoint, and the fields that matter are where we look."""
    call, right = GOOD[name]
    assert right(call.endpoint.decode((SAMPLES / f"{name}.json").read_bytes()))


@pytest.mark.parametrize("name", BAD)
def test_error_samples_give_code_and_text(name: str) -> None:
    """A golden error body gives the vendor's code and its short text."""
    said = errors.DIALECT.read((SAMPLES / f"{name}.json").read_bytes())
    assert said is not None
    code, text = BAD[name]
    assert said.code == code
    assert said.text is not None
    assert said.text.startswith(text)


@pytest.mark.parametrize("name", PLAIN)
def test_samples_that_are_not_json_become_one_line(name: str) -> None:
    """Plain text and HTML pages have no code, and their words fit on one line."""
    body = (SAMPLES / name).read_bytes()
    assert errors.DIALECT.read(body) is None
    assert words(body.decode()) == PLAIN[name]


def test_every_sample_is_used_and_has_a_source() -> None:
    """No file in the samples is without a test, and each folder says where its shapes come from."""
    files = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    prose = {name for name in files if name.endswith(".md")}
    assert files - prose == {f"{name}.json" for name in {*GOOD, *BAD}} | set(PLAIN)
    assert prose == {"README.md", *(f"{name.split('/')[0]}/SOURCE.md" for name in files - prose)}
