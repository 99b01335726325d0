"""Requests are added: one for each target language, in one paged answer."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid
from wordferry.sandbox.lionbridge.files import Files, FmsFile
from wordferry.sandbox.lionbridge.job import CREATED, Job
from wordferry.sandbox.lionbridge.jobs import Jobs, seen_at
from wordferry.sandbox.lionbridge.paging import Cursors, collection, first
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.request import Request, show_request
from wordferry.sandbox.lionbridge.values import json_object, metadata, name_of, query_value, strings, text
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World


class Adding:
    """The two calls that add requests, and what must be true of a request."""

    def __init__(self, world: World, jobs: Jobs, files: Files, providers: Providers) -> None:
        self._world = world
        self._jobs = jobs
        self._files = files
        self._providers = providers

    def show(self, request: Request, call: Call) -> dict[str, Any]:
        """The Request resource under the settings in force."""
        return show_request(request, as_of=seen_at(call), settings=self._jobs.settings)

    def add(self, call: Call) -> Answer:
        """`POST …/requests/add`: from a file or from inline content."""
        return self._add(call, inline=True)

    def add_file(self, call: Call) -> Answer:
        """`POST …/requests/addfile`: from a file."""
        return self._add(call, inline=False)

    def _add(self, call: Call, *, inline: bool) -> Answer:
        job = self._jobs.in_path(call)
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        name = name_of(body.get("requestName"), field="requestName", settings=settings)
        source = text(body.get("sourceNativeLanguageCode"), field="sourceNativeLanguageCode")
        if not source:
            raise invalid("is required.", field="sourceNativeLanguageCode")
        targets = strings(body.get("targetNativeLanguageCodes"), field="targetNativeLanguageCodes")
        natives = strings(body.get("targetNativeIds"), field="targetNativeIds")
        self._check_targets(job, source, targets, natives)
        words = body.get("wordCount")
        if words is not None and (not isinstance(words, int) or isinstance(words, bool) or words < 0):
            raise invalid("must be a number.", field="wordCount")
        native = text(body.get("sourceNativeId"), field="sourceNativeId")
        extended = metadata(body.get("extendedMetadata"), field="extendedMetadata") or {}
        # Older clients send `fileId` here.
        file_id = text(body.get("fmsFileId"), field="fmsFileId") or text(body.get("fileId"), field="fileId")
        content_id = text(body.get("sourcecontentId"), field="sourcecontentId") if inline else None
        if file_id and content_id:
            raise invalid(
                "at most one of fmsFileId and sourcecontentId can be given.", field="sourcecontentId"
            )
        if not file_id and not content_id:
            wanted = "fmsFileId or sourcecontentId" if inline else "fmsFileId"
            raise invalid(f"{wanted} is required.")
        file = self.usable(file_id, job, field="fmsFileId") if file_id else None
        if content_id and content_id not in job.contents:
            raise invalid(f"there is no source content '{content_id}' in this job.", field="sourcecontentId")
        self.open(job, "added")
        now = call.now
        made = []
        for at, target in enumerate(targets):
            request = Request(
                id=ids.short(self._world.ids, "request", job.id, name or "", native or "", target),
                number=self._jobs.number(),
                job=job,
                created=now,
                modified=now,
                source_language=source,
                target_language=target,
                name=name or (file.name if file is not None else None),
                source_native_id=native,
                target_native_id=natives[at] if natives else None,
                word_count=words or 0,
                file=file,
                content=job.contents[content_id] if content_id else None,
                metadata=dict(extended),
            )
            request.note(now)
            job.requests[request.id] = request
            made.append(request)
        self._jobs.touch(job)
        call.facts.update(file=made[0].label, locales=targets, requests=len(made), sourceNativeId=native)
        return answer_json(self._page_of_made(call, job, made), status=201)

    def _page_of_made(self, call: Call, job: Job, made: list[Request]) -> dict[str, Any]:
        # Following pages are read with GET from the job's requests: those made here are the newest ones.
        settings = self._jobs.settings
        shown, more = first(made, settings.page_size)
        path = call.path.rpartition("/")[0]
        batch = f"{made[0].number}-{made[-1].number}"
        cursors = Cursors(call, others={}, path=path)
        following = cursors.write((batch, shown[-1].number)) if more else None
        return collection(
            [self.show(request, call) for request in shown],
            key="requests",
            following=following,
            cursors=cursors,
            settings=settings,
        )

    def _check_targets(self, job: Job, source: str, targets: list[str], natives: list[str]) -> None:
        settings = self._jobs.settings
        field = "targetNativeLanguageCodes"
        if not targets or not all(targets):
            raise invalid("at least one language is required.", field=field)
        if len(targets) > settings.most_targets:
            raise invalid(f"at most {settings.most_targets} languages can be given.", field=field)
        if len({target.lower() for target in targets}) < len(targets):
            raise invalid("a language is given twice.", field=field)
        if natives and len(natives) != len(targets):
            raise invalid("there must be as many as target languages, or none.", field="targetNativeIds")
        for target in targets:
            self.check_pair(job, source, target)

    def check_pair(self, job: Job, source: str, target: str) -> None:
        """The job's provider, if it has one, must translate this pair.

        Raises:
            LionbridgeError: 400.
        """
        provider = self._providers.by_id.get(job.provider_id or "")
        if (
            provider is not None
            and self._jobs.settings.validate_languages
            and not provider.takes(source, target)
        ):
            raise invalid(
                f"provider '{provider.id}' does not translate from {source} to {target}.",
                field="targetNativeLanguageCodes",
            )

    def usable(self, file_id: str, job: Job, *, field: str) -> FmsFile:
        """A file of the job whose upload has ended.

        Raises:
            LionbridgeError: 400.
        """
        file = self._files.by_id.get(file_id)
        if file is None or file.job_id != job.id or file.target:
            raise invalid(f"there is no file '{file_id}' in this job.", field=field)
        if file.content is None:
            raise invalid(f"the upload of file '{file_id}' has not finished.", field=field)
        return file

    def open(self, job: Job, verb: str) -> None:
        """Requests can be changed while the job is CREATED.

        Raises:
            LionbridgeError: when it is not.
        """
        if job.status != CREATED and not self._jobs.settings.requests_after_submit:
            raise self._jobs.conflict(
                f"Requests can only be {verb} while the job is CREATED; it is {job.status}."
            )

    def rest_of_made(self, call: Call, job: Job) -> dict[str, Any] | None:
        """A further page of what one call added; None when the cursor is not of that kind."""
        cursor = query_value(call, "next")
        if cursor is None:
            return None
        cursors = Cursors(call, others={})
        try:
            batch, after = cursors.read(cursor, length=2)
            low, high = (int(part) for part in batch.split("-"))
        except (LionbridgeError, ValueError, AttributeError):
            return None
        made = [
            request
            for request in job.requests.values()
            if low <= request.number <= high and request.number > after
        ]
        settings = self._jobs.settings
        shown, more = first(made, settings.page_size)
        following = cursors.write((batch, shown[-1].number)) if more else None
        return collection(
            [self.show(request, call) for request in shown],
            key="requests",
            following=following,
            cursors=cursors,
            settings=settings,
        )
