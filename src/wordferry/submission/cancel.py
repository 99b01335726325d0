"""The workflow of a `cancel` slice: stop the work at the TMS where it can be stopped, and settle."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from wordferry import observe
from wordferry.errors import Conflict, NotYet, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.writer import Statement
from wordferry.model.states import State, may_move
from wordferry.model.voyage import Claim, Translation
from wordferry.ports.tms import TMS, Confirmed, RemoteBatch

__all__ = ["Cancellation"]


class Cancellation:
    """Cancels translations on an operator's word.

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
        _, claim = await self._ledger.slices.begin(slice_id, attempt)
        for translation in await self._ledger.voyages.of_slice(slice_id):
            if not may_move(translation.state, State.CANCELLED):
                continue
            with observe.bind(correlation=translation.id):
                try:
                    await self._cancel(translation, claim)
                except Conflict:
                    raise
                except WordferryError as error:
                    await self._later(translation, claim, error)
        await self._ledger.slices.finish(claim)

    async def _cancel(self, translation: Translation, claim: Claim) -> None:
        batch = await self._ledger.voyages.batch(translation.batch)
        if batch is None or batch.remote is None or not translation.units:
            await self._not_on_its_way(translation)
            await self._settle(translation, claim, "cancelled before it was sent")
            return
        tms = self._connections[batch.connection]
        remote = msgspec.convert(batch.remote, RemoteBatch)
        if not tms.capabilities.cancel:
            await self._settle(translation, claim, f"not wanted any more, here only: {remote.advice}")
            return

        def note(_confirmed: Confirmed) -> list[Statement | Change]:
            why = "cancelled by the operator; the TMS knows"
            return [move(translation, State.CANCELLED, why, claim=claim, due=None)]

        await self._ledger.operations.run(
            tms.cancel(remote, translation), claim, batch=batch.id, translation=translation.id, finish=note
        )

    async def _not_on_its_way(self, translation: Translation) -> None:
        """A call that may still make a job for it has to end first, else that job would belong to nobody.

        Raises:
            NotYet: such a call is under way, or its outcome is not known yet.
        """
        for row in await self._ledger.operations.of(batch=translation.batch, own=True):
            if row.state in ("begun", "unknown") and row.label == translation.name:
                raise NotYet(
                    "it is just being sent.",
                    object=f"{translation.name} → {translation.locale}",
                    next="Cancel it again when `wordferry status` shows it as submitted.",
                )

    async def _settle(self, translation: Translation, claim: Claim, why: str) -> None:
        await self._ledger.voyages.write(move(translation, State.CANCELLED, why, claim=claim, due=None))

    async def _later(self, translation: Translation, claim: Claim, error: WordferryError) -> None:
        """Not cancelled: it stays what it was, says why, and waits for the operator to ask again."""
        observe.event("cancel.failed", level="warning", translation=translation.id, why=str(error))
        # Its due time comes back with the slice.
        await self._ledger.voyages.write(touch(translation, claim=claim, error=error.to_json()))
