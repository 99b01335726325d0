"""The workflow of a `submit` slice: open the batch at the TMS, send every item, note what was taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from wordferry import observe
from wordferry.errors import (
    Conflict,
    NeedsOperator,
    Refused,
    Surprise,
    TryAgain,
    Vanished,
    WordferryError,
)
from wordferry.ledger import Blobs, Ledger
from wordferry.ledger.hints import Hints
from wordferry.ledger.move import Change, move
from wordferry.ledger.revisions import moved_out
from wordferry.ledger.voyages import Voyages, units_written
from wordferry.ledger.writer import Statement
from wordferry.model.content import Source
from wordferry.model.route import Pace
from wordferry.model.states import TABLE, State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.tms import TMS, Accepted, Confirmed, Parcel, RemoteBatch
from wordferry.submission.accept import next_batch, source_file_name
from wordferry.submission.previews import Previews
from wordferry.submission.revise import Pair, Revising, carried, holder, in_doubt, still_planned

__all__ = ["Submission"]

#: How a batch that could not be sent is tried again.
RETRY = Pace(first=1.0, longest=300.0)
#: Items on their way at once; the call budget of the connection is the real limit.
ABREAST = 8


class Submission:
    """Carries accepted batches to their TMS.

    Args:
        ledger: the truth.
        blobs: the snapshots.
        connections: TMS connections by name.
        wait: (connection, looks) → seconds until something there is looked at.
        previews: builds and uploads preview packages.
    """

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        connections: Mapping[str, TMS],
        wait: Callable[[str, int], float],
        previews: Previews,
    ) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._connections = connections
        self._wait = wait
        self._previews = previews
        self._revising = Revising(ledger, blobs, wait, previews)

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        slice_, claim = await self._ledger.slices.begin(slice_id, attempt)
        assert slice_.batch is not None
        batch = await self._ledger.voyages.batch(slice_.batch)
        assert batch is not None
        translations = await self._ledger.voyages.of_batch(batch.id)
        _, looks, _ = await self._ledger.voyages.batch_facts(batch.id)
        error: WordferryError | None = None
        more = False
        if not any(translation.state is State.PLANNED for translation in translations):
            # Everything was cancelled or replaced meanwhile: no project is opened for nothing.
            await self._ledger.voyages.write(Voyages.batch_due(batch.id, None, due=None, looks=0))
            await self._ledger.slices.finish(claim)
            return
        try:
            tms = self._connections[batch.connection]
            doubtful = await in_doubt(self._ledger, batch.id)
            chosen = _chosen(translations, doubtful)
            more = any(one.state is State.PLANNED and one.id not in chosen for one in translations)
            await self._replace_older(batch, translations, chosen, doubtful, claim)
            remote = await self._open(tms, batch, translations, claim)
            with observe.bind(project=remote.id):
                error = await self._carry(tms, batch, remote, translations, chosen, doubtful, claim)
        except Conflict:
            raise
        except WordferryError as stopped:
            error = stopped
        due = _again(error, looks) if error is not None else await self._prepared_from(batch.id)
        if more and error is None:
            due = (
                time.time()
            )  # a revision that waited for an older one to be found out is sent in the next run
        await self._ledger.voyages.write(Voyages.batch_due(batch.id, error, due=due, looks=looks + 1))
        await self._ledger.slices.finish(claim)

    async def _prepared_from(self, id_: str) -> float | None:
        """Now, when every import has ended with its call; else the poll that sees the last one end says when."""
        batch = await self._ledger.voyages.batch(id_)
        translations = await self._ledger.voyages.of_batch(id_)
        open_ = [t for t in translations if TABLE[t.state].deadline is not None and t.units]
        imports = [unit.imported for t in open_ for unit in t.units]
        ended = bool(imports) and all(word in ("ok", "error") for word in imports)
        return time.time() if ended and batch is not None and not batch.prepared else None

    async def _replace_older(
        self,
        batch: Batch,
        translations: Sequence[Translation],
        chosen: Mapping[str, Translation],
        doubtful: Collection[str],
        claim: Claim,
    ) -> None:
        """Settle older translations of the same items: a newer source revision replaces them.

        One that is being exported or delivered is left alone: it comes home first, the newer one after it. So is one
        whose units the newer one is to take over, and one that may be on its way to the vendor.
        """
        newer = {(new.item, new.locale): new for new in chosen.values()}
        for old in await self._ledger.voyages.replaced_by(batch):
            new = newer.get((old.item, old.locale))
            if new is None or old.state in (State.EXPORTING, State.DELIVERING) or old.born >= new.born:
                continue  # another one was accepted this moment: it is sent in the next run
            taken_over = new.replaces is not None and old.batch == batch.id and old.units
            if not taken_over and old.id not in doubtful:
                await self._replace(old, new, claim, same=batch.connection)

    async def _carry(
        self,
        tms: TMS,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        chosen: Mapping[str, Translation],
        doubtful: Collection[str],
        claim: Claim,
    ) -> WordferryError | None:
        """Update what can be updated, send the rest. Returns what stopped some of it, if anything."""
        pairs = [Pair(new, holder(new, translations)) for new in chosen.values() if new.replaces is not None]
        outcome = await self._revising.run(tms, batch, remote, pairs, doubtful, claim)

        async def replace(old: Translation, new: Translation) -> None:
            await self._replace(old, new, claim, same=batch.connection)

        own = await self._revising.give_up(outcome.own, replace, tms, remote.levels)
        if own and not tms.capabilities.grows:
            await self._move_out(batch, own, claim)
            own = []
        fresh = {one.id: one for one in own}
        fresh |= {id_: one for id_, one in chosen.items() if one.replaces is None}
        families = [fresh.get(one.id, one) for one in translations]
        stopped = await self._send_all(tms, batch, remote, families, fresh, claim)
        return _worst([*outcome.errors, *stopped])

    async def _move_out(self, batch: Batch, own: list[Translation], claim: Claim) -> None:
        """A vendor whose batches do not grow: what needs units of its own goes into a batch of its own."""
        installation = await self._ledger.installation()
        new = next_batch(batch, own, installation)
        named = [
            msgspec.structs.replace(
                one,
                file_name=source_file_name(
                    one.name, installation, new.id, one.item, one.revision, one.round, born=one.born
                ),
            )
            for one in own
        ]
        await self._ledger.voyages.write(*moved_out(new, named, claim, now=time.time()))

    async def _replace(self, old: Translation, new: Translation, claim: Claim, *, same: str) -> None:
        """Stop the work at the vendor where it can be stopped, then settle.

        In this order: after a crash in between the work is looked up, instead of going on there for nothing.
        """
        why = f"the source changed; {new.id} replaces it"

        def settle(_confirmed: Confirmed | None = None) -> list[Statement | Change]:
            return [move(old, State.SUPERSEDED, why, claim=claim, due=None)]

        try:
            await self._ledger.writer.write(self._ledger.slices.take(claim, old.id, old.state))
        except Conflict:
            return  # it is in other hands right now: it comes home first
        if old.state is State.PLANNED and old.id in await in_doubt(self._ledger, old.batch):
            return  # it may have got its jobs: its own batch finds out
        before = await self._ledger.voyages.batch(old.batch)
        assert before is not None, "the database keeps the batch of every translation"
        try:
            if before.remote is not None and old.units:
                tms = self._connections[before.connection]
                if tms.capabilities.cancel:
                    effect = tms.cancel(msgspec.convert(before.remote, RemoteBatch), old)
                    await self._ledger.operations.run(
                        effect, claim, batch=before.id, translation=old.id, finish=settle
                    )
                    return
        except Conflict:
            raise
        except WordferryError as error:
            if isinstance(error, TryAgain) and before.connection == same:
                raise  # nothing could be sent now either: the whole batch waits
            # It costs work at the vendor, and nothing here.
            observe.event("withdraw.failed", level="warning", translation=old.id, why=str(error))
        await self._ledger.voyages.write(*settle())

    async def _open(
        self, tms: TMS, batch: Batch, translations: Sequence[Translation], claim: Claim
    ) -> RemoteBatch:
        """The batch's place at the TMS, made at most once."""
        if batch.remote is not None:
            return msgspec.convert(batch.remote, RemoteBatch)
        locales = sorted({translation.vendor_locale for translation in translations})

        def remember(remote: RemoteBatch) -> list[Statement]:
            return [Hints.opened(batch.id, remote.id, msgspec.json.encode(remote).decode(), now=time.time())]

        effect = tms.open_batch(batch, locales=locales)
        return await self._ledger.operations.run(effect, claim, batch=batch.id, finish=remember)

    async def _send_all(
        self,
        tms: TMS,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        sent: Collection[str],
        claim: Claim,
    ) -> list[WordferryError]:
        """Send what gets units of its own; one bad item never stops its siblings. Returns what stopped the rest."""
        families: dict[tuple[str, str], list[Translation]] = {}
        for translation in translations:
            if translation.replaces is not None:
                continue  # its file name is not its own
            families.setdefault((translation.item, translation.file_name), []).append(translation)
        gate = asyncio.Semaphore(ABREAST)
        stopped: list[WordferryError] = []

        async def one(family: list[Translation]) -> None:
            group = [translation for translation in family if translation.id in sent]
            async with gate:
                if not group or any(isinstance(error, NeedsOperator | Conflict) for error in stopped):
                    return  # nothing to send, or the connection is closed to us: the items stay planned
                try:
                    await self._send(tms, batch, remote, group, family, claim)
                except (Refused, Vanished) as error:
                    await self._refused(group, error)
                except WordferryError as error:
                    stopped.append(error)
                except Exception as crash:  # noqa: BLE001  one bad item never stops its siblings
                    observe.event("submit.crashed", level="error", object=family[0].name, why=repr(crash))
                    reason = f"sending it broke off with {type(crash).__name__}."
                    await self._refused(group, Surprise(reason, object=family[0].name))

        # All of them, then the first error: a run must not end while a part of it still works.
        for result in await asyncio.gather(
            *(one(family) for family in families.values()), return_exceptions=True
        ):
            if result is not None:
                raise result
        for error in stopped:
            if isinstance(error, Conflict):
                raise error
        return stopped

    async def _refused(self, group: Sequence[Translation], error: WordferryError) -> None:
        await self._ledger.voyages.write(
            *(move(t, State.FAILED, error.what, error=error, due=None) for t in group)
        )

    async def _send(
        self,
        tms: TMS,
        batch: Batch,
        remote: RemoteBatch,
        group: list[Translation],
        family: list[Translation],
        claim: Claim,
    ) -> None:
        first = group[0]
        source = Source(
            item=first.item,
            name=first.name,
            revision=first.revision,
            size=first.size,
            format=first.format,
            encoding=first.encoding,
            file_name=first.file_name,
        )
        parcel = Parcel(
            source=source,
            path=await self._blobs.path(first.revision),
            locales=tuple(sorted(translation.vendor_locale for translation in group)),
            family=tuple(sorted(translation.vendor_locale for translation in family)),
            targets={translation.vendor_locale: translation.target for translation in group},
            preview=await self._previews.reference(tms, batch, remote, source, claim),
        )

        def note(accepted: Accepted) -> list[Statement | Change]:
            return self._note(batch, group, accepted)

        effect = tms.submit(batch, remote, parcel)
        effect = msgspec.structs.replace(effect, facts=carried(effect.facts, group))
        await self._ledger.operations.run(
            effect, claim, batch=batch.id, begin=[still_planned(group)], finish=note
        )

    def _note(self, batch: Batch, group: list[Translation], accepted: Accepted) -> list[Statement | Change]:
        now = time.time()
        parts: list[Statement | Change] = []
        if batch.prepared:
            # It was ready before: its new jobs want the steps after import, too.
            parts.append(Statement("UPDATE batch SET prepared = 0 WHERE id = :id", {"id": batch.id}))
        for translation in group:
            units = [unit for unit in accepted.units if unit.locale == translation.vendor_locale]
            if units:
                parts += units_written(batch.connection, translation.id, units)
                held = msgspec.structs.replace(translation, units=tuple(units))
                due = now + self._wait(batch.connection, 0)
                parts.append(move(held, State.SUBMITTED, "the TMS took it", due=due))
            else:
                reason = accepted.refused.get(translation.vendor_locale, "the TMS made no job for it.")
                error = Refused(
                    reason,
                    object=f"{translation.name} → {translation.locale}",
                    next="Cancel this translation, mend the cause, then plan again.",
                )
                parts.append(move(translation, State.FAILED, reason, error=error, due=None))
        return parts


def _chosen(translations: Sequence[Translation], doubtful: Collection[str]) -> dict[str, Translation]:
    """One revision of each item and locale to be sent now: first any whose call may have happened, else the newest."""
    best: dict[tuple[str, str], Translation] = {}
    for one in translations:
        if one.state is not State.PLANNED:
            continue
        known = best.get((one.item, one.locale))
        # Of several in doubt the oldest first: each is found out before the next one is sent.
        rank = (one.id in doubtful, -one.born if one.id in doubtful else one.born)
        if known is None or rank > (
            known.id in doubtful,
            -known.born if known.id in doubtful else known.born,
        ):
            best[one.item, one.locale] = one
    return {one.id: one for one in best.values()}


def _worst(errors: Sequence[WordferryError]) -> WordferryError | None:
    """The error that a person should see: what needs them first, then what needs the longest wait."""
    if not errors:
        return None
    return max(errors, key=lambda error: (not isinstance(error, TryAgain), error.not_before or 0.0))


def _again(error: WordferryError | None, looks: int) -> float | None:
    """When the batch is tried again; None when it is done or a person moves next."""
    if not isinstance(error, TryAgain):
        return None
    return max(error.not_before or 0.0, time.time() + RETRY.again(looks))
