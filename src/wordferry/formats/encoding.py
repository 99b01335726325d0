"""Bytes to text and back: byte order marks, declared encodings, and refusing what cannot be read exactly."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from wordferry.formats.document import FormatError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A family name leaves the byte order to the mark; without a mark the position of zero bytes decides.
_FAMILIES = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
_XML_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)")
_META_CHARSET = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_PO_CHARSET = re.compile(rb"charset=([A-Za-z0-9._:-]+)", re.IGNORECASE)
_UTF8 = "utf-8"
# The header of a PO file is looked through furthest; a byte order mark stands before it.
_PO_HEADER = 16_384
HEAD_SIZE = _PO_HEADER + 4
"""How many bytes from a file's beginning decide its encoding."""


class Decoded:
    """Text with what is needed to write the same bytes again."""

    __slots__ = ("bom", "declared", "encoding", "text")

    def __init__(self, *, text: str, encoding: str, bom: bytes, declared: str) -> None:
        self.text = text
        self.encoding = encoding
        self.bom = bom
        self.declared = declared


@lru_cache(maxsize=64)
def _canonical(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except LookupError:
        found = None
    # base64, rot13 and the like are codecs too, but no text encodings.
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise FormatError(
            f"The encoding {name[:40]!r} is not known",
            position="byte 0",
            cure="Declare an encoding such as utf-8, utf-16 or iso-8859-1.",
            kind="encoding",
        )
    return _UTF8 if found.name == "utf-8-sig" else found.name


def declared_in(data: bytes, *, format: str) -> str:
    """The encoding a file declares about itself, canonical; "" when it declares none.

    Args:
        data: the file's bytes without a byte order mark.
        format: the file's format.

    Raises:
        FormatError: the declared encoding does not exist.
    """
    match: re.Match[bytes] | None = None
    if format in ("xliff", "html"):
        match = _XML_DECLARATION.match(data, 0, 1024)
    if match is None and format == "html":
        match = _META_CHARSET.search(data, 0, 2048)
    if format == "po":
        header_end = re.search(rb"\r?\n[ \t]*\r?\n", data[:_PO_HEADER])
        match = _PO_CHARSET.search(data, 0, header_end.start() if header_end else _PO_HEADER)
        if match is not None and match[1].upper() == b"CHARSET":
            return ""  # the placeholder of a template that nobody has translated yet
    if match is None:
        return ""
    name = _canonical(match[1].decode("ascii"))
    # The declaration was readable as ASCII, so it cannot be true; the HTML standard reads it as UTF-8.
    return _UTF8 if name.startswith(("utf-16", "utf-32")) else name


def _without_mark(family: str, data: bytes) -> str:
    width = 2 if family == "utf-16" else 4
    little, big = _FAMILIES[family]
    sample = data[: 64 * width]
    first, last = sample[0::width].count(0), sample[width - 1 :: width].count(0)
    return big if first > last else little


def _begin(head: bytes, *, format: str, encoding: str | None) -> tuple[bytes, str, str]:
    """The byte order mark, the encoding to read by, and the one the file declares."""
    bom, by_mark = b"", ""
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            bom, by_mark = mark, name
            break
    wanted = _canonical(encoding) if encoding else ""
    if wanted and by_mark != wanted and by_mark not in _FAMILIES.get(wanted, ()):
        bom, by_mark = b"", ""
    body = head[len(bom) :]
    declared = "" if by_mark.startswith(("utf-16", "utf-32")) else declared_in(body, format=format)
    chosen = by_mark or wanted or declared or _UTF8
    if chosen in _FAMILIES:
        chosen = _without_mark(chosen, body)
    return bom, chosen, declared


def sniff(head: bytes, *, format: str, encoding: str | None) -> str:
    """The encoding in which `decode` reads a file, told from the file's beginning.

    Args:
        head: the first `HEAD_SIZE` bytes, or all when there are fewer; more make no difference.
        format: decides where a declaration is looked for.
        encoding: wins over mark and declaration; None finds out, with UTF-8 when nothing is said.

    Returns:
        A canonical name. UTF-16 and UTF-32 come with their byte order ("utf-16-le"), so that a byte order mark
        decodes to U+FEFF at the beginning of the text.

    Raises:
        FormatError: the wanted or the declared encoding does not exist.
    """
    return _begin(head[:HEAD_SIZE], format=format, encoding=encoding)[1]


def decode(data: bytes, *, format: str, encoding: str | None) -> Decoded:
    """Reads a file as text that can be written back byte for byte.

    Args:
        data: the whole file.
        format: decides where a declaration is looked for.
        encoding: wins over mark and declaration; None finds out, with UTF-8 when nothing is said.

    Raises:
        FormatError: unknown encoding, undecodable bytes, NUL bytes, or an encoding that cannot be reversed.
    """
    bom, chosen, declared = _begin(data[:HEAD_SIZE], format=format, encoding=encoding)
    body = data[len(bom) :]
    try:
        text = body.decode(chosen)
    except UnicodeDecodeError as error:
        raise _undecodable(chosen, offset=len(bom) + error.start) from None
    except UnicodeError:  # stateful codecs give no offset
        raise _undecodable(chosen, offset=len(bom)) from None
    if "\0" in text:
        offset = len(bom) + len(text[: text.index("\0")].encode(chosen))
        raise FormatError(
            "The file holds a NUL byte",
            position=f"byte {offset}",
            cure="Remove it, or name the encoding if this is UTF-16 or UTF-32 without a byte order mark.",
            kind="encoding",
        )
    if not chosen.startswith("utf-") and not _reversible(text, chosen, body):
        raise FormatError(
            f"The file cannot be written back exactly in {chosen}",
            position="byte 0",
            cure="Save it as UTF-8.",
            kind="encoding",
        )
    return Decoded(text=text, encoding=chosen, bom=bom, declared=declared)


def _undecodable(encoding: str, *, offset: int) -> FormatError:
    return FormatError(
        f"The bytes are not {encoding}",
        position=f"byte {offset}",
        cure="Save the file as UTF-8, or name the encoding it is really in.",
        kind="encoding",
    )


def _reversible(text: str, encoding: str, data: bytes) -> bool:
    try:
        return text.encode(encoding) == data
    except UnicodeError:
        return False


def encode(text: str, *, encoding: str, bom: bytes) -> bytes:
    """Writes text in the encoding it came in.

    Raises:
        FormatError: a character does not exist in that encoding.
    """
    try:
        return bom + text.encode(encoding)
    except UnicodeEncodeError as error:
        raise FormatError(
            f"The character U+{ord(text[error.start]):04X} does not exist in {encoding}",
            position=f"character {error.start}",
            cure="Save the source as UTF-8, then translate it again.",
            kind="encoding",
        ) from None


def can_encode(text: str, encoding: str) -> bool:
    """Whether every character of a text exists in an encoding."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def with_references(text: str, encoding: str) -> str:
    """Characters that an encoding lacks become numeric character references."""
    if encoding.startswith("utf-") or can_encode(text, encoding):
        return text
    return text.encode(encoding, "xmlcharrefreplace").decode(encoding)


# Letters of UTF-8 read as Latin-1 or Windows-1252 and saved again. No language writes these pairs.
_MOJIBAKE = re.compile("Ã[©¨¡¶¼¤±§³\u00ad]")
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")


def garbled(text: str) -> str:
    """What a wrong encoding seems to have done to a text, as the end of a sentence; "" when nothing is seen."""
    if "\ufffd" in text:
        return "were lost"
    # Most texts are ASCII, which Python knows without looking; of the others most hold no "Ã".
    if text.isascii():
        return ""
    seen = "â€" in text or ("Ã" in text and _MOJIBAKE.search(text)) or _CONTROLS.search(text)
    return "look garbled by a wrong encoding" if seen else ""
