"""Which projects a Wordferry made, seen by their names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from wordferry.model.identity import marker_in
from wordferry.ports.listing import Sighting

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["remote_batches"]

CANCELLED = "CANCELLED"


async def remote_batches(
    tms: PhraseTMS, routes: Sequence[str], *, hours: int | None
) -> AsyncIterator[Sighting]:
    """Projects named as our batches are, route by route: a list shows neither note nor creator for certain."""
    for route in routes:
        async for project in tms.client.projects.list(name=f"{route} ", created_in_last_hours=hours):
            name = project.name or ""
            mark = marker_in(name, route=route)
            if mark is not None and project.uid and project.status != CANCELLED:
                yield Sighting(id=project.uid, name=name, marker=mark, ours=False)
