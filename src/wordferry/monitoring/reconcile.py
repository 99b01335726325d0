"""One place moves waiting translations through the state table, whoever brought the news.

What is applied here was read from the vendor just now; a hint alone never moves anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, Refused, Vanished, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.hints import Hints
from wordferry.ledger.move import Change, looked, move
from wordferry.ledger.voyages import units_written
from wordferry.ledger.writer import Statement
from wordferry.model.states import TABLE, WAITING, State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["STALE", "reconcile", "vanished"]

#: Looks without a change before a job that no list shows is asked for by itself.
MISSED = 4
#: Seconds for which a list may still show what was before our own last word.
STALE = 120.0


async def reconcile(
    ledger: Ledger,
    tms: TMS,
    batch: Batch,
    remote: RemoteBatch,
    translations: Sequence[Translation],
    seen: Sequence[tuple[str, Unit]],
    *,
    pace: Callable[[int], float],
) -> int:
    """Apply what the vendor shows to the translations that wait for it.

    Args:
        ledger: the truth.
        tms: judges vendor words.
        batch: the batch.
        remote: its vendor side.
        translations: all translations of the batch.
        seen: (file name, unit) as the vendor shows them now.
        pace: looks so far → seconds until the next look.

    Returns:
        How many translations moved.
    """
    units, doubles = _assign(tms, translations, seen)
    now = time.time()
    if doubles:
        observe.event("double.seen", level="warning", batch=batch.id, units=doubles)
        await ledger.voyages.write(ledger.voyages.audit_due(batch.id, now))
    moved = 0
    waiting: list[Translation] = []
    for translation in translations:
        shown = tuple(units.get(translation.id, ()))
        if translation.state is State.DELIVERED:
            moved += await _reopened(ledger, tms, batch, remote, translation, shown, now)
            continue
        if translation.state not in WAITING:
            continue
        if not shown and translation.units and translation.looks >= MISSED:
            try:
                # A list may lag, or skip something while it grows: the object itself has the last word.
                shown = tuple(await tms.status(remote, translation))
            except Vanished:
                moved += await _write(ledger, vanished(translation, now))
                continue
        fresh = msgspec.structs.replace(translation, units=shown) if shown else translation
        changed = [unit for unit in shown if unit not in translation.units]
        state = tms.judge(shown, levels=remote.levels) if shown else None
        if (
            state is State.TRANSLATED
            and translation.state is State.REWORK
            and now - translation.since < STALE
        ):
            # A list may be older than our own rejection: the object itself has the last word.
            try:
                shown = tuple(await tms.status(remote, translation))
            except WordferryError:
                shown = translation.units  # nothing is known for certain; the next look asks again
            fresh = msgspec.structs.replace(translation, units=shown)
            state = tms.judge(shown, levels=remote.levels)
        parts: list[Statement | Change] = list(units_written(batch.connection, translation.id, changed))
        if state is None or state is translation.state:
            waiting.append(translation)
            if parts:
                await _write(ledger, parts)
            continue
        parts.append(_moved(fresh, state, now, pace))
        moved += await _write(ledger, parts)
    if waiting:
        await ledger.voyages.write(looked(waiting, [now + pace(t.looks + 1) for t in waiting]))
    await _preparation_due(ledger, batch, translations, units, now)
    return moved


async def _reopened(
    ledger: Ledger,
    tms: TMS,
    batch: Batch,
    remote: RemoteBatch,
    translation: Translation,
    shown: tuple[Unit, ...],
    now: float,
) -> int:
    """A delivered translation that the vendor has finished anew starts another round."""
    finished = bool(shown) and tms.judge(shown, levels=remote.levels) is State.TRANSLATED
    # A list may be older than our own last word.
    if not finished or tms.confirmed(shown, levels=remote.levels):
        return 0
    if now - translation.since < STALE:
        await ledger.voyages.write(Hints.hinted([batch.id], translation.since + STALE))
        return 0
    why = "the TMS opened it again and finished it anew"
    again = move(
        translation,
        State.TRANSLATED,
        why,
        now=now,
        round=translation.round + 1,
        ticket=None,
        blob=None,
        due=now,
    )
    return await _write(ledger, [*units_written(batch.connection, translation.id, shown), again])


def vanished(
    translation: Translation, now: float, *, what: str = "the TMS no longer lists its job."
) -> list[Statement | Change]:
    """Its jobs are gone at the vendor: said, and sent anew when the operator wishes it."""
    error = Vanished(
        what,
        object=f"{translation.name} → {translation.locale}",
        next="`wordferry retry` sends it anew; `wordferry cancel` lets it be.",
    )
    return [
        move(translation, State.FAILED, error.what, now=now, error=error, due=None),
        Statement("DELETE FROM unit WHERE translation = :id", {"id": translation.id}),
    ]


def _assign(
    tms: TMS, translations: Sequence[Translation], seen: Sequence[tuple[str, Unit]]
) -> tuple[dict[str, list[Unit]], list[str]]:
    """Vendor units by translation, and the uids of doubles.

    A unit is known by its uid, else by its marked file name and locale: a split job brings new parts. A new uid for a
    level and part that we know already is a double (a create call that surfaced late) and never moves anything.
    """
    by_uid = {unit.uid: t.id for t in translations for unit in t.units}
    by_name = {(t.file_name, t.vendor_locale): t for t in translations}
    found: dict[str, list[Unit]] = {}
    doubles: list[str] = []
    for name, unit in seen:
        owner = by_uid.get(unit.uid)
        if owner is None:
            translation = by_name.get((name, unit.locale))
            if translation is None:
                continue  # somebody else's job in our project
            if any((known.level, known.part) == (unit.level, unit.part) for known in translation.units):
                if tms.judge([unit], levels=unit.level) is not State.CANCELLED:
                    doubles.append(unit.uid)
                continue
            owner = translation.id
        found.setdefault(owner, []).append(unit)
    return found, doubles


def _moved(translation: Translation, state: State, now: float, pace: Callable[[int], float]) -> Change:
    if state is State.FAILED:
        detail = next((u.detail for u in translation.units if u.imported == "error" and u.detail), None)
        error = Refused(
            f"the TMS could not import it: {detail or 'it gives no reason'}.",
            object=f"{translation.name} → {translation.locale}",
            next="Correct the file and plan again, or `wordferry retry`.",
        )
        return move(translation, state, error.what, now=now, error=error, due=None)
    words = ", ".join(sorted({unit.word for unit in translation.units})) or "nothing"
    settled = TABLE[state].deadline is None
    due = None if settled else now if state is State.TRANSLATED else now + pace(0)
    more: dict[str, Any] = {"findings": None} if state is State.TRANSLATED else {}
    if state is State.DECLINED:
        more["act"] = now
    return move(translation, state, f"the TMS says {words}", now=now, due=due, **more)


async def _write(ledger: Ledger, parts: Sequence[Statement | Change]) -> int:
    try:
        await ledger.voyages.write(*parts)
    except Conflict as error:
        # Somebody moved it meanwhile (the operator, another process): the next look starts from there.
        observe.event("reconcile.conflict", level="debug", why=error.what)
        return 0
    return 1


async def _preparation_due(
    ledger: Ledger,
    batch: Batch,
    translations: Sequence[Translation],
    units: dict[str, list[Unit]],
    now: float,
) -> None:
    """When every import has ended, the batch's preparations are due; they are due once."""
    if batch.prepared or any(t.state is State.PLANNED for t in translations):
        return
    open_ = [t for t in translations if t.units and TABLE[t.state].deadline is not None]
    imports = [unit.imported for t in open_ for unit in units.get(t.id, t.units)]
    if imports and all(word in ("ok", "error") for word in imports):
        await ledger.voyages.write(
            Statement(
                "UPDATE batch SET due = :now WHERE id = :id AND slice IS NULL AND prepared = 0 AND error IS NULL"
                " AND due IS NULL",
                {"now": now, "id": batch.id},
            )
        )
