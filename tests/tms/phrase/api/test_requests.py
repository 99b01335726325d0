"""What each call sends: method, path, query and body, as the reference says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wordferry.tms.phrase.api import (
    analyses,
    async_requests,
    auth,
    email_templates,
    jobs,
    languages,
    previews,
    projects,
    providers,
    target_files,
    templates,
)
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call, Kind

S = Sheet(2, 25)
PAGE = "pageNumber=2&pageSize=25"
P = "/api2/v1/projects/p"
DUE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)

# call → method, path with query, JSON body
TABLE: list[tuple[Call[Any], str, str, Any]] = [
    (auth.who_am_i(), "GET", "/api2/v1/auth/whoAmI", None),
    (
        templates.page(S, name="Web site", target_langs=["de", "fr_fr"]),
        "GET",
        f"/api2/v1/projectTemplates?{PAGE}&name=Web%20site&targetLangs=de&targetLangs=fr_fr",
        None,
    ),
    (templates.get("t"), "GET", "/api2/v1/projectTemplates/t", None),
    (projects.from_template("t", name="n"), "POST", "/api2/v2/projects/applyTemplate/t", {"name": "n"}),
    (
        projects.from_template(
            "t",
            name="n",
            source_lang="en",
            target_langs=("de",),
            workflow_step_ids=["20041366"],
            date_due=DUE,
            note="x",
            client_id="1",
            sub_domain_id="2",
        ),
        "POST",
        "/api2/v2/projects/applyTemplate/t",
        {
            "name": "n",
            "sourceLang": "en",
            "targetLangs": ["de"],
            "workflowSteps": [{"id": "20041366"}],
            "dateDue": "2026-12-01T09:30:00.000Z",
            "note": "x",
            "client": {"id": "1"},
            "subDomain": {"id": "2"},
        },
    ),
    (projects.get("p"), "GET", P, None),
    (
        projects.page(S, name="n", created_in_last_hours=3, include_archived=True),
        "GET",
        f"/api2/v1/projects?{PAGE}&name=n&createdInLastHours=3&includeArchived=true",
        None,
    ),
    (projects.workflow_steps("p"), "GET", "/api2/v2/projects/p/workflowSteps", None),
    (projects.set_status("p", "CANCELLED"), "POST", f"{P}/setStatus", {"status": "CANCELLED"}),
    (projects.archive("p"), "PATCH", P, {"archived": True}),
    (jobs.get("p", "j"), "GET", f"{P}/jobs/j", None),
    (jobs.page(S, "p"), "GET", f"/api2/v2/projects/p/jobs?{PAGE}", None),
    (
        jobs.page(
            S,
            "p",
            workflow_level=2,
            status=["NEW", "ACCEPTED"],
            filename="a b",
            target_lang="de",
            not_ready=True,
        ),
        "GET",
        f"/api2/v2/projects/p/jobs?{PAGE}&workflowLevel=2&status=NEW&status=ACCEPTED&filename=a%20b&targetLang=de&notReady=true",
        None,
    ),
    (
        jobs.set_status("p", "j", "DELIVERED", notify_owner=True),
        "POST",
        f"{P}/jobs/j/setStatus",
        {"requestedStatus": "DELIVERED", "notifyOwner": True, "propagateStatus": False},
    ),
    (
        jobs.delete("p", ["j", "k"]),
        "DELETE",
        f"{P}/jobs/batch?purge=false",
        {"jobs": [{"uid": "j"}, {"uid": "k"}]},
    ),
    (async_requests.get("77"), "GET", "/api2/v1/async/77", None),
    (async_requests.page(S, all=True), "GET", f"/api2/v1/async?{PAGE}&all=true", None),
    (async_requests.status(), "GET", "/api2/v1/async/status", None),
    (target_files.start("p", "j"), "PUT", "/api2/v3/projects/p/jobs/j/targetFile", {}),
    (
        target_files.start("p", "j", callback_url="https://h/c"),
        "PUT",
        "/api2/v3/projects/p/jobs/j/targetFile",
        {"callbackUrl": "https://h/c"},
    ),
    (target_files.start("p", "j", version=2), "PUT", "/api2/v2/projects/p/jobs/j/targetFile", None),
    (target_files.download("p", "j", "77"), "GET", "/api2/v2/projects/p/jobs/j/downloadTargetFile/77", None),
    (target_files.warnings("p", "j"), "GET", f"{P}/jobs/j/targetFileWarnings", None),
    (target_files.original("p", "j"), "GET", f"{P}/jobs/j/original", None),
    (providers.from_template("p", "t"), "POST", f"{P}/applyTemplate/t/assignProviders", None),
    (
        providers.for_jobs("p", "t", ["j"]),
        "POST",
        f"{P}/applyTemplate/t/assignProviders/forJobParts",
        {"jobs": [{"uid": "j"}]},
    ),
    (
        providers.notify_assigned("p", job_uids=["j"], email_template_id="5", cc=["a@example.com"]),
        "POST",
        f"{P}/jobs/notifyAssigned",
        {"jobs": [{"uid": "j"}], "emailTemplate": {"id": "5"}, "cc": ["a@example.com"]},
    ),
    (
        analyses.by_providers(["j"], name="n", settings={"includeNumbers": False}),
        "POST",
        "/api2/v1/analyses/byProviders",
        {"jobs": [{"uid": "j"}], "type": "PreAnalyse", "name": "n", "includeNumbers": False},
    ),
    (analyses.get("a"), "GET", "/api2/v3/analyses/a", None),
    (analyses.page(S, "p", name="n"), "GET", f"/api2/v3/projects/p/analyses?{PAGE}&name=n", None),
    (
        email_templates.page(S, type="JobAssigned"),
        "GET",
        f"/api2/v1/emailTemplates?{PAGE}&type=JobAssigned",
        None,
    ),
    (languages.get(active=True), "GET", "/api2/v1/languages?active=true", None),
]


@pytest.mark.parametrize(
    ("call", "method", "path", "body"),
    TABLE,
    ids=[f"{row[0].endpoint.name}-{i}" for i, row in enumerate(TABLE)],
)
def test_requests_are_as_the_reference_says(call: Call[Any], method: str, path: str, body: Any) -> None:
    """Method, path, query and JSON body of each call match the vendor's reference."""
    assert (call.endpoint.method, call.path()) == (method, path)
    if body is None:
        assert call.body is None
    else:
        assert isinstance(call.body, bytes)
        assert json.loads(call.body) == body
        assert call.headers["Content-Type"] == "application/json"


