"""Doubles that surface late: seen, taken away, and never taken for our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.ledger.voyages import Voyages
from wordferry.model.states import State
from wordferry.phrase import PhraseClient


def client(sailing: Voyage) -> PhraseClient:
    """A client of the same account: the late half of a call that we gave up."""
    sandbox = sailing.sandbox
    return PhraseClient(
        platform_url=sandbox.phrase_url, tms_url=sandbox.phrase_tms_url, api_token=sandbox.api_token
    )


async def test_a_job_that_surfaces_late_is_cancelled_and_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second job of the same file and language is seen by a look, cancelled once, and ours comes home."""
    in_a_hurry(monkeypatch)
    async with voyage(tmp_path, locales=["de"]) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.behave("manual")
        await sailing.apply()
        await sailing.sail(lambda found: all(t.state is State.SUBMITTED for t in found))
        (batch,) = await sailing.ferry.ledger.voyages.batches()
        ours = await sailing.to("de/a.json")
        assert batch.remote is not None
        async with client(sailing) as late:
            double = await late.jobs.create(
                batch.remote["id"], file=b"{}", filename=ours.file_name, target_langs=["de"]
            )
        second = double.jobs[0].uid
        await sailing.sail(lambda found: len(sailing.calls("set_job_status")) == 1)
        assert sailing.calls("set_job_status")[0]["object"] == second
        sailing.sandbox.phrase.set_status(ours.units[0].uid, "COMPLETED")
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        assert [unit.uid for unit in (await sailing.to("de/a.json")).units] == [ours.units[0].uid]
        kinds = [row.kind for row in await sailing.ferry.ledger.operations.of(batch=batch.id, own=True)]
        assert kinds.count("cancel-double") == 1


async def test_a_project_that_surfaces_late_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audit finds the second project by its marker and cancels it; ours is left alone."""
    in_a_hurry(monkeypatch)
    async with voyage(tmp_path, locales=["de"]) as sailing:
        sailing.write("en/a.json")
        await sailing.apply()
        await sailing.sail()
        (batch,) = await sailing.ferry.ledger.voyages.batches()
        assert batch.remote is not None
        async with client(sailing) as late:
            templates = [one async for one in late.templates.list(name="Website")]
            template = next(one for one in templates if one.template_name == "Website")
            double = await late.projects.from_template(template.uid or "", name=batch.name)
            await sailing.ferry.ledger.voyages.write(Voyages.audit_due(batch.id, 0.0))
            await sailing.sail(lambda found: bool(sailing.calls("set_project_status")))
            assert (await late.projects.get(double.uid or "")).status == "CANCELLED"
            assert (await late.projects.get(batch.remote["id"])).status != "CANCELLED"
        await sailing.hands.rest()
        assert await sailing.ferry.ledger.voyages.due_audits(2e12) == []


async def test_a_repeated_effect_is_audited_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeating a create call after an empty look-up leaves an audit behind, ten minutes ahead."""
    in_a_hurry(monkeypatch)
    async with voyage(tmp_path, locales=["de"]) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.faults.add("dropped", operation="create_job", count=1)
        await sailing.apply()
        assert await sailing.sail() == {"de/a.json": State.DELIVERED}
        (batch,) = await sailing.ferry.ledger.voyages.batches()
        assert [found for found, _ in await sailing.ferry.ledger.voyages.due_audits(2e12)] == [batch.id]
        assert await sailing.ferry.ledger.voyages.due_audits(batch.created + 300) == []
