"""Lionbridge's own listener calls against our receivers: whatever becomes of them, the same end and the same files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.submission.voyage import in_a_hurry
from tests.web.harbour import CONNECTION, harbour, register
from wordferry.model.identity import digest
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.ports.events import Told
from wordferry.testing.contract import LionbridgeShore, Passage
from wordferry.web import Server

PAGES = 4
LOCALES = ("de", "fr")
ALL = PAGES * len(LOCALES)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)
    monkeypatch.setattr("wordferry.monitoring.sweep.REFRESH", 0.05)
    monkeypatch.setattr("wordferry.monitoring.hearing.AGAIN", (0.05, 0.1, 0.2))


def home(found: list[Translation]) -> bool:
    return len(found) == ALL and {one.state for one in found} == {State.DELIVERED}


#: The ends of all runs of this file: file → hash.
ENDS: set[tuple[tuple[str, str], ...]] = set()


def files(passage: Passage) -> dict[str, str]:
    """File → hash of what came home."""
    names = [f"{locale}/{number}.json" for locale in LOCALES for number in range(PAGES)]
    return {name: digest((passage.read(name) or "").encode()) for name in names}


async def send(passage: Passage) -> None:
    for number in range(PAGES):
        passage.write(f"en/{number}.json", f'{{"title": "Page {number}"}}')
    await passage.apply()


def shore_of(passage: Passage) -> LionbridgeShore:
    assert isinstance(passage.shore, LionbridgeShore)
    return passage.shore


async def test_with_every_call_nothing_is_asked_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Event by event home: no look is made by the clock, and each request is fetched and approved once."""
    async with harbour(tmp_path, monkeypatch, locales=LOCALES, longest=600.0) as passage:
        async with passage.aboard(), Server(passage.ferry):
            await register(passage)
            # The vendor was heard of before: as on any day but the first.
            ledger = passage.ferry.ledger
            await ledger.writer.write(ledger.rhythms.heard(CONNECTION, events=1, at=time.time()))
            passage.work.attention.rhythms = await ledger.rhythms.all()
            await send(passage)
            await passage.sail(home)
            known = (await ledger.rhythms.all())[CONNECTION]
            assert known.moved_timed == 0
            assert known.looks_hinted > 0
            letters = await ledger.inbox.letters()
            assert {one.event.word for one in letters if one.event.told is Told.WEBHOOK} >= {
                "REVIEW_TRANSLATION"
            }
        assert passage.shore.made("fetch") == ALL
        passage.spotless(items=PAGES)


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
    """However many calls are lost, doubled or out of order, every file comes home once, with the same bytes."""
    async with harbour(tmp_path, monkeypatch, locales=LOCALES) as passage:
        faults = shore_of(passage).sandbox.faults
        if share:
            faults.add("lost_event", operation="listener", probability=share)
        if order != "straight":
            kind = "duplicate_event" if order == "doubled" else "reorder_event"
            faults.add(kind, operation="listener", probability=0.5)
        async with passage.aboard(), Server(passage.ferry):
            await register(passage)
            await send(passage)
            await passage.sail(lambda found: bool(found) and all(t.state is not State.PLANNED for t in found))
        # The process is cut off meanwhile, and started again.
        async with passage.aboard(), Server(passage.ferry):
            await passage.sail(home)
            letters = await passage.ferry.ledger.inbox.letters()
            called = [one for one in letters if one.event.told is Told.WEBHOOK]
            # One call tells of several requests: of the few that there are, half may be all.
            assert share == 0.5 or (called == []) is (share == 1.0)
            receipts = await passage.receipts()
        assert {receipt.target: receipt.delivered for receipt in receipts} == files(passage)
        assert len(receipts) == ALL
        assert passage.shore.made("confirm") <= ALL
        passage.spotless(items=PAGES)
        ENDS.add(tuple(sorted(files(passage).items())))
        assert len(ENDS) == 1
