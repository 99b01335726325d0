"""Which processes live: a heartbeat row each, timed by the database's clock."""

from __future__ import annotations

import asyncio
import os
import socket
import time
import uuid

import sqlalchemy as sa

from wordferry.errors import WordferryError
from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer

__all__ = ["Executors"]

#: Seconds between two beats, and without a beat until a process counts as dead. The latter must exceed the
#: longest stall of an event loop, not the longest call.
BEAT = 5.0
DEAD = 60.0

_NOW = {
    "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())::double precision",
}


class Executors:
    """This process's heartbeat and everybody else's.

    Args:
        writer: group commit.
        read: reads beside it.
        dialect: `sqlite` or `postgresql`.
        alone: whether this process holds the embedded lock: then every other owner is dead by definition.
        dead: seconds without a beat.
    """

    def __init__(
        self, writer: Writer, read: Reader, *, dialect: str, alone: bool = False, dead: float = DEAD
    ) -> None:
        self._writer = writer
        self._read = read
        self._now = _NOW[dialect]
        self.alone = alone
        self.dead = dead
        #: This process: new at every start, so that two processes never share one.
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self._task: asyncio.Task[None] | None = None
        self.missed = 0.0
        self._noticed: dict[str, float] = {}

    async def start(self) -> None:
        """Write the first beat and go on beating."""
        await self._beat()
        self._task = asyncio.create_task(self._keep_beating(), name="heartbeat")

    async def stop(self) -> None:
        """Stop beating and sign off, so that others need not wait for us."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._writer.write(Statement("DELETE FROM executor WHERE id = :id", {"id": self.id}))

    async def gone(self, owner: str | None) -> bool:
        """Whether that process is dead. Our own id is alive."""
        if owner is None or owner == self.id:
            return False
        if self.alone:
            return True

        def read(connection: sa.Connection) -> bool:
            age = connection.execute(
                sa.text(f"SELECT {self._now} - beat FROM executor WHERE id = :id"), {"id": owner}
            ).scalar()
            return age is None or age > self.dead

        return await self._read(read)

    async def noticed(self, owner: str | None) -> float | None:
        """Epoch seconds at which this process first saw that an owner is dead; None while it lives."""
        if owner is None or not await self.gone(owner):
            return None
        return self._noticed.setdefault(owner, time.time())

    async def _beat(self) -> None:
        await self._writer.write(
            Statement(
                f"INSERT INTO executor (id, started, beat) VALUES (:id, {self._now}, {self._now})"
                f" ON CONFLICT (id) DO UPDATE SET beat = {self._now}",
                {"id": self.id},
            ),
            Statement(f"DELETE FROM executor WHERE beat < {self._now} - :old", {"old": 86400.0}),
        )
        self.missed = 0.0

    async def _keep_beating(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(min(BEAT, self.dead / 4))
            try:
                await self._beat()
                last = time.monotonic()
            except WordferryError:
                # Whatever it is, a full disk too: who stops beating for good is dead to the others for ever.
                # The fence covers us when somebody takes over meanwhile.
                self.missed = time.monotonic() - last
