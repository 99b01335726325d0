"""Reading jobs: one, a page of a project's or a person's, several by uid, and their history."""

from __future__ import annotations

from functools import partial
from typing import Any

from wordferry.sandbox.phrase.errors import PhraseError, invalid
from wordferry.sandbox.phrase.jobs import (
    OK,
    STATUSES,
    Job,
    Jobs,
    job_details,
    job_part,
    step_of,
)
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import (
    DOCUMENTED,
    GUIDE,
    JOB,
    PROJECT,
    REFERENCE,
    SPECIFICATION,
    TMS,
    nothing,
    param,
)
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Projects
from wordferry.sandbox.phrase.values import date, flag, is_due, json_body, query_int, query_list
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World


class JobListing:
    """The calls that only read jobs."""

    def __init__(self, world: World, people: People, projects: Projects, jobs: Jobs) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._jobs = jobs

    def routes(self) -> list[Route]:
        """Its calls."""
        job, project = param("jobUid"), param("projectUid")
        table = (
            ("GET", TMS + "/v2/projects/{projectUid}/jobs", "list_jobs", self.list_jobs, project,
             "List jobs", SPECIFICATION,
             "as documented; level 1 unless asked; `filename` matches in part: ours"),
            ("GET", JOB, "get_job", self.get_job, job,
             "Get job", SPECIFICATION, "as documented; word counts and segments are estimates"),
            ("GET", JOB + "/parts", "list_job_parts", self.list_job_parts, job,
             "List job parts", GUIDE,
             "404 unless `parts_path`: the guide names it, no specification has it; a page of parts: ours"),
            ("GET", JOB + "/workflowStep", "get_job_step", self.get_job_step, job,
             "Get job's workflow step", SPECIFICATION, DOCUMENTED),
            ("GET", JOB + "/statusChanges", "job_status_changes", self.job_status_changes, job,
             "Get status changes", REFERENCE, "as documented, oldest first unless `order=DESC`"),
            ("POST", TMS + "/v2/jobs/statusChanges", "jobs_status_changes", self.jobs_status_changes, nothing,
             "Get status changes of several jobs", REFERENCE, DOCUMENTED),
            ("POST", PROJECT + "/jobs/search", "search_jobs", self.search_jobs, project,
             "Search jobs in project", SPECIFICATION, DOCUMENTED),
            ("GET", TMS + "/v1/users/{userUid}/jobs", "list_user_jobs", self.list_user_jobs, param("userUid"),
             "List assigned jobs", SPECIFICATION, "as documented; of all levels"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                summary=summary,
                source=source,
                fidelity=fidelity,
            )
            for method, path, operation, handler, about, summary, source, fidelity in table
        ]

    def get_job(self, call: Call) -> Answer:
        """`GET /api2/v1/projects/{projectUid}/jobs/{jobUid}`: the import readiness check."""
        return answer_json(job_details(self._jobs.in_path(call), as_of=call.as_of))

    def get_job_step(self, call: Call) -> Answer:
        """`GET …/jobs/{jobUid}/workflowStep`: the project's step of the job.

        Raises:
            PhraseError: 404 in a project without steps.
        """
        job = self._jobs.in_path(call)
        if not job.project.steps:
            raise PhraseError(404, "ResourceNotFound", "The project has no workflow steps.")
        return answer_json(job.project.steps[job.level - 1].show())

    def list_job_parts(self, call: Call) -> Answer:
        """`GET …/jobs/{jobUid}/parts`: named in the guide, in no specification; off unless `parts_path`.

        Raises:
            PhraseError: 404 while it is off.
        """
        if not self._world.settings.parts_path:
            raise PhraseError(404, "ResourceNotFound", f"There is nothing at {call.path}.")
        job = self._jobs.in_path(call)
        return answer_json(page(call.query, job.task.at(job.level), show=job_part))

    def search_jobs(self, call: Call) -> Answer:
        """`POST …/jobs/search`: the details of the named jobs of the project."""
        project = self._projects.visible(call)
        jobs = self._jobs.of(project, json_body(call).get("jobs"), most=50)
        return answer_json({"jobs": [job_details(job, as_of=call.as_of) for job in jobs]})

    def job_status_changes(self, call: Call) -> Answer:
        """`GET …/jobs/{jobUid}/statusChanges`."""
        job = self._jobs.in_path(call)
        order = str(call.query.get("order", "ASC")).upper()
        if order not in ("ASC", "DESC"):
            raise invalid("'order' must be ASC or DESC.", field="order")
        changes = self._changes(job, call.as_of)
        return answer_json({"statusChanges": changes if order == "ASC" else changes[::-1]})

    def jobs_status_changes(self, call: Call) -> Answer:
        """`POST /api2/v2/jobs/statusChanges`: the same for several jobs, by project."""
        projects: dict[str, list[dict[str, Any]]] = {}
        for job in self._jobs.listed(json_body(call).get("jobs"), most=100):
            entry = {"jobUid": job.uid, "statusChanges": self._changes(job, call.as_of)}
            projects.setdefault(job.project.uid, []).append(entry)
        shown = [{"projectUid": uid, "jobs": jobs} for uid, jobs in projects.items()]
        return answer_json({"projects": shown})

    def _changes(self, job: Job, as_of: float) -> list[dict[str, Any]]:
        owner = self._people.owner_reference
        return [
            {"status": status, "changedDate": date(when), "changedBy": owner}
            for when, status in job.history
            if when <= as_of
        ]

    def list_user_jobs(self, call: Call) -> Answer:
        """`GET /api2/v1/users/{userUid}/jobs`: assigned to one person, in all projects and at all levels."""
        user = self._people.get(call.params["userUid"])
        query, as_of = call.query, call.as_of
        statuses, langs = set(query_list(query, "status")), set(query_list(query, "targetLang"))
        if not statuses <= set(STATUSES):
            raise invalid("'status' has an unknown job status.", field="status")
        name = str(query.get("filename", "")).lower()
        hours, step = query_int(query, "dueInHours"), query_int(query, "workflowStepId")
        found = [
            job
            for job in self._jobs.living()
            if user in job.providers
            and job.created <= as_of
            and query.get("projectUid", job.project.uid) == job.project.uid
            and (not statuses or job.status_at(as_of) in statuses)
            and (not langs or job.task.lang in langs)
            and name in job.task.file.name.lower()
            and (hours is None or is_due(job.due, now=call.now, hours=hours))
            and (step is None or _global_step(job) == str(step))
        ]
        return answer_json(page(query, found, show=partial(self._assigned, as_of=as_of)))

    def _assigned(self, job: Job, *, as_of: float) -> dict[str, Any]:
        import_status, import_error = job.import_at(as_of)
        return {
            "uid": job.uid,
            "innerId": job.inner_id,
            "filename": job.task.file.name,
            "dateCreated": date(job.created),
            "dateDue": date(job.due),
            "status": job.status_at(as_of),
            "sourceLang": job.project.source_lang,
            "targetLang": job.task.lang,
            "project": {"uid": job.project.uid, "name": job.project.name},
            "workflowStep": step_of(job),
            "importStatus": {"status": import_status, "errorMessage": import_error},
            "imported": import_status == OK,
        }

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
            found = [job for job in found if is_due(job.due, now=call.now, hours=hours)]
        if flag(query.get("notReady"), field="notReady"):
            found = [job for job in found if job.import_at(as_of)[0] != OK]
        call.facts.update(project=project.uid, level=level)
        counters_only = flag(query.get("count"), field="count")
        body = page(
            query,
            found,
            show=partial(self._listed, as_of=as_of),
            orders=[("ASC", "dateCreated")],
            counters_only=counters_only,
        )
        return answer_json(body)

    def _listed(self, job: Job, *, as_of: float) -> dict[str, Any]:
        file = job.task.file
        import_status, import_error = job.import_at(as_of)
        return {
            "uid": job.uid,
            "innerId": job.inner_id,
            "status": job.status_at(as_of),
            "filename": file.name,
            "targetLang": job.task.lang,
            "originalFileDirectory": file.folder,
            "sourceFileUid": file.uid,
            "serverTaskId": job.task.uid,
            "workflowStep": step_of(job),
            "importStatus": {"status": import_status, "errorMessage": import_error},
            "imported": import_status == OK,
            "continuous": False,
            "split": job.part is not None,
            "providers": [user.provider() for user in job.providers],
            "owner": self._people.owner_reference,
            "remoteFile": None,
            "dateCreated": date(job.created),
            "dateDue": date(job.due),
        }


def _global_step(job: Job) -> str | None:
    return job.project.steps[job.level - 1].step.id if job.project.steps else None
