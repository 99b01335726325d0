"""The workflow of an `audit` slice: look once more for doubles, take them away, and say so.

An effect is repeated only after a look-up found nothing and the vendor had time to settle. Should the first call
surface even later, its result is a double: nobody may work on it twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, TryAgain, WordferryError
from wordferry.ledger import Ledger
from wordferry.model.voyage import Batch, Claim
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Audit"]

#: Seconds until an audit that could not be made is tried again.
LATER = 300.0


class Audit:
    """Looks through a batch at the vendor.

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
                await self._look(self._connections[slice_.connection], batch, claim)
            except Conflict:
                raise
            except TryAgain:
                again = time.time() + LATER
            except WordferryError as error:
                observe.event("audit.failed", level="warning", batch=batch.id, why=str(error))
        await self._ledger.voyages.write(self._ledger.voyages.audit_due(slice_.batch, again))
        await self._ledger.slices.finish(claim)

    async def _look(self, tms: TMS, batch: Batch, claim: Claim) -> None:
        remote = msgspec.convert(batch.remote, RemoteBatch)
        translations = await self._ledger.voyages.of_batch(batch.id)
        with observe.bind(project=remote.id):
            for effect in await tms.doubles(batch, remote, translations):
                await self._ledger.operations.run(effect, claim, batch=batch.id)
                observe.event("double.cancelled", level="warning", batch=batch.id, object=effect.label)
