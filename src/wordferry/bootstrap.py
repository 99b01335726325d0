"""Joins the rooms: the one file that knows them all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import msgspec
from sqlalchemy import make_url

from wordferry import observe
from wordferry.configuration import Configuration, resolve_secret
from wordferry.delivery import Delivery
from wordferry.engine import Engine, EngineLock, Handler
from wordferry.errors import NeedsOperator, TryAgain
from wordferry.ledger import Blobs, Ledger
from wordferry.ledger.tally import settled
from wordferry.model.plan import Plan
from wordferry.model.route import Pace, Route
from wordferry.monitoring import Attention, Audit, Closure, Hearing, Poll, Refusals, Registration, Sweep
from wordferry.monitoring.drift import Drift
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.events import VendorEvents
from wordferry.ports.registry import Surroundings
from wordferry.ports.tms import TMS
from wordferry.submission import (
    Acceptance,
    Cancellation,
    Preparation,
    Previews,
    Removal,
    Submission,
    Watch,
    accept,
    carry_out,
    draw_plan,
    plan_route,
)

__all__ = ["Ferry"]

T = TypeVar("T")

#: Seconds between two sweeps while there is work, and at most while there is none.
BUSY = 0.05
IDLE = 1.0
#: While events come in their usual rhythm, waits are so many times the longest one of plain polling.
CALM = 4.0


class _Configured(dict[str, T]):
    """Parts by name; one that the ledger still knows and the configuration does not is the operator's."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, name: str) -> T:
        raise NeedsOperator(
            f"there is no [{self._table}.{name}] any more.",
            object="wordferry.toml",
            next="Put it back, or `wordferry cancel` what it was to carry.",
        )


class Ferry:
    """A whole Wordferry: ledger, shores, stages.

    Opening it reads and writes the ledger only; `work` takes the engine and moves things.

    Args:
        configuration: what `wordferry.toml` says.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        general, folder = configuration.general, configuration.folder
        _refuse_a_lost_ledger(configuration)
        self.ledger = Ledger(general.database, folder=folder, dead=general.dead_after)
        self.embedded = self.ledger.dialect == "sqlite"
        self.lock = EngineLock(self.ledger.lock_file)
        self.blobs = Blobs(general.blobs, folder=folder)
        self.contents: dict[str, ContentSystem] = _Configured("content")
        self.connections: dict[str, TMS] = _Configured("tms")
        self.paces: dict[str, Pace] = _Configured("tms")
        #: What each vendor tells us; connections whose vendor tells nothing are missing.
        self.events: dict[str, VendorEvents] = {}
        self.seal = configuration.seal()
        if self.seal is not None:
            self.ledger.lock_up(self.seal)
        #: Whether vendors can call us back.
        self.reachable = general.public_url is not None
        self.installation = ""

    async def __aenter__(self) -> Self:
        self.installation = await self.ledger.installation()
        around = Surroundings(
            folder=self.configuration.folder,
            installation=self.installation,
            secret=lambda reference: resolve_secret(reference, folder=self.configuration.folder),
            leases=self.ledger.budgets,
            callback=self.callback,
        )
        for name, part in self.configuration.contents.items():
            self.contents[name] = part.plugin.build(name, part.settings, around)
        for name, part in self.configuration.connections.items():
            self.connections[name] = part.plugin.build(name, part.settings, around)
            settings = part.settings
            self.paces[name] = Pace(
                first=settings.poll_first,
                longest=settings.poll_longest,
                calm=CALM * settings.poll_longest,
            )
            if part.plugin.events is not None:
                self.events[name] = part.plugin.events(self.connections[name], around)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self.connections.values():
            await connection.close()
        self.ledger.close()
        self.lock.release()

    def callback(self, connection: str, ours: str) -> str | None:
        """The address for the end of asynchronous work asked for our translation or batch of that id."""
        public = self.configuration.general.public_url
        if public is None or self.seal is None:
            return None
        path = "/".join(quote(part, safe="") for part in (connection, ours))
        return f"{public.rstrip('/')}/callbacks/{path}/{self.seal.sign(connection, ours)}"

    def registration(self) -> Registration | None:
        """Our webhooks and listeners at the vendors; None when they cannot reach us."""
        public = self.configuration.general.public_url
        if public is None:
            return None
        registrars = {
            name: told.registrar for name, told in self.events.items() if told.registrar is not None
        }
        return Registration(self.ledger, registrars, public)

    def routes(self, names: Sequence[str] = ()) -> list[Route]:
        """The routes of those names, or all.

        Raises:
            NeedsOperator: one does not exist.
        """
        known = self.configuration.routes
        for name in names:
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise NeedsOperator(
                    f"there is no route {name!r}.", object="wordferry.toml", next=f"There are: {there}."
                )
        return [known[name] for name in names] if names else list(known.values())

    async def plan(
        self,
        routes: Sequence[str] = (),
        *,
        only: frozenset[str] = frozenset(),
        seen: Callable[[str], None] = lambda name: None,
    ) -> Plan:
        """Look at every item, decide, and store the plan. Nothing is sent."""
        taken: dict[tuple[str, str], str] = {}
        parts = [
            await plan_route(
                route,
                self.contents[route.content],
                self.connections[route.connection],
                self.ledger,
                self.blobs,
                only=only,
                seen=seen,
                taken=taken,
            )
            for route in self.routes(routes)
        ]
        plan = draw_plan(parts)
        if any(part.acts for part in plan.routes):
            await self.ledger.plans.store(plan)
        return plan

    async def accept(
        self, plan: Plan, *, latest: bool = False, seen: Callable[[str], None] = lambda name: None
    ) -> Acceptance:
        """Turn a plan into batches that the engine carries on; see `submission.accept`."""
        taken = await accept(
            plan, self.contents, self.connections, self.ledger, self.blobs, latest=latest, seen=seen
        )
        left = await carry_out(plan, self.ledger)
        return msgspec.structs.replace(taken, refused=(*taken.refused, *left))

    def watch(self, route: Route, *, clock: Callable[[], float] = time.monotonic) -> Watch:
        """Watches a route's sources; see `submission.watch`."""
        take = partial(self.accept, latest=True)
        content, tms = self.contents[route.content], self.connections[route.connection]
        return Watch(route, content, tms, self.ledger, self.blobs, accept=take, clock=clock)

    def work(self) -> Work:
        """The engine and the sweep, as an async context.

        Raises (on entering):
            NeedsOperator: on SQLite another process does the work already.
        """
        return Work(self)


