"""`wordferry events`: our webhooks and listeners at the vendors, and what they told us."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, duration, iso, moment, sentence
from wordferry.errors import NeedsOperator, Vanished, WordferryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from wordferry.ledger.inbox import Letter
    from wordferry.monitoring import Finding, Registration

__all__ = ["group"]

group = typer.Typer(
    name="events",
    help="Register webhooks and listeners, and see what they told.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Connections = Annotated[
    list[str] | None, typer.Argument(metavar="CONNECTION", help="Connections to look at; all when left out.")
]


@group.command()
def register(
    connections: Connections = None, json: Json = False, quiet: Quiet = False, directory: Directory = None
) -> None:
    """Make, repair or renew our webhooks and listeners.

    Safe to run again: what is right is kept. Needs `public_url` and `secret_key`.
    """

    async def one(registration: Registration, name: str) -> Sequence[Finding]:
        return await registration.ensure(name)

    _registrations(Shell(json=json, quiet=quiet, directory=directory), connections or [], one)


@group.command()
def status(
    connections: Connections = None, json: Json = False, quiet: Quiet = False, directory: Directory = None
) -> None:
    """Compare our webhooks and listeners with what the vendors have.

    Changes nothing. Ends with 4 when one needs `wordferry events register`.
    """

    async def one(registration: Registration, name: str) -> Sequence[Finding]:
        return await registration.look(name)

    _registrations(Shell(json=json, quiet=quiet, directory=directory), connections or [], one)


@group.command()
def unregister(
    connections: Connections = None, json: Json = False, quiet: Quiet = False, directory: Directory = None
) -> None:
    """Take our webhooks and listeners away at the vendors."""

    async def one(registration: Registration, name: str) -> Sequence[Finding]:
        return await registration.remove(name)

    _registrations(Shell(json=json, quiet=quiet, directory=directory), connections or [], one)


def _registrations(
    shell: Shell, names: list[str], work: Callable[[Registration, str], Awaitable[Sequence[Finding]]]
) -> None:
    async def run() -> int:
        async with shell.ferry() as ferry:
            registration = ferry.registration()
            if registration is None:
                raise NeedsOperator(
                    "vendors cannot reach us: there is no `public_url`.",
                    object="wordferry.toml [wordferry]",
                    next="Set public_url and secret_key; polling works without them.",
                )
            able = [name for name, told in ferry.events.items() if told.registrar is not None]
            for name in names:
                if name not in able:
                    raise NeedsOperator(
                        "there is no such connection that can be registered with.",
                        object=name,
                        next=f"There are: {', '.join(able) or 'none'}.",
                    )
            found: list[Finding] = []
            failed: list[WordferryError] = []
            for name in names or able:
                try:
                    found += await work(registration, name)
                except WordferryError as error:
                    failed.append(error)
                    shell.say(f"{name}: {error}")
            _show(shell, found)
            broken = [one for one in found if one.problem is not None]
            code = failed[0].exit_code if failed else Exit.OPERATOR if broken else Exit.OK
            shell.document(
                {
                    "ok": code == Exit.OK,
                    "registrations": [_plain(one) for one in found],
                    "errors": [str(error) for error in failed],
                    "exit_code": int(code),
                }
            )
            return code

    shell.run(run)


def _show(shell: Shell, found: Sequence[Finding]) -> None:
    if not shell.speaks:
        return
    from wordferry.cli.screen import columns

    if not found:
        shell.say("Nothing is registered.")
        return
    shell.say(
        columns(
            ["connection", "what", "state", "failed calls", "address"],
            [
                (
                    one.connection,
                    one.kind,
                    sentence(one.problem) if one.problem else "fine" if one.done == "seen" else one.done,
                    "" if one.failures is None else f"{one.failures:,}",
                    one.url or "",
                )
                for one in found
            ],
            right=["failed calls"],
            wide="address",
        )
    )
    if any(one.problem for one in found):
        shell.say("", "`wordferry events register` mends it.")


def _plain(one: Finding) -> dict[str, Any]:
    import msgspec

    return msgspec.structs.asdict(one)


@group.command("list")
def list_(
    connection: Annotated[
        str | None, typer.Option("--connection", help="Of this connection only.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many, newest first.")] = 20,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """List what vendors told us, newest first."""
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def run() -> int:
        async with shell.ledger() as (_, ledger):
            where = "connection = :c" if connection else "1 = 1"
            letters = await ledger.inbox.letters(
                f"{where} ORDER BY last DESC, id LIMIT {limit}", {"c": connection} if connection else {}
            )
            rhythms = await ledger.rhythms.all()
        shell.document({"events": [_letter(letter) for letter in letters], "exit_code": 0})
        if shell.speaks:
            from wordferry.cli.screen import columns

            shell.say(
                columns(
                    # The id is what `events show` needs: it stays whole on a narrow screen, what was told is folded.
                    ["last", "what", "led to", "id"],
                    [
                        (
                            moment(letter.last)[:19],
                            " ".join(
                                part
                                for part in (letter.event.connection, letter.event.kind, letter.event.word)
                                if part
                            ),
                            (letter.outcome or "unread")
                            + (f" ×{letter.copies:,}" if letter.copies > 1 else ""),
                            letter.event.id,
                        )
                        for letter in letters
                    ],
                    wide="what",
                )
                if letters
                else "Nothing was told yet."
            )
            for name, known in rhythms.items():
                if known.last is not None:
                    usual = f", usually every {duration(known.gap)}" if known.gap else ""
                    ago = duration(time.time() - known.last)
                    shell.say(
                        f"{name}: {count(known.events, 'event')}, the last {ago} ago{usual};"
                        f" {count(known.looks_hinted, 'look')} because of events, {known.looks_timed:,} by time,"
                        f" about {known.looks_saved:,.0f} saved."
                    )
        return Exit.OK

    shell.run(run)


@group.command()
def show(
    event: Annotated[str, typer.Argument(metavar="ID", help="The event's id, as `events list` shows it.")],
    body: Annotated[
        bool, typer.Option("--body", help="Show the body, too: it names people and files.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Show one event, with its body when that is asked for."""
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def run() -> int:
        async with shell.ledger() as (configuration, ledger):
            seal = configuration.seal()
            if seal is not None:
                ledger.lock_up(seal)
            found = await ledger.inbox.letters("id = :id ORDER BY connection", {"id": event})
            if not found:
                raise Vanished(
                    "there is no such event.", object=event, next="`wordferry events list` shows ids."
                )
            facts = [_letter(letter) for letter in found]
            if body:
                for fact, letter in zip(facts, found, strict=True):
                    raw = await ledger.inbox.body(letter.event.connection, letter.event.id)
                    fact["body"] = raw.decode("utf-8", "backslashreplace") if raw is not None else None
        shell.document({"events": facts, "exit_code": 0})
        for fact in facts:
            for name, value in fact.items():
                if value not in (None, [], ""):
                    shell.say(f"{name:<10} {', '.join(value) if isinstance(value, list) else value}")
        return Exit.OK

    shell.run(run)


