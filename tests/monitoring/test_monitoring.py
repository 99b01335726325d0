"""Monitoring: what the vendor shows moves translations through the table, by few calls, and nothing else does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.submission.voyage import FAST, Voyage, in_a_hurry, voyage
from wordferry.errors import Surprise, Vanished, from_json
from wordferry.ledger.writer import Statement
from wordferry.model.states import WAITING, State
from wordferry.model.voyage import Translation
from wordferry.monitoring import Poll
from wordferry.ports.tms import RemoteBatch


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


def all_are(*states: State) -> Any:
    def reached(found: list[Translation]) -> bool:
        return bool(found) and {t.state for t in found} <= set(states)

    return reached


async def sent(sailing: Voyage, *, pages: int = 1, action: str = "manual") -> None:
    """Everything is at the TMS and waits for a person."""
    sailing.sandbox.behave(action)
    for number in range(pages):
        sailing.write(f"en/{number:03}.json", f'{{"title": "Page {number}"}}')
    await sailing.apply()
    await sailing.sail(all_are(State.SUBMITTED))
    await sailing.sail(lambda _: all(job.import_status == "OK" for job in sailing.jobs()))


async def look(sailing: Voyage) -> int:
    """One look at everything, now."""
    await sailing.ferry.ledger.writer.write(
        Statement(
            "UPDATE translation SET due = 0 WHERE state IN ('submitted', 'translating', 'rework', 'declined')",
            {},
        )
    )
    [batch] = await sailing.ferry.ledger.voyages.batches()
    poll = Poll(sailing.ferry.ledger, sailing.ferry.connections, sailing.ferry.paces)
    return await poll.look(batch.id)


async def test_first_of_three_levels_is_not_the_end(tmp_path: Path) -> None:
    """A translation completed at level 1 of 3 is being translated; it comes home after the last level, from its job."""
    async with voyage(tmp_path, template="Website 3 steps", locales=("de",)) as sailing:
        await sent(sailing)
        first, second, third = sorted(sailing.jobs(), key=lambda job: job.level)
        for job in (first, second):
            sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")
            await look(sailing)
            assert (await sailing.to("de/000.json")).state is State.TRANSLATING
        assert sailing.calls("start_export") == []
        sailing.sandbox.phrase.set_status(third.uid, "COMPLETED")
        await sailing.sail(all_are(State.DELIVERED))
        [export] = sailing.calls("start_export")
        assert export["facts"]["job"] == third.uid
        assert third.status == "DELIVERED"


async def test_delivered_by_somebody_else_still_comes_home(tmp_path: Path) -> None:
    """The vendor's DELIVERED without our receipt means that somebody clicked: the file is fetched all the same."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        await sent(sailing)
        [job] = sailing.jobs()
        sailing.sandbox.phrase.set_status(job.uid, "DELIVERED")
        await sailing.sail(all_are(State.DELIVERED))
        assert sailing.read("de/000.json") is not None
        assert len(await sailing.ferry.ledger.voyages.receipts()) == 1


async def test_unknown_word_moves_nothing(tmp_path: Path) -> None:
    """A status word that nobody here knows is kept as it is and moves nothing; the next known word does."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        await sent(sailing)
        [job] = sailing.jobs()
        job.status, job.history = "SOMETHING_NEW", [(0.0, "SOMETHING_NEW")]
        assert await look(sailing) == 0
        translation = await sailing.to("de/000.json")
        assert translation.state is State.SUBMITTED
        assert translation.units[0].word == "SOMETHING_NEW"
        assert translation.due is not None
        sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")
        await sailing.sail(all_are(State.DELIVERED))


async def test_failed_import_fails_with_the_vendors_reason(tmp_path: Path) -> None:
    """A file that cannot be imported fails with the vendor's reason; its siblings come home."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.write("en/b.json")
        sailing.sandbox.behave("import_error", file="b.*")
        await sailing.apply()
        states = await sailing.sail()
        assert {t for t, state in states.items() if state is State.FAILED} == {"de/b.json", "fr/b.json"}
        error = from_json((await sailing.to("de/b.json")).error or "")
        assert "could not be imported" in str(error)


