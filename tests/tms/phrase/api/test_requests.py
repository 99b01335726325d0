"""What each call sends: method, path, query and body, as the reference says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wordferry.errors import Refused
from wordferry.tms.phrase.api import (
    analyses,
    async_requests,
    auth,
    bilingual_files,
    email_templates,
    job_changes,
    job_files,
    job_parts,
    jobs,
    languages,
    pre_translation,
    previews,
    project_changes,
    project_creation,
    projects,
    providers,
    target_files,
    templates,
    webhook_calls,
    webhooks,
)
from wordferry.tms.phrase.api.job_settings import ProviderChoice
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call, Kind, Stream

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
    (
        project_creation.from_template("t", name="n"),
        "POST",
        "/api2/v2/projects/applyTemplate/t",
        {"name": "n"},
    ),
    (
        project_creation.from_template(
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
    (project_changes.set_status("p", "CANCELLED"), "POST", f"{P}/setStatus", {"status": "CANCELLED"}),
    (project_changes.archive("p"), "PATCH", P, {"archived": True}),
    (
        project_creation.from_template_async("t", name="n", callback_url="https://h/c"),
        "POST",
        "/api2/v2/projects/applyTemplate/async/t",
        {"name": "n", "callbackUrl": "https://h/c"},
    ),
    (
        project_creation.create(name="n", source_lang="en", target_langs=["de"], extra={"lqaProfiles": []}),
        "POST",
        "/api2/v3/projects",
        {"name": "n", "sourceLang": "en", "targetLangs": ["de"], "lqaProfiles": []},
    ),
    (
        project_changes.edit("p", status="COMPLETED", owner_id="9", machine_translate_settings_uid="m"),
        "PATCH",
        P,
        {"status": "COMPLETED", "owner": {"id": "9"}, "machineTranslateSettings": {"uid": "m"}},
    ),
    (
        project_changes.replace("p", name="n", archived=False),
        "PUT",
        "/api2/v3/projects/p",
        {"name": "n", "archived": False},
    ),
    (project_changes.restore("p"), "PATCH", f"{P}/restore", None),
    (project_changes.delete("p", purge=True), "DELETE", f"{P}?purge=true", None),
    (project_changes.add_target_langs("p", ["fr"]), "POST", f"{P}/targetLangs", {"targetLangs": ["fr"]}),
    (projects.assignable_templates("p"), "GET", f"{P}/assignableTemplates", None),
    (
        job_changes.edit("p", "j", date_due=DUE, providers=[ProviderChoice("7", "USER")]),
        "PATCH",
        f"{P}/jobs/j",
        {"dateDue": "2026-12-01T09:30:00.000Z", "providers": [{"id": "7", "type": "USER"}]},
    ),
    (job_changes.replace("p", "j", status="NEW"), "PUT", f"{P}/jobs/j", {"status": "NEW"}),
    (
        job_changes.edit_many(["j"], clear_date_due=True),
        "PATCH",
        "/api2/v3/jobs",
        {"jobs": [{"uid": "j"}], "clearDateDue": True},
    ),
    (
        job_changes.replace_many("p", ["j"], status="NEW", providers=[]),
        "PUT",
        f"{P}/jobs/batch",
        {"jobs": [{"uid": "j"}], "status": "NEW", "providers": []},
    ),
    (job_changes.split("p", "j", part_count=2), "POST", f"{P}/jobs/j/split", {"partCount": 2}),
    (jobs.status_changes("p", "j", order="DESC"), "GET", f"{P}/jobs/j/statusChanges?order=DESC", None),
    (jobs.search("p", ["j"]), "POST", f"{P}/jobs/search", {"jobs": [{"uid": "j"}]}),
    (
        jobs.of_user(S, "u", status=["NEW"], target_lang=["de"]),
        "GET",
        f"/api2/v1/users/u/jobs?{PAGE}&status=NEW&targetLang=de",
        None,
    ),
    (job_parts.get("p", "j"), "GET", f"{P}/jobs/j/parts", None),
    (
        bilingual_files.download("p", ["j"], format="XLIFF", preview=False),
        "POST",
        f"{P}/jobs/bilingualFile?format=XLIFF&preview=false",
        {"jobs": [{"uid": "j"}]},
    ),
    (
        pre_translation.start("p", ["j"], use_project_pre_translate_settings=True),
        "POST",
        "/api2/v3/projects/p/jobs/preTranslate",
        {"jobs": [{"uid": "j"}], "useProjectPreTranslateSettings": True},
    ),
    (
        webhooks.create(url="https://h/w", events=["JOB_CREATED"], secret_token="s" * 8),
        "POST",
        "/api2/v2/webhooks",
        {"url": "https://h/w", "events": ["JOB_CREATED"], "secretToken": "s" * 8},
    ),
    (webhooks.test("w", "JOB_CREATED"), "POST", "/api2/v2/webhooks/w/test?event=JOB_CREATED", None),
    (webhooks.previews(events=["A", "B"]), "GET", "/api2/v2/webhooks/previews?events=A&events=B", None),
    (
        webhook_calls.page(S, webhook_uid="w", status="FAIL"),
        "GET",
        f"/api2/v1/webhooksCalls?{PAGE}&webhookUid=w&status=FAIL",
        None,
    ),
    (
        webhook_calls.replay(["c"]),
        "POST",
        "/api2/v1/webhooksCalls/replay",
        {"webhookCalls": [{"uid": "c"}]},
    ),
    (
        webhook_calls.replay_latest(number_of_calls=2),
        "POST",
        "/api2/v1/webhooksCalls/replay/latest?numberOfCalls=2",
        None,
    ),
    (
        auth.login("ada", password="p", user_uid="u"),
        "POST",
        "/api2/v3/auth/login",
        {"userName": "ada", "password": "p", "userUid": "u"},
    ),
    (
        auth.login("ada", password="p", user_uid="u", version=1),
        "POST",
        "/api2/v1/auth/login",
        {"userName": "ada", "password": "p"},
    ),
    (auth.logout(), "POST", "/api2/v1/auth/logout", None),
    (auth.logout(token="t"), "POST", "/api2/v1/auth/logout?token=t", None),
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
        job_changes.set_status("p", "j", "DELIVERED", notify_owner=True),
        "POST",
        f"{P}/jobs/j/setStatus",
        {"requestedStatus": "DELIVERED", "notifyOwner": True, "propagateStatus": False},
    ),
    (
        job_changes.delete("p", ["j", "k"]),
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
    """Every GET is a read except the single-use download; everything else has an effect, but for a few that ask."""
    asks = {"jobs.search", "bilingual_files.download", "auth.login"}
    for call, method, _, _ in TABLE:
        expected = Kind.READ if method == "GET" or call.endpoint.name in asks else Kind.EFFECT
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
    call = job_files.create(
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
    call = job_files.update_source("p", job_uids=["j"], file=b"x", filename="a.md", pre_translate=False)
    assert (call.endpoint.method, call.path()) == ("POST", f"{P}/jobs/source")
    assert json.loads(call.headers["Memsource"]) == {"jobs": [{"uid": "j"}], "preTranslate": False}


async def _drained(body: object) -> bytes:
    """All bytes of a streamed body, which are as many as it says."""
    assert isinstance(body, Stream)
    sent = b"".join([piece async for piece in body.open()])
    assert len(sent) == body.length
    return sent


async def test_preview_packages_are_a_form_with_one_file() -> None:
    """A preview package is one part named file, with its bytes unchanged between the boundaries."""
    package = bytes(range(256))
    call = previews.upload("p", package=package)
    assert (call.endpoint.method, call.path()) == ("POST", f"{P}/jobPreviewPackage")
    boundary = call.headers["Content-Type"].partition("boundary=")[2].encode()
    head, _, rest = (await _drained(call.body)).partition(b"\r\n\r\n")
    assert head.startswith(b"--" + boundary + b"\r\n")
    assert b'name="file"' in head
    assert rest == package + b"\r\n--" + boundary + b"--\r\n"


async def test_bilingual_files_are_a_form_with_all_files(tmp_path: Path) -> None:
    """Each bilingual file is a part named file, whether it is bytes or a path, with a name in any script."""
    path = tmp_path / "b.mxliff"
    path.write_bytes(b"<two/>")
    call = bilingual_files.upload({"ä.mxliff": b"<one/>", "b.mxliff": path}, set_completed=True)
    assert (call.endpoint.method, call.path()) == ("POST", "/api2/v2/bilingualFiles?setCompleted=true")
    sent = await _drained(call.body)
    assert sent.count(b'name="file"') == 2
    assert b"filename=\"_.mxliff\"; filename*=UTF-8''%C3%A4.mxliff" in sent
    assert b"\r\n\r\n<one/>\r\n--" in sent
    assert b"\r\n\r\n<two/>\r\n--" in sent
    assert await _drained(call.body) == sent, "each attempt sends the same"


def test_no_bilingual_file_is_refused() -> None:
    """An upload of nothing is refused before it is sent."""
    with pytest.raises(Refused):
        bilingual_files.upload({})
    with pytest.raises(Refused):
        bilingual_files.upload({"gone.mxliff": Path("no/such/file")})


def test_calls_hide_their_content() -> None:
    """The repr of a call shows ids, never the callback address or the file."""
    call = job_files.create(
        "p", file=b"words", filename="a", target_langs=["de"], callback_url="https://h/secret"
    )
    assert "secret" not in repr(call)
    assert "words" not in repr(call)
