"""Every status of Phrase has its action: what is called, what is stored, what the operator reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.errors import from_json
from wordferry.model.states import TABLE, State
from wordferry.model.voyage import Translation
from wordferry.tms.phrase.states import PHASES

S = State


class Row(NamedTuple):
    """A status, and what follows from it."""

    state: State  # where the translation ends
    calls: dict[str, int]  # effects at the vendor
    home: bool  # whether the file came home
    says: str  # what the last movement tells


ROWS: dict[str, Row] = {
    "NEW": Row(S.SUBMITTED, {}, False, "took it"),
    "EMAILED": Row(S.SUBMITTED, {}, False, "took it"),
    "ACCEPTED": Row(S.TRANSLATING, {}, False, "ACCEPTED"),
    "DECLINED": Row(S.DECLINED, {}, False, "DECLINED"),
    "REJECTED": Row(S.REWORK, {}, False, "REJECTED"),
    "COMPLETED": Row(
        S.DELIVERED, {"start_export": 1, "download_target": 1, "set_job_status": 1}, True, "the TMS knows"
    ),
    # Somebody clicked: the file still has to come home; saying it once more is harmless.
    "DELIVERED": Row(
        S.DELIVERED, {"start_export": 1, "download_target": 1, "set_job_status": 1}, True, "the TMS knows"
    ),
    "CANCELLED": Row(S.CANCELLED, {}, False, "CANCELLED"),
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


async def sent(sailing: Voyage) -> Any:
    """One job at the vendor on which nobody works."""
    sailing.sandbox.behave("manual")
    sailing.write("en/a.json", '{"title": "Page"}')
    await sailing.apply()
    await sailing.sail(lambda found: bool(found) and found[0].state is S.SUBMITTED)
    [job] = sailing.jobs()
    await sailing.sail(lambda _: job.import_status == "OK")
    return job


def reached(*states: State) -> Callable[[list[Translation]], bool]:
    return lambda found: found[0].state in states


def test_no_status_is_forgotten() -> None:
    """The table below has a row for each status that Phrase knows."""
    assert ROWS.keys() == PHASES.keys()


@pytest.mark.parametrize("word", ROWS)
async def test_each_status_has_its_effect(tmp_path: Path, word: str) -> None:
    """The status leads to its state, its calls and its sentence, and the file comes home when it should."""
    row = ROWS[word]
    async with voyage(tmp_path, locales=("de",)) as sailing:
        job = await sent(sailing)
        if word in ("COMPLETED", "DELIVERED"):
            sailing.sandbox.finish(job.uid, b'{"title": "Seite"}')
        if job.status != word:
            sailing.sandbox.phrase.set_status(job.uid, word)
        looks = len(sailing.calls("list_jobs"))
        await sailing.sail(
            lambda found: found[0].state is row.state and len(sailing.calls("list_jobs")) > looks
        )
        effects = ("start_export", "download_target", "set_job_status", "assign_providers_for_jobs")
        assert {name: len(sailing.calls(name)) for name in effects if sailing.calls(name)} == row.calls
        assert (sailing.read("de/a.json") is not None) is row.home
        [translation] = await sailing.translations()
        moves = await sailing.ferry.ledger.voyages.movements(translation.id)
        assert row.says in moves[-1].why
        # A person who is needed is told what to do.
        assert TABLE[row.state].next


async def test_a_failed_import_is_told_and_sent_again_safely(tmp_path: Path) -> None:
    """A failed import stops that translation alone, with the vendor's reason; nothing is exported."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.behave("import_error")
        sailing.write("en/a.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and found[0].state is S.FAILED)
        [translation] = await sailing.translations()
        assert translation.error is not None
        error = from_json(translation.error)
        assert "could not import" in error.what
        assert "wordferry retry" in error.next
        assert sailing.calls("start_export") == []


async def test_a_rejected_translation_is_never_delivered(tmp_path: Path) -> None:
    """Sent back, it waits; completed again, it comes home."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        job = await sent(sailing)
        sailing.sandbox.phrase.set_status(job.uid, "REJECTED")
        await sailing.sail(reached(S.REWORK))
        assert sailing.calls("start_export") == []
        sailing.sandbox.finish(job.uid, b'{"title": "Seite"}')
        await sailing.sail(reached(S.DELIVERED))
        assert sailing.read("de/a.json") == b'{"title": "Seite"}'


async def test_a_declined_job_is_offered_anew(tmp_path: Path) -> None:
    """With `on_decline = "reassign"` the template's providers get the job again; it goes on and comes home."""
    more = 'assign = true\non_decline = "reassign"'
    async with voyage(tmp_path, template="Website with providers", locales=("de",), more=more) as sailing:
        job = await sent(sailing)
        await sailing.sail(lambda _: bool(job.providers))
        sailing.sandbox.phrase.set_status(job.uid, "DECLINED")
        await sailing.sail(lambda found: job.status == "NEW" and bool(job.providers))
        await sailing.sail(reached(S.SUBMITTED))
        [translation] = await sailing.translations()
        kinds = [op.kind for op in await sailing.ferry.ledger.operations.of(translation=translation.id)]
        assert kinds.count("reassign") == 1
        sailing.sandbox.finish(job.uid, b'{"title": "Seite"}')
        await sailing.sail(reached(S.DELIVERED))


async def test_a_job_that_everybody_declines_is_a_persons(tmp_path: Path) -> None:
    """After three attempts nobody is asked any more: the translation stays declined until somebody sees to it."""
    more = 'assign = true\non_decline = "reassign"'
    async with voyage(tmp_path, template="Website with providers", locales=("de",), more=more) as sailing:
        job = await sent(sailing)
        await sailing.sail(lambda _: bool(job.providers))
        for _ in range(3):
            sailing.sandbox.phrase.set_status(job.uid, "DECLINED")
            await sailing.sail(reached(S.DECLINED))
            await sailing.sail(lambda _: job.status == "NEW")
            await sailing.sail(reached(S.SUBMITTED))
        sailing.sandbox.phrase.set_status(job.uid, "DECLINED")
        await sailing.sail(reached(S.DECLINED))
        before = len(sailing.calls("list_jobs"))
        await sailing.sail(lambda _: len(sailing.calls("list_jobs")) > before + 2)
        assert job.status == "DECLINED"
        [translation] = await sailing.translations()
        assert (translation.state, TABLE[translation.state].mover) == (S.DECLINED, "operator")


async def test_without_a_policy_nobody_is_asked(tmp_path: Path) -> None:
    """By default a person sees to a declined job; the vendor is told nothing."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        job = await sent(sailing)
        sailing.sandbox.phrase.set_status(job.uid, "DECLINED")
        await sailing.sail(reached(S.DECLINED))
        before = len(sailing.calls("list_jobs"))
        await sailing.sail(lambda _: len(sailing.calls("list_jobs")) > before + 1)
        assert job.status == "DECLINED"
        assert not [call for call in sailing.sandbox.calls() if "assign" in call["operation"]]
