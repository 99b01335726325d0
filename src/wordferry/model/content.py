"""What content systems hold: items, and the targets where their translations go."""

from __future__ import annotations

import msgspec

__all__ = ["Item", "ItemProblem", "Source"]


class Item(msgspec.Struct, frozen=True):
    """One translatable thing in a content system.

    Attributes:
        id: stable within its content system.
        name: what a person calls it (a path, a title); also its file name at the TMS.
        revision: content hash, SHA-256 hex.
        size: bytes.
        format: a name known to `formats`, or None when its structure cannot be checked.
        encoding: declared text encoding; None means "as the file says itself".
    """

    id: str
    name: str
    revision: str
    size: int
    format: str | None = None
    encoding: str | None = None


class ItemProblem(msgspec.Struct, frozen=True):
    """An item that cannot be read; it stops alone, its siblings sail on."""

    id: str
    error: str


class Source(msgspec.Struct, frozen=True):
    """The snapshot of an item that a batch sends: what the translator sees, whatever happens to the file later.

    Attributes:
        item: the item's id.
        name: the item's name.
        revision: content hash; also the name of its blob.
        size: bytes.
        format: a name known to `formats`, or None.
        encoding: declared text encoding, or None.
        file_name: the marked name under which the TMS gets it.
    """

    item: str
    name: str
    revision: str
    size: int
    format: str | None
    encoding: str | None
    file_name: str
