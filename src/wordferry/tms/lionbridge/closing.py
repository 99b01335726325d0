"""The end of a job: what nobody wants is drained, then it is completed, later archived.

A completed job takes no late delivery, so it is completed only after a long quiet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from wordferry.model.identity import key
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Closing, Prepared, RemoteBatch
from wordferry.tms.lionbridge.config import RouteSettings
from wordferry.tms.lionbridge.states import CANCELLED, COMPLETED, CREATED, FINAL, REVIEW

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["closing"]

DAY = 86400.0
#: States of which no translation is wanted any more, whatever the provider still sends.
_UNWANTED = frozenset({State.CANCELLED, State.SUPERSEDED})


def closing(
    tms: LionbridgeTMS,
    batch: Batch,
    remote: RemoteBatch,
    translations: Sequence[Translation],
    *,
    quiet: float,
) -> Closing:
    """What is due, and when to look again: once a day until the job is archived."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    complete_at = settings.complete_after * DAY
    archive_at = None if settings.archive_after is None else complete_at + settings.archive_after * DAY
    effects: list[Effect[Prepared]] = [
        _drain(tms, remote, unit.uid)
        for one in translations
        if one.state in _UNWANTED
        for unit in one.units
        if unit.word == REVIEW
    ]
    drained = bool(effects)
    words = {unit.word for one in translations for unit in one.units}
    handed_over = bool(words - {CREATED})
    if quiet < complete_at:
        return Closing(tuple(effects), again=min(DAY, complete_at - quiet))
    final = FINAL | ({REVIEW} if drained else frozenset())
    if handed_over and not words <= final:
        return Closing(tuple(effects), again=DAY)  # somebody still works on something, wanted or not
    rounds = sum(one.round for one in translations)
    if handed_over:
        effects.append(_complete(tms, remote, rounds))
    if archive_at is None:
        return Closing(tuple(effects))
    if quiet < archive_at:
        return Closing(tuple(effects), again=min(DAY, archive_at - quiet))
    return Closing((*effects, _archive(tms, remote, rounds)))


def _drain(tms: LionbridgeTMS, remote: RemoteBatch, uid: str) -> Effect[Prepared]:
    """Approve what nobody wants any more, unread and unwritten: else the job could never end."""

    async def perform(_known: Prepared | None) -> Prepared:
        await tms.client.requests.approve(remote.id, request_ids=[uid])
        return Prepared(step="drain", units=(uid,))

    async def look_up() -> Found[Prepared] | None:
        request = await tms.client.requests.get(remote.id, uid)
        return None if request.status_code == REVIEW else Found(Prepared(step="drain", units=(uid,)))

    return tms.effect(
        "drain",
        key("drain", uid),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"request {uid}, not wanted any more",
    )


def _complete(tms: LionbridgeTMS, remote: RemoteBatch, rounds: int) -> Effect[Prepared]:
    """Complete the job; one that was cancelled or completed over there stays as it is."""

    async def look_up() -> Found[Prepared] | None:
        job = await tms.client.jobs.get(remote.id)
        if job.archived or job.status_code in (COMPLETED, CANCELLED):
            return Found(Prepared(step="complete", note=job.status_code or ""))
        return None

    async def perform(_known: Prepared | None) -> Prepared:
        there = await look_up()
        if there is not None:
            return there.result
        job = await tms.client.jobs.complete(remote.id)
        return Prepared(step="complete", note=job.status_code or COMPLETED)

    return tms.effect(
        "complete-job",
        # The rounds: a job that was opened again, and delivered again, is completed again.
        key("complete-job", remote.id, rounds),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"job {remote.id}",
    )


def _archive(tms: LionbridgeTMS, remote: RemoteBatch, rounds: int) -> Effect[Prepared]:
    """Archive the job; Lionbridge may have done so by itself."""

    async def look_up() -> Found[Prepared] | None:
        job = await tms.client.jobs.get(remote.id)
        return Found(Prepared(step="archive")) if job.archived else None

    async def perform(_known: Prepared | None) -> Prepared:
        there = await look_up()
        if there is not None:
            return there.result
        await tms.client.jobs.archive(remote.id)
        return Prepared(step="archive")

    return tms.effect(
        "archive-job",
        key("archive-job", remote.id, rounds),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"job {remote.id}",
    )
