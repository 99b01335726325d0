"""Phrase's words and what they mean to us: tables, not code.

Sources: the words of the REST interface stand in the published specifications of 2020, 2023 and 2026 and in the
Phrase guide "Full Integration Workflow"; those of webhooks were seen in recorded deliveries of 2023 to 2026 and in
the code of a public connector.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from wordferry.model.states import State
from wordferry.model.voyage import Unit

__all__ = ["DELIVERED", "IMPORTS", "PHASES", "WEBHOOK_WORDS", "Phase", "judge"]

DELIVERED = "DELIVERED"


class Phase(StrEnum):
    """What a job's status says about its one workflow level."""

    WAITING = "waiting"
    WORKING = "working"
    DECLINED = "declined"
    REJECTED = "rejected"
    DONE = "done"
    CANCELLED = "cancelled"


#: REST status word → phase. A word that is not here never moves a translation.
PHASES: dict[str, Phase] = {
    "NEW": Phase.WAITING,
    "EMAILED": Phase.WAITING,
    "ACCEPTED": Phase.WORKING,
    "DECLINED": Phase.DECLINED,
    "REJECTED": Phase.REJECTED,
    "COMPLETED": Phase.DONE,
    # Without our receipt it means: somebody clicked; the file still has to come home.
    "DELIVERED": Phase.DONE,
    "CANCELLED": Phase.CANCELLED,
}

#: Webhook word → REST word. Trap: `COMPLETED` there is `DELIVERED` here.
WEBHOOK_WORDS: dict[str, str] = {
    "NEW": "NEW",
    "EMAILED": "EMAILED",
    "ASSIGNED": "ACCEPTED",
    "DECLINED_BY_LINGUIST": "DECLINED",
    "REJECTED_BY_LINGUIST": "REJECTED",
    "COMPLETED_BY_LINGUIST": "COMPLETED",
    "COMPLETED": "DELIVERED",
    "CANCELLED": "CANCELLED",
}

#: `importStatus.status` → our word.
IMPORTS: dict[str | None, str] = {"RUNNING": "running", "OK": "ok", "ERROR": "error"}


def judge(units: Sequence[Unit], *, levels: int) -> State | None:
    """The state that the jobs of one file and language amount to, read top-down. The order is our decision.

    Args:
        units: its jobs, all levels and parts.
        levels: the last workflow level of the project.

    Returns:
        The state; None when a word is unknown or nothing is shown.
    """
    if not units:
        return None
    if any(unit.imported == "error" for unit in units):
        return State.FAILED
    phases = [(unit.level, PHASES.get(unit.word)) for unit in units]
    if any(phase is None for _, phase in phases):
        return None
    if any(phase is Phase.CANCELLED for _, phase in phases):
        return State.CANCELLED
    open_levels = [level for level, phase in phases if phase is not Phase.DONE]
    current = min(open_levels, default=levels)
    if any(phase is Phase.DECLINED for level, phase in phases if level == current):
        return State.DECLINED
    if any(phase is Phase.REJECTED for _, phase in phases):
        return State.REWORK
    last = [phase for level, phase in phases if level == levels]
    if last and all(phase is Phase.DONE for phase in last):
        return State.TRANSLATED
    if all(phase is Phase.WAITING for _, phase in phases):
        return State.SUBMITTED
    return State.TRANSLATING
