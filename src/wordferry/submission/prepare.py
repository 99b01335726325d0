"""The workflow of a `prepare` slice: once the import is through, the steps that the route asks for.

Which steps there are (assign, analyse, notify) is the vendor's business; here they are run one after the other, each an
operation of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, TryAgain, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.voyages import Voyages
from wordferry.ledger.writer import Statement
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim
from wordferry.ports.tms import TMS, Prepared, RemoteBatch

__all__ = ["Preparation"]

#: Seconds before a step is repeated for units that the vendor skipped.
BREATH = 2.0
#: How a step that failed is tried again.
RETRY = Pace(first=1.0, longest=300.0)
_GONE = (State.FAILED, State.CANCELLED, State.SUPERSEDED)


class Preparation:
    """Runs the steps after import.

    Args:
        ledger: the truth.
        connections: TMS connections by name.
    """

    def __init__(self, ledger: Ledger, connections: Mapping[str, TMS], *, breath: float = BREATH) -> None:
        self._ledger = ledger
        self._connections = connections
        self._breath = breath

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        slice_, claim = await self._ledger.slices.begin(slice_id, attempt)
        assert slice_.batch is not None
        batch = await self._ledger.voyages.batch(slice_.batch)
        assert batch is not None
        assert batch.remote is not None
        remote = msgspec.convert(batch.remote, RemoteBatch)
        _, looks, _ = await self._ledger.voyages.batch_facts(batch.id)
        error: WordferryError | None = None
        due: float | None = None
        done = False
        try:
            with observe.bind(project=remote.id):
                done = await self._steps(self._connections[batch.connection], batch, remote, claim)
            due = None if done else time.time() + self._breath
        except Conflict:
            raise
        except WordferryError as stopped:
            error = stopped
            if isinstance(stopped, TryAgain):
                due = max(stopped.not_before or 0.0, time.time() + RETRY.again(looks))
        # From here on somebody may have to close it; how soon is asked of the vendor's adapter.
        closing = time.time() if done and self._connections[batch.connection].capabilities.closing else None
        finished = Statement(
            "UPDATE batch SET prepared = :prepared, closing = :closing WHERE id = :id",
            {"id": batch.id, "prepared": int(done), "closing": closing},
        )
        await self._ledger.voyages.write(
            finished, Voyages.batch_due(batch.id, error, due=due, looks=looks + 1)
        )
        await self._ledger.slices.finish(claim)

    async def _steps(self, tms: TMS, batch: Batch, remote: RemoteBatch, claim: Claim) -> bool:
        """Run steps until none is left (True), or until one has to be repeated later (False)."""
        translations = [t for t in await self._ledger.voyages.of_batch(batch.id) if t.state not in _GONE]
        done = await self._done(batch)
        ran: set[str] = set()
        while steps := tms.preparations(batch, remote, translations, done):
            for step in steps:
                if step.kind in ran:
                    return False  # a repeat for skipped units: the vendor gets a moment first
                result = await self._ledger.operations.run(step, claim, batch=batch.id)
                done[step.key] = result
            ran |= {step.kind for step in steps}
        return True

    async def _done(self, batch: Batch) -> dict[str, Prepared]:
        """Results of the steps that ran before, by operation key."""
        found: dict[str, Prepared] = {}
        for row in await self._ledger.operations.of(batch=batch.id, own=True):
            if row.state == "done" and row.result:
                try:
                    found[row.key] = msgspec.json.decode(row.result, type=Prepared)
                except msgspec.ValidationError:
                    continue  # the result of another kind of operation
        return found
