"""When a provider declines: the template's providers once more, if the route says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wordferry.model.identity import key
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Prepared, RemoteBatch
from wordferry.tms.phrase.config import RouteSettings
from wordferry.tms.phrase.units import label

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["reassign"]

#: Times a translation is assigned anew; after that somebody has to talk to somebody. Our decision.
MOST = 3
DECLINED = "DECLINED"
NEW = "NEW"


def reassign(
    tms: PhraseTMS, batch: Batch, remote: RemoteBatch, translation: Translation, *, attempt: int
) -> Effect[Prepared] | None:
    """Take the declining provider off, assign as the template says, and offer the job anew."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    uids = [unit.uid for unit in translation.units if unit.word == DECLINED]
    if settings.on_decline != "reassign" or attempt > MOST or not uids:
        return None
    template = str(remote.facts["template"])

    async def perform(_known: Prepared | None) -> Prepared:
        for uid in uids:
            # Jobs that have a provider are skipped without a word. Source: Phrase TMS API reference, "Assign
            # providers from template".
            await tms.client.jobs.edit(remote.id, uid, status=NEW, providers=[])
        changed = await tms.client.providers.for_jobs(remote.id, template, uids)
        assigned = {job.uid for job in changed.jobs if job.uid}.intersection(uids)
        left = len(uids) - len(assigned)
        note = f"{left} jobs got no provider: the template names none for them" if left else ""
        return Prepared(step="reassign", units=tuple(sorted(assigned)), note=note)

    async def look_up() -> Found[Prepared] | None:
        jobs = [await tms.client.jobs.get(remote.id, uid) for uid in uids]
        again = [job.uid for job in jobs if job.uid and job.providers and job.status != DECLINED]
        return Found(Prepared(step="reassign", units=tuple(again)), complete=len(again) == len(uids))

    return tms.effect(
        "reassign",
        key("reassign", remote.id, translation.id, attempt),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=label(translation),
    )
