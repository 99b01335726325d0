"""What do 100,000 waiting translations cost a working process: memory, and CPU while nothing is due?"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.report import Answer, Goal, Table
from benchmarks.running import contestant, cpu, loop_run, progress, rss_mb
from benchmarks.voyagers.ferry import configure
from wordferry import configuration
from wordferry.bootstrap import Ferry
from wordferry.ledger.tables import METADATA
from wordferry.model.identity import batch_id, digest, translation_id
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation

__all__ = ["contest", "fill", "measure", "postgres"]

SECONDS = 20.0
#: Translations of one batch: 1,000 files in 10 languages.
FILES, LOCALES = 1000, ("de", "fr", "ja", "es", "it", "pt", "nl", "pl", "cs", "sv")


def rows(total: int, *, due: float, remote: bool = True) -> Iterator[tuple[Batch, list[Translation]]]:
    """Batches with translations that wait for the TMS until `due`."""
    now = time.time()
    settings = {"template": "Website", "locales": {locale: locale for locale in LOCALES}}
    done = 0
    while done < total:
        number = done // (FILES * len(LOCALES))
        id_ = batch_id(f"plan{number}", "site")
        batch = Batch(
            id=id_,
            route="site",
            content="site",
            connection="phrase",
            settings=settings,
            name=f"site {id_}",
            marker=id_[:10],
            source_locale="en",
            created=now - 3600,
            remote={"id": f"P{number:021d}", "levels": 1, "facts": {}} if remote else None,
            prepared=True,
        )
        translations = []
        for file in range(FILES):
            name = f"en/part{number}/page{file}.json"
            for locale in LOCALES:
                if done == total:
                    break
                done += 1
                translations.append(
                    Translation(
                        id=translation_id(id_, name, locale),
                        batch=id_,
                        item=name,
                        name=name,
                        revision=digest(name.encode()),
                        size=4000,
                        format="json",
                        encoding=None,
                        file_name=f"page{file}-{id_[:10]}.json",
                        locale=locale,
                        vendor_locale=locale,
                        target=f"{locale}/part{number}/page{file}.json",
                        baseline=None,
                        state=State.TRANSLATING,
                        since=now - 3600,
                        due=due,
                        looks=5,
                    )
                )
        yield batch, translations


async def fill(ferry: Ferry, total: int, *, due: float) -> None:
    """Put waiting translations, each with its vendor unit, into the ledger, as hours of work would have."""
    tables = METADATA.tables
    with ferry.ledger.engine.begin() as connection:
        for batch, translations in rows(total, due=due):
            settings, remote = msgspec.json.encode(batch.settings), msgspec.json.encode(batch.remote)
            plain = msgspec.structs.asdict(batch) | {
                "plan": "plan",
                "settings": settings.decode(),
                "remote": remote.decode(),
                "prepared": 1,
                "looks": 0,
            }
            connection.execute(tables["batch"].insert(), plain)
            connection.execute(tables["translation"].insert(), [_row(t) for t in translations])
            connection.execute(
                tables["unit"].insert(),
                [
                    {
                        "connection": "phrase",
                        "uid": t.id,
                        "translation": t.id,
                        "locale": t.vendor_locale,
                        "level": 1,
                        "part": 0,
                        "word": "ACCEPTED",
                        "imported": "ok",
                    }
                    for t in translations
                ],
            )


def _row(translation: Translation) -> dict[str, Any]:
    known = msgspec.structs.asdict(translation)
    del known["units"]
    return known | {"state": translation.state.value, "findings": None, "overwrite": 0, "epoch": 0}


async def _wait(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    folder = Path(job["folder"])
    nowhere = {"platform_url": "http://127.0.0.1:9", "tms_url": "http://127.0.0.1:9/web", "api_token": "none"}
    configure(folder, nowhere, list(LOCALES), database=job["database"])
    if job["step"] == "fill":
        async with Ferry(configuration.load(folder)) as ferry:
            await fill(ferry, job["total"], due=time.time() + 7200)
        return {}
    async with Ferry(configuration.load(folder)) as ferry, ferry.work() as work:
        stop = asyncio.Event()
        running = asyncio.create_task(work.run(_never, stop=stop))
        await asyncio.sleep(3.0)  # start-up is another question: see restart.py
        start()
        used, began = cpu(), time.perf_counter()
        await asyncio.sleep(job["seconds"])
        share = (cpu() - used) / (time.perf_counter() - began)
        held = rss_mb()
        waiting = sum((await ferry.ledger.voyages.counts()).values())
        stop.set()
        await running
    if waiting != job["total"]:
        raise RuntimeError(f"{waiting} of {job['total']} are in the ledger")
    return {"share": share * 100, "rss": held}


async def _never() -> bool:
    return False


def contest(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    """Fill a ledger, or wait over a filled one."""
    start()
    Path(job["folder"]).mkdir(parents=True)
    found: dict[str, Any] = loop_run(_wait(job, start), loop=job["loop"])
    return found


def postgres(stack: ExitStack) -> str | None:
    """The URL of an empty PostgreSQL database, or None where no server can be started."""
    from tests.postgres_server import PostgresUnavailable, running_postgres

    try:
        server = stack.enter_context(running_postgres())
    except PostgresUnavailable:
        return None
    return server.create_database()


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """A working process over an empty and over a full ledger, on SQLite and on PostgreSQL."""
    total, seconds = (5_000, 5.0) if quick else (100_000, SECONDS)
    found: list[tuple[str | float, ...]] = []
    goals = []
    remarks = [f"over {seconds:.0f} s in which nothing is due; a core is 100 %"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wordferry-bench-")))
        databases = {"SQLite": f"sqlite:///{folder}/full.db"}
        url = postgres(stack)
        if url:
            databases["PostgreSQL"] = url
        else:
            remarks.append("no PostgreSQL here, so SQLite only")
        for name, database in databases.items():
            for count in (0, total):
                progress(f"waiting: {name}, {count}")
                job = {"database": database, "total": count, "seconds": seconds, "loop": loop, "step": "wait"}
                if name == "SQLite" and not count:
                    job["database"] = f"sqlite:///{folder}/empty.db"
                if count:
                    contestant("waiting", job | {"step": "fill", "folder": str(folder / f"fill-{name}")})
                figures = contestant("waiting", job | {"folder": str(folder / f"{name}-{count}")})
                label = f"{name}, {count:,} waiting"
                found.append((label, figures["rss"], figures["peak_mb"], figures["share"]))
                if count:
                    goals.append(Goal(f"{label}: memory", figures["rss"], 300, "MB"))
                    goals.append(Goal(f"{label}: CPU", figures["share"], 2, "% of a core"))
        progress("")
    columns = ("ledger", "memory MB", "peak MB", "CPU % of a core")
    return Answer((__doc__ or "").strip(), [Table("One working process", columns, found)], goals, remarks)
