"""Lionbridge as a TMS: what the contract suite does not ask, because only this vendor has it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wordferry.errors import NeedsOperator, WordferryError, from_json
from wordferry.ledger.writer import Statement
from wordferry.model.content import Source
from wordferry.model.identity import digest
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.monitoring import Whose, orphans
from wordferry.ports.tms import Parcel
from wordferry.submission.again import again, batch_again
from wordferry.submission.withdraw import withdraw
from wordferry.testing.contract import LionbridgeShore, Passage

APPROVED = "TRANSLATION_APPROVED"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    short = Pace(first=0.05, longest=0.2)
    monkeypatch.setattr("wordferry.submission.submit.RETRY", short)
    monkeypatch.setattr("wordferry.submission.prepare.RETRY", short)
    monkeypatch.setattr("wordferry.ledger.slices.SOON", 0.05)
    return iter([None])


@pytest.fixture
async def shore() -> AsyncIterator[LionbridgeShore]:
    """The sandbox."""
    async with LionbridgeShore() as running:
        yield running


def jobs(shore: LionbridgeShore) -> list[Any]:
    """The vendor's jobs."""
    return list(shore.sandbox.lionbridge.jobs)


async def test_the_job_carries_what_the_route_orders(tmp_path: Path, shore: LionbridgeShore) -> None:
    """Due date, purchase order, service, quote, labels, references, glossary and memory arrive; `plan` shows them."""
    more = (
        'due_days = 5\npo_reference = "PO-17"\nservice_type = "Marketing"\ndescription = "Spring"\n'
        'labels = { env = "test", priority = 3 }\nmetadata = { preview = "https://example.com" }\n'
        'reference = ["style/guide.txt"]\nglossary = "terms.csv"\nmemory = { de = "old.tmx" }'
    )
    passage = Passage(tmp_path, shore, more=more)
    passage.write()
    (tmp_path / "style").mkdir()
    for name in ("style/guide.txt", "terms.csv", "old.tmx"):
        (tmp_path / name).write_text(name)
    async with passage.aboard():
        plan = await passage.ferry.plan()
        shown = dict(passage.ferry.connections["vendor"].order(plan.routes[0].settings, at=plan.created))
        assert (shown["purchase order"], shown["labels"]) == ("PO-17", "env = test, priority = 3")
        assert shown["due"].startswith(f"{datetime.fromtimestamp(plan.created, UTC) + timedelta(5):%Y-%m-%d}")
        await passage.ferry.accept(plan)
        await passage.sail()
        installation = passage.ferry.installation
    (job,) = jobs(shore)
    assert (job.po_reference, job.service_type, job.description) == ("PO-17", "Marketing", "Spring")
    assert job.labels.items() >= {"env": "test", "priority": 3}.items()
    assert job.connector_name == f"{installation} Wordferry"
    names = sorted(
        call["facts"].get("fileName", "") or call["object"]
        for call in shore.sandbox.calls(operation="lionbridge.create_source_file")
    )
    assert len(names) == 4
    assert shore.made("hand over") == 1


async def test_files_and_fields_sail_in_one_job(tmp_path: Path, shore: LionbridgeShore) -> None:
    """What can be taken apart goes as keys and values, the rest as files; both come home in their own form."""
    passage = Passage(tmp_path, shore, more='content = "fields"')
    passage.write()
    passage.write("en/page.md", "---\ntitle: The ferry\n---\n\n# Hello\n\nThe *ferry* leaves.\n")
    passage.write("en/data.bin", "no known format")
    async with passage.aboard():
        await passage.apply()
        await passage.sail()
        found = {one.target: (one.state, one.findings) for one in await passage.translations()}
        assert {state for state, _ in found.values()} == {State.DELIVERED}, found
    inline = {
        request.label.split(".")[0]
        for job in jobs(shore)
        for request in job.requests.values()
        if request.content
    }
    assert inline == {"a", "page"}
    home = json.loads(passage.read("de/a.json") or "")
    source = json.loads(passage.read("en/a.json") or "")
    assert home.keys() == source.keys()
    assert home["title"] != source["title"]
    assert (passage.read("de/page.md") or "").startswith("---\ntitle: ")
    assert passage.read("de/data.bin") == "no known format"
    assert shore.made("send") == 3
    passage.spotless(items=3)


async def test_texts_that_do_not_come_back_are_said(tmp_path: Path, shore: LionbridgeShore) -> None:
    """A translation in which texts are missing is refused with their number; nothing is written."""
    passage = Passage(tmp_path, shore, locales=("de",), more='content = "fields"')
    passage.write()
    shore.wait_for_me()
    async with passage.aboard():
        await passage.apply()
        await passage.sail(lambda _: any(one.word == "SENT_TO_PROVIDER" for one in shore.shown()))
        (job,) = jobs(shore)
        shore.sandbox.lionbridge.deliver(job.id, fields={"/title": "Hallo {name}"})
        await passage.sail()
        failed = await passage.to("de/a.json")
        assert failed.state is State.FAILED
        assert "2 of 3 texts" in from_json(failed.error or "").what
    assert passage.read("de/a.json") is None


