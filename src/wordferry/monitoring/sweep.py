"""The sweep: takes what is due and hands it out in slices, starts lost slices again, and asks the TMS.

Waiting is a row with a due time; this is the one place that looks at due times.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial

from wordferry import observe
from wordferry.engine import Engine
from wordferry.errors import Conflict, Surprise, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import move
from wordferry.ledger.slices import PATIENCE, Slice
from wordferry.model.route import Pace
from wordferry.model.states import State, may_move
from wordferry.monitoring.drift import Drift
from wordferry.monitoring.hearing import Hearing
from wordferry.monitoring.pace import Attention
from wordferry.monitoring.poll import Poll
from wordferry.monitoring.registration import Registration

__all__ = ["Sweep"]

#: Most translations in one deliver slice.
SLICE = 100
#: Most deliver slices of one connection in this process at once.
ABREAST = 4
#: Seconds between two clean-ups of the engine's rows.
TIDY = 3600.0
#: Batches asked at once.
LOOKS = 8
#: Seconds for which a batch rests after a look that a hint caused, at least and as a share of that look's time.
REST = 0.5
REST_SHARE = 10.0
#: Seconds between two looks at how events fare.
REFRESH = 5.0
#: Seconds between two looks at our registrations.
WATCH = 3600.0
_WATCH = " registrations"
#: Seconds from the start to the first look for orphans, and between two.
FIRST_DRIFT = 3600.0
DRIFT = 86400.0
_DRIFT = " orphans"


class Sweep:
    """Hands out due work.

    Args:
        ledger: the truth.
        engine: runs slices.
        poll: asks the TMS.
        hearing: reads the inbox.
        attention: how closely each connection is watched.
        pending: connections whose vendor keeps a list of updates, each with its pace.
        registration: our webhooks and listeners, looked after now and then; None when there can be none.
        drift: looks for orphans now and then.
    """

    def __init__(
        self,
        ledger: Ledger,
        engine: Engine,
        poll: Poll,
        *,
        hearing: Hearing,
        attention: Attention,
        pending: Mapping[str, Pace],
        registration: Registration | None = None,
        drift: Drift | None = None,
    ) -> None:
        self._ledger = ledger
        self._engine = engine
        self._poll = poll
        self._hearing = hearing
        self._attention = attention
        self._pending = pending
        self._collect_at = dict.fromkeys(pending, 0.0)
        # A connection's name cannot hold a space: nothing else is called so.
        self._collecting: dict[str, asyncio.Task[None]] = {}
        self._trusted: dict[str, bool] = {}
        self._rested: dict[str, float] = {}
        self._next_refresh = 0.0
        self._registration = registration
        self._next_watch = time.time() + WATCH / 10
        self._drift = drift
        self._next_drift = time.time() + FIRST_DRIFT
        self._looking: dict[str, asyncio.Task[int]] = {}
        self._delivering: dict[str, str] = {}
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
            await self._ledger.inbox.forget_bodies()
        if now >= self._next_refresh or self._next_refresh > now + 60.0:
            self._next_refresh = now + REFRESH
            await self._refresh(now)
        if self._registration is not None and now >= self._next_watch and _WATCH not in self._collecting:
            self._next_watch = now + WATCH
            self._collecting[_WATCH] = asyncio.create_task(self._watch(self._registration), name="watch")
        if self._drift is not None and now >= self._next_drift and _DRIFT not in self._collecting:
            self._next_drift = now + DRIFT
            self._collecting[_DRIFT] = asyncio.create_task(self._orphans(self._drift), name="drift")
        started += self._collections(now)
        started += await self._hearing.listen()
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
        for connection, refused in (await self._ledger.hints.refused(now)).items():
            count += await self._open("reassign", connection, translations=refused)
        for batch, connection in await self._ledger.voyages.due_closings(now):
            count += await self._open("close", connection, batch=batch)
        return count

    async def _deliveries(self, now: float) -> int:
        self._delivering = {key: name for key, name in self._delivering.items() if self._engine.runs(key)}
        count = 0
        groups = await self._ledger.voyages.due_delivery(now, limit=ABREAST * SLICE)
        for connection, ready in groups.items():
            # Each connection has its own hands: one vendor that hangs holds up only its own deliveries.
            room = ABREAST - sum(name == connection for name in self._delivering.values())
            for start in range(0, min(len(ready), room * SLICE), SLICE):
                count += await self._open("deliver", connection, translations=ready[start : start + SLICE])
        return count

    async def _refresh(self, now: float) -> None:
        """See how events fare; where they cannot be relied on any more, bring forward what they were to wake."""
        self._attention.rhythms = await self._ledger.rhythms.all()
        for name in self._attention.rhythms:
            trusted = self._attention.trusts(name)
            # After a start it is not known what was relied on before.
            if not trusted and self._trusted.get(name, True) and self._attention.knows(name):
                within = partial(self._attention.within, name)
                count = await self._ledger.hints.hasten(name, now=now, within=within)
                if self._trusted.get(name):
                    observe.event("events.silent", level="warning", connection=name, batches=count)
            self._trusted[name] = trusted

    def _collections(self, now: float) -> int:
        """Ask each vendor that keeps a list of updates for it: one sweep for a whole connection."""
        started = 0
        for name, task in list(self._collecting.items()):
            if task.done():
                del self._collecting[name]
                task.result()
        for name, at in self._collect_at.items():
            if at <= now and name not in self._collecting:
                pace = self._pending[name]
                # With events arriving the list only holds what was told already.
                self._collect_at[name] = now + (pace.longest if self._attention.trusts(name) else pace.first)
                self._collecting[name] = asyncio.create_task(self._collect(name), name=f"updates:{name}")
                started += 1
        return started

    async def _collect(self, name: str) -> None:
        try:
            await self._hearing.collect(name)
        except Exception as crash:  # noqa: BLE001  one connection's trouble never stops the others
            observe.event("updates.crashed", level="error", connection=name, why=repr(crash))

    async def _watch(self, registration: Registration) -> None:
        try:
            await registration.watch()
        except Exception as crash:  # noqa: BLE001  a look at our registrations never stops the work
            observe.event("subscription.crashed", level="error", why=repr(crash))

    async def _orphans(self, drift: Drift) -> None:
        try:
            await drift.look()
        except Exception as crash:  # noqa: BLE001  a look for orphans never stops the work
            observe.event("drift.crashed", level="error", why=repr(crash))

    async def _looks(self, now: float) -> int:
        """Start the looks that are due; a vendor that takes its time holds up nobody else."""
        for batch, task in list(self._looking.items()):
            if task.done():
                del self._looking[batch]
                task.result()
        started = 0
        hints = await self._ledger.hints.due(now)
        timed = await self._ledger.voyages.due_waiting(now)
        self._rested = {batch: until for batch, until in self._rested.items() if until > now}
        for batch in dict.fromkeys([*timed, *hints]):
            # Right after a look of its own a batch rests for a moment, so that the next one serves several hints.
            if batch in self._looking or batch in self._rested or len(self._looking) >= LOOKS:
                continue
            hinted, drift = hints.get(batch, (False, False))
            look = self._look(batch, hinted=hinted, drift=drift)
            self._looking[batch] = asyncio.create_task(look, name=f"look:{batch}")
            started += 1
        return started

    async def _look(self, batch: str, *, hinted: bool, drift: bool) -> int:
        begun = time.time()
        try:
            return await self._poll.look(batch, hinted=hinted, drift=drift)
        except WordferryError as error:
            observe.event("poll.failed", level="warning", batch=batch, why=str(error))
        except Exception as crash:  # noqa: BLE001  one batch's trouble never stops the others
            observe.event("poll.crashed", level="error", batch=batch, why=repr(crash))
        finally:
            if hinted:
                # A look at a large project takes longer: then more hints gather.
                now = time.time()
                self._rested[batch] = now + max(REST, REST_SHARE * (now - begun))
        return 0

    @property
    def looking(self) -> int:
        """Looks that are under way."""
        return sum(not task.done() for task in self._looking.values())

    async def close(self) -> None:
        """Give up the looks that are under way: they read only, and are made again when they are due."""
        tasks = [*self._looking.values(), *self._collecting.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._looking.clear()
        self._collecting.clear()

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
        if slice_.kind == "deliver":
            self._delivering[slice_.key] = slice_.connection
        await self._engine.start(slice_.kind, slice_.id, slice_.attempt)
