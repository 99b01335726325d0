"""Retry: an operator has mended something, so a translation goes on from the right place. Ledger writes only.

Where it goes on from is decided by what is known to exist: a file that the TMS never took is sent anew under a new
name, a file that came home is delivered, everything else is exported once more in the next round.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import msgspec

from wordferry.errors import Conflict, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import Change, move, touch
from wordferry.ledger.tally import claimed
from wordferry.ledger.writer import Statement
from wordferry.model.route import Route
from wordferry.model.states import OPEN, SETTLED, State
from wordferry.model.voyage import Batch, Translation
from wordferry.submission.accept import source_file_name
from wordferry.submission.anew import into_new_batches, refused
from wordferry.submission.answer import Answer

__all__ = ["Answer", "again", "batch_again"]

#: Translations written at once; they share the ledger's group commits.
ABREAST = 200
_WHY = "the operator asked for another try"
#: States of which a failed translation can be fetched once more; from any other one it was not finished at the TMS.
_FETCHED = frozenset({State.TRANSLATED, State.EXPORTING, State.DELIVERING, State.HELD})


async def again(
    ledger: Ledger, translations: Sequence[Translation], *, overwrite: bool = False
) -> list[Answer]:
    """Set translations going again.

    Args:
        ledger: the truth.
        translations: as just read.
        overwrite: whether held ones may replace what a person changed in the target.

    Returns:
        One answer per translation, in order.
    """
    batches = {batch.id: batch for batch in await ledger.voyages.batches()}
    installation = await ledger.installation()
    done = await into_new_batches(ledger, translations, batches, installation)
    if done:
        rest = [one for one in translations if one.id not in done]
        others = iter(await again(ledger, rest, overwrite=overwrite)) if rest else iter(())
        return [done.get(one.id) or next(others) for one in translations]
    answers: list[Answer] = []
    for start in range(0, len(translations), ABREAST):
        some = translations[start : start + ABREAST]
        held = await claimed(ledger, [one.id for one in some])
        answers += await asyncio.gather(
            *(
                _one(ledger, one, batches[one.batch], installation, held.get(one.id), overwrite)
                for one in some
            )
        )
    return answers


async def batch_again(ledger: Ledger, batch: Batch, route: Route | None = None) -> Answer:
    """Set a batch that something stood in the way of going again.

    Args:
        ledger: the truth.
        batch: the batch.
        route: its route as configured now. A batch that is not at the TMS yet takes over what was mended there.
    """
    now = time.time()
    try:
        await ledger.voyages.write(*await _mended(ledger, batch, route), _batch_due(batch, now))
    except Conflict:
        what = "it is being sent right now; try again when that has ended."
        return Answer(batch.id, batch.name, False, what, kind="batch")
    return Answer(batch.id, batch.name, True, "it is sent on now.", kind="batch")


async def _mended(ledger: Ledger, batch: Batch, route: Route | None) -> list[Statement]:
    """The route's present settings for a batch of which the TMS certainly knows nothing."""
    if batch.remote is not None or route is None or route.connection != batch.connection:
        return []
    own = await ledger.operations.of(batch=batch.id, own=True)
    if any(row.state in ("begun", "unknown") for row in own):
        return []  # a project may exist: it is looked for under the old settings first
    settings = msgspec.json.encode(route.settings).decode()
    known = route.locales.table()
    locales = [
        {"id": one.id, "locale": known[one.locale]}
        for one in await ledger.voyages.of_batch(batch.id)
        if one.state is State.PLANNED and known.get(one.locale, one.vendor_locale) != one.vendor_locale
    ]
    values = {"id": batch.id, "settings": settings, "source": route.source_locale}
    mended = [
        Statement("UPDATE batch SET settings = :settings, source_locale = :source WHERE id = :id", values)
    ]
    if locales:
        mended.append(
            Statement(
                "UPDATE translation SET vendor_locale = :locale WHERE id = :id AND state = 'planned'", locales
            )
        )
    return mended


