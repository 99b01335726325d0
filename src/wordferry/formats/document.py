"""The values every format speaks in: documents, their segments, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

FINDING_KINDS: Mapping[str, str] = {
    "code": "code that must not be translated was changed",
    "duplicate": "a key, unit or message occurs more often than in the source",
    "empty": "a text that the source has is empty in the translation",
    "encoding": "bytes, byte order mark, declared encoding, or characters lost on the way",
    "error_page": "a web page arrived in place of the document",
    "front_matter": "keys or technical values of the front matter differ",
    "header": "a header field that belongs to the source was changed",
    "icu": "an ICU message lost its syntax, an argument, a selector or its 'other' branch",
    "key": "a key, unit or message is missing or was invented",
    "line_ending": "lines end in another way than in the source",
    "link": "the target of a link, an image or a script differs",
    "placeholder": "a placeholder is missing, was renamed or was invented",
    "source": "the source text kept inside a bilingual file was changed",
    "structure": "blocks, lines, rows or columns differ in number or kind",
    "syntax": "the file cannot be read as its format",
    "tag": "a tag or its attributes differ, or tags are no longer nested",
    "untranslated_slot": "a slot that was to be filled has no translation",
    "value": "a value that is not text was changed, or its type was",
}
"""Every kind of finding with its meaning. The set is open: readers must accept a kind they do not know."""

QUOTE_LIMIT = 40
"""Messages never quote more than this many characters of a customer's content."""


class FormatError(ValueError):
    """A file cannot be read, or a text cannot be written, in its format.

    Args:
        sentence: what is wrong, without customer content.
        position: where, for people: "line 3, column 5" or "byte 120".
        cure: what to do next.
        kind: the finding kind this becomes when the broken file is a translation.
    """

    def __init__(self, sentence: str, *, position: str, cure: str, kind: str = "syntax") -> None:
        self.sentence = sentence
        self.position = position
        self.cure = cure
        self.kind = kind
        super().__init__(f"{sentence} ({position}). {cure}")

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors are stored and rebuilt; the default rebuild would pass the joined message as the sentence.
        return _rebuild, (self.sentence, self.position, self.cure, self.kind)


def _rebuild(sentence: str, position: str, cure: str, kind: str) -> FormatError:
    return FormatError(sentence, position=position, cure=cure, kind=kind)


class Segment(msgspec.Struct, frozen=True):
    """One translatable stretch of a document.

    `text` is what a translator sees. The translation is written over `Document.text[start:end]`, with `before`
    and `after` around it and in the spelling that `escape` names.
    """

    key: str
    text: str
    start: int
    end: int
    escape: str = "raw"
    before: str = ""
    after: str = ""
    # Raw text between the lines of a segment that spans several: line break and container prefix ("> ").
    joints: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """One difference that stops a delivery: `kind` is a key of `FINDING_KINDS`, `where` a segment or line."""

    kind: str
    where: str
    message: str


class Token(msgspec.Struct, frozen=True):
    """A piece of a segment: kind "text" may be translated, every other kind must survive as it is."""

    kind: str
    text: str

    @property
    def translatable(self) -> bool:
        """Whether a translator may change this piece."""
        return self.kind == "text"


class Document(msgspec.Struct, frozen=True):
    """A parsed file: its decoded text, the stretches to translate, and the shape that must survive.

    `shape` holds what the format's own comparison needs; its item types are known to that format only.
    `language_slots` are places that name the document's language; a translator may fill them with a locale.
    """

    format: str
    encoding: str
    bom: bytes
    text: str
    segments: tuple[Segment, ...]
    shape: tuple[Any, ...] = ()
    declared_encoding: str = ""
    language_slots: tuple[Segment, ...] = ()


def quoted(text: str) -> str:
    """A short quotation of content for a message: one line, at most `QUOTE_LIMIT` characters."""
    flat = " ".join(text.split())
    return f"“{flat}”" if len(flat) <= QUOTE_LIMIT else f"“{flat[: QUOTE_LIMIT - 1]}…”"


def line_of(text: str, offset: int) -> int:
    """The line number (from 1) of a character offset."""
    return text.count("\n", 0, offset) + 1


def position_of(text: str, offset: int) -> str:
    """A character offset as people say it: line and column, both from 1."""
    return f"line {line_of(text, offset)}, column {offset - text.rfind(chr(10), 0, offset)}"
