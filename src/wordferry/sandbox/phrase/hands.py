"""Project managers and linguists of Phrase, played by hand."""

from __future__ import annotations

from collections import Counter

from wordferry.sandbox.blob import Blob
from wordferry.sandbox.hands import Action, Group, Line, action
from wordferry.sandbox.phrase.jobs import OK, Job
from wordferry.sandbox.phrase.projects import Project
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.translators import CannotTranslate, Translators

_MOST_TEXT = 512 * 1024
# action -> (the status it sets, the statuses it is offered in)
MOVES: dict[str, tuple[str, frozenset[str]]] = {
    "accept": ("ACCEPTED", frozenset({"NEW", "EMAILED"})),
    "decline": ("DECLINED", frozenset({"NEW", "EMAILED", "ACCEPTED"})),
    "complete": ("COMPLETED", frozenset({"NEW", "EMAILED", "ACCEPTED", "REJECTED"})),
    "reject": ("REJECTED", frozenset({"ACCEPTED", "COMPLETED", "DELIVERED"})),
    "deliver": ("DELIVERED", frozenset({"COMPLETED"})),
    "reopen": ("ACCEPTED", frozenset({"DECLINED", "COMPLETED", "DELIVERED", "CANCELLED"})),
    "cancel": ("CANCELLED", frozenset({"NEW", "EMAILED", "ACCEPTED", "REJECTED", "DECLINED", "COMPLETED"})),
}
TONES = {
    "NEW": "calm",
    "EMAILED": "calm",
    "ACCEPTED": "busy",
    "DECLINED": "bad",
    "REJECTED": "bad",
    "COMPLETED": "busy",
    "DELIVERED": "done",
    "CANCELLED": "bad",
}


class PhraseHands:
    """What people do at Phrase."""

    title = "Phrase TMS"
    group_word = "Project"
    columns: tuple[str, ...] = ("File", "Language", "Step", "Import")
    actions = {
        entry.name: entry
        for entry in (
            Action(name="accept", label="Accept", help="The linguist takes the job.", many=True),
            Action(name="decline", label="Decline", help="The linguist says no."),
            Action(name="complete", label="Complete", help="The linguist is done.", many=True),
            Action(name="reject", label="Reject", help="The project manager sends it back."),
            Action(name="deliver", label="Deliver", help="The project manager takes it as delivered."),
            Action(name="reopen", label="Reopen", help="It is worked on once more."),
            Action(name="cancel", label="Cancel", help="The job is off.", many=True),
            Action(
                name="write",
                label="Complete with this",
                help="The job and the steps before it are done, and exports give these bytes.",
                content=True,
            ),
        )
    }

    def __init__(self, room: PhraseRoom, translators: Translators) -> None:
        self._room = room
        self._translators = translators

    def groups(self) -> list[Group]:
        """All projects."""
        return [self._group(project) for project in self._room.projects]

    def _jobs(self, project: Project) -> list[Job]:
        return [job for job in project.jobs.values() if job.deleted is None]

    def _group(self, project: Project) -> Group:
        return Group(
            uid=project.uid,
            name=project.name,
            facts=project.status,
            counts=dict(Counter(job.status for job in self._jobs(project))),
        )

    def group(self, uid: str) -> Group:
        """A project with its jobs."""
        project = self._room.project_list.by_uid[uid]
        found = self._group(project)
        found.lines = [self._line(job) for job in self._jobs(project)]
        return found

    def _line(self, job: Job) -> Line:
        offered = [name for name, (_, froms) in MOVES.items() if job.status in froms]
        if job.status != "CANCELLED":
            offered.append("write")
        return Line(
            uid=job.uid,
            cells=(job.task.file.name, job.task.lang, str(job.level), job.import_status),
            status=job.status,
            tone=TONES.get(job.status, "calm"),
            actions=tuple(offered) if job.import_status == OK else (),
        )

    def _job(self, group: str, uid: str) -> Job:
        job = self._room.project_list.by_uid[group].jobs[uid]
        if job.deleted is not None:
            raise KeyError(f"job {uid}")
        return job

    async def text(self, group: str, uid: str) -> str | None:
        """What an export would give when the job is completed."""
        task = self._job(group, uid).task
        found = task.target
        if found is None:
            if task.file.content.size > _MOST_TEXT:
                return None
            try:
                found = await self._translators.target(
                    task.file.content, file_format=task.file.format, locale=task.lang
                )
            except CannotTranslate:
                found = task.file.content
        try:
            return found.read().decode("utf-8") if found.size <= _MOST_TEXT else None
        except UnicodeDecodeError:
            return None

    def act(self, name: str, group: str, uid: str | None, content: bytes | None) -> None:
        """Do it."""
        action(self, name, content)
        if uid is not None:
            self._do(name, self._job(group, uid), content)
            return
        for job in self._jobs(self._room.project_list.by_uid[group]):
            if name in self._line(job).actions:
                self._do(name, job, content)

    def _do(self, name: str, job: Job, content: bytes | None) -> None:
        if job.import_status != OK:
            raise ValueError(f"job {job.uid} cannot be worked on: its import is {job.import_status}")
        if name == "write":
            self._room.finish(job.uid, Blob.of(content or b""))
        else:
            self._room.set_status(job.uid, MOVES[name][0])
