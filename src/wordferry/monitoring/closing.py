"""The workflow of a `close` slice: a last look at a batch of which everything is settled, then closing it.

Some vendors keep a batch open until they are told to end it, and take late deliveries until then. So each look here
also finds what was delivered once more, or what the vendor stopped, with every event lost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, NotYet, TryAgain, Vanished, WordferryError
from wordferry.ledger import Ledger
from wordferry.model.states import SETTLED
from wordferry.model.voyage import Batch, Claim, Translation, Unit
from wordferry.monitoring.reconcile import reconcile
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Closure"]

#: Seconds until a look that could not be made is tried again.
LATER = 300.0
#: Seconds between two looks while something is in the way that a person has to mend.
DAILY = 86400.0


class Closure:
    """Closes batches.

    Args:
        ledger: the truth.
        connections: TMS connections by name.
    """

    def __init__(self, ledger: Ledger, connections: Mapping[str, TMS]) -> None:
        self._ledger = ledger
        self._connections = connections

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        slice_, claim = await self._ledger.slices.begin(slice_id, attempt)
        assert slice_.batch is not None
        batch = await self._ledger.voyages.batch(slice_.batch)
        again: float | None = None
        if batch is not None and batch.remote is not None:
            try:
                again = await self._close(self._connections[slice_.connection], batch, claim)
            except Conflict:
                raise
            except TryAgain as error:
                again = max(error.not_before or 0.0, time.time() + LATER)
            except WordferryError as error:
                observe.event("close.failed", level="warning", batch=batch.id, why=str(error))
                again = time.time() + DAILY
        await self._ledger.voyages.write(self._ledger.voyages.closing_due(slice_.batch, again))
        await self._ledger.slices.finish(claim)

    async def _close(self, tms: TMS, batch: Batch, claim: Claim) -> float | None:
        """Look, then do what is due; returns when to look again."""
        remote = msgspec.convert(batch.remote, RemoteBatch)
        with observe.bind(project=remote.id, correlation=batch.id):
            try:
                seen = [pair async for pair in tms.observe(remote)]
            except Vanished:
                seen = []  # the vendor has put it away by itself: what we knew last is what counts
            before = await self._ledger.voyages.of_batch(batch.id)
            await reconcile(self._ledger, tms, batch, remote, before, seen, pace=lambda looks: 0.0)
            translations = [_with(one, seen) for one in await self._ledger.voyages.of_batch(batch.id)]
            if any(one.state not in SETTLED for one in translations):
                raise NotYet("something came anew; it is brought home first.")
            quiet = time.time() - max((one.since for one in translations), default=batch.created)
            due = tms.closing(batch, remote, translations, quiet=quiet)
            for effect in due.effects:
                await self._ledger.operations.run(effect, claim, batch=batch.id)
        return None if due.again is None else time.time() + due.again


def _with(translation: Translation, seen: Sequence[tuple[str, Unit]]) -> Translation:
    """A translation with its units as just seen."""
    now = {unit.uid: unit for _, unit in seen}
    units = tuple(now.get(unit.uid, unit) for unit in translation.units)
    return msgspec.structs.replace(translation, units=units)
