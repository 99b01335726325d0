"""Assign providers as a template says.

Source: Phrase TMS API reference, "Assign providers from template".
"""

from __future__ import annotations

from collections.abc import Sequence

from wordferry.tms.phrase.api.answers import Answer, nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.tms.phrase.api.jobs import Job
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["Assigned", "for_jobs", "from_template", "notify_assigned"]


class Assigned(Answer, frozen=True, kw_only=True):
    """The jobs that changed. Jobs still importing are skipped silently: compare with what was meant."""

    jobs: tuple[Job, ...] = ()


_PATH = "/api2/v1/projects/{projectUid}/applyTemplate/{templateUid}/assignProviders"
_read = reader(Assigned)
_ALL = Endpoint("providers.from_template", "POST", _PATH, _read, Kind.EFFECT)
_SOME = Endpoint("providers.for_jobs", "POST", _PATH + "/forJobParts", _read, Kind.EFFECT)
_NOTIFY = Endpoint(
    "providers.notify_assigned",
    "POST",
    "/api2/v1/projects/{projectUid}/jobs/notifyAssigned",
    nothing,
    Kind.EFFECT,
)


def from_template(project_uid: str, template_uid: str) -> Call[Assigned]:
    """Assign providers to all jobs of a project as the template says.

    Call it after the imports: jobs still importing, and jobs already assigned, are skipped silently.

    Args:
        project_uid: the project.
        template_uid: a template with the same number of workflow steps.

    Returns:
        The jobs that changed.

    Raises:
        Refused: the template does not fit.
        OutcomeUnknown: read the jobs' providers; repeating assigns nobody twice.

    Source: Phrase TMS API reference, "Assign providers from template".
    """
    return Call(_ALL, {"projectUid": project_uid, "templateUid": template_uid})


def for_jobs(project_uid: str, template_uid: str, job_uids: Sequence[str]) -> Call[Assigned]:
    """Assign providers to some jobs as the template says.

    Args:
        project_uid: the project.
        template_uid: a template with the same number of workflow steps.
        job_uids: 1 to 100 jobs.

    Returns:
        The jobs that changed.

    Raises:
        Refused: the template does not fit.
        OutcomeUnknown: as in `from_template`.

    Source: Phrase TMS API reference, "Assign providers from template (specific jobs)".
    """
    return Call(
        _SOME,
        {"projectUid": project_uid, "templateUid": template_uid},
        headers=JSON,
        body=encode({"jobs": references(job_uids)}),
    )


def notify_assigned(
    project_uid: str,
    *,
    job_uids: Sequence[str],
    email_template_id: str,
    cc: Sequence[str] | None = None,
    bcc: Sequence[str] | None = None,
) -> Call[None]:
    """Mail the providers of jobs. Nothing shows afterwards whether it was sent.

    Args:
        project_uid: the project.
        job_uids: the jobs.
        email_template_id: from the list of e-mail templates.
        cc: further addresses.
        bcc: further hidden addresses.

    Raises:
        Refused: a job without provider, or a bad template.
        OutcomeUnknown: the mail may be sent; there is no look-up.

    Source: Phrase TMS API reference, "Notify assigned users".
    """
    fields = {
        "jobs": references(job_uids),
        "emailTemplate": {"id": email_template_id},
        "cc": list(cc) if cc else None,
        "bcc": list(bcc) if bcc else None,
    }
    return Call(_NOTIFY, {"projectUid": project_uid}, headers=JSON, body=encode(fields))
