"""The fewest calls that could have done what was done at Lionbridge, to measure a client against."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.calllog import CallLog
from wordferry.sandbox.lionbridge.job import CANCELLED, COMPLETED, Job
from wordferry.sandbox.lionbridge.request import APPROVED
from wordferry.sandbox.lionbridge.room import LionbridgeRoom

# What one call can name.
_IDS = 50
OURS = ("lionbridge.", "fms.")


def _rounded(many: int) -> int:
    return -(-many // _IDS)


def _per_job(job: Job) -> dict[str, int]:
    alive = [request for request in job.requests.values() if request.status != CANCELLED]
    approved = [request for request in alive if request.status == APPROVED]
    files = {request.file.id for request in alive if request.file is not None}
    contents = {request.content.id for request in alive if request.content is not None}
    return {
        "create_job": 1,
        "create_source_file": len(files),
        "upload": len(files),
        "create_source_content": len(contents),
        "add_requests": len(files) + len(contents),
        "submit_job": 1,
        "retrieve_file": sum(request.file is not None for request in approved),
        "download": sum(request.file is not None for request in approved),
        "retrieve_content": _rounded(sum(request.content is not None for request in approved)),
        "approve_requests": _rounded(len(approved)),
        "complete_job": int(job.status == COMPLETED),
    }


def calls_of(room: LionbridgeRoom, calls: CallLog) -> dict[str, Any]:
    """The calls of this vendor against the fewest possible.

    Args:
        room: the Lionbridge side.
        calls: the call log of the sandbox.

    Returns:
        `total`, `minimum` (step → calls), `minimum_total` and `ratio`. The minimum asks for news once.
    """
    by_operation = {name: times for name, times in calls.by_operation.items() if name.startswith(OURS)}
    total = sum(by_operation.values())
    minimum: dict[str, int] = {"token": 1, "list_status_updates": 1} if room.jobs else {}
    names: dict[str, str] = {}
    for job in room.jobs:
        # Jobs of one name are one intended job; a double costs, it is not needed.
        if job.submitted is None or names.setdefault(job.name, job.id) != job.id:
            continue
        for step, times in _per_job(job).items():
            minimum[step] = minimum.get(step, 0) + times
    fewest = sum(minimum.values())
    return {
        "total": total,
        "by_operation": dict(sorted(by_operation.items())),
        "minimum": minimum,
        "minimum_total": fewest,
        "ratio": round(total / fewest, 3) if fewest else None,
    }
