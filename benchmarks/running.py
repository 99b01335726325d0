"""Contestants in processes of their own: start, warm up, say when the clock begins, hand back figures.

A contestant is a module with `contest(job, start)`. It imports and warms up, calls `start()`, works, and returns
further figures. CPU is user + system of its whole process, all threads.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "Figures", "contestant", "cpu", "environment", "loop_run", "peak_mb", "rounds", "rss_mb"]

ROOT = Path(__file__).resolve().parent.parent

Figures = dict[str, Any]


def cpu() -> float:
    """Seconds of CPU this process has used, user and system, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory this process ever held, MB.

    Not `ru_maxrss`: Linux hands that of the parent on to a process it starts.
    """
    return _status_mb("self", "VmHWM")


def rss_mb(process: int | str = "self") -> float:
    """Memory a process holds now, MB."""
    return _status_mb(process, "VmRSS")


def _status_mb(process: int | str, name: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def process_cpu(process: int) -> float:
    """Seconds of CPU another process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """Surroundings in which `benchmarks` and `wordferry` are found, whatever is installed."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def loop_run(work: Coroutine[Any, Any, Any], *, loop: str = "asyncio") -> Any:
    """Run on the standard event loop, or on uvloop."""
    if loop == "uvloop":
        import uvloop

        return uvloop.run(work)
    return asyncio.run(work)


def contestant(module: str, job: Figures) -> Figures:
    """Run a contestant and return its figures.

    Args:
        module: its module below `benchmarks`.
        job: what it has to do; JSON values only.

    Returns:
        What it returned, with `cpu` (after `start()`), `cpu_all` (with imports and warm-up), `wall` and
        `peak_mb`.

    Raises:
        RuntimeError: it failed; its words are in the message.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.running", module, json.dumps(job)],
        cwd=ROOT,
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def rounds(names: Sequence[str], count: int) -> Iterator[str]:
    """Each name once a round, in a new order each time: what disturbs the machine hits everybody alike."""
    chance = random.Random(1)
    for _ in range(count):
        order = list(names)
        chance.shuffle(order)
        yield from order


def progress(text: str) -> None:
    """A word to whoever waits; figures go to standard output, this does not."""
    sys.stderr.write(f"\r{text:<100}"[:101])
    sys.stderr.flush()
    if not text:
        sys.stderr.write("\r")


def main() -> None:
    module = importlib.import_module(f"benchmarks.{sys.argv[1]}")
    began: list[tuple[float, float]] = []

    def start() -> None:
        began.append((cpu(), time.perf_counter()))

    contest: Callable[[Figures, Callable[[], None]], Figures | None] = module.contest
    figures = contest(json.loads(sys.argv[2]), start) or {}
    end = cpu()
    used, at = began[-1]
    figures |= {
        "cpu": end - used,
        "cpu_all": end,
        "wall": time.perf_counter() - at,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
