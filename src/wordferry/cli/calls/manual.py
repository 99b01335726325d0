"""Reads the docstring of a call: what it does, and a sentence for each argument."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import Any

__all__ = ["Manual", "read"]

_HEADING = re.compile(r"^(Args|Returns|Yields|Raises|Source|Sources):", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+):\s*(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Manual:
    """What a docstring says.

    Args:
        summary: its first paragraph on one line.
        text: everything before its first section.
        arguments: name → sentence.
    """

    summary: str
    text: str
    arguments: dict[str, str]


def read(thing: Any) -> Manual:
    """The manual of a function or class; everything in it is empty when there is no docstring."""
    whole = inspect.getdoc(thing) or ""
    found = _HEADING.search(whole)
    text = (whole[: found.start()] if found else whole).strip()
    return Manual(" ".join(text.split("\n\n")[0].split()), text, _arguments(whole))


def _arguments(whole: str) -> dict[str, str]:
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", whole, re.MULTILINE | re.DOTALL)
    if section is None:
        return {}
    entries = re.split(r"\n(?=\S)", textwrap.dedent(section[1]).strip())
    found = (_ENTRY.match(entry) for entry in entries)
    return {one[1]: _sentence(" ".join(one[2].split())) for one in found if one is not None}


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if not text or text[-1] in ".!?" else text + "."
