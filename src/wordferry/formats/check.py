"""The structure check: is a translation safe to write where its source stands?"""

from __future__ import annotations

import re
from functools import lru_cache

from wordferry.formats.document import Document, Finding, FormatError
from wordferry.formats.encoding import garbled
from wordferry.formats.registry import module_for, parse

# Beyond this size a source is read again for each language rather than kept in memory.
_CACHED_SIZE = 262_144
ERROR_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=16)
def _parsed(data: bytes, format: str, encoding: str | None) -> Document:
    return parse(data, format=format, encoding=encoding)


def compare(source: bytes, target: bytes, *, format: str, encoding: str | None = None) -> tuple[Finding, ...]:
    """Compares the structure of a translation with that of its source.

    Args:
        source: the file that was sent.
        target: the file that came back.
        format: one of `FORMATS`.
        encoding: the encoding of both; None believes the files.

    Returns:
        What stops a delivery; () when the translation is safe to write.

    Raises:
        FormatError: the *source* cannot be read. A target that cannot be read is a finding.
    """
    ours = (
        _parsed(source, format, encoding)
        if len(source) <= _CACHED_SIZE
        else parse(source, format=format, encoding=encoding)
    )
    if source == target:
        return ()
    if not target.strip():
        return () if not source.strip() else (Finding("empty", "file", "The file is empty."),)
    if ERROR_PAGE.match(target, 0, 4096) and not ERROR_PAGE.match(source, 0, 4096):
        return (Finding("error_page", "file", "A web page arrived in place of the document."),)
    try:
        theirs = parse(target, format=format, encoding=encoding)
    except FormatError as error:
        return (Finding(error.kind, error.position, f"{error.sentence}."),)
    findings = _compare_encodings(ours, theirs)
    if not findings:
        findings += module_for(format).compare(ours, theirs)
    return tuple(findings)


def _compare_encodings(source: Document, target: Document) -> list[Finding]:
    if source.bom != target.bom:
        return [Finding("encoding", "byte 0", "The byte order mark differs from the source.")]
    if source.encoding != target.encoding:
        message = f"The source is in {source.encoding}, the translation in {target.encoding}."
        return [Finding("encoding", "file", message)]
    if source.declared_encoding and target.declared_encoding not in ("", source.declared_encoding):
        return [Finding("encoding", "file", "The translation declares another encoding than the source.")]
    if (what := garbled(target.text)) and not garbled(source.text):
        return [Finding("encoding", "file", f"Characters {what}.")]
    return []
