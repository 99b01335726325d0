"""Jobs: one per file, language and workflow step; what they are, where they are kept, how answers show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.people import User
from wordferry.sandbox.phrase.projects import FINAL_JOBS, Project, Projects
from wordferry.sandbox.phrase.values import date
from wordferry.sandbox.routing import Call
from wordferry.sandbox.world import World

STATUSES = ("NEW", "EMAILED", "ACCEPTED", "DECLINED", "REJECTED", "COMPLETED", "DELIVERED", "CANCELLED")

# Only with `strict_transitions`: the vendor publishes no such table.
TRANSITIONS: dict[str, frozenset[str]] = {
    "NEW": frozenset({"EMAILED", "ACCEPTED", "CANCELLED"}),
    "EMAILED": frozenset({"ACCEPTED", "DECLINED", "CANCELLED"}),
    "ACCEPTED": frozenset({"COMPLETED", "DECLINED", "REJECTED", "CANCELLED"}),
    "DECLINED": frozenset({"NEW", "EMAILED", "ACCEPTED", "CANCELLED"}),
    "REJECTED": frozenset({"ACCEPTED", "COMPLETED", "CANCELLED"}),
    "COMPLETED": frozenset({"DELIVERED", "REJECTED", "ACCEPTED", "CANCELLED"}),
    "DELIVERED": frozenset({"ACCEPTED", "REJECTED"}),
    "CANCELLED": frozenset({"NEW"}),
}

RUNNING, OK, ERROR = "RUNNING", "OK", "ERROR"
# How a job can come to hold text: from then on an export gives the translation, before it the source.
_WRITTEN = frozenset({"COMPLETED", "DELIVERED"})


@dataclass(slots=True, eq=False)
class SourceFile:
    """One uploaded file; every upload makes a new one."""

    uid: str
    name: str
    folder: str | None
    format: str
    content: Blob


@dataclass(slots=True, eq=False)
class Task:
    """The jobs of one file in one language, one for each workflow step."""

    uid: str
    file: SourceFile
    lang: str
    inner_id: str
    jobs: list[Job] = field(default_factory=list)
    translated: bool = False
    # Pre-translated: an export gives text although nobody has completed anything.
    pretranslated: bool = False
    # What a person wrote by hand, if anyone did.
    target: Blob | None = None
    reworked: bool = False
    # The plan's words were used up: no word count, no download.
    ghost: bool = False

    @property
    def words(self) -> int:
        """An estimate of its words; a ghost has none."""
        return 0 if self.ghost else max(self.file.content.size // 6, 1)

    @property
    def segments(self) -> int:
        """An estimate of its segments."""
        return max(self.file.content.size // 6, 1) // 8 + 1

    def at(self, level: int) -> list[Job]:
        """The living jobs of one level; several when a job was split."""
        return [job for job in self.jobs if job.level == level and job.deleted is None]

    def all_at(self, level: int, status: str) -> bool:
        """Whether every living job of a level has that status."""
        found = self.at(level)
        return bool(found) and all(job.status == status for job in found)


@dataclass(slots=True, eq=False)
class Job:
    """One job, the vendor's "job part"."""

    uid: str
    number: int
    project: Project
    task: Task
    level: int
    created: float
    due: float | None
    providers: list[User]
    status: str = "NEW"
    # (virtual epoch seconds, status), oldest first
    history: list[tuple[float, str]] = field(default_factory=list)
    import_status: str = RUNNING
    import_error: str | None = None
    import_ended: float | None = None
    source_updated: float | None = None
    target_updated: float | None = None
    # In the recycle bin since then.
    deleted: float | None = None
    # For a part of a split job: its number, and its first and last segment.
    part: int | None = None
    segments: tuple[int, int] | None = None
    email_template: dict[str, Any] | None = None
    interval: int = -1
    # Grows with each change from outside, so that work planned before it is dropped.
    turn: int = 0

    @property
    def inner_id(self) -> str:
        """The counter in the project; the jobs of a file and language share it across steps."""
        return self.task.inner_id if self.part is None else f"{self.task.inner_id}.{self.part}"

    @property
    def words(self) -> int:
        """An estimate of its words."""
        if self.segments is None or self.task.ghost:
            return self.task.words
        first, last = self.span
        return max(self.task.words * (last - first + 1) // self.task.segments, 1)

    @property
    def span(self) -> tuple[int, int]:
        """Its first and last segment in the file."""
        return self.segments if self.segments is not None else (0, self.task.segments - 1)

    def status_at(self, moment: float) -> str:
        """The status as it was at that virtual time."""
        for when, status in reversed(self.history):
            if when <= moment:
                return status
        return "NEW"

    def import_at(self, moment: float) -> tuple[str, str | None]:
        """The import status and its error as they were at that virtual time."""
        if self.import_ended is None or self.import_ended > moment:
            return RUNNING, None
        return self.import_status, self.import_error


def job_part(job: Job) -> dict[str, Any]:
    """The shape of create-job and assign answers (JobPartReference)."""
    steps = job.project.steps
    return {
        "uid": job.uid,
        "status": job.status,
        "targetLang": job.task.lang,
        "workflowLevel": job.level,
        # The global step, whose id is of no use for `workflowSettings`.
        "workflowStep": steps[job.level - 1].step.reference() if steps else None,
        "filename": job.task.file.name,
        "dateCreated": date(job.created),
        "dateDue": date(job.due),
        "updateSourceDate": date(job.source_updated),
        "imported": job.import_status == OK,
        "continuous": False,
        "sourceFileUid": job.task.file.uid,
        "providers": [user.provider() for user in job.providers],
        "jobAssignedEmailTemplate": job.email_template,
        "notificationIntervalInMinutes": job.interval,
    }


def job_details(job: Job, *, as_of: float) -> dict[str, Any]:
    """The shape of get job (JobPartExtended), as it was at that virtual time."""
    file = job.task.file
    import_status, import_error = job.import_at(as_of)
    first, last = job.span
    return {
        "uid": job.uid,
        "innerId": job.inner_id,
        "status": job.status_at(as_of),
        "filename": file.name,
        "sourceLang": job.project.source_lang,
        "targetLang": job.task.lang,
        "originalFileDirectory": file.folder,
        "workflowLevel": job.level,
        "lastWorkflowLevel": job.project.last_level,
        "workflowStep": step_of(job),
        "project": {"uid": job.project.uid, "name": job.project.name},
        "providers": [user.provider() for user in job.providers],
        "workUnit": None,
        "wordsCount": job.words,
        "beginIndex": first,
        "endIndex": last,
        "isParentJobSplit": job.part is not None,
        "dateCreated": date(job.created),
        "dateDue": date(job.due),
        "updateSourceDate": date(job.source_updated),
        "updateTargetDate": date(job.target_updated),
        "imported": import_status == OK,
        "importStatus": {"status": import_status, "errorMessage": import_error},
        "continuous": False,
        "continuousJobInfo": None,
        "jobReference": {"uid": job.task.uid, "filename": file.name},
        "serverTaskId": job.task.uid,
    }


def step_of(job: Job) -> dict[str, Any] | None:
    """The project's step of a job; its id is the project's own, as a string."""
    if not job.project.steps:
        return None
    step = job.project.steps[job.level - 1]
    return {
        "id": str(step.id),
        "name": step.step.name,
        "order": step.step.order,
        "workflowLevel": job.level,
    }


class Jobs:
    """All jobs of the organisation."""

    def __init__(self, world: World, projects: Projects) -> None:
        self._world = world
        self._projects = projects
        self.by_uid: dict[str, Job] = {}
        # Told of each change: the job, its status before, and whether a call asked for it.
        self.watchers: list[Callable[[Job, str, bool], None]] = []

    def add(self, job: Job) -> None:
        """Take a new job in."""
        self.by_uid[job.uid] = job
        job.project.jobs[job.uid] = job
        job.project.by_level.setdefault(job.level, []).append(job)
        job.task.jobs.append(job)
        job.history.append((job.created, job.status))

    def of(self, project: Project, value: Any, *, most: int) -> list[Job]:
        """The jobs a request names, each once, all of that project.

        Raises:
            PhraseError: as `listed`; 400 for a job of another project.
        """
        jobs = list(dict.fromkeys(self.listed(value, most=most)))
        for job in jobs:
            if job.project is not project:
                raise invalid(f"Job {job.uid} does not belong to the project.", field="jobs")
        return jobs

    def get(self, uid: str) -> Job:
        """The job of that uid.

        Raises:
            PhraseError: 404.
        """
        job = self.by_uid.get(uid)
        if job is None or job.deleted is not None or job.project.deleted is not None:
            raise not_found("Job", uid)
        return job

    def remove(self, job: Job, *, now: float, purge: bool) -> None:
        """Put a job into the recycle bin, or take it away for good."""
        if job.deleted is None:
            job.deleted = now
            job.turn += 1
            del job.project.jobs[job.uid]
            job.project.by_level[job.level].remove(job)
        if purge:
            job.task.jobs.remove(job)
            del self.by_uid[job.uid]

    def living(self) -> list[Job]:
        """All jobs that nobody has deleted, oldest first."""
        return [job for job in self.by_uid.values() if job.deleted is None and job.project.deleted is None]

    def languages_of(self, project: Project) -> set[str]:
        """The languages with jobs; those in the recycle bin count."""
        return {job.task.lang for job in self.by_uid.values() if job.project is project}

    def in_path(self, call: Call) -> Job:
        """The job in the path, which must belong to the project in the path.

        Raises:
            PhraseError: 404.
        """
        project = self._projects.visible(call)
        job = project.jobs.get(call.params["jobUid"])
        if job is None or job.created > call.as_of:
            raise not_found("Job", call.params["jobUid"])
        return job

    def listed(self, value: Any, *, most: int, field: str = "jobs") -> list[Job]:
        """The jobs a request names as `[{uid}]`.

        Raises:
            PhraseError: 400 for another shape or too many, 404 for an unknown uid.
        """
        if not isinstance(value, list) or not value:
            raise invalid(f"'{field}' is required.", field=field)
        if len(value) > most:
            raise invalid(f"'{field}' must not have more than {most} entries.", field=field)
        if not all(isinstance(entry, dict) and isinstance(entry.get("uid"), str) for entry in value):
            raise invalid(f"'{field}' must be a list of uids.", field=field)
        return [self.get(entry["uid"]) for entry in value]

    def set_status(self, job: Job, status: str, *, by_api: bool = False) -> None:
        """Change a job's status; the robot hears of it.

        Raises:
            ValueError: for a status that is not one of `STATUSES`.
        """
        if status not in STATUSES:
            raise ValueError(f"unknown job status {status!r}; known: {', '.join(STATUSES)}")
        before = job.status
        if status == before:
            return
        job.status = status
        job.turn += 1
        job.history.append((self._world.clock.now(), status))
        if status in _WRITTEN:
            job.task.translated = True
        for watcher in self.watchers:
            watcher(job, before, by_api)


def is_final(job: Job) -> bool:
    """Whether the vendor calls the job's status final."""
    return job.status in FINAL_JOBS
