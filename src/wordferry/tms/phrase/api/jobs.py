"""Jobs: create, read, list, set status.

Source: Phrase TMS API reference, "Create job", "List jobs" and "Get job".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, nothing, reader
from wordferry.tms.phrase.api.async_requests import AsyncRequest
from wordferry.tms.phrase.api.dates import Date, write_date
from wordferry.tms.phrase.api.job_settings import (
    Assignment,
    NotifyProvider,
    ProviderChoice,
    SourceData,
    StepSettings,
)
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.projects import JSON
from wordferry.tms.phrase.api.references import (
    ImportStatus,
    ProjectRef,
    Provider,
    Uid,
    UserRef,
    WorkflowStepRef,
)
from wordferry.tms.phrase.api.uploads import Source, content_disposition, memsource, upload_body
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "Assignment",
    "Job",
    "JobsCreated",
    "NotifyProvider",
    "ProviderChoice",
    "SourceData",
    "SourceUpdated",
    "StepSettings",
    "create",
    "delete",
    "get",
    "page",
    "set_status",
    "update_source",
]

_OCTETS = "application/octet-stream"


class Job(Numbered, frozen=True, kw_only=True):
    """A job (the vendor also says job part): one file, one language, one workflow level.

    The three calls that return jobs fill different fields: create sends `workflow_level`, lists send the
    level inside `workflow_step` only, get sends both. `level` reads either.
    """

    numbers: ClassVar[tuple[str, ...]] = ("id", "inner_id")

    uid: str | None = None
    inner_id: Id | None = None
    status: str | None = None
    filename: str | None = None
    source_lang: str | None = None
    target_lang: str | None = None
    workflow_level: int | None = None
    last_workflow_level: int | None = None
    workflow_step: WorkflowStepRef | None = None
    project: ProjectRef | None = None
    providers: tuple[Provider, ...] | None = None
    owner: UserRef | None = None
    imported: bool | None = None
    import_status: ImportStatus | None = None
    continuous: bool | None = None
    split: bool | None = None
    is_parent_job_split: bool | None = None
    words_count: float | None = None
    begin_index: int | None = None
    end_index: int | None = None
    original_file_directory: str | None = None
    source_file_uid: str | None = None
    server_task_id: str | None = None
    job_reference: Uid | None = None
    date_created: Date | None = None
    date_due: Date | None = None
    update_source_date: Date | None = None
    update_target_date: Date | None = None

    @property
    def level(self) -> int | None:
        """The workflow level, wherever this answer put it; None when it said nothing."""
        if self.workflow_level is not None:
            return self.workflow_level
        return self.workflow_step.workflow_level if self.workflow_step is not None else None


class JobWarning(Answer, frozen=True, kw_only=True):
    """A remark on created jobs."""

    domain: str | None = None
    message: str | None = None


class JobsCreated(Answer, frozen=True, kw_only=True):
    """The answer to a new file: languages × workflow levels jobs, importing in the background.

    An unsupported file is a success over there: `jobs` is empty and its name is in `unsupported_files`.
    """

    async_request: AsyncRequest | None = None
    jobs: tuple[Job, ...] = ()
    unsupported_files: tuple[str, ...] | None = None
    warnings: tuple[JobWarning, ...] | None = None


class SourceUpdated(Answer, frozen=True, kw_only=True):
    """The answer to a new source of existing jobs."""

    async_request: AsyncRequest | None = None
    jobs: tuple[Job, ...] = ()


_JOBS = "/api2/v1/projects/{projectUid}/jobs"
_CREATE = Endpoint("jobs.create", "POST", _JOBS, reader(JobsCreated), Kind.EFFECT, transfer=True)
_GET = Endpoint("jobs.get", "GET", _JOBS + "/{jobUid}", reader(Job), Kind.READ)
_PAGE = Endpoint("jobs.list", "GET", "/api2/v2/projects/{projectUid}/jobs", reader(Page[Job]), Kind.READ)
_STATUS = Endpoint("jobs.set_status", "POST", _JOBS + "/{jobUid}/setStatus", nothing, Kind.EFFECT)
_SOURCE = Endpoint(
    "jobs.update_source", "POST", _JOBS + "/source", reader(SourceUpdated), Kind.EFFECT, transfer=True
)
_DELETE = Endpoint("jobs.delete", "DELETE", _JOBS + "/batch", nothing, Kind.EFFECT)


def create(
    project_uid: str,
    *,
    file: Source,
    filename: str,
    target_langs: Sequence[str],
    source_data: SourceData | None = None,
    callback_url: str | None = None,
    pre_translate: bool | None = None,
    path: str | None = None,
    import_settings_uid: str | None = None,
    use_project_file_import_settings: bool | None = None,
    workflow_settings: Sequence[StepSettings] | None = None,
    assignments: Sequence[Assignment] | None = None,
    due: datetime | None = None,
    notify_provider: NotifyProvider | None = None,
    preview_package_uid: str | None = None,
    semantic_markup: bool | None = None,
    xml_assistant_profile_uid: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[JobsCreated]:
    """Send one file for translation.

    Args:
        project_uid: the project.
        file: bytes, a path (streamed in constant memory) or a `Stream`.
        filename: any script; longer than 255 characters is refused, because the vendor would cut it silently.
        target_langs: Phrase's codes, a subset of the project's.
        source_data: which plugin this is.
        callback_url: told when the import ends.
        pre_translate: start pre-translation after the import.
        path: folder kept for the download, at most 255 characters.
        import_settings_uid: file import settings; excludes the next.
        use_project_file_import_settings: take the settings copied from the template.
        workflow_settings: assignments and due dates per step, for projects with workflow steps.
        assignments: providers per language, for projects without steps.
        due: due date with a time zone, for projects without steps.
        notify_provider: e-mail to providers, for projects without steps.
        preview_package_uid: `file_uid` of an uploaded preview package.
        semantic_markup: if enabled for the organisation.
        xml_assistant_profile_uid: profile for XML.
        extra: further fields of the `Memsource` header, verbatim.

    Returns:
        The jobs, and the asynchronous request of their import. Check `unsupported_files`.

    Raises:
        Refused: bad name, language or settings; nothing was created.
        OutcomeUnknown: the jobs may exist; look for file name and language before repeating.

    Source: Phrase TMS API reference, "Create job".
    """
    header: dict[str, Any] = {
        "targetLangs": list(target_langs),
        "callbackUrl": callback_url,
        "path": path,
        "preTranslate": pre_translate,
        "importSettings": _by_uid(import_settings_uid),
        "useProjectFileImportSettings": use_project_file_import_settings,
        "workflowSettings": None if workflow_settings is None else list(workflow_settings),
        "assignments": None if assignments is None else list(assignments),
        "due": None if due is None else write_date(due),
        "notifyProvider": notify_provider,
        "jobPreviewPackageFileUidRef": _by_uid(preview_package_uid),
        "semanticMarkup": semantic_markup,
        "xmlAssistantProfile": _by_uid(xml_assistant_profile_uid),
        "sourceData": source_data,
        **(extra or {}),
    }
    return Call(
        _CREATE,
        {"projectUid": project_uid},
        headers={
            "Content-Type": _OCTETS,
            "Content-Disposition": content_disposition(filename),
            "Memsource": memsource(header),
        },
        body=upload_body(file),
        subject=filename,
    )


def get(project_uid: str, job_uid: str) -> Call[Job]:
    """Get one job: the documented check whether its import is ready (`import_status`).

    Raises:
        Vanished: no such job, or it was deleted.
        NotYet: the import still runs.

    Source: Phrase TMS API reference, "Get job".
    """
    return Call(_GET, {"projectUid": project_uid, "jobUid": job_uid})


def page(
    sheet: Sheet,
    project_uid: str,
    *,
    workflow_level: int | None = None,
    status: Sequence[str] | None = None,
    filename: str | None = None,
    target_lang: str | None = None,
    not_ready: bool | None = None,
    due_in_hours: int | None = None,
) -> Call[Page[Job]]:
    """List the jobs of one workflow level.

    Args:
        sheet: which page.
        project_uid: the project.
        workflow_level: from 1. Left out, the vendor lists level 1 only; see `Jobs.all_levels` for all.
        status: REST status words.
        filename: filter on the file name; the vendor may match parts, so compare again.
        target_lang: Phrase's code.
        not_ready: only those whose import is unfinished or failed.
        due_in_hours: filter on due date; does not leave out finished ones.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "List jobs".
    """
    filters = (
        *sheet.query(),
        ("workflowLevel", workflow_level),
        ("status", None if status is None else list(status)),
        ("filename", filename),
        ("targetLang", target_lang),
        ("notReady", not_ready),
        ("dueInHours", due_in_hours),
    )
    return Call(_PAGE, {"projectUid": project_uid}, query=query(filters))


def set_status(
    project_uid: str,
    job_uid: str,
    status: str,
    *,
    notify_owner: bool = False,
    propagate_status: bool = False,
) -> Call[None]:
    """Set a job's status, for example `DELIVERED` once its translation is home.

    Args:
        project_uid: the project.
        job_uid: the job.
        status: REST status word.
        notify_owner: mail the project's and the job's owner.
        propagate_status: also move the neighbouring steps and mail their providers.

    Raises:
        Refused: the vendor does not allow the change.
        OutcomeUnknown: read the status before repeating.

    Source: Phrase TMS API reference, "Edit job status".
    """
    body = {"requestedStatus": status, "notifyOwner": notify_owner, "propagateStatus": propagate_status}
    return Call(
        _STATUS,
        {"projectUid": project_uid, "jobUid": job_uid},
        headers=JSON,
        body=msgspec.json.encode(body),
    )


def update_source(
    project_uid: str,
    *,
    job_uids: Sequence[str],
    file: Source,
    filename: str,
    pre_translate: bool | None = None,
    allow_automatic_post_analysis: bool | None = None,
    callback_url: str | None = None,
) -> Call[SourceUpdated]:
    """Replace the source file of jobs of the first workflow step.

    Args:
        project_uid: the project.
        job_uids: 1 to 100 jobs of the same file. No step of them may be completed, delivered or cancelled.
        file: as in `create`; no ZIP.
        filename: as in `create`.
        pre_translate: start pre-translation afterwards.
        allow_automatic_post_analysis: the project's setting when left out.
        callback_url: told when the update ends.

    Returns:
        The jobs, and the asynchronous request of the update.

    Raises:
        Refused: a job is final, split, continuous or of a later step; a new job is needed.
        OutcomeUnknown: compare the original file's hash before repeating.

    Source: Phrase TMS API reference, "Update source".
    """
    header: dict[str, Any] = {
        "jobs": [{"uid": uid} for uid in job_uids],
        "preTranslate": pre_translate,
        "allowAutomaticPostAnalysis": allow_automatic_post_analysis,
        "callbackUrl": callback_url,
    }
    return Call(
        _SOURCE,
        {"projectUid": project_uid},
        headers={
            "Content-Type": _OCTETS,
            "Content-Disposition": content_disposition(filename),
            "Memsource": memsource(header),
        },
        body=upload_body(file),
        subject=filename,
    )


def delete(project_uid: str, job_uids: Sequence[str], *, purge: bool = False) -> Call[None]:
    """Delete jobs. A DELETE with a body: proxies that drop it make the vendor refuse.

    Args:
        project_uid: the project.
        job_uids: 1 to 100 jobs.
        purge: past the recycle bin; jobs in the bin still block some edits.

    Raises:
        Vanished: no such job.
        OutcomeUnknown: list the jobs before repeating.

    Source: Phrase TMS API reference, "Delete job".
    """
    return Call(
        _DELETE,
        {"projectUid": project_uid},
        query=query((("purge", purge),)),
        headers=JSON,
        body=msgspec.json.encode({"jobs": [{"uid": uid} for uid in job_uids]}),
    )


def _by_uid(uid: str | None) -> dict[str, str] | None:
    return None if uid is None else {"uid": uid}
