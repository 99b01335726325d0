"""Jobs: one per file, language and workflow step; listed, read, and their status set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.errors import PhraseError, invalid, job_not_ready, not_found
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.people import People, User
from wordferry.sandbox.phrase.projects import FINAL_JOBS, Project, Projects
from wordferry.sandbox.phrase.values import date, flag, json_body, query_int, query_list
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content
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
    # What a person wrote by hand, if anyone did.
    target: Blob | None = None
    reworked: bool = False


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
    email_template: dict[str, Any] | None = None
    interval: int = -1
    # Grows with each change from outside, so that work planned before it is dropped.
    turn: int = 0

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


def _step(job: Job) -> dict[str, Any] | None:
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

    def __init__(self, world: World, people: People, projects: Projects) -> None:
        self._world = world
        self._people = people
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

    def get(self, uid: str) -> Job:
        """The job of that uid.

        Raises:
            PhraseError: 404.
        """
        job = self.by_uid.get(uid)
        if job is None:
            raise not_found("Job", uid)
        return job

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

    def set_job_status(self, call: Call) -> Answer:
        """`POST …/jobs/{jobUid}/setStatus`: 204."""
        job = self.in_path(call)
        body = json_body(call)
        wanted = body.get("requestedStatus")
        flag(body.get("notifyOwner"), field="notifyOwner")
        flag(body.get("propagateStatus"), field="propagateStatus")
        if wanted not in STATUSES:
            raise invalid(f"'requestedStatus' must be one of {', '.join(STATUSES)}.", field="requestedStatus")
        call.facts.update(project=job.project.uid, job=job.uid, requestedStatus=wanted)
        if job.import_status == RUNNING:
            raise job_not_ready(job.uid)
        if (
            self._world.settings.strict_transitions
            and wanted != job.status
            and wanted not in TRANSITIONS[job.status]
        ):
            raise PhraseError(400, "BAD_REQUEST", f"A job cannot go from {job.status} to {wanted}.")
        self.set_status(job, wanted, by_api=True)
        return no_content()

    def get_job(self, call: Call) -> Answer:
        """`GET /api2/v1/projects/{projectUid}/jobs/{jobUid}`: the import readiness check."""
        job = self.in_path(call)
        file = job.task.file
        import_status, import_error = job.import_at(call.as_of)
        body = {
            "uid": job.uid,
            "innerId": job.task.inner_id,
            "status": job.status_at(call.as_of),
            "filename": file.name,
            "sourceLang": job.project.source_lang,
            "targetLang": job.task.lang,
            "originalFileDirectory": file.folder,
            "workflowLevel": job.level,
            "lastWorkflowLevel": job.project.last_level,
            "workflowStep": _step(job),
            "project": {"uid": job.project.uid, "name": job.project.name},
            "providers": [user.provider() for user in job.providers],
            "workUnit": None,
            "wordsCount": max(file.content.size // 6, 1),
            "beginIndex": 0,
            "endIndex": 0,
            "isParentJobSplit": False,
            "dateCreated": date(job.created),
            "dateDue": date(job.due),
            "updateSourceDate": date(job.source_updated),
            "updateTargetDate": None,
            "imported": import_status == OK,
            "importStatus": {"status": import_status, "errorMessage": import_error},
            "continuous": False,
            "continuousJobInfo": None,
            "jobReference": {"uid": job.task.uid, "filename": file.name},
            "serverTaskId": job.task.uid,
        }
        return answer_json(body)

    def list_jobs(self, call: Call) -> Answer:
        """`GET /api2/v2/projects/{projectUid}/jobs`: workflow level 1 unless another is asked for."""
        project = self._projects.visible(call)
        query, as_of = call.query, call.as_of
        level = query_int(query, "workflowLevel")
        level = 1 if level is None else level
        if not 1 <= level <= 15:
            raise invalid("'workflowLevel' must be between 1 and 15.", field="workflowLevel")
        found = project.by_level.get(level, [])
        if as_of < call.now:
            found = [job for job in found if job.created <= as_of]
        statuses = set(query_list(query, "status"))
        if not statuses <= set(STATUSES):
            raise invalid("'status' has an unknown job status.", field="status")
        if statuses:
            found = [job for job in found if job.status_at(as_of) in statuses]
        if name := str(query.get("filename", "")).lower():
            found = [job for job in found if name in job.task.file.name.lower()]
        if lang := query.get("targetLang"):
            found = [job for job in found if job.task.lang == lang]
        user = query_int(query, "assignedUser")
        if user is not None:
            found = [job for job in found if any(provider.id == str(user) for provider in job.providers)]
        if query_int(query, "assignedVendor") is not None:
            # The sandbox has no vendors, so no job is assigned to one.
            found = []
        hours = query_int(query, "dueInHours")
        if hours is not None:
            found = [job for job in found if job.due is not None and job.due <= call.now + hours * 3600]
        if flag(query.get("notReady"), field="notReady"):
            found = [job for job in found if job.import_at(as_of)[0] != OK]
        call.facts.update(project=project.uid, level=level)
        counters_only = flag(query.get("count"), field="count")
        body = page(
            query,
            found,
            show=lambda job: self._listed(job, as_of),
            orders=[("ASC", "dateCreated")],
            counters_only=counters_only,
        )
        return answer_json(body)

    def _listed(self, job: Job, as_of: float) -> dict[str, Any]:
        file = job.task.file
        import_status, import_error = job.import_at(as_of)
        return {
            "uid": job.uid,
            "innerId": job.task.inner_id,
            "status": job.status_at(as_of),
            "filename": file.name,
            "targetLang": job.task.lang,
            "originalFileDirectory": file.folder,
            "sourceFileUid": file.uid,
            "serverTaskId": job.task.uid,
            "workflowStep": _step(job),
            "importStatus": {"status": import_status, "errorMessage": import_error},
            "imported": import_status == OK,
            "continuous": False,
            "split": False,
            "providers": [user.provider() for user in job.providers],
            "owner": self._people.owner_reference,
            "remoteFile": None,
            "dateCreated": date(job.created),
            "dateDue": date(job.due),
        }


def is_final(job: Job) -> bool:
    """Whether the vendor calls the job's status final."""
    return job.status in FINAL_JOBS
