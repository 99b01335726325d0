"""Verify: is everything that was delivered still there, byte for byte, and does the TMS know?

Nothing is written. The bytes are read again, not the memory of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from wordferry.errors import WordferryError
from wordferry.ledger import Ledger
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS, RemoteBatch

__all__ = ["Difference", "Verdict", "verify"]

#: Targets read, and batches asked about, at once.
READS = 16
ASKS = 4
#: Up to so many translations of a batch are read one by one; more of them by one listing of the batch.
FEW = 3


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it was delivered.

    Attributes:
        kind: `changed`, `missing`, `unreadable`, `no-receipt`, `not-confirmed` or `unanswered`.
        translation: id of the translation; None when it is not known any more.
        target: where it was written.
        what: one sentence.
    """

    kind: str
    translation: str | None
    target: str
    what: str


class Verdict(msgspec.Struct, frozen=True):
    """The outcome.

    Attributes:
        targets: targets read again.
        confirmed: translations whose status the TMS told.
        differences: what is not as it should be.
    """

    targets: int
    confirmed: int
    differences: tuple[Difference, ...]


class _Delivered(msgspec.Struct, frozen=True):
    content: str
    target: str
    revision: str
    translation: str


async def verify(
    ledger: Ledger,
    contents: Mapping[str, ContentSystem],
    connections: Mapping[str, TMS],
    *,
    routes: Sequence[str] = (),
    seen: Callable[[str], None] = lambda name: None,
) -> Verdict:
    """Read everything again.

    Args:
        ledger: what was delivered.
        contents: content systems by name.
        connections: TMS connections by name; those left out are not asked.
        routes: names of routes; empty means all.
        seen: told each target's name.

    Returns:
        How much was looked at, and every difference.
    """
    batches = {b.id: b for b in await ledger.voyages.batches() if not routes or b.route in routes}
    last = {one.translation: one for one in await _delivered(ledger)}
    translations = {
        one.id: one
        for one in await ledger.voyages.translations("t.delivered IS NOT NULL")
        if one.batch in batches and one.id in last
    }
    receipts = {(one.translation, one.delivered) for one in await ledger.voyages.receipts()}
    gate = asyncio.Semaphore(READS)

    async def read(one: Translation) -> Difference | None:
        async with gate:
            seen(one.target)
            return await _read(contents.get(batches[one.batch].content), last[one.id])

    differences = [found for found in await asyncio.gather(*map(read, translations.values())) if found]
    home = [one for one in translations.values() if one.state is State.DELIVERED]
    differences += [
        Difference("no-receipt", one.id, one.target, "there is no receipt of this delivery.")
        for one in home
        if (one.id, last[one.id].revision) not in receipts
    ]
    confirmed, doubts = await _ask_all(home, batches, connections)
    differences += doubts
    differences.sort(key=lambda one: (one.target, one.kind))
    return Verdict(len(translations), confirmed, tuple(differences))


async def _delivered(ledger: Ledger) -> list[_Delivered]:
    """What was last written to each target."""

    def read(connection: sa.Connection) -> list[_Delivered]:
        rows = connection.execute(
            sa.text(
                "SELECT content, target, revision, translation FROM target"
                " WHERE revision IS NOT NULL AND translation IS NOT NULL ORDER BY content, target"
            )
        )
        return [_Delivered(*row) for row in rows]

    return await ledger.read(read)


async def _read(content: ContentSystem | None, one: _Delivered) -> Difference | None:
    if content is None:
        what = f"the content system {one.content!r} is not configured any more."
        return Difference("unreadable", one.translation, one.target, what)
    try:
        there = await content.target_revision(one.target)
    except WordferryError as error:
        return Difference("unreadable", one.translation, one.target, error.what)
    if there is None:
        return Difference("missing", one.translation, one.target, "it is gone.")
    if there != one.revision:
        what = f"its bytes are not those that were delivered ({there[:12]}… instead of {one.revision[:12]}…)."
        return Difference("changed", one.translation, one.target, what)
    return None


async def _ask_all(
    home: Sequence[Translation], batches: Mapping[str, Batch], connections: Mapping[str, TMS]
) -> tuple[int, list[Difference]]:
    groups: dict[str, list[Translation]] = {}
    for one in home:
        if batches[one.batch].connection in connections:
            groups.setdefault(one.batch, []).append(one)
    gate = asyncio.Semaphore(ASKS)

    async def ask(id_: str, members: list[Translation]) -> list[Difference]:
        async with gate:
            return await _ask(connections[batches[id_].connection], batches[id_], members)

    found = await asyncio.gather(*(ask(id_, members) for id_, members in groups.items()))
    doubts = [difference for part in found for difference in part]
    unanswered = sum(one.kind == "unanswered" for one in doubts)
    return sum(map(len, groups.values())) - unanswered, doubts


async def _ask(tms: TMS, batch: Batch, members: Sequence[Translation]) -> list[Difference]:
    """What the vendor says about delivered translations of one batch."""
    remote = msgspec.convert(batch.remote, RemoteBatch)
    try:
        if len(members) <= FEW:
            units = {one.id: list(await tms.status(remote, one)) for one in members}
        else:
            units = await _listed(tms, remote, members)
    except WordferryError as error:
        what = f"the TMS could not be asked: {error.what}"
        return [Difference("unanswered", one.id, one.target, what) for one in members]
    doubts = []
    for one in members:
        if not tms.confirmed(units[one.id], levels=remote.levels):
            words = ", ".join(sorted({unit.word for unit in units[one.id]})) or "nothing"
            what = f"the TMS does not have it as delivered; it says {words}."
            doubts.append(Difference("not-confirmed", one.id, one.target, what))
    return doubts


async def _listed(tms: TMS, remote: RemoteBatch, members: Sequence[Translation]) -> dict[str, list[Unit]]:
    owners = {unit.uid: one.id for one in members for unit in one.units}
    units: dict[str, list[Unit]] = {one.id: [] for one in members}
    async for _, unit in tms.observe(remote):
        if unit.uid in owners:
            units[owners[unit.uid]].append(unit)
    return units
