"""A newer source for work that is under way: it goes under the same units where the vendor allows it.

A translation of the newer revision takes over the units of the older one, which is superseded; so a unit always belongs
to exactly one revision. Where the vendor says no, the newer one gets units of its own.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, NeedsOperator, Refused, Vanished, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.revisions import inherited
from wordferry.ledger.voyages import units_written
from wordferry.ledger.writer import Statement
from wordferry.model.content import Source
from wordferry.model.states import OPEN, State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.tms import TMS, Parcel, RemoteBatch, Updated
from wordferry.submission.accept import source_file_name
from wordferry.submission.previews import Previews

__all__ = ["Outcome", "Pair", "Revising", "carried", "holder", "in_doubt", "still_planned"]

#: The older one comes home first, or was never sent.
_HELD = OPEN - {State.PLANNED, State.EXPORTING, State.DELIVERING}


class Pair(NamedTuple):
    """A newer revision, and the translation whose units it is to take over; None when there is none any more."""

    new: Translation
    old: Translation | None


class Outcome(NamedTuple):
    """What became of the updates.

    Attributes:
        own: newer ones that need units of their own, with what they were to replace.
        errors: what stopped the others for now.
    """

    own: list[Pair]
    errors: list[WordferryError]


def carried(facts: Mapping[str, object], translations: Sequence[Translation]) -> dict[str, object]:
    """An effect's facts with the translations it carries, so that an unknown outcome can be told from them."""
    return dict(facts) | {"carries": sorted(one.id for one in translations)}


async def in_doubt(ledger: Ledger, batch: str) -> frozenset[str]:
    """Translations of a batch that a call carried whose outcome is not known."""
    found: set[str] = set()
    for row in await ledger.operations.of(batch=batch, own=True):
        if row.state in ("begun", "unknown") and row.facts:
            found.update(msgspec.json.decode(row.facts).get("carries", ()))
    return frozenset(found)


def holder(new: Translation, translations: Sequence[Translation]) -> Translation | None:
    """The translation of an older revision that has the units now."""
    older = [
        one
        for one in translations
        if (one.item, one.locale) == (new.item, new.locale)
        and one.units
        and one.state in _HELD
        and one.born < new.born
    ]
    return max(older, key=lambda one: one.born, default=None)


