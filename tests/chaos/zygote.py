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
from wordferry.bootstrap import Ferry


async def sail(folder: Path, kill: tuple[str, int, str] | None, seconds: float) -> None:
    """Plan and accept once, then carry on until nothing is left; die at the boundary that `kill` names."""
    async with Ferry(configuration.load(folder)) as ferry:
        counted: Counter[tuple[str, str]] = Counter()

        def probe(phase: str, key: str, kind: str) -> None:
            counted[(kind, phase)] += 1
            if kill is not None and (kind, counted[(kind, phase)], phase) == kill:
                os.kill(os.getpid(), signal.SIGKILL)

        ferry.ledger.operations.probe = probe
        if not await ferry.ledger.voyages.batches():
            await ferry.accept(await ferry.plan())
        async with ferry.work() as work, asyncio.timeout(seconds):
            await work.run(work.settled)


def child(command: dict[str, Any]) -> None:
    """One voyage in a forked process; never returns."""
    code = 1
    try:
        kill = tuple(command["kill"]) if command["kill"] else None
        asyncio.run(sail(Path(command["folder"]), kill, command["seconds"]))
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
