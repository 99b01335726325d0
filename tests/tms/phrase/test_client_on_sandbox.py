"""The whole flow with the client against the sandbox, on good days and on bad ones."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wordferry.errors import OutcomeUnknown, Refused, Spent, Vanished
from wordferry.phrase import Job, PhraseClient, Project, Retry, SourceData
from wordferry.sandbox import Sandbox, SandboxSettings

SOURCE = b'{"greeting": "Hello, {name}!", "farewell": "Goodbye"}\n'


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    settings = SandboxSettings(
        seed=11, import_seconds=2, translate_seconds=4, export_seconds=1, analysis_seconds=1
    )
    async with Sandbox(settings) as started:
        yield started


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PhraseClient]:
    async with PhraseClient(
        platform_url=sandbox.phrase_url,
        tms_url=sandbox.phrase_tms_url,
        api_token=sandbox.api_token,
        user_agent="Wordferry tests (tests@example.com)",
        retry=Retry(base=0.001, crowd=0.001),
    ) as started:
        yield started


async def _project(client: PhraseClient, template: str = "Website", **fields: str) -> Project:
    async for found in client.templates.list(name=template):
        if found.template_name == template:
            return await client.projects.from_template(
                found.uid or "", name=fields.get("name", "Spring"), target_langs=["de", "fr_fr"]
            )
    raise AssertionError(template)


async def _sent(client: PhraseClient, project: Project, filename: str = "a.json") -> tuple[Job, ...]:
    made = await client.jobs.create(
        project.uid or "",
        file=SOURCE,
        filename=filename,
        target_langs=["de"],
        source_data=SourceData("WORDFERRY"),
    )
    return made.jobs


async def _exported(client: PhraseClient, sandbox: Sandbox, project: str, job: str) -> str:
    started = await client.target_files.start(project, job)
    assert started.async_request is not None
    ticket = started.async_request.id or ""
    assert not (await client.async_requests.get(ticket)).finished
    assert ticket in [request.id async for request in client.async_requests.pending()]
    await sandbox.advance(2)
    request = await client.async_requests.get(ticket)
    assert request.finished
    assert not request.failed
    return ticket


async def test_the_whole_voyage(client: PhraseClient, sandbox: Sandbox, tmp_path: Path) -> None:
    """Template, project, job, import, providers, analysis, mail, levels, export, download, delivered: all typed."""
    account = await client.auth.who_am_i()
    assert account.user is not None
    codes = {language.code for language in (await client.languages.get()).languages}
    assert {"en", "de", "fr_fr"} <= codes

    (template,) = [t async for t in client.templates.list(name="Website with providers")]
    full = await client.templates.get(template.uid or "")
    assert full.template_name == "Website with providers"

    project = await client.projects.from_template(
        full.uid or "", name="Spring 2027", target_langs=["de", "fr_fr"]
    )
    uid = project.uid or ""
    assert [
        found.uid async for found in client.projects.list(name="Spring 2027", created_in_last_hours=1)
    ] == [uid]
    steps = (await client.projects.workflow_steps(uid)).project_workflow_steps
    assert project.last_level == max(len(steps), 1)

    path = tmp_path / "grüße 🚢.json"
    path.write_bytes(SOURCE)
    made = await client.jobs.create(
        uid, file=path, filename=path.name, target_langs=["de", "fr_fr"], source_data=SourceData("WORDFERRY")
    )
    assert not made.unsupported_files
    assert len(made.jobs) == 2 * project.last_level
    assert {job.filename for job in made.jobs} == {path.name}
    job_uids = [job.uid or "" for job in made.jobs]
    first = await client.jobs.get(uid, job_uids[0])
    assert first.import_status is not None
    assert first.import_status.status == "RUNNING"
    assert [job async for job in client.jobs.list(uid, not_ready=True)]
    await sandbox.advance(3)
    first = await client.jobs.get(uid, job_uids[0])
    assert first.import_status is not None
    assert first.import_status.status == "OK"

    assigned = await client.providers.from_template(uid, full.uid or "")
    assert {job.uid for job in assigned.jobs} <= set(job_uids)
    assert assigned.jobs
    started = await client.analyses.by_providers(job_uids, name="wf-analysis")
    assert started.analyses
    assert (await client.analyses.by_languages(job_uids)).analyses
    assert (await client.analyses.create(job_uids)).async_requests[0].async_request is not None
    await sandbox.advance(2)
    (found, *_) = [one async for one in client.analyses.list(uid, name="wf-analysis")]
    assert (await client.analyses.get(found.uid or "")).name == "wf-analysis"
    mails = [mail async for mail in client.email_templates.list()]
    await client.providers.notify_assigned(uid, job_uids=job_uids, email_template_id=mails[0].id or "")

    await sandbox.advance(60)
    last = [
        job
        async for job in client.jobs.all_levels(uid, status=("COMPLETED",))
        if job.level == project.last_level
    ]
    assert {job.target_lang for job in last} == {"de", "fr_fr"}
    for job in last:
        job_uid = job.uid or ""
        ticket = await _exported(client, sandbox, uid, job_uid)
        to = io.BytesIO()
        done = await client.target_files.download(uid, job_uid, ticket, to=to)
        assert done.checked
        assert done.size == len(to.getvalue()) > 0
        assert b"{name}" in to.getvalue()
        assert (await client.target_files.warnings(uid, job_uid)).warnings == ()
        await client.jobs.set_status(uid, job_uid, "DELIVERED")
        assert (await client.jobs.get(uid, job_uid)).status == "DELIVERED"

    original = io.BytesIO()
    await client.target_files.original(uid, job_uids[0], to=original)
    assert hashlib.sha256(original.getvalue()).digest() == hashlib.sha256(SOURCE).digest()
    assert (await client.async_requests.status()).concurrent_requests is not None
    verdict = sandbox.referee()
    assert verdict["ok"], verdict["findings"]


async def test_a_lost_create_is_unknown_and_can_be_found(client: PhraseClient, sandbox: Sandbox) -> None:
    """When the answer to a create is lost, nothing is repeated, and the list by name shows what happened."""
    sandbox.faults.add("lost", operation="create_project", count=1)
    with pytest.raises(OutcomeUnknown):
        await _project(client, name="Lost one")
    found = [project async for project in client.projects.list(name="Lost one", created_in_last_hours=1)]
    assert len(found) == 1

    sandbox.faults.add("lost", operation="create_job", count=1)
    with pytest.raises(OutcomeUnknown):
        await _sent(client, found[0], "once.json")
    jobs = client.jobs.all_levels(found[0].uid or "", filename="once.json", target_lang="de")
    assert {job.filename async for job in jobs} == {"once.json"}


@pytest.mark.parametrize("kind", ["lost", "reset", "truncate"])
async def test_a_broken_download_needs_a_new_export(
    client: PhraseClient, sandbox: Sandbox, kind: str
) -> None:
    """A download that breaks in any way is not repeated; the next export gives the whole file."""
    project = await _project(client)
    uid = project.uid or ""
    job = max(await _sent(client, project), key=lambda job: job.level or 0).uid or ""
    await sandbox.advance(60)
    ticket = await _exported(client, sandbox, uid, job)
    sandbox.faults.add(kind, operation="*download*", count=1)
    with pytest.raises((Spent, OutcomeUnknown)):
        await client.target_files.download(uid, job, ticket, to=io.BytesIO())
    with pytest.raises(Spent):
        await client.target_files.download(uid, job, ticket, to=io.BytesIO())
    to = io.BytesIO()
    done = await client.target_files.download(uid, job, await _exported(client, sandbox, uid, job), to=to)
    assert done.checked
    assert done.size == len(to.getvalue())


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "html", "dropped", "lost", "reset"])
async def test_reads_come_through_bad_days(client: PhraseClient, sandbox: Sandbox, fault: str) -> None:
    """Whatever goes wrong twice with a read, the third attempt is its answer."""
    project = await _project(client)
    sandbox.faults.add(fault, operation="get_project", count=2)
    assert (await client.projects.get(project.uid or "")).name == "Spring"


@pytest.mark.parametrize("crowded", [False, True])
async def test_creates_come_through_429(client: PhraseClient, sandbox: Sandbox, crowded: bool) -> None:
    """Both kinds of 429 leave exactly one job set behind, however often they come first."""
    project = await _project(client)
    sandbox.faults.add(
        "429", operation="create_job", count=2, ratelimit_headers=crowded, retry_after="banana"
    )
    made = await _sent(client, project)
    listed = [job.uid async for job in client.jobs.all_levels(project.uid or "")]
    assert len(listed) == len(made)
    assert set(listed) == {job.uid for job in made}


async def test_tokens_outlive_their_expiry(client: PhraseClient, sandbox: Sandbox) -> None:
    """After hours of virtual time the old token is refused once, renewed, and the call succeeds."""
    project = await _project(client)
    await sandbox.advance(5 * 3600)
    assert (await client.projects.get(project.uid or "")).uid == project.uid


async def test_refusals_are_typed(client: PhraseClient, sandbox: Sandbox) -> None:
    """A wrong language is refused with the vendor's words, an unknown project has vanished."""
    project = await _project(client)
    with pytest.raises(Refused) as caught:
        await client.jobs.create(project.uid or "", file=SOURCE, filename="a.json", target_langs=["ja"])
    assert caught.value.object == "a.json"
    assert caught.value.status == 400
    with pytest.raises(Vanished):
        await client.projects.get("x" * 22)


