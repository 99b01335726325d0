"""The workflow of a `reassign` slice: a provider said no, and the route says to ask for another one."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, TryAgain, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import touch
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.reassigning import Reassigning
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Refusals"]

#: Seconds until something that passes by itself is tried again.
LATER = 60.0


class Refusals:
    """Acts on declined translations.

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
        for translation in await self._ledger.voyages.of_slice(slice_id):
            batch = await self._ledger.voyages.batch(translation.batch)
            if translation.state is not State.DECLINED or batch is None:
                continue
            act: float | None = None
            error: str | None = None
            try:
                await self._act(self._connections[slice_.connection], batch, translation, claim)
            except Conflict:
                raise
            except TryAgain as passing:
                act = max(passing.not_before or 0.0, time.time() + LATER)
                error = passing.to_json()
            except WordferryError as stopped:
                observe.event("reassign.failed", level="warning", object=translation.name, why=str(stopped))
                error = stopped.to_json()
            due = time.time() if error is None else time.time() + LATER
            await self._ledger.voyages.write(touch(translation, claim=claim, act=act, due=due, error=error))
        await self._ledger.slices.finish(claim)

    async def _act(self, tms: TMS, batch: Batch, translation: Translation, claim: Claim) -> None:
        if not isinstance(tms, Reassigning) or batch.remote is None:
            return
        remote = msgspec.convert(batch.remote, RemoteBatch)
        moves = await self._ledger.voyages.movements(translation.id)
        times = sum(one.new == State.DECLINED for one in moves)
        effect = tms.reassign(batch, remote, translation, attempt=times)
        if effect is None:
            observe.event("declined", level="warning", object=translation.name, times=times)
            return
        with observe.bind(project=remote.id):
            done = await self._ledger.operations.run(
                effect, claim, batch=batch.id, translation=translation.id
            )
        observe.event(
            "reassigned", level="warning" if done.note else "info", object=translation.name, note=done.note
        )
