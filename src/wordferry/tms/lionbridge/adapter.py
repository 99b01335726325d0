"""The Lionbridge Content API as a `TMS`: our nouns to the client's calls and back. Vendor words end here."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from wordferry.errors import NeedsOperator, Vanished
from wordferry.model.content import Source
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.capabilities import Capabilities
from wordferry.ports.effect import Effect, Unknown
from wordferry.ports.listing import Sighting
from wordferry.ports.tms import (
    Accepted,
    Closing,
    Confirmed,
    Diagnosis,
    Download,
    Export,
    PackedPreview,
    Parcel,
    Prepared,
    Preview,
    RemoteBatch,
    Rolling,
    Updated,
)
from wordferry.tms.lionbridge import (
    closing,
    doctor,
    doubles,
    fetching,
    handing_over,
    listing,
    ordering,
    provider,
    sending,
    updating,
)
from wordferry.tms.lionbridge.api.providers import Provider
from wordferry.tms.lionbridge.client import LionbridgeClient
from wordferry.tms.lionbridge.config import Connection, RouteSettings
from wordferry.tms.lionbridge.states import SETTLED, TROUBLE, judge
from wordferry.tms.lionbridge.units import MEGABYTE, unit_of

__all__ = ["CAPABILITIES", "LionbridgeTMS"]

CAPABILITIES = Capabilities(
    cancel=False,
    rework=True,
    closing=True,
    max_file_size=1024 * MEGABYTE,
    updates=updating.MOST,
    refreshes=True,
    grows=False,
    max_preview_size=0,
)


class LionbridgeTMS:
    """Implements `ports.tms.TMS`.

    Args:
        name: the connection's name.
        client: the typed client; closed with this object.
        settings: the connection's table.
        folder: where relative paths of a route start.
        installation: this installation's id.
    """

    capabilities = CAPABILITIES

    def __init__(
        self, name: str, client: LionbridgeClient, settings: Connection, *, folder: Path, installation: str
    ) -> None:
        self.name = name
        self.client = client
        self.settings = settings
        self.folder = folder
        self.installation = installation
        self._providers: dict[str, Provider] = {}

    async def close(self) -> None:
        """Close the client's connections."""
        await self.client.close()

    @property
    def connector(self) -> str:
        """The name of this connector on jobs: the installation's id in front, as the vendor's guidelines ask."""
        return f"{self.installation} {self.settings.connector_name}".strip()

    # -- submission -------------------------------------------------------------------------------------------

    def open_batch(self, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
        """Create a job."""
        return sending.open_batch(self, batch, locales=locales)

    def preview(
        self,
        batch: Batch,
        remote: RemoteBatch,
        source: Source,
        pack: Callable[[], Awaitable[PackedPreview]],
    ) -> Effect[Preview] | None:
        """Nothing: Lionbridge takes no preview packages; a page can be named in the route's `metadata`."""
        return None

    def submit(self, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
        """Add the requests of one item: all its languages in one call."""
        return sending.submit(self, batch, remote, parcel)

    def rolling(self, settings: Mapping[str, Any]) -> Rolling | None:
        """Never: a job takes nothing more once it was handed over."""
        return None

    def updatable(self, translations: Sequence[Translation], *, levels: int) -> Sequence[Translation]:
        """Those whose requests were not handed over yet."""
        return [one for one in translations if updating.takes_source(one.units)]

    def update_source(
        self, batch: Batch, remote: RemoteBatch, parcel: Parcel, translations: Sequence[Translation]
    ) -> Effect[Updated]:
        """Put a newer file or newer texts under requests."""
        return updating.update_source(self, remote, parcel, translations)

    async def source_revision(self, remote: RemoteBatch, translation: Translation) -> str | None:
        """Hash of the file that the request has now."""
        return await updating.source_revision(self, remote, translation)

    def preparations(
        self,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        done: Mapping[str, Prepared],
    ) -> Sequence[Effect[Prepared]]:
        """References, memories, and the submission itself."""
        return handing_over.steps(self, batch, remote, translations, done)

    # -- monitoring -------------------------------------------------------------------------------------------

    async def observe(self, remote: RemoteBatch) -> AsyncIterator[tuple[str, Unit]]:
        """All requests of the job. While some are on their way to the provider, the job itself is read, too."""
        wanted = tuple(remote.facts.get("locales", ()))
        seen = [
            (request.request_name or request.file_name or "", unit_of(request, wanted=wanted))
            async for request in self.client.requests.list(remote.id)
        ]
        trouble: str | None = None
        if any(unit.word == "SENDING" for _, unit in seen):
            # The error of a delivery to the provider stands at the job, not at its requests.
            job = await self.client.jobs.get(remote.id)
            if job.has_error:
                trouble = job.latest_error_message or "the job did not reach the provider"
        for name, unit in seen:
            if trouble is not None and unit.word in TROUBLE:
                yield name, msgspec.structs.replace(unit, imported="error", detail=trouble)
            else:
                yield name, unit

    def judge(self, units: Sequence[Unit], *, levels: int) -> State | None:
        """See `states.judge`."""
        return judge(units)

    # -- delivery ---------------------------------------------------------------------------------------------

    def export(self, remote: RemoteBatch, translation: Translation) -> Effect[Export] | Export:
        """Nothing to ask for: a delivered translation is ready."""
        return fetching.ticket(translation)

    async def exports_running(self, tickets: Sequence[str]) -> Sequence[str]:
        """None, ever."""
        return ()

    def download(
        self, remote: RemoteBatch, translation: Translation, ticket: str, *, source: Path, to: Path
    ) -> Effect[Download]:
        """Fetch the file, or its texts, as often as needed."""
        return fetching.download(self, remote, translation, ticket, source=source, to=to)

    def confirm(self, remote: RemoteBatch, translation: Translation, *, delivered: str) -> Effect[Confirmed]:
        """Approve the request."""
        return fetching.confirm(self, remote, translation, delivered=delivered)

    def reject(
        self, remote: RemoteBatch, translation: Translation, findings: Sequence[str]
    ) -> Effect[Confirmed] | None:
        """Reject the request with a note."""
        return fetching.reject(self, remote, translation, findings)

    def closing(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation], *, quiet: float
    ) -> Closing:
        """Drain, complete, archive."""
        return closing.closing(self, batch, remote, translations, quiet=quiet)

    async def doubles(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation]
    ) -> Sequence[Effect[Confirmed]]:
        """Second jobs with our label or name that were never handed over."""
        return await doubles.find(self, batch, remote)

    def remote_batches(self, routes: Sequence[str], *, hours: int | None = None) -> AsyncIterator[Sighting]:
        """Jobs of this installation; its lists are not asked by age."""
        return listing.remote_batches(self)

    def cancel(self, remote: RemoteBatch, translation: Translation) -> Effect[Confirmed]:
        """Refused: see `capabilities`."""
        return fetching.no_cancel(translation)

    # -- looking ----------------------------------------------------------------------------------------------

    async def status(self, remote: RemoteBatch, translation: Translation) -> Sequence[Unit]:
        """The translation's request, read by itself."""
        return [
            unit_of(await self.client.requests.get(remote.id, unit.uid), wanted=(unit.locale,))
            for unit in translation.units
        ]

    def confirmed(self, units: Sequence[Unit], *, levels: int) -> bool:
        """Whether the request is approved, or needs no approval."""
        return bool(units) and all(unit.word in SETTLED for unit in units)

    def order(self, settings: Mapping[str, Any], *, at: float) -> Sequence[tuple[str, str]]:
        """Provider, dates, references: see `ordering`."""
        return ordering.order(msgspec.convert(dict(settings), RouteSettings), at=at)

    def expected_calls(self, *, items: int, translations: int, settings: Mapping[str, Any]) -> int:
        """Token, provider, job; upload in two calls and requests per item; a last look and the submission; a look per
        fifty requests; for each translation the fetch in two calls and the approval.
        """
        route = msgspec.convert(dict(settings), RouteSettings)
        files = len(route.reference) + len(route.memory) + (route.glossary is not None)
        upload = 2 if route.content == "fields" else 3
        fetch = 2 if route.content == "fields" else 3
        look = math.ceil(translations / 50)
        return 3 + upload * items + 3 * files + look + 1 + look + fetch * translations

    def check(self, settings: Mapping[str, Any], locales: Mapping[str, str]) -> AsyncIterator[Diagnosis]:
        """Credentials, provider, language pairs, listeners, quota, each with its cure."""
        return doctor.check(self, msgspec.convert(dict(settings), RouteSettings), locales)

    async def provider(self, id_: str) -> Provider:
        """What is known of a provider; asked for once.

        Raises:
            NeedsOperator: there is none, or it was deleted.
        """
        if id_ not in self._providers:
            try:
                found = await self.client.providers.get(id_)
            except Vanished as error:
                raise NeedsOperator(
                    "Lionbridge has no provider with this id.",
                    object=f"provider {id_!r}",
                    next="Correct `provider` of the route (`wordferry doctor` lists them), then `wordferry retry`.",
                ) from error
            provider.check(found, id_)
            self._providers[id_] = found
        return self._providers[id_]

    def effect(
        self,
        kind: str,
        name: str,
        result: type[Any],
        unknown: Unknown,
        perform: Any,
        look_up: Any = None,
        *,
        label: str,
        size: int = 0,
        facts: dict[str, Any] | None = None,
    ) -> Effect[Any]:
        """An effect with this connection's timeouts; `size` bytes give it a second per megabyte more."""
        return Effect(
            kind=kind,
            key=name,
            result=result,
            unknown=unknown,
            perform=perform,
            look_up=look_up,
            timeout=self.settings.timeout + size / MEGABYTE,
            settle=self.settings.settle,
            label=label,
            facts=facts or {},
        )
