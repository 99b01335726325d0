"""A newer source for work under way: the same jobs where the vendor allows it, else new ones; nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.submission.voyage import Voyage, continuous, in_a_hurry
from wordferry.ledger.writer import Statement
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.sandbox import SandboxSettings

SLOW = SandboxSettings(import_seconds=0.02, translate_seconds=3600.0, export_seconds=0.02)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


def text(number: int) -> str:
    return f'{{"title": "Edit {number}"}}'


def waits(translations: list[Translation]) -> bool:
    """Everything is at the vendor, imported, and waits for it."""
    alive = [t for t in translations if t.state not in (State.SUPERSEDED, State.CANCELLED)]
    return all(
        t.state in (State.SUBMITTED, State.TRANSLATING, State.DELIVERED)
        and all(u.imported == "ok" for u in t.units)
        for t in alive
    )


async def home(sailing: Voyage) -> None:
    """The vendor's people finish everything; it comes home."""
    await sailing.sail(waits)
    await sailing.sandbox.advance(8000.0)
    await sailing.sail()


async def test_open_jobs_get_the_newer_source_in_one_call(tmp_path: Path) -> None:
    """An edit under way goes under the jobs of all locales by one call; no job and no project is made for it."""
    async with continuous(tmp_path, settings=SLOW) as sailing:
        sailing.write("en/a.json", text(1))
        await sailing.apply()
        await sailing.sail(waits)
        before = {t.locale: t for t in await sailing.translations()}
        for number in (2, 3):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
            await sailing.sail(waits)
        calls = sailing.calls("update_source")
        assert [len(call["facts"]["jobs"]) for call in calls] == [2, 2]
        assert len(sailing.calls("create_job")) == len(sailing.calls("create_project")) == 1
        await home(sailing)
        for locale, old in before.items():
            now = await sailing.to(f"{locale}/a.json")
            assert now.state is State.DELIVERED
            assert {u.uid for u in now.units} == {u.uid for u in old.units}
            assert b"3" in (sailing.read(f"{locale}/a.json") or b"")
        assert len(sailing.calls("download_target")) == 2
        sailing.judged()


async def test_source_that_returns_to_what_it_was_is_sent_again(tmp_path: Path) -> None:
    """A, then B, then A again: each is an update of its own, and the last one comes home."""
    async with continuous(tmp_path, locales=("de",), settings=SLOW) as sailing:
        for number in (1, 2, 1, 2, 1):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
            await sailing.sail(waits)
        assert len(sailing.calls("update_source")) == 4
        assert len(sailing.calls("create_job")) == 1
        await home(sailing)
        assert b"1" in (sailing.read("de/a.json") or b"")
        sailing.judged()


async def test_what_is_finished_at_the_vendor_comes_home_before_the_newer_one(tmp_path: Path) -> None:
    """A job that was completed unseen takes no newer source: it comes home, and the newer one gets a job."""
    async with continuous(tmp_path, locales=("de", "fr"), settings=SLOW) as sailing:
        sailing.write("en/a.json", text(1))
        await sailing.apply()
        await sailing.sail(waits)
        # Nobody looks: the German job is completed, the French one is not.
        await sailing.ferry.ledger.writer.write(*_silent())
        [german] = sailing.jobs(locale="de")
        sailing.sandbox.phrase.job_list.set_status(german, "COMPLETED")
        sailing.write("en/a.json", text(2))
        await sailing.apply()
        await sailing.sail(waits)
        assert b"1" in (sailing.read("de/a.json") or b"")
        assert sailing.read("fr/a.json") is None
        assert [len(call["facts"]["jobs"]) for call in sailing.calls("update_source")] == [1]
        assert [call["facts"]["locales"] for call in sailing.calls("create_job")] == [["de", "fr"], ["de"]]
        await home(sailing)
        assert all(b"2" in (sailing.read(f"{locale}/a.json") or b"") for locale in ("de", "fr"))
        assert len(sailing.calls("create_project")) == 1
        sailing.judged()


def _silent() -> list[Statement]:
    """Statements after which no look is due."""
    return [Statement("UPDATE translation SET due = NULL", {})]


async def test_delivered_item_that_changed_gets_a_new_job(tmp_path: Path) -> None:
    """A delivered job is final: the newer source gets a new job in the same rolling project."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        for number in (1, 2, 3):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
            await sailing.sail()
            assert str(number).encode() in (sailing.read("de/a.json") or b"")
        assert len(sailing.calls("create_job")) == 3
        assert len(sailing.calls("create_project")) == 1
        assert sailing.calls("update_source") == []
        sailing.judged()


async def test_rolling_project_ends_at_its_limits(tmp_path: Path) -> None:
    """A plan that would pass the limit of jobs begins the next project; open jobs of the older one are updated."""
    more = "rolling_jobs = 3"
    async with continuous(tmp_path, locales=("de",), settings=SLOW, more=more) as sailing:
        for name in ("a", "b", "c", "d"):
            sailing.write(f"en/{name}.json", text(1))
            await sailing.apply()
            await sailing.sail(waits)
        assert len(sailing.calls("create_project")) == 2
        for name in ("a", "d"):
            sailing.write(f"en/{name}.json", text(2))
        await sailing.apply()
        await sailing.sail(waits)
        assert len(sailing.calls("update_source")) == 2
        assert len(sailing.calls("create_job")) == 4
        await home(sailing)
        assert len(sailing.calls("create_project")) == 2
        sailing.judged()


async def test_edits_before_the_first_sending_are_one(tmp_path: Path) -> None:
    """What was accepted and never sent is replaced by the newer one; only that is sent."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        for number in (1, 2, 3):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
        await sailing.sail()
        assert len(sailing.calls("create_job")) == 1
        assert b"3" in (sailing.read("de/a.json") or b"")
        states = sorted(t.state for t in await sailing.translations())
        assert states == [State.DELIVERED, State.SUPERSEDED, State.SUPERSEDED]
        sailing.judged()


async def test_job_with_another_source_is_not_written(tmp_path: Path) -> None:
    """When somebody replaces the file at the vendor, the translation of that other file is held, not written."""
    async with continuous(tmp_path, locales=("de",), settings=SLOW) as sailing:
        for number in (1, 2):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
            await sailing.sail(waits)
        [job] = sailing.jobs()
        phrase: Any = sailing.ferry.connections["phrase"]
        await phrase.client.jobs.update_source(
            job.project.uid, job_uids=[job.uid], file=text(7).encode(), filename=job.task.file.name
        )
        await home(sailing)
        held = await sailing.to("de/a.json")
        assert held.state is State.HELD
        assert "another source" in (held.error or "")
        assert sailing.read("de/a.json") is None


@pytest.mark.parametrize("kind", ["lost", "late"])
async def test_answer_of_an_update_that_was_lost_is_looked_up(tmp_path: Path, kind: str) -> None:
    """An update whose answer is lost is found by the original file, not made twice; edits meanwhile wait for that."""
    async with continuous(tmp_path, locales=("de",), settings=SLOW, deadline=0.5) as sailing:
        sailing.write("en/a.json", text(1))
        await sailing.apply()
        await sailing.sail(waits)
        sailing.sandbox.faults.add(kind, operation="update_source", count=1, seconds=0.05)
        for number in (2, 3):
            sailing.write("en/a.json", text(number))
            await sailing.apply()
            await sailing.sail(lambda _: bool(sailing.sandbox.calls(operation="update_source")))
        await sailing.sail(waits)
        assert len(sailing.sandbox.calls(operation="update_source")) == 2
        await home(sailing)
        assert b"3" in (sailing.read("de/a.json") or b"")
        sailing.judged()
