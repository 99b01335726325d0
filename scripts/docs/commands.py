"""The page `commands.md`."""

from __future__ import annotations

from typing import Any

import typer
from typer.testing import CliRunner

from scripts.docs.reading import Gap
from wordferry.cli.main import app

WIDTH = 100


def commands_page() -> str:
    """`wordferry … --help` of every command."""
    group: Any = typer.main.get_command(app)
    sandbox_hands = group.commands["sandbox"].commands

    def help_of(*words: str) -> str:
        result = CliRunner().invoke(
            app, [*words, "--help"], prog_name="wordferry", terminal_width=WIDTH, color=False
        )
        if result.exit_code != 0:
            raise Gap(f"`wordferry {' '.join(words)} --help` fails: {result.output}")
        lines = (line.rstrip() for line in result.output.strip().splitlines())
        return "```text\n" + "\n".join(lines) + "\n```\n"

    parts = [f"## `wordferry {name}`\n\n{help_of(name)}" for name in group.commands]
    # The calls of the vendors have pages of their own.
    hands = [f"### `wordferry sandbox {name}`\n\n{help_of('sandbox', name)}" for name in sandbox_hands]
    parts.insert(list(group.commands).index("sandbox") + 1, "\n".join(hands))
    return f"""# Commands

What each command says about itself. [How the command line behaves](../howto/command-line.md) has what they
share: output for programs, exit codes, signals.

{help_of()}
{(chr(10)).join(parts)}"""