@group.command()
def replay(
    events: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of the events to read again.")],
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Read events once more; harmless, since events are hints."""
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def run() -> int:
        from wordferry.cli.hands import carried_on_by

        async with shell.ledger() as (configuration, ledger):
            count_ = 0
            for id_ in events:
                found = await ledger.inbox.letters("id = :id", {"id": id_})
                if not found:
                    raise Vanished(
                        "there is no such event.", object=id_, next="`wordferry events list` shows ids."
                    )
                for letter in found:
                    await ledger.inbox.again(letter.event.connection, id_)
                    count_ += 1
            who = await carried_on_by(configuration, ledger)
        shell.document({"replayed": count_, "exit_code": 0})
        shell.say(f"{count(count_, 'event')} to be read again. {who}")
        return Exit.OK

    shell.run(run)


def _letter(letter: Letter) -> dict[str, Any]:
    event = letter.event
    return {
        "id": event.id,
        "connection": event.connection,
        "told": event.told.value,
        "kind": event.kind,
        "word": event.word,
        "batches": list(event.batches),
        "units": list(event.units),
        "tickets": list(event.tickets),
        "ours": list(event.ours),
        "received": iso(letter.received),
        "last": iso(letter.last),
        "copies": letter.copies,
        "size": letter.size,
        "outcome": letter.outcome,
    }
