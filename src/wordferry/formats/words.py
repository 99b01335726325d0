"""Counts words, for plans and estimates."""

from __future__ import annotations

import re

from wordferry.formats.document import Document
from wordferry.formats.placeholders import tokens

# Chinese, Japanese and Thai write no spaces; there each character counts, as translators' tools count them.
_WORD = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]"
    "|[^\\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
    "(?:['’.\\-][^\\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+)*"
)


def count_words(document: Document) -> int:
    """Words in the translatable runs of a document; placeholders, tags and code do not count."""
    total = 0
    for segment in document.segments:
        for token in tokens(segment.text, format=document.format):
            if token.kind == "text":
                total += sum(1 for _ in _WORD.finditer(token.text))
    return total
