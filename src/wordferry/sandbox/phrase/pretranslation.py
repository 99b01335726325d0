"""Pre-translation: a machine fills the jobs in, by a call of its own or right after the import."""

from __future__ import annotations

from functools import partial
from typing import Any

from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.errors import PhraseError, invalid, job_not_ready
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import REFERENCE, TMS, param
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.values import callback_url, flag, json_body, strings
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

FILTERS = frozenset({"LOCKED", "NOT_LOCKED"})


class PreTranslation:
    """The pre-translate call and what it does."""

    def __init__(
        self, world: World, projects: Projects, jobs: Jobs, asyncs: AsyncRequests, notices: Notices
    ) -> None:
        self._world = world
        self._projects = projects
        self._jobs = jobs
        self._asyncs = asyncs
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its call, in two versions."""
        return [
            Route(
                "POST",
                TMS + f"/{version}/projects/{{projectUid}}/jobs/preTranslate",
                "pre_translate",
                self.pre_translate,
                param("projectUid"),
                mutating=True,
                summary="Pre-translate job",
                source=REFERENCE,
                fidelity="as documented; every segment is filled in, whatever the settings say: ours",
            )
            for version in ("v2", "v3")
        ]

    def pre_translate(self, call: Call) -> Answer:
        """`POST /api2/v3/projects/{projectUid}/jobs/preTranslate` (and v2): 202."""
        project = self._projects.get(call.params["projectUid"])
        body = json_body(call)
        jobs = self._jobs.of(project, body.get("jobs"), most=100)
        url = callback_url(body.get("callbackUrl"))
        filters = strings(body.get("segmentFilters"), field="segmentFilters") or []
        if not FILTERS.issuperset(filters):
            raise invalid("'segmentFilters' must be LOCKED or NOT_LOCKED.", field="segmentFilters")
        use_project = flag(body.get("useProjectPreTranslateSettings"), field="useProjectPreTranslateSettings")
        settings = body.get("preTranslateSettings")
        # The older version has its settings at the top and may do without any.
        newest = "/v3/" in call.path
        if newest and not use_project and not isinstance(settings, dict):
            raise PhraseError(
                400,
                "PRE_TRANSLATE_SETTINGS_REQUIRED",
                "'preTranslateSettings' is required unless the project's are used.",
            )
        chosen = settings if isinstance(settings, dict) else ({} if newest else body)
        complete = flag(chosen.get("setJobStatusCompleted"), field="setJobStatusCompleted")
        for job in jobs:
            if job.import_status != OK:
                raise job_not_ready(job.uid)
        request = self.start(project, jobs, callback=url, complete=complete)
        call.facts.update(project=project.uid, jobs=[job.uid for job in jobs], asyncRequest=request.id)
        shown: dict[str, Any] = {
            "asyncRequest": self._asyncs.show(request),
            "reference": {"uid": jobs[0].uid, "type": "JOB"},
        }
        return answer_json(shown, status=202)

    def start(
        self,
        project: Project,
        jobs: list[Job],
        *,
        callback: str | None = None,
        complete: bool = False,
        parent: AsyncRequest | None = None,
    ) -> AsyncRequest:
        """Begin to fill jobs in; with `complete` they are completed afterwards."""
        request = self._asyncs.start(
            "PRE_TRANSLATE", jobs[0].uid, project=project, callback_url=callback, parent=parent
        )
        seconds = self._world.settings.analysis_seconds
        self._world.clock.after(seconds, partial(self._finish, request, jobs, complete))
        return request

    def _finish(self, request: AsyncRequest, jobs: list[Job], complete: bool) -> None:
        left = [job for job in jobs if job.deleted is None]
        for job in left:
            job.task.pretranslated = True
        self._asyncs.finish(request)
        self._notices.jobs("PRE_TRANSLATION_FINISHED", left)
        if complete:
            for job in left:
                self._jobs.set_status(job, "COMPLETED")
