"""Submission: exactly the plan is sent, once, and everything that was asked for has an answer."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.submission.voyage import in_a_hurry, voyage
from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.errors import NeedsOperator, Refused, from_json
from wordferry.model.plan import Plan, Skip
from wordferry.model.states import State
from wordferry.submission.again import again, batch_again
from wordferry.submission.withdraw import withdraw


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


def actions(plan: Plan) -> dict[str, str]:
    return {
        f"{item.name} {wanted.locale}": wanted.action
        for part in plan.routes
        for item in part.items
        for wanted in item.translations
    }


def skipped(plan: Plan) -> dict[tuple[str, str | None], Skip]:
    return {(skip.item, skip.locale): skip for part in plan.routes for skip in part.skips}


async def test_plan_creates_what_is_new_and_updates_what_changed(tmp_path: Path) -> None:
    """New items are created, changed ones updated; on their way or up to date, nothing is planned."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        plan = await sailing.ferry.plan()
        assert actions(plan) == {"en/a.json de": "create", "en/a.json fr": "create"}
        await sailing.ferry.accept(plan)
        under_way = await sailing.ferry.plan()
        assert actions(under_way) == {}
        assert "on its way" in skipped(under_way)["en/a.json", "de"].reason
        await sailing.sail()
        home = await sailing.ferry.plan()
        assert "up to date" in skipped(home)["en/a.json", "de"].reason
        assert not any(skip.problem for skip in skipped(home).values())
        sailing.write("en/a.json", '{"title": "Changed"}')
        assert actions(await sailing.ferry.plan()) == {"en/a.json de": "update", "en/a.json fr": "update"}


async def test_plan_says_what_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty, broken, too large and unreadable items are left out with a reason; what is not text goes unchecked."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/empty.json", b"")
        sailing.write("en/broken.json", b"{")
        sailing.write("en/large.json", '{"title": "' + "x" * 5000 + '"}')
        sailing.write("en/binary.bin", bytes(range(256)))
        sailing.write("en/good.json")
        phrase: Any = sailing.ferry.connections["phrase"]
        phrase.capabilities = msgspec.structs.replace(phrase.capabilities, max_file_size=2000)
        plan = await sailing.ferry.plan()
        left_out = {item.rsplit("/", 1)[-1]: skip for (item, _), skip in skipped(plan).items()}
        assert not left_out["empty.json"].problem
        assert "larger" in left_out["large.json"].reason
        assert left_out["large.json"].problem
        assert left_out["broken.json"].problem
        assert set(actions(plan)) == {"en/good.json de", "en/binary.bin de"}
        [binary] = [item for item in plan.routes[0].items if item.name == "en/binary.bin"]
        assert binary.words is None


async def test_items_with_one_target_are_problems(tmp_path: Path) -> None:
    """Of items that would land on one file none is sent, and each names the other."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        config = (tmp_path / "wordferry.toml").read_text().replace('"{locale}/{path}"', '"{locale}/all.json"')
        (tmp_path / "wordferry.toml").write_text(config)
        sailing.write("en/a.json")
        sailing.write("en/b.json")
        async with Ferry(load(tmp_path)) as ferry:
            plan = await ferry.plan()
        assert actions(plan) == {}
        problems = skipped(plan)
        assert all(skip.problem for skip in problems.values())
        assert "b.json" in problems["en/a.json", None].reason


async def test_two_routes_do_not_send_one_item_twice(tmp_path: Path) -> None:
    """When two routes would write one target, the second one's translation is a problem, not a double."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        config = (tmp_path / "wordferry.toml").read_text()
        config += '\n[route.more]\ncontent = "docs"\ntms = "phrase"\n[route.more.on.phrase]\n'
        config += 'template = "Website"\nlocales = { de = "de", fr = "fr" }\n'
        (tmp_path / "wordferry.toml").write_text(config)
        sailing.write("en/a.json")
        async with Ferry(load(tmp_path)) as ferry:
            plan = await ferry.plan()
        assert [len(item.translations) for part in plan.routes for item in part.items] == [1, 1]
        assert [wanted.locale for item in plan.routes[1].items for wanted in item.translations] == ["fr"]
        assert skipped(plan)["en/a.json", "de"].problem


async def test_source_changed_after_the_plan_is_refused(tmp_path: Path) -> None:
    """What changed or vanished since the plan is refused with a reason; the rest is accepted, and the counts add up."""
    async with voyage(tmp_path) as sailing:
        for name in ("a", "b", "c"):
            sailing.write(f"en/{name}.json")
        plan = await sailing.ferry.plan()
        sailing.write("en/a.json", '{"title": "Changed"}')
        (tmp_path / "site" / "en" / "b.json").unlink()
        acceptance = await sailing.ferry.accept(plan)
        assert acceptance.accepted == 2
        assert sorted(skip.item for skip in acceptance.refused) == ["en/a.json", "en/b.json"]
        await sailing.sail()
        assert [call["facts"]["file"][:2] for call in sailing.calls("create_job")] == ["c."]


