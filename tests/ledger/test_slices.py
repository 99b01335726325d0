"""Slices: claims for one run, fences against every earlier one."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from tests.ledger.conftest import Clock
from tests.ledger.seeds import accepted, claimed
from wordferry.errors import Conflict
from wordferry.ledger import Ledger
from wordferry.ledger.move import move, touch
from wordferry.ledger.slices import UNTAKEN
from wordferry.ledger.writer import Statement
from wordferry.model.states import State


async def raw(ledger: Ledger, translation: str) -> tuple[str | None, int, float | None]:
    """(slice, epoch, due) of a translation."""
    sql = "SELECT slice, epoch, due FROM translation WHERE id = :id"
    return await ledger.read(lambda c: tuple(c.execute(sa.text(sql), {"id": translation}).one()))


async def test_claimed_translation_is_not_claimed_again(ledger: Ledger, other: Ledger) -> None:
    """Of two slices that want one translation, one gets it; the other claims none of its list."""
    _, (german, french) = await accepted(ledger)
    await ledger.slices.open("deliver", "phrase", translations=[(german.id, State.PLANNED)])
    with pytest.raises(Conflict):
        await other.slices.open(
            "deliver", "phrase", translations=[(french.id, State.PLANNED), (german.id, State.PLANNED)]
        )
    assert (await raw(ledger, french.id))[0] is None


async def test_moved_translation_is_not_claimed(ledger: Ledger) -> None:
    """A translation that is not in the state the sweep saw any more is not claimed."""
    _, (german, _) = await accepted(ledger)
    with pytest.raises(Conflict):
        await ledger.slices.open("deliver", "phrase", translations=[(german.id, State.TRANSLATED)])


async def test_batch_has_one_slice_at_a_time(ledger: Ledger, other: Ledger, clock: Clock) -> None:
    """A batch under way is not claimed by a second slice; given back, it is."""
    batch, _ = await accepted(ledger)
    results = await asyncio.gather(
        *(each.slices.open("submit", "phrase", batch=batch.id) for each in (ledger, other) for _ in range(5)),
        return_exceptions=True,
    )
    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 9
    _, claim = await ledger.slices.begin(won[0].id, 1)
    await ledger.slices.finish(claim)
    clock.pass_(1)
    await other.slices.open("submit", "phrase", batch=batch.id)


async def test_new_run_fences_the_old_one(ledger: Ledger, other: Ledger) -> None:
    """After a second run has begun, the first can neither write, nor move, nor finish."""
    _, translations = await accepted(ledger)
    old = await claimed(ledger, translations)
    _, new = await other.slices.begin(old.slice, 1)
    assert new.epoch == old.epoch + 1
    with pytest.raises(Conflict):
        await ledger.voyages.write(touch(translations[0], claim=old, due=1.0))
    with pytest.raises(Conflict):
        await ledger.voyages.write(move(translations[0], State.SUBMITTED, "late", claim=old))
    with pytest.raises(Conflict):
        await ledger.writer.write(ledger.slices.guard(old))
    with pytest.raises(Conflict):
        await ledger.slices.finish(old)
    await other.voyages.write(move(translations[0], State.SUBMITTED, "in time", claim=new))
    await other.slices.finish(new)


async def test_finished_slice_cannot_begin(ledger: Ledger) -> None:
    """A finished slice, an older attempt and an unknown slice are not taken up."""
    _, translations = await accepted(ledger)
    claim = await claimed(ledger, translations)
    for slice_id, attempt in ((claim.slice, 2), ("nobody", 1)):
        with pytest.raises(Conflict):
            await ledger.slices.begin(slice_id, attempt)
    await ledger.slices.finish(claim)
    with pytest.raises(Conflict):
        await ledger.slices.begin(claim.slice, 1)


async def test_only_one_process_restarts_a_lost_slice(ledger: Ledger, other: Ledger) -> None:
    """Of several that start the next attempt, one does; the attempt before it cannot begin any more."""
    _, translations = await accepted(ledger)
    slice_ = await ledger.slices.open(
        "deliver", "phrase", translations=[(t.id, t.state) for t in translations]
    )
    results = await asyncio.gather(
        *(each.slices.restart(slice_) for each in (ledger, other) for _ in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    with pytest.raises(Conflict):
        await ledger.slices.begin(slice_.id, 1)
    _, claim = await ledger.slices.begin(slice_.id, 2)
    assert claim.epoch == 1


async def test_abandoned_slice_fences_its_run(ledger: Ledger, clock: Clock) -> None:
    """Abandoning gives everything back and takes the running attempt its right to write."""
    batch, translations = await accepted(ledger)
    slice_ = await ledger.slices.open("submit", "phrase", batch=batch.id)
    slice_, claim = await ledger.slices.begin(slice_.id, 1)
    await ledger.slices.abandon(slice_)
    with pytest.raises(Conflict):
        await ledger.slices.finish(claim)
    with pytest.raises(Conflict):
        await ledger.writer.write(ledger.slices.guard(claim))
    clock.pass_(1)
    await ledger.slices.open("submit", "phrase", batch=batch.id)
    assert (await raw(ledger, translations[0].id))[0] is None


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (State.SUBMITTED, True),
        (State.TRANSLATED, True),
        (State.EXPORTING, True),
        (State.DELIVERING, True),
        (State.HELD, False),
        (State.DELIVERED, False),
        (State.FAILED, False),
        (State.CANCELLED, False),
    ],
)
async def test_nothing_that_moves_is_given_back_without_a_due_time(
    ledger: Ledger, clock: Clock, state: State, due: bool
) -> None:
    """Whatever a run forgot, a translation that has to go on by itself gets a due time when its slice ends."""
    _, translations = await accepted(ledger)
    for give_back in ("finish", "abandon"):
        sql = "UPDATE translation SET state = :s, due = 5.0"
        await ledger.writer.write(Statement(sql, {"s": state.value}))
        now = await ledger.voyages.translations("1 = 1")
        claim = await claimed(ledger, now)
        slice_ = await ledger.slices.get(claim.slice)
        assert slice_ is not None
        if give_back == "finish":
            await ledger.slices.finish(claim)
        else:
            await ledger.slices.abandon(slice_)
        for translation in translations:
            held_by, _, when = await raw(ledger, translation.id)
            assert held_by is None
            assert (when is not None) is due
        clock.pass_(1)


async def test_kept_due_time_is_not_changed(ledger: Ledger) -> None:
    """A due time that the run set survives the end of its slice."""
    _, (german, french) = await accepted(ledger)
    claim = await claimed(ledger, [german, french])
    await ledger.voyages.write(touch(german, claim=claim, due=77.0))
    await ledger.slices.finish(claim)
    assert (await raw(ledger, german.id))[2] == 77.0


async def test_slice_of_a_living_process_is_not_lost(ledger: Ledger, other: Ledger) -> None:
    """A slice whose owner beats is left alone, however long it runs."""
    await ledger.executors.start()
    _, translations = await accepted(ledger)
    await claimed(ledger, translations)
    assert await other.slices.lost() == []
    await ledger.executors.stop()
    assert len(await other.slices.lost()) == 1


async def test_slice_that_nobody_took_up_is_lost(ledger: Ledger, clock: Clock) -> None:
    """A slice without an owner is started again after a while; at once when we are alone with the ledger."""
    batch, _ = await accepted(ledger)
    await ledger.slices.open("submit", "phrase", batch=batch.id)
    clock.pass_(5)
    assert await ledger.slices.lost() == []
    ledger.executors.alone = True
    assert len(await ledger.slices.lost()) == 1
    ledger.executors.alone = False
    clock.pass_(UNTAKEN)
    assert len(await ledger.slices.lost()) == 1


async def test_slice_that_is_about_to_begin_here_is_not_lost(ledger: Ledger, clock: Clock) -> None:
    """A busy process that has started a slice but not begun it yet does not start it a second time."""
    batch, _ = await accepted(ledger)
    slice_ = await ledger.slices.open("submit", "phrase", batch=batch.id)
    clock.pass_(1000)
    ledger.executors.alone = True
    assert await ledger.slices.lost(running={slice_.key}.__contains__) == []
    assert len(await ledger.slices.lost(running=set[str]().__contains__)) == 1


async def test_run_of_ours_that_broke_off_is_lost(ledger: Ledger, clock: Clock) -> None:
    """An open slice of this very process that nothing here works on any more is started again, ever more slowly."""
    batch, _ = await accepted(ledger)
    slice_ = await ledger.slices.open("submit", "phrase", batch=batch.id)
    idle = set[str]().__contains__
    for pause in (1, 2, 4):
        slice_, _ = await ledger.slices.begin(slice_.id, slice_.attempt)
        assert await ledger.slices.lost(running={slice_.key}.__contains__) == []
        clock.pass_(pause - 0.5)
        assert await ledger.slices.lost(running=idle) == []
        clock.pass_(1)
        assert [lost.id for lost in await ledger.slices.lost(running=idle)] == [slice_.id]
        slice_ = await ledger.slices.restart(slice_)


async def test_alone_everybody_else_is_dead(ledger: Ledger, other: Ledger) -> None:
    """Who holds the embedded lock takes the slices of earlier processes at once, beating or not."""
    await ledger.executors.start()
    _, translations = await accepted(ledger)
    await claimed(ledger, translations)
    other.executors.alone = True
    assert len(await other.slices.lost()) == 1
    await ledger.executors.stop()
