"""Damage to a whole file, as interrupted transfers, old tools and proxies do it."""

from __future__ import annotations

import re

from wordferry.formats.damage import write
from wordferry.formats.document import Document
from wordferry.formats.encoding import garbled

ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><h1>502 Bad Gateway</h1><hr></body></html>\n"
)


def truncate(document: Document) -> bytes | None:
    """The file ends too early."""
    text = document.text.rstrip()
    if document.format == "json":
        return (
            write(document, text[: len(text) // 2]) if text[:1] in ("{", "[", '"') and len(text) > 1 else None
        )
    if document.format == "xliff":
        return write(document, text[: len(text) // 2])
    cut = _cut_points(document)
    return None if cut is None else write(document, document.text[:cut])


def _cut_points(document: Document) -> int | None:
    """Where the last block, element, message or line begins: cutting there always loses something."""
    text = document.text
    if document.format == "html":
        tag = text.rfind("</")
        return (
            tag
            if tag > 0 and ">" in text[tag:] and document.segments and tag > document.segments[0].start
            else None
        )
    if document.format == "po":
        return int(document.shape[-1].start) if document.shape else None
    if document.format == "markdown":
        opened = [block.line for block in document.shape[0].blocks if not block.kind.endswith("_close")]
        return _line_start(text, max(opened)) if opened else None
    lines = [line for line in document.shape if line.text.strip()]
    return int(lines[-1].start) if lines else None


def _line_start(text: str, number: int) -> int:
    at = 0
    for match in re.finditer(r"\r\n|\n|\r", text):
        number -= 1
        if number < 1:
            break
        at = match.end()
    return at


def wrong_encoding(document: Document) -> bytes | None:
    """The file comes back in another encoding than it went out in."""
    if not document.text.strip():
        return None
    if document.encoding.startswith("utf-16"):
        return document.text.encode("utf-8")
    return b"\xff\xfe" + document.text.encode("utf-16-le")


def garble(document: Document) -> bytes | None:
    """UTF-8 is read as Windows-1252 and saved again, as old tools do ("Ã©" for "é")."""
    text = document.text
    if document.encoding != "utf-8" or "é" not in text or garbled(text):
        return None
    return write(document, text.replace("é", "Ã©"))


def empty_file(document: Document) -> bytes | None:
    """The file is empty."""
    return b"" if document.text.strip() else None


def html_error_page(document: Document) -> bytes | None:
    """A proxy's error page arrives in place of the file."""
    page = ERROR_PAGE.encode()
    return None if document.text == ERROR_PAGE else page
