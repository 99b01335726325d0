"""Changing jobs: status, due date and providers, of one job or of many."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.phrase.errors import PhraseError, invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import (
    ERROR,
    RUNNING,
    STATUSES,
    TRANSITIONS,
    Job,
    Jobs,
    job_details,
    job_part,
)
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import (
    DOCUMENTED,
    JOB,
    PROJECT,
    REFERENCE,
    SPECIFICATION,
    TMS,
    nothing,
    param,
)
from wordferry.sandbox.phrase.people import People, User
from wordferry.sandbox.phrase.projects import Projects
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.values import flag, json_body, parse_date
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

# With `propagateStatus`: the step beside it, the statuses it moves from, and the one it moves to.
PROPAGATED: dict[str, tuple[int, frozenset[str], str]] = {
    "COMPLETED": (1, frozenset({"NEW"}), "EMAILED"),
    "REJECTED": (-1, frozenset({"COMPLETED"}), "REJECTED"),
    "DELIVERED": (-1, frozenset({"COMPLETED"}), "DELIVERED"),
}
MOST = 100


class JobChanges:
    """The calls that change jobs."""

    def __init__(
        self,
        world: World,
        people: People,
        projects: Projects,
        jobs: Jobs,
        robot: Robot,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._jobs = jobs
        self._robot = robot
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its calls."""
        job = param("jobUid")
        table = (
            ("POST", JOB + "/setStatus", "set_job_status", self.set_job_status, job,
             "Edit job status", SPECIFICATION,
             "every transition is taken unless `strict_transitions`; what `propagateStatus` moves is ours"),
            ("PUT", JOB, "replace_job", self.replace_job, job,
             "Edit job", SPECIFICATION, "as documented: due date and providers that are left out are cleared"),
            ("PATCH", JOB, "edit_job", self.edit_job, job,
             "Patch job", SPECIFICATION, DOCUMENTED),
            ("PUT", PROJECT + "/jobs/batch", "replace_jobs", self.replace_jobs, param("projectUid"),
             "Edit jobs in batch", SPECIFICATION, DOCUMENTED),
            ("PATCH", TMS + "/v3/jobs", "edit_jobs", self.edit_jobs, nothing,
             "Edit jobs across projects", REFERENCE,
             "as documented, with partial success; the texts of the errors are ours"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                mutating=True,
                summary=summary,
                source=source,
                fidelity=fidelity,
            )
            for method, path, operation, handler, about, summary, source, fidelity in table
        ]

    def set_job_status(self, call: Call) -> Answer:
        """`POST …/jobs/{jobUid}/setStatus`: 204."""
        job = self._jobs.in_path(call)
        body = json_body(call)
        flag(body.get("notifyOwner"), field="notifyOwner")
        propagate = flag(body.get("propagateStatus"), field="propagateStatus")
        wanted = _status(body.get("requestedStatus"), field="requestedStatus")
        call.facts.update(project=job.project.uid, job=job.uid, requestedStatus=wanted)
        self._allow(job, wanted)
        self._jobs.set_status(job, wanted, by_api=True)
        if propagate:
            self._propagate(job, wanted)
        return no_content()

    def _allow(self, job: Job, wanted: str) -> None:
        if job.import_status == RUNNING:
            raise job_not_ready(job.uid)
        strict = self._world.settings.strict_transitions
        if strict and wanted != job.status and wanted not in TRANSITIONS[job.status]:
            raise PhraseError(400, "BAD_REQUEST", f"A job cannot go from {job.status} to {wanted}.")

    def _propagate(self, job: Job, wanted: str) -> None:
        rule = PROPAGATED.get(wanted)
        if rule is None:
            return
        step, before, after = rule
        for beside in job.task.at(job.level + step):
            # Only who has a provider can be mailed.
            if beside.status in before and (after != "EMAILED" or beside.providers):
                self._jobs.set_status(beside, after)

    def replace_job(self, call: Call) -> Answer:
        """`PUT …/jobs/{jobUid}`: status required; due date and providers that are left out are cleared."""
        job = self._jobs.in_path(call)
        body = json_body(call)
        status = _status(body.get("status"), field="status")
        due = parse_date(body.get("dateDue"), field="dateDue")
        providers = self._people.providers(body.get("providers") or [], field="providers")
        call.facts.update(project=job.project.uid, job=job.uid, fields=sorted(body))
        self._allow(job, status)
        self._take(job, status=status, due=due, set_due=True, providers=providers)
        return answer_json(job_details(job, as_of=self._world.clock.now()))

    def edit_job(self, call: Call) -> Answer:
        """`PATCH …/jobs/{jobUid}`: only what is named changes."""
        job = self._jobs.in_path(call)
        body = json_body(call)
        status, due, set_due, providers = self._named(body)
        call.facts.update(project=job.project.uid, job=job.uid, fields=sorted(body))
        if status is not None:
            self._allow(job, status)
        self._take(job, status=status, due=due, set_due=set_due, providers=providers)
        return answer_json(job_details(job, as_of=self._world.clock.now()))

    def replace_jobs(self, call: Call) -> Answer:
        """`PUT …/jobs/batch`: the same for 1 to 100 jobs of a project; all or none."""
        project = self._projects.get(call.params["projectUid"])
        body = json_body(call)
        jobs = self._jobs.of(project, body.get("jobs"), most=MOST)
        status = _status(body.get("status"), field="status")
        due = parse_date(body.get("dateDue"), field="dateDue")
        providers = self._people.providers(body.get("providers") or [], field="providers")
        for job in jobs:
            self._allow(job, status)
        for job in jobs:
            self._take(job, status=status, due=due, set_due=True, providers=providers)
        call.facts.update(project=project.uid, jobs=[job.uid for job in jobs])
        return answer_json({"jobs": [job_part(job) for job in jobs]})

    def edit_jobs(self, call: Call) -> Answer:
        """`PATCH /api2/v3/jobs`: across projects; what cannot be changed is told in `errors`, the rest is done."""
        body = json_body(call)
        named = body.get("jobs")
        if not isinstance(named, list) or not 1 <= len(named) <= MOST:
            raise invalid(f"'jobs' must have 1 to {MOST} entries.", field="jobs")
        if not all(isinstance(entry, dict) and isinstance(entry.get("uid"), str) for entry in named):
            raise invalid("'jobs' must be a list of uids.", field="jobs")
        clear = flag(body.get("clearDateDue"), field="clearDateDue")
        if clear and body.get("dateDue") is not None:
            raise invalid("'clearDateDue' and 'dateDue' exclude each other.", field="clearDateDue")
        status, due, set_due, providers = self._named(body)
        errors: list[dict[str, Any]] = []
        updated = 0
        for uid in dict.fromkeys(entry["uid"] for entry in named):
            error = self._edit_one(uid, status=status, due=due, set_due=set_due or clear, providers=providers)
            updated += error is None
            if error is not None:
                code, message = error
                errors.append({"code": code, "message": message, "args": {}})
        call.facts.update(updated=updated, failed=len(errors))
        return answer_json({"updated": updated, "errors": errors})

    def _edit_one(
        self,
        uid: str,
        *,
        status: str | None,
        due: float | None,
        set_due: bool,
        providers: list[User] | None,
    ) -> tuple[str, str] | None:
        job = self._jobs.by_uid.get(uid)
        if job is None or job.deleted is not None or job.project.deleted is not None:
            return "NotFound", f"Job {uid} was not found."
        if job.import_status == ERROR:
            return "JobImportFailed", f"The import of job {uid} failed."
        if status is not None:
            try:
                self._allow(job, status)
            except PhraseError as error:
                return error.code, error.description
        if providers is not None and job.import_status == RUNNING:
            return "JobCannotAssignProviders", f"Job {uid} is still importing."
        self._take(job, status=status, due=due, set_due=set_due, providers=providers)
        return None

    def _named(self, body: dict[str, Any]) -> tuple[str | None, float | None, bool, list[User] | None]:
        status = None if body.get("status") is None else _status(body["status"], field="status")
        due = parse_date(body.get("dateDue"), field="dateDue")
        value = body.get("providers")
        providers = None if value is None else self._people.providers(value, field="providers")
        return status, due, due is not None, providers

    def _take(
        self,
        job: Job,
        *,
        status: str | None,
        due: float | None,
        set_due: bool,
        providers: list[User] | None,
    ) -> None:
        if set_due and due != job.due:
            job.due = due
            self._notices.jobs("JOB_DUE_DATE_CHANGED", [job])
        assigned = providers is not None and providers != job.providers
        if providers is not None and assigned:
            job.providers = list(providers)
            if providers:
                self._notices.jobs("JOB_ASSIGNED", [job])
        if status is not None:
            self._jobs.set_status(job, status, by_api=True)
        if assigned and job.providers:
            self._robot.assigned(job)


def _status(value: Any, *, field: str) -> str:
    if value not in STATUSES:
        raise invalid(f"'{field}' must be one of {', '.join(STATUSES)}.", field=field)
    found: str = value
    return found
