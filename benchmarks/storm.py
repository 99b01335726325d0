"""What does it cost to keep every webhook: calls per second, waiting and memory, against a server that forgets them?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.report import Answer, Goal, Table, middle
from benchmarks.running import (
    ROOT,
    contestant,
    environment,
    loop_run,
    process_cpu,
    progress,
    rounds,
    rss_mb,
)
from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.ledger.inbox import Inbox
from wordferry.web import Server

__all__ = ["contest", "measure"]

SECRET = "the webhook's own secret"
CONFIGURATION = """
[wordferry]
database = "sqlite:///ledger.db"
blobs = "blobs"
secret_key = "env:WORDFERRY_BENCH_KEY"

[web]
listen = "127.0.0.1:0"

[tms.phrase]
kind = "phrase"
platform_url = "http://127.0.0.1:9"
tms_url = "http://127.0.0.1:9/web"
api_token = "env:WORDFERRY_BENCH_TOKEN"
webhook_secret = "env:WORDFERRY_BENCH_WEBHOOK"
"""
SECRETS = {
    "WORDFERRY_BENCH_KEY": "0123456789abcdef" * 4,
    "WORDFERRY_BENCH_TOKEN": "none",
    "WORDFERRY_BENCH_WEBHOOK": SECRET,
}
#: Contestant → whether what arrives is kept.
CONTESTANTS = {"floor: the same receivers, nothing kept": False, "every event kept": True}
#: Senders at once, and the calls per second that a vendor's storm has.
SENDERS, STORM = 64, 1000


async def _listen(folder: Path, *, keep: bool) -> None:
    if not keep:

        async def nowhere(self: Inbox, events: Any, body: bytes) -> None:
            """Take it and forget it: what is left is HTTP, verifying and reading."""

        Inbox.put = nowhere  # type: ignore[method-assign]
    async with Ferry(load(folder)) as ferry, Server(ferry) as server:
        print(server.url, flush=True)
        # Its input ends when the benchmark does, however that came to its end.
        await asyncio.to_thread(sys.stdin.read)
        print(len(await ferry.ledger.inbox.letters()), flush=True)


@contextmanager
def listening(folder: Path, *, keep: bool) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Receivers in a process of their own."""
    (folder / "wordferry.toml").write_text(CONFIGURATION)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.storm", str(folder), json.dumps(keep)],
        cwd=ROOT,
        env=environment() | SECRETS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


async def _send(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    rate, seconds = job["rate"], job["seconds"]
    waited: list[float] = []
    answers: dict[int, int] = {}
    numbers = iter(range(10_000_000))

    async def one(session: aiohttp.ClientSession, number: int, due: float) -> None:
        body = json.dumps(
            {
                "event": "JOB_STATUS_CHANGED",
                "eventUid": f"{job['name']}-{number}",
                "jobParts": [{"uid": f"J{number}", "status": "COMPLETED", "project": {"uid": "P1"}}],
            }
        )
        async with session.post("/events/phrase", data=body, headers={"x-memsource-token": SECRET}) as answer:
            answers[answer.status] = answers.get(answer.status, 0) + 1
        waited.append(time.perf_counter() - due)

    async def sender(session: aiohttp.ClientSession, began: float) -> None:
        while True:
            number = next(numbers)
            now = time.perf_counter()
            # With a rate, time counts from when the call was due: a server that stalls is not spared by the sender.
            due = began + number / rate if rate else now
            if max(due, now) >= began + seconds:
                return
            if due > now:
                await asyncio.sleep(due - now)
            await one(session, number, due)

    connector = aiohttp.TCPConnector(limit=SENDERS)
    async with aiohttp.ClientSession(job["url"], connector=connector) as session:
        for number in range(200):
            await one(session, -1 - number, time.perf_counter())
        waited.clear()
        start()
        began = time.perf_counter()
        await asyncio.gather(*(sender(session, began) for _ in range(SENDERS)))
        took = time.perf_counter() - began
    waited.sort()
    return {
        "rate": len(waited) / took,
        "p50": waited[len(waited) // 2] * 1000,
        "p99": waited[int(len(waited) * 0.99)] * 1000,
        "sent": sum(answers.values()),
        "good": answers.get(200, 0),
    }


def contest(job: dict[str, Any], start: Callable[[], None]) -> dict[str, Any]:
    """Send a storm to receivers that listen."""
    found: dict[str, Any] = loop_run(_send(job, start), loop=job["loop"])
    return found


def _run(name: str, *, rate: int, seconds: float, loop: str) -> dict[str, float]:
    keep = CONTESTANTS[name]
    with (
        tempfile.TemporaryDirectory(prefix="wordferry-bench-") as folder,
        listening(Path(folder), keep=keep) as (process, url),
    ):
        before, used = rss_mb(process.pid), process_cpu(process.pid)
        job = {"url": url, "rate": rate, "seconds": seconds, "name": "e", "loop": loop}
        figures = contestant("storm", job)
        figures["server_cpu"] = (process_cpu(process.pid) - used) / figures["sent"] * 1e6
        figures["rss"], figures["grown"] = rss_mb(process.pid), rss_mb(process.pid) - before
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        stored = int(process.stdout.readline())
    if keep and stored != figures["good"]:
        raise RuntimeError(f"{figures['good']} were acknowledged, {stored} are in the inbox")
    if figures["good"] != figures["sent"]:
        raise RuntimeError(f"only {figures['good']} of {figures['sent']} were acknowledged")
    return figures


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """A storm at a vendor's pace and one as fast as it goes, against receivers that keep and that forget."""
    count, seconds = (1, 5.0) if quick else (3, 20.0)
    tables, goals = [], []
    for title, rate in ((f"{STORM:,} calls a second", STORM), ("As fast as it goes", 0)):
        found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
        for name in rounds(list(CONTESTANTS), count):
            progress(f"storm: {title}, {name}")
            found[name].append(_run(name, rate=rate, seconds=seconds, loop=loop))
        columns = ("rate", "p50", "p99", "server_cpu", "rss", "grown")
        rows: list[list[str | float]] = [
            [name, *(middle([one[column] for one in runs]) for column in columns)]
            for name, runs in found.items()
        ]
        tables.append(
            Table(title, ("receivers", "calls/s", "p50 ms", "p99 ms", "CPU µs each", "MB", "grown MB"), rows)
        )
        if rate:
            kept = found["every event kept"]
            goals.append(Goal("p99 in a storm", middle([one["p99"] for one in kept]), 30, "ms"))
            goals.append(Goal("memory grown in a storm", middle([one["grown"] for one in kept]), 50, "MB"))
    progress("")
    remarks = [
        f"{seconds:.0f} s each, {SENDERS} connections, the sender on the same machine; SQLite, synchronised fully",
        "every acknowledged event was counted in the inbox afterwards",
    ]
    return Answer((__doc__ or "").strip(), tables, goals, remarks)


if __name__ == "__main__":
    asyncio.run(_listen(Path(sys.argv[1]), keep=json.loads(sys.argv[2])))
