"""`wordferry status`: what stands where, and what stands still."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, duration, iso, when

if TYPE_CHECKING:
    from wordferry.cli.outcome import Trouble
    from wordferry.configuration import Configuration
    from wordferry.ledger import Ledger
    from wordferry.ledger.tally import Count, Stopped
    from wordferry.model.voyage import Translation

__all__ = ["status"]


def status(
    stuck: Annotated[
        bool, typer.Option("--stuck", help="Show only what is late or needs you; exit 3 if anything is.")
    ] = False,
    route: Annotated[
        list[str] | None,
        typer.Option(
            "--route", metavar="ROUTE", help="This route only; may be repeated.", show_default=False
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Show what stands where, what needs you, and what is late.

    Reads the ledger only: it works while `serve` runs, and calls no vendor.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        async with shell.ledger() as (configuration, ledger):
            return await _status(shell, configuration, ledger, route or [], only_stuck=stuck)

    shell.run(work)


async def _status(
    shell: Shell, configuration: Configuration, ledger: Ledger, routes: list[str], *, only_stuck: bool
) -> int:
    from wordferry.cli.hands import worker
    from wordferry.cli.outcome import troubles
    from wordferry.ledger import tally

    _known(configuration, routes)
    found = await tally.counts(ledger, routes=routes)
    late = await tally.stuck(ledger, routes=routes)
    needs = await troubles(ledger, routes=routes)
    waiting = [one for one in await tally.stopped_batches(ledger, routes=routes) if one.due is not None]
    due = await ledger.voyages.next_due()
    at_work = await worker(configuration, ledger)
    shell.document(_document(found, late, needs, waiting, due, at_work))
    if shell.speaks:
        if not only_stuck:
            _tell(shell, found, due, at_work)
        _tell_troubles(shell, late, needs, waiting)
        if only_stuck and not (late or needs):
            shell.say("Nothing is stuck and nothing needs you.")
    return Exit.REFUSED if only_stuck and (late or needs) else Exit.OK


def _known(configuration: Configuration, routes: Sequence[str]) -> None:
    from wordferry.errors import NeedsOperator

    for name in routes:
        if name not in configuration.routes:
            there = ", ".join(sorted(configuration.routes)) or "none"
            raise NeedsOperator(
                f"there is no route {name!r}.", object="wordferry.toml", next=f"There are: {there}."
            )


def _document(
    found: list[Count],
    late: list[Translation],
    needs: list[Trouble],
    waiting: list[Stopped],
    due: float | None,
    at_work: str | None,
) -> dict[str, Any]:
    from wordferry.errors import from_json
    from wordferry.model.states import TABLE

    return {
        "counts": [
            {"route": one.route, "locale": one.locale, "state": one.state.value, "translations": one.number}
            for one in found
        ],
        "translations": sum(one.number for one in found),
        "stuck": [
            {
                "id": one.id,
                "name": one.name,
                "locale": one.locale,
                "state": one.state.value,
                "since": iso(one.since),
                "deadline": iso(one.since + (TABLE[one.state].deadline or 0.0)),
            }
            for one in late
        ],
        "needs_you": [
            {"id": one.id, "name": one.name, "state": one.state, "what": one.what, "next": one.next}
            for one in needs
        ],
        "waiting_batches": [
            {
                "id": one.batch.id,
                "name": one.batch.name,
                "what": from_json(one.error).what,
                "due": iso(one.due),
            }
            for one in waiting
        ],
        "next_due": iso(due),
        "worker": at_work,
    }


def _tell(shell: Shell, found: list[Count], due: float | None, at_work: str | None) -> None:
    from wordferry.cli.run import table
    from wordferry.model.states import OPEN, OPERATOR

    if not found:
        shell.say("Nothing was sent yet. `wordferry plan` shows what would be.")
        return
    total = sum(one.number for one in found)
    moving = sum(one.number for one in found if one.state in OPEN and one.state not in OPERATOR)
    shell.say(table(found), "")
    if not moving and due is None:
        shell.say(f"{count(total, 'translation')}; nothing is under way.")
    else:
        who = (
            f"{at_work} {'do' if at_work.endswith('s') else 'does'} the work."
            if at_work
            else "Nobody does the work: start `wordferry run` or `serve`."
        )
        shell.say(f"{count(total, 'translation')}, {moving:,} under way; {_next(due)}. {who}")


def _tell_troubles(
    shell: Shell, late: list[Translation], needs: list[Trouble], waiting: list[Stopped]
) -> None:
    from wordferry.cli.outcome import reason, show_troubles
    from wordferry.cli.screen import text
    from wordferry.errors import from_json
    from wordferry.model.states import TABLE

    if needs:
        shell.say(*show_troubles(needs, title="Needs you"))
    told = {one.id for one in needs}
    quiet = [one for one in late if one.id not in told]
    if quiet:
        shell.say("", text((f"Late ({len(quiet):,})", "bold yellow")))
    now = time.time()
    for one in quiet[:10]:
        error = reason(one)
        shell.say(text("  ", (one.id, "bold"), f"  {one.name} → {one.locale}"))
        why = f": {error.what}" if error else ""
        shell.say(f"    {one.state} for {duration(now - one.since)}{why}", f"    → {TABLE[one.state].next}.")
    if len(quiet) > 10:
        shell.say(f"  and {len(quiet) - 10:,} more; --json lists them")
    if waiting:
        shell.say("", text((f"Tried again by itself ({len(waiting):,})", "bold yellow")))
    for stopped in waiting[:10]:
        shell.say(
            text("  ", (stopped.batch.id, "bold"), f"  batch {stopped.batch.name}"),
            f"    {from_json(stopped.error).what} Next try {when(stopped.due)}.",
        )


def _next(due: float | None) -> str:
    if due is None:
        return "all of it in somebody's hands right now"
    return "the next look is due now" if due <= time.time() else f"the next look is {when(due)}"
