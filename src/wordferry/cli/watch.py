"""`wordferry watch`: notices every edit of continuous routes, and sends it once it is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet, Routes
from wordferry.cli.serve import Service
from wordferry.cli.shell import Shell
from wordferry.errors import NeedsOperator

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.model.route import Route

__all__ = ["watch"]

CONTINUOUS = "continuous"
#: Seconds between two looks of `serve`; each watched route has a setting of its own.
SCAN = 60.0


def watch(
    routes: Routes = None, json: Json = False, quiet: Quiet = False, directory: Directory = None
) -> None:
    """Watch sources, and send each edit once it is quiet.

    Of continuous routes, or of those named. What is done comes home meanwhile.

    Beside a `wordferry serve` that was told to scan nothing (`--scan 0`) it only notices and accepts; that one sends.
    Ctrl-C or SIGTERM ends it with 0; what changes meanwhile is found at the next start.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory, lines=True, logs=True)

    async def work() -> int:
        from wordferry.cli.carry import hands_free

        async with shell.ferry() as ferry:
            chosen = _continuous(ferry, routes or ())
            if not hands_free(ferry):
                return await _only_watch(shell, ferry, chosen)
        return await Service(shell, [route.name for route in chosen], SCAN).run()

    shell.run(work)


def _continuous(ferry: Ferry, names: Sequence[str]) -> list[Route]:
    """The routes to watch: those of these names, or all continuous ones.

    Raises:
        NeedsOperator: there is none, or one of them is not continuous.
    """
    found = ferry.routes(names)
    others = [route.name for route in found if route.variant != CONTINUOUS]
    if names and others:
        raise NeedsOperator(
            f"it is {found[0].variant if len(found) == 1 else 'not continuous'}.",
            object=f"wordferry.toml [route.{others[0]}]",
            next='Set variant = "continuous", or use `wordferry serve`, which looks at every route now and then.',
        )
    chosen = [route for route in found if route.variant == CONTINUOUS]
    if not chosen:
        raise NeedsOperator(
            "no route is continuous.",
            object="wordferry.toml",
            next='Set variant = "continuous" on a route.',
        )
    return chosen


async def _only_watch(shell: Shell, ferry: Ferry, routes: Sequence[Route]) -> int:
    """Notice and accept; the process that does the work on this ledger sends."""
    import asyncio

    from wordferry.cli.carry import stopping

    names = [route.name for route in routes]
    service = Service(shell, names, SCAN)
    shell.say(
        f"Watching {', '.join(names)}; process {ferry.lock.holder()} does the work on this ledger. Ctrl-C stops it."
    )
    shell.event("started", routes=names, scan=SCAN, watched=names)
    async with stopping() as stop:
        await asyncio.gather(*(ferry.watch(route).run(stop, service.tell_sight) for route in routes))
    shell.event("stopped")
    shell.say("Stopped; nothing is lost.")
    return Exit.OK
