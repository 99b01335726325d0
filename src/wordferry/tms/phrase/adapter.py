"""Phrase TMS as a `TMS`: our nouns to the client's calls and back. Vendor words end here."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from wordferry.errors import NeedsOperator, WordferryError
from wordferry.model.content import Source
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.capabilities import Capabilities
from wordferry.ports.effect import Effect, Unknown
from wordferry.ports.listing import Sighting
from wordferry.ports.registry import unreachable
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
from wordferry.tms.phrase import (
    doctor,
    doubles,
    fetching,
    listing,
    preparation,
    previewing,
    reassigning,
    sending,
    updating,
)
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection, RouteSettings
from wordferry.tms.phrase.states import DELIVERED, judge
from wordferry.tms.phrase.units import MEGABYTE, unit_of

__all__ = ["CAPABILITIES", "PhraseTMS"]

CAPABILITIES = Capabilities(
    cancel=True,
    max_file_size=1024 * MEGABYTE,
    updates=updating.MOST,
    grows=True,
    refreshes=True,
    templates=True,
)


class PhraseTMS:
    """Implements `ports.tms.TMS`.

    Args:
        name: the connection's name.
        client: the typed client; closed with this object.
        settings: the connection's table.
        callback: see `Surroundings.callback`.
    """

    capabilities = CAPABILITIES

    def __init__(
        self,
        name: str,
        client: PhraseClient,
        settings: Connection,
        callback: Callable[[str, str], str | None] = unreachable,
    ) -> None:
        self.name = name
        self._callback = callback
        self.client = client
        self.settings = settings
        self._templates: dict[str, str] = {}

    async def close(self) -> None:
        """Close the client's connections."""
        await self.client.close()

    def callback(self, ours: str) -> str | None:
        """Where Phrase may report the end of asynchronous work for our translation or batch of that id."""
        return self._callback(self.name, ours)

    # -- submission -------------------------------------------------------------------------------------------

    def open_batch(self, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
        """Create a project from the route's template."""
        return sending.open_batch(self, batch, locales=locales)

    def preview(
        self,
        batch: Batch,
        remote: RemoteBatch,
        source: Source,
        pack: Callable[[], Awaitable[PackedPreview]],
    ) -> Effect[Preview] | None:
        """Upload a preview package to the project."""
        return previewing.preview(self, batch, remote, source, pack)

    def submit(self, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
        """Create the jobs of one file: all its languages and workflow levels in one call."""
        return sending.submit(self, batch, remote, parcel)

    def rolling(self, settings: Mapping[str, Any]) -> Rolling | None:
        """The limits of the route's rolling project, if it wants one."""
        route = msgspec.convert(dict(settings), RouteSettings)
        if route.project != "rolling":
            return None
        return Rolling(jobs=route.rolling_jobs, seconds=route.rolling_days * 86400.0)

    def updatable(self, translations: Sequence[Translation], *, levels: int) -> Sequence[Translation]:
        """Those whose jobs are imported, not split, and in no step final."""
        return [one for one in translations if updating.takes_source(one.units)]

    def update_source(
        self, batch: Batch, remote: RemoteBatch, parcel: Parcel, translations: Sequence[Translation]
    ) -> Effect[Updated]:
        """Replace the source of the first level's jobs in one call."""
        return updating.update_source(self, batch, remote, parcel, translations)

    async def source_revision(self, remote: RemoteBatch, translation: Translation) -> str | None:
        """Hash of the original file of the last level's job."""
        return await updating.source_revision(self, remote, translation)

    def preparations(
        self,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        done: Mapping[str, Prepared],
    ) -> Sequence[Effect[Prepared]]:
        """Assign, analyse, notify: whatever the route asks for and is not done yet."""
        return preparation.steps(self, batch, remote, translations, done)

    def reassign(
        self, batch: Batch, remote: RemoteBatch, translation: Translation, *, attempt: int
    ) -> Effect[Prepared] | None:
        """Offer declined jobs to the template's providers once more, when the route says so."""
        return reassigning.reassign(self, batch, remote, translation, attempt=attempt)

    # -- monitoring -------------------------------------------------------------------------------------------

    async def observe(self, remote: RemoteBatch) -> AsyncIterator[tuple[str, Unit]]:
        """All jobs of the project, level by level: one list call per fifty jobs and level."""
        async for job in self.client.jobs.all_levels(remote.id, last_level=remote.levels):
            yield job.filename or "", unit_of(job)

    def judge(self, units: Sequence[Unit], *, levels: int) -> State | None:
        """See `states.judge`."""
        return judge(units, levels=levels)

    # -- delivery ---------------------------------------------------------------------------------------------

    def export(self, remote: RemoteBatch, translation: Translation) -> Effect[Export]:
        """Start the export of the last level's job."""
        return fetching.export(self, remote, translation)

    async def exports_running(self, tickets: Sequence[str]) -> Sequence[str]:
        """Which exports are still being worked on."""
        return await fetching.exports_running(self, tickets)

    def download(
        self, remote: RemoteBatch, translation: Translation, ticket: str, *, source: Path, to: Path
    ) -> Effect[Download]:
        """Fetch the exported file, once; it arrives whole, so its source is not needed."""
        return fetching.download(self, remote, translation, ticket, to=to)

    def confirm(self, remote: RemoteBatch, translation: Translation, *, delivered: str) -> Effect[Confirmed]:
        """Set the last level's job to `DELIVERED`."""
        return fetching.confirm(self, remote, translation, delivered=delivered)

    def reject(
        self, remote: RemoteBatch, translation: Translation, findings: Sequence[str]
    ) -> Effect[Confirmed] | None:
        """Nothing goes back: a job's status carries no note, so a person tells the linguist what is wrong."""
        return None

    def closing(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation], *, quiet: float
    ) -> Closing:
        """A project needs no closing: its jobs are delivered one by one."""
        return Closing()

    async def doubles(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation]
    ) -> Sequence[Effect[Confirmed]]:
        """Second projects with our marker, and second jobs of one file, language, level and part."""
        return await doubles.find(self, batch, remote, translations)

    def remote_batches(self, routes: Sequence[str], *, hours: int | None = None) -> AsyncIterator[Sighting]:
        """Projects that carry a marker."""
        return listing.remote_batches(self, routes, hours=hours)

    def cancel(self, remote: RemoteBatch, translation: Translation) -> Effect[Confirmed]:
        """Set the jobs of all levels to `CANCELLED`."""
        return fetching.cancel(self, remote, translation)

    # -- looking ----------------------------------------------------------------------------------------------

    async def status(self, remote: RemoteBatch, translation: Translation) -> Sequence[Unit]:
        """The translation's jobs, read one by one."""
        return [
            unit_of(await self.client.jobs.get(remote.id, unit.uid), level=unit.level)
            for unit in translation.units
        ]

    def confirmed(self, units: Sequence[Unit], *, levels: int) -> bool:
        """Whether the last level is `DELIVERED`."""
        last = [unit for unit in units if unit.level == levels]
        return bool(last) and all(unit.word == DELIVERED for unit in last)

    def order(self, settings: Mapping[str, Any], *, at: float) -> Sequence[tuple[str, str]]:
        """The template, which says nearly everything, and what the route adds to it."""
        route = msgspec.convert(dict(settings), RouteSettings)
        steps = [name for name in ("assign", "analyse") if getattr(route, name)]
        steps += [f"notify by {route.notify}"] if route.notify is not None else []
        return [("template", route.template), *([("steps", ", ".join(steps))] if steps else [])]

    def expected_calls(self, *, items: int, translations: int, settings: Mapping[str, Any]) -> int:
        """Token, template, project; a job call per item; one look; export, download and status per translation."""
        route = msgspec.convert(dict(settings), RouteSettings)
        asked = sum((route.assign, route.analyse, route.notify is not None))
        shown = 0 if route.preview == "off" else items
        return 3 + items + shown + asked + math.ceil(translations / 50) + 3 * translations

    def check(self, settings: Mapping[str, Any], locales: Mapping[str, str]) -> AsyncIterator[Diagnosis]:
        """Credentials, clock, template and locales, each with its cure."""
        return doctor.check(self, msgspec.convert(dict(settings), RouteSettings), locales)

    async def template_uid(self, name: str) -> str:
        """The uid of a template given by name or uid.

        Raises:
            NeedsOperator: there is none, or several have that name.
        """
        if name in self._templates:
            return self._templates[name]
        found = [t async for t in self.client.templates.list(name=name) if t.template_name == name]
        if not found:
            try:
                found = [await self.client.templates.get(name)]
            except WordferryError:
                found = []
        if len(found) != 1 or found[0].uid is None:
            problem = "there is no such project template" if not found else "several templates have that name"
            raise NeedsOperator(
                f"{problem} at Phrase.",
                object=f"template {name!r}",
                next="Correct `template` of the route (a name or a uid), then `wordferry retry`.",
            )
        self._templates[name] = found[0].uid
        return found[0].uid

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
