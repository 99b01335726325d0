"""Batches at the vendor that the ledger does not know: found by their markers, told, and never touched.

One whose marker is that of a batch of ours is either taken up by that batch when it is next sent, because creating it
looks for the marker first, or it is a second one, which the search for doubles cancels.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import msgspec

from wordferry.ledger import Ledger
from wordferry.model.voyage import Batch
from wordferry.ports.listing import Listing, Sighting
from wordferry.ports.tms import TMS

__all__ = ["Orphan", "Whose", "orphans"]


class Whose(enum.Enum):
    """What an unknown batch is, in a sentence."""

    AWAITED = "the answer to its creation was lost; taken up when its batch is next sent"
    DOUBLE = "a second one of a batch of ours; the search for doubles takes it away where that can be done"
    LOST = "made by this installation, but the ledger does not know it; is it an older backup?"
    FOREIGN = "named as ours are, unknown here: of another installation or a lost ledger"


class Orphan(msgspec.Struct, frozen=True):
    """A batch at the vendor that no batch of the ledger is linked to.

    Attributes:
        connection: where it is.
        seen: what the vendor's list says.
        whose: what it is.
        batch: our batch with its marker, if any.
    """

    connection: str
    seen: Sighting
    whose: Whose
    batch: str | None = None


async def orphans(
    ledger: Ledger, name: str, tms: TMS, routes: Iterable[str], *, hours: int | None = None
) -> Sequence[Orphan]:
    """Compare the vendor's list of a connection with the ledger.

    Args:
        ledger: the truth.
        name: the connection.
        tms: the connection; one that cannot list its batches has no orphans.
        routes: names of its routes, as configured; those of the ledger are added.
        hours: only what was made within so many hours.
    """
    if not isinstance(tms, Listing):
        return ()
    wanted = sorted({*routes, *(batch.route for batch in await _here(ledger, name))})
    there = [seen async for seen in tms.remote_batches(wanted, hours=hours)]
    # Read after the list: a batch that was made meanwhile is no orphan.
    batches = await _here(ledger, name)
    known = {batch.remote["id"] for batch in batches if batch.remote is not None}
    marked = {batch.marker: batch for batch in batches}
    found: dict[str, Orphan] = {}
    for seen in there:
        if seen.id in known:
            continue
        batch = marked.get(seen.marker)
        if batch is None:
            whose = Whose.LOST if seen.ours else Whose.FOREIGN
        else:
            whose = Whose.AWAITED if batch.remote is None else Whose.DOUBLE
        found[seen.id] = Orphan(name, seen, whose, batch.id if batch else None)
    return tuple(found.values())


async def _here(ledger: Ledger, name: str) -> list[Batch]:
    return await ledger.voyages.batches("b.connection = :connection", {"connection": name})
