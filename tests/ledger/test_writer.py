"""The writer: many callers' writes in one transaction, each whole or not at all."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.postgres_server import PostgresServer
from wordferry.errors import Conflict, NeedsOperator, OutcomeUnknown, Surprise, TryAgain
from wordferry.ledger import Ledger
from wordferry.ledger.database import open_engine
from wordferry.ledger.writer import Statement, Writer

INSERT = "INSERT INTO meta (key, value) VALUES (:key, :value)"
UPDATE = "UPDATE meta SET value = :value WHERE key = :key"


def put(key: str, value: str = "1") -> Statement:
    return Statement(INSERT, {"key": key, "value": value}, 1)


async def values(ledger: Ledger) -> dict[str, str]:
    return await ledger.read(
        lambda c: {row[0]: row[1] for row in c.execute(sa.text("SELECT key, value FROM meta"))}
    )


async def at_once(ledger: Ledger, *writes: Any) -> list[Any]:
    """Start all writes while the thread is held, so that they become one group."""
    gate = threading.Event()
    real = ledger.writer._transaction

    def held(group: Any) -> Any:
        gate.wait(10)
        ledger.writer._transaction = real  # type: ignore[method-assign]
        return real(group)

    ledger.writer._transaction = held  # type: ignore[method-assign]
    first = asyncio.ensure_future(ledger.writer.write(put("the first")))
    await asyncio.sleep(0.05)
    rest = [asyncio.ensure_future(ledger.writer.write(*write)) for write in writes]
    await asyncio.sleep(0)
    gate.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


async def test_many_writes_share_a_commit(ledger: Ledger) -> None:
    """Concurrent writes are all kept, in far fewer transactions than writes."""
    before = ledger.writer.groups
    await asyncio.gather(*(ledger.writer.write(put(f"k{n}")) for n in range(1200)))
    assert len(await values(ledger)) == 1200
    assert ledger.writer.groups - before < 60


async def test_conflict_undoes_its_own_write_alone(ledger: Ledger) -> None:
    """A mismatch undoes the earlier statements of its own write and nothing of its neighbours in the group."""
    bad = (put("half"), Statement(UPDATE, {"key": "nobody", "value": "2"}, 1, "nobody is there"))
    results = await at_once(ledger, (put("left"),), bad, (put("right"),))
    assert isinstance(results[1], Conflict)
    assert "nobody is there" in results[1].what
    assert results[0] is results[2] is None
    assert set(await values(ledger)) == {"the first", "left", "right"}


async def test_bad_row_does_not_fail_its_neighbours(ledger: Ledger) -> None:
    """A row that the database itself refuses fails alone, as a conflict; its group is written."""
    await ledger.writer.write(put("taken"))
    results = await at_once(ledger, (put("left"),), (put("half"), put("taken")), (put("right"),))
    assert isinstance(results[1], Conflict)
    assert results[0] is results[2] is None
    assert set(await values(ledger)) == {"the first", "taken", "left", "right"}


async def test_statement_that_changes_too_much_changes_nothing(ledger: Ledger) -> None:
    """A lone statement that would affect more rows than expected is undone."""
    await ledger.writer.write(put("a"), put("b"))
    greedy = Statement("UPDATE meta SET value = 'x'", {}, 1)
    with pytest.raises(Conflict):
        await ledger.writer.write(greedy)
    results = await at_once(ledger, (put("left"),), (greedy,), (put("right"),))
    assert isinstance(results[1], Conflict)
    assert results[0] is results[2] is None
    assert set((await values(ledger)).values()) == {"1"}


async def test_rows_of_one_statement_are_counted_together(ledger: Ledger) -> None:
    """A statement with many rows expects the sum; one row short undoes them all."""
    await ledger.writer.write(put("a"), put("b"))
    both = [{"key": "a", "value": "2"}, {"key": "b", "value": "2"}]
    await ledger.writer.write(Statement(UPDATE, both, 2))
    with pytest.raises(Conflict):
        await ledger.writer.write(Statement(UPDATE, [*both, {"key": "c", "value": "3"}], 3))
    assert await values(ledger) == {"a": "2", "b": "2"}


async def test_guard_must_find_one_row(ledger: Ledger) -> None:
    """A SELECT guard that finds nothing stops the write behind it."""
    guard = Statement("SELECT 1 FROM meta WHERE key = :key", {"key": "a"}, 1)
    with pytest.raises(Conflict):
        await ledger.writer.write(guard, put("b"))
    await ledger.writer.write(put("a"))
    await ledger.writer.write(guard, put("b"))
    assert set(await values(ledger)) == {"a", "b"}


async def test_impossible_value_is_no_reason_to_try_again(ledger: Ledger) -> None:
    """A value that cannot be stored is a surprise, not something that passes by itself."""
    with pytest.raises(Surprise):
        await ledger.writer.write(put("a", "\udcff"))
    await ledger.writer.write(put("b"))


async def test_close_commits_what_is_queued(ledger_url: str) -> None:
    """What was handed over before the close is committed by it, and a later write is refused rather than lost."""
    ledger = Ledger(ledger_url)
    tasks = [asyncio.ensure_future(ledger.writer.write(put(f"k{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    ledger.close()
    await asyncio.gather(*tasks)
    with pytest.raises(TryAgain):
        await ledger.writer.write(put("late"))
    again = Ledger(ledger_url)
    assert len(await values(again)) == 50
    again.close()


def test_write_outlives_its_event_loop(ledger_url: str) -> None:
    """A write whose loop is gone is committed all the same, and the writer goes on."""
    ledger = Ledger(ledger_url)

    async def start_and_leave() -> None:
        orphan = asyncio.ensure_future(ledger.writer.write(put("orphan")))
        await asyncio.sleep(0)
        assert not orphan.done()

    gate = threading.Event()
    real = ledger.writer._transaction

    def held(group: Any) -> Any:
        gate.wait(10)
        return real(group)

    ledger.writer._transaction = held  # type: ignore[method-assign]
    asyncio.run(start_and_leave())
    gate.set()

    async def go_on() -> dict[str, str]:
        await ledger.writer.write(put("next"))
        return await values(ledger)

    assert set(asyncio.run(go_on())) == {"orphan", "next"}
    ledger.close()


async def test_cut_connection_fails_the_group_and_heals(postgres_ledger_url: str) -> None:
    """When PostgreSQL drops the writer's connection in the middle, nothing is half written and the next write works."""
    ledger = Ledger(postgres_ledger_url)
    cut = Statement("SELECT pg_terminate_backend(pg_backend_pid())", {})
    results = await at_once(ledger, (put("left"),), (cut,), (put("right"),))
    assert all(isinstance(result, TryAgain) for result in results)
    assert set(await values(ledger)) == {"the first"}
    await ledger.writer.write(put("left"))
    assert set(await values(ledger)) == {"the first", "left"}
    ledger.close()


