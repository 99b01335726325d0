"""Keeps the state of a sandbox on disk while it runs.

An answer to a call that changes something leaves only when the change is on disk, so whatever was answered is there
after `kill -9`. Changes that come close together share one write. What happens by itself (the translators' work,
deliveries, the counters of reads) is written at least every second and done again when it was not.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from wordferry.sandbox.freezing import StateError
from wordferry.sandbox.snapshots import Store

_INTERVAL = 0.01
_IDLE = 1.0
# A large world takes long to write; then the pauses grow with it.
_SHARE = 4.0


class Keeper:
    """Writes states in the background.

    Args:
        store: where to.
        freeze: the state as bytes, now.
        moved: a number that grows with whatever happens.
    """

    def __init__(self, store: Store, *, freeze: Callable[[], bytes], moved: Callable[[], int]) -> None:
        self._store = store
        self._freeze = freeze
        self._moved = moved
        self._waiting: list[asyncio.Future[None]] = []
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._written = -1
        self._stopping = False

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.ensure_future(self._run())

    async def kept(self) -> None:
        """Wait until everything up to now is on disk.

        Raises:
            OSError: when it cannot be written.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._wanted.set()
        await done

    async def stop(self) -> None:
        """Write a last time and end."""
        if self._task is None:
            return
        self._stopping = True
        self._wanted.set()
        await self._task
        self._task = None

    async def _run(self) -> None:
        while not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _IDLE)
            if not self._wanted.is_set() and self._moved() == self._written:
                continue
            took = await self._write()
            if not self._stopping:
                await asyncio.sleep(max(_INTERVAL, took * _SHARE))
        await self._write()

    async def _write(self) -> float:
        waiting, self._waiting = self._waiting, []
        self._wanted.clear()
        began = time.perf_counter()
        try:
            self._written = self._moved()
            content = self._freeze()
            took = time.perf_counter() - began
            await asyncio.to_thread(self._store.write, content)
        except (OSError, StateError) as error:
            # Whoever waits must hear of it: an answer that cannot be kept is not given. The next change tries again.
            for done in waiting:
                if not done.done():
                    done.set_exception(error)
            self._written = -1
            return _IDLE
        for done in waiting:
            if not done.done():
                done.set_result(None)
        return took
