"""The smaller parts of the ledger: who lives, what may be called, who writes where, and which plans were accepted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.ledger.conftest import Clock
from tests.ledger.seeds import a_batch, a_plan, accepted, claimed
from wordferry.errors import Conflict, NeedsOperator, Refused
from wordferry.ledger import Ledger
from wordferry.ledger.budgets import BURST
from wordferry.ledger.move import move, touch
from wordferry.ledger.targets import Targets
from wordferry.ledger.voyages import units_written
from wordferry.ledger.writer import Statement
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.model.voyage import Receipt, Unit

# -- executors ---------------------------------------------------------------------------------------------------


async def test_process_lives_while_it_beats(ledger: Ledger, other: Ledger) -> None:
    """A process is dead to others before its first beat, after its last, and when it has signed off."""
    assert await other.executors.gone(ledger.executors.id)
    await ledger.executors.start()
    assert not await other.executors.gone(ledger.executors.id)
    assert not await ledger.executors.gone(ledger.executors.id)
    age = "UPDATE executor SET beat = beat - 61 WHERE id = :id"
    await other.writer.write(Statement(age, {"id": ledger.executors.id}, 1))
    assert await other.executors.gone(ledger.executors.id)
    await ledger.executors.stop()
    assert await other.executors.gone(ledger.executors.id)
    assert not await other.executors.gone(None)


async def test_beats_are_timed_by_the_database(ledger: Ledger, other: Ledger, clock: Clock) -> None:
    """A worker whose own clock is years off is neither dead to others nor takes them for dead."""
    await ledger.executors.start()
    clock.pass_(10 * 365 * 86400.0)
    assert not await other.executors.gone(ledger.executors.id)
    await ledger.executors.stop()


async def test_beating_outlives_trouble(
    ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or a database that is away does not end the heartbeat: it goes on when the trouble is over."""
    ledger.executors.dead = 0.4
    await ledger.executors.start()
    real = ledger.writer.write
    refused = asyncio.Event()

    async def full(*statements: Statement) -> None:
        refused.set()
        raise NeedsOperator("the disk of the ledger is full.")

    monkeypatch.setattr(ledger.writer, "write", full)
    await refused.wait()
    age = "UPDATE executor SET beat = beat - 100"
    await other.writer.write(Statement(age, {}))
    assert await other.executors.gone(ledger.executors.id)
    monkeypatch.setattr(ledger.writer, "write", real)
    for _ in range(100):
        if not await other.executors.gone(ledger.executors.id):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("it never beat again")
    await ledger.executors.stop()


async def test_each_start_has_a_name_of_its_own(ledger: Ledger, other: Ledger) -> None:
    """Two openings of a ledger, even in one process, never share a name."""
    assert ledger.executors.id != other.executors.id


# -- budgets -----------------------------------------------------------------------------------------------------


async def test_two_processes_share_one_rate(ledger: Ledger, other: Ledger, clock: Clock) -> None:
    """Blocks taken by two processes never add up to more than a minute allows, but for the one just begun."""
    sent: list[tuple[float, int]] = []
    start = clock.now
    for turn in range(120):
        for each in (ledger, other):
            wait = await each.budgets.lease("key", calls=50, per_minute=6000.0)
            sent.append((clock.now + wait, 50))
        if turn % 4 == 3:
            clock.pass_(3.0)
    latest = max(at for at, _ in sent)
    assert sum(calls for _, calls in sent) == 12000
    # Nearly all of the budget can be used.
    assert latest - start <= 12000 / 6000 * 60.0 / 0.98
    for window in range(int(latest - start) + 1):
        begin = start + window
        inside = sum(calls for at, calls in sent if begin <= at < begin + 60.0)
        assert inside <= 6000 + 50


async def test_leases_at_once_are_handed_out_one_after_the_other(
    ledger: Ledger, other: Ledger, clock: Clock
) -> None:
    """Of many leases at the same moment no two get the same place."""
    waits = await asyncio.gather(
        *(
            each.budgets.lease("key", calls=100, per_minute=600.0)
            for each in (ledger, other)
            for _ in range(5)
        )
    )
    steps = sorted(waits)
    assert len(set(steps[1:])) == len(steps) - 1
    assert steps[-1] == pytest.approx(9 * (60.0 + BURST) / 6.0 - BURST)


async def test_clock_that_jumped_back_does_not_block_the_budget(ledger: Ledger, clock: Clock) -> None:
    """After a clock was set back by hours the wait is minutes at most."""
    await ledger.budgets.lease("key", calls=50, per_minute=6000.0)
    clock.pass_(-5 * 3600.0)
    assert await ledger.budgets.lease("key", calls=50, per_minute=6000.0) <= 120.0


async def test_keys_do_not_share(ledger: Ledger, clock: Clock) -> None:
    """Two accounts at a vendor have a budget each."""
    for _ in range(30):
        await ledger.budgets.lease("one", calls=600, per_minute=6000.0)
    assert await ledger.budgets.lease("two", calls=600, per_minute=6000.0) == 0.0


