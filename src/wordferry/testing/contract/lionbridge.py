"""The sandbox's Lionbridge as a far shore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self

from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge.request import Request
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.testing.contract.far_shore import FarShore, Shown

__all__ = ["LionbridgeShore"]

QUICK = SandboxSettings(
    lionbridge=LionbridgeSettings(
        send_seconds=0.02,
        accept_seconds=0.02,
        translate_seconds=0.05,
        archive_seconds=0.02,
        allow_http_listeners=True,
    )
)


class LionbridgeShore(FarShore):
    """Implements `FarShore`.

    Args:
        settings: of the sandbox.
    """

    kind: ClassVar[str] = "lionbridge"
    locales: ClassVar[Mapping[str, str]] = {"de": "de-DE", "fr": "fr-FR"}
    calls: ClassVar[Mapping[str, str]] = {
        "open": "lionbridge.create_job",
        "send": "lionbridge.add_requests",
        "hand over": "lionbridge.submit_job",
        "look": "lionbridge.list_requests",
        "fetch": "lionbridge.retrieve_file",
        "confirm": "lionbridge.approve_requests",
        "reject": "lionbridge.reject_requests",
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
        """Login, base and references."""
        return (
            f'login_url = "{self.sandbox.lionbridge_login_url}"\nbase_url = "{self.sandbox.lionbridge_url}"\n'
            'client_id = "env:WORDFERRY_CONTRACT_ID"\nclient_secret = "env:WORDFERRY_CONTRACT_SECRET"'
        )

    @property
    def route(self) -> str:
        """The provider that can do everything."""
        return f'provider = "{self.sandbox.lionbridge.providers.main.id}"'

    @property
    def wrong_route(self) -> str:
        """A provider that is none."""
        return 'provider = "nobody"'

    @property
    def narrow_route(self) -> str:
        """The provider that says which pairs it takes."""
        providers = self.sandbox.lionbridge.providers.by_id.values()
        return f'provider = "{next(one.id for one in providers if one.languages)}"'

    @property
    def closing_route(self) -> str:
        """No quiet time."""
        return f"{self.route}\ncomplete_after = 0\narchive_after = 0"

    @property
    def environment(self) -> Mapping[str, str]:
        """Id and secret."""
        return {
            "WORDFERRY_CONTRACT_ID": self.sandbox.lionbridge_client_id,
            "WORDFERRY_CONTRACT_SECRET": self.sandbox.lionbridge_client_secret,
        }

    def _requests(self, locale: str | None = None) -> list[Request]:
        return [
            request
            for job in self.sandbox.lionbridge.jobs
            for request in job.requests.values()
            if locale in (None, request.target_language)
        ]

    def shown(self) -> Sequence[Shown]:
        """Every request."""
        return [
            Shown(
                uid=one.id,
                file=one.label,
                locale=one.target_language,
                word=one.status,
                confirmed=one.status == "TRANSLATION_APPROVED",
                note=one.reject_note or "",
            )
            for one in self._requests()
        ]

    def batches(self) -> int:
        """Jobs."""
        return len(self.sandbox.lionbridge.jobs)

    def closed(self) -> int:
        """Completed and archived."""
        return sum(job.status == "COMPLETED" and job.archived for job in self.sandbox.lionbridge.jobs)

    def made(self, purpose: str) -> int:
        """Calls in the log."""
        return sum(200 <= call["status"] < 400 for call in self.sandbox.calls(operation=self.calls[purpose]))

    def lose_answer(self, purpose: str, *, count: int = 1) -> None:
        """The connection ends after the work."""
        self.sandbox.faults.add("lost", operation=self.calls[purpose], count=count)

    def error_page(self, purpose: str, *, count: int = 1) -> None:
        """A gateway's page."""
        self.sandbox.faults.add("html", operation=self.calls[purpose], count=count, status=502)

    def lose_events(self) -> None:
        """Listener calls and status updates: the calls are lost, the list answers with pages of a gateway."""
        self.sandbox.faults.add("lost_event", operation="listener")
        self.sandbox.faults.add("html", operation="lionbridge.list_updates", status=502)

    def wait_for_me(self) -> None:
        """The robot waits."""
        self.sandbox.behave("manual")

    async def finish(self, locale: str, *, text: bytes | None = None) -> None:
        """The provider delivers."""
        for one in self._requests(locale):
            if one.status not in ("TRANSLATION_APPROVED", "CANCELLED"):
                self.sandbox.lionbridge.deliver(one.job.id, [one.id], content=text)
        await self.sandbox.advance(0.1)

    async def break_next(self, locale: str) -> None:
        """A translation without its placeholders, mended when it comes back."""
        self.sandbox.behave("rework", locale=locale, corruption="drop_placeholder")

    async def cancel_there(self, locale: str) -> None:
        """The provider cancels."""
        for one in self._requests(locale):
            self.sandbox.lionbridge.cancel(one.job.id, [one.id])

    async def deliver_again(self, locale: str) -> None:
        """A late delivery after the approval."""
        for one in self._requests(locale):
            blob = one.target.content if one.target is not None else None
            data = blob.read() if blob is not None else b""
            self.sandbox.lionbridge.redeliver(one.job.id, [one.id], content=data.replace(b"Hell", b"HELL"))

    async def fail_import(self, locale: str) -> None:
        """The provider cannot translate the content."""
        self.sandbox.behave("reject", locale=locale)

    async def heal(self) -> None:
        """Without rules, everything is automatic."""
        self.sandbox.behave("auto")
