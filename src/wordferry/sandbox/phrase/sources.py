"""Update source: a new file for jobs that exist already."""

from __future__ import annotations

from wordferry.sandbox.phrase.async_requests import AsyncRequests
from wordferry.sandbox.phrase.errors import invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import RUNNING, Job, Jobs, SourceFile, is_final, job_part
from wordferry.sandbox.phrase.paths import PROJECT, SPECIFICATION
from wordferry.sandbox.phrase.projects import Projects
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.uploads import (
    file_name,
    memsource_header,
    raw_bytes,
    upload_about,
)
from wordferry.sandbox.phrase.values import callback_url, flag
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.translators import format_of
from wordferry.sandbox.world import World

_SHOWN = ("uid", "filename", "status", "targetLang", "workflowLevel", "workflowStep")
MOST = 100


class Sources:
    """The update-source call and its restrictions."""

    def __init__(
        self, world: World, projects: Projects, jobs: Jobs, asyncs: AsyncRequests, robot: Robot
    ) -> None:
        self._world = world
        self._projects = projects
        self._jobs = jobs
        self._asyncs = asyncs
        self._robot = robot

    def routes(self) -> list[Route]:
        """Its call."""
        return [
            Route(
                "POST",
                PROJECT + "/jobs/source",
                "update_source",
                self.update_source,
                upload_about,
                mutating=True,
                upload=True,
                summary="Update source",
                source=SPECIFICATION,
                fidelity="as documented; statuses stay, the new file counts once its import has ended: ours",
            )
        ]

    def update_source(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/jobs/source`: 200, and a new import begins."""
        project = self._projects.get(call.params["projectUid"])
        raw_bytes(call)
        fields = memsource_header(call)
        name = file_name(call.headers.get("Content-Disposition"))
        jobs = self._jobs.listed(fields.get("jobs"), most=MOST)
        pretranslate = flag(fields.get("preTranslate"), field="preTranslate")
        flag(fields.get("allowAutomaticPostAnalysis"), field="allowAutomaticPostAnalysis")
        url = callback_url(fields.get("callbackUrl"))
        file_format = format_of(name)
        call.facts.update(
            project=project.uid, file=name, jobs=[job.uid for job in jobs], sha256=call.body.sha256
        )
        if file_format is None:
            raise invalid(f"The file {name} is not supported.", field="Content-Disposition")
        for job in jobs:
            if job.project is not project:
                raise invalid(f"Job {job.uid} does not belong to the project.", field="jobs")
            if job.level != 1:
                raise invalid(f"Job {job.uid} is not of the first workflow step.", field="jobs")
            if any(each.import_status == RUNNING for each in job.task.jobs):
                raise job_not_ready(job.uid)
            if any(each.part is not None for each in job.task.jobs):
                raise invalid(f"Job {job.uid} is split.", field="jobs")
            if any(is_final(each) for each in job.task.jobs if each.deleted is None):
                raise invalid(f"Job {job.uid} has a step in a final status.", field="jobs")
        if len({job.task.file.uid for job in jobs}) > 1:
            raise invalid("'jobs' must be of one file.", field="jobs")
        touched: list[Job] = [
            each for job in dict.fromkeys(jobs) for each in job.task.jobs if each.deleted is None
        ]
        file = SourceFile(
            uid=self._world.ids.uid("source", project.uid, "update", name),
            name=name,
            folder=jobs[0].task.file.folder,
            format=file_format,
            content=call.body,
        )
        request = self._asyncs.start(
            "UPDATE_SOURCE", project.uid, file.uid, project=project, callback_url=url
        )
        call.facts.update(asyncRequest=request.id)
        self._robot.updated(file, touched, request, pretranslate=pretranslate)
        shown = [job_part(job) for job in dict.fromkeys(jobs)]
        body = {
            "asyncRequest": self._asyncs.brief(request),
            "jobs": [{field: part[field] for field in _SHOWN} for part in shown],
        }
        return answer_json(body)
