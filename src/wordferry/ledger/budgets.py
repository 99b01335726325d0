"""One call budget per vendor key, shared by all processes: a row that says when the next block is free."""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from wordferry.errors import Conflict
from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer

__all__ = ["Budgets"]

#: How much of a minute's budget may be used at once after a pause, seconds worth of calls. The steady rate is lowered
#: by as much, so that no minute has more than it may.
BURST = 1.0


class Budgets:
    """Implements the `Leases` port: blocks of calls, handed out one after the other in time.

    Args:
        writer: group commit.
        read: reads beside it.
        clock: epoch seconds.
    """

    def __init__(self, writer: Writer, read: Reader, *, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._read = read
        self._clock = clock

    async def lease(self, key: str, *, calls: int, per_minute: float) -> float:
        """Reserve a block of calls; returns the seconds to wait before using it."""
        span = calls * (60.0 + BURST) / per_minute
        while True:
            free = await self._free(key)
            now = self._clock()
            # A clock that jumped back must not leave the budget blocked for hours.
            start = now - BURST if free is None else min(max(free, now - BURST), now + 120.0)
            values = {"key": key, "was": free, "free": start + span}
            if free is None:
                sql = "INSERT INTO budget (key, free) VALUES (:key, :free) ON CONFLICT (key) DO NOTHING"
            else:
                sql = "UPDATE budget SET free = :free WHERE key = :key AND free = :was"
            try:
                await self._writer.write(Statement(sql, values, 1))
            except Conflict:
                continue  # another process took a block in between
            return max(0.0, start - now)

    async def _free(self, key: str) -> float | None:
        def read(connection: sa.Connection) -> float | None:
            found: float | None = connection.execute(
                sa.text("SELECT free FROM budget WHERE key = :key"), {"key": key}
            ).scalar()
            return found

        return await self._read(read)
