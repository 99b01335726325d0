"""How long does `wordferry --help` take, against a Python that does nothing?"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections import defaultdict

from benchmarks.report import Answer, Goal, Table, middle, spread
from benchmarks.running import ROOT, environment, progress, rounds

__all__ = ["measure"]

#: What the installed command runs.
COMMAND = "from wordferry.cli.main import main; main()"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "wordferry --help": [sys.executable, "-c", COMMAND, "--help"],
    "wordferry --version": [sys.executable, "-c", COMMAND, "--version"],
    "import wordferry.phrase": [sys.executable, "-c", "import wordferry.phrase"],
}
NOTHING, HELP = "python -c pass", "wordferry --help"


def measure(*, quick: bool = False, loop: str = "asyncio") -> Answer:
    """Start each command again and again, interleaved; wall time and CPU of the whole process."""
    count = 5 if quick else 25
    wall: dict[str, list[float]] = defaultdict(list)
    used: dict[str, list[float]] = defaultdict(list)
    for name in COMMANDS:
        _start(name)  # compiles what was never compiled
    for step, name in enumerate(rounds(list(COMMANDS), count), 1):
        progress(f"cli: {step} of {count * len(COMMANDS)}")
        before = _children()
        began = time.perf_counter()
        _start(name)
        wall[name].append((time.perf_counter() - began) * 1000)
        used[name].append((_children() - before) * 1000)
    progress("")
    floor = middle(wall[NOTHING])
    rows = [
        (name, middle(wall[name]), spread(wall[name]), middle(wall[name]) / floor, middle(used[name]))
        for name in COMMANDS
    ]
    table = Table("From start to end", ("command", "wall ms", "range", "× nothing", "CPU ms"), rows)
    goal = Goal("wordferry --help answers", middle(wall[HELP]), 200, "ms")
    return Answer((__doc__ or "").strip(), [table], [goal])


def _start(name: str) -> None:
    subprocess.run(COMMANDS[name], cwd=ROOT, env=environment(), check=True, capture_output=True)


def _children() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime
