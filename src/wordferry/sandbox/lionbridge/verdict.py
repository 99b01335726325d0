"""What is left at Lionbridge after a run: doubles, deliveries nobody confirmed, events nobody acknowledged."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.lionbridge.job import CANCELLED, COMPLETED, Job
from wordferry.sandbox.lionbridge.request import APPROVED, DELIVERED, REJECTED, REVIEW, Request

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.room import LionbridgeRoom

_OVER = frozenset({APPROVED, CANCELLED})


def _named(request: Request) -> dict[str, Any]:
    return {
        "job": request.job.name,
        "request": request.id,
        "source": request.source_native_id or request.label,
        "locale": request.target_language,
    }


def _doubles(jobs: list[Job]) -> list[dict[str, Any]]:
    found = []
    for job in jobs:
        seen: dict[tuple[str, str], list[Request]] = defaultdict(list)
        for request in job.requests.values():
            if request.status != CANCELLED:
                seen[request.source_native_id or request.label, request.target_language].append(request)
        found += [
            {**_named(group[0]), "requests": [request.id for request in group]}
            for group in seen.values()
            if len(group) > 1
        ]
    return found


def _double_jobs(jobs: list[Job]) -> list[dict[str, Any]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for job in jobs:
        if job.status != CANCELLED:
            groups[job.name].append(job.id)
    return [{"name": name, "jobs": ids} for name, ids in groups.items() if len(ids) > 1]


def verdict(room: LionbridgeRoom) -> dict[str, Any]:
    """The verdict on everything since the last reset.

    Args:
        room: the Lionbridge side.

    Returns:
        `ok` (no finding), `findings` (kind → list) and `counts`. Jobs of one name are one intended job, and so are
        requests of one source and language within a job.
    """
    jobs = room.jobs
    requests = [request for job in jobs for request in job.requests.values()]
    submitted = [request for request in requests if request.job.submitted is not None]
    findings: dict[str, list[Any]] = {
        "double_jobs": _double_jobs(jobs),
        "double_requests": _doubles(jobs),
        "approved_without_download": [
            _named(each) for each in submitted if each.status == APPROVED and not each.fetched
        ],
        "unconfirmed_deliveries": [
            _named(each) for each in submitted if each.status == REVIEW and each.fetched
        ],
        "open_requests": [
            _named(each)
            for each in submitted
            if each.status not in _OVER
            and not (each.status == REVIEW and each.fetched)
            and each.job.status not in (CANCELLED, COMPLETED)
        ],
        "never_submitted": [{"name": job.name, "job": job.id} for job in jobs if job.submitted is None],
        "unacknowledged_updates": [update.id for update in room.updates.unacknowledged],
        "listeners_on_probation": [each.id for each in room.listeners.by_id.values() if each.disabled],
        "tokens_at_the_file_service": ["an access token was sent there"] * room.fms.tokens_seen,
    }
    counts = {
        "jobs": len(jobs),
        "jobs_deleted": room.job_list.deleted,
        "requests": len(requests),
        "requests_by_status": dict(Counter(request.status for request in requests)),
        "deliveries": sum(request.deliveries for request in requests),
        "deliveries_not_imported": room.robot.not_imported,
        "rejected": sum(request.status == REJECTED for request in requests),
        "delivered": sum(request.status in DELIVERED for request in requests),
        "uploads_unfinished": sum(file.content is None for file in room.files.by_id.values()),
    }
    return {"ok": not any(findings.values()), "findings": findings, "counts": counts}
