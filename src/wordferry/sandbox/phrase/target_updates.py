"""Update target: a finished file from outside takes the place of a job's translation."""

from __future__ import annotations

from functools import partial
from typing import Any

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.errors import invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs, job_part, step_of
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import PROJECT, SPECIFICATION
from wordferry.sandbox.phrase.projects import Projects
from wordferry.sandbox.phrase.uploads import (
    file_name,
    memsource_header,
    raw_bytes,
    upload_about,
)
from wordferry.sandbox.phrase.values import callback_url, flag
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

# Formats whose targets the vendor does not take.
REFUSED = (".po", ".tbx", ".tmx", ".ttx", ".ts", ".zip")
_SHOWN = ("uid", "filename", "status", "targetLang")


class TargetUpdates:
    """The update-target call."""

    def __init__(
        self, world: World, projects: Projects, jobs: Jobs, asyncs: AsyncRequests, notices: Notices
    ) -> None:
        self._world = world
        self._projects = projects
        self._jobs = jobs
        self._asyncs = asyncs
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its call."""
        return [
            Route(
                "POST",
                PROJECT + "/jobs/target",
                "update_target",
                self.update_target,
                upload_about,
                mutating=True,
                upload=True,
                summary="Update target",
                source=SPECIFICATION,
                fidelity="as documented; exports give the new file from then on: ours",
            )
        ]

    def update_target(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/jobs/target`: 202, for one job."""
        project = self._projects.get(call.params["projectUid"])
        raw_bytes(call)
        fields = memsource_header(call)
        job = self._jobs.of(project, fields.get("jobs"), most=1)[0]
        disposition = call.headers.get("Content-Disposition")
        name = file_name(disposition) if disposition else job.task.file.name
        for field in ("propagateConfirmedToTm", "unconfirmChangedSegments"):
            flag(fields.get(field), field=field)
        if fields.get("targetSegmentationRule") is not None:
            raise invalid(
                "'targetSegmentationRule' does not refer to anything that exists.",
                field="targetSegmentationRule",
            )
        url = callback_url(fields.get("callbackUrl"))
        self._check(job, name)
        request = self._asyncs.start("UPDATE_TARGET", job.uid, project=project, job=job, callback_url=url)
        call.facts.update(
            project=project.uid, job=job.uid, file=name, sha256=call.body.sha256, asyncRequest=request.id
        )
        seconds = self._world.settings.import_seconds
        self._world.clock.after(seconds, partial(self._finish, request, job, call.body))
        part = job_part(job)
        shown: dict[str, Any] = {name: part[name] for name in _SHOWN}
        shown["projectWorkflowStepReference"] = step_of(job)
        body = {"asyncRequest": self._asyncs.brief(request), "jobs": [shown]}
        return answer_json(body, status=202)

    def _check(self, job: Job, name: str) -> None:
        if job.import_status != OK:
            raise job_not_ready(job.uid)
        if job.part is not None:
            raise invalid(f"Job {job.uid} is split.", field="jobs")
        suffix = _suffix(name)
        if suffix in REFUSED:
            raise invalid(f"Targets of {suffix} files cannot be updated.", field="Content-Disposition")
        if suffix != _suffix(job.task.file.name):
            raise invalid("The file has another extension than the original.", field="Content-Disposition")

    def _finish(self, request: AsyncRequest, job: Job, content: Blob) -> None:
        job.task.target = content
        job.target_updated = self._world.clock.now()
        key = self._world.settings.callback_jobs_key
        self._asyncs.finish(request, extra={key: [job_part(job)]})
        self._notices.target_updated(job)


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()
