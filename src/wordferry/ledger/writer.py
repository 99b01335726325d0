"""The ledger's one writer: a thread with one connection that commits many callers' writes together.

A commit per row costs an fsync each; a group shares one. A write is answered only after its group is committed.
Inside the group every write of several statements has a savepoint of its own, so a mismatch rolls back only itself.
"""

from __future__ import annotations

import asyncio
import queue
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from wordferry.errors import Conflict, OutcomeUnknown, TryAgain, WordferryError, from_json
from wordferry.ledger.database import translate

__all__ = ["Statement", "Writer"]

#: Most writes in one transaction; beyond it the wait of the first grows more than the group saves.
GROUP = 500
#: A `:name` parameter, which SQLite takes as it is and psycopg writes `%(name)s`.
_NAMES = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")


class Statement(NamedTuple):
    """One statement of a write.

    Attributes:
        sql: SQL text with `:name` parameters, the same for both databases.
        values: its parameters, or a list of them for many rows.
        expect: rows that must be affected; for a `SELECT` guard 1 means "must find one". None means any number.
        conflict: what to tell the caller when the number differs.
    """

    sql: str
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    expect: int | None = None
    conflict: str = "the row was changed by somebody else"


class _Away(Exception):
    """The database did not take a whole transaction, for no fault of a row."""

    def __init__(self, error: WordferryError) -> None:
        super().__init__(error.what)
        self.error = error


class _Write(NamedTuple):
    statements: Sequence[Statement]
    done: asyncio.Future[None]
    loop: asyncio.AbstractEventLoop


class Writer:
    """Group commit over one connection.

    Args:
        engine: the ledger's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._dbapi: Any = engine.dialect.loaded_dbapi
        self._native: dict[str, str] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ledger-write", daemon=True)
        self._thread.start()
        #: Groups and writes committed, for metrics.
        self.groups = 0
        self.writes = 0

    async def write(self, *statements: Statement) -> None:
        """Commit these statements together, durably, or none of them.

        Raises:
            Conflict: a statement affected another number of rows than expected.
            TryAgain: the database did not take it, or the ledger is closed; nothing was written.
            OutcomeUnknown: the connection broke during the commit.
            NeedsOperator: the disk is full or the database is broken.
        """
        if self._closed:
            raise TryAgain("the ledger is closed.", next="Open it again.")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._queue.put(_Write(statements, done, loop))
        await done

    def close(self) -> None:
        """Commit what is queued and stop the thread; later writes are refused."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            stop = False
            while len(group) < GROUP:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stop = True
                    break
                group.append(more)
            self._answer(group, self._commit(group))
            if stop:
                return

    def _commit(self, group: list[_Write]) -> list[Exception | None]:
        try:
            return self._transaction(group)
        except _Away as away:
            # It is the database, not a row: asking once more for each write would only make everybody wait.
            return [from_json(away.error.to_json()) for _ in group]
        except Exception as error:  # noqa: BLE001  whatever it was, the caller hears of it
            if len(group) == 1:
                return [translate(error)]
            # One bad row must not fail its neighbours: each gets a transaction of its own.
            return self._one_by_one(group)

    def _one_by_one(self, group: list[_Write]) -> list[Exception | None]:
        results: list[Exception | None] = []
        for write in group:
            results.extend(self._commit([write]))
        return results

    def _transaction(self, group: list[_Write]) -> list[Exception | None]:
        try:
            connection = self._engine.connect()
        except sa.exc.DBAPIError as error:
            raise _Away(translate(error)) from error
        with connection:
            cursor = connection.connection.cursor()
            try:
                connection.begin()
                if self._sqlite:
                    self._execute(cursor, "BEGIN IMMEDIATE")
                results = [self._apply(cursor, write) for write in group]
            except sa.exc.DBAPIError as error:
                self._undo(cursor)
                if error.connection_invalidated or _locked(error):
                    connection.invalidate()
                    raise _Away(translate(error)) from error
                raise
            except BaseException:
                self._undo(cursor)
                raise
            try:
                if self._sqlite:
                    self._execute(cursor, "COMMIT")
                connection.commit()
            except sa.exc.DBAPIError as error:
                if self._sqlite:
                    # SQLite keeps the transaction open when a commit fails (disk full): undo it.
                    self._undo(cursor)
                    raise
                unknown = OutcomeUnknown(
                    "the database went away during a commit.", object="[wordferry] database"
                )
                raise _Away(unknown) from error
        self.groups += 1
        self.writes += len(group)
        return results

    def _undo(self, cursor: Any) -> None:
        if not self._sqlite:
            return  # giving the connection back rolls back
        try:
            cursor.execute("ROLLBACK")
        except self._dbapi.Error:
            # A full disk may have ended the transaction already; the first error is the one that counts.
            return

    def _apply(self, cursor: Any, write: _Write) -> Exception | None:
        nested = len(write.statements) > 1 or write.statements[0].expect not in (None, 1)
        if nested:
            self._execute(cursor, "SAVEPOINT w")
        for statement in write.statements:
            self._execute(cursor, statement.sql, statement.values)
            if statement.expect is None:
                continue
            count = int(cursor.fetchone() is not None) if cursor.description else cursor.rowcount
            if count != statement.expect:
                conflict = Conflict(f"{statement.conflict}.")
                if nested:
                    self._execute(cursor, "ROLLBACK TO SAVEPOINT w")
                    self._execute(cursor, "RELEASE SAVEPOINT w")
                elif count:
                    raise conflict  # it changed too much, and there is no savepoint: undo the transaction
                return conflict
        if nested:
            self._execute(cursor, "RELEASE SAVEPOINT w")
        return None

    def _execute(self, cursor: Any, sql: str, values: Any = None) -> None:
        """Hand a statement to the driver itself: the toolkit's way costs as much as the rest of a write together."""
        native = self._native.get(sql)
        if native is None:
            native = self._native[sql] = sql if self._sqlite else _NAMES.sub(r"%(\1)s", sql)
        try:
            if values is None:
                cursor.execute(native)
            elif isinstance(values, Mapping):
                cursor.execute(native, values)
            else:
                cursor.executemany(native, values)
        except self._dbapi.Error as error:
            # As the toolkit would: its classes are what `translate` sorts.
            raise sa.exc.DBAPIError.instance(
                sql,
                None,
                error,
                self._dbapi.Error,
                connection_invalidated=self._engine.dialect.is_disconnect(error, cursor.connection, cursor),
                dialect=self._engine.dialect,
            ) from error

    @staticmethod
    def _answer(group: list[_Write], results: list[Exception | None]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], Exception | None]]] = {}
        for write, result in zip(group, results, strict=True):
            by_loop.setdefault(write.loop, []).append((write.done, result))
        for loop, answers in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve, answers)
            except RuntimeError:  # the loop is closed: nobody waits any more
                continue


def _locked(error: sa.exc.DBAPIError) -> bool:
    # SQLite's writer lock was waited for in vain; every further attempt would wait as long again.
    return "database is locked" in str(error.orig)


def _resolve(answers: list[tuple[asyncio.Future[None], Exception | None]]) -> None:
    for done, error in answers:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
