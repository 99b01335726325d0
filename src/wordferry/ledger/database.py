"""Opens the ledger's database: SQLite in WAL mode with full synchronisation, or PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from wordferry.errors import Conflict, NeedsOperator, Surprise, TryAgain, WordferryError
from wordferry.ledger.tables import REVISION

__all__ = ["Reader", "migrate", "open_engine", "translate"]

T = TypeVar("T")
#: Milliseconds after which PostgreSQL ends a transaction of ours that does nothing.
IDLE_TRANSACTION_MS = 10_000
#: Any fixed number; it only has to be ours within one database.
MIGRATION_LOCK = 7216538


def open_engine(url: str, *, folder: Path | None = None) -> sa.Engine:
    """Open the database of that URL; a relative SQLite path starts at `folder`.

    Raises:
        NeedsOperator: the URL cannot be used.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise NeedsOperator(
            "the database URL cannot be read.",
            object="[wordferry] database",
            next="Write sqlite:///path or postgresql://user@host/name.",
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, folder or Path())
    if parsed.get_backend_name() == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if "connect_timeout" not in parsed.query:
            # A host that swallows packets would otherwise hold the one writer for minutes.
            parsed = parsed.update_query_dict({"connect_timeout": "10"})
        # A process that was frozen in the middle of a transaction keeps its row locks: nobody could take over its work.
        # Ours last milliseconds.
        idle = f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_MS}"
        given = parsed.query.get("options", "")
        parsed = parsed.update_query_dict(
            {"options": f"{given if isinstance(given, str) else ''} {idle}".strip()}
        )
        return sa.create_engine(parsed, pool_size=4, pool_pre_ping=True, pool_recycle=1800)
    raise NeedsOperator(
        f"the database {parsed.get_backend_name()!r} is not one of ours.",
        object="[wordferry] database",
        next="Use SQLite or PostgreSQL.",
    )


def _sqlite(url: sa.URL, folder: Path) -> sa.Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise NeedsOperator(
            "an in-memory ledger loses everything at the first crash.",
            object="[wordferry] database",
            next="Give it a file: sqlite:///.wordferry/ledger.db.",
        )
    path = path if path.is_absolute() else folder / path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NeedsOperator(
            f"the folder of the ledger cannot be made: {error.strerror}.", object=str(path.parent)
        ) from error
    engine = sa.create_engine(url.set(database=str(path)), pool_size=4, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        # We say BEGIN ourselves: the driver's own transactions start too late for BEGIN IMMEDIATE.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=30000",
            "foreign_keys=ON",
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to this version's shape.

    Raises:
        TryAgain: the database does not answer.
        NeedsOperator: the database was written by a newer version, or is refused.
    """
    if _revision(engine) == REVISION:
        return  # the usual start: Alembic alone costs 100 ms
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with engine.connect() as connection:
            postgres = connection.dialect.name == "postgresql"
            if postgres:
                # Two workers may start at once; the second waits and finds nothing left to do.
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
                connection.commit()
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if not postgres:
                    connection.exec_driver_sql("COMMIT")
                connection.commit()
            finally:
                if postgres:
                    connection.rollback()
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
                    connection.commit()
    except CommandError as error:
        raise NeedsOperator(
            "the ledger was written by a newer version of Wordferry.",
            object="[wordferry] database",
            next="Run the newer version.",
        ) from error
    except sa.exc.DBAPIError as error:
        raise translate(error) from error


def _revision(engine: sa.Engine) -> str | None:
    try:
        with engine.connect() as connection:
            found: str | None = connection.exec_driver_sql("SELECT version_num FROM ledger_version").scalar()
            return found
    except sa.exc.DBAPIError:
        return None  # no table yet, or no database: the migration finds out and says so


_FULL = ("disk is full", "no space left", "disk full")
_BROKEN = (
    "not a database",
    "malformed",
    "readonly database",
    "read-only",
    "authentication",
    "does not exist",
    "unable to open",
    "no such table",
    "no such column",
)


def translate(error: Exception) -> WordferryError:
    """A database error as one of ours."""
    if isinstance(error, WordferryError):
        return error
    text = (
        str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if str(error)
        else type(error).__name__
    )
    lower = text.lower()
    if any(word in lower for word in _FULL):
        return NeedsOperator(
            "the disk of the ledger is full.",
            object="[wordferry] database",
            next="Free some space; nothing was lost, work goes on by itself.",
        )
    if any(word in lower for word in _BROKEN):
        torn = "not a database" in lower or "malformed" in lower
        return NeedsOperator(
            f"the ledger cannot be used: {text}.",
            object="[wordferry] database",
            next="Restore it from a backup." if torn else "Check the path, its rights and the server.",
        )
    if isinstance(error, sa.exc.IntegrityError):
        return Conflict(f"the ledger has such a row already: {text}.")
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError):
        return TryAgain(f"the ledger's database does not answer: {text}.", object="[wordferry] database")
    # A value that no column takes, a statement that no database knows: trying again would fail for ever.
    return Surprise(f"the ledger refused a write: {text}.", object="[wordferry] database")


class Reader:
    """Reads beside the writer, in threads of its own, so that the event loop never waits for a disk.

    Args:
        engine: the ledger's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="ledger-read")

    async def __call__(self, read: Callable[[sa.Connection], T]) -> T:
        """Run `read` with a connection.

        Raises:
            TryAgain: the database does not answer.
        """

        def work() -> T:
            try:
                with self._engine.connect() as connection:
                    return read(connection)
            except sa.exc.DBAPIError as error:
                raise translate(error) from error

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Stop the threads."""
        self._threads.shutdown(wait=True)
