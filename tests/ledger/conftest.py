"""An open ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer
from wordferry.ledger import Ledger
from wordferry.ledger.database import open_engine
from wordferry.ledger.tables import METADATA


class Clock:
    """Epoch seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """The time of the ledger under test."""
    return Clock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite ledger with its tables and nothing in them; to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    Ledger(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL ledger that the tests empty and use one after the other: making one takes longer than most tests."""
    url = postgres_server.create_database()
    Ledger(url).close()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def postgres_ledger_url(migrated_database: str) -> str:
    """The PostgreSQL ledger, emptied."""
    engine = open_engine(migrated_database)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(METADATA.tables)} CASCADE")
    engine.dispose()
    return migrated_database


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a ledger with its tables; a test that asks for it runs once on each kind we support."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_ledger_url")
        return url
    shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "ledger.db")
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def ledger(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger with that clock."""
    opened = Ledger(ledger_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def other(ledger_url: str, ledger: Ledger, clock: Clock) -> Iterator[Ledger]:
    """The same ledger as another process has it open."""
    opened = Ledger(ledger_url, clock=clock)
    yield opened
    opened.close()
