"""What does a delivered translation cost in CPU, from plan to receipt, against those who keep nothing?"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.report import Answer, Goal, Table, middle, spread
from benchmarks.running import contestant, progress, rounds
from benchmarks.shore import Shore, shore
from benchmarks.voyagers import LOCALES

__all__ = ["measure"]

#: Contestant → module, calls at once, the package it needs.
CONTESTANTS: dict[str, tuple[str, int, str]] = {
    "floor: aiohttp + msgspec": ("voyagers.bare", 8, "aiohttp"),
    "wordferry's PhraseClient": ("voyagers.client", 8, "wordferry"),
    "phrasetms-client": ("voyagers.phrasetms", 1, "phrasetms_client"),
    "phrasetms-client, 8 threads": ("voyagers.phrasetms", 8, "phrasetms_client"),
    "phrappy": ("voyagers.phrappy_sync", 1, "phrappy"),
    "phrappy, 8 threads": ("voyagers.phrappy_sync", 8, "phrappy"),
    "phrappy, async": ("voyagers.phrappy_async", 8, "phrappy"),
    "wordferry, whole engine": ("voyagers.ferry", 8, "wordferry"),
}
FLOOR, CLIENT, ENGINE = "floor: aiohttp + msgspec", "wordferry's PhraseClient", "wordferry, whole engine"
PEERS = ("phrasetms-client", "phrasetms-client, 8 threads")

#: Title → voyages in a row, files of each, languages.
CARGOES: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "one translation (1 file × 1 language), one after the other": (20, 1, LOCALES[:1]),
    "a full slice: 102 translations (34 files × 3 languages)": (1, 34, LOCALES),
    "900 translations (300 files × 3 languages)": (1, 300, LOCALES),
}


def measure(*, quick: bool = False, loop: str = "asyncio", size: int = 4000) -> Answer:
    """Run every contestant on every cargo, rounds interleaved.

    Args:
        quick: fewer rounds, and no 900 translations.
        loop: event loop of the asynchronous contestants.
        size: bytes of a source file, about.
    """
    names = [name for name, (_, _, package) in CONTESTANTS.items() if find_spec(package)]
    tables: list[Table] = []
    goals: list[Goal] = []
    remarks = [f"source files: JSON of {size} bytes; event loop: {loop}; the sandbox's CPU is not counted"]
    missing = sorted({package for _, _, package in CONTESTANTS.values() if not find_spec(package)})
    if missing:
        remarks.append(f"not installed, so left out: {', '.join(missing)} (pip install -e '.[dev]')")
    with shore() as sandbox:
        for place, (title, cargo) in enumerate(CARGOES.items()):
            if quick and place == 2:
                continue
            count = (2, 2, 0)[place] if quick else (3, 5, 3)[place]
            found: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for step, name in enumerate(rounds(names, count), 1):
                progress(f"voyage: {title.split(':')[0]}: {step} of {count * len(names)}: {name}")
                found[name].append(_run(sandbox, name, cargo, loop=loop, size=size))
            progress("")
            tables.append(_table(title, found, cargo))
            if place:
                goals += _goals(title, found)
            if ENGINE in found:
                remarks.append(_phases(title, found[ENGINE], cargo))
    return Answer((__doc__ or "").strip(), tables, goals, remarks)


def _run(
    sandbox: Shore, name: str, cargo: tuple[int, int, tuple[str, ...]], *, loop: str, size: int
) -> dict[str, Any]:
    voyages, files, locales = cargo
    module, abreast, _ = CONTESTANTS[name]
    warm = min(files, 4)
    with tempfile.TemporaryDirectory(prefix="wordferry-bench-") as folder:
        job = {
            "folder": folder,
            "shore": sandbox.reset(),
            "voyages": voyages,
            "files": files,
            "warm": warm,
            "locales": list(locales),
            "abreast": abreast,
            "loop": loop,
            "size": size,
        }
        figures = contestant(module, job)
        home = [path for locale in locales for path in Path(folder, locale).iterdir() if path.stat().st_size]
    # Nobody is fast by leaving work undone.
    wanted = (warm + voyages * files) * len(locales)
    if sandbox.delivered() != wanted or len(home) != wanted:
        raise RuntimeError(f"{name}: {wanted} wanted, {sandbox.delivered()} confirmed, {len(home)} at home")
    figures["calls"] = sandbox.calls()
    return figures


def _each(found: list[dict[str, Any]], key: str, cargo: tuple[int, int, tuple[str, ...]]) -> list[float]:
    voyages, files, locales = cargo
    return [figures[key] * 1000 / (voyages * files * len(locales)) for figures in found]


def _table(
    title: str, found: dict[str, list[dict[str, Any]]], cargo: tuple[int, int, tuple[str, ...]]
) -> Table:
    floor = middle([figures["cpu"] for figures in found[FLOOR]])
    peer = min(
        (middle([f["cpu"] for f in found[name]]) for name in PEERS if name in found), default=float("nan")
    )
    rows = []
    for name in CONTESTANTS:
        if name not in found:
            continue
        each = _each(found[name], "cpu", cargo)
        whole = middle([figures["cpu"] for figures in found[name]])
        rows.append(
            (
                name,
                middle(each),
                spread(each),
                whole / floor,
                whole / peer,
                middle(_each(found[name], "cpu_all", cargo)),
                middle([float(figures["calls"]) for figures in found[name]]),
                middle([figures["wall"] for figures in found[name]]),
                middle([figures["peak_mb"] for figures in found[name]]),
            )
        )
    columns = (
        "contestant", "CPU ms each", "range", "× floor", "× phrasetms", "with imports", "calls", "seconds", "peak MB",
    )  # fmt: skip
    return Table(title, columns, rows)


def _goals(title: str, found: dict[str, list[dict[str, Any]]]) -> list[Goal]:
    peers = [middle([f["cpu"] for f in found[name]]) for name in PEERS if name in found]
    if not peers:
        return []
    goals = []
    for name, limit in ((ENGINE, 1.0), (CLIENT, 0.6)):
        ratio = middle([figures["cpu"] for figures in found[name]]) / min(peers)
        goals.append(
            Goal(
                f"{title.split(' (', maxsplit=1)[0]}: {name} against the lighter phrasetms-client",
                ratio,
                limit,
                "×",
            )
        )
    return goals


def _phases(title: str, found: list[dict[str, Any]], cargo: tuple[int, int, tuple[str, ...]]) -> str:
    voyages, files, locales = cargo
    total = voyages * files * len(locales)
    parts = [
        f"{name} {middle([figures['phases'][name] for figures in found]) * 1000 / total:.2f}"
        for name in found[0]["phases"]
    ]
    return f"whole engine, {title.split(' (', maxsplit=1)[0]}, CPU ms each: {', '.join(parts)}"
