"""Plain text: one segment for each line, and the same lines, blank lines and line endings on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from wordferry.formats.document import Document, Finding, Segment
from wordferry.formats.encoding import Decoded
from wordferry.formats.strings import compare_texts

# Only these end a line; U+2028, form feeds and the like belong to it.
LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Line(msgspec.Struct, frozen=True):
    """One line: its text without the break, the break, and its offset."""

    text: str
    ending: str
    start: int


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text; a final break does not begin another line."""
    at = 0
    for match in LINE_BREAK.finditer(text):
        yield Line(text[at : match.start()], match[0], at)
        at = match.end()
    if at < len(text):
        yield Line(text[at:], "", at)


def parse(decoded: Decoded) -> Document:
    """Reads plain text; every text is valid."""
    lines = tuple(lines_of(decoded.text))
    segments = []
    for number, line in enumerate(lines, 1):
        text = line.text.strip()
        if text:
            start = line.start + line.text.index(text)
            segments.append(Segment(f"line {number}", text, start, start + len(text), "line"))
    return Document(
        format="plain",
        encoding=decoded.encoding,
        bom=decoded.bom,
        text=decoded.text,
        segments=tuple(segments),
        shape=lines,
        declared_encoding=decoded.declared,
    )


def trimmed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without blank ones at the end, which editors add and strip."""
    end = len(lines)
    while end and not lines[end - 1].text.strip():
        end -= 1
    return lines[:end]


def line_count_finding(ours: int, theirs: int) -> Finding:
    """The finding for a wrong number of lines."""
    return Finding(
        "structure",
        f"line {min(ours, theirs) + 1}",
        f"The source has {ours} lines, the translation {theirs}.",
    )


def ending_finding(number: int) -> Finding:
    """The finding for a foreign line ending."""
    return Finding(
        "line_ending", f"line {number}", "The line ends in another way than the lines of the source."
    )


def blank_finding(number: int) -> Finding:
    """The finding for a line that is blank on one side only."""
    return Finding("structure", f"line {number}", "The line is blank on one side only.")


def compare(source: Document, target: Document) -> list[Finding]:
    """Same number of lines, blank where the source is blank, same endings, same placeholders and links."""
    ours, theirs = trimmed(source.shape), trimmed(target.shape)
    if len(ours) != len(theirs):
        return [line_count_finding(len(ours), len(theirs))]
    findings: list[Finding] = []
    endings = {line.ending for line in source.shape if line.ending}
    if endings:
        for number, line in enumerate(theirs, 1):
            if line.ending and line.ending not in endings:
                findings.append(ending_finding(number))
                break
    for number, (line, other) in enumerate(zip(ours, theirs, strict=True), 1):
        if not line.text.strip() or not other.text.strip():
            if line.text.strip() or other.text.strip():
                findings.append(blank_finding(number))
        elif line.text != other.text:
            findings += compare_texts(line.text, other.text, where=f"line {number}")
    return findings
