"""The parts of a job, as the vendor's guide names them; its reference does not.

Source: Phrase guide "Full Integration Workflow", "Job-part status fallback". No published specification has this
call, so what it answers is not known: a page, a list under a name, or a bare list are all taken.
"""

from __future__ import annotations

from typing import Any

import msgspec

from wordferry.errors import Vanished
from wordferry.tms.phrase.api.answers import reader
from wordferry.tms.phrase.api.jobs import Job
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["get", "sibling"]

_job = reader(Job)
#: Names under which a list may come.
_LISTS = ("content", "parts", "jobParts", "jobs")


def _read(body: bytes) -> tuple[Job, ...]:
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not JSON") from None
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
    if not isinstance(found, list):
        raise ValueError("not a list")  # noqa: TRY004 - callers catch one class
    return tuple(_job(msgspec.json.encode(one)) for one in found if isinstance(one, dict))


_GET = Endpoint(
    "jobs.parts",
    "GET",
    "/api2/v1/projects/{projectUid}/jobs/{jobUid}/parts",
    _read,
    Kind.READ,
    reactions={405: Vanished, 501: Vanished},
)


def get(project_uid: str, job_uid: str) -> Call[tuple[Job, ...]]:
    """Ask for the parts of a job in the way of the guide; installations may not know this call.

    Args:
        project_uid: the project.
        job_uid: the job.

    Raises:
        Vanished: no such call here, or no such job.

    Source: Phrase guide "Full Integration Workflow".
    """
    return Call(_GET, {"projectUid": project_uid, "jobUid": job_uid})


def sibling(job: Job, other: Job) -> bool:
    """Whether two jobs of one list are parts of the same file in the same language.

    Args:
        job: as the call for one job shows it.
        other: as a list shows it.
    """
    if other.uid == job.uid:
        return True
    if (other.filename, other.target_lang) != (job.filename, job.target_lang) or other.split is False:
        return False
    return None in (job.server_task_id, other.server_task_id) or job.server_task_id == other.server_task_id
