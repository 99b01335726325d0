"""Notices: what happens to jobs, projects and requests, told to the webhooks that want to hear it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wordferry.sandbox.phrase.event_bodies import job_part_event, project_metadata
from wordferry.sandbox.phrase.jobs import Job
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.templates import Template
from wordferry.sandbox.phrase.webhook_calls import WebhookCalls
from wordferry.sandbox.world import World


class Notices:
    """Turns what happened into events. Nothing is built when no webhook listens."""

    def __init__(self, world: World, people: People, projects: Projects, calls: WebhookCalls) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._calls = calls

    def jobs(self, event: str, jobs: Sequence[Job], **more: Any) -> None:
        """Something happened to jobs of one project: one event for all of them."""
        if jobs and self._calls.wanted(event):
            self._calls.publish(event, about=jobs[0].uid, body={**self.job_body(jobs), **more})

    def job_body(self, jobs: Sequence[Job]) -> dict[str, Any]:
        """The body of a job event, without its envelope."""
        rejected = self._world.settings.webhook_rejected_word
        return {
            "jobParts": [job_part_event(job, rejected=rejected) for job in jobs],
            "metadata": project_metadata(jobs[0].project, self._people.owner),
        }

    def job_changed(self, job: Job, before: str, by_api: bool) -> None:
        """A job's status changed; every status of a job tells the world."""
        self.jobs("JOB_STATUS_CHANGED", [job])

    def target_updated(self, job: Job) -> None:
        """A job's target file was replaced from outside."""
        event = "JOB_TARGET_UPDATED"
        if self._calls.wanted(event):
            self._calls.publish(event, about=job.uid, body=self.target_body(job))

    def target_body(self, job: Job) -> dict[str, Any]:
        """The body of that event: one job, with counters."""
        return {
            "jobPart": job_part_event(job, rejected=self._world.settings.webhook_rejected_word),
            "confirmedUpdatedSegmentCount": job.task.segments,
            "unconfirmedUpdatedSegmentCount": 0,
            "duplicateContextKeys": [],
            "metadata": project_metadata(job.project, self._people.owner),
        }

    def unexported(self, job: Job, error: str) -> None:
        """An export failed."""
        event = "JOB_UNEXPORTED"
        if self._calls.wanted(event):
            self._calls.publish(event, about=job.uid, body={"jobUid": job.uid, "error": error})

    def project(self, event: str, project: Project) -> None:
        """Something happened to a project."""
        if self._calls.wanted(event):
            self._calls.publish(event, about=project.uid, body=self.project_body(project))

    def project_body(self, project: Project) -> dict[str, Any]:
        """The body of a project event: ids are strings here, and nobody's role is known."""
        return {"project": {**self._projects.show(project), "userRole": None}}

    def template_deleted(self, template: Template) -> None:
        """A project template is gone."""
        shown = {"id": template.id, "uid": template.uid, "templateName": template.name}
        self.tell("PROJECT_TEMPLATE_DELETED", about=template.uid, key="projectTemplate", shown=shown)

    def tell(self, event: str, *, about: str, key: str, shown: dict[str, Any]) -> None:
        """Something happened to a template, an analysis or a request, shown under `key`."""
        if self._calls.wanted(event):
            self._calls.publish(event, about=about, body={key: shown})