async def test_commit_without_an_answer_is_unknown_for_all(postgres_ledger_url: str) -> None:
    """When the connection breaks during the commit, all callers hear "unknown" and nothing is replayed."""
    ledger = Ledger(postgres_ledger_url)
    commits = 0

    @sa.event.listens_for(ledger.engine, "commit")
    def _cut(connection: sa.Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == 2:
            # The server commits, then the line goes dead: what a client sees of a failing network.
            raw: Any = connection.connection.dbapi_connection
            raw.execute("COMMIT")
            raw.execute("BEGIN")
            pid = raw.info.backend_pid
            with psycopg.connect(
                postgres_ledger_url.replace("postgresql+psycopg", "postgresql"), autocommit=True
            ) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))

    results = await at_once(ledger, (put("left"),), (put("right"),))
    assert all(isinstance(result, OutcomeUnknown) for result in results)
    assert results[0] is not results[1]
    assert set(await values(ledger)) == {"the first", "left", "right"}
    assert commits == 2
    ledger.close()


async def test_restart_of_postgres_is_survived(
    postgres_server: PostgresServer, postgres_ledger_url: str
) -> None:
    """While PostgreSQL is down every write says "try again"; when it is back, writes work without a new start."""
    ledger = Ledger(postgres_ledger_url)
    await ledger.writer.write(put("before"))
    postgres_server.stop()
    try:
        with pytest.raises(TryAgain):
            await ledger.writer.write(put("meanwhile"))
        with pytest.raises(TryAgain):
            await values(ledger)
    finally:
        postgres_server.start()
    await ledger.writer.write(put("after"))
    assert set(await values(ledger)) == {"before", "after"}
    ledger.close()


async def test_locked_sqlite_is_waited_for(tmp_path: Path) -> None:
    """A write waits while another program holds SQLite's lock."""
    path = tmp_path / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    write = asyncio.ensure_future(ledger.writer.write(put("a")))
    await asyncio.sleep(0.3)
    assert not write.done()
    holder.execute("COMMIT")
    await write
    holder.close()
    ledger.close()


async def test_sqlite_locked_for_too_long_says_try_again(tmp_path: Path) -> None:
    """When the lock is not given back, the whole group hears it after one wait and the writer goes on."""
    path = tmp_path / "ledger.db"
    Ledger(f"sqlite:///{path}").close()
    engine = open_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def _impatient(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=200")

    writer = Writer(engine)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    attempts = 0
    real = writer._transaction

    def counted(group: Any) -> Any:
        nonlocal attempts
        attempts += 1
        return real(group)

    writer._transaction = counted  # type: ignore[method-assign]
    results = await asyncio.gather(*(writer.write(put(f"k{n}")) for n in range(40)), return_exceptions=True)
    assert all(isinstance(result, TryAgain) for result in results)
    assert attempts <= 3, "forty writes waited one after the other"
    holder.execute("ROLLBACK")
    holder.close()
    await writer.write(put("after"))
    writer.close()
    engine.dispose()


async def test_full_sqlite_needs_the_operator_and_goes_on_afterwards(tmp_path: Path) -> None:
    """A database that may not grow refuses with a clear error, keeps what it had, and works once there is room."""
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    await ledger.writer.write(put("before"))

    def limit(pages: int) -> Any:
        @sa.event.listens_for(ledger.engine, "connect")
        def _limit(connection: sqlite3.Connection, _record: Any) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        ledger.engine.dispose()
        return _limit

    listener = limit(1)  # SQLite raises it to the present size
    big = "x" * 200_000
    results = await asyncio.gather(
        *(ledger.writer.write(put(f"k{n}", big)) for n in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, NeedsOperator) for result in results)
    assert "full" in str(results[0])
    sa.event.remove(ledger.engine, "connect", listener)
    limit(1_000_000)
    await ledger.writer.write(put("after", big))
    assert set(await values(ledger)) == {"before", "after"}
    ledger.close()


async def test_full_disk_needs_the_operator_and_goes_on_afterwards(tmp_path: Path) -> None:
    """A disk without room (here: a limit on file sizes) fails the write whole; later writes work."""
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    await ledger.writer.write(put("before"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "ledger.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, hard))
    try:
        with pytest.raises((NeedsOperator, TryAgain)) as caught:
            await ledger.writer.write(put("meanwhile", "x" * 500_000))
        assert not isinstance(caught.value, OutcomeUnknown)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await ledger.writer.write(put("after", "x" * 500_000))
    assert set(await values(ledger)) == {"before", "after"}
    ledger.close()
