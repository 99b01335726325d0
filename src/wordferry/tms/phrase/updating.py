"""Again: a newer source goes under jobs that exist already.

Source: Phrase TMS API reference, "Update source": jobs of the first step, not split, no step of them final, at most 100
in a call, all of one file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from wordferry.model.identity import key, short
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Parcel, RemoteBatch, Updated
from wordferry.tms.phrase.config import RouteSettings
from wordferry.tms.phrase.states import PHASES, Phase
from wordferry.tms.phrase.units import last_uid

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["MOST", "source_revision", "takes_source", "update_source"]

#: Jobs in a call. Source: the specifications of 2023 and 2026.
MOST = 100
_FINAL = frozenset({Phase.DONE, Phase.CANCELLED})


def takes_source(units: Sequence[Unit]) -> bool:
    """Whether the words known here speak against nothing. What is still being imported is asked for all the same."""
    if not any(unit.level == 1 for unit in units) or any(unit.part for unit in units):
        return False
    return all(unit.imported != "error" and PHASES.get(unit.word) not in _FINAL for unit in units)


def update_source(
    tms: PhraseTMS, batch: Batch, remote: RemoteBatch, parcel: Parcel, translations: Sequence[Translation]
) -> Effect[Updated]:
    """Replace the source of the first level's jobs in one call."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    source = parcel.source
    firsts = {unit.uid: unit for one in translations for unit in one.units if unit.level == 1}
    uids = sorted(firsts)
    everything = tuple(unit for one in translations for unit in one.units)

    def result(request: str | None = None) -> Updated:
        # The import begins anew; the next look reads the words that the vendor gives to them then.
        return Updated(
            units=tuple(
                msgspec.structs.replace(unit, imported="running", detail=None) for unit in everything
            ),
            request=request,
        )

    async def perform(_known: Updated | None) -> Updated:
        updated = await tms.client.jobs.update_source(
            remote.id,
            job_uids=uids,
            file=parcel.path,
            filename=source.file_name,
            pre_translate=settings.pre_translate,
            callback_url=tms.callback(batch.id),
        )
        return result(updated.async_request.id if updated.async_request else None)

    async def look_up() -> Found[Updated] | None:
        # The jobs of a call change together. One that holds the new bytes says that the call arrived.
        there = await _original(tms, remote.id, uids[0])
        return Found(result()) if there == source.revision else None

    return tms.effect(
        "update-source",
        key("update-source", remote.id, source.item, source.revision, short("jobs", *uids), parcel.edition),
        Updated,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=source.name,
        size=source.size,
        facts={"file": source.file_name, "revision": source.revision, "jobs": uids},
    )


async def source_revision(tms: PhraseTMS, remote: RemoteBatch, translation: Translation) -> str | None:
    """Hash of the original file of the job that was exported."""
    return await _original(tms, remote.id, last_uid(translation, remote))


async def _original(tms: PhraseTMS, project: str, uid: str) -> str:
    digest = hashlib.sha256()
    async with tms.client.target_files.stream_original(project, uid) as pieces:
        async for piece in pieces:
            digest.update(piece)
    return digest.hexdigest()