async def test_declined_and_taken_up_again(tmp_path: Path) -> None:
    """A declined translation waits for a person at the TMS and goes on when somebody takes it up."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("decline")
        await sailing.apply()
        await sailing.sail(all_are(State.DECLINED))
        sailing.sandbox.world.behaviours.clear()
        [job] = sailing.jobs()
        sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")
        await sailing.sail(all_are(State.DELIVERED))


async def test_sent_back_and_completed(tmp_path: Path) -> None:
    """A translation that is rejected at the TMS is rework until it is completed, then it comes home once."""
    async with voyage(
        tmp_path, locales=("de",), settings=msgspec.structs.replace(FAST, translate_seconds=0.4)
    ) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("rework")
        await sailing.apply()
        await sailing.sail(all_are(State.DELIVERED))
        moved = await sailing.ferry.ledger.voyages.movements((await sailing.to("de/a.json")).id)
        assert State.REWORK in [move.new for move in moved]
        sailing.judged()


async def test_cancelled_at_the_vendor(tmp_path: Path) -> None:
    """A job cancelled at the TMS settles its translation alone."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("cancel", locale="fr")
        await sailing.apply()
        assert await sailing.sail() == {"de/a.json": State.DELIVERED, "fr/a.json": State.CANCELLED}


@pytest.mark.parametrize(("pages", "levels", "calls"), [(20, 1, 1), (26, 1, 2), (26, 3, 6)])
async def test_one_look_costs_one_call_for_fifty_jobs_and_level(
    tmp_path: Path, pages: int, levels: int, calls: int
) -> None:
    """A look at a whole batch lists fifty jobs of one level per call, never job by job."""
    template = "Website" if levels == 1 else "Website 3 steps"
    async with voyage(tmp_path, template=template) as sailing:
        await sent(sailing, pages=pages)
        await sailing.hands.rest()
        before = len(sailing.calls("list_jobs"))
        await look(sailing)
        assert len(sailing.calls("list_jobs")) - before == calls
        assert sailing.calls("get_job") == []


async def test_waiting_is_looked_at_ever_more_rarely(tmp_path: Path) -> None:
    """Each look without a change moves the next one further away; a change starts anew; one look serves the batch."""
    async with voyage(tmp_path) as sailing:
        await sent(sailing)
        waits = []
        for _ in range(4):
            await look(sailing)
            translations = await sailing.translations()
            assert len({t.looks for t in translations}) == 1
            waits.append(translations[0].looks)
        assert waits == sorted(waits)
        assert waits[-1] - waits[0] == 3
        sailing.sandbox.phrase.set_status(sailing.jobs(locale="de")[0].uid, "ACCEPTED")
        assert await look(sailing) == 1
        assert (await sailing.to("de/000.json")).looks == 0
        assert (await sailing.to("fr/000.json")).looks > 0


async def test_two_processes_do_not_ask_the_same_question(tmp_path: Path) -> None:
    """A look is reserved: of several at once, one asks the vendor."""
    async with voyage(tmp_path) as sailing:
        await sent(sailing)
        await sailing.ferry.ledger.writer.write(Statement("UPDATE translation SET due = 0", {}))
        sailing.ferry.ledger.executors.alone = False
        before = len(sailing.calls("list_jobs"))
        [batch] = await sailing.ferry.ledger.voyages.batches()
        polls = [Poll(sailing.ferry.ledger, sailing.ferry.connections, sailing.ferry.paces) for _ in range(4)]
        await asyncio.gather(*(poll.look(batch.id) for poll in polls))
        assert len(sailing.calls("list_jobs")) - before == 1


async def test_vendor_that_does_not_answer_is_asked_later(tmp_path: Path) -> None:
    """A failed look keeps its error for `explain`, moves nothing, and is repeated; a good one clears the error."""
    async with voyage(tmp_path, locales=("de",), deadline=0.5) as sailing:
        await sent(sailing)
        sailing.sandbox.faults.add("html", operation="list_jobs", status=403)
        assert await look(sailing) == 0
        translation = await sailing.to("de/000.json")
        assert translation.state is State.SUBMITTED
        assert translation.error is not None
        assert translation.due is not None
        sailing.sandbox.faults.clear()
        await look(sailing)
        assert (await sailing.to("de/000.json")).error is None


