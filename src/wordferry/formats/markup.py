"""Scans HTML and XML into pieces with their positions; the text itself is never rebuilt."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import msgspec

from wordferry.formats.document import FormatError, position_of

# Possessive repeats: a tag with an open quotation mark fails at once instead of trying every split.
_TAG = re.compile(r"<(/?)([A-Za-z_][^\s/>]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_LOOSE_TAG = re.compile(r"<(/?)([A-Za-z_][^\s/>]*+)([^>]*+)>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title")
}

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


class Attribute(msgspec.Struct, frozen=True):
    """One attribute; `start` and `end` enclose its raw value, without quotation marks."""

    name: str
    value: str
    start: int
    end: int
    quote: str


class Piece(msgspec.Struct, frozen=True):
    """A piece of markup.

    `kind` is one of text, start, end, empty, raw (the content of script, style and the like), comment, cdata,
    declaration and instruction; `name` is the tag's name, in lower case for HTML.
    """

    kind: str
    name: str
    start: int
    end: int
    attributes: tuple[Attribute, ...] = ()

    def get(self, name: str) -> str | None:
        """The decoded value of an attribute, or None."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        return None


def attributes_of(text: str, start: int, end: int, *, xml: bool) -> tuple[Attribute, ...]:
    """The attributes between two offsets inside a tag; the first of two equal names wins, as in browsers."""
    found: dict[str, Attribute] = {}
    for match in _ATTRIBUTE.finditer(text, start, end):
        name = match[1] if xml else match[1].lower()
        group = match.lastindex or 1
        raw_start, raw_end = match.span(group) if group > 1 else (match.end(), match.end())
        value = text[raw_start:raw_end]
        if "&" in value:
            value = html.unescape(value)
        quote = '"' if group == 2 else "'" if group == 3 else ""
        found.setdefault(name, Attribute(name, value, raw_start, raw_end, quote))
    return tuple(found.values())


def _delimited(text: str, start: int, opening: str, closing: str, what: str) -> int:
    end = text.find(closing, start + len(opening))
    if end < 0:
        raise FormatError(
            f"A {what} is not closed",
            position=position_of(text, start),
            cure=f"Close it with “{closing}”; the file may have been cut off.",
        )
    return end + len(closing)


_DELIMITED = (
    ("<!--", "-->", "comment"),
    ("<![CDATA[", "]]>", "cdata"),
    ("<?", ">", "instruction"),
    ("<!", ">", "declaration"),
)


def scan(
    text: str, *, xml: bool, start: int = 0, end: int | None = None, bare: frozenset[str] = frozenset()
) -> Iterator[Piece]:
    """Cuts markup into pieces that together cover the text from `start` to `end`.

    Args:
        text: the whole document, so that positions are those of the document.
        xml: names keep their case, and no element has raw content.
        start: first character offset.
        end: offset behind the last character; None means the end of the text.
        bare: names of elements whose attributes the caller does not need; they are left out.

    Raises:
        FormatError: a comment, a section, a tag or a raw element is not closed.
    """
    stop = len(text) if end is None else end
    at = begin = start
    while True:
        at = text.find("<", at, stop)
        if at < 0:
            break
        piece = _markup_at(text, at, stop, xml=xml, bare=bare)
        if piece is None:
            at += 1
            continue
        if at > begin:
            yield Piece("text", "", begin, at)
        yield piece
        at = begin = piece.end
        if piece.kind == "start" and not xml and (pattern := _RAW_END.get(piece.name)):
            closing = pattern.search(text, at, stop)
            if closing is None:
                raise FormatError(
                    f"The element <{piece.name}> is not closed",
                    position=position_of(text, piece.start),
                    cure="Close it; the file may have been cut off.",
                )
            if closing.start() > at:
                yield Piece("raw", piece.name, at, closing.start())
            at = begin = closing.start()
    if begin < stop:
        yield Piece("text", "", begin, stop)


def _markup_at(text: str, at: int, stop: int, *, xml: bool, bare: frozenset[str]) -> Piece | None:
    """The piece that begins with the "<" at this offset, or None when that is only a character."""
    following = text[at + 1 : at + 2]
    if following in ("!", "?"):
        for opening, closing, kind in _DELIMITED:
            if text.startswith(opening, at):
                # "<?php … ?>" may hold ">" in its code.
                ending = (
                    "?>"
                    if kind == "instruction" and (xml or text.startswith(("<?php", "<?="), at))
                    else closing
                )
                return Piece(kind, "", at, _delimited(text, at, opening, ending, kind))
    if not (following.isalpha() or following in ("/", "_")) or not following:
        return None
    match = _TAG.match(text, at, stop) or _LOOSE_TAG.match(text, at, stop)
    if match is None:
        if following == "/" and not text[at + 2 : at + 3].isalpha():
            return None
        if re.compile(r"</?[A-Za-z_][^\s<>]*(?:\s|$)").match(text, at, stop) is None:
            return None
        raise FormatError(
            "A tag is not closed",
            position=position_of(text, at),
            cure="Close it with “>”; the file may have been cut off.",
        )
    name = match[2] if xml else match[2].lower()
    if match[1]:
        return Piece("end", name, at, match.end())
    inside = match[3]
    closed = inside.endswith("/")
    attributes: tuple[Attribute, ...] = ()
    if inside and name not in bare and not inside.isspace() and inside != "/":
        attributes = attributes_of(text, match.start(3), match.end(3) - closed, xml=xml)
    empty = name in VOID if not xml else closed
    if not xml and closed and not empty:
        # HTML ignores the slash on other elements, but SVG, MathML and template languages mean it.
        empty = True
    return Piece("empty" if empty else "start", name, at, match.end(), attributes)
