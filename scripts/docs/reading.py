"""How the pages read the code, and the small parts that they are made of."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "wordferry"
MADE = "<!-- Made by scripts/docs from the code. Change the code, then run `make docs`. -->\n"


class Gap(Exception):
    """Something in the code has no sentence here, or a sentence here has nothing in the code."""


def complete(what: str, sentences: Mapping[str, str], names: Iterable[str]) -> Mapping[str, str]:
    """The sentences, when they are exactly those for the names."""
    wanted = set(names)
    if wanted != set(sentences):
        missing, idle = sorted(wanted - set(sentences)), sorted(set(sentences) - wanted)
        raise Gap(f"scripts/docs, {what}: missing {missing}, no longer needed {idle}")
    return sentences


def first_sentence(thing: Any) -> str:
    """The first sentence of a docstring, on one line."""
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    if not text:
        raise Gap(f"{thing!r} has no docstring")
    return re.split(r"(?<=[.?])\s", text)[0]


def attributes(thing: type[Any]) -> dict[str, str]:
    """The entries below `Attributes:` or `Args:` of a docstring."""
    section = re.search(
        r"^(?:Attributes|Args):\n(.*?)(?=^\S|\Z)", inspect.getdoc(thing) or "", re.MULTILINE | re.DOTALL
    )
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", textwrap.dedent(section[1]).strip() if section else ""):
        name, colon, text = entry.partition(":")
        if colon:
            sentence = " ".join(text.split())
            # A lone sentence in a cell of a table needs no full stop.
            found[name.strip()] = sentence if ". " in sentence else sentence.rstrip(".")
    return found


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def code(text: object) -> str:
    """Text as code."""
    return f"`{text}`"


def span(seconds: float | None) -> str:
    """Seconds as people say them."""
    if seconds is None:
        return "–"
    for name, length in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= length and seconds % length == 0:
            number = int(seconds // length)
            return f"{number} {name}{'s' if number > 1 else ''}"
    return f"{seconds:g} s"
