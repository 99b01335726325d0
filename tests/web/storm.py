"""A program of its own: listens until it is killed. Arguments: the folder of `wordferry.toml`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.web import Server


async def main() -> None:
    """Listen, and say where."""
    async with Ferry(load(Path(sys.argv[1]))) as ferry, Server(ferry) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
