"""Plan: look at every item and say what would be sent, what not, and why. Nothing is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from wordferry import formats
from wordferry.errors import WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.model.content import Item, ItemProblem
from wordferry.model.identity import short
from wordferry.model.plan import (
    Gone,
    Plan,
    PlannedItem,
    PlannedTranslation,
    Rename,
    RoutePlan,
    Skip,
)
from wordferry.model.route import Route
from wordferry.model.states import OPERATOR, SETTLED, TABLE, State
from wordferry.model.variants import Must, demands
from wordferry.model.voyage import Translation
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS
from wordferry.submission.moves import find_moves

__all__ = ["PARSE_LIMIT", "count", "draw_plan", "plan_route"]

#: Bytes up to which a document is parsed in memory; larger plain text is checked line by line instead.
PARSE_LIMIT = 64 * 1024 * 1024


def draw_plan(parts: Iterable[RoutePlan], *, now: float | None = None) -> Plan:
    """Put route parts together under one id."""
    now = time.time() if now is None else now
    routes = tuple(parts)
    body = msgspec.json.encode(routes).decode()
    return Plan(id="p" + short("plan", f"{now:.3f}", body), created=now, routes=routes)


async def plan_route(
    route: Route,
    content: ContentSystem,
    tms: TMS,
    ledger: Ledger,
    blobs: Blobs,
    *,
    only: frozenset[str] = frozenset(),
    seen: Callable[[str], None] = lambda name: None,
    taken: dict[tuple[str, str], str] | None = None,
) -> RoutePlan:
    """Plan one route.

    Args:
        route: the route.
        content: its content system.
        tms: its TMS connection.
        ledger: what was sent before.
        blobs: where items are copied to while their words are counted.
        only: names or ids of items to look at; empty means all.
        seen: told each item's name, for a progress bar.
        taken: (content system, target) → who has it; shared by the routes of one plan, so that no two of them send
            an item to the same place.

    Returns:
        Creates, updates and skips with reasons; every item of the content system is in it.
    """
    latest = await ledger.voyages.latest(route.content, route.connection)
    taken = {} if taken is None else taken
    items: list[PlannedItem] = []
    skips: list[Skip] = []
    written = await ledger.targets.revisions(route.content)
    present: set[str] = set()
    async for item in content.items():
        present.add(item.id)
        if isinstance(item, ItemProblem):
            seen(item.id)
            if not only or item.id in only:
                skips.append(Skip(item.id, None, item.error, problem=True))
            continue
        seen(item.name)
        if only and item.id not in only and item.name not in only:
            continue
        planned, skipped = await _plan_item(item, route, content, tms, blobs, latest, taken)
        skips.extend(skipped)
        if planned:
            items.append(planned)
    renames: list[Rename] = []
    gone: list[Gone] = []
    if route.variant == "continuous" and not only:
        items, renames, gone = await find_moves(route, ledger, items=items, present=present, latest=latest)
    notes = [note for item in items for note in _notes(item, written)]
    count = sum(len(item.translations) for item in items)
    calls = tms.expected_calls(items=len(items), translations=count, settings=route.settings) if items else 0
    return RoutePlan(
        route=route.name,
        content=route.content,
        connection=route.connection,
        settings=route.settings,
        source_locale=route.source_locale,
        items=tuple(items),
        skips=tuple(skips),
        calls=calls,
        notes=tuple(notes),
        variant=route.variant,
        renames=tuple(renames),
        gone=tuple(gone),
    )


def _notes(item: PlannedItem, written: dict[str, str]) -> list[Skip]:
    """What will happen to files that are there already."""
    notes = []
    for one in item.translations:
        if one.baseline is None or one.baseline == written.get(one.target):
            continue
        if one.target in written:
            reason = f"{one.target} was changed since it was delivered: the new translation will be held"
        else:
            reason = f"{one.target} is there already and will be replaced"
        notes.append(Skip(item.name, one.locale, reason, problem=True))
    return notes


async def _plan_item(
    item: Item,
    route: Route,
    content: ContentSystem,
    tms: TMS,
    blobs: Blobs,
    latest: dict[tuple[str, str], Translation],
    taken: dict[tuple[str, str], str],
) -> tuple[PlannedItem | None, list[Skip]]:
    if item.size == 0:
        return None, [Skip(item.name, None, "it is empty; there is nothing to translate")]
    if item.size > tms.capabilities.max_file_size:
        limit = tms.capabilities.max_file_size // 1024**2
        reason = f"it is larger than the TMS takes ({limit} MB). Split it, or exclude it."
        return None, [Skip(item.name, None, reason, problem=True)]
    skips: list[Skip] = []
    wanted: list[PlannedTranslation] = []
    for locale in route.locales:
        last = latest.get((item.id, locale))
        action, skip = _decide(item, locale, last)
        if skip is not None:
            skips.append(skip)
            continue
        try:
            target = content.target(item, locale)
            mine = f"{item.name} → {locale} (route {route.name})"
            owner = taken.setdefault((route.content, target), mine)
            if owner != mine:
                reason = f"its target {target} is also the target of {owner}. Change the target template or a route."
                skips.append(Skip(item.name, locale, reason, problem=True))
                continue
            baseline = await content.target_revision(target)
        except WordferryError as error:
            skips.append(Skip(item.name, locale, str(error), problem=True))
            continue
        if action == "update" and demands(route.variant, Must.UPDATES) and _under_way(tms, last):
            action = "revise"
        wanted.append(
            PlannedTranslation(
                locale=locale,
                vendor_locale=route.locales.to_vendor(locale),
                target=target,
                baseline=baseline,
                action=action,
            )
        )
    if not wanted:
        return None, skips
    try:
        words = await _words(item, content, blobs)
    except WordferryError as error:
        return None, [*skips, Skip(item.name, None, str(error), problem=True)]
    except formats.FormatError as error:
        return None, [*skips, Skip(item.name, None, str(error), problem=True)]
    planned = PlannedItem(
        item=item.id,
        name=item.name,
        revision=item.revision,
        size=item.size,
        format=item.format,
        encoding=item.encoding,
        words=words,
        translations=tuple(wanted),
    )
    return planned, skips


def _decide(item: Item, locale: str, last: Translation | None) -> tuple[str, Skip | None]:
    """What to do for one locale, from what was sent last."""
    if last is None:
        return "create", None
    if last.revision != item.revision:
        return "update", None
    if last.state is State.DELIVERED:
        return "", Skip(item.name, locale, "it is up to date")
    if last.state in OPERATOR:
        reason = f"it was sent and is {last.state}: {TABLE[last.state].next} ({last.id})"
        return "", Skip(item.name, locale, reason, problem=True)
    assert last.state not in SETTLED
    return "", Skip(item.name, locale, f"it is on its way ({last.state})")


def _under_way(tms: TMS, last: Translation | None) -> bool:
    """Whether the vendor will take a newer source under the same jobs, as far as is known."""
    if last is None or not last.units or last.state in SETTLED or not tms.capabilities.updates:
        return False
    if last.state in (State.EXPORTING, State.DELIVERING):
        return False
    return bool(tms.updatable([last], levels=max(unit.level for unit in last.units)))


async def _words(item: Item, content: ContentSystem, blobs: Blobs) -> int | None:
    """Words of an item; also proves that it can be read and parsed, before anything is sent."""
    copy = blobs.temporary()
    try:
        taken = await content.snapshot(item.id, copy)
        if item.format is None or taken.size > PARSE_LIMIT:
            return None
        return await count(copy, taken)
    finally:
        blobs.discard(copy)


async def count(path: Path, item: Item) -> int:
    """Words in a copy of an item.

    Raises:
        FormatError: it is not what its format says.
    """
    data = path.read_bytes()  # noqa: ASYNC240  small, or read in one go anyway before it is parsed
    if len(data) > 256 * 1024:
        return await asyncio.to_thread(_count, data, item)
    return _count(data, item)


def _count(data: bytes, item: Item) -> int:
    assert item.format is not None
    return formats.count_words(formats.parse(data, format=item.format, encoding=item.encoding))