# -- targets -----------------------------------------------------------------------------------------------------


async def test_target_has_one_writer(ledger: Ledger, other: Ledger, clock: Clock) -> None:
    """While a slice holds a target no other slice gets it; given back, it does."""
    _, (german, french) = await accepted(ledger)
    one = await claimed(ledger, [german])
    clock.pass_(1)
    two = await claimed(other, [french])
    await ledger.writer.write(*Targets.lock(one, "docs", "de/a.json", known=None))
    with pytest.raises(Conflict, match=r"de/a\.json"):
        await other.writer.write(*Targets.lock(two, "docs", "de/a.json", known=None))
    await other.writer.write(*Targets.lock(two, "docs", "fr/a.json", known=None))
    await ledger.slices.finish(one)
    await other.writer.write(*Targets.lock(two, "docs", "de/a.json", known=None))


async def test_delivery_in_between_is_noticed(ledger: Ledger) -> None:
    """Who decided on an older revision of the target does not get it."""
    _, translations = await accepted(ledger)
    claim = await claimed(ledger, translations)
    writer = translations[0].id
    await ledger.writer.write(
        *Targets.lock(claim, "docs", "de/a.json", known=None),
        Targets.written(claim, "docs", "de/a.json", revision=digest(b"1"), age=5.0, translation=writer),
    )
    with pytest.raises(Conflict):
        await ledger.writer.write(*Targets.lock(claim, "docs", "de/a.json", known=None))
    await ledger.writer.write(*Targets.lock(claim, "docs", "de/a.json", known=digest(b"1")))
    known = (await ledger.targets.of_slice(claim.slice))["docs", "de/a.json"]
    assert (known.revision, known.age, known.translation) == (digest(b"1"), 5.0, writer)


async def test_old_run_does_not_write_its_target(ledger: Ledger, other: Ledger) -> None:
    """A run that was replaced while it held a target can neither remember its write nor keep the new run out."""
    _, translations = await accepted(ledger)
    old = await claimed(ledger, translations)
    await ledger.writer.write(*Targets.lock(old, "docs", "de/a.json", known=None))
    _, new = await other.slices.begin(old.slice, 1)
    late = Targets.written(old, "docs", "de/a.json", revision="x", age=1.0, translation="t")
    with pytest.raises(Conflict):
        await ledger.writer.write(late)
    await other.writer.write(*Targets.lock(new, "docs", "de/a.json", known=None))


# -- plans -------------------------------------------------------------------------------------------------------


async def test_plan_is_accepted_once_and_whole(ledger: Ledger, other: Ledger) -> None:
    """Of several who accept one plan, one does; a batch that clashes undoes the whole acceptance."""
    plan = a_plan()
    await ledger.plans.store(plan)
    results = await asyncio.gather(
        *(each.plans.accept(plan, [a_batch(plan)]) for each in (ledger, other)), return_exceptions=True
    )
    assert [type(result) for result in results if result is not None] == [Refused]
    second = a_plan(2, items=("b.json",))
    await ledger.plans.store(second)
    batch, translations = a_batch(second)
    with pytest.raises(Conflict):
        await ledger.plans.accept(second, [(batch, translations), a_batch(plan)])
    assert await ledger.voyages.batch(batch.id) is None
    await ledger.plans.accept(second, [(batch, translations)])


async def test_plan_made_up_before_another_was_accepted_is_noticed(ledger: Ledger, other: Ledger) -> None:
    """Who looked before another plan was accepted has to look again."""
    one, two = a_plan(1), a_plan(2, items=("b.json",))
    for plan in (one, two):
        await ledger.plans.store(plan)
    seen = await ledger.plans.accepted()
    await other.plans.accept(two, [a_batch(two)])
    with pytest.raises(Conflict):
        await ledger.plans.accept(one, [a_batch(one)], after=seen)
    await ledger.plans.accept(one, [a_batch(one)], after=seen + 1)


async def test_stored_plan_comes_back(ledger: Ledger) -> None:
    """A plan is found by its id, and the newest that was not applied without one."""
    one, two = a_plan(1, created=1.0), a_plan(2, created=2.0)
    for plan in (one, two, two):
        await ledger.plans.store(plan)
    assert await ledger.plans.get("p1") == one
    assert await ledger.plans.get() == two
    await ledger.plans.accept(two, [a_batch(two)])
    assert await ledger.plans.get() == one
    assert await ledger.plans.get("nobody") is None


# -- voyages -----------------------------------------------------------------------------------------------------


