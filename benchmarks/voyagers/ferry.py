"""The whole engine: plan, accept, submit, monitor, deliver; every effect journaled, every file checked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.running import cpu, loop_run
from benchmarks.voyagers import write_pages
from wordferry import configuration
from wordferry.bootstrap import Ferry

__all__ = ["configure", "contest"]


def configure(
    folder: Path, at: dict[str, str], locales: list[str], *, database: str = "", kind: str = "json"
) -> None:
    """Write a `wordferry.toml` for the sandbox into `folder`."""
    os.environ["BENCHMARK_TOKEN"] = at["api_token"]
    database = database or "sqlite:///.wordferry/ledger.db"
    pairs = ", ".join(f"{locale} = {json.dumps(locale)}" for locale in locales)
    (folder / "wordferry.toml").write_text(
        f"""
[wordferry]
database = "{database}"

[content.site]
kind = "files"
root = "."
include = ["en/**/*.{kind}"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[tms.phrase]
kind = "phrase"
platform_url = "{at["platform_url"]}"
tms_url = "{at["tms_url"]}"
api_token = "env:BENCHMARK_TOKEN"
calls_per_minute = 6000000
poll_first = 0.5
poll_longest = 2

[route.site]
content = "site"
tms = "phrase"

[route.site.on.phrase]
template = "Website"
locales = {{ {pairs} }}
"""
    )


async def sail(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    folder = Path(job["folder"])
    configure(folder, job["shore"], job["locales"])
    phases = dict.fromkeys(("plan", "accept", "carry", "close"), 0.0)
    async with Ferry(configuration.load(folder)) as ferry:
        async with ferry.work() as work:

            async def voyage(number: int, files: int) -> None:
                write_pages(folder, number, files, job["size"])
                marks = [cpu()]
                plan = await ferry.plan()
                marks.append(cpu())
                await ferry.accept(plan)
                marks.append(cpu())
                await work.run(work.settled)
                marks.append(cpu())
                for place, name in enumerate(("plan", "accept", "carry")):
                    phases[name] += marks[place + 1] - marks[place]

            await voyage(0, job["warm"])
            start()
            phases.update(dict.fromkeys(phases, 0.0))
            for number in range(1, job["voyages"] + 1):
                await voyage(number, job["files"])
            closing = cpu()
        counts = await ferry.ledger.voyages.counts()
        if ferry.ledger.dialect == "sqlite":
            phases["close"] = cpu() - closing
    return {"phases": phases, "states": {str(state): count for state, count in counts.items()}}


def contest(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    Path(job["folder"]).mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = loop_run(sail(job, start), loop=job["loop"])
    return found
