"""Runs a call: connects, converts, asks, shows."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from wordferry.cli.calls.action import Action, Form, Parameter
from wordferry.cli.calls.vendor import Vendor
from wordferry.cli.exit_codes import Exit
from wordferry.cli.shell import Shell
from wordferry.errors import (
    NeedsOperator,
    NotYet,
    OutcomeUnknown,
    Refused,
    Spent,
    TryAgain,
    Vanished,
    WordferryError,
)

if TYPE_CHECKING:
    from wordferry.cli.calls.files import Cargo

__all__ = ["Given", "run"]

#: What to do next when a person made the call: nothing here repeats it by itself.
_NEXT: dict[type[WordferryError], str] = {
    NotYet: "Wait a little, then run it again.",
    OutcomeUnknown: "It may have happened: look before you repeat it.",
    TryAgain: "Run it again later.",
    NeedsOperator: "Mend that, then run it again.",
    Refused: "Correct the values, then run it again.",
    Vanished: "Check the ids; it may have been deleted.",
    Spent: "Ask for a new one: this one is used up.",
}
_DEFAULT_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Given:
    """One call as it was typed.

    Args:
        vendor: whose.
        action: which.
        own: parameter of the call → what was typed, those left out excepted.
        connection: name of a connection.
        settings: settings of an account given as options.
        limit: most items of a list; 0 is all, None leaves it to the form of the output.
    """

    vendor: Vendor
    action: Action
    own: dict[str, Any]
    connection: str | None
    settings: dict[str, str | None]
    limit: int | None


def run(given: Given, *, json: bool, quiet: bool, directory: Path | None) -> None:
    """Run the call and leave with its exit code.

    Raises:
        typer.Exit: always, unless the command line is wrong.
        typer.BadParameter: a value cannot be read.
    """
    from wordferry.cli.calls.values import value

    shell = Shell(json=json, quiet=quiet, directory=directory)
    plain = {
        one.name: value(one, given.own[one.name])
        for one in given.action.parameters
        if one.name in given.own and one.form not in (Form.FILE, Form.FILES, Form.SINK)
    }
    _named(given, plain)
    if json and _sinks_to_output(given):
        raise typer.BadParameter(
            "the file itself is on standard output: leave --json out.", param_hint="--output"
        )

    async def work() -> int:
        try:
            return await _call(given, shell, plain)
        except WordferryError as error:
            if error.next == type(error).default_next and type(error) in _NEXT:
                error.next = _NEXT[type(error)]
            raise

    shell.run(work)


async def _call(given: Given, shell: Shell, plain: dict[str, Any]) -> int:
    import sys

    from wordferry.cli.calls.connection import client
    from wordferry.cli.calls.files import Cargo
    from wordferry.cli.calls.showing import show

    action = given.action
    live = sys.stderr.isatty() and not (shell.json or shell.quiet)
    connected = client(given.vendor, shell, connection=given.connection, given=given.settings)
    async with connected as vendor:
        with Cargo(live=live) as cargo, ExitStack() as open_files:
            values = dict(plain)
            for one in action.parameters:
                if one.name in given.own and one.name not in values:
                    values[one.name] = _file(one, given.own[one.name], cargo, open_files)
            method = getattr(getattr(vendor, action.resource), action.name)
            arguments = [values.pop(one.name) for one in action.parameters if one.positional]
            result: Any = method(*arguments, **values)
            if action.listing:
                result, more = await _listed(result, _limit(given, shell))
            else:
                result, more = await result, False
        if not (result is None and shell.quiet) and not _sinks_to_output(given):
            show(shell, result, more=more, place=_sink(given))
    return Exit.OK


def _file(parameter: Parameter, typed: Any, cargo: Cargo, open_files: ExitStack) -> Any:
    if parameter.form is Form.SINK:
        return open_files.enter_context(cargo.sink(typed))
    if parameter.form is Form.FILES:
        return {place.name: cargo.source(place) for place in typed}
    return cargo.source(typed)


async def _listed(items: Any, limit: int | None) -> tuple[list[Any], bool]:
    found: list[Any] = []
    async for item in items:
        if limit is not None and len(found) >= limit:
            await items.aclose()
            return found, True
        found.append(item)
    return found, False


def _limit(given: Given, shell: Shell) -> int | None:
    if given.limit is None:
        return None if shell.json else _DEFAULT_SHOWN
    return given.limit or None


def _named(given: Given, values: dict[str, Any]) -> None:
    """A file that is sent gives its name, unless another one was typed."""
    files = [one for one in given.action.parameters if one.form is Form.FILE]
    wanted = next((one for one in given.action.parameters if one.name == "filename"), None)
    if wanted is None or "filename" in values or len(files) != 1 or files[0].name not in given.own:
        return
    place: Path = given.own[files[0].name]
    if str(place) != "-":
        values["filename"] = place.name
    elif wanted.default is None:
        raise typer.BadParameter("standard input has no name: give one.", param_hint="'--filename'")


def _sink(given: Given) -> Path | None:
    found = [given.own.get(one.name) for one in given.action.parameters if one.form is Form.SINK]
    return found[0] if found else None


def _sinks_to_output(given: Given) -> bool:
    return str(_sink(given)) == "-"