async def test_latest_is_what_was_sent_last(ledger: Ledger) -> None:
    """The newest translation of an item is the one of the newest batch, not the one that moved last."""
    _, old = await accepted(ledger, a_plan(1, created=100.0))
    _, new = await accepted(ledger, a_plan(2, created=200.0, revision=digest(b"new")))
    await ledger.voyages.write(move(new[0], State.SUBMITTED, "sent", now=300.0))
    await ledger.voyages.write(move(old[0], State.TRANSLATED, "moved later", now=400.0))
    latest = await ledger.voyages.latest("docs", "phrase")
    assert {t.id for t in latest.values()} == {t.id for t in new}
    await ledger.voyages.write(move(new[1], State.CANCELLED, "stopped"))
    assert (await ledger.voyages.latest("docs", "phrase"))["a.json", "fr"].id == old[1].id
    assert await ledger.voyages.latest("docs", "another") == {}


async def test_older_open_translations_are_found(ledger: Ledger) -> None:
    """What an older batch sent and is not settled is found; the newer and the settled are not."""
    _, old = await accepted(ledger, a_plan(1, created=100.0))
    batch, new = await accepted(ledger, a_plan(2, created=200.0))
    found = await ledger.voyages.replaced_by(batch)
    assert {t.id for t in found} == {t.id for t in old}
    await ledger.voyages.write(move(old[0], State.CANCELLED, "stopped"))
    await ledger.voyages.write(move(new[1], State.CANCELLED, "stopped"))
    left = {(t.item, t.locale) for t in new} - {(new[1].item, new[1].locale)}
    assert {(t.item, t.locale) for t in await ledger.voyages.replaced_by(batch)} == left - {
        (old[0].item, old[0].locale)
    }


async def test_units_are_kept_with_their_words(ledger: Ledger) -> None:
    """Vendor units come back as they were stored; storing them again changes their words only."""
    _, (german, french) = await accepted(ledger)
    units = (Unit("u1", "de", 1, 0, "NEW", "running"), Unit("u2", "de", 2, 0, "NEW", "ok", "x", True))
    await ledger.voyages.write(*units_written("phrase", german.id, units))
    changed = (Unit("u1", "de", 1, 0, "COMPLETED", "ok", None, False),)
    await ledger.voyages.write(*units_written("phrase", german.id, changed))
    by_id = {t.id: t for t in await ledger.voyages.translations("1 = 1")}
    assert by_id[german.id].units == (changed[0], units[1])
    assert by_id[french.id].units == ()


async def test_all_fields_of_a_translation_come_back(ledger: Ledger) -> None:
    """What is set on a translation is read back as it was, whatever its type."""
    _, (german, _) = await accepted(ledger)
    fields: dict[str, Any] = {
        "findings": ("one", "two"), "overwrite": True, "ticket": "7", "blob": digest(b""), "delivered": None,
        "due": 12.5, "looks": 3, "round": 2, "error": NeedsOperator("x").to_json(),
    }  # fmt: skip
    await ledger.voyages.write(touch(german, **fields))
    [back] = await ledger.voyages.translations("t.id = :id", {"id": german.id})
    assert {name: getattr(back, name) for name in fields} == fields


async def test_move_outside_the_table_is_refused(ledger: Ledger) -> None:
    """A move that the table does not have is a conflict before anything is written."""
    _, (german, _) = await accepted(ledger)
    with pytest.raises(Conflict, match="planned cannot become delivered"):
        move(german, State.DELIVERED, "too early")


async def test_every_move_is_in_the_history(ledger: Ledger) -> None:
    """Moves are kept in order with their reasons; a move that lost a race leaves no trace."""
    _, (german, _) = await accepted(ledger)
    await ledger.voyages.write(move(german, State.SUBMITTED, "sent"))
    with pytest.raises(Conflict):
        await ledger.voyages.write(move(german, State.FAILED, "lost the race"))
    assert [(m.old, m.new, m.why) for m in await ledger.voyages.movements(german.id)] == [
        (None, "planned", "plan p1 was accepted"),
        ("planned", "submitted", "sent"),
    ]


async def test_first_receipt_of_a_round_stays(ledger: Ledger) -> None:
    """A receipt is written once for a round; the next round has its own."""
    base = {
        "translation": "t",
        "item": "a",
        "locale": "de",
        "target": "x",
        "source": "s",
        "vendor": {"a": [1]},
    }
    for round_, delivered in ((1, "first"), (1, "second"), (2, "third")):
        receipt = Receipt(round=round_, delivered=delivered, at=float(round_), **base)  # type: ignore[arg-type]
        await ledger.voyages.write(ledger.voyages.receipt(receipt))
    found = await ledger.voyages.receipts("translation = :t", {"t": "t"})
    assert [(r.round, r.delivered, r.vendor) for r in found] == [
        (1, "first", {"a": [1]}),
        (2, "third", {"a": [1]}),
    ]


async def test_installation_has_one_name(ledger: Ledger, other: Ledger) -> None:
    """However many processes ask first, the installation gets one name."""
    names = await asyncio.gather(*(each.installation() for each in (ledger, other) for _ in range(5)))
    assert len(set(names)) == 1
    assert len(names[0]) == 16
