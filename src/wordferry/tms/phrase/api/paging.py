"""Pages of a list, as data. Source: Phrase support article "API Technology (TMS)"."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["LARGEST", "Sheet"]

#: The vendor's cap. A 400 that names a smaller one lowers it for the rest of the client's life.
LARGEST = 50


class Sheet(msgspec.Struct, frozen=True):
    """Which page: number from 0, and size."""

    number: int = 0
    size: int = LARGEST

    def query(self) -> tuple[tuple[str, Any], ...]:
        """The two query parameters."""
        return ("pageNumber", self.number), ("pageSize", self.size)
