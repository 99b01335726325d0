"""Operations: every outside effect exactly once, whatever happened before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from tests.ledger.conftest import Clock
from tests.ledger.seeds import accepted, claimed
from wordferry.errors import (
    Conflict,
    Held,
    NeedsOperator,
    NotYet,
    OutcomeUnknown,
    Refused,
    Spent,
    Surprise,
    TryAgain,
    WordferryError,
)
from wordferry.ledger import Ledger
from wordferry.ledger.move import move
from wordferry.ledger.operations import Operation
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.model.voyage import Claim, Translation
from wordferry.ports.effect import Effect, Found, Unknown

TIMEOUT, SETTLE = 60.0, 30.0


class Made(msgspec.Struct, frozen=True):
    """What the far side made."""

    parts: tuple[str, ...]


class FarSide:
    """Counts what is done to it, and shows what is there."""

    def __init__(self, *wanted: str) -> None:
        self.wanted = wanted or ("one",)
        self.there: tuple[str, ...] = ()
        self.performed = 0
        self.looked = 0
        self.fail: BaseException | None = None
        self.before: Callable[[], None] = lambda: None

    async def perform(self, known: Made | None) -> Made:
        self.performed += 1
        self.before()
        await asyncio.sleep(0)
        if self.fail is not None:
            raise self.fail
        have = known.parts if known else ()
        new = tuple(part for part in self.wanted if part not in have)
        self.there += new
        return Made(have + new)

    async def look_up(self) -> Found[Made] | None:
        self.looked += 1
        if not self.there:
            return None
        return Found(Made(self.there), complete=set(self.there) >= set(self.wanted))

    def effect(self, unknown: Unknown = Unknown.LOOK_UP, **fields: Any) -> Effect[Made]:
        given: dict[str, Any] = {"timeout": TIMEOUT, "settle": SETTLE, "label": "it"} | fields
        return Effect(
            kind="make",
            key="make:it",
            result=Made,
            unknown=unknown,
            perform=self.perform,
            look_up=self.look_up if unknown in (Unknown.LOOK_UP, Unknown.ONCE) else None,
            **given,
        )


class Killed(BaseException):
    """The process ends here: no handler of ours sees it."""


@pytest.fixture
def far() -> FarSide:
    return FarSide()


async def sail(ledger: Ledger) -> tuple[Claim, Translation]:
    _, translations = await accepted(ledger)
    return await claimed(ledger, translations), translations[0]


async def run(ledger: Ledger, claim: Claim, effect: Effect[Made], **fields: Any) -> Made:
    return await ledger.operations.run(effect, claim, batch="b", **fields)


async def row(ledger: Ledger) -> Operation:
    found = await ledger.operations.get("make:it")
    assert found is not None
    return found


async def die(ledger: Ledger, claim: Claim, far: FarSide, effect: Effect[Made], *, done: bool) -> None:
    """Be killed between the effect's row and its result, before or after the effect."""

    def probe(phase: str, key: str, kind: str) -> None:
        if phase == ("performed" if done else "begun"):
            raise Killed

    ledger.operations.probe = probe
    with pytest.raises(Killed):
        await run(ledger, claim, effect)
    ledger.operations.probe = lambda phase, key, kind: None
    assert (await row(ledger)).state == "begun"


async def takes_over(other: Ledger, claim: Claim) -> Claim:
    """The same slice, taken up by another process."""
    _, taken = await other.slices.begin(claim.slice, 1)
    return taken


async def test_repeat_returns_the_stored_result(ledger: Ledger, other: Ledger, far: FarSide) -> None:
    """A key that was done returns its stored result, to any process, without doing it again."""
    claim, _ = await sail(ledger)
    first = await run(ledger, claim, far.effect())
    second = await run(other, await takes_over(other, claim), far.effect())
    assert first == second == Made(("one",))
    assert (far.performed, far.looked) == (1, 0)
    assert (await row(ledger)).how == "performed"


async def test_twenty_runs_perform_once(ledger: Ledger, other: Ledger, far: FarSide) -> None:
    """Of twenty runs of one key at the same time, in two processes, one performs; the others wait or get its result."""
    await ledger.executors.start()
    await other.executors.start()
    claim, _ = await sail(ledger)
    results = await asyncio.gather(
        *(run(each, claim, far.effect()) for each in (ledger, other) for _ in range(10)),
        return_exceptions=True,
    )
    assert far.performed == 1
    assert {type(result) for result in results} <= {Made, NotYet}
    assert Made(("one",)) in results
    await ledger.executors.stop()
    await other.executors.stop()


