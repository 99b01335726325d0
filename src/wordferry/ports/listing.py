"""The port of a vendor that can say which batches were made by a Wordferry, whoever knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

import msgspec

__all__ = ["Listing", "Sighting"]


class Sighting(msgspec.Struct, frozen=True):
    """A batch as it is seen in the vendor's list.

    Attributes:
        id: the vendor's id.
        name: the vendor's name.
        marker: the marker that it carries.
        ours: whether it was certainly made by this installation; otherwise it may be another one's.
    """

    id: str
    name: str
    marker: str
    ours: bool


@runtime_checkable
class Listing(Protocol):
    """Implemented by a `TMS` whose lists show the marker of a batch."""

    def remote_batches(self, routes: Sequence[str], *, hours: int | None = None) -> AsyncIterator[Sighting]:
        """What carries a marker, by the fewest list calls; what was cancelled or archived is left out.

        Args:
            routes: names of the routes that go to this connection.
            hours: only what was made within so many hours; everything when left out. A vendor whose lists are not
                filtered by age may return more.
        """
        ...
