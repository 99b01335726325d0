"""Accept: exactly the plan becomes batches, with a snapshot of every source as it will be sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec

from wordferry.errors import Conflict, NeedsOperator, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.model.identity import batch_id, marked_file_name, marker, translation_id
from wordferry.model.plan import Plan, PlannedItem, RoutePlan, Skip
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.content_system import ContentSystem

__all__ = ["Acceptance", "accept", "batch_name", "source_file_name"]


class Acceptance(msgspec.Struct, frozen=True):
    """What became of a plan.

    Attributes:
        batches: ids of the new batches.
        accepted: translations that will be sent.
        refused: what was planned but cannot be sent as planned.
    """

    batches: tuple[str, ...]
    accepted: int
    refused: tuple[Skip, ...]


async def accept(
    plan: Plan,
    contents: Mapping[str, ContentSystem],
    ledger: Ledger,
    blobs: Blobs,
    *,
    seen: Callable[[str], None] = lambda name: None,
) -> Acceptance:
    """Turn a plan into batches.

    Args:
        plan: as stored by `plan`.
        contents: content systems by name.
        ledger: takes the batches.
        blobs: takes the snapshots.
        seen: told each item's name.

    Returns:
        The new batches, and what changed, vanished or was sent by another plan since the plan.

    Raises:
        Refused: the plan was applied before.
        NeedsOperator: the disk is full, or a content system is not configured any more.
    """
    installation = await ledger.installation()
    refused: list[Skip] = []
    parts: list[RoutePlan] = []
    for part in plan.routes:
        content = contents.get(part.content)
        if content is None:
            raise NeedsOperator(
                f"the content system {part.content!r} is not configured any more.", object=plan.id
            )
        kept: list[PlannedItem] = []
        for item in part.items:
            seen(item.name)
            reason = await _snapshot(item, content, blobs)
            if reason is None:
                kept.append(item)
            else:
                refused.append(Skip(item.name, None, reason, problem=True))
        parts.append(msgspec.structs.replace(part, items=tuple(kept)))
    while True:
        after = await ledger.plans.accepted()
        sent: list[Skip] = []
        batches: list[tuple[Batch, list[Translation]]] = []
        for part in parts:
            items, skips = await _unsent(part, ledger)
            sent += skips
            if items:
                batches.append(_batch(plan, part, items, installation))
        try:
            await ledger.plans.accept(plan, batches, after=after)
        except Conflict:
            continue  # another plan was accepted this moment: what it sends must not be sent twice
        return Acceptance(
            batches=tuple(batch.id for batch, _ in batches),
            accepted=sum(len(translations) for _, translations in batches),
            refused=(*refused, *sent),
        )


async def _unsent(part: RoutePlan, ledger: Ledger) -> tuple[list[PlannedItem], list[Skip]]:
    """The items without the locales that another plan has sent since this one was made."""
    latest = await ledger.voyages.latest(part.content, part.connection)
    items: list[PlannedItem] = []
    skips: list[Skip] = []
    for item in part.items:
        wanted = []
        for translation in item.translations:
            last = latest.get((item.item, translation.locale))
            if last is None or last.revision != item.revision:
                wanted.append(translation)
                continue
            reason = f"another plan sent it in the meantime ({last.id})."
            skips.append(Skip(item.name, translation.locale, reason))
        if wanted:
            items.append(msgspec.structs.replace(item, translations=tuple(wanted)))
    return items, skips


async def _snapshot(item: PlannedItem, content: ContentSystem, blobs: Blobs) -> str | None:
    """Copy an item's bytes into the blob store; a sentence when it is not what was planned."""
    copy = blobs.temporary()
    try:
        taken = await content.snapshot(item.item, copy)
        if taken.revision != item.revision:
            return "it changed after the plan was made. Plan again to send the new text."
        await blobs.adopt(copy, taken.revision)
    except NeedsOperator:
        raise
    except WordferryError as error:
        return str(error)
    finally:
        blobs.discard(copy)
    return None


def _batch(
    plan: Plan, part: RoutePlan, items: list[PlannedItem], installation: str
) -> tuple[Batch, list[Translation]]:
    now = time.time()
    id_ = batch_id(plan.id, part.route)
    mark = marker(installation, id_)
    batch = Batch(
        id=id_,
        route=part.route,
        content=part.content,
        connection=part.connection,
        settings=part.settings,
        name=batch_name(part.route, plan.created, mark),
        marker=mark,
        source_locale=part.source_locale,
        created=plan.created,
    )
    translations = [
        Translation(
            id=translation_id(id_, item.item, wanted.locale),
            batch=id_,
            item=item.item,
            name=item.name,
            revision=item.revision,
            size=item.size,
            format=item.format,
            encoding=item.encoding,
            file_name=source_file_name(item.name, installation, id_, item.item, item.revision, 1),
            locale=wanted.locale,
            vendor_locale=wanted.vendor_locale,
            target=wanted.target,
            baseline=wanted.baseline,
            state=State.PLANNED,
            since=now,
        )
        for item in items
        for wanted in item.translations
    ]
    return batch, translations


def batch_name(route: str, created: float, mark: str) -> str:
    """The name of a batch at the TMS: at most 250 bytes, so that every vendor keeps it whole."""
    day = time.strftime("%Y-%m-%d", time.gmtime(created))
    return f"{route.encode()[:200].decode('utf-8', 'ignore')} {day} {mark}"


def source_file_name(name: str, installation: str, batch: str, item: str, revision: str, round_: int) -> str:
    """The name under which the TMS gets an item: its own, with the marker of this batch, revision and round."""
    last = name.rsplit("/", 1)[-1]
    return marked_file_name(last, marker(installation, batch, item, revision, str(round_)))
