"""The workflow of a `submit` slice: open the batch at the TMS, send every item, note what was taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

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
from wordferry.ledger.voyages import Voyages, units_written
from wordferry.ledger.writer import Statement
from wordferry.model.content import Source
from wordferry.model.route import Pace
from wordferry.model.states import TABLE, State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.tms import TMS, Accepted, Confirmed, Parcel, RemoteBatch
from wordferry.submission.previews import Previews

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
        if not any(translation.state is State.PLANNED for translation in translations):
            # Everything was cancelled or replaced meanwhile: no project is opened for nothing.
            await self._ledger.voyages.write(Voyages.batch_due(batch.id, None, due=None, looks=0))
            await self._ledger.slices.finish(claim)
            return
        try:
            tms = self._connections[batch.connection]
            await self._replace_older(batch, translations, claim)
            remote = await self._open(tms, batch, translations, claim)
            with observe.bind(project=remote.id):
                error = await self._send_all(tms, batch, remote, translations, claim)
        except Conflict:
            raise
        except WordferryError as stopped:
            error = stopped
        due = _again(error, looks) if error is not None else await self._prepared_from(batch)
        await self._ledger.voyages.write(Voyages.batch_due(batch.id, error, due=due, looks=looks + 1))
        await self._ledger.slices.finish(claim)

    async def _prepared_from(self, batch: Batch) -> float | None:
        """Now, when every import has ended with its call; else the poll that sees the last one end says when."""
        translations = await self._ledger.voyages.of_batch(batch.id)
        open_ = [t for t in translations if TABLE[t.state].deadline is not None and t.units]
        imports = [unit.imported for t in open_ for unit in t.units]
        ended = bool(imports) and all(word in ("ok", "error") for word in imports)
        return time.time() if ended and not batch.prepared else None

    async def _replace_older(self, batch: Batch, translations: Sequence[Translation], claim: Claim) -> None:
        """Settle older translations of the same items: a newer source revision replaces them.

        One that is being exported or delivered is left alone: it comes home first, the newer one after it.
        """
        newer = {(new.item, new.locale): new for new in translations if new.state is State.PLANNED}
        for old in await self._ledger.voyages.replaced_by(batch):
            if old.state not in (State.EXPORTING, State.DELIVERING):
                await self._replace(old, newer[old.item, old.locale], claim, same=batch.connection)

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
        self, tms: TMS, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation], claim: Claim
    ) -> WordferryError | None:
        """Send what is planned; one bad item never stops its siblings. Returns what stopped the rest, if anything."""
        families: dict[tuple[str, str], list[Translation]] = {}
        for translation in translations:
            families.setdefault((translation.item, translation.file_name), []).append(translation)
        gate = asyncio.Semaphore(ABREAST)
        stopped: list[WordferryError] = []

        async def one(family: list[Translation]) -> None:
            group = [translation for translation in family if translation.state is State.PLANNED]
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
        return _worst(stopped)

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

        await self._ledger.operations.run(
            tms.submit(batch, remote, parcel), claim, batch=batch.id, finish=note
        )

    def _note(self, batch: Batch, group: list[Translation], accepted: Accepted) -> list[Statement | Change]:
        now = time.time()
        parts: list[Statement | Change] = []
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
