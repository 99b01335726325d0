"""Formats: what a file's structure is, where its texts stand, and whether a translation kept both.

Nothing here imports another room or does I/O, except for the two functions on paths and byte iterators in `lines`.
The parsers of single formats are loaded on first use, so importing this room costs next to nothing.
"""

from __future__ import annotations

from wordferry.formats.check import compare
from wordferry.formats.corruption import CORRUPTIONS, corrupt
from wordferry.formats.document import FINDING_KINDS, Document, Finding, FormatError, Segment, Token
from wordferry.formats.lines import compare_plain_lines, pseudo_translate_lines
from wordferry.formats.pseudo import pseudo_translate
from wordferry.formats.registry import FORMATS, format_for, parse, splice
from wordferry.formats.tokens import tokens
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
