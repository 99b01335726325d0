"""Phrase as a whole: its resources, its routes, and what all of its answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.face import ERROR_PAGE
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.phrase.analyses import Analyses
from wordferry.sandbox.phrase.async_requests import AsyncRequests
from wordferry.sandbox.phrase.auth import Auth
from wordferry.sandbox.phrase.callbacks import Callbacks
from wordferry.sandbox.phrase.errors import PhraseError, method_not_allowed
from wordferry.sandbox.phrase.jobs import Job, Jobs
from wordferry.sandbox.phrase.languages import list_languages
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.previews import Previews
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.providers import Providers
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.sources import Sources
from wordferry.sandbox.phrase.target_files import TargetFiles
from wordferry.sandbox.phrase.templates import Templates
from wordferry.sandbox.phrase.uploads import Uploads, file_name_or_empty
from wordferry.sandbox.phrase.values import body_field
from wordferry.sandbox.posting import Poster
from wordferry.sandbox.routing import Answer, Call, Route
from wordferry.sandbox.world import World

TMS = "/web/api2"
PROJECT = TMS + "/v1/projects/{projectUid}"
JOB = PROJECT + "/jobs/{jobUid}"
# A 429 of the proxy carries no counters; an empty value takes a standard header back.
_NO_COUNTERS = {"ratelimit-limit": "", "ratelimit-remaining": ""}
# Calls that start asynchronous work and so fall under its cap.
STARTS_ASYNC = frozenset({"create_job", "update_source", "start_export", "create_analyses"})


def _nothing(_: Call) -> str:
    return ""


def _param(name: str) -> Callable[[Call], str]:
    return lambda call: call.params[name]


def _upload_about(call: Call) -> str:
    return f"{call.params['projectUid']}/{file_name_or_empty(call)}"


class PhraseRoom:
    """The Phrase side of one sandbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.people = People(world.ids)
        self.auth = Auth(world, self.people)
        self.templates = Templates(world, self.people)
        self.project_list = Projects(world, self.people, self.templates)
        self.job_list = Jobs(world, self.people, self.project_list)
        self._poster = Poster()
        self.callbacks = Callbacks(world)
        self.asyncs = AsyncRequests(world, self.people, self.callbacks)
        self.robot = Robot(world, self.job_list, self.asyncs)
        self.previews = Previews(world, self.people, self.project_list)
        self.uploads = Uploads(
            world, self.people, self.project_list, self.job_list, self.asyncs, self.robot, self.previews
        )
        self.sources = Sources(world, self.project_list, self.job_list, self.asyncs, self.robot)
        self.target_files = TargetFiles(world, self.job_list, self.asyncs)
        self.providers = Providers(
            world, self.people, self.templates, self.project_list, self.job_list, self.robot
        )
        self.analyses = Analyses(world, self.people, self.project_list, self.job_list, self.asyncs)
        self._minute = -1
        self._minute_calls = 0

    # For tests and the control API

    @property
    def projects(self) -> list[Project]:
        """All projects, oldest first."""
        return list(self.project_list.by_uid.values())

    @property
    def jobs(self) -> list[Job]:
        """All jobs, oldest first."""
        return list(self.job_list.by_uid.values())

    def set_status(self, job_uid: str, status: str) -> None:
        """Set a job's status by hand, as a person at the vendor's would.

        Raises:
            KeyError: when there is no such job.
            ValueError: when there is no such status.
        """
        self.job_list.set_status(self.job_list.by_uid[job_uid], status)

    def finish(self, job_uid: str, target: Blob) -> None:
        """Complete a job by hand with these bytes; earlier steps of it are completed too.

        Raises:
            KeyError: when there is no such job.
        """
        job = self.job_list.by_uid[job_uid]
        job.task.target = target
        for each in job.task.jobs[: job.level]:
            self.job_list.set_status(each, "COMPLETED")

    def routes(self) -> list[Route]:
        """Every call the sandbox answers."""
        job = _param("jobUid")
        project = _param("projectUid")
        return [
            Route("POST", "/idm/oauth/token", "exchange_token", self.auth.exchange, _nothing, open=True),
            Route("GET", TMS + "/v1/auth/whoAmI", "who_am_i", self.auth.who_am_i, _nothing),
            Route("GET", TMS + "/v1/languages", "list_languages", list_languages, _nothing),
            Route(
                "GET", TMS + "/v1/projectTemplates", "list_templates", self.templates.list_templates, _nothing
            ),
            Route(
                "GET",
                TMS + "/v1/projectTemplates/{projectTemplateUid}",
                "get_template",
                self.templates.get_template,
                _param("projectTemplateUid"),
            ),
            Route(
                "POST",
                TMS + "/v2/projects/applyTemplate/{templateUid}",
                "create_project",
                self.project_list.create_project,
                lambda call: body_field(call, "name"),
                mutating=True,
            ),
            Route("GET", TMS + "/v1/projects", "list_projects", self.project_list.list_projects, _nothing),
            Route("GET", PROJECT, "get_project", self.project_list.get_project, project),
            Route("PATCH", PROJECT, "edit_project", self.project_list.edit_project, project, mutating=True),
            Route(
                "POST",
                PROJECT + "/setStatus",
                "set_project_status",
                self.project_list.set_project_status,
                project,
                mutating=True,
            ),
            Route(
                "POST",
                PROJECT + "/jobPreviewPackage",
                "upload_preview",
                self.previews.upload,
                project,
                mutating=True,
                upload=True,
            ),
            Route(
                "POST",
                PROJECT + "/jobs/source",
                "update_source",
                self.sources.update_source,
                _upload_about,
                mutating=True,
                upload=True,
            ),
            Route(
                "GET",
                TMS + "/v2/projects/{projectUid}/workflowSteps",
                "get_workflow_steps",
                self.project_list.get_workflow_steps,
                project,
            ),
            Route(
                "POST",
                PROJECT + "/jobs",
                "create_job",
                self.uploads.create_job,
                _upload_about,
                mutating=True,
                upload=True,
            ),
            Route(
                "GET",
                TMS + "/v2/projects/{projectUid}/jobs",
                "list_jobs",
                self.job_list.list_jobs,
                project,
            ),
            Route("GET", JOB, "get_job", self.job_list.get_job, job),
            Route(
                "POST", JOB + "/setStatus", "set_job_status", self.job_list.set_job_status, job, mutating=True
            ),
            Route(
                "POST",
                PROJECT + "/applyTemplate/{templateUid}/assignProviders",
                "assign_providers",
                self.providers.assign_all,
                project,
                mutating=True,
            ),
            Route(
                "POST",
                PROJECT + "/applyTemplate/{templateUid}/assignProviders/forJobParts",
                "assign_providers_for_parts",
                self.providers.assign_some,
                project,
                mutating=True,
            ),
            Route(
                "POST",
                PROJECT + "/jobs/notifyAssigned",
                "notify_assigned",
                self.providers.notify_assigned,
                project,
                mutating=True,
            ),
            Route(
                "GET",
                TMS + "/v1/emailTemplates",
                "list_email_templates",
                self.people.list_email_templates,
                _nothing,
            ),
            Route(
                "POST",
                TMS + "/v1/analyses/byProviders",
                "create_analyses",
                self.analyses.create_analyses,
                lambda call: body_field(call, "name"),
                mutating=True,
            ),
            Route(
                "GET",
                TMS + "/v3/projects/{projectUid}/analyses",
                "list_analyses",
                self.analyses.list_analyses,
                project,
            ),
            Route(
                "GET",
                TMS + "/v3/analyses/{analyseUid}",
                "get_analysis",
                self.analyses.get_analysis,
                _param("analyseUid"),
            ),
            *(
                Route(
                    "PUT",
                    TMS + f"/{version}/projects/{{projectUid}}/jobs/{{jobUid}}/targetFile",
                    "start_export",
                    self.target_files.start_export,
                    job,
                    mutating=True,
                )
                for version in ("v2", "v3")
            ),
            Route(
                "GET",
                TMS + "/v2/projects/{projectUid}/jobs/{jobUid}/downloadTargetFile/{asyncRequestId}",
                "download_target",
                self.target_files.download,
                job,
                mutating=True,
            ),
            Route(
                "GET",
                JOB + "/targetFileWarnings",
                "target_file_warnings",
                self.target_files.target_file_warnings,
                job,
            ),
            Route("GET", JOB + "/original", "original_file", self.target_files.original_file, job),
            Route("GET", TMS + "/v1/async", "list_async", self.asyncs.list_async, _nothing),
            Route("GET", TMS + "/v1/async/status", "async_status", self.asyncs.async_status, _nothing),
            Route(
                "GET",
                TMS + "/v1/async/{asyncRequestId}",
                "get_async",
                self.asyncs.get_async,
                _param("asyncRequestId"),
            ),
        ]

    # The face's side

    def authorize(self, call: Call) -> None:
        """Check the access token."""
        self.auth.check(call)

    def admit(self, call: Call, *, in_flight: int) -> Answer | None:
        """The proxy's quota, the application's concurrency cap, the cap on asynchronous work."""
        settings = self._world.settings
        minute = int(self._world.clock.elapsed() // 60)
        if minute != self._minute:
            self._minute, self._minute_calls = minute, 0
        self._minute_calls += 1
        if settings.requests_per_minute and self._minute_calls > settings.requests_per_minute:
            return _too_many(headers=dict(_NO_COUNTERS))
        if in_flight > settings.concurrent_requests:
            return _too_many()
        if call.operation in STARTS_ASYNC and self.asyncs.full():
            return _too_many()
        return None

    def failure(self, error: Exception) -> Answer | None:
        """The vendor's answer to one of its errors."""
        return error.answer() if isinstance(error, PhraseError) else None

    def unknown(self, call: Call, *, allowed: list[str]) -> Answer:
        """404 for an unknown path, 405 for a wrong method."""
        if allowed:
            answer = method_not_allowed(call.method, allowed).answer()
            answer.headers["allow"] = ", ".join(allowed)
            return answer
        return PhraseError(404, "ResourceNotFound", f"There is nothing at {call.path}.").answer()

    def too_large(self, call: Call) -> Answer:
        """400 for a body over the limit."""
        return PhraseError(400, "InvalidArguments", "The request is larger than 1 GB.").answer()

    def standard_headers(self, *, in_flight: int) -> dict[str, str]:
        """The request id and the concurrency counters that ride on every answer."""
        limit = self._world.settings.concurrent_requests
        return {
            "memsource-action-id": self._world.ids.hex("action"),
            "ratelimit-limit": str(limit),
            "ratelimit-remaining": str(max(limit - in_flight, 0)),
            "cache-control": "no-store, private, max-age=0",
            "vary": "accept-encoding",
        }

    def fault(self, rule: FaultRule, *, in_flight: int) -> Answer:
        """The answer of a fault that strikes before the work."""
        headers = {"retry-after": rule.retry_after} if rule.retry_after is not None else {}
        if rule.kind == "429":
            if rule.ratelimit_headers:
                headers["ratelimit-remaining"] = "0"
            else:
                headers.update(_NO_COUNTERS)
            return _too_many(headers=headers)
        if rule.kind == "500":
            answer = PhraseError(500, "InternalError", "Internal error.").answer()
            answer.headers.update(headers)
            return answer
        status = int(rule.kind) if rule.kind.isdigit() else (rule.status or 500)
        page = ERROR_PAGE.format(status=status).encode()
        return Answer(status, page, content_type="text/html; charset=utf-8", headers=headers)

    async def close(self) -> None:
        """Close the callback connections."""
        await self._poster.close()


def _too_many(*, headers: dict[str, str] | None = None) -> Answer:
    return Answer(429, b"Too many requests.", content_type="text/plain", headers=headers or {})


def info(room: PhraseRoom) -> dict[str, Any]:
    """What a user of the sandbox needs to know about its Phrase side."""
    return {
        "api_token": room.auth.api_token,
        "user": room.people.owner.user_name,
        "templates": [
            {
                "uid": template.uid,
                "name": template.name,
                "steps": [step.name for step in template.steps],
                "source_lang": template.source_lang,
            }
            for template in room.templates.by_uid.values()
        ],
    }
