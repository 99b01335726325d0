"""`wordferry serve`: keeps carrying, for ever."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet, Routes
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, duration, sentence
from wordferry.errors import NeedsOperator, TryAgain, WordferryError

if TYPE_CHECKING:
    from rich.status import Status

    from wordferry.bootstrap import Ferry
    from wordferry.cli.carry import Stop
    from wordferry.ledger.tally import Count
    from wordferry.model.plan import Plan, Skip
    from wordferry.submission import Acceptance, Sight

__all__ = ["Service", "serve"]

#: Seconds before it starts over after something that passes by itself.
BREATH = 2.0
#: Seconds between two looks of the status line, and share of the time that they may cost.
LOOK = 0.5
SHARE = 0.005


def serve(
    routes: Routes = None,
    scan: Annotated[
        float,
        typer.Option(
            "--scan",
            metavar="SECONDS",
            min=0.0,
            help="Look for new content so often; 0 only carries on what is accepted.",
        ),
    ] = 60.0,
    only: Annotated[
        Part | None,
        typer.Option(
            "--only",
            help="`receivers` listens and stores what vendors tell; `worker` does the rest. Both when left out.",
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Carry on for ever: send what is new, bring home what is done.

    Listens to what vendors tell, too, when `public_url` or a token is configured.

    Ctrl-C or SIGTERM lets the work under way end, and leaves with 0. A database that goes away is waited for.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory, lines=True, logs=True)

    async def work() -> int:
        return await Service(shell, routes or (), scan, only=only).run()

    shell.run(work)


class Part(StrEnum):
    """A part of the work that a process may do alone."""

    RECEIVERS = "receivers"
    WORKER = "worker"


class Service:
    """One run of `serve`.

    Args:
        shell: how to speak.
        routes: names of routes; empty means all.
        scan: seconds between two looks for new content; 0 means never.
        only: the part of the work that this process does; None does all.
    """

    def __init__(self, shell: Shell, routes: Sequence[str], scan: float, *, only: Part | None = None) -> None:
        self._only = only
        self._shell = shell
        self._routes = routes
        self._scan = scan
        self._begun = False
        self._told: set[str] = set()

    async def run(self) -> int:
        """Serve until a signal."""
        from wordferry.cli.carry import stopping

        async with stopping() as stop:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                except TryAgain as error:
                    self._wait_for(error)
                except WordferryError as error:
                    # What is wrong at the start needs a person; later on it may pass (a full disk).
                    if not self._begun:
                        raise
                    self._wait_for(error)
                await self._pause(stop, BREATH)
        self._shell.event("stopped")
        self._shell.say("Stopped; nothing is lost.")
        return Exit.OK

    async def _serve(self, stop: Stop) -> None:
        import asyncio

        from wordferry.cli.progress import Progress

        shell = self._shell
        if self._only is Part.RECEIVERS:
            await self._receive(stop)
            return
        async with shell.ferry() as ferry, ferry.work() as work, self._listening(ferry):
            routes = ferry.routes(self._routes)
            watched = [route for route in routes if route.variant == "continuous" and self._scan]
            scanned = [route.name for route in routes if route not in watched and self._scan]
            self._tell_start([route.name for route in routes], [route.name for route in watched])
            looking = [asyncio.create_task(self._keep_scanning(ferry, scanned, stop))] if scanned else []
            looking += [
                asyncio.create_task(ferry.watch(route).run(stop, self.tell_sight)) for route in watched
            ]
            try:
                async with Line(shell) as line:
                    progress = Progress(shell, ferry.ledger, share=SHARE, look=LOOK, show=line.show)

                    async def never() -> bool:
                        return False

                    await work.run(never, progress=progress, stop=stop)
            finally:
                for task in looking:
                    task.cancel()
                await asyncio.gather(*looking, return_exceptions=True)

    def _tell_start(self, names: list[str], watched: list[str]) -> None:
        if not self._begun:
            often = (
                f"looks for new content every {duration(self._scan)}" if self._scan else "sends nothing new"
            )
            also = f"; watches {', '.join(watched)}" if watched else ""
            self._shell.say(f"Serving {', '.join(names) or 'no route'}; {often}{also}. Ctrl-C stops it.")
            self._shell.event("started", routes=names, scan=self._scan, watched=watched)
        self._begun = True
        self._told.clear()

    async def _receive(self, stop: Stop) -> None:
        """Only listen; the worker finds what is stored."""
        async with self._shell.ferry() as ferry:
            if not ferry.configuration.listens:
                raise NeedsOperator(
                    "nobody is to be listened to.",
                    object="wordferry.toml",
                    next="Set `public_url` (and `secret_key`), or `[web] enabled = true`.",
                )
            async with self._listening(ferry):
                self._begun = True
                await stop.wait()

    @asynccontextmanager
    async def _listening(self, ferry: Ferry) -> AsyncIterator[None]:
        """The receivers, when they are configured and wanted here."""
        if self._only is Part.WORKER or not ferry.configuration.listens:
            yield
            return
        from wordferry.web import Server

        async with Server(ferry) as server:
            if not self._begun:
                public = ferry.configuration.general.public_url
                reached = f"; vendors reach it as {public}" if public else ""
                self._shell.say(f"Listening on {server.url}{reached}.")
                self._shell.event("listening", url=server.url, public_url=public)
            yield

    async def _keep_scanning(self, ferry: Ferry, routes: Sequence[str], stop: Stop) -> None:
        while not stop.is_set():
            try:
                await self._look_for_new(ferry, routes)
            except WordferryError as error:
                self._wait_for(error)
            await self._pause(stop, self._scan)

    async def _look_for_new(self, ferry: Ferry, routes: Sequence[str]) -> None:
        from wordferry.cli.apply import planned_of
        from wordferry.cli.plan import problems

        plan = await ferry.plan(routes)
        self._tell_problems(problems(plan))
        if planned_of(plan):
            self._tell_accepted(plan, await ferry.accept(plan))

    def tell_sight(self, sight: Sight) -> None:
        """Tell what a look at a watched route brought."""
        self._tell_problems(sight.problems)
        if sight.error is not None:
            self._wait_for(sight.error)
        if sight.plan is not None and sight.acceptance is not None:
            self._tell_accepted(sight.plan, sight.acceptance)

    def _tell_problems(self, skips: Sequence[Skip]) -> None:
        for skip in skips:
            self._say_once(
                f"{skip.item}{f' → {skip.locale}' if skip.locale else ''}: {sentence(skip.reason)}"
            )

    def _tell_accepted(self, plan: Plan, taken: Acceptance) -> None:
        from wordferry.cli.apply import planned_of
        from wordferry.cli.plan import moved

        planned = planned_of(plan)
        if planned:
            refused = planned - taken.accepted
            self._shell.event("accepted", plan=plan.id, planned=planned, refused=refused)
            self._shell.say(
                f"{_clock()}  {count(planned, 'translation')} planned ="
                f" {taken.accepted:,} accepted + {refused:,} refused"
            )
        for part in plan.routes:
            for what in moved(part):
                self._shell.event("moved", what=what)
                self._shell.say(f"{_clock()}  {what}")

    def _wait_for(self, error: WordferryError) -> None:
        self._say_once(str(error))

    def _say_once(self, what: str) -> None:
        """Say what is wrong, once: the same sentence each minute would hide the next one."""
        if what in self._told:
            return
        self._told.add(what)
        self._shell.event("problem", what=what)
        self._shell.say(f"{_clock()}  {what}")

    @staticmethod
    async def _pause(stop: Stop, seconds: float) -> None:
        import asyncio

        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return


class Line:
    """The status line at the foot of a terminal; elsewhere a line for each change."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._status: Status | None = None

    async def __aenter__(self) -> Self:
        if self._shell.live:
            from rich.status import Status

            self._status = Status("…", console=self._shell.screen)
            self._status.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, found: list[Count]) -> None:
        """Show where the translations stand."""
        from wordferry.cli.progress import by_state, states_line

        if not found:
            return
        if self._status is not None:
            self._status.update(states_line(found))
            return
        self._shell.event(
            "progress", states={state.value: number for state, number in by_state(found).items()}
        )
        self._shell.say(f"{_clock()}  {states_line(found)}")


def _clock() -> str:
    return time.strftime("%H:%M:%S")
