"""The referee: judges a run by what is left at the vendor, not by what the client says it did."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from wordferry.sandbox.calllog import CallLog
from wordferry.sandbox.phrase.jobs import ERROR, Job
from wordferry.sandbox.phrase.room import PhraseRoom

_CLOSED = frozenset({"DELIVERED", "CANCELLED"})
_PAGE = 50
# Calls of the other vendor; they are judged with it.
_OTHERS = ("lionbridge.", "fms.")
_HARMLESS = ("exports_never_downloaded", "doubles_cancelled", "sent_in_several_projects", "unheard_messages")


def judge(room: PhraseRoom, calls: CallLog, *, marker: str | None = None) -> dict[str, Any]:
    """The verdict on everything since the last reset.

    Args:
        room: the Phrase side.
        calls: the call log.
        marker: a regular expression with one group; projects whose names give the same group are one
            intended project. Without it, projects of the same name are.

    Returns:
        `ok` (no finding), `findings` and `notes` (kind → list), `projects`, `jobs`, `exports`, `callbacks` and `calls`.
        Beside the findings there are `notes`, which cost calls but do no harm: exports nobody downloaded,
        doubles whose other copies are all cancelled, the same file sent in several projects, and messages nobody heard.

    Raises:
        ValueError: when the marker is no regular expression with a group.
    """
    projects, project_findings = _projects(room, marker)
    jobs, job_findings = _jobs(room)
    exports, export_findings = _exports(room)
    findings = {**project_findings, **job_findings, **export_findings}
    findings["unheard_messages"] = _unheard(room)
    notes = {name: findings.pop(name) for name in _HARMLESS}
    return {
        "ok": not any(findings.values()),
        "findings": findings,
        "notes": notes,
        "projects": projects,
        "jobs": jobs,
        "exports": exports,
        "callbacks": _callbacks(room),
        "calls": _calls(room, calls, intended_projects=projects["intended"]),
    }


def _pattern(marker: str | None) -> re.Pattern[str] | None:
    if marker is None:
        return None
    try:
        pattern = re.compile(marker)
    except re.error as error:
        raise ValueError(f"the marker is no regular expression: {error}") from error
    if pattern.groups < 1:
        raise ValueError("the marker needs a group around what tells projects apart")
    return pattern


def _projects(room: PhraseRoom, marker: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    pattern = _pattern(marker)
    groups: dict[str, list[str]] = defaultdict(list)
    for project in room.projects:
        match = pattern.search(project.name) if pattern else None
        groups[match[1] if match else project.name].append(project.uid)
    doubles = [{"name": name, "uids": uids} for name, uids in groups.items() if len(uids) > 1]
    return {"made": len(room.projects), "intended": len(groups)}, {"double_projects": doubles}


def _identity(job: Job) -> tuple[str, str, str, str, int]:
    task = job.task
    return job.project.uid, task.file.folder or "", task.file.name, task.lang, job.level


def _named(job: Job) -> dict[str, Any]:
    return {
        "project": job.project.name,
        "file": job.task.file.name,
        "locale": job.task.lang,
        "level": job.level,
    }


def _jobs(room: PhraseRoom) -> tuple[dict[str, Any], dict[str, Any]]:
    groups: dict[tuple[str, str, str, str, int], list[Job]] = defaultdict(list)
    for job in room.jobs:
        groups[_identity(job)].append(job)
    doubles: list[dict[str, Any]] = []
    cancelled: list[dict[str, Any]] = []
    for group in groups.values():
        if len(group) < 2:
            continue
        alive = [job for job in group if job.status != "CANCELLED"]
        entry = {**_named(group[0]), "uids": [job.uid for job in group]}
        (doubles if len(alive) > 1 else cancelled).append(entry)
    last = [job for job in room.jobs if job.level == job.project.last_level]
    fetched = {
        request.job.task.uid
        for request in room.target_files.exports
        if request.downloaded is not None and request.job is not None
    }
    unconfirmed = [
        {**_named(job), "uid": job.uid, "status": job.status}
        for job in last
        if job.task.uid in fetched and job.status not in _CLOSED
    ]
    unfetched = [
        {**_named(job), "uid": job.uid}
        for job in last
        if job.task.uid not in fetched and job.status == "DELIVERED"
    ]
    still_open = [
        {**_named(job), "uid": job.uid, "status": job.status}
        for job in last
        if job.status not in _CLOSED and job.import_status != ERROR
    ]
    by_status = Counter(job.status for job in last)
    findings = {
        "double_jobs": doubles,
        "unconfirmed_deliveries": unconfirmed,
        "confirmed_without_download": unfetched,
        "open_jobs": still_open,
        "doubles_cancelled": cancelled,
        "sent_in_several_projects": _repeated(last),
    }
    counts = {
        "made": len(room.jobs),
        "intended": len(groups),
        "translations": len(last),
        "last_level_by_status": dict(by_status),
    }
    return counts, findings


def _repeated(last: list[Job]) -> list[dict[str, Any]]:
    # Right after a change of heart, wrong when a client lost sight of a project: shown, not judged.
    seen: dict[tuple[str, str, str], list[Job]] = defaultdict(list)
    for job in last:
        if job.status != "CANCELLED":
            file = job.task.file
            seen[file.name, file.content.sha256, job.task.lang].append(job)
    return [
        {**_named(jobs[0]), "uids": [job.uid for job in jobs]}
        for jobs in seen.values()
        if len({job.project.uid for job in jobs}) > 1
    ]


def _exports(room: PhraseRoom) -> tuple[dict[str, Any], dict[str, Any]]:
    exports = room.target_files.exports
    spent = room.target_files.spent_attempts
    burnt = [{"async_request": number, "attempts_after_spent": times} for number, times in spent.items()]
    wasted = [
        {"async_request": request.id, **(_named(request.job) if request.job else {})}
        for request in exports
        if request.target is not None and request.downloaded is None
    ]
    per_job = Counter(request.job.task.uid for request in exports if request.job is not None)
    counts = {
        "started": len(exports),
        "downloaded": sum(request.downloaded is not None for request in exports),
        "failed": sum(request.error_code is not None for request in exports),
        "most_for_one_translation": max(per_job.values(), default=0),
    }
    return counts, {"burnt_downloads": burnt, "exports_never_downloaded": wasted}


def _unheard(room: PhraseRoom) -> list[dict[str, Any]]:
    # Callbacks and webhooks that nobody took: events never acknowledged. Polling heals it, so it does no harm.
    return [
        {"message": message.operation, "about": message.about, "last_status": message.last_status}
        for message in room.messages
        if message.given_up and not message.confirmed and message.operation in ("callback", "webhook")
    ]


def _callbacks(room: PhraseRoom) -> dict[str, int]:
    deliveries = room.callbacks.deliveries
    return {
        "sent": len(deliveries),
        "confirmed": sum(delivery.confirmed for delivery in deliveries),
        "given_up": sum(delivery.given_up for delivery in deliveries),
        "lost": sum(delivery.lost for delivery in deliveries),
        "attempts": sum(len(delivery.attempts) for delivery in deliveries),
    }


def _calls(room: PhraseRoom, calls: CallLog, *, intended_projects: int) -> dict[str, Any]:
    translations: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    files = set()
    delivered = set()
    for job in room.jobs:
        if job.level == job.project.last_level:
            identity = _identity(job)
            translations[job.project.uid].add(identity[1:4])
            files.add(identity[:3])
            if job.status == "DELIVERED":
                delivered.add(identity)
    minimum = {
        "exchange_token": 1 if calls.by_operation["exchange_token"] else 0,
        "create_project": intended_projects,
        "create_job": len(files),
        "list_jobs": sum(-(-len(found) // _PAGE) for found in translations.values()),
        "start_export": len(delivered),
        "download_target": len(delivered),
        "set_job_status": len(delivered),
    }
    fewest = sum(minimum.values())
    ours = sum(times for name, times in calls.by_operation.items() if not name.startswith(_OTHERS))
    return {
        "total": calls.total,
        "mutating": calls.mutating,
        "by_operation": dict(sorted(calls.by_operation.items())),
        "by_status": {str(status): times for status, times in sorted(calls.by_status.items())},
        "by_fault": dict(sorted(calls.by_fault.items())),
        "minimum": minimum,
        "minimum_total": fewest,
        "ratio": round(ours / fewest, 3) if fewest else None,
    }
