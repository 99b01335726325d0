"""The command line as processes: signals, pipes, terminals, and two of them on one ledger."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Site, start
from tests.postgres_server import PostgresServer

WAIT = 60.0


def events(running: subprocess.Popen[str], until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Read JSON lines until one fits."""
    assert running.stdout is not None
    seen = []
    for line in running.stdout:
        seen.append(json.loads(line))
        if until(seen[-1]):
            return seen
    raise AssertionError(
        f"it ended with {running.wait()} after {seen}: {running.stderr and running.stderr.read()}"
    )


def all_home(number: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a progress line says that so many are delivered and nothing else is there."""
    return lambda event: event.get("states") == {"delivered": number}


def test_serve_carries_until_a_signal(site: Site) -> None:
    """Serve sends what is there, then what is new, brings it home, and leaves with 0 on SIGTERM."""
    running = site.start("serve", "--json", "--scan", "0.2")
    try:
        assert events(running, all_home(4))[0]["event"] == "started"
        site.write("en/new.json", '{"new": "Hello"}')
        events(running, all_home(6))
        running.terminate()
        out, err = running.communicate(timeout=WAIT)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert json.loads(out.splitlines()[-1]) == {"event": "stopped"}
    assert "Traceback" not in err
    assert site.run("verify").code == 0
    assert site.sandbox.referee()["ok"]


def test_idle_serve_ends_on_ctrl_c(site: Site) -> None:
    """Ctrl-C ends a serve that has nothing to do with 0; it has called nobody."""
    running = site.start("serve", "--scan", "0")
    try:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("Serving docs; sends nothing new.")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=WAIT)
    finally:
        running.kill()
    assert (running.returncode, out, err) == (0, "Stopped; nothing is lost.\n", "")
    assert site.sandbox.calls() == []


def test_two_processes_on_one_ledger(site: Site) -> None:
    """Beside a `serve`, apply hands over, run watches until it is done, and a second serve is refused."""
    running = site.start("serve", "--json", "--scan", "0")
    try:
        events(running, lambda event: event["event"] == "started")
        plan = site.run("plan", "-q").out.strip()
        handed = site.run("apply", plan)
        assert handed.code == 0
        assert f"Process {running.pid} does the work" in handed.out
        watched = site.run("run", "--timeout", str(WAIT))
        assert watched.code == 0, watched
        assert f"Process {running.pid} does the work on this ledger; this one watches." in watched.out
        assert "4 of 4 translations are home." in watched.out
        assert site.run("status", "--json").document["worker"] == f"Process {running.pid}"
        refused = site.run("serve")
        assert refused.code == 4
        assert str(running.pid) in refused.err
    finally:
        running.terminate()
        running.communicate(timeout=WAIT)
    assert site.run("status", "--json").document["worker"] is None


def test_interrupted_run_goes_on(site: Site) -> None:
    """Ctrl-C ends a run with 130 and a sentence; the next run finishes, and nothing was done twice."""
    site.sandbox.behave("late", seconds=2.0)
    running = site.start("run", "--json")
    try:
        events(
            running,
            lambda event: "submitted" in event.get("states", {}) or "translating" in event.get("states", {}),
        )
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=WAIT)
    finally:
        running.kill()
    assert running.returncode == 130, err
    assert json.loads(out.splitlines()[-1])["exit_code"] == 130
    assert "Traceback" not in err
    assert site.run("run", "--timeout", str(WAIT)).code == 0
    assert site.sandbox.referee()["ok"]


def test_reader_that_goes_away(site: Site) -> None:
    """`wordferry … | head` ends quietly with 141."""
    for number in range(300):
        site.write(f"en/many/{number}.json", "{")
    reading, writing = os.pipe()
    os.close(reading)
    running = site.start("plan", "--json", stdout=writing)
    os.close(writing)
    _, err = running.communicate(timeout=WAIT)
    assert running.returncode == 141
    assert err == ""


def test_traceback_only_when_asked(tmp_path: Path) -> None:
    """An error is a few lines; WORDFERRY_DEBUG=1 shows where it comes from."""
    plain = start("status", cwd=tmp_path)
    _, err = plain.communicate(timeout=WAIT)
    assert plain.returncode == 4
    assert [line.split()[0] for line in err.splitlines()] == ["Error", "Where", "Next"]
    asked = start("status", cwd=tmp_path, env={"WORDFERRY_DEBUG": "1"})
    _, err = asked.communicate(timeout=WAIT)
    assert asked.returncode == 4
    assert "Traceback" in err


@pytest.mark.parametrize(("variable", "coloured"), [("SOMETHING", True), ("NO_COLOR", False)])
def test_colour_on_terminals_only(site: Site, variable: str, coloured: bool) -> None:
    """Colour appears on a terminal and nowhere else, and never with NO_COLOR."""
    near, far = pty.openpty()
    running = site.start("status", "-C", "nowhere", stderr=far, env={variable: "1", "TERM": "xterm"})
    running.communicate(timeout=WAIT)
    os.close(far)
    shown = os.read(near, 65536).decode()
    os.close(near)
    assert ("\x1b[1;31m" in shown) == coloured
    assert "\x1b" not in site.run("status", "-C", "nowhere").err


def test_live_run_on_a_terminal(site: Site) -> None:
    """On a terminal the bars move in place, and what stays is the table."""
    near, far = pty.openpty()
    running = site.start("run", stdout=far, env={"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"})
    os.close(far)
    shown = b""
    while True:
        try:
            piece = os.read(near, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(near)
    assert running.wait(timeout=WAIT) == 0
    running.communicate()
    text = shown.decode()
    assert "━" in text
    assert "home" in text
    assert "4 of 4 translations are home." in text


def test_sandbox_as_a_command(tmp_path: Path) -> None:
    """The sandbox says where it listens, answers there, and leaves with 0 on a signal; a taken port is explained."""
    running = start("sandbox", "--port", "0", "--json", cwd=tmp_path)
    try:
        assert running.stdout is not None
        text = ""
        for line in running.stdout:
            text += line
            if line == "}\n":
                break
        info = json.loads(text)
        port = int(info["control_url"].rpartition(":")[2])
        taken = start("sandbox", "--port", str(port), cwd=tmp_path)
        _, err = taken.communicate(timeout=WAIT)
        assert taken.returncode == 4
        assert "--port" in err
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=WAIT)
    finally:
        running.kill()
    assert running.returncode == 0


def test_serve_outlives_its_database(site: Site, postgres_server: PostgresServer) -> None:
    """A PostgreSQL that goes away during `serve` is waited for; afterwards everything comes home, once."""
    url = postgres_server.create_database()
    site.configure(database=url.replace("+psycopg", ""))
    running = site.start("serve", "--json", "--scan", "0.3")
    try:
        events(running, all_home(4))
        postgres_server.restart()
        time.sleep(0.5)
        site.write("en/later.json", '{"later": "Hello"}')
        events(running, all_home(6))
        running.terminate()
        _, err = running.communicate(timeout=WAIT)
    finally:
        running.kill()
        postgres_server.drop_database(url)
    assert running.returncode == 0, err
    assert site.sandbox.referee()["ok"]
