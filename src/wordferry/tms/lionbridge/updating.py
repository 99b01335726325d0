"""Again: a newer source goes under requests that exist already, while their job was not handed over yet.

Source: Content API, "Update the source file of translation requests" and "Replace translation source content": both
only before the job is submitted. Afterwards a new job replaces the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordferry.errors import Refused
from wordferry.model.identity import key, short
from wordferry.model.voyage import Translation, Unit
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Parcel, RemoteBatch, Updated
from wordferry.tms.lionbridge.fields import taken_apart
from wordferry.tms.lionbridge.states import CREATED
from wordferry.tms.lionbridge.units import request_id

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["MOST", "source_revision", "takes_source", "update_source"]

#: Requests in a call. Source: the limit of ids in one call of this interface.
MOST = 50


def takes_source(units: Sequence[Unit]) -> bool:
    """Whether the words known here speak for it: nothing was handed over."""
    return bool(units) and all(unit.word == CREATED for unit in units)


def update_source(
    tms: LionbridgeTMS, remote: RemoteBatch, parcel: Parcel, translations: Sequence[Translation]
) -> Effect[Updated]:
    """Point requests at a newer file, or give their content newer texts."""
    source = parcel.source
    units = tuple(unit for one in translations for unit in one.units)
    uids = sorted(unit.uid for unit in units)
    result = Updated(units=units)

    async def perform(_known: Updated | None) -> Updated:
        fields = None
        if remote.facts.get("content") == "fields":
            fields = taken_apart(parcel.path, format=source.format, encoding=source.encoding)
        first = await tms.client.requests.get(remote.id, uids[0])
        if first.source_content_id is not None and fields is not None:
            await tms.client.source_content.replace(remote.id, first.source_content_id, fields=fields)
            return result
        if first.source_content_id is not None or fields is not None:
            raise Refused(
                "it was sent as texts and is a file now, or the other way round.",
                object=source.name,
                next="It is sent anew by itself.",
            )
        file = await tms.client.source_files.send(remote.id, parcel.path, filename=source.file_name)
        await tms.client.requests.update_file_content(remote.id, fms_file_id=file, request_ids=uids)
        return result

    async def look_up() -> Found[Updated] | None:
        # The requests of a call change together. One that has the new source says that the call arrived.
        request = await tms.client.requests.get(remote.id, uids[0])
        if request.source_content_id is not None:
            there = await tms.client.source_content.get(remote.id, request.source_content_id)
            fields = taken_apart(parcel.path, format=source.format, encoding=source.encoding) or ()
            same = {one.key: one.value for one in fields} == {one.key: one.value for one in there.fields}
            return Found(result) if same else None
        if request.file_id is None:
            return None
        same = await _digest(tms, remote.id, request.file_id) == source.revision
        return Found(result) if same else None

    return tms.effect(
        "update-source",
        key(
            "update-source", remote.id, source.item, source.revision, short("requests", *uids), parcel.edition
        ),
        Updated,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=source.name,
        size=source.size,
        facts={"file": source.file_name, "revision": source.revision, "requests": uids},
    )


async def source_revision(tms: LionbridgeTMS, remote: RemoteBatch, translation: Translation) -> str | None:
    """Hash of the file behind the request; texts are kept by themselves, so of those nothing can be told."""
    request = await tms.client.requests.get(remote.id, request_id(translation))
    return None if request.file_id is None else await _digest(tms, remote.id, request.file_id)


async def _digest(tms: LionbridgeTMS, job: str, file: str) -> str:
    digest = hashlib.sha256()
    async with tms.client.source_files.stream(job, file) as pieces:
        async for piece in pieces:
            digest.update(piece)
    return digest.hexdigest()
