"""What careless translators, tools and networks do to files: one function for each kind of damage.

The sandbox damages its deliveries with these, and the tests prove that `compare` sees every one of them.
A function returns None when a document offers no place for its damage.
"""

from __future__ import annotations

from collections.abc import Mapping

from wordferry.formats import damaged_file, damaged_structure, damaged_text
from wordferry.formats.damage import Corruption
from wordferry.formats.document import Document
from wordferry.formats.registry import parse, splice

CORRUPTIONS: Mapping[str, Corruption] = {
    function.__name__: function
    for function in (
        damaged_structure.break_front_matter,
        damaged_text.break_icu,
        damaged_structure.break_syntax,
        damaged_structure.change_id,
        damaged_structure.change_line_ending,
        damaged_text.change_link,
        damaged_structure.change_source,
        damaged_structure.change_value,
        damaged_text.drop_code_fence,
        damaged_structure.drop_key,
        damaged_text.drop_placeholder,
        damaged_text.drop_plural_branch_other,
        damaged_text.drop_tag,
        damaged_structure.duplicate_key,
        damaged_file.empty_file,
        damaged_text.empty_text,
        damaged_file.garble,
        damaged_file.html_error_page,
        damaged_structure.join_lines,
        damaged_structure.rename_key,
        damaged_text.rename_placeholder,
        damaged_text.translate_code,
        damaged_structure.translate_front_matter_key,
        damaged_file.truncate,
        damaged_text.unclose_tag,
        damaged_file.wrong_encoding,
    )
}
"""Every kind of damage by its name; each takes a parsed document and returns bytes or None."""


def corrupt(data: bytes, *, format: str, kind: str, encoding: str | None = None) -> bytes | None:
    """Damages a file in one way.

    Args:
        data: the file.
        format: one of `FORMATS`.
        kind: a key of `CORRUPTIONS`.
        encoding: the file's encoding; None believes the file.

    Returns:
        The damaged file, or None when this file offers no place for this damage.

    Raises:
        FormatError: the file cannot be read even before it is damaged.
        KeyError: there is no such kind.
    """
    document = parse(data, format=format, encoding=encoding)
    if format == "xliff":
        document = parse(_filled(document), format=format, encoding=encoding)
    damaged = CORRUPTIONS[kind](document)
    return None if damaged == data else damaged


def _filled(document: Document) -> bytes:
    """Every empty target with a copy of its source: damage belongs to a file that claims to be translated."""
    empty = {
        segment.key: segment.text
        for segment in document.segments
        if segment.before or not document.text[segment.start : segment.end].strip()
    }
    return splice(document, empty)
