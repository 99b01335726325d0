"""`wordferry sandbox`: the pretended vendors, until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Json, Quiet
from wordferry.cli.shell import Shell

if TYPE_CHECKING:
    from wordferry.sandbox import Sandbox

__all__ = ["sandbox"]

#: The sandbox's own default; written here so that `--help` need not load it. A test keeps the two equal.
PORT = 8930


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65000, help="First of the ports; 0 takes free ones.", metavar="PORT")
    ] = PORT,
    seed: Annotated[
        int, typer.Option(help="Makes ids, the token and faults the same each time.", metavar="N")
    ] = 0,
    import_seconds: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="SECONDS", help="How long an import takes.", show_default=False),
    ] = None,
    translate_seconds: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="SECONDS", help="How long a translator takes.", show_default=False),
    ] = None,
    export_seconds: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="SECONDS", help="How long an export takes.", show_default=False),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a pretended vendor on this machine.

    No account, no network, translations within seconds. Runs until Ctrl-C. Everything is
    kept in memory and gone afterwards.
    """
    shell = Shell(json=json, quiet=quiet)
    times = {
        "import_seconds": import_seconds,
        "translate_seconds": translate_seconds,
        "export_seconds": export_seconds,
    }

    async def work() -> int:
        import msgspec

        from wordferry.errors import NeedsOperator
        from wordferry.sandbox import SandboxSettings, serve

        given = {name: value for name, value in times.items() if value is not None}
        settings = msgspec.convert({"seed": seed, **given}, SandboxSettings)
        try:
            await serve(settings, port, ready=lambda ready: _announce(shell, ready))
        except OSError as error:
            raise NeedsOperator(
                f"the port cannot be opened: {error.strerror}.",
                object=f"127.0.0.1:{port} and the next ones",
                next="Is another sandbox running? Choose other ports with --port, or free ones with --port 0.",
            ) from error
        shell.say("Stopped.")
        return Exit.OK

    shell.run(work)


def _announce(shell: Shell, ready: Sandbox) -> None:
    from wordferry.cli.screen import text

    shell.document(ready.info())
    rows = (
        ("page and control", ready.control_url),
        ("platform_url", ready.phrase_url),
        ("tms_url", ready.phrase_tms_url),
        ("template", "Website"),
        ("API token", ready.api_token),
    )
    shell.say(
        text(("The sandbox listens.", "bold green"), " Ctrl-C stops it; everything in it is gone then."), ""
    )
    for name, value in rows:
        shell.say(text(f"  {name:<18}", (value, "bold")))
    shell.say("", f"  export PHRASE_API_TOKEN={ready.api_token}")
