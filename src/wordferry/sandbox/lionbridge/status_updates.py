"""Status updates: what happened at the provider, kept until it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import not_found
from wordferry.sandbox.lionbridge.job import Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.listeners import Listeners
from wordferry.sandbox.lionbridge.paging import newest_first
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge.values import show_date
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class StatusUpdate:
    """One change of a job, or of several of its requests at once."""

    id: str
    number: int
    job_id: str
    provider_id: str | None
    request_ids: list[str]
    status: str
    time: float
    has_error: bool = False
    error: str | None = None
    acknowledged: float | None = None

    def open_at(self, when: float) -> bool:
        """Whether it is there and not acknowledged at that virtual time."""
        return self.time <= when and (self.acknowledged is None or self.acknowledged > when)


def _number(update: StatusUpdate) -> int:
    return update.number


def _show(update: StatusUpdate) -> dict[str, Any]:
    return {
        "updateId": update.id,
        "jobId": update.job_id,
        "providerId": update.provider_id,
        "requestIds": update.request_ids,
        "statusCode": update.status,
        "updateTime": show_date(update.time),
        "hasError": update.has_error,
        "errorMessage": update.error,
        "acknowledged": update.acknowledged is not None,
    }


class StatusUpdates:
    """All updates; they are recorded whether or not anybody listens."""

    def __init__(self, world: World, jobs: Jobs, providers: Providers, listeners: Listeners) -> None:
        self._world = world
        self._jobs = jobs
        self._providers = providers
        self._listeners = listeners
        self.by_id: dict[str, StatusUpdate] = {}
        # Oldest first; acknowledged ones are taken out once nobody can look back to them any more.
        self._open: list[StatusUpdate] = []
        self._acknowledged_since = 0
        listeners.callbacks.on_delivered = self.acknowledge_quietly

    @property
    def unacknowledged(self) -> list[StatusUpdate]:
        """What is still open, oldest first."""
        return [update for update in self._open if update.acknowledged is None]

    def record(
        self, job: Job, requests: list[Request], *, status: str, error: str | None = None
    ) -> StatusUpdate:
        """A job, or these requests of it, came to a status; listeners hear of it.

        Args:
            job: the job.
            requests: its requests; empty for the job itself.
            status: the status they have now.
            error: what went wrong, if anything did.
        """
        number = self._jobs.number()
        update = StatusUpdate(
            id=ids.short(
                self._world.ids, "update", job.id, status, *(request.id for request in requests[:1])
            ),
            number=number,
            job_id=job.id,
            provider_id=job.provider_id,
            request_ids=[request.id for request in requests],
            status=status,
            time=self._world.clock.now(),
            has_error=error is not None,
            error=error,
        )
        self.by_id[update.id] = update
        self._open.append(update)
        self._listeners.updated(update, job)
        return update

    def acknowledge_quietly(self, update_id: str) -> None:
        """A callback told of the update, and its listener acknowledges by itself."""
        update = self.by_id.get(update_id)
        if update is not None:
            self._close(update)

    def _close(self, update: StatusUpdate) -> None:
        if update.acknowledged is not None:
            return
        update.acknowledged = self._world.clock.now()
        self._acknowledged_since += 1
        # Once half of them are closed, so that closing many costs little for each; stale reads go back an hour.
        if self._acknowledged_since > 1000 and self._acknowledged_since * 2 > len(self._open):
            horizon = update.acknowledged - 3600.0
            self._open = [
                each for each in self._open if each.acknowledged is None or each.acknowledged > horizon
            ]
            self._acknowledged_since = 0

    def acknowledge(self, call: Call) -> Answer:
        """`PUT /statusupdates/{updateId}/acknowledge`; a second time changes nothing."""
        uid = call.params["updateId"]
        update = self.by_id.get(uid)
        if update is None:
            raise not_found("Status update", uid)
        call.facts.update(update=uid, job=update.job_id, statusCode=update.status)
        self._close(update)
        return answer_json(_show(update))

    def _list(self, call: Call, *, job_id: str | None = None, provider_id: str | None = None) -> Answer:
        def keep(update: StatusUpdate) -> bool:
            return (
                update.open_at(call.as_of)
                and (job_id is None or update.job_id == job_id)
                and (provider_id is None or update.provider_id == provider_id)
            )

        body = newest_first(
            call,
            self._open,
            key="statusupdates",
            number=_number,
            show=_show,
            settings=self._jobs.settings,
            keep=keep,
        )
        return answer_json(body)

    def list_all(self, call: Call) -> Answer:
        """`GET /statusupdates`."""
        return self._list(call)

    def list_of_job(self, call: Call) -> Answer:
        """`GET /jobs/{jobId}/statusupdates`."""
        return self._list(call, job_id=self._jobs.in_path(call).id)

    def list_of_provider(self, call: Call) -> Answer:
        """`GET /providers/{providerId}/statusupdates`."""
        return self._list(call, provider_id=self._providers.in_path(call).id)
