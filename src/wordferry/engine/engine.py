"""Short durable workflows on DBOS, behind a narrow port of ours.

The ledger is the truth; the engine gives hands. A workflow is one attempt of one slice, under a deterministic id:
starting it twice attaches to the same run. Waiting is never done here. Losing every engine row loses nothing: the sweep
starts lost slices again from the ledger.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from wordferry import observe
from wordferry.errors import NeedsOperator, WordferryError

__all__ = ["Engine", "Handler"]

#: Runs one attempt of a slice: (slice id, attempt).
Handler = Callable[[str, int], Awaitable[None]]

#: Never changed: rows carry it, and a row of another version would wait for ever.
APPLICATION_VERSION = "1"
#: Seconds for which finished rows stay for inspection.
RETENTION = 7 * 86400.0


class Engine:
    """Runs slices.

    Args:
        url: the ledger's URL; on SQLite the engine gets a file of its own beside it.
        folder: where relative SQLite paths start.
        executor: this process's id, new at every start.
        handlers: kind → handler.
    """

    def __init__(
        self, url: str, *, folder: Path, executor: str, handlers: dict[str, Handler] | None = None
    ) -> None:
        self._url = url
        self._folder = folder
        self._executor = executor
        self._handlers = dict(handlers or {})
        self._running: set[str] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._workflow: Any = None
        self._dbos: Any = None

    def register(self, kind: str, handler: Handler) -> None:
        """Say what runs slices of that kind."""
        self._handlers[kind] = handler

    @property
    def running(self) -> int:
        """Workflows of this process that are under way."""
        return len(self._running)

    def runs(self, key: str) -> bool:
        """Whether the attempt of that key (`kind:slice:attempt`) is under way in this process."""
        return key in self._running

    async def launch(self) -> None:
        """Open the engine's database and be ready to start workflows."""
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

        for name in ("dbos", "alembic"):
            # Its tracebacks say nothing that the slice's own row does not say in a sentence.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        config: DBOSConfig = {
            "name": "wordferry",
            "executor_id": self._executor,
            "application_version": APPLICATION_VERSION,
            "max_executor_threads": 16,
            "log_level": "CRITICAL",
            "serializer": DBOSPortableJSONSerializer(),
            "scheduler_polling_interval_sec": 30.0,
        }
        parsed = sa.make_url(self._url)
        if parsed.get_backend_name() == "sqlite":
            ledger = Path(parsed.database or "ledger.db")
            path = (ledger if ledger.is_absolute() else self._folder / ledger).with_name("engine.db")
            config["system_database_url"] = f"sqlite:///{path}"
            _set_aside_if_broken(path)
            config["system_database_engine"] = _sqlite(path)
        else:
            config["system_database_url"] = parsed.set(drivername="postgresql").render_as_string(
                hide_password=False
            )
            config["sys_db_pool_size"] = 8
        self._dbos = DBOS(config=config)

        @DBOS.workflow(name="wordferry.slice")
        async def slice_workflow(kind: str, slice_id: str, attempt: int) -> str:
            return await run_attempt(kind, slice_id, attempt)

        @DBOS.step(name="wordferry.attempt")
        async def run_attempt(kind: str, slice_id: str, attempt: int) -> str:
            return await self._attempt(kind, slice_id, attempt)

        self._workflow = slice_workflow
        DBOS.launch()

    async def start(self, kind: str, slice_id: str, attempt: int) -> None:
        """Start an attempt of a slice under its deterministic id; a repeated start attaches.

        Raises:
            KeyError: no handler of that kind.
        """
        from dbos import DBOS, SetWorkflowID

        if kind not in self._handlers:
            raise KeyError(f"no handler runs slices of kind {kind!r}")
        key = f"{kind}:{slice_id}:{attempt}"
        if key in self._running:
            return
        self._running.add(key)
        self._idle.clear()
        try:
            with SetWorkflowID(key):
                handle = await DBOS.start_workflow_async(self._workflow, kind, slice_id, attempt)
        except BaseException:
            self._ended(key)
            raise
        # The library records the outcome after our handler has returned: only then is the attempt over.
        following = asyncio.create_task(self._follow(key, handle.get_result()), name=key)
        self._following.add(following)
        following.add_done_callback(self._following.discard)

    async def _follow(self, key: str, result: Awaitable[Any]) -> None:
        try:
            await result
        except Exception as error:  # noqa: BLE001 -- engine rows are disposable; the slice's own row tells the truth
            observe.event("engine.failed", level="warning", slice=key, why=repr(error))
        finally:
            self._ended(key)

    async def _attempt(self, kind: str, slice_id: str, attempt: int) -> str:
        """Run the handler; whatever it raises is logged and stays the ledger's business.

        A workflow that raises would be terminal for the engine, so nothing is allowed to escape. A slice left open is
        found by the sweep and started again.
        """
        try:
            await self._handlers[kind](slice_id, attempt)
            return "done"
        except WordferryError as error:
            observe.event("slice.stopped", level="warning", slice=slice_id, kind=kind, why=str(error))
            return type(error).__name__
        except Exception as error:  # noqa: BLE001 -- see the docstring; BaseException (the fence, cancelling) passes
            observe.event("slice.crashed", level="error", slice=slice_id, kind=kind, why=repr(error))
            return type(error).__name__

    def _ended(self, key: str) -> None:
        self._running.discard(key)
        if not self._running:
            self._idle.set()

    async def drain(self, seconds: float) -> bool:
        """Wait until nothing of this process is under way; False when it takes longer than `seconds`."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def tidy(self) -> int:
        """Delete rows of finished and orphaned workflows older than the retention; returns how many."""
        from datetime import UTC, datetime

        from dbos import DBOS

        before = datetime.fromtimestamp(time.time() - RETENTION, UTC).isoformat()
        old = await DBOS.list_workflows_async(
            end_time=before, limit=1000, load_input=False, load_output=False
        )
        ids = [row.workflow_id for row in old]
        if ids:
            await DBOS.cancel_workflows_async(ids)
            await DBOS.delete_workflows_async(ids)
        return len(ids)

    async def close(self) -> None:
        """Stop the engine; running attempts are left to the next process."""
        from dbos import DBOS

        if self._dbos is not None:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            self._dbos = None


def _set_aside_if_broken(path: Path) -> None:
    """Engine rows are disposable: a file that is no database must not keep the ledger's work from going on."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise NeedsOperator(f"the engine's file cannot be used: {error}.", object=str(path)) from error
        aside = path.with_name(f"{path.name}.broken-{int(time.time())}")
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        observe.event("engine.set_aside", level="warning", object=str(aside))


def _sqlite(path: Path) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}", pool_size=3, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite before 3.42 has no sub-second unixepoch(): NULL on Python 3.12 and later, whole seconds on 3.11.
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
        connection.create_function(
            "strftime", 2, lambda pattern, _when: f"{time.time():.3f}" if pattern == "%s" else None
        )

    return engine
