"""What may exist twice at Phrase after an effect was repeated, and how the second one is taken away."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordferry.model.identity import key
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Confirmed, RemoteBatch
from wordferry.tms.phrase.api.jobs import Job
from wordferry.tms.phrase.units import unit_of

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["find"]

CANCELLED = "CANCELLED"


async def find(
    tms: PhraseTMS, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation]
) -> list[Effect[Confirmed]]:
    """Second projects with our marker, and second jobs of one file, language, level and part."""
    effects: list[Effect[Confirmed]] = []
    hours = math.ceil(max(0.0, time.time() - batch.created) / 3600) + 1
    projects = tms.client.projects.list(name=batch.marker, created_in_last_hours=hours, include_archived=True)
    async for project in projects:
        ours = project.name is not None and batch.marker in project.name
        if ours and project.uid and project.uid != remote.id and project.status != CANCELLED:
            effects.append(_cancel_project(tms, project.uid, project.name or ""))
    known = {unit.uid for translation in translations for unit in translation.units}
    places = {
        (translation.file_name, unit.locale, unit.level, unit.part)
        for translation in translations
        for unit in translation.units
    }
    async for job in tms.client.jobs.all_levels(remote.id, last_level=remote.levels):
        unit = unit_of(job)
        if unit.uid in known or unit.word == CANCELLED:
            continue
        if (job.filename, unit.locale, unit.level, unit.part) in places:
            effects.append(_cancel_job(tms, remote.id, job))
    return effects


def _cancel_project(tms: PhraseTMS, uid: str, name: str) -> Effect[Confirmed]:
    async def perform(_known: Confirmed | None) -> Confirmed:
        await tms.client.projects.set_status(uid, CANCELLED)
        return Confirmed(word=CANCELLED)

    async def look_up() -> Found[Confirmed] | None:
        project = await tms.client.projects.get(uid)
        return Found(Confirmed(word=CANCELLED)) if project.status == CANCELLED else None

    return tms.effect(
        "cancel-double",
        key("cancel-double", "project", uid),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"second project {name} ({uid})",
    )


def _cancel_job(tms: PhraseTMS, project: str, job: Job) -> Effect[Confirmed]:
    uid = job.uid or ""

    async def perform(_known: Confirmed | None) -> Confirmed:
        await tms.client.jobs.set_status(project, uid, CANCELLED)
        return Confirmed(word=CANCELLED)

    async def look_up() -> Found[Confirmed] | None:
        found = await tms.client.jobs.get(project, uid)
        return Found(Confirmed(word=CANCELLED)) if found.status == CANCELLED else None

    return tms.effect(
        "cancel-double",
        key("cancel-double", "job", uid),
        Confirmed,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"second job of {job.filename} → {job.target_lang} ({uid})",
    )
