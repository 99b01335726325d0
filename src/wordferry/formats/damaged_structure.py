"""Damage to what holds the texts: keys, values, ids, sources, syntax, front matter and lines."""

from __future__ import annotations

import re

from wordferry.formats.damage import cut, write
from wordferry.formats.document import Document


def rename_key(document: Document) -> bytes | None:
    """A JSON key is translated."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.key_start >= 0:
            return cut(document, value.key_start + 1, value.key_start + 1, "wort_")
    return None


def drop_key(document: Document) -> bytes | None:
    """A JSON member, an XLIFF unit or a PO message is lost."""
    if document.format == "json":
        return _drop_member(document)
    if document.format == "xliff":
        for unit in document.shape:
            return cut(document, unit.start, unit.end)
    if document.format == "po":
        for entry in document.shape:
            if entry.key:
                return cut(document, entry.start, entry.end)
    return None


def _drop_member(document: Document) -> bytes | None:
    text = document.text
    for value in document.shape:
        if value.key_start < 0:
            continue
        after = re.compile(r"[ \t\r\n]*,").match(text, value.end)
        if after is not None:
            return cut(document, value.key_start, after.end())
        before = re.compile(r"(?:,[ \t\r\n]*)?\Z").search(text[: value.key_start])
        return cut(document, before.start() if before else value.key_start, value.end)
    return None


def duplicate_key(document: Document) -> bytes | None:
    """A JSON member is there twice."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.key_start >= 0:
            member = document.text[value.key_start : value.end]
            return cut(document, value.key_start, value.key_start, f"{member},")
    return None


def change_value(document: Document) -> bytes | None:
    """A number, or true, false or null, is changed."""
    if document.format != "json":
        return None
    for value in document.shape:
        if value.type in ("number", "word"):
            return cut(document, value.start, value.end, "12345" if value.raw != "12345" else "54321")
    return None


def break_syntax(document: Document) -> bytes | None:
    """A quotation mark inside a JSON or PO text is not escaped, an ampersand inside XML stands alone."""
    if document.format == "xliff":
        slot = document.text.find("</source>")
        return None if slot < 0 else cut(document, slot, slot, " & ")
    if document.format in ("json", "po"):
        for segment in document.segments:
            if segment.end > segment.start:
                return cut(document, segment.start, segment.start, 'a " b')
    return None


def break_front_matter(document: Document) -> bytes | None:
    """The line that closes the front matter is lost."""
    front = document.shape[0].front if document.format == "markdown" else None
    if front is None:
        return None
    block = document.text[: front.end]
    start = max(block.rstrip("\r\n").rfind("\n"), block.rstrip("\r\n").rfind("\r")) + 1
    return cut(document, start, front.end)


def translate_front_matter_key(document: Document) -> bytes | None:
    """A key of the front matter is translated."""
    front = document.shape[0].front if document.format == "markdown" else None
    if front is None:
        return None
    found = re.compile(r"^(\w+)(?=[ \t]*[:=])", re.MULTILINE).search(document.text, 3, front.end)
    return None if found is None else cut(document, found.start(), found.start(), "wort_")


def change_id(document: Document) -> bytes | None:
    """An XLIFF unit's id or a PO msgid is edited."""
    if document.format == "xliff":
        for unit in document.shape:
            if unit.id_span[1]:
                return cut(document, unit.id_span[0], unit.id_span[0], "x")
    if document.format == "po":
        for entry in document.shape:
            if entry.key:
                found = re.compile(r'^msgid[ \t]*"', re.MULTILINE).search(
                    document.text, entry.start, entry.end
                )
                return None if found is None else cut(document, found.end(), found.end(), "x")
    return None


def change_source(document: Document) -> bytes | None:
    """The source text inside an XLIFF file is edited."""
    if document.format != "xliff":
        return None
    for unit in document.shape:
        if unit.source_at >= 0 and unit.source.strip():
            return cut(document, unit.source_at, unit.source_at, "Neu ")
    return None


def change_line_ending(document: Document) -> bytes | None:
    """Lines end as on another system."""
    if document.format != "plain":
        return None
    ending = next((line.ending for line in document.shape if line.text.strip()), "")
    if not ending or any(line.ending not in ("", ending) for line in document.shape):
        return None
    return write(document, document.text.replace(ending, "\n" if ending != "\n" else "\r\n"))


def join_lines(document: Document) -> bytes | None:
    """Two lines of plain text become one."""
    if document.format != "plain":
        return None
    for line, following in zip(document.shape, document.shape[1:], strict=False):
        if line.text.strip() and following.text.strip():
            return cut(document, line.start + len(line.text), following.start, " ")
    return None
