"""`wordferry run`: the whole voyage, once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet, Routes, Timeout
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, duration, sentence

if TYPE_CHECKING:
    from rich.table import Table

    from wordferry.bootstrap import Ferry, Work
    from wordferry.ledger.tally import Count

__all__ = ["run", "table", "voyage"]


def run(
    routes: Routes = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Plan, send, wait, and bring home, until nothing moves by itself any more.

    Carries on whatever was begun before, too. Stopping it loses nothing: the next run goes on from there.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory, lines=True)

    async def work() -> int:
        async with shell.ferry() as ferry:
            return await voyage(shell, ferry, routes or (), timeout)

    shell.run(work)


async def voyage(shell: Shell, ferry: Ferry, routes: Sequence[str], patience: float | None) -> int:
    """One voyage of some routes; returns the exit code."""
    from wordferry.cli.apply import planned_of, refused_of
    from wordferry.cli.carry import carry, hands_free, stopping
    from wordferry.cli.outcome import exit_code, show_troubles, troubles
    from wordferry.cli.plan import draw, looking, problems, show_problems
    from wordferry.cli.progress import Progress
    from wordferry.ledger.tally import counts
    from wordferry.model.states import OPEN, State

    begun = time.monotonic()
    async with stopping(patience) as stop:
        plan = await draw(shell, ferry, routes, ())
        skips = problems(plan)
        planned, refused = planned_of(plan), 0
        if planned:
            with looking(shell, "Taking a copy of") as seen:
                taken = await ferry.accept(plan, seen=seen)
            refused = refused_of(plan, taken.refused)
            skips += taken.refused
        shell.event("accepted", plan=plan.id if planned else None, planned=planned, refused=refused)
        if planned:
            shell.say(
                f"{count(planned, 'translation')} planned = {planned - refused:,} accepted + {refused:,} refused"
            )
        chosen = {route.name for route in ferry.routes(routes)}
        batches = [b.id for b in await ferry.ledger.voyages.batches() if b.route in chosen]
        if not hands_free(ferry):
            shell.say(f"Process {ferry.lock.holder()} does the work on this ledger; this one watches.")
        async with Progress(shell, ferry.ledger, batches=batches) as progress:

            async def settled(work: Work) -> bool:
                return await work.settled(batches)

            await carry(ferry, settled, progress=progress, stop=stop)
    found = await counts(ferry.ledger, batches=batches)
    stopped = await troubles(ferry.ledger, batches=batches)
    code = exit_code(stopped) or (Exit.REFUSED if skips else Exit.OK)
    moving = sum(one.number for one in found if one.state in OPEN)
    if stop.is_set() and moving:
        code = Exit.INTERRUPTED if stop.signalled else Exit.TIME_UP
    home = sum(one.number for one in found if one.state is State.DELIVERED)
    seconds = time.monotonic() - begun
    shell.event(
        "result",
        planned=planned,
        refused=refused,
        delivered=home,
        open=moving,
        seconds=round(seconds, 3),
        counts=[
            {"route": one.route, "locale": one.locale, "state": one.state.value, "translations": one.number}
            for one in found
        ],
        problems=[{"id": None, "name": s.item, "what": sentence(s.reason), "next": None} for s in skips]
        + [{"id": t.id, "name": t.name, "what": t.what, "next": t.next} for t in stopped],
        exit_code=int(code),
    )
    if shell.speaks:
        _tell(shell, found, planned, home, seconds)
        shell.say("") if skips else None
        show_problems(shell, skips, title="Not sent")
        if stopped:
            shell.say(*show_troubles(stopped, title="Needs you"))
        if code in (Exit.INTERRUPTED, Exit.TIME_UP):
            why = "Stopped" if code == Exit.INTERRUPTED else "The time is up"
            shell.say("", f"{why}; nothing is lost. `wordferry run` goes on from here.")
    return code


def _tell(shell: Shell, found: Sequence[Count], planned: int, home: int, seconds: float) -> None:
    total = sum(one.number for one in found)
    if not total:
        shell.say("There is nothing to do: no item is selected, or all of it was skipped.")
        return
    shell.say("", table(found), "")
    rest = total - home
    tail = f" {rest:,} are not." if rest else ""
    fresh = "" if planned else " Nothing new had to be sent."
    shell.say(f"{home:,} of {count(total, 'translation')} are home.{tail}{fresh} ({duration(seconds)})")


def table(found: Sequence[Count]) -> Table:
    """Translations by locale (and route, when there are several) and state; the last row and column are sums."""
    from wordferry.cli.screen import COLOURS, columns, text
    from wordferry.model.states import State

    states = [state for state in State if any(one.state is state for one in found)]
    several = len({one.route for one in found}) > 1
    rows: dict[tuple[str, ...], dict[State, int]] = {}
    for one in found:
        name: tuple[str, ...] = (one.route, one.locale) if several else (one.locale,)
        row = rows.setdefault(name, {})
        row[one.state] = row.get(one.state, 0) + one.number
    cells: list[list[Any]] = []
    for name, row in rows.items():
        numbers = [
            text((f"{row[s]:,}", COLOURS[s])) if row.get(s) else text(("·", "bright_black")) for s in states
        ]
        cells.append([*name, *numbers, f"{sum(row.values()):,}"])
    sums = [sum(row.get(state, 0) for row in rows.values()) for state in states]
    first = ["all", ""] if several else ["all"]
    cells.append([*first, *(f"{number:,}" for number in sums), f"{sum(sums):,}"])
    heads = [*(("route", "locale") if several else ("locale",)), *(state.value for state in states), "all"]
    return columns(heads, cells, right=[*(state.value for state in states), "all"], total=True)
