"""An open ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wordferry.ledger import Ledger


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


@pytest.fixture
def ledger(database_url: str, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger with that clock."""
    opened = Ledger(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def other(database_url: str, ledger: Ledger, clock: Clock) -> Iterator[Ledger]:
    """The same ledger as another process has it open."""
    opened = Ledger(database_url, clock=clock)
    yield opened
    opened.close()