@pytest.mark.parametrize("done", [False, True])
async def test_look_up_after_a_crash(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide, done: bool
) -> None:
    """After a crash the other side is asked: what is there is adopted; nothing there counts only after `settle`."""
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(), done=done)
    taken = await takes_over(other, claim)
    if done:
        assert await run(other, taken, far.effect()) == Made(("one",))
        assert (await row(ledger)).how == "adopted"
    else:
        for passing in (0.0, TIMEOUT + SETTLE - 1.0):
            clock.pass_(passing)
            with pytest.raises(NotYet) as caught:
                await run(other, taken, far.effect())
            assert caught.value.not_before == pytest.approx((await row(ledger)).expires + SETTLE)
        assert far.performed == 0
        clock.pass_(2.0)
        assert await run(other, taken, far.effect()) == Made(("one",))
        assert (await row(ledger)).attempt == 2
    assert far.there == ("one",)


async def test_late_work_of_the_other_side_is_adopted(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide
) -> None:
    """Work that appears between the crash and `settle` is adopted, not done a second time."""
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(), done=False)
    taken = await takes_over(other, claim)
    with pytest.raises(NotYet):
        await run(other, taken, far.effect())
    far.there = ("one",)
    clock.pass_(TIMEOUT)
    assert await run(other, taken, far.effect()) == Made(("one",))
    assert far.performed == 0


async def test_partial_work_is_completed(ledger: Ledger, other: Ledger, clock: Clock) -> None:
    """When a part is there, only the missing part is done, and not before `settle`."""
    far = FarSide("one", "two")
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(), done=False)
    far.there = ("two",)
    taken = await takes_over(other, claim)
    with pytest.raises(NotYet):
        await run(other, taken, far.effect())
    clock.pass_(TIMEOUT + SETTLE + 1)
    assert await run(other, taken, far.effect()) == Made(("two", "one"))
    assert sorted(far.there) == ["one", "two"]


@pytest.mark.parametrize("done", [False, True])
async def test_harmless_effect_is_repeated_after_a_crash(
    ledger: Ledger, other: Ledger, far: FarSide, done: bool
) -> None:
    """An effect that may be repeated is, without asking, once its owner is dead."""
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(Unknown.REPEAT), done=done)
    await run(other, await takes_over(other, claim), far.effect(Unknown.REPEAT))
    assert far.performed == 1 + done
    assert (await row(ledger)).state == "done"


@pytest.mark.parametrize("done", [False, True])
async def test_single_use_effect_is_spent_by_a_crash(
    ledger: Ledger, other: Ledger, far: FarSide, done: bool
) -> None:
    """A single-use effect that was begun is never done again: it is spent, now and for ever."""
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(Unknown.NEVER), done=done)
    taken = await takes_over(other, claim)
    for _ in range(2):
        with pytest.raises(Spent):
            await run(other, taken, far.effect(Unknown.NEVER))
    assert far.performed == done
    assert (await row(ledger)).state == "spent"


@pytest.mark.parametrize("done", [False, True])
async def test_mail_is_sent_at_most_once(ledger: Ledger, other: Ledger, far: FarSide, done: bool) -> None:
    """An effect that is done at most once is taken as done after a crash, and the row says that this is assumed."""
    claim, _ = await sail(ledger)
    far.there = ("one",)
    await die(ledger, claim, far, far.effect(Unknown.ONCE), done=done)
    taken = await takes_over(other, claim)
    await run(other, taken, far.effect(Unknown.ONCE))
    await run(other, taken, far.effect(Unknown.ONCE))
    assert far.performed == done
    assert (await row(ledger)).how == "assumed"


@pytest.mark.parametrize("unknown", list(Unknown))
async def test_living_owner_is_not_disturbed(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide, unknown: Unknown
) -> None:
    """While its owner beats and its lease runs, nobody asks about an operation, repeats it or calls it spent."""
    await ledger.executors.start()
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(unknown), done=False)
    taken = await takes_over(other, claim)
    clock.pass_(TIMEOUT - 1)
    with pytest.raises(NotYet) as caught:
        await run(other, taken, far.effect(unknown))
    assert caught.value.not_before == pytest.approx((await row(ledger)).expires)
    assert (far.performed, far.looked) == (0, 0)
    assert (await row(ledger)).state == "begun"
    await ledger.executors.stop()


async def test_silent_owner_may_be_frozen(ledger: Ledger, other: Ledger, clock: Clock, far: FarSide) -> None:
    """Among several machines a silent owner may be frozen in the middle of its call: its deadline is waited for."""
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, far.effect(settle=0.0), done=False)
    taken = await takes_over(other, claim)
    clock.pass_(TIMEOUT - 1)
    with pytest.raises(NotYet):
        await run(other, taken, far.effect(settle=0.0))
    clock.pass_(1)
    await run(other, taken, far.effect(settle=0.0))
    assert far.performed == 1


