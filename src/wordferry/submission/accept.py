"""Accept: exactly the plan becomes batches, with a snapshot of every source as it will be sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from wordferry import formats
from wordferry.errors import Conflict, NeedsOperator, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.model.identity import batch_id, marked_file_name, marker, translation_id
from wordferry.model.plan import Plan, PlannedItem, PlannedTranslation, RoutePlan, Skip
from wordferry.model.states import State
from wordferry.model.variants import Must, demands
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS, RemoteBatch
from wordferry.submission.plan import PARSE_LIMIT, count

__all__ = ["Acceptance", "accept", "batch_name", "fresh_batch", "next_batch", "source_file_name"]

#: Seconds by which `born` is raised when the clock did not.
_TICK = 0.001


class Acceptance(msgspec.Struct, frozen=True):
    """What became of a plan.

    Attributes:
        batches: ids of the batches that carry it.
        accepted: translations that will be sent.
        translations: their ids; a batch may hold others.
        refused: what was planned but cannot be sent as planned.
    """

    batches: tuple[str, ...]
    accepted: int
    refused: tuple[Skip, ...]
    translations: frozenset[str] = frozenset()


async def accept(
    plan: Plan,
    contents: Mapping[str, ContentSystem],
    connections: Mapping[str, TMS],
    ledger: Ledger,
    blobs: Blobs,
    *,
    latest: bool = False,
    seen: Callable[[str], None] = lambda name: None,
) -> Acceptance:
    """Turn a plan into batches.

    Args:
        plan: as made by `plan`.
        contents: content systems by name.
        connections: TMS connections by name; asked what they can do, not called.
        ledger: takes the batches.
        blobs: takes the snapshots.
        latest: whether an item that changed since the plan is sent as it is now, instead of being refused.
        seen: told each item's name.

    Returns:
        The batches, and what changed, vanished or was sent by another plan since the plan.

    Raises:
        Refused: the plan was applied before.
        NeedsOperator: the disk is full, or a content system is not configured any more.
    """
    installation = await ledger.installation()
    # A plan that does nothing may not have been kept; without a row it could never be marked as applied.
    await ledger.plans.store(plan)
    while True:
        # Counted before the copies are made: who is accepted later has looked at the sources later.
        after = await ledger.plans.accepted()
        born = max(time.time(), await ledger.plans.newest() + _TICK)
        refused: list[Skip] = []
        batches: list[tuple[Batch, list[Translation]]] = []
        for part in plan.routes:
            content = contents.get(part.content)
            if content is None:
                raise NeedsOperator(
                    f"the content system {part.content!r} is not configured any more.", object=plan.id
                )
            kept: list[PlannedItem] = []
            for item in part.items:
                seen(item.name)
                taken = await _snapshot(item, content, blobs, latest=latest)
                if isinstance(taken, str):
                    refused.append(Skip(item.name, None, taken, problem=True))
                else:
                    kept.append(taken)
            items, skips = await _unsent(part, kept, ledger)
            refused += skips
            if items:
                making = _Making(plan, msgspec.structs.replace(part, items=tuple(items)), installation, born)
                batches += await making.batches(connections, ledger)
        try:
            await ledger.plans.accept(plan, batches, after=after)
        except Conflict:
            continue  # another plan was accepted this moment: what it sends must not be sent twice
        return Acceptance(
            batches=tuple(batch.id for batch, _ in batches),
            accepted=sum(len(translations) for _, translations in batches),
            refused=tuple(refused),
            translations=frozenset(one.id for _, translations in batches for one in translations),
        )


async def _unsent(
    part: RoutePlan, kept: list[PlannedItem], ledger: Ledger
) -> tuple[list[PlannedItem], list[Skip]]:
    """The items without the locales that another plan has sent since this one was made."""
    latest = await ledger.voyages.latest(part.content, part.connection)
    items: list[PlannedItem] = []
    skips: list[Skip] = []
    for item in kept:
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


async def _snapshot(
    item: PlannedItem, content: ContentSystem, blobs: Blobs, *, latest: bool
) -> PlannedItem | str:
    """Copy an item's bytes into the blob store; a sentence when it is not what was planned."""
    copy = blobs.temporary()
    try:
        taken = await content.snapshot(item.item, copy)
        if taken.revision != item.revision:
            if not latest:
                return "it changed after the plan was made. Plan again to send the new text."
            if taken.size == 0:
                return "it is empty now; there is nothing to translate."
            if taken.format is not None and taken.size <= PARSE_LIMIT:
                # It may have been copied in the middle of a change.
                await count(copy, taken)
            item = msgspec.structs.replace(
                item,
                revision=taken.revision,
                size=taken.size,
                format=taken.format,
                encoding=taken.encoding,
            )
        await blobs.adopt(copy, taken.revision)
    except NeedsOperator:
        raise
    except (WordferryError, formats.FormatError) as error:
        return str(error)
    finally:
        blobs.discard(copy)
    return item


