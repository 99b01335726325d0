"""Home: export, single-use download, and the statuses we set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wordferry.errors import NotYet, Refused, Spent, TryAgain, Vanished
from wordferry.model.identity import key
from wordferry.model.voyage import Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Confirmed, Download, Export, RemoteBatch
from wordferry.tms.phrase.states import DELIVERED
from wordferry.tms.phrase.units import MEGABYTE, label, last_uid

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["cancel", "confirm", "download", "export", "exports_running"]


def export(tms: PhraseTMS, remote: RemoteBatch, translation: Translation) -> Effect[Export]:
    """Start the export of the last level's job. An orphaned export is harmless."""
    uid = last_uid(translation, remote)

    async def perform(_known: Export | None) -> Export:
        started = await tms.client.target_files.start(
            remote.id, uid, callback_url=tms.callback(translation.id)
        )
        if started.async_request is None or started.async_request.id is None:
            raise NotYet("Phrase started no export.", object=translation.name)
        return Export(ticket=started.async_request.id)

    return tms.effect(
        "export",
        key("export", uid, translation.revision, translation.round),
        Export,
        Unknown.REPEAT,
        perform,
        label=label(translation),
    )


async def exports_running(tms: PhraseTMS, tickets: Sequence[str]) -> Sequence[str]:
    """A lone ticket is read; several are looked for in the list of pending requests."""
    wanted = frozenset(tickets)
    if len(wanted) == 1:
        try:
            request = await tms.client.async_requests.get(tickets[0])
        except Vanished:
            return []  # kept for a day only: the download finds out
        return [] if request.finished else list(tickets)
    pending = [request.id async for request in tms.client.async_requests.pending()]
    return [ticket for ticket in pending if ticket is not None and ticket in wanted]


def download(
    tms: PhraseTMS, remote: RemoteBatch, translation: Translation, ticket: str, *, to: Path
) -> Effect[Download]:
    """Fetch the exported file, once."""
    uid = last_uid(translation, remote)

    async def perform(_known: Download | None) -> Download:
        try:
            return await _receive(tms, remote.id, uid, ticket, to)
        except (Spent, Refused) as error:
            # The answer of a refused download says little: the request itself knows how the export ended.
            try:
                request = await tms.client.async_requests.get(ticket)
            except (TryAgain, Vanished):
                # Forgotten over there, or nobody to ask: a new export costs less than using a ticket twice.
                raise error from None
            if not request.finished:
                raise NotYet("the export still runs.", object=translation.name) from error
            if request.failed and request.async_response is not None:
                reason = request.async_response.error_desc or request.async_response.error_code
                raise Refused(
                    f"Phrase could not export it: {reason}.",
                    object=label(translation),
                    next="Run QA on the job at Phrase (often a broken tag), then `wordferry retry`.",
                    code=request.async_response.error_code,
                ) from error
            raise

    return tms.effect(
        "download",
        key("download", ticket, translation.item),
        Download,
        Unknown.NEVER,
        perform,
        label=label(translation),
        size=max(translation.size, MEGABYTE),
    )


async def _receive(tms: PhraseTMS, project: str, uid: str, ticket: str, to: Path) -> Download:
    digest = hashlib.sha256()
    size = 0
    with to.open("wb") as file:
        async with tms.client.target_files.stream(project, uid, ticket) as pieces:
            async for piece in pieces:
                digest.update(piece)
                file.write(piece)
                size += len(piece)
    return Download(blob=digest.hexdigest(), size=size)


def confirm(
    tms: PhraseTMS, remote: RemoteBatch, translation: Translation, *, delivered: str
) -> Effect[Confirmed]:
    """Set the last level's job to `DELIVERED`."""
    uid = last_uid(translation, remote)
    settings = remote.facts.get("confirm", {})

    async def perform(_known: Confirmed | None) -> Confirmed:
        await tms.client.jobs.set_status(remote.id, uid, DELIVERED, **settings)
        return Confirmed(word=DELIVERED)

    async def look_up() -> Found[Confirmed] | None:
        job = await tms.client.jobs.get(remote.id, uid)
        return Found(Confirmed(word=DELIVERED)) if job.status == DELIVERED else None

    return tms.effect(
        "set-delivered",
        # The round too: after a reopening the same bytes have to be confirmed once more.
        key("delivered", uid, delivered, translation.round),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=label(translation),
    )


def cancel(tms: PhraseTMS, remote: RemoteBatch, translation: Translation) -> Effect[Confirmed]:
    """Set the jobs of all levels to `CANCELLED`."""
    uids = [unit.uid for unit in translation.units]

    async def perform(_known: Confirmed | None) -> Confirmed:
        for uid in uids:
            await tms.client.jobs.set_status(remote.id, uid, "CANCELLED")
        return Confirmed(word="CANCELLED")

    async def look_up() -> Found[Confirmed] | None:
        words = [(await tms.client.jobs.get(remote.id, uid)).status for uid in uids]
        return Found(Confirmed(word="CANCELLED"), complete=set(words) == {"CANCELLED"})

    return tms.effect(
        "cancel",
        key("cancel", translation.id, translation.round, *uids),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=label(translation),
    )
