"""What the bodies of webhook events look like: other names, integer ids, and the older words for statuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wordferry.sandbox.phrase.jobs import Job
from wordferry.sandbox.phrase.people import User
from wordferry.sandbox.phrase.projects import Project

EVENTS = (
    "JOB_CREATED",
    "JOB_DELETED",
    "JOB_ASSIGNED",
    "JOB_STATUS_CHANGED",
    "JOB_DUE_DATE_CHANGED",
    "JOB_UPDATED",
    "JOB_TARGET_UPDATED",
    "JOB_EXPORTED",
    "JOB_UNEXPORTED",
    "JOB_UNSHARED",
    "JOB_METADATA_UPDATED",
    "JOB_CUSTOM_FIELDS_UPDATED",
    "JOB_AUTO_LQA_FINISHED",
    "CONTINUOUS_JOB_UPDATED",
    "PRE_TRANSLATION_FINISHED",
    "PROJECT_CREATED",
    "PROJECT_DELETED",
    "PROJECT_STATUS_CHANGED",
    "PROJECT_DUE_DATE_CHANGED",
    "PROJECT_METADATA_UPDATED",
    "PROJECT_UNSHARED",
    "SHARED_PROJECT_ASSIGNED",
    "PROJECT_TEMPLATE_CREATED",
    "PROJECT_TEMPLATE_UPDATED",
    "PROJECT_TEMPLATE_DELETED",
    "ANALYSIS_CREATED",
    "ASYNC_REQUEST_FINISHED",
    "RAW_MT_CONVERTER_IMPORT_FINISHED",
    "RAW_MT_PRE_TRANSLATION_FINISHED",
    "RAW_MT_QUALITY_ESTIMATION_FINISHED",
    "TERM_BASE_IMPORTED",
    "TERM_BASE_CONCEPT_CREATED",
    "TERM_BASE_CONCEPT_UPDATED",
    "TERM_BASE_CONCEPT_DELETED",
    "TERM_BASE_TERM_CREATED",
    "TERM_BASE_TERM_UPDATED",
    "TERM_BASE_TERM_DELETED",
)

# The word of a status in events, where it is not the one of the API. `COMPLETED` there means delivered.
LEGACY = {
    "ACCEPTED": "ASSIGNED",
    "DECLINED": "DECLINED_BY_LINGUIST",
    "COMPLETED": "COMPLETED_BY_LINGUIST",
    "DELIVERED": "COMPLETED",
}


def moment(epoch: float | None) -> str | None:
    """A date as events show it: `2025-03-07T14:24:21Z`."""
    return None if epoch is None else datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def legacy_status(status: str, *, rejected: str) -> str:
    """The word of a job's status in events; nobody has shown the one of `REJECTED`."""
    return rejected if status == "REJECTED" else LEGACY.get(status, status)


def job_part_event(job: Job, *, rejected: str) -> dict[str, Any]:
    """One entry of `jobParts`."""
    first, last = job.span
    project = job.project
    return {
        "id": job.number,
        "uid": job.uid,
        "internalId": job.inner_id,
        "task": job.task.uid,
        "fileName": job.task.file.name,
        "targetLang": job.task.lang,
        "workflowLevel": job.level,
        "status": legacy_status(job.status, rejected=rejected),
        "wordsCount": job.words,
        "beginIndex": first,
        "endIndex": last,
        "isParentJobSplit": job.part is not None,
        "dateDue": moment(job.due),
        "dateCreated": moment(job.created),
        "project": {"id": int(project.id), "uid": project.uid, "lastWorkflowLevel": project.last_level},
        "assignedTo": [{"linguist": _linguist(user, job)} for user in job.providers],
        "workUnit": None,
    }


def _linguist(user: User, job: Job) -> dict[str, Any]:
    return {
        "id": int(user.id),
        "uid": user.uid,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "userName": user.user_name,
        "email": f"{user.user_name}@example.com",
        "role": user.role,
        "timezone": "Europe/Prague",
        "active": True,
        "deleted": False,
        "terminologist": False,
        "dateCreated": moment(job.project.created),
    }


def project_metadata(project: Project, owner: User) -> dict[str, Any]:
    """The `metadata` of job events; the user's name is spelled `username` here."""
    person = {"id": int(owner.id), "uid": owner.uid, "username": owner.user_name}
    return {
        "project": {
            "id": int(project.id),
            "uid": project.uid,
            "name": project.name,
            "sourceLang": project.source_lang,
            "status": project.status,
            "createdBy": person,
            "owner": person,
        }
    }
