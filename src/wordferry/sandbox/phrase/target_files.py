"""Target files: start an export, then download it once; and what hangs on a file besides."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.errors import PhraseError, invalid, job_not_ready, not_found
from wordferry.sandbox.phrase.jobs import OK, Job, Jobs
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import DOCUMENTED, JOB, REFERENCE, SPECIFICATION, TMS, param
from wordferry.sandbox.phrase.robot import behaviour_of
from wordferry.sandbox.phrase.values import callback_url, json_body
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.translators import CannotTranslate
from wordferry.sandbox.world import World


def _attachment(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


class TargetFiles:
    """Exports and downloads."""

    def __init__(self, world: World, jobs: Jobs, asyncs: AsyncRequests, notices: Notices) -> None:
        self._world = world
        self._jobs = jobs
        self._asyncs = asyncs
        self._notices = notices
        self.exports: list[AsyncRequest] = []
        # Attempts to use a download id again, by the id.
        self.spent_attempts: dict[str, int] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        own = TMS + "/{version}/projects/{{projectUid}}/jobs/{{jobUid}}"
        table = (
            *(
                ("PUT", own.format(version=version) + "/targetFile", "start_export", self.start_export, True,
                 "Download target file (async)", REFERENCE, DOCUMENTED)
                for version in ("v2", "v3")
            ),
            ("GET", own.format(version="v2") + "/downloadTargetFile/{asyncRequestId}", "download_target",
             self.download, True, "Download target file based on async request", REFERENCE,
             "single use as documented; the answer to a second or an early use is ours"),
            ("GET", JOB + "/targetFileWarnings", "target_file_warnings", self.target_file_warnings, False,
             "Get target file's warnings", SPECIFICATION, "of a damaged file, else empty: ours"),
            ("GET", JOB + "/original", "original_file", self.original_file, False,
             "Download original file", REFERENCE, DOCUMENTED),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                param("jobUid"),
                mutating=mutating,
                summary=summary,
                source=source,
                fidelity=fidelity,
            )
            for method, path, operation, handler, mutating, summary, source, fidelity in table
        ]

    def start_export(self, call: Call) -> Answer:
        """`PUT /api2/v3/projects/{projectUid}/jobs/{jobUid}/targetFile` (and v2): 202."""
        job = self._jobs.in_path(call)
        body = json_body(call, required=False)
        url = callback_url(body.get("callbackUrl"))
        call.facts.update(project=job.project.uid, job=job.uid, file=job.task.file.name, locale=job.task.lang)
        if job.import_status != OK:
            raise job_not_ready(job.uid)
        if job.task.ghost:
            raise PhraseError(
                400, "BAD_REQUEST", f"Job {job.uid} cannot be exported: its words are not paid for."
            )
        request = self._asyncs.start(
            "EXPORT_COMPLETE_FILE", job.uid, project=job.project, job=job, callback_url=url
        )
        call.facts.update(asyncRequest=request.id)
        self.exports.append(request)
        self._world.clock.after(self._world.settings.export_seconds, partial(self._finish, request, job))
        body = {
            "asyncRequest": self._asyncs.show(request),
            "reference": {"uid": job.uid, "type": "JOB"},
        }
        return answer_json(body, status=202)

    async def _finish(self, request: AsyncRequest, job: Job) -> None:
        rule = behaviour_of(self._world, job.project, job.task.file, job.task.lang, None)
        if rule.action == "export_error":
            self._fail(request, job, "The file could not be made.")
            return
        corruption = rule.corruption if rule.action == "corrupt" else None
        try:
            request.target = await self._target(job, corruption, source=rule.action == "source_text")
        except CannotTranslate as error:
            self._fail(request, job, str(error))
            return
        self._asyncs.finish(request)
        self._notices.jobs("JOB_EXPORTED", [job])

    def _fail(self, request: AsyncRequest, job: Job, reason: str) -> None:
        self._asyncs.finish(request, error_code="ExportFailed", error_text=reason)
        self._notices.unexported(job, reason)

    async def _target(self, job: Job, corruption: str | None, *, source: bool) -> Blob:
        task = job.task
        if task.target is not None:
            return task.target
        # An export is allowed at any time; what nobody has translated yet comes back in the source language.
        if source or not (task.translated or task.pretranslated):
            return task.file.content
        return await self._world.translators.target(
            task.file.content, file_format=task.file.format, locale=task.lang, corruption=corruption
        )

    def download(self, call: Call) -> Answer:
        """`GET /api2/v2/…/downloadTargetFile/{asyncRequestId}`: the id is spent as soon as this begins."""
        job = self._jobs.in_path(call)
        request = self._asyncs.get(call.params["asyncRequestId"], now=call.now)
        shape = call.query.get("format", "ORIGINAL")
        if shape not in ("ORIGINAL", "PDF"):
            raise invalid("'format' must be ORIGINAL or PDF.", field="format")
        if shape == "PDF":
            raise invalid("The file cannot be made as PDF.", field="format")
        call.facts.update(job=job.uid, asyncRequest=request.id)
        if request.job is not job or request.action != "EXPORT_COMPLETE_FILE":
            raise not_found("Target file", request.id)
        settings = self._world.settings
        if request.downloaded is not None:
            self.spent_attempts[request.id] = self.spent_attempts.get(request.id, 0) + 1
            raise _gone(settings.spent_status, f"Target file {request.id} was downloaded already.")
        if request.finished is None or request.target is None:
            raise _gone(settings.early_status, f"Target file {request.id} is not ready.")
        request.downloaded = self._world.clock.now()
        call.facts.update(file=job.task.file.name, locale=job.task.lang, sha256=request.target.sha256)
        return Answer(
            200,
            blob=request.target,
            content_type="application/octet-stream",
            headers=_attachment(job.task.file.name),
            once=request.target not in (job.task.file.content, job.task.target),
        )

    def target_file_warnings(self, call: Call) -> Answer:
        """`GET …/jobs/{jobUid}/targetFileWarnings`."""
        job = self._jobs.in_path(call)
        rule = behaviour_of(self._world, job.project, job.task.file, job.task.lang, None)
        damaged = rule.action == "corrupt" and job.task.target is None
        return answer_json({"warnings": [f"The file has a problem: {rule.corruption}."] if damaged else []})

    def original_file(self, call: Call) -> Answer:
        """`GET …/jobs/{jobUid}/original`: always octet-stream."""
        job = self._jobs.in_path(call)
        file = job.task.file
        return Answer(
            200, blob=file.content, content_type="application/octet-stream", headers=_attachment(file.name)
        )


def _gone(status: int, description: str) -> PhraseError:
    return PhraseError(status, "ResourceNotFound" if status == 404 else "BAD_REQUEST", description)