async def test_plan_is_applied_once(tmp_path: Path) -> None:
    """A plan that was applied is refused the second time, also when both come at the same moment."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        plan = await sailing.ferry.plan()
        results = await asyncio.gather(
            *(sailing.ferry.accept(plan) for _ in range(4)), return_exceptions=True
        )
        assert sum(isinstance(result, Refused) for result in results) == 3
        assert len(await sailing.translations()) == 2


async def test_plan_that_changes_nothing_can_be_accepted(tmp_path: Path) -> None:
    """Accepting a plan without work ends, makes no batch, and can be done once like any other."""
    async with voyage(tmp_path) as sailing:
        plan = await sailing.ferry.plan()
        assert not any(part.acts for part in plan.routes)
        async with asyncio.timeout(10.0):
            taken = await sailing.ferry.accept(plan)
        assert (taken.batches, taken.accepted, taken.refused) == ((), 0, ())
        with pytest.raises(Refused):
            await sailing.ferry.accept(plan)


async def test_two_plans_do_not_send_one_item_twice(tmp_path: Path) -> None:
    """Two plans made at the same time, then applied both: what the first sends, the second leaves out and says so."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        first = await sailing.ferry.plan()
        sailing.write("en/b.json")
        second = await sailing.ferry.plan()
        assert first.id != second.id
        results = await asyncio.gather(*(sailing.ferry.accept(plan) for plan in (first, second)))
        assert sum(result.accepted for result in results) == 4
        assert sum(len(result.refused) for result in results) == 2
        await sailing.sail()
        assert len(sailing.calls("create_job")) == 2
        assert sailing.judged()["notes"]["sent_in_several_projects"] == []


async def test_one_refused_item_does_not_stop_its_siblings(tmp_path: Path) -> None:
    """A kind of file that the TMS does not take fails alone, with its reason; all others come home."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.write("en/odd.bin", b"\x00\x01")
        sailing.write("en/b.json")
        acceptance = await sailing.apply()
        states = await sailing.sail()
        assert acceptance.accepted == len(states) == 6
        assert {t for t, state in states.items() if state is State.FAILED} == {"de/odd.bin", "fr/odd.bin"}
        assert sum(state is State.DELIVERED for state in states.values()) == 4
        failed = await sailing.to("de/odd.bin")
        assert "does not support" in from_json(failed.error or "").what


async def test_crash_on_one_item_does_not_stop_its_siblings(tmp_path: Path) -> None:
    """A lost snapshot fails its own item; the rest of the batch is sent."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.write("en/b.json", '{"title": "Other"}')
        await sailing.apply()
        translation = await sailing.to("de/b.json")
        (await sailing.ferry.blobs.path(translation.revision)).unlink()
        states = await sailing.sail()
        assert {t for t, state in states.items() if state is State.FAILED} == {"de/b.json", "fr/b.json"}
        assert states["de/a.json"] is State.DELIVERED


async def test_locale_that_the_tms_does_not_know_stops_alone(tmp_path: Path) -> None:
    """An unknown vendor code is refused by name; the other languages of the same file come home."""
    async with voyage(tmp_path, locales=("de", "tlh_kx")) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        states = await sailing.sail()
        assert states == {"de/a.json": State.DELIVERED, "tlh_kx/a.json": State.FAILED}
        assert "tlh_kx" in str((await sailing.to("tlh_kx/a.json")).error)
        assert len(sailing.calls("create_project")) == len(sailing.calls("create_job")) == 1


async def test_batch_takes_over_settings_mended_before_it_was_sent(tmp_path: Path) -> None:
    """A retry of a batch that never reached the TMS uses the route as it is configured now."""
    async with voyage(tmp_path, template="Gone", locales=("de", "tlh_kx")) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        assert set((await sailing.sail()).values()) == {State.PLANNED}
        text = (tmp_path / "wordferry.toml").read_text()
        mended = text.replace('"Gone"', '"Website"').replace('tlh_kx = "tlh_kx"', 'tlh_kx = "fr"')
        (tmp_path / "wordferry.toml").write_text(mended)
        [batch] = await sailing.ferry.ledger.voyages.batches()
        await batch_again(sailing.ferry.ledger, batch, load(tmp_path).routes["docs"])
        assert await sailing.sail() == {"de/a.json": State.DELIVERED, "tlh_kx/a.json": State.DELIVERED}
        assert [job.task.lang for job in sailing.jobs(locale="fr")] == ["fr"]