def test_only_reads_are_marked_as_reads() -> None:
    """Every GET is a read except the single-use download; everything else has an effect."""
    for call, method, _, _ in TABLE:
        expected = Kind.READ if method == "GET" else Kind.EFFECT
        if call.endpoint.name == "target_files.download":
            expected = Kind.ONCE
        assert call.endpoint.kind is expected, call.endpoint.name


def test_the_token_exchange_is_a_form() -> None:
    """The exchange sends grant type and subject token as a form, percent-encoded, and no bearer token."""
    call = auth.exchange("to&ken=ä")
    assert call.body == (
        b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=to%26ken%3D%C3%A4"
    )
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert not call.endpoint.signed
    assert "ken" not in repr(call)


def test_new_jobs_say_everything_in_headers() -> None:
    """A new job is its raw file plus two headers; every argument lands under the vendor's name."""
    call = jobs.create(
        "p",
        file=b"# Hi",
        filename="ä.md",
        target_langs=("de", "fr_fr"),
        source_data=jobs.SourceData("WORDFERRY"),
        callback_url="https://h/c",
        pre_translate=True,
        path="docs",
        import_settings_uid="i",
        use_project_file_import_settings=False,
        due=DUE,
        preview_package_uid="f",
        semantic_markup=False,
        xml_assistant_profile_uid="x",
        notify_provider=jobs.NotifyProvider({"id": "5"}, 10),
        assignments=[jobs.Assignment("de")],
        workflow_settings=[jobs.StepSettings("36719", due="2026-12-01T09:30:00.000Z")],
        extra={"future": 1},
    )
    assert call.body == b"# Hi"
    assert call.subject == "ä.md"
    assert call.headers["Content-Type"] == "application/octet-stream"
    assert call.headers["Content-Disposition"] == "filename*=UTF-8''%C3%A4.md"
    assert json.loads(call.headers["Memsource"]) == {
        "targetLangs": ["de", "fr_fr"],
        "sourceData": {"clientType": "WORDFERRY"},
        "callbackUrl": "https://h/c",
        "preTranslate": True,
        "path": "docs",
        "importSettings": {"uid": "i"},
        "useProjectFileImportSettings": False,
        "due": "2026-12-01T09:30:00.000Z",
        "jobPreviewPackageFileUidRef": {"uid": "f"},
        "semanticMarkup": False,
        "xmlAssistantProfile": {"uid": "x"},
        "notifyProvider": {"organizationEmailTemplate": {"id": "5"}, "notificationIntervalInMinutes": 10},
        "assignments": [{"targetLang": "de", "providers": []}],
        "workflowSettings": [{"id": "36719", "due": "2026-12-01T09:30:00.000Z"}],
        "future": 1,
    }


def test_source_updates_name_their_jobs() -> None:
    """A new source is its raw file plus the jobs it replaces the source of."""
    call = jobs.update_source("p", job_uids=["j"], file=b"x", filename="a.md", pre_translate=False)
    assert (call.endpoint.method, call.path()) == ("POST", f"{P}/jobs/source")
    assert json.loads(call.headers["Memsource"]) == {"jobs": [{"uid": "j"}], "preTranslate": False}


def test_preview_packages_are_a_form_with_one_file() -> None:
    """A preview package is one part named file, with its bytes unchanged between the boundaries."""
    package = bytes(range(256))
    call = previews.upload("p", package=package)
    assert (call.endpoint.method, call.path()) == ("POST", f"{P}/jobPreviewPackage")
    boundary = call.headers["Content-Type"].partition("boundary=")[2].encode()
    assert isinstance(call.body, bytes)
    head, _, rest = call.body.partition(b"\r\n\r\n")
    assert head.startswith(b"--" + boundary + b"\r\n")
    assert b'name="file"' in head
    assert rest == package + b"\r\n--" + boundary + b"--\r\n"


def test_calls_hide_their_content() -> None:
    """The repr of a call shows ids, never the callback address or the file."""
    call = jobs.create("p", file=b"words", filename="a", target_langs=["de"], callback_url="https://h/secret")
    assert "secret" not in repr(call)
    assert "words" not in repr(call)
