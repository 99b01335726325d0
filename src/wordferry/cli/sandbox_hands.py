"""`wordferry sandbox …`: hands on a sandbox that runs, over its control port."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Json, Quiet
from wordferry.cli.sandbox import sandbox
from wordferry.cli.shell import Shell

__all__ = ["group"]

group = typer.Typer(
    name="sandbox",
    callback=sandbox,
    invoke_without_command=True,
    rich_markup_mode=None,
    subcommand_metavar="[COMMAND [ARGS]...]",
    epilog=(
        "Without a command it runs the sandbox. The commands work on one that runs:"
        " `wordferry sandbox --port PORT COMMAND`."
    ),
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, '.', '_' and '-'.")]


def _ask(context: typer.Context, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    import json
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    from wordferry.errors import NeedsOperator

    assert context.parent is not None
    port = context.parent.params["port"]
    url = f"http://127.0.0.1:{port}/_sandbox{path}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data=data, method=method)) as answer:
            found: bytes = answer.read()
            return found
    except HTTPError as error:
        said = error.read()
        try:
            what = json.loads(said)["error"]
        except (ValueError, KeyError, TypeError):
            what = f"{error.code} {error.reason}"
        raise NeedsOperator(
            f"the sandbox refused: {what}.", object=path, next="Correct it and try again."
        ) from error
    except URLError as error:
        raise NeedsOperator(
            f"no sandbox answers: {error.reason}.",
            object=f"127.0.0.1:{port}",
            next="Start one with `wordferry sandbox`, or name its port: `wordferry sandbox --port PORT COMMAND`.",
        ) from error


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _do(
    context: typer.Context,
    shell: Shell,
    method: str,
    path: str,
    *,
    body: dict[str, Any] | None = None,
    say: Any = None,
) -> None:
    """One call, its JSON for programs and `say(answer)` for people."""

    async def work() -> int:
        import json

        answer = json.loads(_ask(context, method, path, body))
        shell.document(answer)
        if say is not None:
            for line in say(answer):
                shell.say(line)
        elif shell.speaks:
            typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.OK

    shell.run(work)


@group.command()
def info(context: typer.Context, json: Json = False, quiet: Quiet = False) -> None:
    """Addresses, credentials, clock and settings."""
    _do(context, Shell(json=json, quiet=quiet), "GET", "/info")


@group.command()
def advance(
    context: typer.Context,
    seconds: Annotated[
        float, typer.Argument(min=0.0, metavar="SECONDS", help="How much virtual time passes.")
    ],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Let virtual time pass; what falls due happens."""

    def say(answer: dict[str, Any]) -> list[str]:
        return [f"It is {answer['now']} now, {answer['elapsed']:.0f} s after the start."]

    _do(context, Shell(json=json, quiet=quiet), "POST", "/clock/advance", body={"seconds": seconds}, say=say)


@group.command()
def referee(context: typer.Context, json: Json = False, quiet: Quiet = False) -> None:
    """The verdict on what is left at the vendors."""

    def say(answer: dict[str, Any]) -> list[str]:
        kinds = [*answer["findings"].items(), *answer["lionbridge"]["findings"].items()]
        found = [f"  {kind}: {len(cases)}" for kind, cases in kinds if cases]
        return ["Nothing to complain about." if answer["ok"] else "The referee found:", *found]

    _do(context, Shell(json=json, quiet=quiet), "GET", "/referee", say=say)


@group.command()
def log(context: typer.Context) -> None:
    """The call log in canonical order, a JSON object a line."""

    async def work() -> int:
        typer.echo(_ask(context, "GET", "/log").decode(), nl=False)
        return Exit.OK

    Shell().run(work)


@group.command()
def scenarios(json: Json = False, quiet: Quiet = False) -> None:
    """Trouble that real teams had, by name."""
    shell = Shell(json=json, quiet=quiet)

    async def work() -> int:
        import dataclasses

        from wordferry.cli.screen import text
        from wordferry.sandbox.scenarios import SCENARIOS

        shell.document({"scenarios": [dataclasses.asdict(found) for found in SCENARIOS.values()]})
        for found in SCENARIOS.values():
            shell.say(text((found.name, "bold")), f"  {found.incident}", f"  A good connector: {found.hope}")
        return Exit.OK

    shell.run(work)


@group.command()
def play(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SCENARIO", help="See `wordferry sandbox scenarios`.")],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Set up a scenario in place of the rules in force."""

    def say(found: dict[str, Any]) -> list[str]:
        return [f"{found['name']} is on.", found["incident"]]

    _do(context, Shell(json=json, quiet=quiet), "POST", f"/scenarios/{_quoted(name)}", say=say)


@group.command()
def calm(context: typer.Context, json: Json = False, quiet: Quiet = False) -> None:
    """No faults and no behaviours any more."""
    _do(context, Shell(json=json, quiet=quiet), "DELETE", "/scenarios", say=lambda _: ["All is quiet."])


@group.command()
def snapshots(context: typer.Context, json: Json = False, quiet: Quiet = False) -> None:
    """The snapshots that there are."""

    def say(answer: dict[str, Any]) -> list[str]:
        lines = [
            f"{found['name']}: {found.get('error') or str(found['bytes']) + ' bytes'}"
            for found in answer["snapshots"]
        ]
        return lines or ["There are none. `wordferry sandbox save NAME` makes one."]

    _do(context, Shell(json=json, quiet=quiet), "GET", "/snapshots", say=say)


@group.command()
def save(context: typer.Context, name: Name, json: Json = False, quiet: Quiet = False) -> None:
    """Store everything under a name."""
    _do(
        context,
        Shell(json=json, quiet=quiet),
        "POST",
        f"/snapshots/{_quoted(name)}",
        say=lambda _: [f"Saved. `wordferry sandbox restore {name}` brings it back."],
    )


@group.command()
def restore(context: typer.Context, name: Name, json: Json = False, quiet: Quiet = False) -> None:
    """Put everything back as it was when it was saved."""
    _do(
        context,
        Shell(json=json, quiet=quiet),
        "POST",
        f"/snapshots/{_quoted(name)}/restore",
        say=lambda found: [f"Restored; it is {found['now']} again."],
    )


@group.command()
def forget(context: typer.Context, name: Name, json: Json = False, quiet: Quiet = False) -> None:
    """Delete a snapshot."""
    _do(
        context,
        Shell(json=json, quiet=quiet),
        "DELETE",
        f"/snapshots/{_quoted(name)}",
        say=lambda _: ["Deleted."],
    )


@group.command()
def openapi(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="phrase or lionbridge.")],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The OpenAPI document of a vendor's face; needs no sandbox."""
    shell = Shell(json=True, quiet=quiet)

    async def work() -> int:
        from wordferry.errors import NeedsOperator
        from wordferry.sandbox.openapi import document_at_rest

        try:
            shell.document(document_at_rest(vendor))
        except KeyError as error:
            raise NeedsOperator(
                f"there is no {error.args[0]}.", object=vendor, next="Name one of the vendors."
            ) from error
        return Exit.OK

    shell.run(work)
