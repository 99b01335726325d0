"""Phrase TMS as a `TMS`: our nouns to the client's calls and back. Vendor words end here."""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from wordferry._version import __version__
from wordferry.errors import NeedsOperator, NotYet, Refused, Spent, WordferryError
from wordferry.model.identity import key, short
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.capabilities import Capabilities
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import (
    Accepted,
    Confirmed,
    Diagnosis,
    Download,
    Export,
    Parcel,
    Prepared,
    RemoteBatch,
)
from wordferry.tms.phrase import doctor, preparation
from wordferry.tms.phrase.api.jobs import Job, SourceData
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection, RouteSettings
from wordferry.tms.phrase.states import DELIVERED, IMPORTS, judge

__all__ = ["CAPABILITIES", "PhraseTMS", "unit_of"]

MEGABYTE = 1024 * 1024

CAPABILITIES = Capabilities(
    cancel=True,
    workflow_levels=True,
    preparations=("assign", "analyse", "notify"),
    max_file_size=1024 * MEGABYTE,
    locales_listed=True,
)


def unit_of(job: Job, *, level: int | None = None) -> Unit:
    """A job as one of our units."""
    status = job.import_status
    return Unit(
        uid=job.uid or "",
        locale=job.target_lang or "",
        level=level or job.level or 1,
        part=job.begin_index or 0,
        word=job.status or "",
        imported=IMPORTS.get(status.status if status else None, "unknown"),
        detail=status.error_message if status else None,
        # An empty list does not prove "unassigned": it may be hidden from our role.
        assigned=bool(job.providers) if job.providers is not None else None,
    )


