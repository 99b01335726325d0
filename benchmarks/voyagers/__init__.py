"""The contestants of `voyage.py`: each carries files to Phrase and brings their translations home.

The same calls for all: project from template, a job call per file with all its languages, list until everything is
completed, export, list of pending requests, download into a file, DELIVERED. The engine chooses its own.
"""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["LOCALES", "PAUSE", "names", "read", "save", "write_pages"]

LOCALES = ("de", "fr", "ja")
#: Seconds between two looks of those who wait in a loop.
PAUSE = 0.02

_TEXT = (
    "Board the {vessel} at pier %d before {time}; the crossing takes <b>%d minutes</b> and lunch is served."
)


def page(number: int, size: int) -> bytes:
    """A page of texts as JSON, about `size` bytes, no two alike."""
    texts = {f"section{place}": _TEXT % (number, place) for place in range(max(1, size // (len(_TEXT) + 16)))}
    return json.dumps({"title": f"Crossing {number}", "texts": texts}, indent=1).encode()


def names(voyage: int, files: int) -> list[str]:
    """Names of the files of one voyage."""
    return [f"voyage{voyage}-page{number}.json" for number in range(files)]


def write_pages(folder: Path, voyage: int, files: int, size: int) -> list[Path]:
    """Put the sources of one voyage into `en/`."""
    source = folder / "en"
    source.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, name in enumerate(names(voyage, files)):
        path = source / name
        path.write_bytes(page(voyage * 10_000 + number, size))
        paths.append(path)
    for locale in LOCALES:
        (folder / locale).mkdir(exist_ok=True)
    return paths


def read(path: Path) -> bytes:
    """A source file."""
    return path.read_bytes()


def save(folder: Path, locale: str, name: str, content: bytes) -> None:
    """Put a translation where it belongs."""
    (folder / locale / name).write_bytes(content)