@pytest.mark.parametrize("sure", ["alone", "fenced"])
async def test_dead_owner_is_not_waited_for(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide, sure: str
) -> None:
    """Who holds the embedded lock, or does what compares before it sets, need not wait for a dead owner's deadline."""
    effect = far.effect(timeout=10_000.0, settle=0.0, fenced=sure == "fenced")
    claim, _ = await sail(ledger)
    await die(ledger, claim, far, effect, done=False)
    other.executors.alone = sure == "alone"
    other.executors._noticed[ledger.executors.id] = clock.now
    assert await run(other, await takes_over(other, claim), effect) == Made(("one",))


async def test_thawed_process_does_not_perform_late(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide
) -> None:
    """A process frozen between the row and the effect finds its lease over when it thaws, and does nothing."""
    claim, _ = await sail(ledger)

    def freeze(phase: str, key: str, kind: str) -> None:
        if phase == "begun":
            clock.pass_(TIMEOUT + SETTLE + 1)

    ledger.operations.probe = freeze
    with pytest.raises(OutcomeUnknown):
        await run(ledger, claim, far.effect())
    assert far.performed == 0


async def test_thawed_process_cannot_close_a_taken_operation(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide
) -> None:
    """A process that was replaced while it performed neither stores its result nor moves anything."""
    claim, translation = await sail(ledger)
    taken: list[Made] = []

    async def frozen(known: Made | None) -> Made:
        clock.pass_(TIMEOUT + SETTLE + 1)
        taken.append(await run(other, await takes_over(other, claim), far.effect()))
        return Made(("from the grave",))

    effect = msgspec.structs.replace(far.effect(), perform=frozen)
    note = [move(translation, State.SUBMITTED, "late", claim=claim)]
    with pytest.raises(Conflict):
        await run(ledger, claim, effect, finish=lambda made: note)
    assert taken == [Made(("one",))]
    assert msgspec.json.decode((await row(ledger)).result or "", type=Made) == Made(("one",))
    [now] = await ledger.voyages.translations("t.id = :id", {"id": translation.id})
    assert now.state is State.PLANNED


async def test_old_epoch_begins_nothing(ledger: Ledger, other: Ledger, far: FarSide) -> None:
    """A run whose slice was taken over begins no operation, new or left behind."""
    claim, _ = await sail(ledger)
    await takes_over(other, claim)
    with pytest.raises(Conflict):
        await run(ledger, claim, far.effect())
    assert await ledger.operations.get("make:it") is None
    assert far.performed == 0


async def test_old_epoch_does_not_begin_again(ledger: Ledger, other: Ledger, far: FarSide) -> None:
    """A run whose slice was taken over does not repeat what failed before."""
    claim, _ = await sail(ledger)
    far.fail = TryAgain("busy")
    with pytest.raises(TryAgain):
        await run(ledger, claim, far.effect())
    await takes_over(other, claim)
    far.fail = None
    with pytest.raises(Conflict):
        await run(ledger, claim, far.effect())
    assert far.performed == 1
    assert (await row(ledger)).state == "failed"


@pytest.mark.parametrize("error", [TryAgain("busy"), Refused("no"), NeedsOperator("quota"), Held("edited")])
async def test_what_did_not_happen_is_begun_again(
    ledger: Ledger, far: FarSide, error: WordferryError
) -> None:
    """An effect that is known not to have happened keeps its error and is simply begun again."""
    claim, _ = await sail(ledger)
    far.fail = error
    with pytest.raises(type(error)):
        await run(ledger, claim, far.effect(Unknown.NEVER))
    failed = await row(ledger)
    assert failed.state == "failed"
    stored = ledger.operations.error_of(failed)
    assert stored is not None
    assert stored.what == error.what
    far.fail = None
    assert await run(ledger, claim, far.effect(Unknown.NEVER)) == Made(("one",))
    done = await row(ledger)
    assert (done.state, done.attempt, done.error) == ("done", 2, None)


async def test_unknown_outcome_is_looked_up(ledger: Ledger, clock: Clock, far: FarSide) -> None:
    """After a call without an answer, the same process looks before it repeats, and waits no longer than `settle`."""
    claim, _ = await sail(ledger)
    far.fail = OutcomeUnknown("no answer")
    with pytest.raises(OutcomeUnknown):
        await run(ledger, claim, far.effect())
    far.fail = None
    with pytest.raises(NotYet) as caught:
        await run(ledger, claim, far.effect())
    assert caught.value.not_before == pytest.approx(clock.now + SETTLE)
    far.there = ("one",)
    assert await run(ledger, claim, far.effect()) == Made(("one",))
    assert far.performed == 1


