"""Formats: what a file's structure is, where its texts stand, and whether a translation kept both.

Nothing here imports another room or does I/O, except for the two functions on paths and byte iterators in `lines`.
Everything beyond the plain values is loaded on first use, so importing this room costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from wordferry.formats.document import FINDING_KINDS, Document, Finding, FormatError, Segment, Token
from wordferry.formats.registry import FORMATS, format_for, parse, splice

if TYPE_CHECKING:
    from wordferry.formats.check import compare
    from wordferry.formats.corruption import CORRUPTIONS, corrupt
    from wordferry.formats.lines import compare_plain_lines, pseudo_translate_lines
    from wordferry.formats.placeholders import tokens
    from wordferry.formats.pseudo import pseudo_translate
    from wordferry.formats.words import count_words

__all__ = [
    "CORRUPTIONS",
    "FINDING_KINDS",
    "FORMATS",
    "Document",
    "Finding",
    "FormatError",
    "Segment",
    "Token",
    "compare",
    "compare_plain_lines",
    "corrupt",
    "count_words",
    "format_for",
    "parse",
    "pseudo_translate",
    "pseudo_translate_lines",
    "splice",
    "tokens",
]

_LATER = {
    "CORRUPTIONS": "corruption",
    "compare": "check",
    "compare_plain_lines": "lines",
    "corrupt": "corruption",
    "count_words": "words",
    "pseudo_translate": "pseudo",
    "pseudo_translate_lines": "lines",
    "tokens": "placeholders",
}


def __getattr__(name: str) -> Any:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value  # the next look-up does not come here
    return value
