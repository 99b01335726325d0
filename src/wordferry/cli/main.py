"""The console entry point: all commands of `wordferry`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from wordferry.cli import (
    again,
    apply,
    demo,
    doctor,
    events,
    init,
    plan,
    preview,
    reconcile,
    run,
    sandbox,
    sandbox_hands,
    serve,
    status,
    trace,
    verify,
    watch,
)
from wordferry.cli.calls import group
from wordferry.cli.exit_codes import Exit
from wordferry.cli.vendors import VENDORS

__all__ = ["COMMANDS", "app", "main"]

app = typer.Typer(
    name="wordferry",
    help="Carries content to translation management systems and brings every translation home, exactly once.",
    epilog="Start with `wordferry demo`: it needs no account. Each command explains itself with --help.",
    no_args_is_help=True,
    # Rich's help costs 100 ms at each start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from wordferry._version import __version__

        typer.echo(f"wordferry {__version__}")
        raise typer.Exit


@app.callback()
def _all(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


#: In the order in which a person meets them.
COMMANDS = (
    demo.demo,
    init.init,
    doctor.doctor,
    plan.plan,
    apply.apply,
    run.run,
    serve.serve,
    watch.watch,
    status.status,
    trace.trace,
    trace.explain,
    again.retry,
    again.cancel,
    preview.preview,
    verify.verify,
    reconcile.reconcile,
    sandbox.sandbox,
)
#: Commands that have further ones below them.
GROUPS = {sandbox.sandbox: sandbox_hands.group}
for _command in COMMANDS:
    if _command in GROUPS:
        app.add_typer(GROUPS[_command])
    else:
        app.command()(_command)
app.add_typer(events.group)
for _vendor in VENDORS:
    app.add_typer(group(_vendor))


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter must not stop the work.
            stream.reconfigure(errors="replace")
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.NO_READER)


if __name__ == "__main__":
    main()
