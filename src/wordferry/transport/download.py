"""A file that arrives: where it goes, what is known of it afterwards, and its name in the header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import unquote

import msgspec

from wordferry.transport.calls import Arriving

__all__ = ["Downloaded", "Writable", "filename_of", "save"]


class Writable(Protocol):
    """Where a download goes: an open binary file will do."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class Downloaded(msgspec.Struct, frozen=True):
    """A file that came whole.

    Args:
        size: bytes received.
        filename: name the vendor gave it; a hint for people, never a path.
        content_type: as sent.
        checked: True when the vendor announced the length and it agrees.
    """

    size: int
    filename: str | None
    content_type: str | None
    checked: bool


async def save(arriving: Arriving, to: Writable) -> Downloaded:
    """Write a body as it comes; after an error `to` holds a beginning of it."""
    async for piece in arriving:
        to.write(piece)
    return Downloaded(
        size=arriving.received,
        filename=filename_of(arriving.headers),
        content_type=arriving.headers.get("Content-Type"),
        checked=arriving.length == arriving.received,
    )


_EXTENDED = re.compile(r"filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE = re.compile(r"filename\s*=\s*([^;\s\"]+)", re.IGNORECASE)


def filename_of(headers: Mapping[str, str]) -> str | None:
    """The file name in `Content-Disposition`, None when there is none.

    A hint for people: it comes from outside and must never be used as a path.
    """
    text = headers.get("Content-Disposition", "")
    if found := _EXTENDED.search(text):
        try:
            return unquote(found[2], encoding=found[1] or "utf-8", errors="replace")
        except LookupError:
            return None
    if found := _QUOTED.search(text):
        return re.sub(r"\\(.)", r"\1", found[1])
    found = _BARE.search(text)
    return found[1] if found else None
