"""Who does the work on a ledger right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from wordferry.configuration import Configuration
    from wordferry.ledger import Ledger

__all__ = ["carried_on_by", "worker"]


async def worker(configuration: Configuration, ledger: Ledger) -> str | None:
    """A phrase that names the process at work; None when there is none.

    On SQLite that is the holder of the engine's lock, on PostgreSQL every process that gave a sign of life lately.
    """
    if ledger.dialect == "sqlite":
        from wordferry.engine import EngineLock

        lock = EngineLock(ledger.lock_file)
        holder = lock.taken_by()
        return f"Process {holder}" if holder else None

    def read(connection: sa.Connection) -> int:
        found: int = connection.execute(
            sa.text(
                "SELECT COUNT(*) FROM executor WHERE beat > EXTRACT(EPOCH FROM clock_timestamp()) - :dead"
            ),
            {"dead": configuration.general.dead_after},
        ).scalar_one()
        return found

    alive = await ledger.read(read)
    return f"{alive} workers" if alive > 1 else "One worker" if alive else None


async def carried_on_by(configuration: Configuration, ledger: Ledger) -> str:
    """A sentence on who carries on what was just written to the ledger."""
    who = await worker(configuration, ledger)
    if who is None:
        return "`wordferry run` or `wordferry serve` carries it on."
    return f"{who} carries it on within a second or so."