async def test_missing_template_stops_the_batch_until_it_is_back(tmp_path: Path) -> None:
    """A template that is gone is the operator's; after the correction a retry sends everything, once."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        there = dict(sailing.sandbox.phrase.templates.by_uid)
        sailing.sandbox.phrase.templates.by_uid.clear()
        await sailing.apply()
        assert set((await sailing.sail()).values()) == {State.PLANNED}
        [stored] = await sailing.errors()
        error = from_json(str(stored))
        assert isinstance(error, NeedsOperator)
        assert "template" in str(error)
        sailing.sandbox.phrase.templates.by_uid.update(there)
        [batch] = await sailing.ferry.ledger.voyages.batches()
        await batch_again(sailing.ferry.ledger, batch)
        assert set((await sailing.sail()).values()) == {State.DELIVERED}
        sailing.judged()


async def test_newer_source_replaces_the_older_translation(tmp_path: Path) -> None:
    """A changed source supersedes the older translations and stops the work on them at the TMS."""
    async with voyage(tmp_path) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(lambda all_: {t.state for t in all_} == {State.SUBMITTED})
        sailing.sandbox.world.behaviours.clear()
        sailing.write("en/a.json", '{"title": "Newer"}')
        await sailing.apply()
        await sailing.sail()
        states = sorted(t.state for t in await sailing.translations())
        assert states == [State.DELIVERED] * 2 + [State.SUPERSEDED] * 2
        assert sorted(job.status for job in sailing.jobs()) == ["CANCELLED"] * 2 + ["DELIVERED"] * 2
        sailing.judged()


async def test_work_on_the_older_one_is_stopped_before_it_is_settled(tmp_path: Path) -> None:
    """When the answer to stopping the older one is lost, the new one waits until it is known."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(lambda all_: {t.state for t in all_} == {State.SUBMITTED})
        sailing.sandbox.world.behaviours.clear()
        sailing.sandbox.faults.add("lost", operation="set_job_status", count=1)
        sailing.write("en/a.json", '{"title": "Newer"}')
        await sailing.apply()
        await sailing.sail()
        # A look may see the stopped work before the answer is looked up: settled either way.
        old, new = sorted(await sailing.translations(), key=lambda t: t.state is State.DELIVERED)
        assert old.state in (State.SUPERSEDED, State.CANCELLED)
        assert new.state is State.DELIVERED
        cancelled = [
            c for c in sailing.calls("set_job_status") if c["facts"]["requestedStatus"] == "CANCELLED"
        ]
        assert len(cancelled) == 1
        sailing.judged()


async def test_older_one_on_its_way_home_is_not_stopped(tmp_path: Path) -> None:
    """An older translation that is being delivered comes home first, then the newer; nothing is sent twice."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.change_settings(export_seconds=3600.0)
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(lambda all_: {t.state for t in all_} == {State.EXPORTING})
        await sailing.hands.rest()
        sailing.sandbox.change_settings(export_seconds=0.02)
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json", '{"title": "Newer"}')
        await sailing.apply()
        await sailing.sail(lambda all_: sorted(t.state for t in all_) == [State.EXPORTING, State.SUBMITTED])
        await sailing.sandbox.advance(3600.0)
        await sailing.sail(lambda all_: sorted(t.state for t in all_) == [State.DELIVERED, State.SUBMITTED])
        again_planned = await sailing.ferry.plan()
        assert actions(again_planned) == {}, "the newer revision is on its way and must not be sent again"
        [newer] = [job for job in sailing.jobs() if job.status == "NEW"]
        sailing.sandbox.phrase.set_status(newer.uid, "COMPLETED")
        await sailing.sail()
        assert sorted(t.state for t in await sailing.translations()) == [State.DELIVERED, State.SUPERSEDED]


async def test_removed_connection_leaves_the_rest_alone(tmp_path: Path) -> None:
    """Work for a connection taken out of the configuration waits with a reason; the sweep goes on."""
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("manual")
        await sailing.apply()
        phrase = sailing.ferry.connections.pop("phrase")
        pace = sailing.ferry.paces.pop("phrase")
        await sailing.sail()
        [stored] = await sailing.errors()
        assert "[tms.phrase]" in str(stored)
        sailing.ferry.connections["phrase"], sailing.ferry.paces["phrase"] = phrase, pace
        [batch] = await sailing.ferry.ledger.voyages.batches()
        await batch_again(sailing.ferry.ledger, batch)
        await sailing.sail(lambda all_: {t.state for t in all_} == {State.SUBMITTED})
        del sailing.ferry.connections["phrase"]
        await sailing.sail(lambda all_: all("[tms.phrase]" in (t.error or "") for t in all_))
        sailing.ferry.connections["phrase"] = phrase


async def test_weeks_of_failures_are_still_a_pause(tmp_path: Path) -> None:
    """After thousands of failed attempts a batch is still tried again, and sent when the vendor is back."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        database = sqlite3.connect(tmp_path / "ledger.db")
        database.execute("UPDATE batch SET looks = 5000")
        database.execute("UPDATE translation SET looks = 5000")
        database.commit()
        database.close()
        sailing.sandbox.faults.add("lost", operation="create_project", count=1)
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        sailing.judged()


