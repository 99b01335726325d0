"""After `kill -9` with 10,000 open translations: how long until a new process works again?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.report import Answer, Goal, Table, middle, spread
from benchmarks.running import ROOT, contestant, environment, loop_run, progress
from benchmarks.voyagers.ferry import configure
from benchmarks.waiting import LOCALES, fill
from wordferry import configuration
from wordferry.bootstrap import Ferry

__all__ = ["contest", "measure"]


class Shore:
    """A Phrase that only notes when it is called: every batch is due, so a working process calls at once."""

    def __init__(self) -> None:
        self.called = Event()
        self.at = 0.0
        shore = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                if "/oauth/" in self.path:
                    body = b'{"access_token":"pretended","expires_in":14399}'
                else:
                    if not shore.called.is_set():
                        shore.at = time.time()
                        shore.called.set()
                    body = b'{"content":[],"totalPages":1,"totalElements":0}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815 -- names of the standard library

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_address[1]
        self.reach = {
            "platform_url": f"http://127.0.0.1:{port}",
            "tms_url": f"http://127.0.0.1:{port}/web",
            "api_token": "pretended",
        }

    def forget(self) -> None:
        self.called.clear()


async def _fill(folder: Path, at: dict[str, str], total: int) -> None:
    configure(folder, at, list(LOCALES))
    async with Ferry(configuration.load(folder)) as ferry:
        await fill(ferry, total, due=time.time() - 1)


async def _work(folder: Path, told: Callable[[str], None]) -> None:
    async with Ferry(configuration.load(folder)) as ferry, ferry.work() as work:
        told("working")
        await work.sweep.tick()
        told("swept")
        while True:
            await work.run(_never)


async def _never() -> bool:
    return False


def contest(job: dict[str, Any], start: Callable[[], None]) -> None:
    """Fill a ledger with translations that are due."""
    start()
    Path(job["folder"]).mkdir(parents=True, exist_ok=True)
    loop_run(_fill(Path(job["folder"]), job["shore"], job["total"]))


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """Start, wait for the first vendor call, kill, and start again on the same ledger."""
    total, count = (1000, 2) if quick else (10_000, 5)
    shore = Shore()
    seconds: dict[str, list[float]] = {"first vendor call": [], "first sweep done": []}
    with tempfile.TemporaryDirectory(prefix="wordferry-bench-") as folder:
        contestant("restart", {"folder": folder, "shore": shore.reach, "total": total})
        # The first start finds a ledger left in order; those after it find what a kill left behind.
        for number in range(count + 1):
            progress(f"restart: {number} of {count}")
            shore.forget()
            began = time.time()
            process = _start(folder)
            try:
                swept = _wait_for(process, "swept") - began
                if not shore.called.wait(60):
                    raise RuntimeError("the vendor was never called")
                # A sweep later all are waiting again: make them due for the next start, as they were.
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
                assert process.stdout is not None
                process.stdout.close()
            if number:
                seconds["first vendor call"].append(shore.at - began)
                seconds["first sweep done"].append(swept)
            _make_due(Path(folder, ".wordferry/ledger.db"))
    progress("")
    shore.server.shutdown()
    shore.server.server_close()
    rows = [(name, middle(found), spread(found)) for name, found in seconds.items()]
    goals = [
        Goal(f"{total:,} open translations, kill -9, start: {name}", middle(found), 5, "s")
        for name, found in seconds.items()
    ]
    table = Table("From the start of the process, imports included", ("until", "seconds", "range"), rows)
    return Answer((__doc__ or "").strip(), [table], goals, ["SQLite; killed after its first sweep"])


def _start(folder: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.restart", json.dumps(folder)],
        cwd=ROOT,
        env=environment() | {"BENCHMARK_TOKEN": "pretended", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_for(process: subprocess.Popen[str], word: str) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        said, at = line.split()
        if said == word:
            return float(at)
    raise RuntimeError(f"the process ended with {process.wait()} before it said {word!r}")


def _make_due(ledger: Path) -> None:
    import sqlite3

    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE translation SET due = ?", (time.time() - 1,))
    connection.close()


if __name__ == "__main__":
    os.environ.setdefault("BENCHMARK_TOKEN", "pretended")
    loop_run(_work(Path(json.loads(sys.argv[1])), lambda word: print(word, time.time())))