async def _one(
    ledger: Ledger,
    translation: Translation,
    batch: Batch,
    installation: str,
    held: str | None,
    overwrite: bool,
) -> Answer:
    name = f"{translation.name} → {translation.locale}"
    if translation.state in SETTLED and translation.state is not State.DELIVERED:
        what = f"it is {translation.state}; there is nothing to retry."
        if translation.state is State.CANCELLED:
            what = "it is cancelled; plan again to send it anew."
        return Answer(translation.id, name, False, what)
    if held is not None:
        return Answer(
            translation.id, name, False, f"work on it is under way ({held}); try again when that has ended."
        )
    failed_from = await _failed_from(ledger, translation)
    parts, what = _decide(translation, batch, installation, failed_from, overwrite=overwrite, now=time.time())
    try:
        await ledger.voyages.write(*parts)
    except Conflict:
        return Answer(translation.id, name, False, "it moved a moment ago; look at it, then try again.")
    except WordferryError as error:
        return Answer(translation.id, name, False, str(error))
    return Answer(translation.id, name, True, what)


async def _failed_from(ledger: Ledger, translation: Translation) -> State | None:
    """The state in which it failed."""
    if translation.state is not State.FAILED:
        return None
    movements = await ledger.voyages.movements(translation.id)
    before = next((one.old for one in reversed(movements) if one.new == State.FAILED and one.old), None)
    return State(before) if before else None


def _decide(
    translation: Translation,
    batch: Batch,
    installation: str,
    failed_from: State | None,
    *,
    overwrite: bool,
    now: float,
) -> tuple[list[Statement | Change], str]:
    if translation.state is State.FAILED:
        if refused(translation):
            return _send_anew(
                translation, batch, installation, now
            ), "it is sent once more, under a new name."
        if failed_from not in _FETCHED:
            return [
                move(translation, State.SUBMITTED, _WHY, now=now, due=now)
            ], "the TMS is asked about it now."
        return [_export_anew(translation, now)], "it is fetched once more."
    if translation.state is State.HELD:
        # A gate without an error is the check of the structure: the same file would be held again.
        if translation.blob is None or translation.error is None:
            return [_export_anew(translation, now)], "it is fetched once more."
        why = f"{_WHY}; a person's edit may be replaced" if overwrite else _WHY
        what = "it is written now, even over a person's edit." if overwrite else "it is written now."
        return [
            move(translation, State.DELIVERING, why, now=now, due=now, findings=None, overwrite=overwrite)
        ], what
    if translation.state is State.DELIVERED:
        return [_export_anew(translation, now)], "it is fetched and delivered once more."
    if translation.state is State.PLANNED:
        return [_batch_due(batch, now)], "it is sent now."
    assert translation.state in OPEN
    return [touch(translation, due=now, looks=0, error=None)], "it is looked at now."


def _send_anew(
    translation: Translation, batch: Batch, installation: str, now: float
) -> list[Statement | Change]:
    round_ = translation.round + 1
    return [
        move(
            translation,
            State.PLANNED,
            _WHY,
            now=now,
            round=round_,
            # A new name is a new operation: the old one holds its result for ever.
            file_name=source_file_name(
                translation.name,
                installation,
                batch.id,
                translation.item,
                translation.revision,
                round_,
                born=translation.born,
            ),
            ticket=None,
            blob=None,
            findings=None,
            due=None,
        ),
        Statement("DELETE FROM unit WHERE translation = :id", {"id": translation.id}),
        Statement("UPDATE batch SET prepared = 0 WHERE id = :id", {"id": batch.id}),
        _batch_due(batch, now),
    ]


def _export_anew(translation: Translation, now: float) -> Change:
    return move(
        translation,
        State.TRANSLATED,
        _WHY,
        now=now,
        round=translation.round + 1,
        ticket=None,
        blob=None,
        findings=None,
        due=now,
    )


def _batch_due(batch: Batch, now: float) -> Statement:
    return Statement(
        "UPDATE batch SET error = NULL, due = :now, looks = 0 WHERE id = :id AND slice IS NULL",
        {"id": batch.id, "now": now},
        1,
        f"batch {batch.id} is being sent right now",
    )
