"""Plain text of any size, line by line in constant memory: the one part of this room that reads files."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from wordferry.formats.check import ERROR_PAGE
from wordferry.formats.document import Finding, FormatError, Token
from wordferry.formats.encoding import decode, encode, garbled
from wordferry.formats.placeholders import tokens
from wordferry.formats.plain_document import LINE_BREAK, blank_finding, ending_finding, line_count_finding
from wordferry.formats.pseudo import Speaker
from wordferry.formats.strings import compare_texts, compare_tokens

_CHUNK = 1 << 16
# A longer line is handled in pieces cut between words, so that a file without any line break fits in memory too.
_LONGEST = 1 << 16
# One broken file would otherwise produce a finding for each of its lines.
_ENOUGH = 100


class _Text:
    """Decodes chunks of bytes into text, finding the encoding from the first of them."""

    def __init__(self, encoding: str | None) -> None:
        self._wanted = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head = b""
        self._read = 0
        self.encoding = "utf-8"
        self.bom = b""

    def feed(self, chunk: bytes, *, final: bool = False) -> str:
        if self._decoder is None:
            self._head += chunk
            if len(self._head) < 4 and not final:
                return ""
            # Whole code units of the head decide: enough for a byte order mark and for zero bytes.
            head = self._head[: min(len(self._head), 64) // 4 * 4] if len(self._head) >= 4 else self._head
            self.encoding, self.bom = _sniffed(head, self._wanted)
            self._decoder = codecs.getincrementaldecoder(self.encoding)()
            chunk, self._head = self._head[len(self.bom) :], b""
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeError as error:
            offset = self._read + getattr(error, "start", 0)
            raise FormatError(
                f"The bytes are not {self.encoding}",
                position=f"byte {offset} or shortly before",
                cure="Save the file as UTF-8, or name the encoding it is really in.",
                kind="encoding",
            ) from None
        self._read += len(chunk)
        if "\0" in text:
            raise FormatError(
                "The file holds a NUL byte",
                position=f"before byte {self._read}",
                cure="Remove it, or name the encoding if this is UTF-16 without a byte order mark.",
                kind="encoding",
            )
        return text


def _sniffed(head: bytes, wanted: str | None) -> tuple[str, bytes]:
    """Encoding and byte order mark of a file by its first bytes; a character cut in two does not matter."""
    for cut in range(4):
        try:
            found = decode(head[: len(head) - cut], format="plain", encoding=wanted)
        except FormatError:
            if cut == 3 or not head:
                break
        else:
            return found.encoding, found.bom
    ascii_head = bytes(byte for byte in head if byte < 128)
    found = decode(ascii_head.replace(b"\0", b""), format="plain", encoding=wanted)
    return found.encoding, found.bom


def _pieces(chunks: Iterable[bytes], text: _Text) -> Iterator[tuple[str, str]]:
    """Lines as (text, ending). A piece of an overlong line, and the last line, have the ending ""."""
    held = ""
    for chunk in chunks:
        held += text.feed(chunk)
        at = 0
        for match in LINE_BREAK.finditer(held):
            if match.end() == len(held) and match[0] == "\r":
                break  # the "\n" of this ending may be in the next chunk
            yield held[at : match.start()], match[0]
            at = match.end()
        held = held[at:]
        while len(held) > _LONGEST:
            cut = held.rfind(" ", 0, _LONGEST) + 1 or _LONGEST
            if held[cut - 1 : cut] == "\r":
                break
            yield held[:cut], ""
            held = held[cut:]
    held += text.feed(b"", final=True)
    at = 0
    for match in LINE_BREAK.finditer(held):
        yield held[at : match.start()], match[0]
        at = match.end()
    if at < len(held):
        yield held[at:], ""


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


class _Line:
    """One line: its text, or its tokens alone when it came in several pieces."""

    __slots__ = ("blank", "ending", "garbled", "text", "tokens")

    def __init__(self) -> None:
        self.text: str | None = None
        self.tokens: list[Token] = []
        self.blank = True
        self.garbled = ""
        self.ending = ""

    def add(self, text: str) -> None:
        if text.strip():
            self.blank = False
        self.garbled = self.garbled or garbled(text)
        if self.text is None and not self.tokens:
            self.text = text
            return
        if self.text is not None:
            self.tokens += _protected(self.text)
            self.text = None
        self.tokens += _protected(text)


def _protected(text: str) -> list[Token]:
    return [token for token in tokens(text, format="plain") if token.kind != "text"]


def _lines(pieces: Iterable[tuple[str, str]]) -> Iterator[_Line]:
    """Whole lines; blank ones at the end are left out, as editors add and strip them."""
    line, blanks = _Line(), []
    open_line = False
    for text, ending in pieces:
        line.add(text)
        open_line = True
        if not ending:
            continue
        line.ending = ending
        if line.blank:
            blanks.append(ending)
        else:
            yield from map(_blank, blanks)
            blanks = []
            yield line
        line, open_line = _Line(), False
    if open_line and not line.blank:
        yield from map(_blank, blanks)
        yield line


def _blank(ending: str) -> _Line:
    line = _Line()
    line.text, line.ending = "", ending
    return line


def compare_plain_lines(
    source_path: str | Path, target_path: str | Path, *, encoding: str | None = None
) -> tuple[Finding, ...]:
    """As `compare` for plain text, for files of any size in constant memory. Blocks: run it in a thread.

    Args:
        source_path: the file that was sent.
        target_path: the file that came back.
        encoding: the encoding of both; None believes their byte order marks, else UTF-8.

    Returns:
        At most 100 findings and the finding for the number of lines; () when the translation is safe to write.

    Raises:
        FormatError: the *source* cannot be decoded. A target that cannot is a finding.
        OSError: a file cannot be read.
    """
    findings: list[Finding] = []
    with Path(source_path).open("rb") as source, Path(target_path).open("rb") as target:
        ours, theirs = _Text(encoding), _Text(encoding)
        endings: set[str] = set()
        foreign: tuple[int, str] | None = None
        counts = [0, 0]
        pairs = zip_longest(
            _lines(_pieces(_chunks(source), ours)), _guarded(_pieces(_chunks(target), theirs))
        )
        for number, (line, other) in enumerate(pairs, 1):
            if isinstance(other, FormatError):
                return (*findings, Finding(other.kind, other.position, f"{other.sentence}."))
            if number == 1 and (ours.bom, ours.encoding) != (theirs.bom, theirs.encoding) and line and other:
                return (
                    Finding("encoding", "byte 0", "The encoding or byte order mark differs from the source."),
                )
            counts[0] += line is not None
            counts[1] += other is not None
            if line is not None and line.ending:
                endings.add(line.ending)
            if other is not None and other.ending and other.ending not in endings and foreign is None:
                foreign = number, other.ending
            if line is not None and other is not None and len(findings) < _ENOUGH:
                findings += _compare_lines(line, other, number)
    if counts[0] != counts[1]:
        return (line_count_finding(*counts), *findings[:_ENOUGH])
    if foreign is not None and endings and foreign[1] not in endings:
        findings.insert(0, ending_finding(foreign[0]))
    return tuple(findings)


def _guarded(pieces: Iterable[tuple[str, str]]) -> Iterator[_Line | FormatError]:
    """Lines of the translation; one that cannot be decoded ends them as a value, not as an exception."""
    try:
        yield from _lines(pieces)
    except FormatError as error:
        yield error


def _is_page(text: str | None) -> bool:
    return text is not None and ERROR_PAGE.match(text.encode("utf-8", "replace")) is not None


def _compare_lines(line: _Line, other: _Line, number: int) -> list[Finding]:
    if line.blank or other.blank:
        return [] if line.blank and other.blank else [blank_finding(number)]
    where = f"line {number}"
    if other.garbled and not line.garbled:
        return [Finding("encoding", where, f"Characters {other.garbled}.")]
    if number == 1 and _is_page(other.text) and not _is_page(line.text):
        return [Finding("error_page", where, "A web page arrived in place of the document.")]
    if line.text is not None and other.text is not None:
        return compare_texts(line.text, other.text, where=where)
    ours, theirs = (_protected(x.text) if x.text is not None else x.tokens for x in (line, other))
    return compare_tokens(ours, theirs, where=where)


def pseudo_translate_lines(
    lines: Iterable[bytes], *, locale: str, encoding: str | None = None
) -> Iterator[bytes]:
    """As `pseudo_translate` for plain text, from chunks of bytes to chunks of bytes in constant memory.

    Args:
        lines: the source file in order, cut anywhere.
        locale: decides accents and length.
        encoding: None believes a byte order mark, else UTF-8.

    Raises:
        FormatError: the bytes cannot be decoded.
    """
    text = _Text(encoding)
    speaker: Speaker | None = None
    whole = True
    for piece, ending in _pieces(lines, text):
        if speaker is None:
            speaker = Speaker(locale=locale, encoding=text.encoding)
            if text.bom:
                yield text.bom
        stripped = piece.strip()
        if stripped:
            spoken = (
                speaker.segment(tokens(stripped, format="plain")) if whole else _unmarked(speaker, stripped)
            )
            start = piece.index(stripped)
            written = (
                piece[:start] + (stripped if spoken is None else spoken) + piece[start + len(stripped) :]
            )
        else:
            written = piece
        whole = bool(ending)
        yield encode(written + ending, encoding=text.encoding, bom=b"")
    if speaker is None and text.bom:
        yield text.bom


def _unmarked(speaker: Speaker, text: str) -> str:
    """A later piece of an overlong line: the locale was shown at its beginning."""
    return "".join(
        speaker.run(token.text) if token.kind == "text" else token.text
        for token in tokens(text, format="plain")
    )
