"""The port of a vendor that can be asked for another provider when one said no."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect
from wordferry.ports.tms import Prepared, RemoteBatch

__all__ = ["Reassigning"]


@runtime_checkable
class Reassigning(Protocol):
    """Implemented by a `TMS` whose providers can be chosen by us."""

    def reassign(
        self, batch: Batch, remote: RemoteBatch, translation: Translation, *, attempt: int
    ) -> Effect[Prepared] | None:
        """Ask for another provider; None when the route leaves that to a person, or it was tried often enough.

        Args:
            batch: the batch.
            remote: its vendor side.
            translation: one that was declined.
            attempt: counts how often it was declined, from 1.
        """
        ...
