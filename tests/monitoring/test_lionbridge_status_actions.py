"""Every status of Lionbridge has its action: what is called, what is stored, what the operator reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.submission.voyage import in_a_hurry
from wordferry.errors import from_json
from wordferry.model.states import TABLE, State
from wordferry.testing.contract import LionbridgeShore, Passage
from wordferry.tms.lionbridge.api.job import JobStatus
from wordferry.tms.lionbridge.states import JOBS, REQUESTS

S = State


class Row(NamedTuple):
    """A status, and what follows from it."""

    state: State  # where the translation ends
    calls: dict[str, int]  # effects at the vendor
    says: str  # what the last movement tells


HOME = Row(S.DELIVERED, {"fetch": 1, "confirm": 1}, "the TMS knows")
#: Status of a request → what follows.
ROWS: dict[str, Row] = {
    "CREATED": Row(S.SUBMITTED, {}, "took it"),
    "SENDING": Row(S.SUBMITTED, {}, "took it"),
    "SENT_TO_PROVIDER": Row(S.SUBMITTED, {}, "took it"),
    "IN_TRANSLATION": Row(S.TRANSLATING, {}, "IN_TRANSLATION"),
    "REVIEW_TRANSLATION": HOME,
    # Somebody clicked: the file still has to come home; saying it once more is harmless.
    "TRANSLATION_APPROVED": HOME,
    # There is nothing to approve.
    "COMPLETED_NO_NEED_TO_TRANSLATE": HOME._replace(calls={"fetch": 1}),
    "TRANSLATION_REJECTED": Row(S.REWORK, {}, "TRANSLATION_REJECTED"),
    "CANCELLED": Row(S.CANCELLED, {}, "CANCELLED"),
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


@pytest.fixture
async def shore() -> AsyncIterator[LionbridgeShore]:
    """The sandbox."""
    async with LionbridgeShore() as running:
        running.wait_for_me()
        yield running


async def sent(passage: Passage, shore: LionbridgeShore) -> tuple[Any, Any]:
    """The job and its request, at the provider, on which nobody works."""
    passage.write()
    await passage.apply()
    await passage.sail(lambda _: {one.word for one in shore.shown()} == {"SENT_TO_PROVIDER"})
    await passage.sail(lambda found: found[0].state is S.SUBMITTED)
    (job,) = shore.sandbox.lionbridge.jobs
    (request,) = job.requests.values()
    return job, request


def test_no_status_is_forgotten() -> None:
    """The tables have a row for each status of a request and of a job."""
    assert ROWS.keys() == REQUESTS.keys()
    assert JOBS.keys() == {str(word) for word in JobStatus}


@pytest.mark.parametrize("word", ROWS)
async def test_each_status_of_a_request_has_its_effect(
    tmp_path: Path, shore: LionbridgeShore, word: str
) -> None:
    """The status leads to its state, its calls and its sentence, and the file comes home when it should."""
    row = ROWS[word]
    passage = Passage(tmp_path, shore, locales=("de",))
    async with passage.aboard():
        _, request = await sent(passage, shore)
        if row.state is S.DELIVERED:
            await shore.finish("de-DE")
        shore.sandbox.lionbridge.moves.requests([request], word)
        looks = shore.made("look")
        await passage.sail(
            lambda found: (
                (found[0].state is row.state and shore.made("look") > looks + 1) or settled(found, row)
            )
        )
        assert {
            one: shore.made(one) for one in ("fetch", "confirm", "reject") if shore.made(one)
        } == row.calls
        assert (passage.read("de/a.json") is not None) is (row.state is S.DELIVERED)
        (translation,) = await passage.translations()
        moves = await passage.ferry.ledger.voyages.movements(translation.id)
        assert row.says in moves[-1].why
        # A person who is needed is told what to do.
        assert TABLE[row.state].next


def settled(found: list[Any], row: Row) -> bool:
    """Whether it arrived where nothing is looked at any more."""
    return found[0].state is row.state and row.state in (S.DELIVERED, S.CANCELLED)


async def test_what_somebody_approved_comes_home_all_the_same(tmp_path: Path, shore: LionbridgeShore) -> None:
    """A vendor that takes no second approval is not argued with: approved is what was wanted."""
    shore.sandbox.change_settings(lionbridge={"approve_again": "refused"})
    passage = Passage(tmp_path, shore, locales=("de",))
    async with passage.aboard():
        _, request = await sent(passage, shore)
        await shore.finish("de-DE")
        shore.sandbox.lionbridge.moves.requests([request], "TRANSLATION_APPROVED")
        await passage.sail(lambda found: found[0].state is S.DELIVERED)
        assert passage.read("de/a.json") is not None


@pytest.mark.parametrize(
    "word", [word for word, row in ROWS.items() if row.state in (S.SUBMITTED, S.TRANSLATING)]
)
async def test_an_error_on_the_way_is_told(tmp_path: Path, shore: LionbridgeShore, word: str) -> None:
    """A request with an error fails with the vendor's reason, and nothing is fetched."""
    passage = Passage(tmp_path, shore, locales=("de",))
    async with passage.aboard():
        _, request = await sent(passage, shore)
        shore.sandbox.lionbridge.moves.requests([request], word)
        shore.sandbox.lionbridge.moves.requests_failed([request], "the parser gave up")
        await passage.sail(lambda found: found[0].state is S.FAILED)
        (translation,) = await passage.translations()
        error = from_json(translation.error or "")
        assert "the parser gave up" in str(error)
        assert "wordferry retry" in error.next
        assert shore.made("fetch") == 0


