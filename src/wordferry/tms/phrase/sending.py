"""Out: a batch becomes a project, an item becomes jobs."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from wordferry._version import __version__
from wordferry.errors import Refused
from wordferry.model.identity import key, short
from wordferry.model.voyage import Batch, Unit
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Accepted, Parcel, RemoteBatch
from wordferry.tms.phrase.api.jobs import SourceData
from wordferry.tms.phrase.api.projects import Project
from wordferry.tms.phrase.config import RouteSettings
from wordferry.tms.phrase.units import unit_of

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["open_batch", "submit"]


def open_batch(tms: PhraseTMS, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
    """Create a project from the route's template."""
    settings = msgspec.convert(batch.settings, RouteSettings)

    def facts(template: str, project: Project) -> dict[str, Any]:
        confirm = {"notify_owner": settings.notify_owner, "propagate_status": settings.propagate_status}
        have = project.target_langs
        # A language that the project lacks is refused by itself; its siblings go on.
        unknown = [locale for locale in locales if have is not None and locale not in have]
        return {"template": template, "confirm": confirm, "unknown_locales": unknown}

    async def create(template: str, wanted: Sequence[str]) -> Project:
        return await tms.client.projects.from_template(
            template, name=batch.name, source_lang=batch.source_locale, target_langs=list(wanted)
        )

    async def perform(_known: RemoteBatch | None) -> RemoteBatch:
        template = await tms.template_uid(settings.template)
        try:
            project = await create(template, locales)
        except Refused:
            listed = {language.code for language in (await tms.client.languages.get()).languages}
            wanted = [locale for locale in locales if locale in listed]
            if not wanted or len(wanted) == len(locales):
                raise
            project = await create(template, wanted)
        return RemoteBatch(id=project.uid or "", levels=project.last_level, facts=facts(template, project))

    async def look_up() -> Found[RemoteBatch] | None:
        # Lists may leave out the note: the marker stands in the name.
        hours = math.ceil(max(0.0, time.time() - batch.created) / 3600) + 1
        found = tms.client.projects.list(
            name=batch.marker, created_in_last_hours=hours, include_archived=True
        )
        uids = sorted([p.uid async for p in found if p.uid and p.name and batch.marker in p.name])
        if not uids:
            return None
        project = await tms.client.projects.get(uids[0])
        template = await tms.template_uid(settings.template)
        return Found(RemoteBatch(id=uids[0], levels=project.last_level, facts=facts(template, project)))

    return tms.effect(
        "create-project",
        key("create-project", batch.id, settings.template),
        RemoteBatch,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=batch.name,
    )


def submit(tms: PhraseTMS, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
    """Create the jobs of one file: all its languages and workflow levels in one call."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    source = parcel.source
    folder = source.name.rsplit("/", 1)[0] if "/" in source.name else None
    unknown = frozenset(remote.facts.get("unknown_locales", ()))

    async def perform(known: Accepted | None) -> Accepted:
        there = known.units if known else ()
        have = {unit.locale for unit in there}
        wanted = [locale for locale in parcel.locales if locale not in have and locale not in unknown]
        if not wanted:
            return Accepted(units=there, refused=_missing(parcel, there, unknown))
        created = await tms.client.jobs.create(
            remote.id,
            file=parcel.path,
            filename=source.file_name,
            target_langs=wanted,
            source_data=SourceData(
                client_type=tms.settings.client_type,
                client_version=__version__,
                host_version=tms.settings.host_version,
            ),
            # The vendor keeps at most 255 characters of a folder; a longer one is of no use to it.
            path=folder if folder and len(folder) <= 255 else None,
            pre_translate=settings.pre_translate,
            preview_package_uid=parcel.preview,
            callback_url=tms.callback(batch.id),
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
            refused=_missing(parcel, units, unknown),
            request=created.async_request.id if created.async_request else None,
        )

    async def look_up() -> Found[Accepted] | None:
        found = tms.client.jobs.all_levels(remote.id, last_level=remote.levels, filename=source.file_name)
        jobs = [job async for job in found if job.filename == source.file_name]
        units = tuple(unit_of(job) for job in jobs if job.target_lang in parcel.locales)
        if not units:
            return None
        return Found(Accepted(units=units), complete=not set(_missing(parcel, units)) - unknown)

    return tms.effect(
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


def _missing(parcel: Parcel, units: Sequence[Unit], unknown: frozenset[str] = frozenset()) -> dict[str, str]:
    have = {unit.locale for unit in units}
    return {
        locale: f"Phrase has no language {locale!r}: correct `locales` of the route (see `wordferry doctor`)."
        if locale in unknown
        else "Phrase made no job for it."
        for locale in parcel.locales
        if locale not in have
    }
