"""Out: a batch becomes a job, a translation becomes a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from wordferry._version import __version__
from wordferry.errors import Refused, Surprise
from wordferry.model.identity import key, short
from wordferry.model.voyage import Batch, Unit
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Accepted, Parcel, RemoteBatch
from wordferry.tms.lionbridge.api.job import Job
from wordferry.tms.lionbridge.config import RouteSettings
from wordferry.tms.lionbridge.fields import taken_apart
from wordferry.tms.lionbridge.provider import unsupported
from wordferry.tms.lionbridge.units import unit_of

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["LABEL", "due_date", "jobs_of", "open_batch", "submit"]

#: Our label on every job; its value is the batch's marker.
LABEL = "wordferry"
#: Requests made by one call. Source: a public adapter of the same interface refuses more than 100.
MOST = 100


def due_date(settings: RouteSettings, *, at: float) -> datetime | None:
    """When a batch made at that time is due."""
    if settings.due_days is None:
        return None
    return datetime.fromtimestamp(at + settings.due_days * 86400.0, tz=UTC).replace(microsecond=0)


class Content(msgspec.Struct, frozen=True):
    """What was put at the vendor for an item: a file, or texts."""

    fms_file_id: str | None = None
    source_content_id: str | None = None


async def jobs_of(tms: LionbridgeTMS, batch: Batch) -> AsyncIterator[Job]:
    """Our jobs of a batch, archived ones too: by their label, and by their exact name where no label shows any."""
    named = batch.name.replace("'", "''")
    for wanted in (f"labels.{LABEL} eq '{batch.marker}'", f"jobName eq '{named}'"):
        found = [job async for job in tms.client.jobs.list(filter=wanted)]
        found += [job async for job in tms.client.jobs.archived(filter=wanted)]
        for job in found:
            # The name alone may be somebody else's; the marker in it is ours.
            if job.job_id and batch.marker in (job.job_name or ""):
                yield job
        if found:
            return


def open_batch(tms: LionbridgeTMS, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
    """Create a job; nothing is handed to the provider yet."""
    settings = msgspec.convert(batch.settings, RouteSettings)

    async def opened(job_id: str) -> RemoteBatch:
        provider = await tms.provider(settings.provider)
        who = provider.provider_name or settings.provider
        return RemoteBatch(
            id=job_id,
            sealed=True,
            advice=(
                "Lionbridge lets no connector cancel: ask your project manager there"
                f" (provider {who}) to cancel it in job {job_id}."
            ),
            facts={
                "provider": settings.provider,
                "rework": settings.rework,
                "content": settings.content,
                "locales": list(locales),
                # A language that the provider lacks is refused by itself; its siblings go on.
                "unsupported": unsupported(provider, source=batch.source_locale, targets=locales),
            },
        )

    async def perform(_known: RemoteBatch | None) -> RemoteBatch:
        # Before anything is made: what is wrong with the provider is mended in the configuration.
        await tms.provider(settings.provider)
        job = await tms.client.jobs.create(
            batch.name,
            description=settings.description,
            po_reference=settings.po_reference,
            due_date=due_date(settings, at=batch.created),
            should_quote=settings.should_quote or None,
            provider_id=settings.provider,
            connector_name=tms.connector,
            connector_version=__version__,
            service_type=settings.service_type,
            extended_metadata=settings.metadata or None,
            labels={**settings.labels, LABEL: batch.marker},
        )
        if not job.job_id:
            raise Surprise("Lionbridge made a job without an id.", object=batch.name)
        return await opened(job.job_id)

    async def look_up() -> Found[RemoteBatch] | None:
        ids = sorted([job.job_id or "" async for job in jobs_of(tms, batch)])
        return Found(await opened(ids[0])) if ids else None

    return tms.effect(
        "open-job",
        key("open-job", batch.id, settings.provider),
        RemoteBatch,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=batch.name,
    )


def submit(tms: LionbridgeTMS, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
    """Add one item to the job: a request for each language."""
    source = parcel.source
    as_fields = remote.facts.get("content") == "fields"
    unsupported = frozenset(remote.facts.get("unsupported", ()))
    spare = {
        locale: f"the provider does not translate {batch.source_locale} → {locale}: correct `locales` or "
        "`provider` of the route (see `wordferry doctor`)."
        for locale in parcel.locales
        if locale in unsupported
    }

    async def upload() -> Content:
        """The content at the vendor. Made anew by each attempt: what an earlier one left behind is harmless."""
        fields = None
        if as_fields:
            fields = taken_apart(parcel.path, format=source.format, encoding=source.encoding)
        if fields is not None:
            content = await tms.client.source_content.create(remote.id, fields=fields)
            return Content(source_content_id=content.source_content_id)
        file = await tms.client.source_files.send(remote.id, parcel.path, filename=source.file_name)
        return Content(fms_file_id=file)

    async def add(content: Content, locales: Sequence[str]) -> list[Unit]:
        targets = [parcel.targets[locale] for locale in locales if locale in parcel.targets]
        made = await tms.client.requests.add(
            remote.id,
            source_native_language_code=batch.source_locale,
            target_native_language_codes=list(locales),
            request_name=source.file_name,
            source_native_id=source.item,
            target_native_ids=targets if len(targets) == len(locales) else None,
            fms_file_id=content.fms_file_id,
            source_content_id=content.source_content_id,
        )
        return [unit_of(request, wanted=parcel.locales) for request in made]

    async def perform(known: Accepted | None) -> Accepted:
        units = list(known.units) if known else []
        have = {unit.locale for unit in units}
        wanted = [one for one in parcel.locales if one not in have and one not in unsupported]
        refused = dict(spare)
        if wanted:
            content = await upload()
            for start in range(0, len(wanted), MOST):
                some = wanted[start : start + MOST]
                try:
                    units += await add(content, some)
                except Refused as error:
                    if len(parcel.locales) == 1:
                        raise
                    # All or nothing: the languages are tried one by one, so that a bad one goes alone.
                    for locale in some:
                        try:
                            units += await add(content, [locale])
                        except Refused as single:
                            refused[locale] = single.what if len(some) > 1 else error.what
        return Accepted(units=tuple(units), refused=_missing(parcel, units, refused))

    async def look_up() -> Found[Accepted] | None:
        units = []
        async for request in tms.client.requests.list(remote.id):
            unit = unit_of(request, wanted=parcel.locales)
            if request.source_native_id == source.item and unit.locale in parcel.locales:
                units.append(unit)
        if not units:
            return None
        there = tuple({unit.locale: unit for unit in reversed(units)}.values())
        missing = set(parcel.locales) - {unit.locale for unit in there} - unsupported
        return Found(Accepted(units=there, refused=_missing(parcel, there, spare)), complete=not missing)

    return tms.effect(
        "add-requests",
        key(
            "add-requests",
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


def _missing(parcel: Parcel, units: Sequence[Unit], refused: dict[str, str]) -> dict[str, str]:
    have = {unit.locale for unit in units}
    return {
        locale: refused.get(locale, "Lionbridge made no request for it.")
        for locale in parcel.locales
        if locale not in have
    }