async def test_steps_of_a_template_with_providers(tmp_path: Path) -> None:
    """Providers are assigned after the import, analyses are made once, the assigned are told once."""
    more = 'assign = true\nanalyse = true\nnotify = "JobAssigned"'
    async with voyage(tmp_path, template="Website with providers", more=more) as sailing:
        for name in ("a", "b"):
            sailing.write(f"en/{name}.json")
        await sailing.apply()
        assert set((await sailing.sail()).values()) == {State.DELIVERED}
        imported = max(call["at"] for call in sailing.calls("create_job"))
        assert all(call["at"] > imported for call in sailing.calls("assign_providers"))
        assert len(sailing.calls("create_analyses")) == 1
        assert len(sailing.calls("notify_assigned")) == 1
        sailing.judged()


async def test_skipped_jobs_are_assigned_again(tmp_path: Path) -> None:
    """Jobs that got no provider are assigned again, at most three times, and what is left is said."""
    async with voyage(tmp_path, template="Website 3 steps", more="assign = true") as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(
            lambda all_: (
                len(sailing.calls("assign_providers")) >= 3 and all(t.state is State.SUBMITTED for t in all_)
            )
        )
        await sailing.hands.rest()
        [batch] = await sailing.ferry.ledger.voyages.batches()
        assert batch.prepared
        assert len(sailing.calls("assign_providers")) == 3
        rows = await sailing.ferry.ledger.operations.of(batch=batch.id)
        assert "have no provider" in str([row.result for row in rows if row.kind == "assign"][-1])


async def test_missing_mail_template_waits_for_the_operator(tmp_path: Path) -> None:
    """An e-mail template that does not exist is said with those that do; translations come home meanwhile."""
    async with voyage(tmp_path, more='notify = "No such mail"') as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        assert set((await sailing.sail()).values()) == {State.DELIVERED}
        [stored] = await sailing.errors()
        assert "No such mail" in str(from_json(str(stored)))
        assert sailing.calls("notify_assigned") == []


async def test_cancelling_stops_the_work_at_the_vendor(tmp_path: Path) -> None:
    """Cancelled translations end here and there; their siblings come home."""
    async with voyage(tmp_path) as sailing:
        sailing.sandbox.behave("manual", locale="fr")
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(lambda all_: any(t.state is State.DELIVERED for t in all_))
        await withdraw(sailing.ferry.ledger, [await sailing.to("fr/a.json")])
        assert await sailing.sail() == {"de/a.json": State.DELIVERED, "fr/a.json": State.CANCELLED}
        [french] = sailing.jobs(locale="fr")
        assert french.status == "CANCELLED"
        sailing.judged()


async def test_translation_that_could_not_be_cancelled_is_not_forgotten(tmp_path: Path) -> None:
    """When cancelling fails, the translation goes on as before and still comes home."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.behave("late", seconds=1.0)
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail(lambda all_: {t.state for t in all_} == {State.SUBMITTED})
        sailing.sandbox.faults.add("html", operation="set_job_status", count=1, status=400)
        [translation] = await sailing.translations()
        await withdraw(sailing.ferry.ledger, [translation])
        await sailing.sail(lambda all_: all_[0].error is not None)
        await sailing.sail(lambda all_: all_[0].state is State.DELIVERED)


async def test_failed_import_is_sent_anew_by_a_retry(tmp_path: Path) -> None:
    """After a failed import a retry sends the file under a new name; the failed jobs stay as they are."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.behave("import_error")
        sailing.write("en/a.json")
        await sailing.apply()
        assert await sailing.sail() == {"de/a.json": State.FAILED}
        sailing.sandbox.world.behaviours.clear()
        await again(sailing.ferry.ledger, await sailing.translations())
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        names = {call["facts"]["file"] for call in sailing.calls("create_job")}
        assert len(names) == 2
        assert {name[:2] for name in names} == {"a."}
