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
    from wordferry.cli.carry import Stop
    from wordferry.cli.outcome import Trouble
    from wordferry.ledger.tally import Count
    from wordferry.model.plan import Skip

__all__ = ["Voyage", "run", "table"]


def run(
    routes: Routes = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Plan, send, wait and bring home, until nothing moves by itself.

    Carries on whatever was begun before, too. Stopping it loses nothing: the next run goes on from there.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory, lines=True)

    async def work() -> int:
        from wordferry.cli.carry import stopping

        async with shell.ferry() as ferry, stopping(timeout) as stop:
            return await Voyage(shell, ferry, routes or ()).sail(stop)

    shell.run(work)


class Voyage:
    """One voyage of some routes.

    Args:
        shell: how to speak.
        ferry: the ferry.
        routes: names of routes; empty means all.

    Attributes:
        seconds: how long it took.
        found: where its translations stood at the end.
        frames: (seconds, where they stood) whenever something had changed.
    """

    def __init__(self, shell: Shell, ferry: Ferry, routes: Sequence[str] = ()) -> None:
        self._shell = shell
        self._ferry = ferry
        self._routes = routes
        self._begun = time.monotonic()
        self._skips: list[Skip] = []
        self._planned = 0
        self._refused = 0
        self._hint: str | None = None
        self.seconds = 0.0
        self.found: list[Count] = []
        self.frames: list[tuple[float, list[Count]]] = []

    async def sail(self, stop: Stop) -> int:
        """Plan, accept, carry, and tell; returns the exit code.

        Args:
            stop: ends it early.
        """
        from wordferry.cli.carry import carry, hands_free
        from wordferry.cli.outcome import exit_code, troubles
        from wordferry.cli.progress import Progress
        from wordferry.ledger.tally import counts

        shell, ferry = self._shell, self._ferry
        await self._accept()
        chosen = {route.name for route in ferry.routes(self._routes)}
        if not self._routes:
            # Work under way on a route that was renamed or removed is carried on and told like any other.
            chosen |= {batch.route for batch in await ferry.ledger.voyages.batches()}
        batches = [batch.id for batch in await ferry.ledger.voyages.batches() if batch.route in chosen]
        if not hands_free(ferry):
            shell.say(f"Process {ferry.lock.holder()} does the work on this ledger; this one watches.")
        async with Progress(shell, ferry.ledger, batches=batches) as progress:

            async def settled(work: Work) -> bool:
                return await work.settled(batches)

            await carry(ferry, settled, progress=progress, stop=stop)
        self.frames = progress.frames
        self.found = await counts(ferry.ledger, batches=batches)
        self.seconds = time.monotonic() - self._begun
        stopped = await troubles(ferry.ledger, batches=batches)
        self._hint = progress.hint
        code = exit_code(stopped) or (Exit.REFUSED if any(skip.problem for skip in self._skips) else Exit.OK)
        if stop.is_set() and self._open:
            code = Exit.INTERRUPTED if stop.signalled else Exit.TIME_UP
        self._report(stopped, code)
        self._tell(stopped, code)
        return code

    async def _accept(self) -> None:
        from wordferry.cli.apply import planned_of
        from wordferry.cli.plan import draw, looking, moved, notes, problems, show_problems

        shell = self._shell
        plan = await draw(shell, self._ferry, self._routes, ())
        self._skips = problems(plan)
        self._planned = planned_of(plan)
        show_problems(shell, notes(plan), title="Files that are there already")
        for part in plan.routes:
            for what in moved(part):
                shell.say(what)
        if any(part.acts for part in plan.routes):
            with looking(shell, "Taking a copy of") as seen:
                taken = await self._ferry.accept(plan, seen=seen)
            self._refused = self._planned - taken.accepted
            self._skips += taken.refused
        if self._planned:
            shell.say(
                f"{count(self._planned, 'translation')} planned = {self._planned - self._refused:,} accepted"
                f" + {self._refused:,} refused"
            )
        shell.event(
            "accepted",
            plan=plan.id if self._planned else None,
            planned=self._planned,
            refused=self._refused,
        )

    @property
    def _open(self) -> int:
        from wordferry.model.states import OPEN

        return sum(one.number for one in self.found if one.state in OPEN)

    @property
    def _home(self) -> int:
        from wordferry.model.states import State

        return sum(one.number for one in self.found if one.state is State.DELIVERED)

    def _report(self, stopped: Sequence[Trouble], code: int) -> None:
        skips = [{"id": None, "name": s.item, "what": sentence(s.reason), "next": None} for s in self._skips]
        self._shell.event(
            "result",
            planned=self._planned,
            refused=self._refused,
            delivered=self._home,
            open=self._open,
            seconds=round(self.seconds, 3),
            counts=[
                {
                    "route": one.route,
                    "locale": one.locale,
                    "state": one.state.value,
                    "translations": one.number,
                }
                for one in self.found
            ],
            problems=skips
            + [{"id": one.id, "name": one.name, "what": one.what, "next": one.next} for one in stopped],
            exit_code=int(code),
        )

    def _tell(self, stopped: Sequence[Trouble], code: int) -> None:
        from wordferry.cli.outcome import show_troubles
        from wordferry.cli.plan import show_problems

        shell = self._shell
        if not shell.speaks:
            return
        total = sum(one.number for one in self.found)
        if total:
            rest = total - self._home
            tail = f" {rest:,} {'is' if rest == 1 else 'are'} not." if rest else ""
            fresh = "" if self._planned else " Nothing new had to be sent."
            shell.say("", table(self.found), "")
            shell.say(
                f"{self._home:,} of {count(total, 'translation')} are home.{tail}{fresh} ({duration(self.seconds)})"
            )
        elif not self._skips:
            shell.say("There is nothing to do.")
        if self._skips:
            shell.say()
            show_problems(shell, self._skips, title="Not sent")
        if stopped:
            shell.say(*show_troubles(stopped, title="Needs you"))
        if code in (Exit.INTERRUPTED, Exit.TIME_UP):
            why = "Stopped" if code == Exit.INTERRUPTED else "The time is up"
            if self._hint:
                shell.say(f"In the way: {self._hint}")
            shell.say(
                *([] if self._skips else [""]), f"{why}; nothing is lost. `wordferry run` goes on from here."
            )


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
            text((f"{row[state]:,}", COLOURS[state])) if row.get(state) else text(("·", "bright_black"))
            for state in states
        ]
        cells.append([*name, *numbers, f"{sum(row.values()):,}"])
    sums = [sum(row.get(state, 0) for row in rows.values()) for state in states]
    first = ["all", ""] if several else ["all"]
    cells.append([*first, *(f"{number:,}" for number in sums), f"{sum(sums):,}"])
    heads = [*(("route", "locale") if several else ("locale",)), *(state.value for state in states), "all"]
    return columns(heads, cells, right=[*(state.value for state in states), "all"], total=True)
