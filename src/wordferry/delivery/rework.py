"""Send a translation back that the check found broken, where the vendor can take it and the route wants that."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordferry import observe
from wordferry.errors import Refused
from wordferry.ledger.move import Change, move
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.ports.tms import Confirmed

if TYPE_CHECKING:
    from wordferry.delivery.deliver import Crossing

__all__ = ["send_back"]


async def send_back(crossing: Crossing, findings: Sequence[str]) -> bool:
    """Reject the fetched file with its findings; what the translator sends next is another round.

    Args:
        crossing: the translation's way home.
        findings: one sentence each.

    Returns:
        Whether it went back; if not, a person has to look at it.
    """
    translation = crossing.translation
    if not crossing.tms.capabilities.rework:
        return False
    effect = crossing.tms.reject(crossing.remote, translation, findings)
    if effect is None:
        return False

    def note(_confirmed: Confirmed) -> list[Statement | Change]:
        why = f"the check found {len(findings)} problem(s); the translator has them"
        now = time.time()
        return [
            move(
                translation,
                State.REWORK,
                why,
                claim=crossing.claim,
                now=now,
                round=translation.round + 1,
                ticket=None,
                blob=None,
                findings=findings,
                due=now + crossing.pace.first,
            )
        ]

    try:
        await crossing.ledger.operations.run(
            effect, crossing.claim, batch=crossing.batch.id, translation=translation.id, finish=note
        )
    except Refused as error:
        observe.event("rework.refused", level="warning", translation=translation.id, why=str(error))
        return False
    return True
