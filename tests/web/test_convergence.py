"""With every event, with half of them, with none, shuffled and doubled: the same end, the same files."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.submission.voyage import Voyage, board, in_a_hurry
from tests.web.seaport import registration, seaport
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.ports.events import Event, Told

PAGES = 4
LOCALES = ("de", "fr")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)
    monkeypatch.setattr("wordferry.monitoring.sweep.REFRESH", 0.05)
    monkeypatch.setattr("wordferry.monitoring.hearing.AGAIN", (0.05, 0.1, 0.2))
    monkeypatch.setattr("wordferry.delivery.deliver.CALLED", 0.5)


def home(found: list[Translation]) -> bool:
    return len(found) == PAGES * len(LOCALES) and {t.state for t in found} == {State.DELIVERED}


#: The ends of all runs of this file: file → hash.
ENDS: set[tuple[tuple[str, str], ...]] = set()


def files(sailing: Voyage) -> dict[str, str]:
    """File → hash of what came home."""
    return {
        f"{locale}/{n}.json": digest(sailing.read(f"{locale}/{n}.json") or b"")
        for locale in LOCALES
        for n in range(PAGES)
    }


async def send(sailing: Voyage) -> None:
    for n in range(PAGES):
        sailing.write(f"en/{n}.json", f'{{"title": "Page {n}"}}')
    await sailing.apply()


async def test_with_every_event_nothing_is_asked_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Event by event home: export, download and status per translation, and one grouped question per wake."""
    async with seaport(tmp_path, monkeypatch, locales=LOCALES, longest=600.0) as sailing:
        # The vendor was heard of before: as on any day but the first.
        ledger = sailing.ferry.ledger
        await ledger.writer.write(ledger.rhythms.heard("phrase", events=1, at=time.time()))
        sailing.work.attention.rhythms = await ledger.rhythms.all()
        await send(sailing)
        await sailing.sail(home)
        for operation in ("start_export", "download_target", "set_job_status"):
            assert len(sailing.calls(operation)) == PAGES * len(LOCALES), operation
        known = (await ledger.rhythms.all())["phrase"]
        assert known.looks_timed == 0
        assert known.moved_timed == 0
        # One list call for each look at the project: it has one workflow level and fits on a page.
        assert len(sailing.calls("list_jobs")) == known.looks_hinted
        sailing.judged()


@pytest.mark.parametrize(
    ("share", "order"),
    [
        (0.0, "straight"),
        (0.0, "shuffled"),
        (0.0, "doubled"),
        (0.5, "shuffled"),
        (0.5, "doubled"),
        (1.0, "straight"),
    ],
)
async def test_the_end_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float, order: str
) -> None:
    """However many events are lost, doubled or out of order, every file comes home once, with the same bytes."""
    async with seaport(tmp_path, monkeypatch, locales=LOCALES) as sailing:
        for operation in ("webhook", "callback"):
            if share:
                sailing.sandbox.faults.add("lost_event", operation=operation, probability=share)
            if order != "straight":
                kind = "duplicate_event" if order == "doubled" else "reorder_event"
                sailing.sandbox.faults.add(kind, operation=operation, probability=0.5)
        await send(sailing)
        await sailing.sail(lambda found: bool(found) and all(t.state is not State.PLANNED for t in found))
        # The process is restarted meanwhile.
        await sailing.work.sweep.close()
        await sailing.hands.rest()
        async with board(sailing):
            await sailing.sail(home)
            sailing.judged()
            letters = await sailing.ferry.ledger.inbox.letters()
            assert (letters == []) is (share == 1.0)
            receipts = await sailing.ferry.ledger.voyages.receipts()
        assert {receipt.target: receipt.delivered for receipt in receipts} == files(sailing)
        assert len(receipts) == PAGES * len(LOCALES)
        ENDS.add(tuple(sorted(files(sailing).items())))
        assert len(ENDS) == 1


