"""Export and download: the file comes home as a blob before anybody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.ports.tms import Download, Export

if TYPE_CHECKING:
    from wordferry.delivery.deliver import Crossing

__all__ = ["fetch", "start_export"]


async def start_export(crossing: Crossing) -> Translation:
    """Ask the TMS for the finished file of this round. Repeating it leaves at most an orphan."""
    translation = crossing.translation
    asked = crossing.tms.export(crossing.remote, translation)
    if isinstance(asked, Export):
        # The file is ready. The ticket is the same however often it is asked for, so nothing has to be stored yet.
        return msgspec.structs.replace(translation, ticket=asked.ticket, blob=None)

    def note(export: Export) -> list[Statement | Change]:
        why = f"export {export.ticket} was started"
        return [
            move(
                translation,
                State.EXPORTING,
                why,
                claim=crossing.claim,
                ticket=export.ticket,
                blob=None,
                due=None,
            )
        ]

    export = await crossing.ledger.operations.run(
        asked,
        crossing.claim,
        batch=crossing.batch.id,
        translation=translation.id,
        finish=note,
    )
    return msgspec.structs.replace(translation, state=State.EXPORTING, ticket=export.ticket, blob=None)


async def fetch(crossing: Crossing) -> Translation:
    """Download the file. Where a ticket is good for one download, a cut-off one is spent: a new round starts."""
    translation = crossing.translation
    assert translation.ticket is not None
    path = crossing.blobs.temporary()

    def note(download: Download) -> list[Statement | Change]:
        if translation.state is State.DELIVERING:
            return [touch(translation, claim=crossing.claim, blob=download.blob)]
        why = f"{download.size} bytes came home"
        return [
            move(
                translation,
                State.DELIVERING,
                why,
                claim=crossing.claim,
                ticket=translation.ticket,
                blob=download.blob,
                due=None,
            )
        ]

    source = await crossing.blobs.path(translation.revision)
    effect = crossing.tms.download(crossing.remote, translation, translation.ticket, source=source, to=path)

    async def download_and_keep(_known: Download | None) -> Download:
        # The blob is in its place before the ledger says so.
        download = await effect.perform(None)
        await crossing.blobs.adopt(path, download.blob)
        return download

    try:
        download = await crossing.ledger.operations.run(
            msgspec.structs.replace(effect, perform=download_and_keep),
            crossing.claim,
            batch=crossing.batch.id,
            translation=translation.id,
            finish=note,
        )
    finally:
        crossing.blobs.discard(path)
    return msgspec.structs.replace(translation, state=State.DELIVERING, blob=download.blob)
