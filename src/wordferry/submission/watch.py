"""Watch: a changed source is noticed, waits until it is quiet, and is accepted; by itself, for as long as it runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from wordferry import observe
from wordferry.errors import WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.model.plan import Plan, Skip
from wordferry.model.route import Route
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS
from wordferry.submission.accept import Acceptance
from wordferry.submission.coalesce import Coalescer
from wordferry.submission.plan import draw_plan, plan_route

__all__ = ["Sight", "Watch"]


class Sight(msgspec.Struct, frozen=True):
    """What one look brought.

    Attributes:
        plan: what was accepted; None when nothing was due.
        acceptance: what became of it.
        waiting: items that changed and wait to be quiet.
        problems: what a person should look at.
        error: what stood in the way; the next look may find it gone.
    """

    plan: Plan | None = None
    acceptance: Acceptance | None = None
    waiting: int = 0
    problems: tuple[Skip, ...] = ()
    error: WordferryError | None = None


class Watch:
    """Watches the sources of one route.

    Nothing of it has to survive a crash: what was not accepted differs from what was sent, and is found at the start.

    Args:
        route: the route.
        content: its content system.
        tms: its TMS connection.
        ledger: what was sent before.
        blobs: where items are copied to while their words are counted.
        accept: turns a stored plan into batches; sends items as they are then.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        route: Route,
        content: ContentSystem,
        tms: TMS,
        ledger: Ledger,
        blobs: Blobs,
        *,
        accept: Callable[[Plan], Awaitable[Acceptance]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.route = route
        self._content = content
        self._tms = tms
        self._ledger = ledger
        self._blobs = blobs
        self._accept = accept
        self._clock = clock
        watching = route.watch
        self._changed = Coalescer(quiet=watching.quiet, longest=watching.longest)
        # A source that is gone for a moment (a checkout, an editor that replaces files) is not gone.
        self._gone = Coalescer(quiet=watching.grace, longest=watching.grace)

    async def look(self) -> Sight:
        """Look once, and accept what is due."""
        try:
            part = await plan_route(self.route, self._content, self._tms, self._ledger, self._blobs)
            now = self._clock()
            self._changed.see(now, {item.item: item.revision for item in part.items})
            self._gone.see(now, {one.item: "gone" for one in part.gone if one.cancel or one.remove})
            ready, gone = self._changed.ready(now), self._gone.ready(now)
            due = msgspec.structs.replace(
                part,
                items=tuple(item for item in part.items if item.item in ready),
                gone=tuple(one for one in part.gone if one.item in gone),
            )
            waiting = len(part.items) - len(due.items)
            problems = tuple(skip for skip in part.skips if skip.problem)
            if not due.acts:
                return Sight(waiting=waiting, problems=problems)
            plan = draw_plan([due])
            await self._ledger.plans.store(plan)
            acceptance = await self._accept(plan)
            self._changed.sent(ready)
            self._gone.sent(gone)
            return Sight(plan, acceptance, waiting, (*problems, *acceptance.refused))
        except WordferryError as error:
            return Sight(error=error)

    def pause(self) -> float:
        """Seconds until the next look that is needed, whatever happens."""
        due = [moment for one in (self._changed, self._gone) if (moment := one.next()) is not None]
        scan = self.route.watch.scan
        return max(0.0, min(scan, min(due) - self._clock())) if due else scan

    async def run(self, stop: asyncio.Event, tell: Callable[[Sight], None]) -> None:
        """Look until `stop` is set: when something moves, when something is due, and now and then.

        Args:
            stop: ends it.
            tell: told what each look brought.
        """
        moved = asyncio.Event()
        listening = asyncio.create_task(self._listen(stop, moved), name=f"watch:{self.route.name}")
        try:
            while not stop.is_set():
                moved.clear()
                tell(await self.look())
                # A file that never rests must not keep us looking without a rest.
                await _either(stop, None, seconds=min(self.route.watch.quiet / 2, self.pause()))
                await _either(stop, moved, seconds=self.pause())
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, stop: asyncio.Event, moved: asyncio.Event) -> None:
        try:
            async for _ in self._content.changes(stop):
                moved.set()
        except (WordferryError, OSError) as error:
            # The periodic look finds everything, too; only later.
            observe.event("watch.deaf", level="warning", route=self.route.name, why=str(error))


async def _either(stop: asyncio.Event, moved: asyncio.Event | None, *, seconds: float) -> None:
    """Wait for one of them, or until the time is up."""
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, moved) if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
