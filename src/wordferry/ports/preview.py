"""The port of live preview: a content system that knows how its items look brings pages and assets of its own.

Both are optional: an object that has the method takes part, another one does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

__all__ = ["BringsAssets", "BringsPages"]


@runtime_checkable
class BringsPages(Protocol):
    """A content system that renders its items itself."""

    async def page(self, item: str, content: Path, *, locale: str) -> str | None:
        """How an item looks with this content.

        Called when a batch is sent (`content` is the source) and when a reviewer looks at a translation.

        Args:
            item: the item's id.
            content: file with the bytes, a source or a translation of it.
            locale: our code of the language that `content` is in.

        Returns:
            HTML; what it refers to by relative addresses is asked for with `asset`. None leaves it to the renderer of
            the item's format.
        """
        ...


@runtime_checkable
class BringsAssets(Protocol):
    """A content system that can read the pictures and style sheets of its items."""

    async def asset(self, item: str, reference: str, *, limit: int) -> bytes | None:
        """The bytes behind a relative address.

        Args:
            item: the item whose page refers to it.
            reference: the address as written, without query and fragment; one that begins with `/` starts at the root
                of the content system.
            limit: most bytes that are of use.

        Returns:
            The bytes; None when there is no such thing, when it is larger, or when it lies outside the content system.
        """
        ...
