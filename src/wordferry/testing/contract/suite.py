"""The suite itself: subclass it, give it a `shore`, and it holds an adapter to the port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from wordferry.errors import NeedsOperator, Refused, from_json
from wordferry.ledger import Blobs
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.ports.events import Told
from wordferry.submission.again import again, batch_again
from wordferry.submission.withdraw import withdraw
from wordferry.testing.contract.far_shore import FarShore
from wordferry.testing.contract.passage import PAGE, Passage, delivered

__all__ = ["TMSContract"]

BOTH = {"de/a.json": State.DELIVERED, "fr/a.json": State.DELIVERED}


class TMSContract:
    """What every adapter has to stand.

    Attributes:
        cannot: test → the vendor fact that makes it impossible. Such a test is taken out of the class; there is no
            other way to leave one out.
    """

    cannot: ClassVar[Mapping[str, str]] = {}
    pytestmark = pytest.mark.asyncio

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        for name, fact in cls.cannot.items():
            if not name.startswith("test_") or not hasattr(TMSContract, name):
                raise TypeError(f"{cls.__name__}.cannot names {name!r}, which is no test of the suite")
            if len(fact.split()) < 4:
                raise TypeError(f"{cls.__name__}.cannot has to say which fact of the vendor rules {name} out")
            setattr(cls, name, None)

    @pytest.fixture(autouse=True)
    def _hurry(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Pauses that only wait for time to pass are short."""
        short = Pace(first=0.05, longest=0.2)
        monkeypatch.setattr("wordferry.submission.submit.RETRY", short)
        monkeypatch.setattr("wordferry.submission.prepare.RETRY", short)
        monkeypatch.setattr("wordferry.submission.prepare.BREATH", 0.05)
        monkeypatch.setattr("wordferry.ledger.slices.SOON", 0.05)
        monkeypatch.setattr("wordferry.ledger.slices.PAUSE", 0.05)
        monkeypatch.setattr("wordferry.delivery.deliver.LOOK", 0.03)
        monkeypatch.setattr("wordferry.monitoring.reconcile.STALE", 0.0)
        return iter([None])

    @pytest.fixture
    def passage(self, tmp_path: Path, shore: FarShore) -> Passage:
        """A site with one file, and its ferry; not opened yet."""
        made = Passage(tmp_path, shore)
        made.write()
        return made

    # -- the calm voyage ----------------------------------------------------------------------------------------

    async def test_a_voyage_comes_home_once(self, passage: Passage) -> None:
        """Two files in two languages: one batch, each once in each language, written and confirmed."""
        passage.write("en/b.md", "# Hello\n\nSee [the map](/map).\n")
        async with passage.aboard():
            accepted = await passage.apply()
            assert (accepted.accepted, accepted.refused) == (4, ())
            assert delivered(await passage.sail())
            assert len(await passage.receipts()) == 4
            assert all(row.state == "done" for row in await passage.operations())
        passage.spotless(items=2)
        for name in ("de/a.json", "fr/a.json", "de/b.md", "fr/b.md"):
            assert passage.read(name) not in (None, passage.read(f"en/{name[3:]}"))

    async def test_a_second_apply_sends_nothing(self, passage: Passage) -> None:
        """What is home and unchanged is not planned again."""
        async with passage.aboard():
            await passage.apply()
            await passage.sail()
            plan = await passage.ferry.plan()
            assert not any(part.items for part in plan.routes)
        passage.spotless()

    async def test_the_vendor_confirms_what_we_delivered(self, passage: Passage) -> None:
        """Read one by one, each delivered unit counts as confirmed; the port's own words say so."""
        async with passage.aboard():
            await passage.apply()
            await passage.sail()
            tms = passage.ferry.connections["vendor"]
            for one in await passage.translations():
                units = await tms.status(await passage.remote(one.batch), one)
                assert tms.confirmed(units, levels=max(unit.level for unit in units))

    # -- calls that go wrong ------------------------------------------------------------------------------------

    @pytest.mark.parametrize("purpose", ["open", "send", "hand over", "export", "fetch", "confirm"])
    async def test_a_lost_answer_makes_no_double(
        self, passage: Passage, shore: FarShore, purpose: str
    ) -> None:
        """A call that was done and not answered is found again: nothing exists twice, everything comes home."""
        if purpose in shore.calls:
            shore.lose_answer(purpose)
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
            assert len(await passage.receipts()) == 2
        passage.spotless()

    @pytest.mark.parametrize("purpose", ["open", "send", "hand over", "look", "export", "fetch", "confirm"])
    async def test_an_error_page_is_survived(self, passage: Passage, shore: FarShore, purpose: str) -> None:
        """A gateway's web page in place of an answer stops nothing for good, and is taken for no translation."""
        if purpose in shore.calls:
            shore.error_page(purpose, count=2)
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
        passage.spotless()

    @pytest.mark.parametrize("phase", ["begun", "performed"])
    async def test_a_kill_anywhere_makes_no_double(self, tmp_path: Path, shore: FarShore, phase: str) -> None:
        """Killed before or after each kind of call: the next process brings everything home once."""
        calm = Passage(tmp_path / "calm", shore)
        calm.write()
        async with calm.aboard():
            await calm.apply()
            await calm.sail()
            kinds = list(dict.fromkeys(row.kind for row in await calm.operations()))
        for kind in kinds:
            killed = Passage(tmp_path / kind, shore)
            killed.write()
            before = len(shore.shown()), shore.batches()
            async with killed.aboard():
                await killed.apply()
                assert await killed.killed(kind, phase), f"{kind} was never {phase}"
            async with killed.aboard():
                assert await killed.sail() == BOTH, f"killed when {kind} was {phase}"
                assert len(await killed.receipts()) == 2
            after = len(shore.shown()), shore.batches()
            assert after == (before[0] + 2, before[1] + 1), f"a double after {kind} was {phase}"
            assert all(one.confirmed for one in shore.shown()), f"not confirmed after {kind} was {phase}"

    async def test_what_the_configuration_names_wrongly_is_the_operators(
        self, passage: Passage, shore: FarShore
    ) -> None:
        """An unknown template or provider stops the batch with a cure; mended and retried, it goes on."""
        passage.configure(shore.wrong_route)
        async with passage.aboard():
            await passage.apply()
            await passage.sail()
            (error,) = await passage.errors()
            assert error is not None
            assert isinstance(from_json(error), NeedsOperator)
        assert shore.batches() == 0
        passage.configure(shore.route)
        async with passage.aboard():
            (batch,) = await passage.ferry.ledger.voyages.batches()
            answer = await batch_again(
                passage.ferry.ledger, batch, passage.ferry.configuration.routes["docs"]
            )
            assert answer.done
            assert await passage.sail() == BOTH
        passage.spotless()

    async def test_a_lost_blob_is_fetched_again_or_said(self, passage: Passage, shore: FarShore) -> None:
        """A round that starts anew brings the file home once more."""
        async with passage.aboard():
            await passage.apply()
            await passage.sail()
            done = await passage.to("de/a.json")
            assert isinstance(passage.ferry.blobs, Blobs)
            await again(passage.ferry.ledger, [done])
            assert delivered(await passage.sail())
            assert (await passage.to("de/a.json")).round == 2
        passage.spotless()

    # -- events -------------------------------------------------------------------------------------------------

    async def test_every_event_lost_comes_home_all_the_same(self, passage: Passage, shore: FarShore) -> None:
        """With nothing told, asking alone brings everything home."""
        shore.lose_events()
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
        passage.spotless()

    async def test_events_doubled_and_in_any_order_change_nothing(self, passage: Passage) -> None:
        """Events that name our units, sent twice and backwards, with unknown words: hints, and no more than hints."""
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
            told = passage.ferry.events["vendor"]
            assert told.receiver is not None
            bodies = [
                b"",
                b"[]",
                b"null",
                b"{}",
                b'{"a": 1}',
                b"<html>",
                b"\xff\xfe",
                b'"' * 999,
                b"[" * 50_000,
            ]
            for body in (*bodies, *reversed(bodies)):
                events = told.receiver.parse(body, connection="vendor", told=Told.WEBHOOK)
                assert events
                await passage.ferry.ledger.inbox.put(events, body)
            assert await passage.sail() == BOTH
            assert len(await passage.receipts()) == 2
        passage.spotless()

    async def test_nobody_else_is_believed(self, passage: Passage) -> None:
        """No header, a wrong one, no secret, an empty secret: nothing of that vouches for a call."""
        async with passage.aboard():
            receiver = passage.ferry.events["vendor"].receiver
            assert receiver is not None
            for headers in ({}, {"x-anything": "x"}, {"authorization": ""}):
                for secrets in ((), ("",), ("secret",)):
                    assert not receiver.verify(headers, b"{}", secrets=secrets)

    # -- people over there --------------------------------------------------------------------------------------

    async def test_a_broken_translation_is_never_written(self, passage: Passage, shore: FarShore) -> None:
        """What lost a placeholder is not written; its sibling comes home."""
        await shore.break_next(shore.locales["de"])
        async with passage.aboard():
            await passage.apply()
            await passage.sail(
                lambda all_: (
                    any(one.target == "de/a.json" and (one.findings or one.round > 1) for one in all_)
                    and any(one.target == "fr/a.json" and one.state is State.DELIVERED for one in all_)
                )
            )
        there = passage.read("de/a.json")
        assert there is None or "{name}" in there

    async def test_a_broken_translation_goes_back_with_its_findings(
        self, passage: Passage, shore: FarShore
    ) -> None:
        """The translator gets what is wrong; the good translation then comes home in the next round."""
        await shore.break_next(shore.locales["de"])
        shore.lose_answer("reject")
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
            assert (await passage.to("de/a.json")).round == 2
            kinds = [row.kind for row in await passage.operations()]
            assert kinds.count("reject") == 1
        assert any(one.note and "name" in one.note for one in shore.shown())
        passage.spotless()

    async def test_a_cancellation_over_there_is_final(self, passage: Passage, shore: FarShore) -> None:
        """What somebody at the vendor cancels is settled here, is never written, and stops no sibling."""
        shore.wait_for_me()
        async with passage.aboard():
            await passage.apply()
            await passage.sail(
                lambda all_: all(one.state is State.SUBMITTED for one in all_) and _begun(shore)
            )
            await shore.cancel_there(shore.locales["de"])
            await shore.finish(shore.locales["fr"])
            assert await passage.sail() == {"de/a.json": State.CANCELLED, "fr/a.json": State.DELIVERED}
        assert passage.read("de/a.json") is None

    async def test_cancel_stops_the_work(self, passage: Passage, shore: FarShore) -> None:
        """What we cancel is cancelled at the vendor, too."""
        shore.wait_for_me()
        async with passage.aboard():
            await passage.apply()
            await passage.sail(lambda all_: all(one.state is State.SUBMITTED for one in all_))
            (answer,) = await withdraw(passage.ferry.ledger, [await passage.to("de/a.json")])
            assert answer.done
            await passage.sail(lambda all_: any(one.state is State.CANCELLED for one in all_))
        words = {one.word for one in shore.shown() if one.locale == shore.locales["de"]}
        assert words == {"CANCELLED"}

    async def test_cancel_says_whom_to_ask_and_writes_nothing(
        self, passage: Passage, shore: FarShore
    ) -> None:
        """Where the vendor lets nobody stop work: we say whom to ask, and what still arrives is never written."""
        shore.wait_for_me()
        async with passage.aboard():
            await passage.apply()
            await passage.sail(
                lambda all_: all(one.state is State.SUBMITTED for one in all_) and _begun(shore)
            )
            (answer,) = await withdraw(passage.ferry.ledger, [await passage.to("de/a.json")])
            assert answer.done
            assert "ask" in answer.what
            await shore.finish(shore.locales["de"])
            await shore.finish(shore.locales["fr"])
            assert await passage.sail() == {"de/a.json": State.CANCELLED, "fr/a.json": State.DELIVERED}
        assert passage.read("de/a.json") is None

    async def test_a_late_delivery_starts_another_round(self, passage: Passage, shore: FarShore) -> None:
        """What is finished once more after it came home comes home once more, and is confirmed once more."""
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
            before = passage.read("de/a.json")
            await shore.deliver_again(shore.locales["de"])
            await passage.look_now(await passage.to("de/a.json"))
            await passage.sail(lambda all_: any(one.round == 2 for one in all_))
            assert delivered(await passage.sail())
            assert len(await passage.receipts()) == 3
        assert passage.read("de/a.json") != before
        assert "HELL" in (passage.read("de/a.json") or "")
        passage.spotless()

    async def test_one_that_cannot_be_worked_on_stops_alone(self, passage: Passage, shore: FarShore) -> None:
        """What the vendor takes and then gives up is failed, says why, and goes anew when the operator wishes."""
        await shore.fail_import(shore.locales["de"])
        async with passage.aboard():
            await passage.apply()
            await passage.sail(
                lambda all_: {one.state for one in all_ if one.target == "de/a.json"} == {State.FAILED}
            )
            failed = await passage.to("de/a.json")
            assert failed.error is not None
            assert isinstance(from_json(failed.error), Refused)
            await shore.heal()
            await passage.sail(_settled_or_failed)
            answers = await again(
                passage.ferry.ledger,
                [one for one in await passage.translations() if one.state is State.FAILED],
            )
            assert all(answer.done for answer in answers), answers
            assert await passage.sail() == BOTH

    async def test_a_bad_locale_stops_alone(self, tmp_path: Path, shore: FarShore) -> None:
        """A language the vendor does not have is refused by itself; sent = accepted + refused."""
        passage = Passage(tmp_path / "bad", shore, locales=("de", "xx"))
        passage.configure(shore.narrow_route)
        passage.write()
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == {"de/a.json": State.DELIVERED, "xx/a.json": State.FAILED}
            failed = await passage.to("xx/a.json")
            assert failed.error is not None
            assert "xx" in (from_json(failed.error).object or "")

    async def test_a_changed_source_replaces_the_older_one(self, passage: Passage, shore: FarShore) -> None:
        """A newer revision is sent, comes home, and settles the older one; an old translation never overwrites."""
        shore.wait_for_me()
        async with passage.aboard():
            await passage.apply()
            await passage.sail(
                lambda all_: all(one.state is State.SUBMITTED for one in all_) and _begun(shore)
            )
            passage.write(text=PAGE.replace("Hello", "Welcome"))
            await shore.heal()
            await passage.apply()
            assert (
                await passage.sail(
                    lambda all_: (
                        sum(one.state is State.DELIVERED for one in all_) == 2
                        and sum(one.state is State.SUPERSEDED for one in all_) == 2
                    )
                )
                == BOTH
            )
        assert "Welc" in (passage.read("de/a.json") or "")

    async def test_a_quiet_batch_is_closed(self, passage: Passage, shore: FarShore) -> None:
        """When all of it is settled and quiet, the batch is closed at the vendor, with answers lost on the way."""
        passage.configure(shore.closing_route)
        async with passage.aboard():
            await passage.apply()
            assert await passage.sail() == BOTH
            await passage.sail(lambda _: shore.closed() == 1)
            assert await passage.sail() == BOTH
        passage.spotless()


def _begun(shore: FarShore) -> bool:
    """Whether the vendor's people have what we sent: nothing of it is merely being made any more."""
    return all(one.word not in ("CREATED", "SENDING") for one in shore.shown())


def _settled_or_failed(all_: list[Any]) -> bool:
    return all(one.state in (State.DELIVERED, State.FAILED) for one in all_)
