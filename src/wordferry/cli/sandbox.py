"""`wordferry sandbox`: the pretended vendors, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
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
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65000, help="First of the ports; 0 takes free ones.", metavar="PORT")
    ] = PORT,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Makes ids, the token and faults the same each time; 0 unless given.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep everything in DIR, over restarts and crashes.", show_default=False
        ),
    ] = None,
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
    """Run the pretended vendors on this machine.

    No account, no network, translations within seconds. Runs until Ctrl-C. Everything is
    kept in memory and gone afterwards, unless --state names a folder.
    """
    if context.invoked_subcommand is not None:
        return
    shell = Shell(json=json, quiet=quiet)
    times = {
        "import_seconds": import_seconds,
        "translate_seconds": translate_seconds,
        "export_seconds": export_seconds,
    }

    async def work() -> int:
        import msgspec

        from wordferry.errors import NeedsOperator
        from wordferry.sandbox import SandboxSettings, StateError, serve, stored_settings

        given = {name: value for name, value in (("seed", seed), *times.items()) if value is not None}
        try:
            stored = stored_settings(state) if state is not None else None
            settings = msgspec.convert(
                {**msgspec.to_builtins(stored or SandboxSettings()), **given}, SandboxSettings
            )
            await serve(settings, port, state=state, ready=lambda ready: _announce(shell, ready, state))
        except StateError as error:
            raise NeedsOperator(
                f"the state cannot be used: {error}.",
                object=str(state),
                next="Name another folder with --state, or delete this one to begin anew.",
            ) from error
        except OSError as error:
            raise NeedsOperator(
                f"the port cannot be opened: {error.strerror}.",
                object=f"127.0.0.1:{port} and the next ones",
                next="Is another sandbox running? Choose other ports with --port, or free ones with --port 0.",
            ) from error
        shell.say("Stopped.")
        return Exit.OK

    shell.run(work)


def _announce(shell: Shell, ready: Sandbox, state: Path | None) -> None:
    from wordferry.cli.screen import text

    shell.document(ready.info())
    groups = {
        "": (("page and control", ready.control_url),),
        "Phrase TMS": (
            ("platform_url", ready.phrase_url),
            ("tms_url", ready.phrase_tms_url),
            ("template", "Website"),
            ("API token", ready.api_token),
        ),
        "Lionbridge": (
            ("login_url", ready.lionbridge_login_url),
            ("base_url", ready.lionbridge_url),
            ("file service", ready.fms_url),
            ("client id", ready.lionbridge_client_id),
            ("client secret", ready.lionbridge_client_secret),
        ),
    }
    end = f"everything is kept in {state}." if state is not None else "everything in it is gone then."
    shell.say(text(("The sandbox listens.", "bold green"), f" Ctrl-C stops it; {end}"), "")
    for title, rows in groups.items():
        if title:
            shell.say("", f"  {title}")
        for name, value in rows:
            shell.say(text(f"  {name:<18}", (value, "bold")))
    variables = {
        "PHRASE_PLATFORM_URL": ready.phrase_url,
        "PHRASE_TMS_URL": ready.phrase_tms_url,
        "PHRASE_API_TOKEN": ready.api_token,
        "LIONBRIDGE_LOGIN_URL": ready.lionbridge_login_url,
        "LIONBRIDGE_BASE_URL": ready.lionbridge_url,
        "LIONBRIDGE_CLIENT_ID": ready.lionbridge_client_id,
        "LIONBRIDGE_CLIENT_SECRET": ready.lionbridge_client_secret,
    }
    shell.say("", *(f"  export {name}={value}" for name, value in variables.items()))
