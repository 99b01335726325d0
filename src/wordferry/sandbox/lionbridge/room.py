"""Lionbridge as a whole: its resources, its calls, and what all of its answers have in common."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.blob import Garbled
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.lionbridge.adding import Adding
from wordferry.sandbox.lionbridge.archiving import Archiving
from wordferry.sandbox.lionbridge.assets import Assets
from wordferry.sandbox.lionbridge.auth import Auth
from wordferry.sandbox.lionbridge.contents import Contents
from wordferry.sandbox.lionbridge.errors import LionbridgeError
from wordferry.sandbox.lionbridge.files import Files
from wordferry.sandbox.lionbridge.fms import FileService, gateway_fault
from wordferry.sandbox.lionbridge.job import Job
from wordferry.sandbox.lionbridge.job_calls import JobCalls
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.listeners import Listeners
from wordferry.sandbox.lionbridge.moves import Moves
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.quota import Quota
from wordferry.sandbox.lionbridge.rate import Rate
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge.requests import Requests
from wordferry.sandbox.lionbridge.robot import Robot
from wordferry.sandbox.lionbridge.routes import routes
from wordferry.sandbox.lionbridge.source_files import SourceFiles
from wordferry.sandbox.lionbridge.status_updates import StatusUpdates
from wordferry.sandbox.routing import Answer, Call, Route
from wordferry.sandbox.world import World


class LionbridgeRoom:
    """The Lionbridge side of one sandbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.auth = Auth(world)
        self.providers = Providers(world)
        self.job_list = Jobs(world)
        self.files = Files(world)
        self.fms = FileService(world, self.files)
        self.listeners = Listeners(world, self.job_list)
        self.updates = StatusUpdates(world, self.job_list, self.providers, self.listeners)
        self.quota = Quota(self.job_list, self.updates)
        self.moves = Moves(world, self.job_list, self.updates)
        self.robot = Robot(world, self.job_list, self.files, self.providers, self.moves)
        self.archiving = Archiving(world, self.job_list, self.listeners)
        self.job_calls = JobCalls(
            self.job_list,
            self.files,
            self.providers,
            self.moves,
            self.listeners,
            self.quota,
            self.robot,
            self.archiving,
        )
        self.adding = Adding(world, self.job_list, self.files, self.providers)
        self.requests = Requests(self.job_list, self.adding, self.moves, self.robot)
        self.source_files = SourceFiles(self.job_list, self.files)
        self.contents = Contents(world, self.job_list)
        self.assets = Assets(world, self.job_list, self.providers, self.adding)
        self._rate = Rate()

    def routes(self) -> list[Route]:
        """Every call of the API; those of the file service are `fms.routes()`."""
        return routes(self)

    # The provider by hand, for tests and the control API

    @property
    def jobs(self) -> list[Job]:
        """All jobs, oldest first, archived ones too."""
        return list(self.job_list.oldest_first)

    def _chosen(self, job_id: str, request_ids: list[str] | None) -> tuple[Job, list[Request] | None]:
        job = self.job_list.by_id[job_id]
        return job, None if request_ids is None else [job.requests[uid] for uid in request_ids]

    def start(self, job_id: str, request_ids: list[str] | None = None) -> None:
        """The provider accepts a job and starts requests, all of them unless some are named.

        Raises:
            KeyError: when there is no such job or request.
            ValueError: when the job is not at the provider.
        """
        job, requests = self._chosen(job_id, request_ids)
        self.robot.start(job, requests)

    def deliver(
        self,
        job_id: str,
        request_ids: list[str] | None = None,
        *,
        content: bytes | None = None,
        fields: dict[str, str] | None = None,
        source: bool = False,
    ) -> None:
        """The provider delivers what waits for a delivery, or the named requests, whatever their state.

        Args:
            job_id: the job.
            request_ids: its requests.
            content: the bytes of the file; by default the sandbox translates, as soon as the loop turns.
            fields: for inline content: translations by key.
            source: deliver the untranslated source.

        Raises:
            KeyError: when there is no such job or request.
            ValueError: when the job is not at the provider, or the content does not fit.
        """
        job, requests = self._chosen(job_id, request_ids)
        self.robot.deliver(job, requests, content=content, fields=fields, source=source)

    def redeliver(
        self, job_id: str, request_ids: list[str] | None = None, *, content: bytes | None = None
    ) -> None:
        """The provider delivers again what it had delivered, even after the approval.

        Raises:
            KeyError: when there is no such job or request.
            ValueError: when nothing was delivered yet.
        """
        job, requests = self._chosen(job_id, request_ids)
        chosen = [each for each in (requests or job.requests.values()) if each.deliveries]
        if not chosen:
            raise ValueError(f"job {job_id} has no delivery that could be repeated")
        self.robot.deliver(job, chosen, content=content)

    def damage(self, job_id: str, request_ids: list[str] | None = None, *, corruption: str) -> None:
        """The provider delivers something broken.

        Raises:
            KeyError: when there is no such job or request.
            ValueError: when the job is not at the provider.
        """
        job, requests = self._chosen(job_id, request_ids)
        self.robot.deliver(job, requests, corruption=corruption)

    def cancel(self, job_id: str, request_ids: list[str] | None = None) -> None:
        """The provider cancels a whole job, or some of its requests.

        Raises:
            KeyError: when there is no such job or request.
            ValueError: when the job is not at the provider.
        """
        job, requests = self._chosen(job_id, request_ids)
        self.robot.cancel(job, requests)

    def fail(
        self, job_id: str, request_ids: list[str] | None = None, *, message: str = "The delivery failed."
    ) -> None:
        """A delivery fails: that of the job to the provider while it is SENDING, else that of translations.

        Raises:
            KeyError: when there is no such job or request.
        """
        job, requests = self._chosen(job_id, request_ids)
        if job.status == "SENDING" and requests is None:
            self.robot.fail_sending(job, message)
        else:
            self.robot.fail(job, requests, message)

    def send(self, job_id: str) -> None:
        """The job reaches the provider now, also after its delivery has failed.

        Raises:
            KeyError: when there is no such job.
            ValueError: when the job is not on its way.
        """
        job = self.job_list.by_id[job_id]
        if job.status != "SENDING":
            raise ValueError(f"job {job_id} is {job.status}, not SENDING")
        self.robot.arrive(job)

    # The face's side

    def authorize(self, call: Call) -> None:
        """Check the access token."""
        self.auth.check(call)

    def admit(self, call: Call, *, in_flight: int) -> Answer | None:
        """The rate limit."""
        rate = self._world.settings.lionbridge.rate_limit_rps
        if not rate or self._rate.take(rate, now=self._world.clock.now()):
            return None
        answer = self._failed(LionbridgeError(429, "Too many requests."))
        answer.headers["retry-after"] = "1"
        return answer

    def _failed(self, error: LionbridgeError) -> Answer:
        return error.answer(code=self._world.settings.lionbridge.error_code)

    def failure(self, error: Exception) -> Answer | None:
        """The vendor's answer to one of its errors."""
        if isinstance(error, Garbled):
            error = LionbridgeError(400, "The body cannot be decoded.")
        return self._failed(error) if isinstance(error, LionbridgeError) else None

    def unknown(self, call: Call, *, allowed: list[str]) -> Answer:
        """404 for an unknown path, 405 for a wrong method."""
        if allowed:
            answer = self._failed(LionbridgeError(405, f"{call.method} is not supported here."))
            answer.headers["allow"] = ", ".join(allowed)
            return answer
        return self._failed(LionbridgeError(404, f"There is nothing at {call.path}."))

    def too_large(self, call: Call) -> Answer:
        """400 for a body over the limit."""
        return self._failed(LionbridgeError(400, "The body is too large."))

    def standard_headers(self, *, in_flight: int) -> dict[str, str]:
        """What rides on every answer."""
        return {"cache-control": "no-store"}

    def fault(self, rule: FaultRule, *, in_flight: int) -> Answer:
        """The answer of a fault that strikes before the work."""
        if rule.kind in ("429", "500"):
            text = "Too many requests." if rule.kind == "429" else "Internal error."
            answer = self._failed(LionbridgeError(int(rule.kind), text))
            if rule.retry_after is not None:
                answer.headers["retry-after"] = rule.retry_after
            return answer
        return gateway_fault(rule)


def info(room: LionbridgeRoom) -> dict[str, Any]:
    """What a user of the sandbox needs to know about its Lionbridge side."""
    return {
        "client_id": room.auth.client_id,
        "client_secret": room.auth.client_secret,
        "providers": [
            {"provider_id": provider.id, "name": provider.name, "deleted": provider.deleted}
            for provider in room.providers.by_id.values()
        ],
    }
