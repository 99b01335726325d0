"""Send anew what a vendor refused, when its batch there takes nothing more: in a batch of its own.

All that one command sends anew of one batch goes together, so that fifty mended files make one new batch, not fifty.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from wordferry.errors import Conflict
from wordferry.ledger import Ledger
from wordferry.ledger.move import Change, move
from wordferry.ledger.tally import claimed
from wordferry.ledger.voyages import Voyages
from wordferry.ledger.writer import Statement
from wordferry.model.identity import marker, short
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation
from wordferry.submission.accept import batch_name, source_file_name
from wordferry.submission.answer import Answer

__all__ = ["into_new_batches", "refused"]

_WHY = "the operator asked for another try; its batch at the TMS takes nothing more"


def refused(translation: Translation) -> bool:
    """Whether the vendor never took a failed translation: it is sent anew, not fetched."""
    return not translation.units or any(unit.imported == "error" for unit in translation.units)


async def into_new_batches(
    ledger: Ledger, translations: Sequence[Translation], batches: Mapping[str, Batch], installation: str
) -> dict[str, Answer]:
    """Move what was refused by sealed batches into new ones.

    Args:
        ledger: the truth.
        translations: as just read; others than those are left alone.
        batches: all batches by id.
        installation: this installation's id, for the markers.

    Returns:
        Answers by translation, for those that were moved.
    """
    groups: dict[str, list[Translation]] = {}
    for one in translations:
        sealed = bool((batches[one.batch].remote or {}).get("sealed"))
        if sealed and one.state is State.FAILED and refused(one):
            groups.setdefault(one.batch, []).append(one)
    answers: dict[str, Answer] = {}
    for old, members in groups.items():
        held = await claimed(ledger, [one.id for one in members])
        free = [one for one in members if one.id not in held]
        answers |= await _move_all(ledger, batches[old], free, installation)
    return answers


async def _move_all(
    ledger: Ledger, old: Batch, members: Sequence[Translation], installation: str
) -> dict[str, Answer]:
    if not members:
        return {}
    now = time.time()
    id_ = "b" + short("anew", old.id, f"{now:.6f}", *(one.id for one in members))
    mark = marker(installation, id_)
    # Its age stays that of the source: what is newer than that source is newer than this batch.
    fresh = msgspec.structs.replace(
        old, id=id_, name=batch_name(old.route, old.created, mark), marker=mark, remote=None, prepared=False
    )
    parts: list[Statement | Change] = [Voyages.batch_copied(fresh, of=old.id, due=now)]
    for one in members:
        round_ = one.round + 1
        name = source_file_name(one.name, installation, id_, one.item, one.revision, round_, born=one.born)
        parts += [
            move(
                one,
                State.PLANNED,
                _WHY,
                now=now,
                batch=id_,
                round=round_,
                file_name=name,
                ticket=None,
                blob=None,
                findings=None,
                due=None,
            ),
            Statement("DELETE FROM unit WHERE translation = :id", {"id": one.id}),
        ]
    try:
        await ledger.voyages.write(*parts)
    except Conflict:
        if len(members) == 1:
            what = "it moved a moment ago; look at it, then try again."
            return {one.id: Answer(one.id, f"{one.name} → {one.locale}", False, what) for one in members}
        # One that moved meanwhile must not keep its siblings.
        alone: dict[str, Answer] = {}
        for one in members:
            alone |= await _move_all(ledger, old, [one], installation)
        return alone
    what = f"it is sent once more, in a new batch ({id_})."
    return {one.id: Answer(one.id, f"{one.name} → {one.locale}", True, what) for one in members}
