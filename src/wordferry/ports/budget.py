"""The port of a shared call budget: one per vendor key, shared by all processes."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Leases"]


class Leases(Protocol):
    """Hands out blocks of calls from one common account.

    Implemented by the ledger; the transport sees only this.
    """

    async def lease(self, key: str, *, calls: int, per_minute: float) -> float:
        """Reserve `calls` calls.

        Returns:
            Seconds to wait before the block may be used; 0 when at once.
        """
        ...
