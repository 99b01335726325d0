"""Items that got a new name or are gone: what becomes of their translations. Ledger writes only.

A rename is recognised by content: the item of one name is gone, and one of the same bytes and format has appeared.
What is under way simply goes home to the new place. What is home already gets a translation of its own there, made of
the delivered file; nothing is translated again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from wordferry.errors import Conflict
from wordferry.ledger import Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.revisions import forgotten, inherited, inserted
from wordferry.ledger.writer import Statement
from wordferry.model.identity import translation_id
from wordferry.model.plan import Gone, Plan, PlannedItem, Rename, Renamed, RoutePlan, Skip
from wordferry.model.route import Route
from wordferry.model.states import OPEN, State
from wordferry.model.voyage import Translation
from wordferry.submission.answer import Answer
from wordferry.submission.withdraw import withdraw

__all__ = ["carry_out", "find_moves"]

_BUSY = "it is being worked on; the new name is taken up at the next look."
#: Translations in one slice.
_SLICE = 100


async def find_moves(
    route: Route,
    ledger: Ledger,
    *,
    items: Sequence[PlannedItem],
    present: Collection[str],
    latest: Mapping[tuple[str, str], Translation],
) -> tuple[list[PlannedItem], list[Rename], list[Gone]]:
    """What is gone, and what of it came back under another name.

    Args:
        route: the route.
        ledger: what was delivered where.
        items: what would be sent.
        present: ids of all items that are there, readable or not.
        latest: what was sent last, by (item, locale).

    Returns:
        The items that remain to be sent, the renames, and what is gone for good.
    """
    ours = {batch.id for batch in await ledger.voyages.batches("b.route = :route", {"route": route.name})}
    gone: dict[str, dict[str, Translation]] = {}
    for (item, locale), one in latest.items():
        if item not in present and one.batch in ours:
            gone.setdefault(item, {})[locale] = one
    rest: list[PlannedItem] = []
    renames: list[Rename] = []
    for planned in items:
        old = _renamed_from(planned, gone, latest)
        if old is None:
            rest.append(planned)
            continue
        followed = gone.pop(old)
        renames.append(
            Rename(
                old,
                planned.item,
                planned.name,
                planned.revision,
                tuple(
                    Renamed(followed[one.locale].id, one.locale, one.target, one.baseline)
                    for one in planned.translations
                    if one.locale in followed
                ),
                forget=route.watch.gone != "remove",
            )
        )
        left = tuple(one for one in planned.translations if one.locale not in followed)
        if left:
            rest.append(msgspec.structs.replace(planned, translations=left))
    # What is only renamed now is removed at its old place after the next look.
    known = {*present, *(one.old for one in renames)}
    targets = await ledger.revisions.targets_of_gone(route.content, ours, known)
    return rest, renames, _gone(route, gone, targets)


def _renamed_from(
    planned: PlannedItem,
    gone: Mapping[str, Mapping[str, Translation]],
    latest: Mapping[tuple[str, str], Translation],
) -> str | None:
    if any((planned.item, one.locale) in latest for one in planned.translations):
        return None
    name = planned.name.rsplit("/", 1)[-1]
    same = [
        item
        for item, locales in gone.items()
        if all((one.revision, one.format) == (planned.revision, planned.format) for one in locales.values())
    ]
    # Of several with the same bytes the one that only moved, then any, but always the same.
    return min(same, key=lambda item: (item.rsplit("/", 1)[-1] != name, item), default=None)


def _gone(
    route: Route, gone: Mapping[str, Mapping[str, Translation]], targets: Mapping[str, Sequence[str]]
) -> list[Gone]:
    policy = route.watch.gone
    found = []
    for item in sorted({*gone, *targets} if policy == "remove" else gone):
        locales = gone.get(item, {})
        open_ = tuple(sorted(one.id for one in locales.values() if one.state in OPEN))
        cancel = open_ if policy in ("cancel", "remove") else ()
        remove = tuple(sorted(targets.get(item, ()))) if policy == "remove" else ()
        name = next((one.name for one in locales.values()), item)
        if cancel or remove or policy == "keep":
            found.append(Gone(item, name, cancel, remove, len(locales) - len(cancel) - len(remove)))
    return [one for one in found if one.cancel or one.remove or one.kept > 0]


async def carry_out(plan: Plan, ledger: Ledger) -> list[Skip]:
    """Let renamed items have their new names, and stop and remove what is gone.

    May be repeated: what was done is not found again.

    Returns:
        What could not be done now, with the reason.
    """
    left: list[Skip] = []
    for part in plan.routes:
        for rename in part.renames:
            left += await _follow(rename, part, plan, ledger)
        left += [
            Skip(answer.name, None, answer.what, problem=True)
            for answer in await _stop(part, ledger)
            if not answer.done
        ]
    return left


async def _follow(rename: Rename, part: RoutePlan, plan: Plan, ledger: Ledger) -> list[Skip]:
    left = []
    for place in rename.translations:
        found = await ledger.voyages.translations("t.id = :id", {"id": place.translation})
        if not found:
            continue
        try:
            await ledger.voyages.write(*_written(found[0], rename, place, part, plan))
        except Conflict:
            left.append(Skip(rename.name, place.locale, _BUSY))
    return left


def _written(
    old: Translation, rename: Rename, place: Renamed, part: RoutePlan, plan: Plan
) -> list[Statement | Change]:
    there: dict[str, Any] = {
        "item": rename.item,
        "name": rename.name,
        "target": place.target,
        "baseline": place.baseline,
    }
    if old.state is not State.DELIVERED:
        return [touch(old, **there)]
    now = time.time()
    new = msgspec.structs.replace(
        old,
        id=translation_id(old.batch, rename.item, place.locale, edition=plan.id),
        state=State.DELIVERING,
        since=now,
        round=old.round + 1,
        due=now,
        looks=0,
        blob=old.delivered,
        delivered=None,
        replaces=old.id,
        error=None,
        findings=(),
        **there,
    )
    moved = rename.forget and old.target != place.target
    why = f"its source is {rename.item} now; {new.id} goes there"
    return [
        *inserted(new, f"{old.item} is called {rename.item} now", now=now),
        inherited(old, new),
        *([forgotten(part.content, old)] if moved else []),
        move(old, State.SUPERSEDED, why, now=now, due=None),
    ]


async def _stop(part: RoutePlan, ledger: Ledger) -> list[Answer]:
    answers: list[Answer] = []
    ids = [id_ for one in part.gone for id_ in one.cancel]
    for start in range(0, len(ids), _SLICE):
        answers += await withdraw(ledger, await _translations(ledger, ids[start : start + _SLICE]))
    for one in [one for gone in part.gone for one in await _translations(ledger, gone.remove)]:
        try:
            await ledger.slices.open("remove", part.connection, translations=[(one.id, one.state)])
        except Conflict:
            answers.append(Answer(one.id, one.target, False, "work on it is under way."))
    return answers


async def _translations(ledger: Ledger, ids: Sequence[str]) -> list[Translation]:
    if not ids:
        return []
    names = {f"i{number}": id_ for number, id_ in enumerate(ids)}
    return await ledger.voyages.translations(f"t.id IN ({', '.join(':' + name for name in names)})", names)
