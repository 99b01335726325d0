"""Deleting jobs: into the recycle bin, or for good."""

from __future__ import annotations

from wordferry.sandbox.phrase.jobs import Jobs
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import PROJECT, SPECIFICATION, param
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.values import flag, json_body
from wordferry.sandbox.routing import Answer, Call, Route, no_content

MOST = 100


class JobDeletion:
    """The delete call, and what a purged project takes with it."""

    def __init__(self, projects: Projects, jobs: Jobs, notices: Notices) -> None:
        self._projects = projects
        self._jobs = jobs
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its call."""
        return [
            Route(
                "DELETE",
                PROJECT + "/jobs/batch",
                "delete_jobs",
                self.delete_jobs,
                param("projectUid"),
                mutating=True,
                summary="Delete jobs",
                source=SPECIFICATION,
                fidelity="as documented; only the named jobs go, not their other steps: ours",
            )
        ]

    def delete_jobs(self, call: Call) -> Answer:
        """`DELETE …/jobs/batch?purge=` with a JSON body: 204; all or none."""
        project = self._projects.get(call.params["projectUid"])
        purge = flag(call.query.get("purge"), field="purge")
        jobs = self._jobs.of(project, json_body(call).get("jobs"), most=MOST)
        self._notices.jobs("JOB_DELETED", jobs)
        for job in jobs:
            self._jobs.remove(job, now=call.now, purge=purge)
        call.facts.update(project=project.uid, jobs=[job.uid for job in jobs], purge=purge)
        return no_content()

    def purge_all(self, project: Project) -> None:
        """Take away all jobs of a project, those in the recycle bin too."""
        for job in [job for job in self._jobs.by_uid.values() if job.project is project]:
            self._jobs.remove(job, now=0.0, purge=True)
