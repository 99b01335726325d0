"""Tell the TMS that the translation is home, and store the receipt. Only after the write is confirmed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from wordferry.ledger.move import Change, move
from wordferry.ledger.revisions import older_superseded
from wordferry.ledger.voyages import Voyages
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.model.voyage import Receipt
from wordferry.ports.tms import Confirmed

if TYPE_CHECKING:
    from wordferry.delivery.deliver import Crossing

__all__ = ["acknowledge"]


async def acknowledge(crossing: Crossing) -> None:
    """Set the vendor's status and close the round."""
    translation = crossing.translation
    delivered = translation.delivered
    assert delivered is not None

    def note(confirmed: Confirmed) -> list[Statement | Change]:
        now = time.time()
        receipt = Receipt(
            translation=translation.id,
            round=translation.round,
            item=translation.item,
            locale=translation.locale,
            target=translation.target,
            source=translation.revision,
            delivered=delivered,
            vendor={
                "batch": crossing.remote.id,
                "units": [unit.uid for unit in translation.units],
                "export": translation.ticket,
                "status": confirmed.word,
            },
            at=now,
        )
        why = f"written to {translation.target}; the TMS knows"
        return [
            Voyages.receipt(receipt),
            *older_superseded(translation, crossing.batch, now),
            move(translation, State.DELIVERED, why, claim=crossing.claim, now=now, due=None),
        ]

    await crossing.ledger.operations.run(
        crossing.tms.confirm(crossing.remote, translation, delivered=delivered),
        crossing.claim,
        batch=crossing.batch.id,
        translation=translation.id,
        finish=note,
    )
    crossing.translation = msgspec.structs.replace(translation, state=State.DELIVERED)
