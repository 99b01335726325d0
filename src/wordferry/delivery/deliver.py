"""The workflow of a `deliver` slice: export, wait a moment, and bring home what is ready.

Each translation goes its own way; one bad item never stops its siblings. An export that takes its time ends the
slice: the translation stays *exporting* with a due time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from wordferry import observe
from wordferry.delivery.acknowledge import acknowledge
from wordferry.delivery.check import findings
from wordferry.delivery.fetch import fetch, start_export
from wordferry.delivery.write_back import write_back
from wordferry.errors import Conflict, Held, NeedsOperator, NotYet, Spent, TryAgain, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.writer import Statement
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Delivery"]

#: Translations of one slice on their way at once.
ABREAST = 16
#: Seconds a slice waits for exports before it ends; and between two looks at them.
PATIENCE = 5.0
LOOK = 0.15


class Delivery:
    """Carries finished translations home.

    Args:
        ledger: the truth.
        blobs: sources and downloads.
        connections: TMS connections by name.
        contents: content systems by name.
        paces: how often each connection is asked.
    """

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        connections: Mapping[str, TMS],
        contents: Mapping[str, ContentSystem],
        paces: Mapping[str, Pace],
    ) -> None:
        self.ledger = ledger
        self.blobs = blobs
        self.connections = connections
        self.contents = contents
        self.paces = paces

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        slice_, claim = await self.ledger.slices.begin(slice_id, attempt)
        translations = await self.ledger.voyages.of_slice(slice_id)
        batches = {id_: await self.ledger.voyages.batch(id_) for id_ in {t.batch for t in translations}}
        tms = self.connections[slice_.connection]
        gate = asyncio.Semaphore(ABREAST)
        crossings = [
            Crossing(self, tms, batch, translation, claim, gate)
            for translation in translations
            if (batch := batches[translation.batch]) is not None
        ]
        await asyncio.gather(*(crossing.ask() for crossing in crossings))
        await self._bring_home(tms, crossings)
        await self.ledger.slices.finish(claim)

    async def _bring_home(self, tms: TMS, crossings: Sequence[Crossing]) -> None:
        """Land whatever is ready, look again for the rest, and leave what takes its time for later."""
        until = time.monotonic() + PATIENCE
        waiting = [crossing for crossing in crossings if not crossing.over]
        while waiting:
            running = await self._running(tms, waiting)
            ready = [crossing for crossing in waiting if crossing.translation.ticket not in running]
            await asyncio.gather(*(crossing.land() for crossing in ready))
            waiting = [crossing for crossing in waiting if not crossing.over]
            if waiting and time.monotonic() > until:
                break
            if waiting:
                await asyncio.sleep(LOOK)
        pause = NotYet("the export still runs.", not_before=time.time() + LOOK)
        await asyncio.gather(*(crossing.postpone(pause) for crossing in waiting))

    async def _running(self, tms: TMS, crossings: Sequence[Crossing]) -> frozenset[str]:
        tickets = [
            c.translation.ticket for c in crossings if c.translation.ticket and c.translation.blob is None
        ]
        if not tickets:
            return frozenset()
        try:
            return frozenset(await tms.exports_running(tickets))
        except TryAgain:
            return frozenset(tickets)


class Crossing:
    """One translation's way home within a slice."""

    def __init__(
        self,
        delivery: Delivery,
        tms: TMS,
        batch: Batch,
        translation: Translation,
        claim: Claim,
        gate: asyncio.Semaphore,
    ) -> None:
        assert batch.remote is not None
        self.ledger = delivery.ledger
        self.blobs = delivery.blobs
        self.content = delivery.contents[batch.content]
        self.pace = delivery.paces[batch.connection]
        self.tms = tms
        self.batch = batch
        self.remote = msgspec.convert(batch.remote, RemoteBatch)
        self.translation = translation
        self.claim = claim
        self.gate = gate
        self.over = False

    async def ask(self) -> None:
        """Start the export, unless an earlier run did."""
        if self.translation.state is State.TRANSLATED:
            await self._step(self._export)

    async def land(self) -> None:
        """Fetch, check, write, acknowledge; each step is skipped when an earlier run did it."""
        await self._step(self._land)

    async def _export(self) -> None:
        self.translation = await start_export(self)

    async def _land(self) -> None:
        if self.translation.blob is None:
            self.translation = await fetch(self)
        if self.translation.delivered != self.translation.blob:
            found = await self._check()
            if found:
                await self._move(
                    State.HELD, f"the check found {len(found)} problem(s)", findings=found, due=None
                )
                return
            self.translation = await write_back(self)
        await acknowledge(self)
        self.over = True

    async def _check(self) -> tuple[str, ...]:
        assert self.translation.blob is not None
        return await findings(
            await self.blobs.path(self.translation.revision),
            await self.blobs.path(self.translation.blob),
            format=self.translation.format,
            encoding=self.translation.encoding,
            size=self.translation.size,
        )

    async def postpone(self, error: WordferryError) -> None:
        """Leave it for a later slice."""
        self.over = True
        wait = min(self.pace.first * 2**self.translation.looks, self.pace.longest)
        due = max(error.not_before or 0.0, time.time() + (0.0 if isinstance(error, NotYet) else wait))
        stored = None if isinstance(error, NotYet) and not error.object else error.to_json()
        await self._write(
            touch(self.translation, claim=self.claim, due=due, looks=self.translation.looks + 1, error=stored)
        )

    async def _step(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run one step; every error ends as a state, a due time and a reason of this translation alone."""
        async with self.gate:
            uids = self.translation.units[-1].uid if self.translation.units else None
            with observe.bind(correlation=self.translation.id, project=self.remote.id, job=uids):
                try:
                    await work()
                except Conflict as error:
                    # Lost to another run or another delivery of the same target: nothing was changed by us.
                    observe.event("delivery.conflict", level="debug", why=error.what)
                    await self.postpone(NotYet(error.what, object=self.translation.target))
                except Spent:
                    await self._move(
                        State.TRANSLATED,
                        "the download was cut off; a new export is started",
                        round=self.translation.round + 1,
                        ticket=None,
                        blob=None,
                        due=time.time(),
                    )
                except TryAgain as error:
                    await self.postpone(error)
                except (Held, NeedsOperator) as error:
                    await self._stop(error)
                except WordferryError as error:
                    await self._move(State.FAILED, error.what, error=error, due=None)

    async def _stop(self, error: WordferryError) -> None:
        """A gate, a full disk or a closed connection: keep everything, tell the operator."""
        if self.translation.state is State.TRANSLATED and isinstance(error, NeedsOperator):
            # Nothing has begun; when the connection opens again it goes on from here.
            self.over = True
            due = time.time() + max(self.pace.longest, 60.0)
            await self._write(touch(self.translation, claim=self.claim, due=due, error=error.to_json()))
            return
        await self._move(State.HELD, error.what, error=error, findings=(str(error),), due=None)

    async def _move(self, new: State, why: str, **fields: Any) -> None:
        self.over = True
        await self._write(move(self.translation, new, why, claim=self.claim, **fields))

    async def _write(self, part: Statement | Change) -> None:
        try:
            await self.ledger.voyages.write(part)
        except Conflict as error:
            observe.event("delivery.conflict", level="debug", why=error.what)
