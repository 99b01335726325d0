"""A process that has everything imported and forks a fresh voyage on request: starting Python each time costs seconds.

Reads one JSON command a line: {"folder": …, "kill": [kind, nth, phase] | null, "seconds": …}; answers {"exit": code}
when the voyage has ended, with a negative code for the signal that ended it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp  # noqa: F401  -- the point of the zygote is that forks find it imported
import dbos  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

import wordferry.content_systems.files
import wordferry.tms.lionbridge.plugin
import wordferry.tms.phrase.plugin  # noqa: F401
from wordferry import configuration
from wordferry.bootstrap import Ferry, Work
from wordferry.ledger.tally import under_way
from wordferry.model.states import SETTLED, WAITING


async def sail(
    folder: Path, kill: tuple[str, int, str] | None, seconds: float, *, look: bool, rest: bool
) -> None:
    """Plan and accept, then carry on until nothing is left (or only waits); die at the boundary that `kill` names."""
    async with Ferry(configuration.load(folder)) as ferry:
        counted: Counter[tuple[str, str]] = Counter()

        def probe(phase: str, key: str, kind: str) -> None:
            counted[(kind, phase)] += 1
            if kill is not None and (kind, counted[(kind, phase)], phase) == kill:
                os.kill(os.getpid(), signal.SIGKILL)

        ferry.ledger.operations.probe = probe
        if look or not await ferry.ledger.voyages.batches():
            plan = await ferry.plan()
            if any(part.acts for part in plan.routes):
                await ferry.accept(plan)
        async with ferry.work() as work, asyncio.timeout(seconds):
            await work.run(work.settled if not rest else partial(resting, work))


async def resting(work: Work) -> bool:
    """Whether everything waits for the vendor, imported."""
    ledger = work.ferry.ledger
    if await under_way(ledger) or await ledger.voyages.batches("b.due IS NOT NULL"):
        return False
    open_ = [one for one in await ledger.voyages.translations("1 = 1") if one.state not in SETTLED]
    return all(one.state in WAITING and all(u.imported == "ok" for u in one.units) for one in open_)


def child(command: dict[str, Any]) -> None:
    """One voyage in a forked process; never returns."""
    code = 1
    try:
        kill = tuple(command["kill"]) if command["kill"] else None
        asyncio.run(
            sail(
                Path(command["folder"]), kill, command["seconds"], look=command["look"], rest=command["rest"]
            )
        )
        code = 0
    except BaseException:  # noqa: BLE001 -- a forked child must end here, whatever it was
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Fork a child for each command, answer when it ends."""
    assert threading.active_count() == 1, "a fork with threads may hang"
    for line in sys.stdin:
        command = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(command)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(json.dumps({"exit": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