async def test_a_hand_over_that_is_refused_waits_for_the_operator(
    tmp_path: Path, shore: LionbridgeShore
) -> None:
    """A quote that the provider does not make stops the job before it begins; mended there, a retry hands it over."""
    passage = Passage(tmp_path, shore, locales=("de",), more="should_quote = true")
    passage.write()
    main = shore.sandbox.lionbridge.providers.main
    main.quote = False
    async with passage.aboard():
        await passage.apply()
        assert await passage.sail() == {"de/a.json": State.SUBMITTED}
        (error,) = await passage.errors()
        assert isinstance(from_json(error or ""), NeedsOperator)
        main.quote = True
        (batch,) = await passage.ferry.ledger.voyages.batches()
        await batch_again(passage.ferry.ledger, batch)
        await passage.sail(lambda _: shore.made("hand over") == 1)
        assert await passage.errors() == [None]


async def test_what_was_cancelled_before_the_hand_over_is_taken_out(
    tmp_path: Path, shore: LionbridgeShore
) -> None:
    """A request of a job that nobody has begun is deleted: that costs nobody anything."""
    passage = Passage(tmp_path, shore)
    passage.write()
    shore.error_page("hand over", count=8)
    async with passage.aboard():
        await passage.apply()
        await passage.sail(lambda all_: all(one.state is State.SUBMITTED for one in all_))
        await withdraw(passage.ferry.ledger, [await passage.to("de/a.json")])
        assert await passage.sail() == {"de/a.json": State.CANCELLED, "fr/a.json": State.DELIVERED}
    # Unless the last look was over before: then what is left is drained when the job is closed.
    assert {one.locale for one in shore.shown()} <= {"fr-FR", "de-DE"}


async def test_the_unwanted_is_drained_before_a_job_is_closed(tmp_path: Path, shore: LionbridgeShore) -> None:
    """What nobody wants any more is approved unread and unwritten; then the job is completed and archived."""
    passage = Passage(tmp_path, shore)
    passage.configure(shore.closing_route)
    passage.write()
    shore.wait_for_me()
    async with passage.aboard():
        await passage.apply()
        await passage.sail(lambda _: {one.word for one in shore.shown()} == {"SENT_TO_PROVIDER"})
        await withdraw(passage.ferry.ledger, [await passage.to("de/a.json")])
        await shore.finish("fr-FR")
        await passage.sail(
            lambda all_: sorted(one.state for one in all_) == [State.CANCELLED, State.DELIVERED]
        )
        assert shore.closed() == 0
        await shore.finish("de-DE")
        await passage.ferry.ledger.voyages.write(Statement("UPDATE batch SET closing = 0", {}))
        await passage.sail(lambda _: shore.closed() == 1)
        kinds = [row.kind for row in await passage.operations()]
        assert (kinds.count("drain"), kinds.count("complete-job"), kinds.count("archive-job")) == (1, 1, 1)
    assert passage.read("de/a.json") is None


async def test_a_job_that_does_not_reach_its_provider_is_said(tmp_path: Path, shore: LionbridgeShore) -> None:
    """The error of the job fails its translations; a retry sends all of them anew in one new job."""
    passage = Passage(tmp_path, shore)
    passage.write()
    passage.write("en/b.json")
    shore.sandbox.behave("import_error")
    async with passage.aboard():
        await passage.apply()
        states = await passage.sail()
        assert set(states.values()) == {State.FAILED}
        error = from_json((await passage.to("de/a.json")).error or "")
        assert "could not be delivered" in error.what
        shore.sandbox.behave("auto")
        answers = await again(passage.ferry.ledger, await passage.translations())
        assert [one.done for one in answers] == [True] * 4
        assert set((await passage.sail()).values()) == {State.DELIVERED}
    assert len(jobs(shore)) == 2
    assert {request.status for request in jobs(shore)[1].requests.values()} == {APPROVED}


async def test_one_language_that_is_refused_goes_alone(tmp_path: Path, shore: LionbridgeShore) -> None:
    """When the vendor refuses all languages for one of them, the others are sent all the same."""
    passage = Passage(tmp_path, shore)
    passage.write()
    main = shore.sandbox.lionbridge.providers.main
    async with passage.aboard():
        tms = passage.ferry.connections["vendor"]
        await tms.provider(main.id)  # type: ignore[attr-defined]
        # Known to us as one that takes everything, and no longer true.
        main.languages = [(["en"], ["de-DE"])]
        shore.sandbox.change_settings(lionbridge={"create_job_provider_id": "store"})
        await passage.apply()
        assert await passage.sail() == {"de/a.json": State.DELIVERED, "fr/a.json": State.FAILED}
    assert [one.locale for one in shore.shown()] == ["de-DE"]


