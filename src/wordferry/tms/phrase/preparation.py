"""The steps after import that a route may ask for: assign providers, make analyses, notify the assigned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from wordferry.errors import NeedsOperator
from wordferry.model.identity import key
from wordferry.model.voyage import Batch, Translation
from wordferry.ports.effect import Effect, Found, Unknown
from wordferry.ports.tms import Prepared, RemoteBatch
from wordferry.tms.phrase.config import RouteSettings

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS
    from wordferry.tms.phrase.api.email_templates import EmailTemplate

__all__ = ["steps"]

#: Jobs per call. Source: the specification of 2026, which takes at most 100 for analyses and assignments.
CHUNK = 100
#: Times a project is assigned: the vendor skips unready jobs without a word.
#: Source: Phrase TMS API reference, "Assign providers from template"; the number is our decision.
PASSES = 3


def steps(
    tms: PhraseTMS,
    batch: Batch,
    remote: RemoteBatch,
    translations: Sequence[Translation],
    done: Mapping[str, Prepared],
) -> list[Effect[Prepared]]:
    """The next steps in order; empty when nothing is left.

    What came into a project at one time is seen to together, and once: jobs that only got a newer source have their
    providers already, and nobody is mailed again for each edit.
    """
    settings = msgspec.convert(batch.settings, RouteSettings)
    waves: dict[float, list[str]] = {}
    for translation in translations:
        waves.setdefault(translation.born, []).extend(unit.uid for unit in translation.units)
    for born, found in sorted(waves.items()):
        if found and (step := _step(tms, batch, remote, settings, f"{born:.3f}", sorted(found), done)):
            return [step]
    return []


def _step(
    tms: PhraseTMS,
    batch: Batch,
    remote: RemoteBatch,
    settings: RouteSettings,
    wave: str,
    uids: list[str],
    done: Mapping[str, Prepared],
) -> Effect[Prepared] | None:
    if settings.assign:
        assign = _assign(tms, batch, remote, wave, uids, done)
        if assign is not None:
            return assign
    wanted: list[tuple[list[str], Effect[Prepared]]] = []
    if settings.analyse:
        wanted += [(some, _analyse(tms, batch, remote, f"{wave}-{n}", some)) for n, some in _chunks(uids)]
    if settings.notify is not None:
        wanted += [
            (some, _notify(tms, remote, settings.notify, f"{wave}-{n}", some)) for n, some in _chunks(uids)
        ]
    for some, effect in wanted:
        if effect.key not in done and not _units(done, effect.kind).issuperset(some):
            return effect
    return None


def _units(done: Mapping[str, Prepared], step: str) -> set[str]:
    """Units that a step was done for."""
    return {uid for result in done.values() if result.step == step for uid in result.units}


def _chunks(uids: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    for number, start in enumerate(range(0, len(uids), CHUNK), start=1):
        yield number, list(uids[start : start + CHUNK])


def _assign(
    tms: PhraseTMS,
    batch: Batch,
    remote: RemoteBatch,
    wave: str,
    uids: Sequence[str],
    done: Mapping[str, Prepared],
) -> Effect[Prepared] | None:
    """Assign as the template says; again for jobs that were skipped."""
    template = str(remote.facts["template"])
    names = [key("assign", remote.id, template, f"{wave}-{number}") for number in range(1, PASSES + 1)]
    ran = [name for name in names if name in done]
    settled = _units(done, "assign")
    if len(ran) == PASSES or settled.issuperset(uids):
        return None

    async def have_providers() -> set[str]:
        jobs = tms.client.jobs.all_levels(remote.id, last_level=remote.levels)
        return {job.uid async for job in jobs if job.uid and job.providers}.intersection(uids)

    async def perform(known: Prepared | None) -> Prepared:
        assigned = set(known.units) if known else set()
        if ran:
            # Who got a provider meanwhile was assigned by somebody else, not skipped.
            assigned |= await have_providers()
        if not assigned.issuperset(uids):
            changed = await tms.client.providers.from_template(remote.id, template)
            assigned |= {job.uid for job in changed.jobs if job.uid}.intersection(uids)
        left = set(uids) - settled - assigned
        note = ""
        if left and len(ran) + 1 == PASSES:
            note = (
                f"{len(left)} jobs have no provider: the template names none for them, or Phrase skipped them"
            )
        return Prepared(step="assign", units=tuple(sorted(assigned)), note=note)

    async def look_up() -> Found[Prepared] | None:
        assigned = await have_providers()
        result = Prepared(step="assign", units=tuple(sorted(assigned)))
        return Found(result, complete=assigned.issuperset(uids)) if assigned else None

    return tms.effect(
        "assign",
        names[len(ran)],
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=f"{batch.name} pass {len(ran) + 1}",
    )


def _analyse(
    tms: PhraseTMS, batch: Batch, remote: RemoteBatch, number: str, uids: Sequence[str]
) -> Effect[Prepared]:
    """Analyses by providers, found again by their name."""
    name = f"{batch.name} analysis {number}"[:255]

    async def perform(_known: Prepared | None) -> Prepared:
        started = await tms.client.analyses.by_providers(list(uids), name=name)
        return Prepared(step="analyse", units=tuple(uids), note=f"{len(started.analyses)} analyses")

    async def look_up() -> Found[Prepared] | None:
        found = [a async for a in tms.client.analyses.list(remote.id, name=name) if a.name and name in a.name]
        if not found:
            return None
        return Found(Prepared(step="analyse", units=tuple(uids), note=f"{len(found)} analyses"))

    return tms.effect(
        "analyse",
        key("analyse", remote.id, number),
        Prepared,
        Unknown.LOOK_UP,
        perform,
        look_up,
        label=name,
    )


def _notify(
    tms: PhraseTMS, remote: RemoteBatch, template: str, number: str, uids: Sequence[str]
) -> Effect[Prepared]:
    """Mail the assigned providers: at most once, because nothing shows whether a mail left."""

    async def perform(_known: Prepared | None) -> Prepared:
        id_ = await _email_template(tms, template)
        await tms.client.providers.notify_assigned(remote.id, job_uids=list(uids), email_template_id=id_)
        return Prepared(step="notify", units=tuple(uids))

    async def look_up() -> Found[Prepared] | None:
        return Found(Prepared(step="notify", units=tuple(uids), note="may be unsent"))

    return tms.effect(
        "notify",
        key("notify", remote.id, number),
        Prepared,
        Unknown.ONCE,
        perform,
        look_up,
        label=f"e-mail template {template}",
    )


def _titles(template: EmailTemplate) -> tuple[str | None, ...]:
    return (template.name, template.template_name, template.subject, template.type)


async def _email_template(tms: PhraseTMS, wanted: str) -> str:
    names: list[str] = []
    async for template in tms.client.email_templates.list():
        if template.id and wanted in (template.id, *_titles(template)):
            return template.id
        names.append(next((title for title in _titles(template) if title), template.id or ""))
    raise NeedsOperator(
        "there is no such e-mail template at Phrase.",
        object=f"notify = {wanted!r}",
        next=f"There are: {', '.join(names) or 'none'}.",
    )