class Work:
    """The hands: engine, stages, heartbeat and sweep of one process."""

    def __init__(self, ferry: Ferry) -> None:
        self.ferry = ferry
        ledger = ferry.ledger
        self.attention = Attention(ferry.paces)
        previews = Previews(ledger, ferry.blobs, ferry.contents)
        self.submission = Submission(ledger, ferry.blobs, ferry.connections, self.attention.wait, previews)
        self.preparation = Preparation(ledger, ferry.connections)
        self.cancellation = Cancellation(ledger, ferry.connections)
        self.removal = Removal(ledger, ferry.contents)
        self.delivery = Delivery(
            ledger,
            ferry.blobs,
            ferry.connections,
            ferry.contents,
            ferry.paces,
            called=lambda name: ferry.reachable and self.attention.trusts(name),
        )
        self.audit = Audit(ledger, ferry.connections)
        self.closure = Closure(ledger, ferry.connections)
        #: Kind of slice → what runs it.
        self.handlers: dict[str, Handler] = {
            "submit": self.submission.run,
            "prepare": self.preparation.run,
            "cancel": self.cancellation.run,
            "remove": self.removal.run,
            "deliver": self.delivery.run,
            "audit": self.audit.run,
            "reassign": Refusals(ledger, ferry.connections).run,
            "close": self.closure.run,
        }
        general = ferry.configuration.general
        self.engine = Engine(
            general.database,
            folder=ferry.configuration.folder,
            executor=ledger.executors.id,
            handlers=self.handlers,
        )
        pending = {name: told.pending for name, told in ferry.events.items() if told.pending is not None}
        self.sweep = Sweep(
            ledger,
            self.engine,
            Poll(ledger, ferry.connections, ferry.paces, self.attention),
            hearing=Hearing(ledger, pending),
            attention=self.attention,
            pending={name: ferry.paces[name] for name in pending},
            registration=ferry.registration(),
            drift=Drift(ledger, ferry.connections, ferry.configuration.routes_by_connection),
        )
        #: Set when something arrived; ends the pause between two sweeps.
        self.wake = asyncio.Event()
        ledger.inbox.arrived = self.wake.set

    async def __aenter__(self) -> Self:
        ferry = self.ferry
        if ferry.embedded:
            if not ferry.lock.take():
                raise NeedsOperator(
                    f"process {ferry.lock.holder()} works on this ledger already.",
                    object=str(ferry.ledger.engine.url.database),
                    next="It takes up what you did within a second; or stop it, or use PostgreSQL for several workers.",
                )
            ferry.ledger.executors.alone = True
        try:
            await ferry.ledger.executors.start()
            await self.engine.launch()
        except BaseException:
            await ferry.ledger.executors.stop()
            ferry.lock.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sweep.close()
        # Running slices are short; an open one would be started again elsewhere.
        await self.engine.drain(30.0)
        await self.engine.close()
        await self.ferry.ledger.executors.stop()
        self.ferry.lock.release()

    async def run(
        self,
        done: Callable[[], Awaitable[bool]],
        *,
        progress: Callable[[], Awaitable[None]] | None = None,
        stop: asyncio.Event | None = None,
        patient: bool = True,
    ) -> None:
        """Sweep until `done` says so or `stop` is set.

        A database that goes away is waited for; nothing is lost meanwhile.

        Args:
            done: asked when nothing is under way.
            progress: told after each sweep.
            stop: ends it early.
            patient: whether to wait for a person to mend the ledger (a full disk); else that is raised.

        Raises:
            NeedsOperator: the ledger needs a person, and nobody is to be waited for.
        """
        stop = stop or asyncio.Event()
        with observe.bind(installation=self.ferry.installation):
            await self._sweep(done, progress, stop, patient=patient)

    async def _sweep(
        self,
        done: Callable[[], Awaitable[bool]],
        progress: Callable[[], Awaitable[None]] | None,
        stop: asyncio.Event,
        *,
        patient: bool,
    ) -> None:
        while not stop.is_set():
            try:
                started = await self.sweep.tick()
                if progress is not None:
                    await progress()
                working = bool(started or self.engine.running or self.sweep.looking)
                if not working and await done():
                    return
                pause = await self._pause(busy=working)
            except (TryAgain, NeedsOperator) as error:
                # The ledger is away, or its disk is full; nothing was lost.
                if isinstance(error, NeedsOperator) and not patient:
                    raise
                observe.event("sweep.failed", level="warning", why=str(error))
                pause = IDLE
            await self._rest(stop, pause)

    async def _rest(self, stop: asyncio.Event, pause: float) -> None:
        """Pause until the time is over, something arrives, or it is to stop."""
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self.wake.wait())]
        try:
            await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self.wake.clear()

    async def _pause(self, *, busy: bool) -> float:
        if busy:
            return BUSY
        due = await self.ferry.ledger.voyages.next_due()
        if due is None:
            return IDLE
        return min(IDLE, max(BUSY, due - time.time()))

    async def settled(self, batches: Sequence[str] | None = None) -> bool:
        """Whether nothing is left that moves by itself: the rest is settled, or waits for a person."""
        return await settled(self.ferry.ledger, batches=batches)


def _refuse_a_lost_ledger(configuration: Configuration) -> None:
    """An empty ledger beside the blobs of an earlier one is a loss, not a first start: everything would be sent again.

    Raises:
        NeedsOperator: it is lost.
    """
    general, folder = configuration.general, configuration.folder
    if not general.database.startswith("sqlite:"):
        return
    ledger = folder / (make_url(general.database).database or "")
    blobs = folder / general.blobs
    if "://" in general.blobs or (ledger.exists() and ledger.stat().st_size):
        return
    if any(blobs.glob("[0-9a-f]/*")):
        raise NeedsOperator(
            "the ledger is empty or gone, though files of earlier work are here.",
            object=str(ledger),
            next=f"Restore it from a backup. To forget that work and send everything again, remove {blobs}.",
        )
