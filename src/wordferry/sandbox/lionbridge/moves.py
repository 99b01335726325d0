"""Moves jobs and requests from state to state, and records what the vendor would tell of."""

from __future__ import annotations

from wordferry.sandbox.lionbridge.job import CANCELLED, COMPLETED, IN_TRANSLATION, SENT, Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.request import REVIEW, Request
from wordferry.sandbox.lionbridge.status_updates import StatusUpdates
from wordferry.sandbox.world import World

# What makes a status update; the client's own changes make none, but for completion.
_JOB_TELLS = frozenset({SENT, IN_TRANSLATION, CANCELLED, COMPLETED})
_REQUEST_TELLS = frozenset({SENT, IN_TRANSLATION, REVIEW, CANCELLED})


class Moves:
    """The only place where a status changes."""

    def __init__(self, world: World, jobs: Jobs, updates: StatusUpdates) -> None:
        self._world = world
        self._jobs = jobs
        self._updates = updates

    def job(self, job: Job, status: str, *, tell: bool = True) -> None:
        """A job comes to a status; an error it had is over."""
        job.status = status
        job.has_error, job.error = False, None
        job.turn += 1
        job.note(self._world.clock.now())
        self._jobs.touch(job)
        if tell and status in _JOB_TELLS:
            self._updates.record(job, [], status=status)

    def job_failed(self, job: Job, message: str) -> None:
        """Something went wrong with the whole job; its status stays."""
        job.has_error, job.error = True, message
        job.note(self._world.clock.now())
        self._jobs.touch(job)
        self._updates.record(job, [], status=job.status, error=message)

    def requests(self, requests: list[Request], status: str, *, tell: bool = True) -> None:
        """Requests of one job come to a status together: one update covers them all."""
        if not requests:
            return
        now = self._world.clock.now()
        for request in requests:
            request.status = status
            request.has_error, request.error = False, None
            request.turn += 1
            request.modified = now
            request.note(now)
        job = requests[0].job
        self._jobs.touch(job)
        if tell and status in _REQUEST_TELLS:
            self._updates.record(job, requests, status=status)

    def requests_failed(self, requests: list[Request], message: str) -> None:
        """Something went wrong with requests of one job; their status stays."""
        now = self._world.clock.now()
        by_status: dict[str, list[Request]] = {}
        for request in requests:
            request.has_error, request.error = True, message
            request.modified = now
            request.note(now)
            by_status.setdefault(request.status, []).append(request)
        for status, group in by_status.items():
            self._jobs.touch(group[0].job)
            self._updates.record(group[0].job, group, status=status, error=message)

    def review(self, requests: list[Request], status: str) -> None:
        """The client approved or rejected; by default nobody is told of his own doing."""
        self.requests(requests, status, tell=False)
        if requests and self._jobs.settings.review_updates:
            self._updates.record(requests[0].job, requests, status=status)
