"""The workflow of a `deliver` slice: export, wait a moment, and bring home what is ready.

Each translation goes its own way; one bad item never stops its siblings. An export that takes its time ends the
slice: the translation stays *exporting* with a due time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from wordferry import observe
from wordferry.delivery.acknowledge import acknowledge
from wordferry.delivery.check import findings, same_source
from wordferry.delivery.fetch import fetch, start_export
from wordferry.delivery.rework import send_back
from wordferry.delivery.write_back import Superseded, write_back
from wordferry.errors import (
    Conflict,
    Held,
    NeedsOperator,
    NotYet,
    Spent,
    Surprise,
    TryAgain,
    WordferryError,
)
from wordferry.ledger import Blobs, Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.targets import Target
from wordferry.ledger.writer import Statement
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS, Confirmed, RemoteBatch

__all__ = ["Delivery"]

#: Translations of one slice on their way at once.
ABREAST = 16
#: Seconds a slice waits for exports before it ends; until its first look at them; and between two looks at most.
PATIENCE = 5.0
LOOK = 0.15
LONGEST_LOOK = 1.0
#: Seconds until an export is asked for although its vendor should have told.
CALLED = 20.0


class Delivery:
    """Carries finished translations home.

    Args:
        ledger: the truth.
        blobs: sources and downloads.
        connections: TMS connections by name.
        contents: content systems by name.
        paces: how often each connection is asked.
        called: whether a connection's vendor tells us when an export is ready, so that nobody has to ask.
    """

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        connections: Mapping[str, TMS],
        contents: Mapping[str, ContentSystem],
        paces: Mapping[str, Pace],
        called: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.ledger = ledger
        self.blobs = blobs
        self.connections = connections
        self.contents = contents
        self.paces = paces
        self.called = called

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        slice_, claim = await self.ledger.slices.begin(slice_id, attempt)
        translations = await self.ledger.voyages.of_slice(slice_id)
        batches = {id_: await self.ledger.voyages.batch(id_) for id_ in {t.batch for t in translations}}
        known = await self.ledger.targets.of_slice(slice_id)
        contested = await self.ledger.revisions.contested(slice_id)
        gate = asyncio.Semaphore(ABREAST)
        # Two revisions of one item may come home together: they are written one after the other.
        turns: dict[tuple[str, str], asyncio.Lock] = {}
        crossings = []
        for translation in translations:
            batch = batches[translation.batch]
            assert batch is not None, "the database keeps the batch of every translation"
            turn = turns.setdefault((batch.content, translation.target), asyncio.Lock())
            try:
                crossings.append(Crossing(self, batch, translation, claim, gate, turn, known, contested))
            except NeedsOperator as error:
                later = time.time() + Pace().longest
                await self.ledger.voyages.write(
                    touch(translation, claim=claim, due=later, error=error.to_json())
                )
        if crossings:
            fresh = [c for c in crossings if c.translation.state is State.TRANSLATED]
            await _all(crossing.ask() for crossing in crossings)
            if self.called(slice_.connection):
                # The vendor calls when a file is ready; that starts the next slice. One that was ready goes on.
                wait = NotYet("the export runs; the TMS tells when it is ready.")
                begun = [c for c in fresh if not c.over and c.translation.state is State.EXPORTING]
                await _all(c.postpone(wait, least=CALLED) for c in begun)
            await self._bring_home(self.connections[slice_.connection], crossings)
        await self.ledger.slices.finish(claim)

    async def _bring_home(self, tms: TMS, crossings: Sequence[Crossing]) -> None:
        """Land whatever is ready, look again for the rest, and leave what takes its time for later."""
        until = time.monotonic() + PATIENCE
        pause = LOOK
        error: WordferryError
        waiting = [crossing for crossing in crossings if not crossing.over]
        while waiting:
            try:
                running = await self._running(tms, waiting)
            except WordferryError as stopped:
                error = stopped
                break
            ready = [crossing for crossing in waiting if crossing.translation.ticket not in running]
            await _all(crossing.land() for crossing in ready)
            waiting = [crossing for crossing in waiting if not crossing.over]
            if waiting and time.monotonic() > until:
                error = NotYet("the export still runs.")
                break
            if waiting:
                await asyncio.sleep(pause)
                pause = min(pause * 1.6, LONGEST_LOOK)
        else:
            return
        await _all(crossing.postpone(error) for crossing in waiting)

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


async def _all(steps: Iterable[Awaitable[None]]) -> None:
    """Wait for every step, then raise the first error: a run must not end while a part of it still works."""
    for result in await asyncio.gather(*steps, return_exceptions=True):
        if result is not None:
            raise result


class Crossing:
    """One translation's way home within a slice.

    Raises:
        NeedsOperator: its content system or connection is not configured any more.
    """

    def __init__(
        self,
        delivery: Delivery,
        batch: Batch,
        translation: Translation,
        claim: Claim,
        gate: asyncio.Semaphore,
        turn: asyncio.Lock,
        known: dict[tuple[str, str], Target],
        contested: frozenset[str] = frozenset(),
    ) -> None:
        assert batch.remote is not None
        self.ledger = delivery.ledger
        self.blobs = delivery.blobs
        self.content = delivery.contents[batch.content]
        self.pace = delivery.paces[batch.connection]
        self.tms = delivery.connections[batch.connection]
        self.batch = batch
        self.remote = msgspec.convert(batch.remote, RemoteBatch)
        self.translation = translation
        self.claim = claim
        self.gate = gate
        self.turn = turn
        #: What we last wrote to each target, shared by the slice; a delivery by somebody else is noticed at the lock.
        self.known = known
        #: Whether its units carried, or may carry, another revision of the source than its own.
        self.contested = translation.id in contested
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
            if self.contested:
                await same_source(self)
            found = await self._check()
            if found:
                if not await send_back(self, found):
                    why = f"the check found {len(found)} problem(s)"
                    await self._move(State.HELD, why, findings=found, due=None)
                self.over = True
                return
            async with self.turn:
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

    async def postpone(self, error: WordferryError, *, least: float = 0.0) -> None:
        """Leave it for a later slice, for `least` seconds at least unless it is woken."""
        self.over = True
        # What merely takes its time is soon looked at again, then ever more rarely.
        first = min(1.0, self.pace.first) if isinstance(error, NotYet) else None
        wait = max(least, self.pace.again(self.translation.looks, first=first))
        due = max(error.not_before or 0.0, time.time() + wait)
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
                    await self._next_round()
                except Superseded as error:
                    await self._drop(error.what)
                except TryAgain as error:
                    await self.postpone(error)
                except (Held, NeedsOperator) as error:
                    await self._stop(error)
                except WordferryError as error:
                    await self._move(State.FAILED, error.what, error=error, due=None)
                except Exception as crash:  # noqa: BLE001  one bad item never stops its siblings
                    observe.event("delivery.crashed", level="error", why=repr(crash))
                    surprise = Surprise(f"its delivery broke off with {type(crash).__name__}.")
                    await self._move(State.FAILED, surprise.what, error=surprise, due=None)

    async def _drop(self, why: str) -> None:
        """It came too late: nobody writes it, and its work at the vendor is closed where that can be done."""
        if not self.tms.capabilities.cancel:
            await self._move(State.SUPERSEDED, why, due=None)
            return

        def settle(_closed: Confirmed) -> list[Statement | Change]:
            return [move(self.translation, State.SUPERSEDED, why, claim=self.claim, due=None)]

        effect = self.tms.cancel(self.remote, self.translation)
        try:
            await self.ledger.operations.run(
                effect, self.claim, batch=self.batch.id, translation=self.translation.id, finish=settle
            )
            self.over = True
        except WordferryError as error:
            await self.postpone(error)

    async def _next_round(self) -> None:
        """The download is spent: ask for a new export; at once the first time, then ever more slowly."""
        spent = self.translation.round
        await self._move(
            State.TRANSLATED,
            "the download was cut off; a new export is started",
            round=spent + 1,
            ticket=None,
            blob=None,
            due=time.time() + (self.pace.again(spent - 2) if spent > 1 else 0.0),
        )

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
        try:
            await self.ledger.voyages.write(move(self.translation, new, why, claim=self.claim, **fields))
        except Conflict as error:
            observe.event("delivery.conflict", level="debug", why=error.what)

    async def _write(self, part: Statement) -> None:
        try:
            await self.ledger.voyages.write(part)
        except Conflict as error:
            observe.event("delivery.conflict", level="debug", why=error.what)
