"""The provider at Lionbridge, played by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from wordferry.sandbox.hands import Action, Group, Line, action
from wordferry.sandbox.lionbridge.job import CANCELLED, CREATED, IN_TRANSLATION, SENDING, SENT, Job
from wordferry.sandbox.lionbridge.request import APPROVED, REJECTED, REVIEW, Request
from wordferry.sandbox.lionbridge.room import LionbridgeRoom
from wordferry.sandbox.translators import CannotTranslate, Translators, format_of

_MOST_TEXT = 512 * 1024
# status of a request -> what the provider can do to it
OFFERED: dict[str, tuple[str, ...]] = {
    CREATED: (),
    SENDING: ("fail",),
    SENT: ("start", "deliver", "break", "source", "cancel", "fail", "write"),
    IN_TRANSLATION: ("deliver", "break", "source", "cancel", "fail", "write"),
    REVIEW: ("redeliver", "break", "cancel", "write"),
    REJECTED: ("deliver", "break", "source", "cancel", "write"),
    APPROVED: ("redeliver", "break", "write"),
    CANCELLED: (),
}
TONES = {
    SENT: "calm",
    IN_TRANSLATION: "busy",
    REVIEW: "busy",
    REJECTED: "bad",
    APPROVED: "done",
    CANCELLED: "bad",
}


class LionbridgeHands:
    """What the provider does."""

    title = "Lionbridge"
    group_word = "Job"
    columns: tuple[str, ...] = ("Content", "Language", "Deliveries")
    actions = {
        entry.name: entry
        for entry in (
            Action(name="start", label="Start", help="The provider accepts the work.", many=True),
            Action(name="deliver", label="Deliver", help="The translation arrives.", many=True),
            Action(
                name="redeliver",
                label="Redeliver",
                help="It is delivered again, even after approval.",
                many=True,
            ),
            Action(name="break", label="Break", help="What arrives has lost a placeholder."),
            Action(name="source", label="Source", help="What arrives is the untranslated source."),
            Action(name="fail", label="Fail", help="The delivery fails with an error."),
            Action(name="cancel", label="Cancel", help="The provider cancels the work.", many=True),
            Action(
                name="write",
                label="Deliver this",
                help="These bytes arrive; for inline content a JSON object of its keys.",
                content=True,
            ),
        )
    }

    def __init__(self, room: LionbridgeRoom, translators: Translators) -> None:
        self._room = room
        self._translators = translators

    def groups(self) -> list[Group]:
        """All jobs."""
        return [self._group(job) for job in self._room.jobs]

    def _group(self, job: Job) -> Group:
        return Group(
            uid=job.id,
            name=job.name,
            facts=f"{job.status}, {job.archive_status}",
            counts=dict(Counter(request.status for request in job.requests.values())),
        )

    def group(self, uid: str) -> Group:
        """A job with its requests."""
        job = self._room.job_list.by_id[uid]
        found = self._group(job)
        found.lines = [self._line(request) for request in job.requests.values()]
        return found

    def _line(self, request: Request) -> Line:
        return Line(
            uid=request.id,
            cells=(request.label, request.target_language, str(request.deliveries)),
            status=request.status + (" (error)" if request.has_error else ""),
            tone="bad" if request.has_error else TONES.get(request.status, "calm"),
            actions=OFFERED.get(request.status, ()),
        )

    async def text(self, group: str, uid: str) -> str | None:
        """What was delivered last, else what the provider would deliver."""
        request = self._room.job_list.by_id[group].requests[uid]
        if request.content is not None:
            pairs: Any = request.target_fields or [(key, value) for key, value, _ in request.content.fields]
            return msgspec.json.format(msgspec.json.encode(dict(pairs)), indent=2).decode()
        delivered = request.target.content if request.target is not None else None
        source = request.file.content if request.file is not None else None
        if delivered is None and source is not None and source.size <= _MOST_TEXT:
            file_format = format_of(request.label)
            try:
                delivered = (
                    await self._translators.target(
                        source, file_format=file_format, locale=request.target_language
                    )
                    if file_format is not None
                    else source
                )
            except CannotTranslate:
                delivered = source
        try:
            return (
                delivered.read().decode() if delivered is not None and delivered.size <= _MOST_TEXT else None
            )
        except UnicodeDecodeError:
            return None

    def act(self, name: str, group: str, uid: str | None, content: bytes | None) -> None:
        """Do it."""
        action(self, name, content)
        job = self._room.job_list.by_id[group]
        if uid is not None:
            self._do(name, job, [job.requests[uid].id], content)
            return
        fitting = [request.id for request in job.requests.values() if name in OFFERED.get(request.status, ())]
        if not fitting:
            raise ValueError(f"nothing in job {job.name} can be done that to")
        self._do(name, job, fitting, content)

    def _do(self, name: str, job: Job, requests: list[str], content: bytes | None) -> None:
        room = self._room
        if name == "start":
            room.start(job.id, requests)
        elif name in ("deliver", "source"):
            room.deliver(job.id, requests, source=name == "source")
        elif name == "redeliver":
            room.redeliver(job.id, requests)
        elif name == "break":
            room.damage(job.id, requests, corruption="drop_placeholder")
        elif name == "fail":
            room.fail(job.id, requests)
        elif name == "cancel":
            room.cancel(job.id, requests)
        else:
            self._write(job, requests, content or b"")

    def _write(self, job: Job, requests: list[str], content: bytes) -> None:
        inline = job.requests[requests[0]].content is not None
        if not inline:
            self._room.deliver(job.id, requests, content=content)
            return
        try:
            fields = msgspec.json.decode(content, type=dict[str, str])
        except msgspec.DecodeError as error:
            raise ValueError(f"inline content is a JSON object of keys and texts: {error}") from error
        self._room.deliver(job.id, requests, fields=fields)