@pytest.mark.parametrize("word", JOBS)
async def test_each_status_of_a_job_leaves_the_word_to_its_requests(
    tmp_path: Path, shore: LionbridgeShore, word: str
) -> None:
    """Whatever the job says, a delivered request comes home once, and one at the provider is waited for."""
    passage = Passage(tmp_path, shore)
    async with passage.aboard():
        job, _ = await both(passage, shore)
        await shore.finish("de-DE")
        shore.sandbox.lionbridge.moves.job(job, word)
        await passage.sail(lambda found: S.DELIVERED in {one.state for one in found})
        looks = shore.made("look")
        await passage.sail(lambda _: shore.made("look") > looks + 1)
        found = {one.locale: one.state for one in await passage.translations()}
        assert found == {"de": S.DELIVERED, "fr": S.SUBMITTED}
        assert (shore.made("open"), shore.made("hand over"), shore.made("confirm")) == (1, 1, 1)


async def both(passage: Passage, shore: LionbridgeShore) -> tuple[Any, list[Any]]:
    """The job and its two requests, at the provider."""
    passage.write()
    await passage.apply()
    await passage.sail(lambda _: {one.word for one in shore.shown()} == {"SENT_TO_PROVIDER"})
    await passage.sail(lambda found: {one.state for one in found} == {S.SUBMITTED})
    (job,) = shore.sandbox.lionbridge.jobs
    return job, list(job.requests.values())


async def test_a_rejected_translation_is_never_delivered(tmp_path: Path, shore: LionbridgeShore) -> None:
    """Sent back, it waits; delivered again, it comes home."""
    passage = Passage(tmp_path, shore, locales=("de",))
    async with passage.aboard():
        _, request = await sent(passage, shore)
        shore.sandbox.lionbridge.moves.requests([request], "TRANSLATION_REJECTED")
        await passage.sail(lambda found: found[0].state is S.REWORK)
        assert shore.made("fetch") == 0
        await shore.finish("de-DE")
        await passage.sail(lambda found: found[0].state is S.DELIVERED)
        assert passage.read("de/a.json") is not None


async def test_a_job_that_is_cancelled_takes_its_requests_with_it(
    tmp_path: Path, shore: LionbridgeShore
) -> None:
    """The provider cancels a job: each translation is cancelled, and the operator reads what to do."""
    passage = Passage(tmp_path, shore)
    async with passage.aboard():
        job, _ = await both(passage, shore)
        shore.sandbox.lionbridge.cancel(job.id)
        await passage.sail(lambda found: {one.state for one in found} == {S.CANCELLED})
        assert job.status == "CANCELLED"
        assert shore.made("fetch") == shore.made("confirm") == 0
