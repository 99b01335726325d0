"""The sweep: takes what is due and hands it out in slices, starts lost slices again, and asks the TMS.

Waiting is a row with a due time; this is the one place that looks at due times.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from wordferry import observe
from wordferry.engine import Engine
from wordferry.errors import Conflict, Surprise, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import move
from wordferry.ledger.slices import PATIENCE, Slice
from wordferry.model.states import State, may_move
from wordferry.monitoring.poll import Poll

__all__ = ["Sweep"]

#: Most translations in one deliver slice.
SLICE = 100
#: Most deliver slices of one process at once.
ABREAST = 4
#: Seconds between two clean-ups of the engine's rows.
TIDY = 3600.0
#: Batches asked at once.
LOOKS = 8


class Sweep:
    """Hands out due work.

    Args:
        ledger: the truth.
        engine: runs slices.
        poll: asks the TMS.
    """

    def __init__(self, ledger: Ledger, engine: Engine, poll: Poll) -> None:
        self._ledger = ledger
        self._engine = engine
        self._poll = poll
        self._next_rescue = 0.0
        self._next_tidy = time.time() + TIDY

    async def tick(self) -> int:
        """One pass; returns how many things it set in motion."""
        now = time.time()
        started = 0
        if now >= self._next_rescue or self._next_rescue > now + 60.0:
            # Looking for the dead is rarer than looking for work.
            executors = self._ledger.executors
            self._next_rescue = now + (1.0 if executors.alone else min(5.0, executors.dead / 4))
            started += await self._rescue()
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY
            await self._engine.tidy()
        started += await self._batches(now)
        started += await self._deliveries(now)
        started += await self._looks(now)
        return started

    async def _rescue(self) -> int:
        """Start lost slices again; one that keeps getting lost is given to the operator."""
        count = 0
        for slice_ in await self._ledger.slices.lost(running=self._engine.runs):
            try:
                if slice_.attempt >= PATIENCE:
                    await self._give_up(slice_)
                else:
                    await self._start(await self._ledger.slices.restart(slice_))
                count += 1
            except Conflict:
                continue  # another process rescues it
        return count

    async def _give_up(self, slice_: Slice) -> None:
        translations = await self._ledger.voyages.of_slice(slice_.id)
        await self._ledger.slices.abandon(slice_)
        error = Surprise(
            f"its work was cut off {slice_.attempt} times in a row.",
            object=slice_.id,
            next="Look at the log around its last attempt, then `wordferry retry`.",
        )
        if slice_.batch is not None:
            await self._ledger.voyages.batch_error(slice_.batch, error, due=None, looks=0)
        for translation in translations:
            if may_move(translation.state, State.FAILED):
                await self._ledger.voyages.write(
                    move(translation, State.FAILED, error.what, error=error, due=None)
                )

    async def _batches(self, now: float) -> int:
        count = 0
        for batch, connection, remote in await self._ledger.voyages.due_batches(now):
            kind = "prepare" if remote and not await self._ledger.voyages.planned(batch) else "submit"
            count += await self._open(kind, connection, batch=batch)
        for batch, connection in await self._ledger.voyages.due_audits(now):
            count += await self._open("audit", connection, batch=batch)
        return count

    async def _deliveries(self, now: float) -> int:
        room = (ABREAST - self._engine.running) * SLICE
        if room <= 0:
            return 0
        groups: dict[str, list[tuple[str, State]]] = {}
        for connection, translation, state in await self._ledger.voyages.due_delivery(now, limit=room):
            groups.setdefault(connection, []).append((translation, state))
        count = 0
        for connection, ready in groups.items():
            for start in range(0, len(ready), SLICE):
                count += await self._open("deliver", connection, translations=ready[start : start + SLICE])
        return count

    async def _looks(self, now: float) -> int:
        batches = await self._ledger.voyages.due_waiting(now)
        moved = 0
        for start in range(0, len(batches), LOOKS):
            some = batches[start : start + LOOKS]
            results = await asyncio.gather(
                *(self._poll.look(batch) for batch in some), return_exceptions=True
            )
            for batch, result in zip(some, results, strict=True):
                if isinstance(result, WordferryError):
                    observe.event("poll.failed", level="warning", batch=batch, why=str(result))
                elif isinstance(result, Exception):
                    # It stays reserved for a while; the other batches have to be looked at all the same.
                    observe.event("poll.crashed", level="error", batch=batch, why=repr(result))
                elif isinstance(result, BaseException):
                    raise result
                else:
                    moved += result
        return moved

    async def _open(
        self,
        kind: str,
        connection: str,
        *,
        batch: str | None = None,
        translations: Sequence[tuple[str, State]] = (),
    ) -> int:
        try:
            slice_ = await self._ledger.slices.open(kind, connection, batch=batch, translations=translations)
        except Conflict:
            return 0  # taken by another process a moment ago
        await self._start(slice_)
        return 1

    async def _start(self, slice_: Slice) -> None:
        await self._engine.start(slice_.kind, slice_.id, slice_.attempt)
