"""Does a large file move in constant memory, through the client and through a whole voyage?"""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.report import Answer, Goal, Table, middle
from benchmarks.running import contestant, loop_run, progress, rounds
from benchmarks.shore import Shore, shore
from benchmarks.voyagers import PAUSE

__all__ = ["contest", "measure"]

LINE = b"The ferry leaves at nine and comes back in the evening, whatever the weather says about it.\n"
SMALL = 64 * 1024
LARGE = 256 * 1024 * 1024
WAYS = ("client", "voyage")
#: What a large file may cost beyond a small one, MB: buffers, never the file.
ALLOWED = 64


def contest(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    """Carry one plain text of `size` bytes there and back."""
    folder = Path(job["folder"])
    (folder / "en").mkdir(parents=True)
    with (folder / "en/log.txt").open("wb") as file:
        for _ in range(job["size"] // len(LINE) + 1):
            file.write(LINE)
    work = {"client": _client, "voyage": _voyage}[job["way"]]
    loop_run(work(folder, job["shore"], start), loop=job["loop"])
    home = (folder / "de/log.txt").stat().st_size
    if home < job["size"]:
        raise RuntimeError(f"{home} of {job['size']} bytes came home")
    return {"home": home}


async def _client(folder: Path, at: dict[str, str], start: Callable[[], None]) -> None:
    from wordferry.phrase import PhraseClient

    async with PhraseClient(
        platform_url=at["platform_url"], tms_url=at["tms_url"], api_token=at["api_token"]
    ) as client:
        project = (
            await client.projects.from_template(
                at["template"], name="memory", source_lang="en", target_langs=["de"]
            )
        ).uid
        assert project is not None
        start()
        await client.jobs.create(project, file=folder / "en/log.txt", filename="log.txt", target_langs=["de"])
        while not [job async for job in client.jobs.list(project, status=("COMPLETED",))]:  # noqa: ASYNC110 -- the vendor offers nothing to wait for
            await asyncio.sleep(PAUSE)
        uid = (await anext(client.jobs.list(project))).uid or ""
        ticket = (await client.target_files.start(project, uid)).async_request
        assert ticket is not None
        assert ticket.id is not None
        while not (await client.async_requests.get(ticket.id)).finished:  # noqa: ASYNC110 -- the vendor offers nothing to wait for
            await asyncio.sleep(PAUSE)
        (folder / "de").mkdir()
        with (folder / "de/log.txt").open("wb") as file:
            await client.target_files.download(project, uid, ticket.id, to=file)


async def _voyage(folder: Path, at: dict[str, str], start: Callable[[], None]) -> None:
    from benchmarks.voyagers.ferry import configure
    from wordferry import configuration
    from wordferry.bootstrap import Ferry

    configure(folder, at, ["de"], kind="txt")
    async with Ferry(configuration.load(folder)) as ferry:
        start()
        await ferry.accept(await ferry.plan())
        async with ferry.work() as work:
            await work.run(work.settled)


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """Peak memory of a process that carries a large file, against one that carries a small file."""
    # Memory does not depend on what else the machine does, so a large file is carried once.
    large, count = (LARGE // 8, 1) if quick else (LARGE, 1)
    found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    with shore(max_upload_bytes=2 * LARGE) as sandbox:
        runs = [f"{way} {size}" for way in WAYS for size in (SMALL, large)]
        for step, name in enumerate(rounds(runs, count), 1):
            progress(f"memory: {step} of {count * len(runs)}: {name}")
            way, size = name.split()
            found[way, int(size)].append(_run(sandbox, way, int(size), loop))
    progress("")
    rows: list[tuple[str | float, ...]] = []
    goals = []
    for way in WAYS:
        few, many = (middle([f["peak_mb"] for f in found[way, size]]) for size in (SMALL, large))
        seconds = middle([f["cpu"] for f in found[way, large]])
        rows.append((way, few, many, many - few, seconds / (large / 2**20) * 1000))
        goals.append(
            Goal(
                f"{way}: {large // 2**20} MB up and down costs beyond a small file", many - few, ALLOWED, "MB"
            )
        )
    columns = ("way", "small file, peak MB", "large file, peak MB", "more", "CPU ms per MB")
    return Answer((__doc__ or "").strip(), [Table("Peak memory of the process", columns, rows)], goals)


def _run(sandbox: Shore, way: str, size: int, loop: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wordferry-bench-") as folder:
        job = {
            "folder": str(Path(folder, "site")),
            "shore": sandbox.reset(),
            "way": way,
            "size": size,
            "loop": loop,
        }
        return contestant("memory", job)
