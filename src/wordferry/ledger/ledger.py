"""The ledger: one object that opens the database and hands out its parts."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from wordferry.ledger.budgets import Budgets
from wordferry.ledger.database import Reader, migrate, open_engine
from wordferry.ledger.executors import DEAD, Executors
from wordferry.ledger.hints import Hints
from wordferry.ledger.inbox import Inbox
from wordferry.ledger.operations import Operations
from wordferry.ledger.plans import Plans
from wordferry.ledger.revisions import Revisions
from wordferry.ledger.rhythms import Rhythms
from wordferry.ledger.seal import Seal
from wordferry.ledger.slices import Slices
from wordferry.ledger.subscriptions import Subscriptions
from wordferry.ledger.targets import Targets
from wordferry.ledger.voyages import Voyages
from wordferry.ledger.writer import Statement, Writer

__all__ = ["Ledger"]


class Ledger:
    """Everything that must survive a crash.

    Args:
        url: `sqlite:///path` or `postgresql://…`.
        folder: where relative SQLite paths start.
        alone: whether this process holds the embedded lock.
        dead: seconds without a heartbeat until another process counts as dead.
        clock: epoch seconds.

    Attributes:
        lock_file: on SQLite, the file that the process at work holds locked.

    Raises:
        NeedsOperator, TryAgain: the database cannot be opened.
    """

    def __init__(
        self,
        url: str,
        *,
        folder: Path | None = None,
        alone: bool = False,
        dead: float = DEAD,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.engine = open_engine(url, folder=folder)
        try:
            migrate(self.engine)
        except BaseException:
            self.engine.dispose()
            raise
        self.dialect = self.engine.dialect.name
        # Beside the database, not beside the configuration: two configurations may share one ledger.
        self.lock_file = Path(f"{Path(self.engine.url.database or '').resolve()}.lock")
        self.read = Reader(self.engine)
        self.writer = Writer(self.engine)
        self.executors = Executors(
            self.writer, self.read, dialect=self.dialect, alone=alone and self.dialect == "sqlite", dead=dead
        )
        self.slices = Slices(self.writer, self.read, self.executors, dialect=self.dialect, clock=clock)
        self.operations = Operations(
            self.writer, self.read, self.executors, guard=self.slices.guard, clock=clock
        )
        self.voyages = Voyages(self.writer, self.read)
        self.revisions = Revisions(self.read)
        self.targets = Targets(self.writer, self.read)
        self.plans = Plans(self.writer, self.read)
        self.hints = Hints(self.writer, self.read)
        self.rhythms = Rhythms(self.writer, self.read)
        self.inbox = Inbox(self.writer, self.read, clock=clock)
        self.subscriptions = Subscriptions(self.writer, self.read, clock=clock)
        self.budgets = Budgets(self.writer, self.read, clock=clock)

    def lock_up(self, seal: Seal) -> None:
        """Encrypt from now on what must not lie about in plain text."""
        self.inbox.seal = self.subscriptions.seal = seal

    async def installation(self) -> str:
        """This installation's id: made once, kept in the ledger."""
        fresh = {"key": "installation", "value": uuid.uuid4().hex[:16]}
        known = await self.read(self._installation)
        if known is None:
            await self.writer.write(
                Statement(
                    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING", fresh
                )
            )
            known = await self.read(self._installation)
        assert known is not None
        return known

    @staticmethod
    def _installation(connection: sa.Connection) -> str | None:
        found: str | None = connection.execute(
            sa.text("SELECT value FROM meta WHERE key = 'installation'")
        ).scalar()
        return found

    def close(self) -> None:
        """Commit what is queued and close the database."""
        self.writer.close()
        self.read.close()
        self.engine.dispose()