async def test_newer_source_goes_under_requests_that_wait(tmp_path: Path, shore: LionbridgeShore) -> None:
    """While nothing was handed over, one call puts the new file under all languages; a look-up finds that it did."""
    passage = Passage(tmp_path, shore)
    passage.write()
    shore.error_page("hand over", count=1000)
    async with passage.aboard():
        await passage.apply()
        await passage.sail(
            lambda found: (
                {one.state for one in found} == {State.SUBMITTED} and all(one.units for one in found)
            )
        )
        tms = passage.ferry.connections["vendor"]
        older = await passage.translations()
        assert len(tms.updatable(older, levels=1)) == 2
        remote = await passage.remote(older[0].batch)
        batch = await passage.ferry.ledger.voyages.batch(older[0].batch)
        assert batch is not None
        newer = passage.folder / "newer.json"
        newer.write_text('{"title": "The newer ferry"}')
        revision = digest(newer.read_bytes())
        first = older[0]
        source = Source(
            item=first.item,
            name=first.name,
            file_name=first.file_name,
            revision=revision,
            size=newer.stat().st_size,
            format=first.format,
            encoding=first.encoding,
        )
        parcel = Parcel(source=source, path=newer, locales=("de-DE", "fr-FR"), family=("de-DE", "fr-FR"))
        effect = tms.update_source(batch, remote, parcel, older)
        assert effect.look_up is not None
        assert await effect.look_up() is None
        assert await tms.source_revision(remote, first) == first.revision
        updated = await effect.perform(None)
        assert {one.uid for one in updated.units} == {unit.uid for one in older for unit in one.units}
        assert await effect.look_up() is not None
        assert [await tms.source_revision(remote, one) for one in older] == [revision] * 2
        assert len(shore.sandbox.calls(operation="lionbridge.update_file_content")) == 1
        # A source may return to what it was: the same bytes sent once more are another effect.
        again_ = msgspec.structs.replace(parcel, edition="2")
        assert tms.update_source(batch, remote, again_, older).key != effect.key
        # Handed over, the vendor refuses, and nothing is changed.
        shore.sandbox.faults.clear()
        shore.wait_for_me()
        (job,) = jobs(shore)
        await passage.sail(lambda _: job.status == "SENT_TO_PROVIDER")
        with pytest.raises(WordferryError):
            await effect.perform(None)
        found = [unit async for _, unit in tms.observe(remote)]
        assert found
        now = [msgspec.structs.replace(one, units=(found[0],)) for one in older]
        assert not tms.updatable(now, levels=1)


async def test_doctor_names_each_cure(tmp_path: Path, shore: LionbridgeShore) -> None:
    """A good route is all green; a wrong provider, pair, file or secret is named with what to do."""
    passage = Passage(tmp_path, shore)
    async with passage.aboard():
        found = await _doctor(passage)
        assert {ok for _, ok, _ in found} <= {True, None}, found
    for route, check in (
        (shore.wrong_route, "provider"),
        (f'{shore.route}\nreference = ["missing.txt"]', "file"),
        (f'{shore.narrow_route}\nsource_locale = "it"', "locale"),
        (f"{shore.narrow_route}\nshould_quote = true", "quote"),
    ):
        passage.configure(route)
        async with passage.aboard():
            broken = {name: cure for name, ok, cure in await _doctor(passage) if ok is False}
            assert check in broken, (route, broken)
            assert broken[check]


async def test_a_missing_secret_is_said_where_it_is_needed(
    tmp_path: Path, shore: LionbridgeShore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ferry opens without the vendor's secrets: only who calls the vendor needs them, and doctor names the cure."""
    passage = Passage(tmp_path, shore)
    for name in shore.environment:
        monkeypatch.delenv(name)
    async with passage.aboard():
        ((check, ok, cure),) = await _doctor(passage)
        assert (check, ok) == ("credentials", False)
        assert "WORDFERRY_CONTRACT" in cure


async def _doctor(passage: Passage) -> list[tuple[str, bool | None, str]]:
    route = passage.ferry.configuration.routes["docs"]
    tms = passage.ferry.connections["vendor"]
    return [(one.check, one.ok, one.cure) async for one in tms.check(route.settings, route.locales.table())]


async def test_jobs_that_only_the_vendor_knows_are_told(tmp_path: Path, shore: LionbridgeShore) -> None:
    """A job of this installation that the ledger does not know is reported; another installation's is not."""
    passage = Passage(tmp_path, shore, locales=("de",))
    passage.write()
    async with passage.aboard():
        await passage.apply()
        await passage.sail()
        tms = passage.ferry.connections["vendor"]
        client, connector = tms.client, tms.connector  # type: ignore[attr-defined]
        assert await orphans(passage.ferry.ledger, "vendor", tms, ["docs"]) == ()
        [batch] = await passage.ferry.ledger.voyages.batches()
        await client.jobs.create("lost", connector_name=connector, labels={"wordferry": "abcdefghij"})
        await client.jobs.create("second", connector_name=connector, labels={"wordferry": batch.marker})
        await client.jobs.create("no label", connector_name=connector)
        await client.jobs.create("strange", connector_name="x Wordferry", labels={"wordferry": "abcdefghij"})
        found = await orphans(passage.ferry.ledger, "vendor", tms, ["docs"])
        assert {(one.seen.name, one.whose) for one in found} == {
            ("lost", Whose.LOST),
            ("second", Whose.DOUBLE),
        }
