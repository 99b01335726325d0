"""Fixtures that every room may use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres_server import PostgresServer, running_postgres

settings.register_profile(
    "house",
    deadline=None,  # a shared machine is slow at odd moments; no test is about its own speed
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],  # the same reason
    print_blob=True,
)
settings.register_profile("long", parent=settings.get_profile("house"), max_examples=2000)
settings.load_profile(os.environ.get("WORDFERRY_HYPOTHESIS", "house"))


_TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
_own_temporary: list[str] = []
_failed = pytest.StashKey[bool]()


def pytest_configure() -> None:
    """Gives this run a temporary folder of its own.

    Runs that share pytest's usual one clean up after each other, and a run that is disturbed in that fails with a
    warning about a folder listing left open. The processes of one run share the folder by inheriting the variable.
    """
    if _TEMPORARY not in os.environ:
        os.environ[_TEMPORARY] = tempfile.mkdtemp(prefix="wordferry-tests-")
        _own_temporary.append(os.environ[_TEMPORARY])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes that folder, except after a failure: then there is something to look at."""
    session_failed = config.stash.get(_failed, True)
    for folder in _own_temporary:
        if not session_failed:
            shutil.rmtree(folder, ignore_errors=True)
        del os.environ[_TEMPORARY]
    _own_temporary.clear()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_failed] = exitstatus != 0


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A private PostgreSQL, one for each test process, started by the first test that asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database that lives as long as the test."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of an empty database; a test that asks for it runs once on each kind we support."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture(scope="session", autouse=True)
def lessons() -> Iterator[None]:
    """With WORDFERRY_LEARN_SHAPES, what every call of these tests teaches is stored for the OpenAPI documents."""
    if "WORDFERRY_LEARN_SHAPES" not in os.environ:
        yield
        return
    from wordferry.sandbox.face import observers
    from wordferry.sandbox.learning import Lessons

    learnt = Lessons()
    observers.append(learnt.watch)
    yield
    observers.remove(learnt.watch)
    learnt.store()
