"""All jobs of the credential: found, kept in order, changed, and shut off while they are archived."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from functools import partial
from typing import Any

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import LionbridgeError, not_found
from wordferry.sandbox.lionbridge.job import Job, show_job, value_of
from wordferry.sandbox.lionbridge.paging import Index, Place
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Call
from wordferry.sandbox.world import World

# Orders that are kept at once; the one asked for least recently goes.
_MOST_INDEXES = 8


class Jobs:
    """The jobs, archived or not."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers = 0
        self.by_id: dict[str, Job] = {}
        # Oldest first, so that a number finds its place by bisection.
        self.oldest_first: list[Job] = []
        self._indexes: OrderedDict[str, Index[Job]] = OrderedDict()
        # Jobs that are gone, for what is judged at the end of a run.
        self.deleted = 0

    @property
    def settings(self) -> LionbridgeSettings:
        """The settings in force."""
        return self._world.settings.lionbridge

    def number(self) -> int:
        """The next number; jobs and all that belongs to them share one count."""
        self._numbers += 1
        return self._numbers

    def create(self, name: str) -> Job:
        """A new job."""
        now = self._world.clock.now()
        job = Job(
            id=ids.job_id(self._world.ids, name),
            number=self.number(),
            created=now,
            name=name,
            modified=now,
            activity=now,
        )
        job.note(now)
        self.by_id[job.id] = job
        self.oldest_first.append(job)
        for index in self._indexes.values():
            index.put(job, number=job.number)
        return job

    def delete(self, job: Job) -> None:
        """Forget a job."""
        del self.by_id[job.id]
        del self.oldest_first[bisect_left(self.oldest_first, job.number, key=_number)]
        for index in self._indexes.values():
            index.remove(job.number)
        self.deleted += 1

    def touch(self, job: Job) -> None:
        """A job or something in it has changed."""
        job.modified = job.activity = self._world.clock.now()
        self.reorder(job)

    def reorder(self, job: Job) -> None:
        """A value of the job has changed: put it in its places."""
        for index in self._indexes.values():
            index.put(job, number=job.number)

    def index(self, field: str) -> Index[Job]:
        """All jobs in the order of a field; unset values are last."""
        index = self._indexes.get(field)
        if index is None:
            index = Index(partial(self._place, field))
            for job in self.oldest_first:
                index.put(job, number=job.number)
            self._indexes[field] = index
            if len(self._indexes) > _MOST_INDEXES:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(field)
        return index

    def forget_orders(self) -> None:
        """Settings have changed, and with them perhaps the values of fields."""
        self._indexes.clear()

    def _place(self, field: str, job: Job) -> Place:
        value = value_of(job, field, as_of=float("inf"), archive_after=self.settings.auto_archive_seconds)
        if value is None:
            return (1, 0, 0, job.number)
        if isinstance(value, str):
            return (0, 1, value, job.number)
        return (0, 0, value, job.number)

    def in_path(self, call: Call, *, archived: bool = False) -> Job:
        """The job in the path.

        Args:
            call: the call.
            archived: whether an archived job can be reached by this call.

        Raises:
            LionbridgeError: 404 for an unknown job, or an archived one.
        """
        uid = call.params["jobId"]
        job = self.by_id.get(uid)
        if job is None or job.created > call.as_of:
            raise not_found("Job", uid)
        if job.archived and not archived:
            raise LionbridgeError(404, f"Job '{uid}' is archived; unarchive it first.")
        call.facts.update(job=job.id)
        return job

    def request_in_path(self, call: Call) -> tuple[Job, Request]:
        """The job and the request in the path.

        Raises:
            LionbridgeError: 404.
        """
        job = self.in_path(call)
        uid = call.params["requestId"]
        request = job.requests.get(uid)
        if request is None or request.created > call.as_of:
            raise not_found("Request", uid)
        call.facts.update(request=uid)
        return job, request

    def conflict(self, message: str) -> LionbridgeError:
        """The answer to a call in the wrong state."""
        return LionbridgeError(self.settings.conflict_status, message)

    def show(self, job: Job, call: Call, **options: Any) -> dict[str, Any]:
        """The Job resource under the settings in force."""
        settings = self.settings
        return show_job(
            job,
            as_of=seen_at(call),
            archive_after=settings.auto_archive_seconds,
            nulls=settings.null_fields,
            **options,
        )


def seen_at(call: Call) -> float:
    """The moment whose state an answer shows: after the call's own change, unless the view is stale."""
    return call.as_of if call.as_of < call.now else float("inf")


def _number(job: Job) -> int:
    return job.number
