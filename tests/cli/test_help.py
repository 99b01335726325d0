"""Help is quick, plain and complete; exit codes are one table."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from tests.cli.conftest import ROOT
from wordferry.cli.exit_codes import MEANINGS, Exit, table
from wordferry.cli.main import COMMANDS, app
from wordferry.cli.sandbox import PORT
from wordferry.cli.shapes import DOCUMENTS, LINES
from wordferry.errors import ERRORS
from wordferry.sandbox import DEFAULT_PORT

HEAVY = (
    "aiohttp",
    "asyncio",
    "sqlalchemy",
    "dbos",
    "rich",
    "structlog",
    "lxml",
    "wordferry.bootstrap",
    "wordferry.tms",
)
#: No `wordferry sandbox` or `demo` works on somebody's configuration.
ANYWHERE = {"sandbox", "demo"}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Help and version import neither the database, the network, the engine nor the terminal library."""
    code = (
        "import sys\nfrom wordferry.cli.main import main\n"
        f"sys.argv = ['wordferry', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('LOADED', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]


def test_every_command_explains_itself() -> None:
    """Each command's first sentence fits on a line of the overview, and its options all have a sentence."""
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        first = (command.help or "").split("\n\n")[0]
        assert first.endswith("."), name
        assert len(first) <= 65, (name, len(first))
        for parameter in command.params:
            if getattr(parameter, "hidden", False):
                continue
            assert getattr(parameter, "help", None), (name, parameter.name)


def test_shared_options() -> None:
    """Every command has --json and --quiet, and -C where it reads a configuration."""
    for command in COMMANDS:
        named = set(inspect.signature(command).parameters)
        assert {"json", "quiet"} <= named, command.__name__
        assert ("directory" in named) == (command.__name__ not in ANYWHERE)


def test_every_command_documents_its_json() -> None:
    """Each command's JSON stands in the table of documents or of lines."""
    names = {command.__name__ for command in COMMANDS}
    assert names == set(DOCUMENTS) | set(LINES)
    assert not set(DOCUMENTS) & set(LINES)


def test_exit_codes_are_all_explained() -> None:
    """Every code that a command or an error may end with has a meaning in the table, under its own number."""
    assert set(MEANINGS) == set(Exit)
    assert {cls.exit_code for cls in ERRORS.values()} <= {int(code) for code in Exit}
    for code in Exit:
        assert f"| {code.value} | " in table()


def test_exit_codes_are_stable() -> None:
    """Scripts rely on the numbers."""
    assert {code.name: code.value for code in Exit} == {
        "OK": 0,
        "FAILURE": 1,
        "USAGE": 2,
        "REFUSED": 3,
        "OPERATOR": 4,
        "DIFFERENT": 5,
        "TIME_UP": 6,
        "SURPRISE": 70,
        "TRY_AGAIN": 75,
        "INTERRUPTED": 130,
        "NO_READER": 141,
    }


def test_default_port_is_the_sandbox_s() -> None:
    """The port written in the command's help is the one the sandbox takes."""
    assert PORT == DEFAULT_PORT


def test_manual_holds_the_tables() -> None:
    """The manual of the command line holds the tables of exit codes and JSON as the code has them."""
    from wordferry.cli.shapes import table as shapes

    text = (Path(ROOT) / "docs" / "howto" / "command-line.md").read_text(encoding="utf-8")
    assert table() in text
    assert shapes() in text
