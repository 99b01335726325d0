"""Changes of a translation, as statements that go into somebody's write."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, WordferryError
from wordferry.ledger.writer import Statement
from wordferry.model.states import State, may_move
from wordferry.model.voyage import Claim, Translation

__all__ = ["Change", "log_moves", "looked", "move", "statements", "touch"]


class Change(NamedTuple):
    """Statements, and what to log once they are committed."""

    statements: tuple[Statement, ...]
    event: dict[str, Any] | None = None


def statements(parts: Iterable[Statement | Change]) -> list[Statement]:
    """The statements of a mixed list, in order."""
    out: list[Statement] = []
    for part in parts:
        if isinstance(part, Change):
            out.extend(part.statements)
        else:
            out.append(part)
    return out


def log_moves(parts: Iterable[Statement | Change]) -> None:
    """Log the state changes of a committed write, with the guide's fields."""
    for part in parts:
        if isinstance(part, Change) and part.event:
            observe.event("state.moved", **part.event)


def touch(
    translation: Translation, *, claim: Claim | None = None, state: State | None = None, **fields: Any
) -> Statement:
    """Set fields of a translation by compare-and-set on its state and, with a claim, on the slice's epoch."""
    values: dict[str, Any] = {name: _column(value) for name, value in fields.items()}
    if state is not None:
        values["state"] = state.value
    assignments = ", ".join(f"{name} = :{name}" for name in sorted(values))
    where = "id = :_id AND state = :_old"
    values |= {"_id": translation.id, "_old": translation.state.value}
    if claim is not None:
        where += " AND slice = :_slice AND epoch = :_epoch"
        values |= {"_slice": claim.slice, "_epoch": claim.epoch}
    else:
        where += " AND slice IS NULL"
    return Statement(
        f"UPDATE translation SET {assignments} WHERE {where}",
        values,
        1,
        f"translation {translation.id} was moved by somebody else",
    )


def move(
    translation: Translation,
    new: State,
    why: str,
    *,
    claim: Claim | None = None,
    now: float | None = None,
    error: WordferryError | None = None,
    **fields: Any,
) -> Change:
    """Move a translation along the state table.

    Args:
        translation: as last read; its state is the compare of the compare-and-set.
        new: the state to enter.
        why: one sentence for `trace`.
        claim: the slice run that holds it; None for moves by monitoring or the operator.
        now: epoch seconds.
        error: stored with it; None clears the stored error.
        **fields: further columns to set.

    Raises:
        Conflict: the table does not allow the move.
    """
    old = translation.state
    if not may_move(old, new):
        raise Conflict(f"a translation that is {old} cannot become {new}.", object=translation.id)
    now = time.time() if now is None else now
    fields.setdefault("looks", 0)
    fields["error"] = error.to_json() if error else None
    updated = touch(translation, claim=claim, state=new, since=now, **fields)
    moved = Statement(
        "INSERT INTO movement (translation, at, old, new, why, round)"
        " VALUES (:translation, :at, :old, :new, :why, :round)",
        {
            "translation": translation.id,
            "at": now,
            "old": old.value,
            "new": new.value,
            "why": why,
            "round": int(fields.get("round", translation.round)),
        },
    )
    event = {"correlationId": translation.id, "from": old.value, "to": new.value, "why": why}
    if translation.units:
        event["jobUid"] = translation.units[-1].uid
    return Change((updated, moved), event)


def _column(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return msgspec.json.encode(value).decode()
    return value


def looked(
    waiting: Sequence[Translation], dues: Sequence[float], error: WordferryError | None = None
) -> Statement:
    """The statement that counts a look without a change and sets the next one of each."""
    text = error.to_json() if error else None
    return Statement(
        "UPDATE translation SET due = :due, looks = looks + 1, error = :error"
        " WHERE id = :id AND state = :state AND slice IS NULL",
        [
            {"id": one.id, "state": one.state.value, "due": due, "error": text}
            for one, due in zip(waiting, dues, strict=True)
        ],
    )
