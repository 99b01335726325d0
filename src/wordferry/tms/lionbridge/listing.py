"""Which jobs this installation made, seen by the connector's name on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from wordferry.model.identity import marker_in
from wordferry.ports.listing import Sighting
from wordferry.tms.lionbridge.api.job import JobStatus
from wordferry.tms.lionbridge.sending import LABEL

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["remote_batches"]


async def remote_batches(tms: LionbridgeTMS) -> AsyncIterator[Sighting]:
    """Jobs with the name of this connector, which begins with the id of the installation, and with our label."""
    named = tms.connector.replace("'", "''")
    async for job in tms.client.jobs.list(filter=f"connectorName eq '{named}'"):
        name = job.job_name or ""
        label = (job.labels or {}).get(LABEL)
        mark = label if isinstance(label, str) else marker_in(name)
        if mark and job.job_id and job.status_code != JobStatus.CANCELLED and not job.archived:
            yield Sighting(id=job.job_id, name=name, marker=mark, ours=True)
