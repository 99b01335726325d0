"""The translators at work: what happens to a job by itself, and when."""

from __future__ import annotations

from functools import partial

from wordferry.sandbox.behaviour import Behaviour
from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.jobs import ERROR, OK, RUNNING, Job, Jobs, SourceFile, job_part
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.pretranslation import PreTranslation
from wordferry.sandbox.phrase.projects import Project
from wordferry.sandbox.translators import CannotTranslate
from wordferry.sandbox.world import World

_OPEN = frozenset({"NEW", "EMAILED", "ACCEPTED"})
# action -> the status a job ends in when its time is up
_ENDS = {"reject": "REJECTED", "rework": "REJECTED", "cancel": "CANCELLED"}


class Robot:
    """Imports files, then takes each job through its step, then starts the next step."""

    def __init__(
        self,
        world: World,
        jobs: Jobs,
        asyncs: AsyncRequests,
        notices: Notices,
        pretranslation: PreTranslation,
    ) -> None:
        self._world = world
        self._jobs = jobs
        self._asyncs = asyncs
        self._notices = notices
        self._pretranslation = pretranslation
        jobs.watchers.append(self.changed)

    def imported(
        self, file: SourceFile, created: list[Job], request: AsyncRequest, *, pretranslate: bool = False
    ) -> None:
        """A file was uploaded: end its import when the time has come."""
        seconds = self._world.settings.import_seconds
        self._world.clock.after(
            seconds, partial(self._end_import, file, created, request, pretranslate, "JOB_CREATED")
        )

    def updated(
        self, file: SourceFile, touched: list[Job], request: AsyncRequest, *, pretranslate: bool = False
    ) -> None:
        """Jobs get a new source: they import again, and what was translated of the old one is void."""
        for job in touched:
            job.import_status = RUNNING
            job.import_ended = None
            job.turn += 1
        seconds = self._world.settings.import_seconds
        self._world.clock.after(seconds, partial(self._end_update, file, touched, request, pretranslate))

    async def _end_update(
        self, file: SourceFile, touched: list[Job], request: AsyncRequest, pretranslate: bool
    ) -> None:
        now = self._world.clock.now()
        for job in touched:
            job.source_updated = now
            job.task.file = file
            job.task.translated = False
            job.task.pretranslated = False
            job.task.target = None
        await self._end_import(file, touched, request, pretranslate, "JOB_UPDATED")

    async def _end_import(
        self,
        file: SourceFile,
        created: list[Job],
        request: AsyncRequest,
        pretranslate: bool,
        event: str,
    ) -> None:
        error: str | None = None
        # Large files are read when they are exported; small ones now, and the result is kept for the export.
        if file.content.path is None:
            try:
                await self._world.translators.target(
                    file.content, file_format=file.format, locale=created[0].task.lang
                )
            except CannotTranslate as reason:
                error = f"The file could not be imported: {reason}"
        now = self._world.clock.now()
        failed = 0
        for job in created:
            rule = self._behaviour(job, level=None)
            message = error
            if message is None and rule.action == "import_error":
                message = "The file could not be imported."
            job.import_status = ERROR if message else OK
            job.import_error = message
            job.import_ended = now
            failed += message is not None
        all_failed = failed == len(created)
        self._asyncs.finish(
            request,
            error_code="JobImportFailed" if all_failed else None,
            error_text="No job could be imported." if all_failed else None,
            extra={self._world.settings.callback_jobs_key: [job_part(job) for job in created]},
        )
        ready = [job for job in created if job.import_status == OK and job.deleted is None]
        self._notices.jobs(event, ready)
        first = [job for job in ready if job.level == 1]
        if pretranslate and first:
            self._pretranslation.start(first[0].project, first, parent=request)
        for job in first:
            self.begin(job)

    def begin(self, job: Job) -> None:
        """Let the translators take up a job, unless it waits for a person or for its assignment."""
        rule = self._behaviour(job, level=job.level)
        if rule.action == "manual" or job.import_status != OK or job.status not in _OPEN:
            return
        # A template with providers says who works; until they are assigned, nobody does.
        if job.project.waits_for_providers and not job.providers:
            return
        job.turn += 1
        turn = job.turn
        seconds = rule.seconds if rule.action == "late" else self._world.settings.translate_seconds
        self._world.clock.after(seconds * 0.4, partial(self._accept, job, turn, rule, seconds * 0.6))

    def _accept(self, job: Job, turn: int, rule: Behaviour, left: float) -> None:
        if job.turn != turn:
            return
        if rule.action == "decline":
            self._jobs.set_status(job, "DECLINED")
            return
        self._jobs.set_status(job, "ACCEPTED")
        turn = job.turn
        self._world.clock.after(left, partial(self._end, job, turn, rule))

    def _end(self, job: Job, turn: int, rule: Behaviour) -> None:
        if job.turn != turn:
            return
        end = _ENDS.get(rule.action, "COMPLETED")
        if rule.action == "rework":
            if job.task.reworked:
                end = "COMPLETED"
            job.task.reworked = True
        self._jobs.set_status(job, end)
        if rule.action == "rework" and end == "REJECTED":
            self._again(job)

    def _again(self, job: Job) -> None:
        turn = job.turn
        seconds = self._world.settings.translate_seconds
        done = Behaviour(action="auto")
        self._world.clock.after(seconds, partial(self._end, job, turn, done))

    def changed(self, job: Job, before: str, by_api: bool) -> None:
        """A job's status changed: start the next step, or redo what was sent back."""
        if job.status == "COMPLETED" and job.level < job.project.last_level:
            # The next step waits until every part of a split job is done.
            if job.task.all_at(job.level, "COMPLETED"):
                for following in job.task.at(job.level + 1):
                    if following.status in _OPEN:
                        self.begin(following)
        elif not by_api:
            return
        elif job.status == "REJECTED" and self._behaviour(job, level=job.level).action != "manual":
            self._again(job)
        elif job.status in _OPEN and before not in _OPEN:
            self.begin(job)

    def assigned(self, job: Job) -> None:
        """A job got its providers."""
        waiting = [
            each.level
            for each in job.task.jobs
            if each.deleted is None and each.status not in ("COMPLETED", "DELIVERED")
        ]
        if waiting and min(waiting) == job.level:
            self.begin(job)

    def _behaviour(self, job: Job, *, level: int | None) -> Behaviour:
        return behaviour_of(self._world, job.project, job.task.file, job.task.lang, level)


def behaviour_of(world: World, project: Project, file: SourceFile, lang: str, level: int | None) -> Behaviour:
    """The rule that governs a file's language at a level; level null for import and export."""
    return world.behaviours.find(file=file.name, locale=lang, project=project.name, level=level)
