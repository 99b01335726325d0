"""Changes of jobs: status, due date, providers; split and delete.

Source: Phrase TMS API reference, "Edit job", "Patch jobs", "Edit job status", "Split job" and "Delete job".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wordferry.tms.phrase.api.answers import Answer, nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.tms.phrase.api.dates import write_date
from wordferry.tms.phrase.api.job_settings import ProviderChoice
from wordferry.tms.phrase.api.jobs import Job, JobsListed
from wordferry.tms.phrase.api.references import Warned
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["JobsEdited", "delete", "edit", "edit_many", "replace", "replace_many", "set_status", "split"]


class JobsEdited(Answer, frozen=True, kw_only=True):
    """How a change of many jobs went: some may have failed while the others were changed.

    Codes seen: `AccessDenied`, `NotFound`, `JobImportFailed`, `JobCannotAssignProviders`.
    """

    updated: int | None = None
    errors: tuple[Warned, ...] = ()


_JOBS = "/api2/v1/projects/{projectUid}/jobs"
_JOB = _JOBS + "/{jobUid}"
_EDIT = Endpoint("jobs.edit", "PATCH", _JOB, reader(Job), Kind.EFFECT)
_REPLACE = Endpoint("jobs.replace", "PUT", _JOB, reader(Job), Kind.EFFECT)
_EDIT_MANY = Endpoint("jobs.edit_many", "PATCH", "/api2/v3/jobs", reader(JobsEdited), Kind.EFFECT)
_REPLACE_MANY = Endpoint("jobs.replace_many", "PUT", _JOBS + "/batch", reader(JobsListed), Kind.EFFECT)
_STATUS = Endpoint("jobs.set_status", "POST", _JOB + "/setStatus", nothing, Kind.EFFECT)
_SPLIT = Endpoint("jobs.split", "POST", _JOB + "/split", reader(JobsListed), Kind.EFFECT)
_DELETE = Endpoint("jobs.delete", "DELETE", _JOBS + "/batch", nothing, Kind.EFFECT)


def edit(
    project_uid: str,
    job_uid: str,
    *,
    status: str | None = None,
    date_due: datetime | None = None,
    providers: Sequence[ProviderChoice] | None = None,
) -> Call[Job]:
    """Change a job's status, due date or providers; what is left out stays. Mails nobody.

    Args:
        project_uid: the project.
        job_uid: the job.
        status: REST status word.
        date_due: with a time zone.
        providers: who works on it; an empty list takes everybody off.

    Returns:
        The job as it is now.

    Raises:
        Refused: a value that the vendor does not take.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit job" (PATCH).
    """
    params = {"projectUid": project_uid, "jobUid": job_uid}
    return Call(_EDIT, params, headers=JSON, body=encode(_fields(status, date_due, providers)))


def replace(
    project_uid: str,
    job_uid: str,
    *,
    status: str,
    date_due: datetime | None = None,
    providers: Sequence[ProviderChoice] | None = None,
) -> Call[Job]:
    """Set a job's status, due date and providers. What is left out is CLEARED; `edit` changes single fields.

    Args:
        project_uid: the project.
        job_uid: the job.
        status: REST status word.
        date_due: with a time zone.
        providers: who works on it.

    Returns:
        The job as it is now.

    Raises:
        Refused: a value that the vendor does not take.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit job" (PUT).
    """
    params = {"projectUid": project_uid, "jobUid": job_uid}
    return Call(_REPLACE, params, headers=JSON, body=encode(_fields(status, date_due, providers)))


def edit_many(
    job_uids: Sequence[str],
    *,
    status: str | None = None,
    date_due: datetime | None = None,
    clear_date_due: bool | None = None,
    providers: Sequence[ProviderChoice] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[JobsEdited]:
    """Change many jobs at once, also of several projects; what is left out stays. Mails nobody.

    Args:
        job_uids: 1 to 100 jobs.
        status: REST status word.
        date_due: with a time zone.
        clear_date_due: take the due date away.
        providers: who works on them.
        extra: further fields, verbatim: `customFields`.

    Returns:
        How many were changed, and why the others were not: look at `errors`.

    Raises:
        Refused: a value that the vendor does not take; nothing was changed.
        OutcomeUnknown: read the jobs before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Patch jobs (batch)".
    """
    fields = {
        "jobs": references(job_uids),
        **_fields(status, date_due, providers),
        "clearDateDue": clear_date_due,
        **(extra or {}),
    }
    return Call(_EDIT_MANY, headers=JSON, body=encode(fields))


def replace_many(
    project_uid: str,
    job_uids: Sequence[str],
    *,
    status: str,
    date_due: datetime | None = None,
    providers: Sequence[ProviderChoice] | None = None,
) -> Call[JobsListed]:
    """Set status, due date and providers of many jobs of one project. What is left out is CLEARED.

    Args:
        project_uid: the project.
        job_uids: 1 to 100 jobs.
        status: REST status word.
        date_due: with a time zone.
        providers: who works on them.

    Returns:
        The jobs that were changed, and only these.

    Raises:
        Refused: a value that the vendor does not take.
        Vanished: no such project.
        OutcomeUnknown: read the jobs before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit jobs (batch)".
    """
    fields = {"jobs": references(job_uids), **_fields(status, date_due, providers)}
    return Call(_REPLACE_MANY, {"projectUid": project_uid}, headers=JSON, body=encode(fields))


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
        body=encode(body),
    )


def split(
    project_uid: str,
    job_uid: str,
    *,
    part_count: int | None = None,
    part_size: int | None = None,
    word_count: int | None = None,
    segment_ordinals: Sequence[int] | None = None,
    by_document_part: bool | None = None,
    split_all_workflow_steps: bool | None = None,
) -> Call[JobsListed]:
    """Split a job into parts, each a job of its own. Exactly one of the first five says how.

    Args:
        project_uid: the project.
        job_uid: the job.
        part_count: into so many parts.
        part_size: into parts of so many segments.
        word_count: into parts of so many words.
        segment_ordinals: after these segments, counted from 1.
        by_document_part: along the parts of the document; presentations only.
        split_all_workflow_steps: the same in all workflow steps.

    Returns:
        The parts.

    Raises:
        Refused: none or several ways, or a job that cannot be split.
        Vanished: no such job.
        OutcomeUnknown: list the jobs before repeating.

    Source: Phrase TMS API reference, "Split job".
    """
    fields = {
        "partCount": part_count,
        "partSize": part_size,
        "wordCount": word_count,
        "segmentOrdinals": None if segment_ordinals is None else list(segment_ordinals),
        "byDocumentPart": by_document_part,
        "splitAllWorkflowSteps": split_all_workflow_steps,
    }
    params = {"projectUid": project_uid, "jobUid": job_uid}
    return Call(_SPLIT, params, headers=JSON, body=encode(fields))


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
        body=encode({"jobs": references(job_uids)}),
    )


def _fields(
    status: str | None, date_due: datetime | None, providers: Sequence[ProviderChoice] | None
) -> dict[str, Any]:
    return {
        "status": status,
        "dateDue": None if date_due is None else write_date(date_due),
        "providers": None if providers is None else list(providers),
    }
