"""`wordferry sandbox …`: hands on a sandbox that runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT
from wordferry.cli.main import app
from wordferry.sandbox import ThreadSandbox
from wordferry.sandbox.scenarios import SCENARIOS


class Hands:
    """The commands on one sandbox."""

    def __init__(self, port: int, capture: pytest.CaptureFixture[str]) -> None:
        self.port = port
        self.capture = capture

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self.capture.readouterr()
        code: Any = 0
        try:
            app(["sandbox", "--port", str(self.port), *words], prog_name="wordferry")
        except SystemExit as end:
            code = end.code
        return int(code or 0), *self.capture.readouterr()

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json")[1])


@pytest.fixture
def hands(sandbox: ThreadSandbox, capsys: pytest.CaptureFixture[str]) -> Hands:
    return Hands(int(sandbox.control_url.rpartition(":")[2]), capsys)


def test_time_passes_by_command(hands: Hands) -> None:
    """`advance` moves the clock and says what time it is."""
    assert "after the start." in hands("advance", "3600")[1]
    assert hands.json("info")["clock"]["elapsed"] >= 3600
    assert hands.json("advance", "0")["elapsed"] >= 3600


def test_snapshots_by_command(hands: Hands) -> None:
    """Saved, listed, restored and forgotten; each says what comes next."""
    assert "There are none." in hands("snapshots")[1]
    assert "restore first" in hands("save", "first")[1]
    assert [found["name"] for found in hands.json("snapshots")["snapshots"]] == ["first"]
    assert hands("restore", "first")[1].startswith("Restored")
    assert hands("forget", "first")[1] == "Deleted.\n"
    code, _, said = hands("restore", "first")
    assert (code, "there is no snapshot 'first'" in said) == (4, True)
    assert hands("save", "../up")[0] == 4


def test_scenarios_by_command(hands: Hands, sandbox: ThreadSandbox) -> None:
    """Listed without a sandbox, played on one, and ended."""
    assert [found["name"] for found in hands.json("scenarios")["scenarios"]] == list(SCENARIOS)
    assert "every-event-lost is on." in hands("play", "every-event-lost")[1]
    assert len(sandbox.faults.listing()) == 1
    assert hands("calm")[1] == "All is quiet.\n"
    assert sandbox.faults.listing() == []


def test_log_and_verdict_by_command(hands: Hands) -> None:
    """The canonical log and the referee's verdict."""
    assert hands("log")[1] == ""
    assert hands("referee")[1] == "Nothing to complain about.\n"
    assert hands.json("referee")["ok"] is True


def test_openapi_by_command(hands: Hands) -> None:
    """The documents need no sandbox; an unknown vendor is refused with the known ones."""
    for vendor in ("phrase", "lionbridge"):
        found = json.loads(hands("openapi", vendor)[1])
        assert found["openapi"] == "3.1.0"
        assert len(found["paths"]) > 40
    code, said, _ = hands("openapi", "weblate")
    assert (code, "phrase, lionbridge" in said) == (4, True)


def test_no_sandbox_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A port where nothing listens is an error with the next step."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, _, said = Hands(port, capsys)("info")
    assert code == 4
    assert "no sandbox answers" in said.lower()
    assert "wordferry sandbox --port" in said


def test_a_foreign_state_folder_is_refused(tmp_path: Path) -> None:
    """`--state` with something else in it ends with a sentence, not a trace."""
    (tmp_path / "state").write_bytes(b"my thesis")
    done = subprocess.run(
        [sys.executable, "-m", "wordferry.cli.main", "sandbox", "--port", "0", "--state", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert done.returncode == 4
    assert "is not a state of the sandbox" in done.stderr
    assert (tmp_path / "state").read_bytes() == b"my thesis"
