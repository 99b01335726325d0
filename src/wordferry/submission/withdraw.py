"""Cancel, the operator's half: claim translations for a `cancel` slice. The engine's half stands in `cancel`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from wordferry.errors import Conflict
from wordferry.ledger import Ledger
from wordferry.ledger.tally import claimed
from wordferry.model.states import SETTLED, State, may_move
from wordferry.model.voyage import Batch, Translation
from wordferry.submission.answer import Answer

__all__ = ["withdraw"]

#: Most translations in one slice.
SLICE = 100


async def withdraw(ledger: Ledger, translations: Sequence[Translation]) -> list[Answer]:
    """Ask for translations to be stopped.

    Args:
        ledger: the truth.
        translations: as just read.

    Returns:
        One answer per translation; what is settled, or worked on right now, is refused.
    """
    held = await claimed(ledger, [one.id for one in translations])
    answers: dict[str, Answer] = {}
    groups: dict[str, list[Translation]] = {}
    batches = {batch.id: batch for batch in await ledger.voyages.batches()}
    for one in translations:
        if one.state in SETTLED or not may_move(one.state, State.CANCELLED):
            answers[one.id] = _answer(one, f"it is {one.state}; there is nothing to cancel.")
        elif one.id in held:
            kind = held[one.id]
            what = "it is being cancelled already." if kind == "cancel" else _busy(kind)
            answers[one.id] = _answer(one, what)
        else:
            groups.setdefault(batches[one.batch].connection, []).append(one)
    advice = {one.id: _advice(one, batches[one.batch]) for one in translations}
    for connection, members in groups.items():
        for start in range(0, len(members), SLICE):
            for answer in await _claim(ledger, connection, members[start : start + SLICE]):
                what = advice[answer.id] if answer.done else answer.what
                answers[answer.id] = msgspec.structs.replace(answer, what=what)
    return [answers[one.id] for one in translations]


def _advice(one: Translation, batch: Batch) -> str:
    """What happens to it: some vendors let nobody stop their work, and that is said rather than hidden."""
    advice = (batch.remote or {}).get("advice")
    if not advice or not one.units:
        return "it is stopped."
    uids = ", ".join(unit.uid for unit in one.units)
    return f"it is not wanted any more: whatever arrives is not written. {advice} ({uids})"


async def _claim(ledger: Ledger, connection: str, members: list[Translation]) -> list[Answer]:
    try:
        await ledger.slices.open("cancel", connection, translations=[(one.id, one.state) for one in members])
    except Conflict:
        if len(members) == 1:
            return [_answer(members[0], _busy("it moved a moment ago"))]
        # One that moved meanwhile must not keep its siblings.
        return [answer for one in members for answer in await _claim(ledger, connection, [one])]
    return [_answer(one, "it is stopped.", done=True) for one in members]


def _busy(kind: str) -> str:
    return f"work on it is under way ({kind}); try again when that has ended."


def _answer(one: Translation, what: str, *, done: bool = False) -> Answer:
    return Answer(one.id, f"{one.name} → {one.locale}", done, what)
