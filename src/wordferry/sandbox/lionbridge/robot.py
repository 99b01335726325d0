"""The provider at work: what happens to a submitted job by itself, and when; and the same moves by hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import msgspec

from wordferry.sandbox.behaviour import Behaviour
from wordferry.sandbox.blob import Blob
from wordferry.sandbox.lionbridge.files import Files
from wordferry.sandbox.lionbridge.job import CANCELLED, COMPLETED, IN_TRANSLATION, SENDING, SENT, Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.moves import Moves
from wordferry.sandbox.lionbridge.providers import Providers
from wordferry.sandbox.lionbridge.request import APPROVED, REJECTED, REVIEW, Request
from wordferry.sandbox.translators import CannotTranslate, format_of
from wordferry.sandbox.world import World

# The job takes deliveries in these states.
_IMPORTS = frozenset({SENT, IN_TRANSLATION})
_WAITS = frozenset({SENT, IN_TRANSLATION})
_FINAL = frozenset({APPROVED, CANCELLED})
# Damage to a name-value list is done to its JSON; when that is no JSON any more, the last field is dropped.
_INLINE = "json"


class Robot:
    """The provider, as far as it works by itself."""

    def __init__(self, world: World, jobs: Jobs, files: Files, providers: Providers, moves: Moves) -> None:
        self._world = world
        self._jobs = jobs
        self._files = files
        self._providers = providers
        self._moves = moves
        # Deliveries that were not imported, because the job was completed, cancelled, archived or gone.
        self.not_imported = 0

    # By itself

    def submitted(self, job: Job) -> None:
        """A job is on its way to the provider."""
        self._world.clock.after(self._jobs.settings.send_seconds, partial(self._sent, job, job.turn))

    def _sent(self, job: Job, turn: int) -> None:
        if job.turn != turn:
            return
        requests = list(job.requests.values())
        if any(self._rule(request).action == "import_error" for request in requests):
            self.fail_sending(job, "The job could not be delivered to the provider.")
            return
        self.arrive(job)

    def arrive(self, job: Job) -> None:
        """The job has reached the provider."""
        requests = [request for request in job.requests.values() if request.status == SENDING]
        self._moves.requests(requests, SENT)
        self._moves.job(job, SENT)
        by_itself = [request for request in requests if self._rule(request).action != "manual"]
        # A quote is approved by a person in the provider's own system.
        if job.should_quote or (requests and not by_itself):
            return
        self._world.clock.after(self._jobs.settings.accept_seconds, partial(self._accept, job, job.turn))

    def _accept(self, job: Job, turn: int) -> None:
        if job.turn != turn:
            return
        requests = [request for request in job.requests.values() if request.status == SENT]
        declined = [request for request in requests if self._rule(request).action == "decline"]
        taken = [request for request in requests if self._rule(request).action not in ("decline", "manual")]
        if declined and len(declined) == len(job.requests):
            self.cancel(job, declined)
            return
        self._moves.job(job, IN_TRANSLATION)
        if declined:
            self.cancel(job, declined)
        self.begin(job, taken)

    def begin(self, job: Job, requests: list[Request]) -> None:
        """Requests are taken up and will be delivered when their time has come."""
        self._moves.requests(requests, IN_TRANSLATION)
        groups: dict[float, list[Request]] = {}
        for request in requests:
            rule = self._rule(request)
            if rule.action != "manual":
                seconds = rule.seconds if rule.action == "late" else self._jobs.settings.translate_seconds
                groups.setdefault(seconds, []).append(request)
        for seconds, group in groups.items():
            self._plan(job, group, seconds)

    def _plan(self, job: Job, requests: list[Request], seconds: float) -> None:
        turns = [(request, request.turn) for request in requests]
        self._world.clock.after(seconds, partial(self._finish, job, turns))

    async def _finish(self, job: Job, turns: list[tuple[Request, int]]) -> None:
        due = [request for request, turn in turns if request.turn == turn]
        by_action: dict[str, list[Request]] = {}
        for request in due:
            by_action.setdefault(self._rule(request).action, []).append(request)
        if cancelled := by_action.pop("cancel", []):
            self.cancel(job, cancelled)
        if refused := by_action.pop("reject", []):
            self._moves.requests_failed(refused, "The provider cannot translate this content.")
        if failed := by_action.pop("export_error", []):
            self._moves.requests_failed(failed, "The translation could not be delivered.")
        by_action.pop("manual", None)
        # A large file leaves the loop while it is translated: whatever changed meanwhile wins.
        planned = {id(request): turn for request, turn in turns}
        ready = [request for group in by_action.values() for request in group]
        await self._deliver(job, ready, planned)
        again: dict[float, list[Request]] = {}
        for request in by_action.get("redeliver", []):
            again.setdefault(self._rule(request).seconds, []).append(request)
        for seconds, group in again.items():
            self._world.clock.after(seconds, partial(self._deliver_again, job, group))

    async def _deliver_again(self, job: Job, requests: list[Request]) -> None:
        await self._deliver(job, [request for request in requests if request.status != CANCELLED], None)

    async def _deliver(self, job: Job, requests: list[Request], planned: dict[int, int] | None) -> None:
        done: list[Request] = []
        for request in requests:
            rule = self._rule(request)
            corruption = rule.corruption if rule.action in ("corrupt", "rework") else None
            source = rule.action == "source_text" or (rule.action == "rework" and corruption is None)
            if rule.action == "rework" and request.reworked:
                corruption, source = None, False
            request.reworked = True
            try:
                made = await self._translated(request, corruption=corruption, source=source)
            except CannotTranslate as error:
                self._moves.requests_failed([request], str(error))
                continue
            expected = planned is None or planned.get(id(request)) == request.turn
            if expected and self._store(request, made):
                done.append(request)
        self._moves.requests(done, REVIEW)

    async def _translated(
        self, request: Request, *, corruption: str | None = None, source: bool = False
    ) -> Blob | list[tuple[str, str]]:
        translators = self._world.translators
        locale = request.target_language
        if request.content is not None:
            fields = [(key, value) for key, value, _ in request.content.fields]
            if source:
                return fields
            numbered = msgspec.json.encode({str(at): value for at, (_, value) in enumerate(fields)})
            blob = await translators.target(
                Blob.of(numbered), file_format=_INLINE, locale=locale, corruption=corruption
            )
            return _fields(fields, blob.read())
        content = request.file.content if request.file is not None else None
        if content is None:
            raise CannotTranslate("The source file is gone.")
        kind = format_of(request.label)
        if source or kind is None:
            return content
        return await translators.target(content, file_format=kind, locale=locale, corruption=corruption)

    def _store(self, request: Request, made: Blob | list[tuple[str, str]]) -> bool:
        """Take a delivery in; a job that is over imports nothing."""
        job = request.job
        alive = self._jobs.by_id.get(job.id) is job and job.requests.get(request.id) is request
        if not alive or job.archived or job.status not in _IMPORTS or request.status == CANCELLED:
            self.not_imported += 1
            return False
        if isinstance(made, Blob):
            source = request.file
            request.target = self._files.add(
                source.name if source is not None else request.label,
                job_id=job.id,
                content=made,
                content_type=source.content_type if source is not None else None,
                target=True,
            )
        else:
            request.target_fields = made
        request.deliveries += 1
        request.fetched = 0
        return True

    def rejected(self, job: Job, requests: list[Request]) -> None:
        """The client rejected these: the provider works on them again, if it does such a thing."""
        provider = self._providers.by_id.get(job.provider_id or "")
        if provider is not None and not provider.rejection:
            return
        again = [request for request in requests if self._rule(request).action not in ("manual", "reject")]
        if again:
            self._plan(job, again, self._jobs.settings.translate_seconds)

    # By hand

    def start(self, job: Job, requests: list[Request] | None = None) -> None:
        """The provider accepts the job and starts these requests; nothing more happens by itself.

        Raises:
            ValueError: when the job is not at the provider.
        """
        if job.status not in _WAITS:
            raise ValueError(f"job {job.id} is {job.status}: nothing can be started")
        if job.status == SENT:
            self._moves.job(job, IN_TRANSLATION)
        self._moves.requests(_in(requests or job.requests.values(), (SENT,)), IN_TRANSLATION)

    def deliver(
        self,
        job: Job,
        requests: list[Request] | None = None,
        *,
        content: bytes | None = None,
        fields: dict[str, str] | None = None,
        corruption: str | None = None,
        source: bool = False,
    ) -> None:
        """The provider delivers, for the first time or again, whatever the client has done meanwhile.

        Args:
            job: the job.
            requests: which ones; by default those that wait for a delivery.
            content: the file, byte for byte; None translates.
            fields: for inline content: the translations by key; None translates.
            corruption: damage the translation in this way.
            source: deliver the untranslated source.

        Raises:
            ValueError: when the job is not at the provider, or the content does not fit the request.
        """
        if job.status not in (*_WAITS, COMPLETED):
            raise ValueError(f"job {job.id} is {job.status}: nothing can be delivered")
        if job.status == SENT:
            self.start(job, requests)
        chosen = requests or _in(job.requests.values(), (SENT, IN_TRANSLATION, REJECTED))
        if any((request.content is None) if fields is not None else False for request in chosen) or any(
            (request.content is not None) if content is not None else False for request in chosen
        ):
            raise ValueError("a request with a file takes content, one with inline content takes fields")
        if content is None and fields is None:
            self._world.clock.after(0.0, partial(self._deliver_by_hand, job, chosen, corruption, source))
            return
        done = []
        for request in chosen:
            made = Blob.of(content) if content is not None else _by_key(request, fields or {})
            if self._store(request, made):
                done.append(request)
        self._moves.requests(done, REVIEW)

    async def _deliver_by_hand(
        self, job: Job, requests: list[Request], corruption: str | None, source: bool
    ) -> None:
        done = []
        for request in requests:
            try:
                made = await self._translated(request, corruption=corruption, source=source)
            except CannotTranslate as error:
                self._moves.requests_failed([request], str(error))
                continue
            if self._store(request, made):
                done.append(request)
        self._moves.requests(done, REVIEW)

    def cancel(self, job: Job, requests: list[Request] | None = None) -> None:
        """The provider cancels requests; with all of them, or when none are named, the job is cancelled.

        Raises:
            ValueError: when the job is not at the provider.
        """
        if job.status not in _WAITS:
            raise ValueError(f"job {job.id} is {job.status}: it cannot be cancelled")
        chosen = list(job.requests.values()) if requests is None else requests
        self._moves.requests([request for request in chosen if request.status not in _FINAL], CANCELLED)
        whole = requests is None or all(request.status == CANCELLED for request in job.requests.values())
        if whole:
            self._moves.job(job, CANCELLED)

    def fail_sending(self, job: Job, message: str) -> None:
        """The job does not reach the provider: it stays SENDING, with an error."""
        if job.status != SENDING:
            raise ValueError(f"job {job.id} is {job.status}, not {SENDING}")
        job.turn += 1
        self._moves.job_failed(job, message)

    def fail(self, job: Job, requests: list[Request] | None, message: str) -> None:
        """The delivery of translations fails: their status stays, with an error."""
        chosen = requests or _in(job.requests.values(), (SENT, IN_TRANSLATION, REJECTED))
        for request in chosen:
            request.turn += 1
        self._moves.requests_failed(chosen, message)

    def _rule(self, request: Request) -> Behaviour:
        return self._world.behaviours.find(
            file=request.label, locale=request.target_language, project=request.job.name, level=None
        )


def _in(requests: Iterable[Request], statuses: tuple[str, ...]) -> list[Request]:
    return [request for request in requests if request.status in statuses]


def _by_key(request: Request, fields: dict[str, str]) -> list[tuple[str, str]]:
    keys = [key for key, _, _ in request.content.fields] if request.content is not None else []
    return [(key, fields[key]) for key in keys if key in fields] + [
        (key, value) for key, value in fields.items() if key not in keys
    ]


def _fields(source: list[tuple[str, str]], translated: bytes) -> list[tuple[str, str]]:
    try:
        values = msgspec.json.decode(translated, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return source[:-1]
    names = {str(at): key for at, (key, _) in enumerate(source)}
    return [(names.get(number, number), value) for number, value in values.items()]
