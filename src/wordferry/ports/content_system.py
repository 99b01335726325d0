"""The port of a content system: where source content lives and translations go back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import msgspec

from wordferry.model.content import Item, ItemProblem
from wordferry.ports.tms import Diagnosis

__all__ = ["ContentSystem", "Removed", "Written"]


class Written(msgspec.Struct, frozen=True):
    """A confirmed write.

    Attributes:
        target: where.
        revision: content hash of what is there now.
        replaced: content hash of what was there before; None when there was nothing.
    """

    target: str
    revision: str
    replaced: str | None = None


class Removed(msgspec.Struct, frozen=True):
    """A target that was taken away.

    Attributes:
        target: where.
        kept: whether it stays after all, because a person had changed it.
    """

    target: str
    kept: bool = False


class ContentSystem(Protocol):
    """Implemented by each folder of `content_systems/` and by outside packages."""

    name: str
    source_locale: str

    def items(self) -> AsyncIterator[Item | ItemProblem]:
        """All items, in a stable order. An unreadable one is yielded as a problem; it never ends the listing."""
        ...

    async def snapshot(self, item: str, to: Path) -> Item:
        """Copy the item's bytes as they are into the new file `to`.

        Returns:
            The item as copied; its revision is the hash of the copied bytes, so a source that changes while it is
            read is noticed by the caller.

        Raises:
            Vanished: the item is gone.
            Refused: it cannot be read.
        """
        ...

    def target(self, item: Item, locale: str) -> str:
        """Where the translation of an item goes: a stable name within this content system."""
        ...

    async def target_revision(self, target: str) -> str | None:
        """Content hash of a target as it is now; None when there is none."""
        ...

    async def write(self, target: str, source: Path, *, revision: str, expected: str | None) -> Written:
        """Replace a target by compare-and-set.

        Args:
            target: what `target` returned.
            source: file with the new bytes.
            revision: their content hash.
            expected: the hash the target must have; None means it must not exist.

        Returns:
            The confirmed write. A target that already has the new hash counts as written.

        Raises:
            Held: the target is not what was expected; it is left or put back as it was.
            NeedsOperator: disk full, permission denied.
            Refused: the target lies outside the root.
        """
        ...

    async def remove(self, target: str, *, expected: str) -> None:
        """Take a target away by compare-and-set. One that is not there counts as removed.

        Raises:
            Held: it is not what was expected; it stays, or is put back.
            NeedsOperator: permission denied.
            Refused: it lies outside the root.
        """
        ...

    def changes(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """A hint, each time sources may have changed, until `stop` is set. One that cannot tell yields nothing.

        Hints only: what has changed is found by listing the items.
        """
        ...

    def check(self) -> AsyncIterator[Diagnosis]:
        """Checks for `doctor`, each with its cure."""
        ...
