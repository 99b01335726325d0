"""Ask the TMS about a batch: one grouped look for all its waiting translations."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import NeedsOperator, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import looked
from wordferry.model.route import Pace
from wordferry.model.states import WAITING
from wordferry.monitoring.pace import wait
from wordferry.monitoring.reconcile import reconcile
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Poll"]

#: Seconds for which a look is reserved, so that two processes do not ask the same question.
RESERVED = 180.0


class Poll:
    """Looks at batches.

    Args:
        ledger: the truth.
        connections: TMS connections by name.
        paces: how often each connection is asked.
    """

    def __init__(self, ledger: Ledger, connections: Mapping[str, TMS], paces: Mapping[str, Pace]) -> None:
        self._ledger = ledger
        self._connections = connections
        self._paces = paces
        self._chance = random.Random()  # noqa: S311 -- spreads due times, guards nothing

    async def look(self, batch_id: str) -> int:
        """Look at one batch; returns how many translations moved.

        A vendor that does not answer is asked again later; the error is kept for `explain` and never raised.
        """
        batch = await self._ledger.voyages.batch(batch_id)
        if batch is None or batch.remote is None:
            return 0
        now = time.time()
        # A process alone knows its own looks; a reservation would only outlive a crash.
        shared = not self._ledger.executors.alone
        if shared and not await self._ledger.voyages.reserve_waiting(batch_id, now, until=now + RESERVED):
            return 0  # another process asks this question
        try:
            tms = self._connections[batch.connection]
            pace = self._paces[batch.connection]
        except NeedsOperator as error:
            await self._later(batch_id, error, Pace())
            return 0
        remote = msgspec.convert(batch.remote, RemoteBatch)
        translations = await self._ledger.voyages.of_batch(batch_id)
        with observe.bind(project=remote.id, correlation=batch_id):
            try:
                seen = [pair async for pair in tms.observe(remote)]
            except WordferryError as error:
                await self._later(batch_id, error, pace)
                return 0
            return await reconcile(
                self._ledger,
                tms,
                batch,
                remote,
                translations,
                seen,
                pace=lambda looks: wait(pace, looks, chance=self._chance),
            )

    async def _later(self, batch_id: str, error: WordferryError, pace: Pace) -> None:
        observe.event("poll.failed", level="warning", batch=batch_id, why=str(error))
        waiting = [t for t in await self._ledger.voyages.of_batch(batch_id) if t.state in WAITING]
        now = time.time()
        if waiting:
            dues = [
                max(error.not_before or 0.0, now + wait(pace, t.looks + 1, chance=self._chance))
                for t in waiting
            ]
            await self._ledger.voyages.write(looked(waiting, dues, error))
