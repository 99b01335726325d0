"""Small plans, batches and translations for tests of the ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wordferry.ledger import Ledger
from wordferry.model.identity import batch_id, digest, translation_id
from wordferry.model.plan import Plan, PlannedItem, PlannedTranslation, RoutePlan
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim, Translation

REVISION = digest(b"source")


def a_plan(
    number: int = 1,
    *,
    created: float | None = None,
    items: Sequence[str] = ("a.json",),
    revision: str = REVISION,
) -> Plan:
    """A plan of one route, `docs`, with German and French of each item."""
    planned = tuple(
        PlannedItem(
            item=item,
            name=item,
            revision=revision,
            size=6,
            format="json",
            encoding=None,
            words=1,
            translations=tuple(
                PlannedTranslation(
                    locale=locale,
                    vendor_locale=locale,
                    target=f"{locale}/{item}",
                    baseline=None,
                    action="create",
                )
                for locale in ("de", "fr")
            ),
        )
        for item in items
    )
    part = RoutePlan(
        route="docs",
        content="docs",
        connection="phrase",
        settings={"template": "Website", "locales": {"de": "de", "fr": "fr"}},
        source_locale="en",
        items=planned,
        skips=(),
        calls=1,
    )
    return Plan(id=f"p{number}", created=time.time() if created is None else created, routes=(part,))


def a_batch(plan: Plan) -> tuple[Batch, list[Translation]]:
    """What accepting that plan makes of its route."""
    part = plan.routes[0]
    id_ = batch_id(plan.id, part.route)
    batch = Batch(
        id=id_,
        route=part.route,
        content=part.content,
        connection=part.connection,
        settings=part.settings,
        name=f"docs {id_}",
        marker=id_,
        source_locale="en",
        created=plan.created,
    )
    translations = [
        Translation(
            id=translation_id(id_, item.item, wanted.locale),
            batch=id_,
            item=item.item,
            name=item.name,
            revision=item.revision,
            size=item.size,
            format=item.format,
            encoding=None,
            file_name=item.name,
            locale=wanted.locale,
            vendor_locale=wanted.vendor_locale,
            target=wanted.target,
            baseline=None,
            state=State.PLANNED,
            since=plan.created,
        )
        for item in part.items
        for wanted in item.translations
    ]
    return batch, translations


async def accepted(ledger: Ledger, plan: Plan | None = None) -> tuple[Batch, list[Translation]]:
    """Store and accept a plan; its batch and translations as the ledger keeps them."""
    plan = plan or a_plan()
    await ledger.plans.store(plan)
    batch, translations = a_batch(plan)
    await ledger.plans.accept(plan, [(batch, translations)])
    return batch, await ledger.voyages.of_batch(batch.id)


async def claimed(ledger: Ledger, translations: Sequence[Translation], *, kind: str = "deliver") -> Claim:
    """A slice of these translations, taken up."""
    slice_ = await ledger.slices.open(kind, "phrase", translations=[(t.id, t.state) for t in translations])
    _, claim = await ledger.slices.begin(slice_.id, 1)
    return claim
