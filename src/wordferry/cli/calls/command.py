"""An action as a command: its arguments, its options, and what happens when it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from wordferry.cli.calls.action import Action, Form, Parameter, dashed
from wordferry.cli.calls.running import Given, run
from wordferry.cli.calls.vendor import Vendor
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.wording import sentence

__all__ = ["command"]

#: Items of a list that people are shown when they do not say how many.
SHOWN = 100

_METAVARS = {
    Form.TEXT: "TEXT",
    Form.WHOLE: "N",
    Form.NUMBER: "NUMBER",
    Form.REFERENCE: "REF",
    Form.DATE: "DATE",
    Form.JSON: "JSON",
    Form.FILE: "FILE",
    Form.FILES: "FILE",
    Form.SINK: "FILE",
}
_TYPES: dict[Form, Any] = {Form.WHOLE: int, Form.NUMBER: float, Form.FLAG: bool}
_HINTS = {
    Form.REFERENCE: "As a reference: env:NAME, file:PATH or keyring:SERVICE/USER.",
    Form.FILE: "- reads standard input.",
    Form.SINK: "- is standard output; otherwise the file appears once it is whole.",
    Form.JSON: "As JSON, or @FILE.",
    Form.DATE: "Written 2026-11-21T10:15Z.",
}
_INSTEAD = {
    Form.FILE: "The file to send.",
    Form.FILES: "The files to send.",
    Form.SINK: "Where the file goes.",
}


def command(vendor: Vendor, action: Action) -> Any:
    """The command of an action.

    Args:
        vendor: whose it is.
        action: which call.
    """
    options = {f"own_{one.name}": _own(one) for one in action.parameters}
    shared = _shared(vendor, action)
    function = _function(vendor, action)
    parts = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in (options | shared).items()
    ]
    # Those without a default come first; Typer asks for nothing else.
    parts.sort(key=lambda part: part.default is not part.empty)
    function.__signature__ = inspect.Signature(parts)  # type: ignore[attr-defined]
    function.__annotations__ = {part.name: part.annotation for part in parts}
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(
        name=action.command,
        help=_help(action),
        epilog=_epilog(action),
        # A call may take any of the vendor's own words, which may begin with a dash.
        context_settings={"help_option_names": ["-h", "--help"]},
    )(function)
    return typer.main.get_command(app)


def _function(vendor: Vendor, action: Action) -> Callable[..., None]:
    def call(**typed: Any) -> None:
        own = {one.name: typed[f"own_{one.name}"] for one in action.parameters}
        given = Given(
            vendor=vendor,
            action=action,
            own={name: value for name, value in own.items() if value is not None and value != []},
            connection=typed["connection"],
            settings={one.name: typed[f"with_{one.name}"] for one in vendor.settings},
            limit=typed.get("limit"),
        )
        run(given, json=typed["json"], quiet=typed["quiet"], directory=typed["directory"])

    return call


def _own(parameter: Parameter) -> tuple[Any, Any]:
    text = _INSTEAD.get(parameter.form) or sentence(parameter.help.replace("`", "'"))
    if parameter.choices:
        text = f"{text} One of {', '.join(parameter.choices)}."
    if parameter.form in _HINTS:
        text = f"{text} {_HINTS[parameter.form]}"
    kind = _TYPES.get(parameter.form, Path if parameter.form in (Form.FILE, Form.FILES) else str)
    if parameter.form is Form.SINK:
        kind = Path
    if parameter.many:
        kind = list[kind]  # type: ignore[valid-type]
    shown: dict[str, Any] = {"help": text, "metavar": _METAVARS.get(parameter.form)}
    if parameter.positional and parameter.form is Form.FILES:
        shown["metavar"] = "FILE"
        return Annotated[kind, typer.Argument(**shown)], inspect.Parameter.empty
    if parameter.positional:
        shown["metavar"] = parameter.name.upper()
        return Annotated[kind, typer.Argument(**shown)], inspect.Parameter.empty
    names = [parameter.option]
    if parameter.form is Form.FLAG:
        names = [f"{parameter.option}/--no-{dashed(parameter.name)}"]
        shown.pop("metavar")
    elif parameter.form is Form.SINK:
        names.append("-o")
    if parameter.many:
        shown["help"] += " May be repeated."
    if parameter.required:
        return Annotated[kind, typer.Option(*names, **shown)], inspect.Parameter.empty
    default = parameter.default if isinstance(parameter.default, str | int | float) else None
    shown["show_default"] = default is not None and parameter.form is not Form.FLAG
    return Annotated[kind | None, typer.Option(*names, **shown)], default


def _shared(vendor: Vendor, action: Action) -> dict[str, tuple[Any, Any]]:
    shared: dict[str, tuple[Any, Any]] = {}
    if action.listing:
        shared["limit"] = (
            Annotated[
                int | None,
                typer.Option(
                    "--limit",
                    min=0,
                    metavar="N",
                    help=f"Stop after N items, 0 for all; {SHOWN} in tables and all with --json when left out.",
                    show_default=False,
                ),
            ],
            None,
        )
    shared["connection"] = (
        Annotated[
            str | None,
            typer.Option(
                "--connection",
                metavar="NAME",
                help="A [tms.NAME] of wordferry.toml; the only one when left out.",
                show_default=False,
            ),
        ],
        None,
    )
    for one in vendor.settings:
        instead = f"${one.variable}" + (f", else {one.default}" if one.default else "")
        option = typer.Option(
            f"--{dashed(one.name)}", help=f"{one.help} Else {instead}.", show_default=False, metavar="TEXT"
        )
        shared[f"with_{one.name}"] = (Annotated[str | None, option], None)
    shared["directory"] = (Directory, None)
    shared["json"] = (Json, False)
    shared["quiet"] = (Quiet, False)
    return shared


def _help(action: Action) -> str:
    # Code marks are for readers of the source.
    return action.manual.text.replace("`", "'")


def _epilog(action: Action) -> str | None:
    if not any(one.form is Form.SINK for one in action.parameters):
        return None
    return "With --output - nothing but the file is on standard output."
