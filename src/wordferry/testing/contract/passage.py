"""A whole Wordferry in one loop, between a small site and a far shore: opened, killed and opened again at will."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from wordferry.bootstrap import Ferry, Work
from wordferry.configuration import load
from wordferry.ledger.hints import Hints
from wordferry.ledger.operations import Operation
from wordferry.model.states import State
from wordferry.model.voyage import Receipt, Translation
from wordferry.ports.tms import RemoteBatch
from wordferry.submission import Acceptance
from wordferry.testing.contract.far_shore import FarShore

__all__ = ["PAGE", "Passage"]

PAGE = (
    '{"title": "Hello {name}", "link": "See <a href=\\"/map\\">the map</a>.",'
    ' "seats": "{n, plural, one {# seat} other {# seats}}"}'
)
#: Seconds after which a passage that does not end has failed.
PATIENCE = 30.0

_CONFIGURATION = """
[wordferry]
database = "sqlite:///ledger.db"
blobs = "blobs"

[content.docs]
kind = "files"
root = "site"
include = ["en/**/*"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[tms.vendor]
kind = "{kind}"
{connection}
timeout = {timeout}
settle = 0.15
poll_first = 0.05
poll_longest = 0.2

[route.docs]
content = "docs"
tms = "vendor"

[route.docs.on.vendor]
locales = {locales}
{route}
"""


class _Hands:
    """Runs slices as plain tasks: an engine whose work can be cut off in the middle."""

    def __init__(self, handlers: dict[str, Callable[[str, int], Coroutine[Any, Any, None]]]) -> None:
        self._handlers = handlers
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def running(self) -> int:
        return len(self._tasks)

    def runs(self, key: str) -> bool:
        return key in self._tasks

    async def start(self, kind: str, slice_id: str, attempt: int) -> None:
        key = f"{kind}:{slice_id}:{attempt}"
        task = asyncio.create_task(self._handlers[kind](slice_id, attempt))
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._over(key, done))

    async def tidy(self) -> None:
        """Keeps no rows."""

    async def stop(self) -> None:
        """Cut everything off."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _over(self, key: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            task.exception()  # as an engine does: the slice is found open and started again


class Passage:
    """One ferry on one site and one far shore.

    Args:
        folder: an empty folder.
        shore: the vendor.
        locales: our codes; the shore knows the vendor's.
        more: lines added to the route's table.
        timeout: seconds of a call.
    """

    def __init__(
        self,
        folder: Path,
        shore: FarShore,
        *,
        locales: Sequence[str] = ("de", "fr"),
        more: str = "",
        timeout: float = 5.0,
    ) -> None:
        self.folder = folder
        self.shore = shore
        self.ferry: Ferry
        self.work: Work
        self._hands: _Hands
        self._locales = {one: shore.locales.get(one, one) for one in locales}
        self._timeout = timeout
        (folder / "site" / "en").mkdir(parents=True)
        os.environ.update(shore.environment)
        self.configure(f"{shore.route}\n{more}")

    def configure(self, route: str) -> None:
        """Write `wordferry.toml`; counts from the next opening on."""
        pairs = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in self._locales.items())
        text = _CONFIGURATION.format(
            kind=self.shore.kind,
            connection=self.shore.connection,
            timeout=self._timeout,
            locales=f"{{ {pairs} }}",
            route=route,
        )
        (self.folder / "wordferry.toml").write_text(text, encoding="utf-8")

    @asynccontextmanager
    async def aboard(self) -> AsyncIterator[None]:
        """Start as a process does; leave as one that is killed, if it was cut off, else as it should."""
        async with Ferry(load(self.folder)) as ferry:
            ferry.ledger.executors.alone = True
            work = ferry.work()
            hands = _Hands(work.handlers)  # type: ignore[arg-type]
            work.engine = work.sweep._engine = hands  # type: ignore[assignment]  # noqa: SLF001 -- our own hands
            self.ferry, self.work, self._hands = ferry, work, hands
            try:
                yield
            finally:
                await work.sweep.close()
                await hands.stop()

    # -- the site -------------------------------------------------------------------------------------------------

    def write(self, name: str = "en/a.json", text: str = PAGE) -> None:
        """Write a file of the site."""
        path = self.folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str | None:
        """A file of the site; None when there is none."""
        path = self.folder / "site" / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    # -- the work -------------------------------------------------------------------------------------------------

    async def apply(self) -> Acceptance:
        """Plan and accept."""
        return await self.ferry.accept(await self.ferry.plan())

    async def sail(
        self, until: Callable[[list[Translation]], bool] | None = None, *, seconds: float = PATIENCE
    ) -> dict[str, State]:
        """Sweep until that holds, else until nothing moves by itself; target → state."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            started = await self.work.sweep.tick()
            found = await self.translations()
            if until is not None and until(found):
                return states(found)
            idle = not started and not self._hands.running and not self.work.sweep.looking
            if until is None and idle and await self.work.settled():
                # What was read before may have moved while it was read.
                return states(await self.translations())
            if loop.time() > end:
                stuck = {one.target: (str(one.state), one.error) for one in found}
                raise AssertionError(f"the passage did not end in time: {stuck}, {await self.errors()}")
            await asyncio.sleep(0.02)

    async def killed(self, kind: str, phase: str) -> bool:
        """Sweep until an operation of that kind reaches that phase, and cut everything off there.

        Returns:
            Whether it was reached before everything was done.
        """
        reached = asyncio.Event()

        def probe(at: str, key: str, what: str) -> None:
            if (at, what) == (phase, kind) and not reached.is_set():
                reached.set()
            if reached.is_set():
                raise asyncio.CancelledError

        self.ferry.ledger.operations.probe = probe
        settled = False
        while not reached.is_set() and not settled:
            started = await self.work.sweep.tick()
            idle = not started and not self._hands.running and not self.work.sweep.looking
            settled = idle and await self.work.settled()
            await asyncio.sleep(0.02)
        await self._hands.stop()
        return reached.is_set()

    # -- looking ----------------------------------------------------------------------------------------------

    async def translations(self) -> list[Translation]:
        """All translations."""
        return await self.ferry.ledger.voyages.translations("1 = 1")

    async def to(self, target: str) -> Translation:
        """The newest translation of that target."""
        found = [one for one in await self.translations() if one.target == target]
        return max(found, key=lambda one: (one.state is not State.SUPERSEDED, one.since))

    async def receipts(self) -> list[Receipt]:
        """All receipts."""
        return await self.ferry.ledger.voyages.receipts()

    async def errors(self) -> list[str | None]:
        """Stored errors of all batches."""
        voyages = self.ferry.ledger.voyages
        return [(await voyages.batch_facts(one.id))[0] for one in await voyages.batches()]

    async def operations(self) -> list[Operation]:
        """All operations of all batches."""
        ledger = self.ferry.ledger
        return [
            row for one in await ledger.voyages.batches() for row in await ledger.operations.of(batch=one.id)
        ]

    async def remote(self, batch: str) -> RemoteBatch:
        """The vendor's side of a batch."""
        found = await self.ferry.ledger.voyages.batch(batch)
        assert found is not None
        return msgspec.convert(found.remote, RemoteBatch)

    async def look_now(self, translation: Translation) -> None:
        """What an event does: the batch of that translation is looked at now."""
        await self.ferry.ledger.voyages.write(Hints.hinted([translation.batch], 0.0))

    def spotless(self, *, items: int = 1) -> None:
        """Nothing exists twice at the vendor, and all of it is confirmed."""
        shown = self.shore.shown()
        twice = {
            key: number
            for key, number in Counter((one.file, one.locale) for one in shown).items()
            if number > 1
        }
        assert not twice, f"at the vendor twice: {twice}"
        assert len(shown) == items * len(self._locales), f"at the vendor: {shown}"
        assert all(one.confirmed for one in shown), f"not confirmed: {shown}"
        assert self.shore.batches() == 1, f"{self.shore.batches()} batches at the vendor"


def states(translations: Sequence[Translation]) -> dict[str, State]:
    """Target → state, of what is not replaced."""
    return {one.target: one.state for one in translations if one.state is not State.SUPERSEDED}


def delivered(found: Any) -> bool:
    """Whether every state is `delivered`."""
    return bool(found) and set(found.values()) == {State.DELIVERED}
