"""The state of a translation: one table, from which the code, the tests and the docs' diagram are made.

A state changes only along the `moves` of its row. Unknown vendor words never move anything.
Source: our decision; the vendors' words for each state stand in `tms/<vendor>/states.py`.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["OPEN", "OPERATOR", "SETTLED", "TABLE", "WAITING", "Row", "State", "may_move", "mermaid"]

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class State(StrEnum):
    """Where one translation stands. The word is the same in code, database, logs, command line and docs."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    TRANSLATING = "translating"
    DECLINED = "declined"
    TRANSLATED = "translated"
    EXPORTING = "exporting"
    DELIVERING = "delivering"
    HELD = "held"
    REWORK = "rework"
    DELIVERED = "delivered"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Row(msgspec.Struct, frozen=True):
    """One row of the table.

    Attributes:
        means: one sentence for people.
        mover: who makes the next move: a stage, `tms`, `operator` or `nobody`.
        next: what happens next, for `explain`.
        deadline: seconds after which a translation in this state counts as stuck; None when settled.
        moves: the states that may follow.
    """

    means: str
    mover: str
    next: str
    deadline: float | None
    moves: frozenset[State]


S = State
_STOPS = frozenset({S.CANCELLED, S.SUPERSEDED, S.FAILED})
_VENDOR = frozenset({S.SUBMITTED, S.TRANSLATING, S.DECLINED, S.TRANSLATED, S.REWORK})

TABLE: dict[State, Row] = {
    S.PLANNED: Row(
        "in an accepted plan, nothing sent",
        "submission",
        "it is sent to the TMS",
        HOUR,
        _VENDOR | _STOPS,
    ),
    S.SUBMITTED: Row(
        "the TMS has it, work has not begun",
        "tms",
        "somebody at the TMS starts work; the TMS is asked again at the due time",
        14 * DAY,
        _VENDOR | _STOPS,
    ),
    S.TRANSLATING: Row(
        "being worked on",
        "tms",
        "the last workflow step is completed; the TMS is asked again at the due time",
        14 * DAY,
        _VENDOR | _STOPS,
    ),
    S.DECLINED: Row(
        "the provider said no",
        "operator",
        "somebody assigns another provider at the TMS",
        DAY,
        _VENDOR | _STOPS,
    ),
    S.TRANSLATED: Row(
        "finished at the TMS, can be fetched",
        "delivery",
        "the finished file is exported",
        HOUR,
        _VENDOR | _STOPS | {S.EXPORTING, S.DELIVERING, S.HELD},
    ),
    S.EXPORTING: Row(
        "the TMS prepares the file",
        "delivery",
        "the file is downloaded as soon as the export is ready",
        HOUR,
        _STOPS | {S.DELIVERING, S.TRANSLATED, S.HELD, S.REWORK},
    ),
    S.DELIVERING: Row(
        "fetch, check and write are under way",
        "delivery",
        "the file is checked, written and confirmed",
        HOUR,
        _STOPS | {S.DELIVERED, S.TRANSLATED, S.HELD, S.REWORK},
    ),
    S.HELD: Row(
        "a gate stopped the delivery; nothing was overwritten",
        "operator",
        "look at the findings, then `wordferry retry`",
        DAY,
        _STOPS | {S.TRANSLATED, S.DELIVERING, S.REWORK, S.TRANSLATING},
    ),
    S.REWORK: Row(
        "sent back to the translator",
        "tms",
        "the translator completes it again; the TMS is asked again at the due time",
        14 * DAY,
        _VENDOR | _STOPS,
    ),
    S.DELIVERED: Row(
        "written home, receipt stored, TMS told",
        "nobody",
        "nothing; `wordferry retry` or a reopening seen at the TMS starts a new round",
        None,
        frozenset({S.TRANSLATED, S.SUPERSEDED}),
    ),
    S.SUPERSEDED: Row("a newer source revision replaced it", "nobody", "nothing", None, frozenset()),
    S.CANCELLED: Row(
        "stopped before completion",
        "nobody",
        "nothing; plan again to send it anew",
        None,
        frozenset({S.SUBMITTED}),
    ),
    S.FAILED: Row(
        "we gave up, or the import failed",
        "operator",
        "read the error, correct the cause, then `wordferry retry`",
        DAY,
        _VENDOR | {S.PLANNED, S.CANCELLED, S.SUPERSEDED, S.DELIVERING},
    ),
}

#: Done, until the vendor reopens it.
SETTLED = frozenset({S.DELIVERED, S.CANCELLED, S.SUPERSEDED})
#: Everything else.
OPEN = frozenset(State) - SETTLED
#: The TMS moves next; polls and events look at these.
WAITING = frozenset({S.SUBMITTED, S.TRANSLATING, S.DECLINED, S.REWORK})
#: A person moves next.
OPERATOR = frozenset(state for state, row in TABLE.items() if row.mover == "operator")


def may_move(old: State, new: State) -> bool:
    """Whether the table allows `old` to become `new`; staying is always allowed."""
    return old == new or new in TABLE[old].moves


def mermaid() -> str:
    """The state diagram as Mermaid text, drawn from the table."""
    lines = ["stateDiagram-v2", "    [*] --> planned"]
    for state, row in TABLE.items():
        lines += [f"    {state.value} --> {target.value}" for target in State if target in row.moves]
        if state in SETTLED:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join(lines)