async def test_call_that_does_not_end_is_unknown(ledger: Ledger, far: FarSide) -> None:
    """A call that outlives its deadline is cut off, and its outcome counts as unknown."""
    claim, _ = await sail(ledger)

    async def hang(known: Made | None) -> Made:
        await asyncio.sleep(60)
        return Made(())

    with pytest.raises(OutcomeUnknown):
        await run(ledger, claim, msgspec.structs.replace(far.effect(), perform=hang, timeout=0.02))
    assert (await row(ledger)).state == "unknown"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(OSError(28, "No space left on device"), NeedsOperator), (KeyError("oops"), Surprise)],
)
async def test_unforeseen_error_is_unknown(
    ledger: Ledger, far: FarSide, error: Exception, kind: type[WordferryError]
) -> None:
    """An exception nobody foresaw becomes one of ours, and the effect counts as perhaps done."""
    claim, _ = await sail(ledger)
    far.fail = error
    with pytest.raises(kind):
        await run(ledger, claim, far.effect(Unknown.NEVER))
    assert (await row(ledger)).state == "unknown"
    with pytest.raises(Spent):
        await run(ledger, claim, far.effect(Unknown.NEVER))
    assert far.performed == 1


async def test_what_belongs_to_the_result_is_written_with_it(ledger: Ledger, far: FarSide) -> None:
    """Result and consequences are one write: when the consequences clash, the result is not stored either."""
    claim, translation = await sail(ledger)
    clash = Statement("UPDATE meta SET value = 'x' WHERE key = 'nobody'", {}, 1)
    parts: list[Any] = [move(translation, State.SUBMITTED, "made", claim=claim), clash]
    with pytest.raises(Conflict):
        await run(ledger, claim, far.effect(), finish=lambda made: parts)
    assert (await row(ledger)).state == "begun"
    [now] = await ledger.voyages.translations("t.id = :id", {"id": translation.id})
    assert now.state is State.PLANNED
    assert len(await ledger.voyages.movements(translation.id)) == 1


async def test_what_belongs_to_the_beginning_is_written_with_it(ledger: Ledger, far: FarSide) -> None:
    """The row and what must hold before the effect are one write: without it the effect is not done."""
    claim, _ = await sail(ledger)
    clash = Statement("UPDATE meta SET value = 'x' WHERE key = 'nobody'", {}, 1, "locked")
    with pytest.raises(Conflict, match="locked"):
        await run(ledger, claim, far.effect(), begin=[clash])
    assert await ledger.operations.get("make:it") is None
    assert far.performed == 0


async def test_stored_result_has_its_consequences(ledger: Ledger, far: FarSide) -> None:
    """When an operator has set a translation back, a stored result moves it on again instead of leaving it there."""
    claim, translation = await sail(ledger)
    await run(
        ledger,
        claim,
        far.effect(),
        finish=lambda m: [move(translation, State.SUBMITTED, "made", claim=claim)],
    )
    back = Statement("UPDATE translation SET state = 'planned' WHERE id = :id", {"id": translation.id}, 1)
    await ledger.writer.write(back)
    await run(
        ledger,
        claim,
        far.effect(),
        finish=lambda m: [move(translation, State.SUBMITTED, "made", claim=claim)],
    )
    [now] = await ledger.voyages.translations("t.id = :id", {"id": translation.id})
    assert now.state is State.SUBMITTED
    assert far.performed == 1


async def test_cancelled_run_leaves_the_row_for_a_look_up(
    ledger: Ledger, other: Ledger, clock: Clock, far: FarSide
) -> None:
    """A run that is cancelled in the middle of its call closes nothing: the next one looks up what became of it."""
    claim, _ = await sail(ledger)
    started = asyncio.Event()

    async def hang(known: Made | None) -> Made:
        far.there = ("one",)
        started.set()
        await asyncio.sleep(60)
        return Made(())

    task = asyncio.ensure_future(run(ledger, claim, msgspec.structs.replace(far.effect(), perform=hang)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await row(ledger)).state == "begun"
    assert await run(other, await takes_over(other, claim), far.effect()) == Made(("one",))
    assert far.performed == 0


async def test_rows_of_a_batch_and_of_a_translation(ledger: Ledger, far: FarSide) -> None:
    """The operations of a batch and of one translation are listed in the order in which they began."""
    claim, translation = await sail(ledger)
    await ledger.operations.run(far.effect(), claim, batch="b", translation=translation.id)
    second = msgspec.structs.replace(far.effect(), key="make:that")
    await ledger.operations.run(second, claim, batch="b")
    assert [op.key for op in await ledger.operations.of(batch="b")] == ["make:it", "make:that"]
    assert [op.key for op in await ledger.operations.of(translation=translation.id)] == ["make:it"]
    count = await ledger.read(lambda c: c.execute(sa.text("SELECT COUNT(*) FROM operation")).scalar())
    assert count == 2
