"""Which formats there are, by which suffix, and the way from bytes to a document and back."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType

from wordferry.formats.document import Document, FormatError, Segment
from wordferry.formats.encoding import decode, encode

# Each module has `parse(decoded)` and `compare(source, target)`; it is imported when its format is first met.
_MODULES: Mapping[str, str] = {
    "json": "json_document",
    "markdown": "markdown_document",
    "html": "html_document",
    "xliff": "xliff_document",
    "po": "po_document",
    "plain": "plain_document",
}
FORMATS: tuple[str, ...] = tuple(_MODULES)
"""The names of all formats."""

_SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".po": "po",
    ".pot": "po",
    ".txt": "plain",
    ".text": "plain",
}


def format_for(name: str) -> str | None:
    """The format of a file by the suffix of its name or path; None when it is not known."""
    stem, dot, suffix = name.rpartition(".")
    return _SUFFIXES.get(dot + suffix.lower()) if stem else None


def module_for(format: str) -> ModuleType:
    """The module that reads and compares a format.

    Raises:
        FormatError: there is no such format.
    """
    name = _MODULES.get(format)
    if name is None:
        raise FormatError(
            f"The format {format[:40]!r} is not known",
            position="byte 0",
            cure=f"Use one of {', '.join(FORMATS)}.",
        )
    return importlib.import_module(f"wordferry.formats.{name}")


def parse(data: bytes, *, format: str, encoding: str | None = None) -> Document:
    """Reads a file.

    Args:
        data: the whole file.
        format: one of `FORMATS`.
        encoding: wins over what the file says about itself; None believes the file.

    Returns:
        The document; `splice` of it with no replacements gives the same bytes.

    Raises:
        FormatError: unknown format, undecodable bytes, or broken syntax; names the position and the cure.
    """
    module = module_for(format)
    document: Document = module.parse(decode(data, format=format, encoding=encoding))
    return document


def escaped(segment: Segment, text: str, *, encoding: str) -> str:
    """A translation in the spelling of its slot, with what belongs around it.

    Args:
        segment: the slot.
        text: the translation, as a translator writes it.
        encoding: the document's encoding; characters it lacks are escaped where the format can.
    """
    kind = segment.escape
    family = kind.partition("-")[0]
    if family == "json":
        from wordferry.formats import json_document

        written = json_document.escape(text, kind, encoding)
    elif family == "html":
        from wordferry.formats import html_document

        written = html_document.escape(text, kind, encoding)
    elif family == "xliff":
        from wordferry.formats import xliff_document

        written = xliff_document.escape(text, encoding)
    elif family == "po":
        from wordferry.formats import po_document

        written = po_document.escape(text, segment.joints[0])
    elif family in ("yaml", "toml"):
        from wordferry.formats import front_matter

        written = front_matter.escape(text, kind, segment.joints)
    elif family == "line":
        written = " ".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    else:
        from wordferry.formats import markdown_document

        written = markdown_document.escape(text, kind, segment.joints)
    return f"{segment.before}{written}{segment.after}"


def splice(document: Document, replacements: Mapping[str, str]) -> bytes:
    """Writes translations into their slots; every other byte stays as it is.

    Args:
        document: a parsed file.
        replacements: translations by segment key.

    Raises:
        FormatError: a key is not a segment of the document, or a character does not exist in its encoding.
    """
    return splice_slots(document, replacements, document.segments)


def splice_slots(document: Document, replacements: Mapping[str, str], slots: Iterable[Segment]) -> bytes:
    """As `splice`, for any slots of the document (its segments, its language slots, or both)."""
    chosen = {slot.key: slot for slot in slots if slot.key in replacements}
    if len(chosen) < len(replacements):
        raise FormatError(
            f"{len(replacements) - len(chosen)} of the keys are not segments of the document",
            position="replacements",
            cure="Take the keys from the segments of this very document.",
            kind="key",
        )
    text, at = document.text, 0
    parts: list[str] = []
    for slot in sorted(chosen.values(), key=lambda slot: slot.start):
        parts.append(text[at : slot.start])
        parts.append(escaped(slot, replacements[slot.key], encoding=document.encoding))
        at = slot.end
    parts.append(text[at:])
    return encode("".join(parts), encoding=document.encoding, bom=document.bom)
