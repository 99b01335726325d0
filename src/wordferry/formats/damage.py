"""How a document is damaged in one place: cut out a stretch, or exchange a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wordferry.formats.document import Document, Segment, Token
from wordferry.formats.encoding import encode
from wordferry.formats.placeholders import tokens
from wordferry.formats.registry import splice

Corruption = Callable[[Document], bytes | None]
"""One kind of damage: the damaged bytes, or None when the document offers no place for it."""


def write(document: Document, text: str) -> bytes:
    """A text as a file like the document: same encoding, same byte order mark."""
    return encode(text, encoding=document.encoding, bom=document.bom)


def cut(document: Document, start: int, end: int, instead: str = "") -> bytes:
    """The document with `instead` in place of what stands between two offsets."""
    return write(document, document.text[:start] + instead + document.text[end:])


def _pieces(document: Document) -> Iterator[tuple[Segment, tuple[Token, ...]]]:
    for segment in document.segments:
        if not _tolerant(document, segment):
            yield segment, tokens(segment.text, format=document.format)


def _tolerant(document: Document, segment: Segment) -> bool:
    """PO plural forms other than the last may leave out the number, so damage there may be no damage."""
    if document.format != "po" or not segment.key.endswith("]"):
        return False
    base, _, index = segment.key[:-1].rpartition("[")
    return any(other.key == f"{base}[{int(index) + 1}]" for other in document.segments if index.isdigit())


def replace_token(
    document: Document, kinds: tuple[str, ...], change: Callable[[str], str | None]
) -> bytes | None:
    """Changes the first token of one of the kinds for which `change` returns something, everywhere it stands."""
    for segment, pieces in _pieces(document):
        for token in pieces:
            if token.kind not in kinds or token.text == "%%":
                continue
            # A sentence of HTML has several segments, and one mention of a placeholder in it is enough.
            if document.format == "html" and document.text.count(token.text) != segment.text.count(
                token.text
            ):
                continue
            changed = change(token.text)
            if changed is None or changed == token.text:
                continue
            written = "".join(changed if piece == token else piece.text for piece in pieces)
            if document.format == "plain" and not written.strip():
                continue
            return splice(document, {segment.key: written})
    return None
