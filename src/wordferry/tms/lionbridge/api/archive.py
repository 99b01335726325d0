"""Archiving. Both calls return before the work is done over there.

Source: Content API, group "Archive".
"""

from __future__ import annotations

from wordferry.tms.lionbridge.api.answers import one
from wordferry.tms.lionbridge.api.job import Job
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["archive", "unarchive"]

_ARCHIVE = Endpoint("jobs.archive", "PUT", "/jobs/{jobId}/archive", one(Job), Kind.EFFECT)
_UNARCHIVE = Endpoint("jobs.unarchive", "PUT", "/jobs/{jobId}/unarchive", one(Job), Kind.EFFECT)


def archive(job_id: str) -> Call[Job]:
    """Archive a job. The job and its requests are out of reach until it is unarchived.

    Args:
        job_id: a job that is completed, cancelled, or was never submitted.

    Returns:
        The job; the work itself goes on over there.

    Raises:
        Refused: its state does not allow it.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating.

    Source: Content API, "Archive a job".
    """
    return Call(_ARCHIVE, {"jobId": job_id})


def unarchive(job_id: str) -> Call[Job]:
    """Bring an archived job back among the active ones.

    Args:
        job_id: an archived job.

    Returns:
        The job; the work itself goes on over there.

    Raises:
        Refused: it is not archived.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating.

    Source: Content API, "Unarchive a job".
    """
    return Call(_UNARCHIVE, {"jobId": job_id})
