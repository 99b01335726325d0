"""Opening and migrating the ledger's database."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import wordferry.ledger
from wordferry.errors import Conflict, NeedsOperator, Surprise, TryAgain, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.database import migrate, open_engine, translate
from wordferry.ledger.tables import METADATA, REVISION
from wordferry.ledger.writer import Statement

MIGRATE = "import sys; from wordferry.ledger import Ledger; Ledger(sys.argv[1]).close()"


def test_migration_makes_exactly_the_tables(database_url: str) -> None:
    """The migrations make what the table declarations say: no column, index or constraint more or less."""
    engine = open_engine(database_url)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "ledger_version", "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_revision_is_the_newest_migration() -> None:
    """The revision that spares a start the migration is the head of the migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(wordferry.ledger.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


async def test_second_opening_keeps_everything(database_url: str) -> None:
    """Opening a ledger again changes nothing in it, also when the short cut is not taken."""
    first = Ledger(database_url)
    name = await first.installation()
    first.close()
    second = Ledger(database_url)
    assert await second.installation() == name
    second.close()


def test_two_processes_may_start_at_once(database_url: str) -> None:
    """Processes that find an empty database at the same moment all start."""
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors


def test_newer_ledger_is_the_operators(database_url: str) -> None:
    """A ledger written by a newer version is refused with a sentence, untouched."""
    Ledger(database_url).close()
    engine = open_engine(database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE ledger_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(NeedsOperator, match="newer version"):
        Ledger(database_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM ledger_version").scalar() == "9999"
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://localhost/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////proc/nowhere/ledger.db",
    ],
)
def test_impossible_address_is_the_operators(url: str) -> None:
    """An address that cannot be a ledger is said with an example of one that can."""
    with pytest.raises(NeedsOperator) as caught:
        Ledger(url)
    assert caught.value.next


def test_file_that_is_no_database_is_the_operators(tmp_path: Path) -> None:
    """Somebody else's file in the ledger's place is not touched and not waited for."""
    path = tmp_path / "ledger.db"
    path.write_bytes(b"This is no database at all, whatever its name says." * 50)
    before = path.read_bytes()
    with pytest.raises(NeedsOperator):
        Ledger(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_server_that_is_away_is_tried_again() -> None:
    """A PostgreSQL that nobody runs says "try again", without the password."""
    with pytest.raises(TryAgain) as caught:
        Ledger("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_relative_file_starts_at_the_folder(tmp_path: Path) -> None:
    """A relative SQLite path starts where the configuration lies."""
    Ledger("sqlite:///deep/ledger.db", folder=tmp_path).close()
    assert (tmp_path / "deep" / "ledger.db").exists()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sa.exc.OperationalError("", {}, Exception("database or disk is full")), NeedsOperator),
        (
            sa.exc.OperationalError("", {}, Exception("could not extend file: No space left on device")),
            NeedsOperator,
        ),
        (sa.exc.OperationalError("", {}, Exception("attempt to write a readonly database")), NeedsOperator),
        (sa.exc.OperationalError("", {}, Exception("server closed the connection unexpectedly")), TryAgain),
        (sa.exc.InterfaceError("", {}, Exception("the connection is closed")), TryAgain),
        (sa.exc.IntegrityError("", {}, Exception("UNIQUE constraint failed: meta.key")), Conflict),
        (sa.exc.DataError("", {}, Exception("value too long")), Surprise),
        (Conflict("lost"), Conflict),
        (ValueError("odd"), Surprise),
    ],
)
def test_errors_of_the_database_are_sorted(error: Exception, kind: type[WordferryError]) -> None:
    """What the database says becomes what to do next."""
    assert type(translate(error)) is kind


async def test_frozen_transaction_is_given_up(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that sleeps inside a transaction loses it, so that others can take over what it had locked."""
    monkeypatch.setattr("wordferry.ledger.database.IDLE_TRANSACTION_MS", 200)
    ledger = Ledger(postgres_url)
    frozen = ledger.engine.connect()
    frozen.execute(sa.text("INSERT INTO meta (key, value) VALUES ('k', 'frozen')"))
    await asyncio.wait_for(
        ledger.writer.write(Statement("INSERT INTO meta (key, value) VALUES ('k', 'ours')", {}, 1)), 10
    )
    with pytest.raises(sa.exc.DBAPIError):
        frozen.execute(sa.text("SELECT 1"))
    frozen.invalidate()
    frozen.close()
    ledger.close()
