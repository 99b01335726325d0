"""Home: the translation, and what we say about it. Nothing is exported: a delivered translation is ready at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wordferry.errors import Refused, Surprise
from wordferry.model.identity import key
from wordferry.model.voyage import Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Confirmed, Download, Export, RemoteBatch
from wordferry.tms.lionbridge.api.limits import cut_name
from wordferry.tms.lionbridge.fields import put_back, taken_apart
from wordferry.tms.lionbridge.states import APPROVED, SETTLED
from wordferry.tms.lionbridge.units import MEGABYTE, label, request_id

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["confirm", "download", "no_cancel", "reject", "ticket"]

REJECTED = "TRANSLATION_REJECTED"
#: Bytes of a note with findings; the vendor names no limit, the decision is ours.
LONGEST_NOTE = 4000


def ticket(translation: Translation) -> Export:
    """The name of this round's translation; it is good for any number of downloads."""
    return Export(ticket=f"{request_id(translation)}.{translation.round}")


def download(
    tms: LionbridgeTMS, remote: RemoteBatch, translation: Translation, ticket: str, *, source: Path, to: Path
) -> Effect[Download]:
    """Fetch the translation; a broken-off download is repeated."""
    uid = request_id(translation)

    async def perform(_known: Download | None) -> Download:
        fields = None
        if remote.facts.get("content") == "fields":
            fields = taken_apart(source, format=translation.format, encoding=translation.encoding)
        if fields is None:
            return await _file(tms, remote.id, uid, to)
        return await _fields(tms, remote.id, uid, translation, source, to)

    return tms.effect(
        "retrieve",
        key("retrieve", ticket, translation.item),
        Download,
        Unknown.REPEAT,
        perform,
        label=label(translation),
        size=max(translation.size, MEGABYTE),
    )


async def _file(tms: LionbridgeTMS, job: str, uid: str, to: Path) -> Download:
    digest = hashlib.sha256()
    size = 0
    with to.open("wb") as file:
        async with tms.client.requests.stream_file(job, uid) as pieces:
            async for piece in pieces:
                digest.update(piece)
                file.write(piece)
                size += len(piece)
    return Download(blob=digest.hexdigest(), size=size)


async def _fields(
    tms: LionbridgeTMS, job: str, uid: str, translation: Translation, source: Path, to: Path
) -> Download:
    found = await tms.client.requests.retrieve(job, uid)
    mine = [one for one in found if one.request_id == uid] or (list(found) if len(found) == 1 else [])
    if not mine:
        raise Surprise("Lionbridge returned no texts of this request.", object=label(translation))
    assert translation.format is not None, "only what has a format was taken apart"
    data = put_back(
        source,
        mine[0].target_content,
        format=translation.format,
        encoding=translation.encoding,
        name=label(translation),
    )
    to.write_bytes(data)  # noqa: ASYNC240  at most a megabyte of texts and what surrounds them
    return Download(blob=hashlib.sha256(data).hexdigest(), size=len(data))


def confirm(
    tms: LionbridgeTMS, remote: RemoteBatch, translation: Translation, *, delivered: str
) -> Effect[Confirmed]:
    """Approve the request."""
    uid = request_id(translation)

    async def perform(_known: Confirmed | None) -> Confirmed:
        try:
            await tms.client.requests.approve(remote.id, request_ids=[uid])
        except Refused:
            # Somebody was faster, or there was nothing to approve: then it needs no word of ours.
            found = await look_up()
            if found is None:
                raise
            return found.result
        return Confirmed(word=APPROVED)

    async def look_up() -> Found[Confirmed] | None:
        word = (await tms.client.requests.get(remote.id, uid)).status_code
        return Found(Confirmed(word=word)) if word in SETTLED else None

    return tms.effect(
        "approve",
        # The round too: after a late delivery the same bytes have to be approved once more.
        key("approve", uid, delivered, translation.round),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=label(translation),
    )


def reject(
    tms: LionbridgeTMS, remote: RemoteBatch, translation: Translation, findings: Sequence[str]
) -> Effect[Confirmed] | None:
    """Send the translation back with what is wrong, as often as the route says."""
    if translation.round > int(remote.facts.get("rework", 0)):
        return None
    uid = request_id(translation)
    note = cut_name("The file cannot be used as delivered. " + "; ".join(findings), longest=LONGEST_NOTE)

    async def perform(_known: Confirmed | None) -> Confirmed:
        await tms.client.requests.reject(remote.id, request_ids=[uid], note=note)
        return Confirmed(word=REJECTED)

    async def look_up() -> Found[Confirmed] | None:
        request = await tms.client.requests.get(remote.id, uid)
        return Found(Confirmed(word=REJECTED)) if request.status_code == REJECTED else None

    return tms.effect(
        "reject",
        key("reject", uid, translation.round),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=label(translation),
    )


def no_cancel(translation: Translation) -> Effect[Confirmed]:
    """There is no such call: a connector must not stop running work.

    Source: Lionbridge page "Development Guidelines".
    """

    async def perform(_known: Confirmed | None) -> Confirmed:
        raise Refused("Lionbridge lets no connector cancel.", object=label(translation))

    return Effect(
        kind="cancel",
        key=key("cancel", translation.id),
        result=Confirmed,
        unknown=Unknown.REPEAT,
        perform=perform,
        label=label(translation),
    )
