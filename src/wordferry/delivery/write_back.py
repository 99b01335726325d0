"""Write-back by compare-and-set: a person's edit and a newer delivery are never overwritten silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wordferry.errors import Held
from wordferry.ledger.move import Change, touch
from wordferry.ledger.targets import Target, Targets
from wordferry.ledger.writer import Statement
from wordferry.model.identity import key
from wordferry.model.variants import Must, demands
from wordferry.model.voyage import Translation
from wordferry.ports.content_system import Written
from wordferry.ports.effect import Effect, Found, Unknown

if TYPE_CHECKING:
    from wordferry.delivery.deliver import Crossing

__all__ = ["Superseded", "write_back"]


class Superseded(Exception):
    """The target holds a newer delivery.

    Args:
        what: one sentence.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


async def write_back(crossing: Crossing) -> Translation:
    """Write the checked blob home.

    The target must be as we left it: as last delivered, else as it was when planned.

    Raises:
        Held: somebody edited the target, or it holds a newer delivery.
        Superseded: it holds a newer delivery, and the batch is of a live or continuous route.
        NeedsOperator: disk full, no rights.
        Conflict: another delivery is writing the same target.
    """
    translation, content = crossing.translation, crossing.content
    blob = translation.blob
    assert blob is not None
    place = (crossing.batch.content, translation.target)
    known = crossing.known.get(place)
    last = known.revision if known else None
    if known and known.age is not None and known.age > translation.born and last != blob:
        if demands(crossing.batch.variant, Must.UPDATES):
            # Several revisions are in flight all the time: nobody has to look at one that comes home late.
            raise Superseded(f"{known.translation}, of a newer source, is home already")
        raise Held(
            "it holds the translation of a newer source; this one is older.",
            object=translation.target,
            next="Nothing to do, or `wordferry cancel` this one.",
        )
    expected = last if last is not None else translation.baseline
    if translation.overwrite:
        expected = await content.target_revision(translation.target)
    path = await crossing.blobs.path(blob)

    async def perform(_known: Written | None) -> Written:
        return await content.write(translation.target, path, revision=blob, expected=expected)

    async def look_up() -> Found[Written] | None:
        there = await content.target_revision(translation.target)
        return Found(Written(target=translation.target, revision=blob)) if there == blob else None

    effect = Effect(
        kind="write",
        key=key("import", translation.ticket or "", crossing.batch.content, translation.target),
        result=Written,
        unknown=Unknown.LOOK_UP,
        perform=perform,
        look_up=look_up,
        timeout=600.0,
        # Our own disk: when the call is over, what is there is there.
        settle=0.0,
        fenced=True,
        label=translation.target,
    )

    lock = Targets.lock(crossing.claim, crossing.batch.content, translation.target, known=last)

    def note(written: Written) -> list[Statement | Change]:
        return [
            # Taken once more: an adopted write may come from a run whose lock is gone.
            *lock,
            Targets.written(
                crossing.claim,
                crossing.batch.content,
                translation.target,
                revision=written.revision,
                age=translation.born,
                translation=translation.id,
            ),
            touch(translation, claim=crossing.claim, delivered=written.revision, overwrite=False),
        ]

    written = await crossing.ledger.operations.run(
        effect,
        crossing.claim,
        batch=crossing.batch.id,
        translation=translation.id,
        begin=lock,
        finish=note,
    )
    crossing.known[place] = Target(*place, written.revision, translation.born, translation.id)
    return msgspec.structs.replace(translation, delivered=written.revision)
