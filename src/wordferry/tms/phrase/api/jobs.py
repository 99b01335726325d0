"""Jobs: what they are, and the calls that read them.

Source: Phrase TMS API reference, "List jobs" and "Get job".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, reader
from wordferry.tms.phrase.api.async_requests import AsyncRequest
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.job_settings import (
    Assignment,
    NotifyProvider,
    ProviderChoice,
    SourceData,
    StepSettings,
)
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import (
    ImportStatus,
    ProjectRef,
    Provider,
    Ref,
    Uid,
    UserRef,
    WorkflowStepRef,
)
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "Assignment",
    "Job",
    "JobsCreated",
    "JobsListed",
    "NotifyProvider",
    "ProviderChoice",
    "SourceData",
    "SourceUpdated",
    "StatusChange",
    "StatusHistory",
    "StepSettings",
    "get",
    "of_user",
    "page",
    "search",
    "status_changes",
]


class RemoteFile(Answer, frozen=True, kw_only=True):
    """Where a connector found the source."""

    encoded_file_name: str | None = None
    encoded_folder: str | None = None
    human_readable_file_name: str | None = None
    human_readable_folder: str | None = None


class Continuous(Answer, frozen=True, kw_only=True):
    """When a continuous job was last brought up to date."""

    date_updated: Date | None = None


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
    work_unit: Ref | None = None
    remote_file: RemoteFile | None = None
    continuous_job_info: Continuous | None = None
    job_assigned_email_template: Ref | None = None
    notification_interval_in_minutes: int | None = None
    project_workflow_step_reference: WorkflowStepRef | None = None
    date_created: Date | None = None
    date_due: Date | None = None
    update_source_date: Date | None = None
    update_target_date: Date | None = None

    @property
    def level(self) -> int | None:
        """The workflow level, wherever this answer put it; None when it said nothing."""
        if self.workflow_level is not None:
            return self.workflow_level
        step = self.workflow_step or self.project_workflow_step_reference
        return step.workflow_level if step is not None else None


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


class JobsListed(Answer, frozen=True, kw_only=True):
    """Some jobs: those that a call was about, or those that it changed."""

    jobs: tuple[Job, ...] = ()
    project: ProjectRef | None = None


class StatusChange(Answer, frozen=True, kw_only=True):
    """One change of a job's status."""

    status: str | None = None
    changed_date: Date | None = None
    changed_by: UserRef | None = None


class StatusHistory(Answer, frozen=True, kw_only=True):
    """Every status that a job had."""

    status_changes: tuple[StatusChange, ...] = ()


class SourceUpdated(Answer, frozen=True, kw_only=True):
    """The answer to a new source of existing jobs."""

    async_request: AsyncRequest | None = None
    jobs: tuple[Job, ...] = ()


_JOBS = "/api2/v1/projects/{projectUid}/jobs"
_GET = Endpoint("jobs.get", "GET", _JOBS + "/{jobUid}", reader(Job), Kind.READ)
_PAGE = Endpoint("jobs.list", "GET", "/api2/v2/projects/{projectUid}/jobs", reader(Page[Job]), Kind.READ)
# A POST that changes nothing: the uids would not fit into an address.
_SEARCH = Endpoint("jobs.search", "POST", _JOBS + "/search", reader(JobsListed), Kind.READ)
_HISTORY = Endpoint(
    "jobs.status_changes", "GET", _JOBS + "/{jobUid}/statusChanges", reader(StatusHistory), Kind.READ
)
_OF_USER = Endpoint("users.jobs", "GET", "/api2/v1/users/{userUid}/jobs", reader(Page[Job]), Kind.READ)


def get(project_uid: str, job_uid: str) -> Call[Job]:
    """Get one job: the documented check whether its import is ready (`import_status`).

    Args:
        project_uid: the project.
        job_uid: the job.

    Returns:
        The job, with its level, the last level of its project and its import.

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
    assigned_user: str | None = None,
    assigned_vendor: str | None = None,
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
        assigned_user: filter on a user: an id, not a uid.
        assigned_vendor: filter on a vendor: an id, not a uid.

    Returns:
        Jobs; their level is inside `workflow_step`.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "List jobs".
    """
    filters = (
        *sheet.query(),
        ("workflowLevel", workflow_level),
        ("status", status),
        ("filename", filename),
        ("targetLang", target_lang),
        ("notReady", not_ready),
        ("dueInHours", due_in_hours),
        ("assignedUser", assigned_user),
        ("assignedVendor", assigned_vendor),
    )
    return Call(_PAGE, {"projectUid": project_uid}, query=query(filters))


def search(project_uid: str, job_uids: Sequence[str]) -> Call[JobsListed]:
    """Read several jobs of a project at once, whatever their level.

    Args:
        project_uid: the project.
        job_uids: 1 to 50 jobs.

    Returns:
        Those that belong to the project; the others are left out silently.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "Search jobs in project".
    """
    body = encode({"jobs": references(job_uids)})
    return Call(_SEARCH, {"projectUid": project_uid}, headers=JSON, body=body)


def status_changes(project_uid: str, job_uid: str, *, order: str | None = None) -> Call[StatusHistory]:
    """Every status that a job had, with when and by whom.

    Args:
        project_uid: the project.
        job_uid: the job.
        order: `ASC` (the vendor's default) or `DESC`.

    Returns:
        The changes.

    Raises:
        Vanished: no such job.

    Source: Phrase TMS API reference, "Get status changes".
    """
    return Call(_HISTORY, {"projectUid": project_uid, "jobUid": job_uid}, query=query((("order", order),)))


def of_user(
    sheet: Sheet,
    user_uid: str,
    *,
    status: Sequence[str] | None = None,
    project_uid: str | None = None,
    target_lang: Sequence[str] | None = None,
    workflow_step_id: int | None = None,
    due_in_hours: int | None = None,
    filename: str | None = None,
) -> Call[Page[Job]]:
    """List the jobs assigned to a user, of all projects and all workflow levels.

    Args:
        sheet: which page.
        user_uid: the user.
        status: REST status words.
        project_uid: of this project only.
        target_lang: Phrase's codes.
        workflow_step_id: of this step of the organisation only.
        due_in_hours: filter on due date, -1 for those past it; does not leave out finished ones.
        filename: filter on the file name.

    Returns:
        Jobs, each with its project.

    Raises:
        NeedsOperator: the role may not see this user's jobs.
        Vanished: no such user.

    Source: Phrase TMS API reference, "List jobs assigned to user across all projects".
    """
    filters = (
        *sheet.query(),
        ("status", status),
        ("projectUid", project_uid),
        ("targetLang", target_lang),
        ("workflowStepId", workflow_step_id),
        ("dueInHours", due_in_hours),
        ("filename", filename),
    )
    return Call(_OF_USER, {"userUid": user_uid}, query=query(filters))
