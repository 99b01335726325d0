"""The sandbox's Phrase as a far shore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self

from wordferry.formats import format_for, pseudo_translate
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.phrase.jobs import Job
from wordferry.testing.contract.far_shore import FarShore, Shown

__all__ = ["PhraseShore"]

QUICK = SandboxSettings(
    import_seconds=0.02, translate_seconds=0.05, export_seconds=0.02, analysis_seconds=0.02
)


class PhraseShore(FarShore):
    """Implements `FarShore`.

    Args:
        settings: of the sandbox.
    """

    kind: ClassVar[str] = "phrase"
    locales: ClassVar[Mapping[str, str]] = {"de": "de", "fr": "fr"}
    calls: ClassVar[Mapping[str, str]] = {
        "open": "create_project",
        "send": "create_job",
        "look": "list_jobs",
        "export": "start_export",
        "fetch": "download_target",
        "confirm": "set_job_status",
    }

    def __init__(self, settings: SandboxSettings = QUICK) -> None:
        self.sandbox = Sandbox(settings)

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sandbox.stop()

    @property
    def connection(self) -> str:
        """Platform, TMS and a reference."""
        return (
            f'platform_url = "{self.sandbox.phrase_url}"\ntms_url = "{self.sandbox.phrase_tms_url}"\n'
            'api_token = "env:WORDFERRY_CONTRACT_TOKEN"'
        )

    @property
    def route(self) -> str:
        """A template with one workflow step."""
        return 'template = "Website"'

    @property
    def wrong_route(self) -> str:
        """A template that is none."""
        return 'template = "Nothing"'

    @property
    def environment(self) -> Mapping[str, str]:
        """The token."""
        return {"WORDFERRY_CONTRACT_TOKEN": self.sandbox.api_token}

    def _jobs(self, locale: str | None = None) -> list[Job]:
        return [job for job in self.sandbox.phrase.jobs if locale in (None, job.task.lang)]

    def shown(self) -> Sequence[Shown]:
        """Every job; the template has one step."""
        return [
            Shown(
                uid=job.uid,
                file=job.task.file.name,
                locale=job.task.lang,
                word=job.status,
                confirmed=job.status == "DELIVERED",
            )
            for job in self._jobs()
        ]

    def batches(self) -> int:
        """Projects."""
        return len(self.sandbox.phrase.projects)

    def made(self, purpose: str) -> int:
        """Calls in the log."""
        return sum(200 <= call["status"] < 300 for call in self.sandbox.calls(operation=self.calls[purpose]))

    def lose_answer(self, purpose: str, *, count: int = 1) -> None:
        """The connection ends after the work."""
        self.sandbox.faults.add("lost", operation=self.calls[purpose], count=count)

    def error_page(self, purpose: str, *, count: int = 1) -> None:
        """A gateway's page."""
        self.sandbox.faults.add("html", operation=self.calls[purpose], count=count, status=502)

    def lose_events(self) -> None:
        """Webhooks and callbacks."""
        for operation in ("webhook", "callback"):
            self.sandbox.faults.add("lost_event", operation=operation)

    def wait_for_me(self) -> None:
        """The robot waits."""
        self.sandbox.behave("manual")

    async def finish(self, locale: str, *, text: bytes | None = None) -> None:
        """A linguist completes the job."""
        for job in self._jobs(locale):
            self.sandbox.finish(job.uid, text if text is not None else self._translated(job))

    def _translated(self, job: Job) -> bytes:
        file = job.task.file
        format_ = format_for(file.name) or "plain"
        return pseudo_translate(file.content.read(), format=format_, locale=job.task.lang)

    async def break_next(self, locale: str) -> None:
        """A translation without one of its placeholders."""
        self.sandbox.behave("corrupt", locale=locale, corruption="drop_placeholder")

    async def cancel_there(self, locale: str) -> None:
        """A project manager cancels."""
        for job in self._jobs(locale):
            self.sandbox.phrase.set_status(job.uid, "CANCELLED")

    async def deliver_again(self, locale: str) -> None:
        """A project manager reopens a delivered job, a linguist completes it again."""
        for job in self._jobs(locale):
            text = self._translated(job).replace(b"Hell", b"HELL")
            self.sandbox.phrase.set_status(job.uid, "ACCEPTED")
            self.sandbox.finish(job.uid, text)

    async def fail_import(self, locale: str) -> None:
        """The import fails: it knows no language, so all of them do."""
        self.sandbox.behave("import_error", locale=locale)

    async def heal(self) -> None:
        """Without rules, everything is automatic."""
        self.sandbox.behave("auto")
