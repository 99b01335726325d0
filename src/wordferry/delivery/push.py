"""A file that a TMS pushes: taken for a finished download, so that it is checked and written like every other."""

from __future__ import annotations

import time

import msgspec

from wordferry.errors import Conflict, Refused, Vanished
from wordferry.ledger import Ledger
from wordferry.ledger.move import move
from wordferry.model.states import State, may_move
from wordferry.model.voyage import Translation

__all__ = ["Pushed", "push"]

_ENDED = frozenset({State.CANCELLED, State.SUPERSEDED, State.PLANNED})


class Pushed(msgspec.Struct, frozen=True):
    """What became of a pushed file.

    Attributes:
        translation: id of the translation it is for.
        blob: hash of the file.
        state: the translation's state now.
        news: whether it started a delivery; False when these bytes are home, or on their way, already.
    """

    translation: str
    blob: str
    state: State
    news: bool


async def push(ledger: Ledger, connection: str, unit: str, blob: str) -> Pushed:
    """Hand a stored file to delivery.

    Args:
        ledger: the truth.
        connection: the connection it came over.
        unit: the vendor's uid, or our translation id.
        blob: hash of the file, which is in the blob store.

    Raises:
        Vanished: no such unit at that connection.
        Refused: the translation is settled for good, or was never sent.
        Conflict: its delivery is under way; to be tried again.
    """
    found = await ledger.voyages.translations(
        "t.batch IN (SELECT id FROM batch WHERE connection = :c)"
        " AND (t.id = :u OR t.id IN (SELECT translation FROM unit WHERE connection = :c AND uid = :u))",
        {"c": connection, "u": unit},
    )
    if not found:
        raise Vanished("there is no translation of that unit.", object=unit)
    translation = found[0]
    if blob == translation.delivered and translation.state is State.DELIVERED:
        return Pushed(translation.id, blob, translation.state, news=False)
    if blob == translation.blob and translation.state is State.DELIVERING:
        return Pushed(translation.id, blob, translation.state, news=False)
    if translation.state in _ENDED:
        raise Refused(f"the translation is {translation.state}.", object=unit, next="Plan it again.")
    if translation.state is State.DELIVERING:
        raise Conflict("another file of it is being delivered.", object=unit, next="Try again in a moment.")
    return await _deliver(ledger, translation, blob)


async def _deliver(ledger: Ledger, translation: Translation, blob: str) -> Pushed:
    now = time.time()
    parts = []
    if not may_move(translation.state, State.DELIVERING):
        again = translation.state is State.DELIVERED
        round_ = translation.round + int(again)
        parts.append(
            move(translation, State.TRANSLATED, "the TMS pushed the file", now=now, round=round_, ticket=None)
        )
        translation = msgspec.structs.replace(translation, state=State.TRANSLATED, round=round_)
    parts.append(
        move(
            translation,
            State.DELIVERING,
            f"pushed file {blob[:12]} is to be checked and written",
            now=now,
            blob=blob,
            # Names the operations of this delivery: each push is written once, and never taken for another.
            ticket=f"push-{translation.round}-{blob[:16]}",
            due=now,
        )
    )
    # A compare-and-set: a delivery that holds it right now makes it a conflict, and nothing is changed.
    await ledger.voyages.write(*parts)
    return Pushed(translation.id, blob, State.DELIVERING, news=True)