class Revising:
    """Puts newer sources under units that exist.

    Args:
        ledger: the truth.
        blobs: the snapshots.
        wait: (connection, looks) → seconds until something there is looked at.
        previews: builds and uploads preview packages.
    """

    def __init__(
        self, ledger: Ledger, blobs: Blobs, wait: Callable[[str, int], float], previews: Previews
    ) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._wait = wait
        self._previews = previews

    async def run(
        self,
        tms: TMS,
        batch: Batch,
        remote: RemoteBatch,
        pairs: Sequence[Pair],
        doubtful: Collection[str],
        claim: Claim,
    ) -> Outcome:
        """Update what can be updated, one call per file.

        Args:
            tms: the connection.
            batch: the batch.
            remote: its vendor side.
            pairs: what is to be updated.
            doubtful: ids of newer ones whose earlier call may have happened: that is found out first.
            claim: the run.
        """
        outcome = Outcome([], [])
        groups: dict[tuple[str, str, str, float], list[Pair]] = {}
        for pair in pairs:
            old = pair.old
            if old is None or not await self._take(old, claim):
                outcome.own.append(Pair(pair.new, None))
            elif pair.new.id in doubtful or tms.updatable([old], levels=remote.levels):
                key = (pair.new.item, pair.new.revision, old.file_name, pair.new.born)
                groups.setdefault(key, []).append(pair)
            else:
                outcome.own.append(pair)
        most = max(1, tms.capabilities.updates)
        for group in groups.values():
            for start in range(0, len(group), most):
                if any(isinstance(error, NeedsOperator) for error in outcome.errors):
                    return outcome  # the connection is closed to us
                await self._try(tms, batch, remote, group[start : start + most], claim, outcome)
        return outcome

    async def _take(self, old: Translation, claim: Claim) -> bool:
        try:
            await self._ledger.writer.write(self._ledger.slices.take(claim, old.id, old.state))
        except Conflict:
            return False  # in other hands: it comes home first, or is being stopped
        return True

    async def _try(
        self,
        tms: TMS,
        batch: Batch,
        remote: RemoteBatch,
        group: Sequence[Pair],
        claim: Claim,
        outcome: Outcome,
    ) -> None:
        try:
            await self._update(tms, batch, remote, group, claim)
        except Conflict:
            raise
        except (Refused, Vanished) as error:
            observe.event("update.refused", level="info", batch=batch.id, why=error.what)
            fresh = [await self._seen(tms, batch, remote, pair, claim) for pair in group]
            again = [p for p in fresh if p.old and tms.updatable([p.old], levels=remote.levels)]
            if 0 < len(again) < len(group):
                # One that had become final kept its siblings back.
                outcome.own.extend(pair for pair in fresh if pair not in again)
                await self._try(tms, batch, remote, again, claim, outcome)
            else:
                outcome.own.extend(fresh)
        except WordferryError as error:
            outcome.errors.append(error)

    async def _seen(self, tms: TMS, batch: Batch, remote: RemoteBatch, pair: Pair, claim: Claim) -> Pair:
        """The pair with the words that the vendor gives to the older one's units now."""
        assert pair.old is not None
        try:
            units = tuple(await tms.status(remote, pair.old))
        except Vanished:
            return pair
        await self._ledger.voyages.write(*units_written(batch.connection, pair.old.id, units))
        return Pair(pair.new, msgspec.structs.replace(pair.old, units=units))

    async def _update(
        self, tms: TMS, batch: Batch, remote: RemoteBatch, group: Sequence[Pair], claim: Claim
    ) -> None:
        first, olds = group[0].new, [pair.old for pair in group if pair.old]
        source = Source(
            item=first.item,
            name=first.name,
            revision=first.revision,
            size=first.size,
            format=first.format,
            encoding=first.encoding,
            file_name=olds[0].file_name,
        )
        locales = tuple(sorted(pair.new.vendor_locale for pair in group))
        parcel = Parcel(
            source=source,
            path=await self._blobs.path(first.revision),
            locales=locales,
            family=locales,
            edition=f"{first.born:.6f}",
            # A package belongs to a revision: the newer source gets its own.
            preview=await self._previews.reference(tms, batch, remote, source, claim),
        )
        effect = tms.update_source(batch, remote, parcel, olds)
        effect = msgspec.structs.replace(effect, facts=carried(effect.facts, [pair.new for pair in group]))

        def note(updated: Updated) -> list[Statement | Change]:
            return self._note(batch, group, updated, claim)

        await self._ledger.operations.run(
            effect,
            claim,
            batch=batch.id,
            begin=[still_planned([pair.new for pair in group])],
            finish=note,
        )

    def _note(
        self, batch: Batch, group: Sequence[Pair], updated: Updated, claim: Claim
    ) -> list[Statement | Change]:
        now = time.time()
        parts: list[Statement | Change] = [
            Statement("UPDATE batch SET prepared = 0 WHERE id = :id", {"id": batch.id})
        ]
        for new, old in group:
            assert old is not None
            mine = {unit.uid for unit in old.units}
            units = tuple(unit for unit in updated.units if unit.uid in mine)
            parts.append(inherited(old, new))
            parts += units_written(batch.connection, new.id, units)
            parts.append(
                move(
                    old,
                    State.SUPERSEDED,
                    f"its jobs got a newer source; {new.id} has them now",
                    claim=claim,
                    due=None,
                )
            )
            parts.append(
                move(
                    msgspec.structs.replace(new, units=units),
                    State.SUBMITTED,
                    f"the TMS took the newer source under the jobs of {old.id}",
                    due=now + self._wait(batch.connection, 0),
                    file_name=old.file_name,
                )
            )
        return parts

    async def give_up(
        self,
        pairs: Sequence[Pair],
        replace: Callable[[Translation, Translation], Awaitable[None]],
        tms: TMS,
        levels: int,
    ) -> list[Translation]:
        """Make newer ones ready for units of their own; what is finished at the vendor comes home first.

        Args:
            pairs: what could not be updated.
            replace: stops an older one and supersedes it.
            tms: judges vendor words.
            levels: workflow levels of the batch.

        Returns:
            The newer ones, as they are stored now.
        """
        files: dict[tuple[str, float], list[Translation]] = {}
        for new, old in pairs:
            if old is not None and tms.judge(old.units, levels=levels) is not State.TRANSLATED:
                await replace(old, new)
            files.setdefault((new.item, new.born), []).append(new)
        ready: list[Translation] = []
        installation = await self._ledger.installation()
        for (_, born), some in files.items():
            # A file of their own: those whose units were updated keep the name that the vendor knows.
            ids = ",".join(sorted(one.id for one in some))
            first = some[0]
            name = source_file_name(
                first.name, installation, first.batch, ids, first.revision, first.round, born=born
            )
            ready += [msgspec.structs.replace(one, replaces=None, file_name=name) for one in some]
        if ready:
            await self._ledger.voyages.write(
                *(touch(one, replaces=None, file_name=one.file_name) for one in ready)
            )
        return ready


def still_planned(translations: Sequence[Translation]) -> Statement:
    """The statement that proves that nobody took them out of this run's hands, for the front of an effect."""
    return Statement(
        "UPDATE translation SET state = 'planned' WHERE id = :id AND state = 'planned' AND slice IS NULL",
        [{"id": one.id} for one in translations],
        len(translations),
        "a newer revision replaced it a moment ago",
    )