class PhraseTMS:
    """Implements `ports.tms.TMS`.

    Args:
        name: the connection's name.
        client: the typed client; closed with this object.
        settings: the connection's table.
    """

    capabilities = CAPABILITIES

    def __init__(self, name: str, client: PhraseClient, settings: Connection) -> None:
        self.name = name
        self.client = client
        self.settings = settings
        self._templates: dict[str, str] = {}

    async def close(self) -> None:
        """Close the client's connections."""
        await self.client.close()

    # -- submission -------------------------------------------------------------------------------------------

    def open_batch(self, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
        """Create a project from the route's template."""
        settings = msgspec.convert(batch.settings, RouteSettings)

        def facts(template: str) -> dict[str, Any]:
            confirm = {"notify_owner": settings.notify_owner, "propagate_status": settings.propagate_status}
            return {"template": template, "confirm": confirm}

        async def perform(_known: RemoteBatch | None) -> RemoteBatch:
            template = await self.template_uid(settings.template)
            project = await self.client.projects.from_template(
                template, name=batch.name, source_lang=batch.source_locale, target_langs=list(locales)
            )
            return RemoteBatch(id=project.uid or "", levels=project.last_level, facts=facts(template))

        async def look_up() -> Found[RemoteBatch] | None:
            # Lists may leave out the note: the marker stands in the name.
            hours = math.ceil(max(0.0, time.time() - batch.created) / 3600) + 1
            found = self.client.projects.list(
                name=batch.marker, created_in_last_hours=hours, include_archived=True
            )
            uids = sorted([p.uid async for p in found if p.uid and p.name and batch.marker in p.name])
            if not uids:
                return None
            project = await self.client.projects.get(uids[0])
            template = await self.template_uid(settings.template)
            return Found(RemoteBatch(id=uids[0], levels=project.last_level, facts=facts(template)))

        return self._effect(
            "create-project",
            key("create-project", batch.id, settings.template),
            RemoteBatch,
            Unknown.LOOK_UP,
            perform,
            look_up,
            label=batch.name,
        )

    def submit(self, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
        """Create the jobs of one file: all its languages and workflow levels in one call."""
        settings = msgspec.convert(batch.settings, RouteSettings)
        source = parcel.source
        folder = source.name.rsplit("/", 1)[0] if "/" in source.name else None

        async def perform(known: Accepted | None) -> Accepted:
            there = known.units if known else ()
            have = {unit.locale for unit in there}
            created = await self.client.jobs.create(
                remote.id,
                file=parcel.path,
                filename=source.file_name,
                target_langs=[locale for locale in parcel.locales if locale not in have],
                source_data=SourceData(
                    client_type=self.settings.client_type,
                    client_version=__version__,
                    host_version=self.settings.host_version,
                ),
                # The vendor keeps at most 255 characters of a folder; a longer one is of no use to it.
                path=folder if folder and len(folder) <= 255 else None,
                pre_translate=settings.pre_translate,
            )
            units = (*there, *(unit_of(job) for job in created.jobs))
            if not units and created.unsupported_files:
                raise Refused(
                    "Phrase does not support this kind of file.",
                    object=source.name,
                    next="Exclude it, or give the template import settings that take it.",
                )
            return Accepted(
                units=units,
                refused=_missing(parcel, units),
                request=created.async_request.id if created.async_request else None,
            )

        async def look_up() -> Found[Accepted] | None:
            found = self.client.jobs.all_levels(
                remote.id, last_level=remote.levels, filename=source.file_name
            )
            jobs = [job async for job in found if job.filename == source.file_name]
            units = tuple(unit_of(job) for job in jobs if job.target_lang in parcel.locales)
            if not units:
                return None
            return Found(Accepted(units=units), complete=not _missing(parcel, units))

        return self._effect(
            "create-job",
            key(
                "create-job",
                source.revision,
                ",".join(parcel.family),
                remote.id,
                source.item,
                short("file", source.file_name),
            ),
            Accepted,
            Unknown.LOOK_UP,
            perform,
            look_up,
            label=source.name,
            size=source.size,
            facts={"file": source.file_name, "locales": list(parcel.locales)},
        )

    def preparations(
        self,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        done: Mapping[str, Prepared],
    ) -> Sequence[Effect[Prepared]]:
        """Assign, analyse, notify: whatever the route asks for and is not done yet."""
        return preparation.steps(self, batch, remote, translations, done)

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
        """Start the export of the last level's job. An orphaned export is harmless."""
        uid = _last(translation, remote)

        async def perform(_known: Export | None) -> Export:
            started = await self.client.target_files.start(remote.id, uid)
            if started.async_request is None or started.async_request.id is None:
                raise NotYet("Phrase started no export.", object=translation.name)
            return Export(ticket=started.async_request.id)

        return self._effect(
            "export",
            key("export", uid, translation.revision, translation.round),
            Export,
            Unknown.REPEAT,
            perform,
            label=_label(translation),
        )

    async def exports_running(self, tickets: Sequence[str]) -> Sequence[str]:
        """A lone ticket is read; several are looked for in the list of pending requests."""
        wanted = frozenset(tickets)
        if len(wanted) == 1:
            request = await self.client.async_requests.get(tickets[0])
            return [] if request.finished else list(tickets)
        pending = [request.id async for request in self.client.async_requests.pending()]
        return [ticket for ticket in pending if ticket is not None and ticket in wanted]

    def download(
        self, remote: RemoteBatch, translation: Translation, ticket: str, *, to: Path
    ) -> Effect[Download]:
        """Fetch the exported file, once."""
        uid = _last(translation, remote)

        async def perform(_known: Download | None) -> Download:
            try:
                return await self._receive(remote.id, uid, ticket, to)
            except (Spent, Refused) as error:
                # The answer of a refused download says little: the request itself knows how the export ended.
                request = await self.client.async_requests.get(ticket)
                if not request.finished:
                    raise NotYet("the export still runs.", object=translation.name) from error
                if request.failed and request.async_response is not None:
                    reason = request.async_response.error_desc or request.async_response.error_code
                    raise Refused(
                        f"Phrase could not export it: {reason}.",
                        object=_label(translation),
                        next="Run QA on the job at Phrase (often a broken tag), then `wordferry retry`.",
                        code=request.async_response.error_code,
                    ) from error
                raise

        return self._effect(
            "download",
            key("download", ticket, translation.item),
            Download,
            Unknown.NEVER,
            perform,
            label=_label(translation),
            size=max(translation.size, MEGABYTE),
        )

    async def _receive(self, project: str, uid: str, ticket: str, to: Path) -> Download:
        digest = hashlib.sha256()
        size = 0
        with to.open("wb") as file:
            async with self.client.target_files.stream(project, uid, ticket) as pieces:
                async for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
                    size += len(piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        return Download(blob=digest.hexdigest(), size=size)

    def confirm(self, remote: RemoteBatch, translation: Translation, *, delivered: str) -> Effect[Confirmed]:
        """Set the last level's job to `DELIVERED`."""
        uid = _last(translation, remote)
        settings = remote.facts.get("confirm", {})

        async def perform(_known: Confirmed | None) -> Confirmed:
            await self.client.jobs.set_status(remote.id, uid, DELIVERED, **settings)
            return Confirmed(word=DELIVERED)

        async def look_up() -> Found[Confirmed] | None:
            job = await self.client.jobs.get(remote.id, uid)
            return Found(Confirmed(word=DELIVERED)) if job.status == DELIVERED else None

        return self._effect(
            "set-delivered",
            key("delivered", uid, delivered),
            Confirmed,
            Unknown.LOOK_UP,
            perform,
            look_up,
            label=_label(translation),
        )

    def cancel(self, remote: RemoteBatch, translation: Translation) -> Effect[Confirmed]:
        """Set the jobs of all levels to `CANCELLED`."""
        uids = [unit.uid for unit in translation.units]

        async def perform(_known: Confirmed | None) -> Confirmed:
            for uid in uids:
                await self.client.jobs.set_status(remote.id, uid, "CANCELLED")
            return Confirmed(word="CANCELLED")

        async def look_up() -> Found[Confirmed] | None:
            words = [(await self.client.jobs.get(remote.id, uid)).status for uid in uids]
            return Found(Confirmed(word="CANCELLED"), complete=set(words) == {"CANCELLED"})

        return self._effect(
            "cancel",
            key("cancel", translation.id, translation.round, *uids),
            Confirmed,
            Unknown.LOOK_UP,
            perform,
            look_up,
            label=_label(translation),
        )

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

    def expected_calls(self, *, items: int, translations: int, settings: Mapping[str, Any]) -> int:
        """Token, template, project; a job call per item; one look; export, download and status per translation."""
        route = msgspec.convert(dict(settings), RouteSettings)
        asked = sum((route.assign, route.analyse, route.notify is not None))
        return 3 + items + asked + math.ceil(translations / 50) + 3 * translations

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

    def _effect(
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


def _last(translation: Translation, remote: RemoteBatch) -> str:
    """The job that exports and is delivered: the last level's first part."""
    last = [unit for unit in translation.units if unit.level == remote.levels] or list(translation.units)
    if not last:
        raise Refused("it has no job at Phrase.", object=_label(translation), next="Run `wordferry retry`.")
    return min(last, key=lambda unit: (unit.part, unit.uid)).uid


def _label(translation: Translation) -> str:
    return f"{translation.name} → {translation.locale}"


def _missing(parcel: Parcel, units: Sequence[Unit]) -> dict[str, str]:
    have = {unit.locale for unit in units}
    return {locale: "Phrase made no job for it." for locale in parcel.locales if locale not in have}