class _Making:
    """Makes the batches of one route's part.

    Args:
        plan: the plan.
        part: what is really sent.
        installation: this installation's id.
        born: the age of what is sent.
    """

    def __init__(self, plan: Plan, part: RoutePlan, installation: str, born: float) -> None:
        self._plan = plan
        self._part = part
        self._installation = installation
        self._born = born

    async def batches(
        self, connections: Mapping[str, TMS], ledger: Ledger
    ) -> list[tuple[Batch, list[Translation]]]:
        """Each translation goes to the batch that has its jobs, else to the rolling one, else to a new one."""
        part = self._part
        tms = connections.get(part.connection)
        held: dict[tuple[str, str], tuple[Translation, Batch]] = {}
        if demands(part.variant, Must.UPDATES) and tms is not None and tms.capabilities.updates:
            held = await ledger.revisions.holders(ledger.voyages, part)
        carried: dict[str, tuple[Batch, list[Translation]]] = {}
        own: list[tuple[PlannedItem, PlannedTranslation]] = []
        for item in part.items:
            for wanted in item.translations:
                old, batch = held.get((item.item, wanted.locale), (None, None))
                if old is None or batch is None or tms is None or not _updatable(tms, old, batch, wanted):
                    own.append((item, wanted))
                    continue
                there = carried.setdefault(batch.id, (batch, []))
                there[1].append(self._translation(batch, item, wanted, further=True, replaces=old.id))
        if own:
            new = fresh_batch(self._plan, part, self._installation)
            batch = (await self._rolling(tms, ledger, len(own)) or new) if tms is not None else new
            further = batch is not new
            there = carried.setdefault(batch.id, (batch, []))
            there[1].extend(self._translation(batch, item, wanted, further=further) for item, wanted in own)
        return list(carried.values())

    async def _rolling(self, tms: TMS, ledger: Ledger, wanted: int) -> Batch | None:
        limits = tms.rolling(self._part.settings) if tms.capabilities.grows else None
        if limits is None:
            return None
        return await ledger.revisions.rolling(
            self._part, wanted=wanted, jobs=limits.jobs, since=self._plan.created - limits.seconds
        )

    def _translation(
        self,
        batch: Batch,
        item: PlannedItem,
        wanted: PlannedTranslation,
        *,
        further: bool,
        replaces: str | None = None,
    ) -> Translation:
        return Translation(
            id=translation_id(batch.id, item.item, wanted.locale, edition=self._plan.id if further else ""),
            batch=batch.id,
            item=item.item,
            name=item.name,
            revision=item.revision,
            size=item.size,
            format=item.format,
            encoding=item.encoding,
            file_name=source_file_name(
                item.name, self._installation, batch.id, item.item, item.revision, 1, born=self._born
            ),
            locale=wanted.locale,
            vendor_locale=wanted.vendor_locale,
            target=wanted.target,
            baseline=wanted.baseline,
            state=State.PLANNED,
            since=time.time(),
            born=self._born,
            replaces=replaces,
        )


def _updatable(tms: TMS, old: Translation, batch: Batch, wanted: PlannedTranslation) -> bool:
    if old.vendor_locale != wanted.vendor_locale or batch.remote is None:
        return False
    return bool(tms.updatable([old], levels=msgspec.convert(batch.remote, RemoteBatch).levels))


def fresh_batch(plan: Plan, part: RoutePlan, installation: str) -> Batch:
    """A new batch for a route's part of a plan."""
    id_ = batch_id(plan.id, part.route)
    mark = marker(installation, id_)
    return Batch(
        id=id_,
        route=part.route,
        content=part.content,
        connection=part.connection,
        settings=part.settings,
        name=batch_name(part.route, plan.created, mark),
        marker=mark,
        source_locale=part.source_locale,
        created=plan.created,
        variant=part.variant,
    )


def batch_name(route: str, created: float, mark: str) -> str:
    """The name of a batch at the TMS: at most 250 bytes, so that every vendor keeps it whole."""
    day = time.strftime("%Y-%m-%d", time.gmtime(created))
    return f"{route.encode()[:200].decode('utf-8', 'ignore')} {day} {mark}"


def next_batch(batch: Batch, translations: Sequence[Translation], installation: str) -> Batch:
    """A batch like another one, for translations that it takes no more."""
    id_ = batch_id(batch.id, ",".join(sorted(one.id for one in translations)))
    mark = marker(installation, id_)
    return msgspec.structs.replace(
        batch,
        id=id_,
        name=batch_name(batch.route, max(one.born for one in translations), mark),
        marker=mark,
        created=max(one.born for one in translations),
        remote=None,
        prepared=False,
    )


def source_file_name(
    name: str, installation: str, batch: str, item: str, revision: str, round_: int, *, born: float
) -> str:
    """The name under which the TMS gets an item: its own, with a marker of its batch, revision, age and round."""
    last = name.rsplit("/", 1)[-1]
    # The age, too: a source may return to what it was, and that is sent as a file of its own.
    return marked_file_name(last, marker(installation, batch, item, revision, f"{born:.6f}", str(round_)))
