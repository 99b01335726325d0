"""Ask the TMS about a batch: one grouped look for all its waiting translations."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import NeedsOperator, Vanished, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.hints import DRIFT, Hints
from wordferry.ledger.move import looked
from wordferry.model.route import Pace
from wordferry.model.states import WAITING
from wordferry.model.voyage import Batch, Translation
from wordferry.monitoring.pace import Attention, looks_within
from wordferry.monitoring.reconcile import STALE, reconcile, vanished
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Poll"]

#: Seconds for which a look is reserved, so that two processes do not ask the same question.
RESERVED = 180.0
#: Seconds within which an event may tell what a look found first.
LAG = 60.0


class Poll:
    """Looks at batches.

    Args:
        ledger: the truth.
        connections: TMS connections by name.
        paces: how often each connection is asked.
        attention: how closely each connection is watched; made from the paces when left out.
    """

    def __init__(
        self,
        ledger: Ledger,
        connections: Mapping[str, TMS],
        paces: Mapping[str, Pace],
        attention: Attention | None = None,
    ) -> None:
        self._ledger = ledger
        self._connections = connections
        self._paces = paces
        self._attention = attention or Attention(paces)
        #: Batch → epoch seconds of the last look of this process, to count what was saved.
        self._last: dict[str, float] = {}

    async def look(self, batch_id: str, *, hinted: bool = False, drift: bool = False) -> int:
        """Look at one batch; returns how many translations moved.

        A vendor that does not answer is asked again later; the error is kept for `explain` and never raised.

        Args:
            batch_id: the batch.
            hinted: whether something hinted at it.
            drift: whether it is to be looked at whatever was told.
        """
        batch = await self._ledger.voyages.batch(batch_id)
        if batch is None or batch.remote is None:
            return 0
        now = time.time()
        until = now + RESERVED
        if hinted:
            hinted = await self._ledger.hints.take("hinted", batch_id, now, until=until)
        if drift:
            drift = await self._ledger.hints.take("drift", batch_id, now, until=until)
        # A process alone knows its own looks; a reservation would only outlive a crash.
        shared = not self._ledger.executors.alone
        timed = not shared or await self._ledger.voyages.reserve_waiting(batch_id, now, until=until)
        if not (timed or hinted or drift):
            return 0  # another process asks this question
        try:
            tms = self._connections[batch.connection]
            pace = self._paces[batch.connection]
        except NeedsOperator as error:
            await self._later(batch, error, Pace().longest, hinted=hinted)
            return 0
        remote = msgspec.convert(batch.remote, RemoteBatch)
        translations = await self._ledger.voyages.of_batch(batch_id)
        with observe.bind(project=remote.id, correlation=batch_id):
            try:
                seen = [pair async for pair in tms.observe(remote)]
            except Vanished as error:
                # A list may lag behind a creation; later on the whole batch is gone.
                if now - batch.created < STALE:
                    await self._later(batch, error, None, hinted=hinted)
                    return 0
                moved = await self._gone(batch, remote, translations, now)
            except WordferryError as error:
                await self._later(batch, error, None, hinted=hinted)
                return 0
            else:
                moved = await reconcile(
                    self._ledger,
                    tms,
                    batch,
                    remote,
                    translations,
                    seen,
                    pace=lambda looks: self._attention.wait(batch.connection, looks),
                )
        if hinted or drift:
            await self._ledger.hints.looked(
                batch_id, until=until, hinted=hinted, drift=now + DRIFT if drift else None
            )
        await self._count(batch, pace, translations, now, hinted=hinted, moved=moved)
        return moved

    async def _count(
        self,
        batch: Batch,
        pace: Pace,
        translations: list[Translation],
        now: float,
        *,
        hinted: bool,
        moved: int,
    ) -> None:
        last = self._last.get(batch.id)
        self._last[batch.id] = now
        plain = looks_within(pace, now - last) if last is not None else 0
        known = self._attention.rhythms.get(batch.connection)
        told = known is not None and known.last is not None
        silent = told and known is not None and known.last is not None and now - known.last > LAG
        await self._ledger.rhythms.looked(
            batch.connection,
            hinted=hinted,
            moved=moved,
            saved=max(0.0, plain - 1.0) if told else 0.0,
            missed=now if moved and silent and not hinted else None,
        )
        if not any(t.state in WAITING for t in translations):
            self._last.pop(batch.id, None)

    async def _gone(
        self, batch: Batch, remote: RemoteBatch, translations: list[Translation], now: float
    ) -> int:
        """The TMS has no such project any more: said, once for each translation that waits for it."""
        waiting = [t for t in translations if t.state in WAITING]
        observe.event(
            "batch.vanished", level="warning", batch=batch.id, project=remote.id, waiting=len(waiting)
        )
        for translation in waiting:
            await self._ledger.voyages.write(
                *vanished(translation, now, what="the TMS no longer has its project.")
            )
        return len(waiting)

    async def _later(
        self, batch: Batch, error: WordferryError, longest: float | None, *, hinted: bool
    ) -> None:
        observe.event("poll.failed", level="warning", batch=batch.id, why=str(error))
        waiting = [t for t in await self._ledger.voyages.of_batch(batch.id) if t.state in WAITING]
        now = time.time()

        def due(looks: int) -> float:
            again = longest if longest is not None else self._attention.soon(batch.connection, looks)
            return max(error.not_before or 0.0, now + again)

        if waiting:
            dues = [due(t.looks + 1) for t in waiting]
            await self._ledger.voyages.write(looked(waiting, dues, error))
        if hinted:
            # The hint still stands.
            await self._ledger.voyages.write(
                Hints.hinted([batch.id], due(min((t.looks for t in waiting), default=0)))
            )
