"""What may exist twice at Lionbridge after an effect was repeated, and how the second one is taken away.

Second requests are taken out before a job is handed over, see `handing_over`; afterwards none can be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wordferry.errors import Vanished
from wordferry.model.identity import key
from wordferry.model.voyage import Batch
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Confirmed, RemoteBatch
from wordferry.tms.lionbridge.sending import jobs_of
from wordferry.tms.lionbridge.states import CREATED

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["delete_double", "find"]

DELETED = "DELETED"


async def find(tms: LionbridgeTMS, batch: Batch, remote: RemoteBatch) -> list[Effect[Confirmed]]:
    """Second jobs of a batch. They were never handed over, so that they may be deleted."""
    return [
        delete_double(tms, job.job_id)
        async for job in jobs_of(tms, batch)
        if job.job_id and job.job_id != remote.id and job.status_code == CREATED and not job.archived
    ]


def delete_double(tms: LionbridgeTMS, job: str) -> Effect[Confirmed]:
    """Delete a job that was made twice."""

    async def perform(_known: Confirmed | None) -> Confirmed:
        await tms.client.jobs.delete(job)
        return Confirmed(word=DELETED)

    async def look_up() -> Found[Confirmed] | None:
        try:
            await tms.client.jobs.get(job)
        except Vanished:
            return Found(Confirmed(word=DELETED))
        return None

    return tms.effect(
        "delete-double",
        key("delete-double", job),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"second job ({job})",
    )