async def test_crash_of_one_look_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that breaks off with an error nobody foresaw leaves the sweep and the other batches going."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        sailing.write("en/b.json")
        await sailing.apply()
        bad, _ = await sailing.ferry.ledger.voyages.batches()
        phrase: Any = sailing.ferry.connections["phrase"]
        real = phrase.observe

        def observe(remote: RemoteBatch) -> Any:
            if remote.id == broken:
                raise ZeroDivisionError
            return real(remote)

        broken = ""
        monkeypatch.setattr(phrase, "observe", observe)
        await sailing.sail(lambda found: all(t.state is not State.PLANNED for t in found))
        [remote] = [b.remote for b in await sailing.ferry.ledger.voyages.batches() if b.id == bad.id]
        assert remote is not None
        broken = remote["id"]
        await sailing.sail(lambda found: any(t.state is State.DELIVERED for t in found))
        states = {t.item.rsplit("/", 1)[-1]: t.state for t in await sailing.translations()}
        assert states["b.json"] is State.DELIVERED
        assert states["a.json"] in WAITING


async def test_slice_that_is_cut_off_again_and_again_is_given_to_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that breaks off five times in a row fails its translations, with a reason."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        await sent(sailing)

        async def crash(slice_id: str, attempt: int) -> None:
            await sailing.ferry.ledger.slices.begin(slice_id, attempt)
            raise ZeroDivisionError

        sailing.hands._handlers["deliver"] = crash
        monkeypatch.setattr("wordferry.ledger.slices.PAUSE", 0.0)
        sailing.work.sweep._next_rescue = 0.0
        [job] = sailing.jobs()
        sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")

        def given_up(found: list[Translation]) -> bool:
            sailing.work.sweep._next_rescue = 0.0
            return all(t.state is State.FAILED for t in found)

        await sailing.sail(given_up)
        assert len(sailing.hands.errors) == 5
        error = from_json((await sailing.to("de/000.json")).error or "")
        assert isinstance(error, Surprise)


async def test_sibling_of_somebody_else_is_ignored(tmp_path: Path) -> None:
    """A job in our project that we did not make moves nothing of ours."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        await sent(sailing)
        [batch] = await sailing.ferry.ledger.voyages.batches()
        assert batch.remote is not None
        phrase: Any = sailing.ferry.connections["phrase"]
        (tmp_path / "foreign.json").write_text('{"a": "b"}')
        await phrase.client.jobs.create(
            batch.remote["id"], file=tmp_path / "foreign.json", filename="foreign.json", target_langs=["de"]
        )
        for job in sailing.jobs(file="foreign"):
            sailing.sandbox.phrase.set_status(job.uid, "COMPLETED")
        assert await look(sailing) == 0
        assert (await sailing.to("de/000.json")).state is State.SUBMITTED


async def test_translation_that_is_opened_again_comes_home_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivered job that is finished anew starts a second round as soon as its batch is looked at."""
    monkeypatch.setattr("wordferry.monitoring.reconcile.STALE", 0.0)
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("manual", locale="fr")
        await sailing.apply()
        await sailing.sail(lambda found: any(t.state is State.DELIVERED for t in found))
        await sailing.hands.rest()
        german = (await sailing.to("de/a.json")).units[0].uid
        sailing.sandbox.phrase.set_status(german, "COMPLETED")
        await sailing.sail(lambda found: any(t.round == 2 and t.state is State.DELIVERED for t in found))
        receipts = await sailing.ferry.ledger.voyages.receipts("locale = :l", {"l": "de"})
        assert [receipt.round for receipt in receipts] == [1, 2]
        assert len(sailing.calls("set_job_status")) == 2


async def test_job_that_is_gone_at_the_vendor_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that neither a list nor the job itself shows any more fails with that reason.

    Its sibling comes home, and a retry sends it anew.
    """
    monkeypatch.setattr("wordferry.monitoring.reconcile.MISSED", 1)
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("manual")
        await sent(sailing, pages=0)
        await sailing.sail(lambda found: all(t.state is State.SUBMITTED for t in found))
        phrase: Any = sailing.ferry.connections["phrase"]
        real = phrase.observe
        gone = (await sailing.to("de/a.json")).units[0].uid

        async def observe(remote: RemoteBatch) -> Any:
            async for name, unit in real(remote):
                if unit.uid != gone:
                    yield name, unit

        async def status(remote: RemoteBatch, translation: Translation) -> Any:
            raise Vanished("there is no such job.", object=gone)

        monkeypatch.setattr(phrase, "observe", observe)
        monkeypatch.setattr(phrase, "status", status)
        sailing.sandbox.phrase.set_status((await sailing.to("fr/a.json")).units[0].uid, "COMPLETED")
        assert await sailing.sail() == {"de/a.json": State.FAILED, "fr/a.json": State.DELIVERED}
        failed = await sailing.to("de/a.json")
        assert "no longer lists" in str(failed.error)
        assert failed.units == ()