async def test_a_language_that_is_ready_goes_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locale by locale: French is delivered while German is still with its translator."""
    async with seaport(tmp_path, monkeypatch, locales=LOCALES) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/0.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and {t.state for t in found} == {State.SUBMITTED})
        [french] = sailing.jobs(locale="fr")
        sailing.sandbox.finish(french.uid, b'{"title": "Page en fran\xc3\xa7ais"}')
        await sailing.sail(lambda found: {t.locale: t.state for t in found}["fr"] is State.DELIVERED)
        assert sailing.read("fr/0.json") == b'{"title": "Page en fran\xc3\xa7ais"}'
        assert sailing.read("de/0.json") is None
        assert (await sailing.to("de/0.json")).state in (State.SUBMITTED, State.TRANSLATING)


async def test_a_callback_before_the_answer_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event about what we do not know yet is read again, until it is known or was somebody else's."""
    async with seaport(tmp_path, monkeypatch, locales=("de",), register=False) as sailing:
        early = Event("e1", "phrase", Told.CALLBACK, "IMPORT_JOB", ours=("b-not-yet",), payload="0")
        await sailing.ferry.ledger.inbox.put([early], b"{}")
        await sailing.work.sweep.tick()
        [letter] = await sailing.ferry.ledger.inbox.letters()
        assert (letter.outcome, letter.tries) == ("unknown", 1)
        for _ in range(100):
            await sailing.work.sweep.tick()
            [letter] = await sailing.ferry.ledger.inbox.letters()
            if letter.due is None:
                break
            await asyncio.sleep(0.02)
        assert letter.outcome == "foreign"


async def test_the_end_of_a_source_update_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer source under open jobs is reported by a callback of its own, as the creation of the jobs was."""
    fields = {"locales": ("de",), "register": False, "variant": "continuous", "more": 'project = "rolling"'}
    async with seaport(tmp_path, monkeypatch, **fields) as sailing:  # type: ignore[arg-type]
        sailing.sandbox.behave("manual")

        async def told() -> int:
            [batch] = await sailing.ferry.ledger.voyages.batches()
            letters = await sailing.ferry.ledger.inbox.letters()
            return sum(batch.id in letter.event.ours for letter in letters)

        for number in (1, 2):
            sailing.write("en/0.json", f'{{"title": "Page {number}"}}')
            await sailing.apply()
            await sailing.sail(
                lambda found: (
                    {t.state for t in found} - {State.SUPERSEDED} == {State.SUBMITTED}
                    and all(unit.imported == "ok" for t in found for unit in t.units)
                )
            )
            for _ in range(100):
                if await told() == number:
                    break
                await asyncio.sleep(0.02)
            assert await told() == number
        assert len(sailing.calls("update_source")) == 1


async def test_our_own_word_comes_back_as_an_echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event that says delivered after we said so asks nobody anything."""
    async with seaport(tmp_path, monkeypatch, locales=("de",), longest=600.0) as sailing:
        sailing.write("en/0.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and found[0].state is State.DELIVERED)
        asked = len(sailing.calls("list_jobs"))

        async def read() -> list[str | None]:
            letters = await sailing.ferry.ledger.inbox.letters()
            return [t.outcome for t in letters if t.event.echo]

        for _ in range(200):
            await sailing.work.sweep.tick()
            if await read() and all(await read()):
                break
            await asyncio.sleep(0.02)
        assert await read() == ["echo"]
        assert len(sailing.calls("list_jobs")) == asked


async def test_silence_brings_back_the_plain_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When events that were relied on stay away, what they were to wake is asked for soon."""
    async with seaport(tmp_path, monkeypatch, locales=("de",), longest=0.3) as sailing:
        monkeypatch.setattr("wordferry.bootstrap.CALM", 1e6)
        monkeypatch.setattr("wordferry.monitoring.pace.SHORTEST_SILENCE", 3600.0)
        async with board(sailing):
            sailing.sandbox.behave("manual")
            sailing.write("en/0.json", '{"title": "Page"}')
            await sailing.apply()
            await sailing.sail(lambda found: bool(found) and found[0].state is State.SUBMITTED)
            await sailing.sail(lambda found: (found[0].due or 0) > time.time() + 1000)
            await registration(sailing).remove("phrase")
            [job] = sailing.jobs()
            sailing.sandbox.finish(job.uid, b'{"title": "Seite"}')
            monkeypatch.setattr("wordferry.monitoring.pace.SHORTEST_SILENCE", 0.0)
            monkeypatch.setattr("wordferry.monitoring.pace.GAPS", 0.0)
            await sailing.sail(lambda found: found[0].state is State.DELIVERED)
