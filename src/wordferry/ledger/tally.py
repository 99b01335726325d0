"""Counting: how many translations stand where, and what stands still. Reads only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from wordferry.errors import TryAgain, from_json
from wordferry.ledger.ledger import Ledger
from wordferry.model.states import OPEN, OPERATOR, SETTLED, TABLE, State
from wordferry.model.voyage import Batch, Translation

__all__ = [
    "Count",
    "Stopped",
    "claimed",
    "counts",
    "hindrance",
    "settled",
    "stopped_batches",
    "stuck",
    "under_way",
]


class Count(msgspec.Struct, frozen=True):
    """How many translations of a route and locale are in a state."""

    route: str
    locale: str
    state: State
    number: int


class Stopped(msgspec.Struct, frozen=True):
    """A batch that something stands in the way of.

    Attributes:
        batch: the batch.
        error: the stored error, as JSON text.
        due: epoch seconds of the next attempt; None when a person moves next.
    """

    batch: Batch
    error: str
    due: float | None


def _scope(routes: Sequence[str], batches: Sequence[str] | None) -> tuple[str, dict[str, Any]]:
    parts = ["1 = 1"]
    values: dict[str, Any] = {}
    for column, prefix, names in (("b.route", "r", routes or None), ("b.id", "b", batches)):
        if names is None:
            continue
        bound = {f"{prefix}{number}": name for number, name in enumerate(names)}
        values |= bound
        parts.append(f"{column} IN ({', '.join(':' + name for name in bound) or 'NULL'})")
    return " AND ".join(parts), values


async def counts(
    ledger: Ledger, *, routes: Sequence[str] = (), batches: Sequence[str] | None = None
) -> list[Count]:
    """Translations by route, locale and state.

    Args:
        ledger: the ledger.
        routes: names of routes; empty means all.
        batches: ids of batches; None means all.
    """
    where, values = _scope(routes, batches)

    def read(connection: sa.Connection) -> list[Count]:
        rows = connection.execute(
            sa.text(
                "SELECT b.route, t.locale, t.state, COUNT(*) FROM translation t JOIN batch b ON b.id = t.batch"
                f" WHERE {where} GROUP BY b.route, t.locale, t.state ORDER BY b.route, t.locale, t.state"
            ),
            values,
        )
        return [Count(row[0], row[1], State(row[2]), row[3]) for row in rows]

    return await ledger.read(read)


async def stuck(
    ledger: Ledger, *, routes: Sequence[str] = (), now: float | None = None, limit: int | None = None
) -> list[Translation]:
    """Translations that are longer in their state than its deadline allows."""
    now = time.time() if now is None else now
    where, values = _scope(routes, None)
    late = []
    for state, row in TABLE.items():
        if row.deadline is not None:
            late.append(f"(t.state = '{state}' AND t.since < :late_{state})")
            values[f"late_{state}"] = now - row.deadline
    return await ledger.voyages.translations(
        f"({' OR '.join(late)}) AND t.batch IN (SELECT b.id FROM batch b WHERE {where})", values, limit=limit
    )


async def stopped_batches(ledger: Ledger, *, routes: Sequence[str] = ()) -> list[Stopped]:
    """Batches with an error, oldest first."""
    where, values = _scope(routes, None)
    # A batch whose translations are all settled needs nobody any more.
    alive = "EXISTS (SELECT 1 FROM translation a WHERE a.batch = b.id AND a.state NOT IN"
    settled = ", ".join(f"'{state}'" for state in sorted(SETTLED))
    found = await ledger.voyages.batches(f"b.error IS NOT NULL AND {alive} ({settled})) AND {where}", values)
    out = []
    for batch in found:
        error, _, due = await ledger.voyages.batch_facts(batch.id)
        if error is not None:
            out.append(Stopped(batch, error, due))
    return out


async def hindrance(
    ledger: Ledger, *, routes: Sequence[str] = (), batches: Sequence[str] | None = None
) -> str | None:
    """The stored error of one batch or open translation, as JSON text; None when nothing is in the way."""
    where, values = _scope(routes, batches)
    waiting = ", ".join(f"'{state}'" for state in sorted(OPEN - OPERATOR))

    def read(connection: sa.Connection) -> str | None:
        found: str | None = connection.execute(
            sa.text(f"SELECT b.error FROM batch b WHERE b.error IS NOT NULL AND {where} LIMIT 1"), values
        ).scalar()
        if found is None:
            found = connection.execute(
                sa.text(
                    "SELECT t.error FROM translation t JOIN batch b ON b.id = t.batch"
                    f" WHERE t.error IS NOT NULL AND t.state IN ({waiting}) AND {where} LIMIT 1"
                ),
                values,
            ).scalar()
        return found

    return await ledger.read(read)


async def under_way(
    ledger: Ledger, *, routes: Sequence[str] = (), batches: Sequence[str] | None = None
) -> int:
    """Translations and batches that a slice holds: somebody works on them, or is about to."""
    where, values = _scope(routes, batches)

    def read(connection: sa.Connection) -> int:
        found: int = connection.execute(
            sa.text(
                "SELECT (SELECT COUNT(*) FROM translation t JOIN batch b ON b.id = t.batch"
                f" WHERE t.slice IS NOT NULL AND {where})"
                f" + (SELECT COUNT(*) FROM batch b WHERE b.slice IS NOT NULL AND {where})"
            ),
            values,
        ).scalar_one()
        return found

    return await ledger.read(read)


async def claimed(ledger: Ledger, translations: Sequence[str]) -> dict[str, str]:
    """Which of the translations are held by a slice right now: id → kind of the slice."""

    def read(connection: sa.Connection) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(translations), 500):
            names = {f"i{number}": id_ for number, id_ in enumerate(translations[start : start + 500])}
            rows = connection.execute(
                sa.text(
                    "SELECT t.id, s.kind FROM translation t JOIN slice s ON s.id = t.slice"
                    f" WHERE t.id IN ({', '.join(':' + name for name in names)})"
                ),
                names,
            )
            found |= {row[0]: row[1] for row in rows}
        return found

    return await ledger.read(read)


async def settled(ledger: Ledger, *, batches: Sequence[str] | None = None) -> bool:
    """Whether nothing is left that moves by itself: the rest is settled, or waits for a person."""
    by_state = await ledger.voyages.counts(batches)
    moving = sum(number for state, number in by_state.items() if state in OPEN and state not in OPERATOR)
    if moving:
        return await _blocked(ledger, batches) >= moving
    if any(held.state in SETTLED for held in await ledger.voyages.translations("t.slice IS NOT NULL")):
        return False  # their targets are being removed
    at_work = await ledger.voyages.batches("b.due IS NOT NULL OR b.slice IS NOT NULL")
    return not any(batches is None or batch.id in batches for batch in at_work)


async def _blocked(ledger: Ledger, batches: Sequence[str] | None) -> int:
    """Translations that cannot move before a person changes something (credentials, template, quota)."""
    stopped = await ledger.voyages.batches("b.error IS NOT NULL AND b.due IS NULL AND b.slice IS NULL")
    stopped_ids = {batch.id for batch in stopped}
    names = ", ".join(f"'{state}'" for state in sorted(OPEN - OPERATOR))
    count = 0
    # Of a vendor that starts no work before it is told to, what was sent but not handed over stands still, too.
    kept = {one.id for one in stopped if one.remote and one.remote.get("sealed") and not one.prepared}
    for translation in await ledger.voyages.translations(
        "t.slice IS NULL AND (t.error IS NOT NULL OR t.state IN ('planned', 'submitted'))"
        f" AND t.state IN ({names})"
    ):
        if batches is not None and translation.batch not in batches:
            continue
        if translation.state is State.PLANNED:
            count += translation.batch in stopped_ids
        elif translation.state is State.SUBMITTED and translation.batch in kept:
            count += 1
        elif translation.error is not None:
            count += not isinstance(from_json(translation.error), TryAgain)
    return count
