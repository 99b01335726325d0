"""Archiving: a step in the background, asked for or after a long time without activity."""

from __future__ import annotations

from functools import partial

from wordferry.sandbox.lionbridge.job import (
    ACTIVE,
    ARCHIVED,
    ARCHIVING,
    CANCELLED,
    COMPLETED,
    CREATED,
    UNARCHIVING,
    Job,
)
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.listeners import Listeners
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World

_ARCHIVABLE = frozenset({CREATED, COMPLETED, CANCELLED})


class Archiving:
    """Archives jobs and brings them back."""

    def __init__(self, world: World, jobs: Jobs, listeners: Listeners) -> None:
        self._world = world
        self._jobs = jobs
        self._listeners = listeners
        self._watching = False

    def archive(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/archive`: the job is out of reach when the background step has ended."""
        job = self._jobs.in_path(call)
        if not self._archivable(job):
            raise self._jobs.conflict(f"A job that is {job.status} cannot be archived.")
        if job.archive_status != ARCHIVING:
            self._begin(job, ARCHIVING)
        return answer_json(self._jobs.show(job, call), status=self._jobs.settings.archive_status)

    def _archivable(self, job: Job) -> bool:
        return job.status in _ARCHIVABLE and (job.status != CREATED or self._jobs.settings.archive_created)

    def unarchive(self, call: Call) -> Answer:
        """`PUT /jobs/{jobId}/unarchive`: the answer shows the job as not archived already."""
        job = self._jobs.in_path(call, archived=True)
        if job.archive_status not in (ARCHIVED, ARCHIVING, UNARCHIVING):
            raise self._jobs.conflict(f"Job '{job.id}' is not archived.")
        if job.archive_status != UNARCHIVING:
            was_archived = job.archived
            job.archived = False
            self._begin(job, UNARCHIVING)
            job.activity = call.now
            self._jobs.reorder(job)
            if was_archived:
                self._listeners.job_gone(job)
        return answer_json(self._jobs.show(job, call), status=self._jobs.settings.archive_status)

    def _begin(self, job: Job, step: str) -> None:
        job.archive_status = step
        job.modified = self._world.clock.now()
        self._jobs.reorder(job)
        self._world.clock.after(self._jobs.settings.archive_seconds, partial(self._end, job, step))

    def _end(self, job: Job, step: str) -> None:
        if job.archive_status != step or self._jobs.by_id.get(job.id) is not job:
            return
        job.archived = step == ARCHIVING
        job.archive_status = ARCHIVED if job.archived else ACTIVE
        self._jobs.reorder(job)
        if job.archived:
            self._listeners.job_gone(job)

    # By itself

    def watch(self) -> None:
        """See to it that jobs without activity are archived when their time has come."""
        if not self._watching:
            self._watching = True
            self._look()

    def _look(self) -> None:
        after = self._jobs.settings.auto_archive_seconds
        now = self._world.clock.now()
        if after:
            for job in list(self._jobs.oldest_first):
                if job.archive_status == ACTIVE and self._archivable(job) and job.activity + after <= now:
                    self._begin(job, ARCHIVING)
        # Once a day of virtual time is often enough for a term of months; short terms are looked at more often.
        self._world.clock.after(max(min(after or 86400.0, 86400.0), 1.0), self._look)
