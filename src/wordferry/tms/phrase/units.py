"""A Phrase job as one of our units."""

from __future__ import annotations

from wordferry.errors import Refused
from wordferry.model.voyage import Translation, Unit
from wordferry.ports.tms import RemoteBatch
from wordferry.tms.phrase.api.jobs import Job
from wordferry.tms.phrase.states import IMPORTS

__all__ = ["MEGABYTE", "label", "last_uid", "unit_of"]

MEGABYTE = 1024 * 1024


def unit_of(job: Job, *, level: int | None = None) -> Unit:
    """A job as one of our units."""
    status = job.import_status
    return Unit(
        uid=job.uid or "",
        locale=job.target_lang or "",
        level=level or job.level or 1,
        part=job.begin_index or 0,
        word=job.status or "",
        imported=IMPORTS.get(status.status if status else None, "unknown"),
        detail=status.error_message if status else None,
        # An empty list does not prove "unassigned": it may be hidden from our role.
        assigned=bool(job.providers) if job.providers is not None else None,
    )


def last_uid(translation: Translation, remote: RemoteBatch) -> str:
    """The job that exports and is delivered: the last level's first part."""
    last = [unit for unit in translation.units if unit.level == remote.levels] or list(translation.units)
    if not last:
        raise Refused("it has no job at Phrase.", object=label(translation), next="Run `wordferry retry`.")
    return min(last, key=lambda unit: (unit.part, unit.uid)).uid


def label(translation: Translation) -> str:
    """What a person reads: item and locale."""
    return f"{translation.name} → {translation.locale}"
