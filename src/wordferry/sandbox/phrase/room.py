"""Phrase as a whole: its resources, its routes, and what all of its answers have in common."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.blob import Blob, Garbled
from wordferry.sandbox.courier import Message
from wordferry.sandbox.face import ERROR_PAGE
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.phrase.analyses import Analyses
from wordferry.sandbox.phrase.async_requests import AsyncRequests
from wordferry.sandbox.phrase.auth import Auth
from wordferry.sandbox.phrase.bilingual import Bilingual
from wordferry.sandbox.phrase.callbacks import Callbacks
from wordferry.sandbox.phrase.errors import PhraseError, method_not_allowed
from wordferry.sandbox.phrase.job_changes import JobChanges
from wordferry.sandbox.phrase.job_deletion import JobDeletion
from wordferry.sandbox.phrase.job_listing import JobListing
from wordferry.sandbox.phrase.job_splitting import JobSplitting
from wordferry.sandbox.phrase.jobs import Job, Jobs
from wordferry.sandbox.phrase.languages import language_routes
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.pretranslation import PreTranslation
from wordferry.sandbox.phrase.previews import Previews
from wordferry.sandbox.phrase.project_changes import ProjectChanges
from wordferry.sandbox.phrase.project_creation import ProjectCreation
from wordferry.sandbox.phrase.project_listing import ProjectListing
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.providers import Providers
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.sources import Sources
from wordferry.sandbox.phrase.target_files import TargetFiles
from wordferry.sandbox.phrase.target_updates import TargetUpdates
from wordferry.sandbox.phrase.templates import Templates
from wordferry.sandbox.phrase.uploads import Uploads
from wordferry.sandbox.phrase.webhook_calls import WebhookCalls
from wordferry.sandbox.phrase.webhook_tests import WebhookTests
from wordferry.sandbox.phrase.webhooks import Webhooks
from wordferry.sandbox.routing import Answer, Call, Route
from wordferry.sandbox.world import World

# A 429 of the proxy carries no counters; an empty value takes a standard header back.
_NO_COUNTERS = {"ratelimit-limit": "", "ratelimit-remaining": ""}
# Calls that start asynchronous work and so fall under its cap.
STARTS_ASYNC = frozenset(
    {
        "create_project_async",
        "create_job",
        "update_source",
        "update_target",
        "start_export",
        "create_analyses",
        "pre_translate",
    }
)


class PhraseRoom:
    """The Phrase side of one sandbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        people = self.people = People(world.ids)
        self.auth = Auth(world, people)
        self.templates = Templates(world, people)
        self.webhooks = Webhooks(world, people)
        self.webhook_calls = WebhookCalls(world, self.webhooks)
        projects = self.project_list = Projects(world, people)
        notices = self.notices = Notices(world, people, projects, self.webhook_calls)
        jobs = self.job_list = Jobs(world, projects)
        self.callbacks = Callbacks(world)
        asyncs = self.asyncs = AsyncRequests(world, people, self.callbacks, notices)
        self.pretranslation = PreTranslation(world, projects, jobs, asyncs, notices)
        self.robot = Robot(world, jobs, asyncs, notices, self.pretranslation)
        self.previews = Previews(world, people, projects)
        self.uploads = Uploads(world, people, projects, jobs, asyncs, self.robot, self.previews)
        self.sources = Sources(world, projects, jobs, asyncs, self.robot)
        self.target_files = TargetFiles(world, jobs, asyncs, notices)
        self.target_updates = TargetUpdates(world, projects, jobs, asyncs, notices)
        self.bilingual = Bilingual(world, projects, jobs)
        self.providers = Providers(world, people, self.templates, projects, jobs, self.robot, notices)
        self.analyses = Analyses(world, people, projects, jobs, asyncs, notices)
        self.job_listing = JobListing(world, people, projects, jobs)
        self.job_changes = JobChanges(world, people, projects, jobs, self.robot, notices)
        self.job_deletion = JobDeletion(projects, jobs, notices)
        self.job_splitting = JobSplitting(world, jobs, notices)
        self.project_creation = ProjectCreation(world, people, self.templates, projects, asyncs, notices)
        self.project_listing = ProjectListing(people, projects)
        self.project_changes = ProjectChanges(world, people, projects, jobs, self.job_deletion, notices)
        self.webhook_tests = WebhookTests(
            world, people, self.templates, self.webhooks, self.webhook_calls, notices
        )
        jobs.watchers.append(notices.job_changed)
        self.templates.watchers.append(notices.template_deleted)
        self._minute = -1
        self._minute_calls = 0

    # For tests and the control API: what a person at the vendor's would do by hand

    @property
    def projects(self) -> list[Project]:
        """All projects, oldest first; not what lies in the recycle bin."""
        return [project for project in self.project_list.by_uid.values() if project.deleted is None]

    @property
    def jobs(self) -> list[Job]:
        """All jobs, oldest first; not what lies in the recycle bin."""
        return self.job_list.living()

    @property
    def messages(self) -> list[Message]:
        """Every callback and webhook that was sent, oldest first."""
        return self._world.courier.messages

    def set_status(self, job_uid: str, status: str) -> None:
        """Set a job's status: accept, decline, reject, cancel, complete, deliver or reopen it.

        Raises:
            KeyError: when there is no such job.
            ValueError: when there is no such status.
        """
        self.job_list.set_status(self._job(job_uid), status)

    def finish(self, job_uid: str, target: Blob) -> None:
        """Complete a job with these bytes; earlier steps of it are completed too.

        Raises:
            KeyError: when there is no such job.
        """
        job = self._job(job_uid)
        job.task.target = target
        for level in range(1, job.level + 1):
            for each in job.task.at(level):
                self.job_list.set_status(each, "COMPLETED")

    def assign(self, job_uid: str) -> None:
        """Give a job to the linguist of its language.

        Raises:
            KeyError: when there is no such job.
        """
        job = self._job(job_uid)
        job.providers = [self.people.linguists[job.task.lang]]
        self.notices.jobs("JOB_ASSIGNED", [job])
        self.robot.assigned(job)

    def split(self, job_uid: str, parts: int) -> list[str]:
        """Split a job into so many parts, and return their uids.

        Raises:
            KeyError: when there is no such job.
            ValueError: when it is split already, or has fewer segments.
        """
        job = self._job(job_uid)
        total = job.task.segments
        if job.part is not None or not 2 <= parts <= total:
            raise ValueError(f"job {job_uid} has {total} segments and can be split once, not into {parts}")
        starts = [total * number // parts for number in range(parts)]
        made = self.job_splitting.split(job, starts, now=self._world.clock.now())
        return [each.uid for each in made]

    def delete_job(self, job_uid: str, *, purge: bool = False) -> None:
        """Put a job into the recycle bin, or take it away for good.

        Raises:
            KeyError: when there is no such job.
        """
        job = self._job(job_uid)
        self.notices.jobs("JOB_DELETED", [job])
        self.job_list.remove(job, now=self._world.clock.now(), purge=purge)

    def delete_project(self, project_uid: str, *, purge: bool = False) -> None:
        """Put a project into the recycle bin, or take it away for good.

        Raises:
            KeyError: when there is no such project.
        """
        project = self.project_list.by_uid[project_uid]
        self.project_changes.delete(project, purge=purge, now=self._world.clock.now())

    def _job(self, uid: str) -> Job:
        job = self.job_list.by_uid[uid]
        if job.deleted is not None:
            raise KeyError(uid)
        return job

    def routes(self) -> list[Route]:
        """Every call the sandbox answers."""
        resources = (
            self.auth,
            self.templates,
            self.project_creation,
            self.project_listing,
            self.project_changes,
            self.previews,
            self.uploads,
            self.job_listing,
            self.job_changes,
            self.job_deletion,
            self.job_splitting,
            self.providers,
            self.people,
            self.analyses,
            self.sources,
            self.target_updates,
            self.target_files,
            self.bilingual,
            self.pretranslation,
            self.asyncs,
            self.webhooks,
            self.webhook_tests,
            self.webhook_calls,
        )
        return [*language_routes(), *(route for each in resources for route in each.routes())]

    def info(self) -> dict[str, Any]:
        """What a user of the sandbox needs to know about its Phrase side."""
        return {
            "api_token": self.auth.api_token,
            "user": self.people.owner.user_name,
            "password": self.auth.password,
            "templates": [
                {
                    "uid": template.uid,
                    "name": template.name,
                    "steps": [step.name for step in template.steps],
                    "source_lang": template.source_lang,
                }
                for template in self.templates.by_uid.values()
            ],
        }

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
            return _too_many(headers=self._counters(in_flight))
        if call.operation in STARTS_ASYNC and self.asyncs.full():
            return _too_many()
        return None

    def failure(self, error: Exception) -> Answer | None:
        """The vendor's answer to one of its errors."""
        if isinstance(error, Garbled):
            error = PhraseError(400, "BAD_REQUEST", "The body cannot be decoded.")
        if not isinstance(error, PhraseError):
            return None
        if self._world.settings.plain_errors:
            return Answer(error.status, error.description.encode(), content_type="text/plain")
        return error.answer()

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
        settings = self._world.settings
        headers = {"cache-control": "no-store, private, max-age=0", "vary": "accept-encoding"}
        if settings.action_id:
            headers["memsource-action-id"] = self._world.ids.hex("action")
        if settings.ratelimit_on_success:
            headers |= self._counters(in_flight)
        return headers

    def _counters(self, in_flight: int) -> dict[str, str]:
        limit = self._world.settings.concurrent_requests
        return {"ratelimit-limit": str(limit), "ratelimit-remaining": str(max(limit - in_flight, 0))}

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


def _too_many(*, headers: dict[str, str] | None = None) -> Answer:
    return Answer(429, b"Too many requests.", content_type="text/plain", headers=headers or {})


def info(room: PhraseRoom) -> dict[str, Any]:
    """What a user of the sandbox needs to know about its Phrase side."""
    return room.info()
