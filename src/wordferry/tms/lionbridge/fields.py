"""Items as keys and values: what Lionbridge calls inline content.

The texts of a file are sent under the keys that `formats` gives them, and come back into the very places they were
taken from. Everything else of the file never leaves us.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from wordferry import formats
from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.limits import LARGEST_CONTENT
from wordferry.tms.lionbridge.api.source_content import ContentField

__all__ = ["put_back", "taken_apart"]


def taken_apart(path: Path, *, format: str | None, encoding: str | None) -> tuple[ContentField, ...] | None:
    """The texts of a file; None when it has to go as a file.

    The answer depends on the bytes and the format alone, so that it is the same when the translation comes back.

    Args:
        path: the file as sent.
        format: a name known to `formats`, or None.
        encoding: declared text encoding, or None.
    """
    if format is None or path.stat().st_size > LARGEST_CONTENT:
        return None
    try:
        document = formats.parse(path.read_bytes(), format=format, encoding=encoding)
    except formats.FormatError:
        return None
    if not document.segments:
        return None
    found = tuple(ContentField(key=segment.key, value=segment.text) for segment in document.segments)
    size = sum(len(one.key.encode()) + len(one.value.encode("utf-8", "surrogatepass")) for one in found)
    return found if size <= LARGEST_CONTENT else None


def put_back(
    path: Path,
    translated: Iterable[ContentField],
    *,
    format: str,
    encoding: str | None,
    name: str,
) -> bytes:
    """A translated file, made of its source and the texts that came back.

    Args:
        path: the file as sent.
        translated: what the vendor returned.
        format: a name known to `formats`.
        encoding: declared text encoding, or None.
        name: what a person calls it, for errors.

    Raises:
        Refused: texts are missing, or cannot be written in the file's format.
    """
    document = formats.parse(path.read_bytes(), format=format, encoding=encoding)
    texts: Mapping[str, str] = {one.key: one.value for one in translated}
    wanted = [segment.key for segment in document.segments]
    missing = [key for key in wanted if key not in texts]
    if missing:
        raise Refused(
            f"{len(missing)} of {len(wanted)} texts did not come back.",
            object=name,
            next="Ask the provider to deliver it again, then `wordferry retry`.",
        )
    try:
        # A text that we never sent has no place to go.
        return formats.splice(document, {key: texts[key] for key in wanted})
    except formats.FormatError as error:
        raise Refused(
            f"a text that came back cannot be written: {error.sentence}.",
            object=name,
            next="Ask the provider to deliver it again, then `wordferry retry`.",
        ) from error
