"""A worker for the tests of many machines: carries a voyage on and tells of each boundary it passes.

Arguments: the folder of `wordferry.toml`, and optionally a kind and phase of an operation at which it stops itself
(SIGSTOP), as a frozen machine does. Ends when nothing is left to do.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from wordferry import configuration
from wordferry.bootstrap import Ferry


async def main(folder: Path, stop_at: tuple[str, ...]) -> None:
    """Work until everything is settled."""
    async with Ferry(configuration.load(folder)) as ferry:
        stopped = False

        def probe(phase: str, key: str, kind: str) -> None:
            nonlocal stopped
            if (kind, phase) == stop_at and not stopped:
                stopped = True
                print(f"stopped {key}", flush=True)  # noqa: T201  the test reads it
                os.kill(os.getpid(), signal.SIGSTOP)

        ferry.ledger.operations.probe = probe
        async with ferry.work() as work:
            print("ready", flush=True)  # noqa: T201  the test reads it
            await work.run(work.settled)
        print("done", flush=True)  # noqa: T201  the test reads it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), tuple(sys.argv[2:4])))