async def test_a_new_source_replaces_the_old_one(client: PhraseClient, sandbox: Sandbox) -> None:
    """A source update sends the new bytes, which the original file then shows; a delivered job refuses it."""
    project = await _project(client)
    uid = project.uid or ""
    job = min(await _sent(client, project), key=lambda job: job.level or 0).uid or ""
    await sandbox.advance(3)
    newer = SOURCE.replace(b"Goodbye", b"Farewell")
    updated = await client.jobs.update_source(uid, job_uids=[job], file=newer, filename="a.json")
    assert updated.async_request is not None
    assert updated.async_request.action == "UPDATE_SOURCE"
    await sandbox.advance(3)
    original = io.BytesIO()
    await client.target_files.original(uid, job, to=original)
    assert original.getvalue() == newer
    await client.jobs.set_status(uid, job, "DELIVERED")
    with pytest.raises(Refused):
        await client.jobs.update_source(uid, job_uids=[job], file=SOURCE, filename="a.json")


async def test_preview_packages_are_taken(client: PhraseClient) -> None:
    """A ZIP is uploaded as a form, and its file uid is what a new job refers to."""
    project = await _project(client)
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as package:
        package.writestr("index.html", "<p>Hello</p>")
    uploaded = await client.previews.upload(project.uid or "", package=folder.getvalue())
    assert uploaded.file_uid
    made = await client.jobs.create(
        project.uid or "",
        file=SOURCE,
        filename="b.json",
        target_langs=["de"],
        preview_package_uid=uploaded.file_uid,
    )
    assert made.jobs
