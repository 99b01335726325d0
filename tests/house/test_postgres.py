"""The private PostgreSQL that other tests stand on."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests import postgres_server as module
from tests.postgres_server import PostgresServer, PostgresUnavailable

ROOT = Path(__file__).parents[2]


def _gone(path: Path) -> bool:
    deadline = time.monotonic() + 30
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not path.exists()


def test_each_url_is_an_empty_database(postgres_server: PostgresServer) -> None:
    """Two databases of one server do not see each other's tables."""
    urls = [postgres_server.create_database() for _ in range(2)]
    engines = [sa.create_engine(url) for url in urls]
    with engines[0].begin() as connection:
        connection.execute(sa.text("CREATE TABLE parcel (id integer)"))
    assert sa.inspect(engines[0]).get_table_names() == ["parcel"]
    assert sa.inspect(engines[1]).get_table_names() == []
    for engine, url in zip(engines, urls, strict=True):
        engine.dispose()
        postgres_server.drop_database(url)


def test_dropping_cuts_open_connections(postgres_server: PostgresServer) -> None:
    """A test that leaks a connection does not keep its database alive."""
    url = postgres_server.create_database()
    engine = sa.create_engine(url)
    leaked = engine.connect()
    leaked.execute(sa.text("SELECT 1"))
    postgres_server.drop_database(url)
    with pytest.raises(sa.exc.OperationalError):
        leaked.execute(sa.text("SELECT 1"))
    leaked.invalidate()
    leaked.close()
    engine.dispose()


def test_database_url_runs_on_both_kinds(database_url: str, request: pytest.FixtureRequest) -> None:
    """`database_url` is SQLite in one run of a test and PostgreSQL in the other."""
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    assert engine.dialect.name in request.node.name.replace("postgres", "postgresql")
    engine.dispose()


def test_only_the_owner_can_reach_the_server(postgres_server: PostgresServer) -> None:
    """The server has no network address, and its folder is closed to other accounts."""
    assert stat.S_IMODE(postgres_server.folder.stat().st_mode) == 0o700
    with psycopg.connect(f"host={postgres_server.folder} user=postgres dbname=postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_data_survive_an_immediate_restart() -> None:
    """A committed row is there after the server was stopped the hard way and started again."""
    with module.running_postgres() as server:
        engine = sa.create_engine(server.create_database())
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE parcel (id integer)"))
            connection.execute(sa.text("INSERT INTO parcel VALUES (7)"))
        engine.dispose()
        server.restart("immediate")
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT id FROM parcel")).scalar_one() == 7
        engine.dispose()
        folder = server.folder
    assert not folder.exists()


def test_server_ends_with_a_killed_program() -> None:
    """A program that is killed leaves neither a server nor a folder behind."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    folder = Path(program.stdout.readline().strip().partition("host=")[2])
    server_pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{server_pid}").exists() or sys.platform != "linux"
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdin.close()
    program.stdout.close()
    assert _gone(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host={folder} user=postgres dbname=postgres")


def test_missing_programs_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PostgreSQL the error names the command that brings it."""
    monkeypatch.setattr(module, "_wheel_programs", list)
    monkeypatch.setattr(module, "_system_programs", list)
    with pytest.raises(PostgresUnavailable, match="apt-get install postgresql"):
        module._find_programs(tmp_path, None)


def test_programs_below_a_closed_home_are_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Programs that the server's account cannot reach are copied, with their libraries, to where it can."""
    home = tmp_path / "home"
    programs = home / "wheel" / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    (home / "wheel.libs").mkdir()
    (home / "wheel.libs" / "libpq.so").touch()
    monkeypatch.setattr(module, "_wheel_programs", lambda: [programs])
    monkeypatch.setattr(module, "_system_programs", list)
    monkeypatch.setattr(module, "_can_run", lambda found, account: not found.is_relative_to(home))
    found = module._find_programs(tmp_path / "server", None)
    assert found.is_relative_to(tmp_path / "server")
    assert os.access(found / "initdb", os.X_OK)
    assert (found.parent.parent.with_name("wheel.libs") / "libpq.so").is_file()
