"""`wordferry reconcile`: what only one side knows is said, and looked at when that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.cli.exit_codes import Exit
from wordferry.cli.reconcile import _compared, _orphaned
from wordferry.model.states import State
from wordferry.monitoring import Whose, orphans


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


async def differences(sailing: Voyage) -> list[tuple[str, str]]:
    [batch] = await sailing.ferry.ledger.voyages.batches()
    return [(one["what"], one["says"]) for one in await _compared(sailing.ferry, batch)]


async def test_both_sides_are_compared(tmp_path: Path) -> None:
    """Moved, vanished and foreign jobs are told apart; two equal sides have no difference."""
    async with voyage(tmp_path, locales=("de", "fr")) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and {t.state for t in found} == {State.SUBMITTED})
        assert await differences(sailing) == []
        [german], [french] = sailing.jobs(locale="de"), sailing.jobs(locale="fr")
        sailing.sandbox.phrase.set_status(german.uid, "ACCEPTED")
        assert await differences(sailing) == [("moved", "NEW → ACCEPTED")]
        client = sailing.ferry.connections["phrase"].client  # type: ignore[attr-defined]
        await client.jobs.delete(french.project.uid, [french.uid])
        assert ("vanished", "the TMS does not list its jobs") in await differences(sailing)


async def test_a_look_is_due_at_once(tmp_path: Path) -> None:
    """Without --dry-run the worker looks at everything now, also at what is settled."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and found[0].state is State.DELIVERED)
        before = len(sailing.calls("list_jobs"))
        [batch] = await sailing.ferry.ledger.voyages.batches()
        await sailing.ferry.ledger.hints.look_at([batch.id])
        await sailing.sail(lambda _: len(sailing.calls("list_jobs")) > before)


def test_nothing_to_compare(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty ledger is equal to everything; the command says so in JSON."""
    from wordferry.cli.reconcile import reconcile

    (tmp_path / "wordferry.toml").write_text(
        '[wordferry]\ndatabase = "sqlite:///ledger.db"\nblobs = "blobs"\n'
    )
    with pytest.raises(typer.Exit) as ended:
        reconcile(dry_run=True, json=True, directory=tmp_path)
    assert ended.value.exit_code == Exit.OK
    assert json.loads(capsys.readouterr().out) == {"batches": 0, "dry_run": True, "findings": []}


async def test_projects_that_only_the_vendor_knows_are_told(tmp_path: Path) -> None:
    """A project named as ours are but unknown here, and a second one of ours, are reported; others are nobody's."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.sandbox.behave("manual")
        sailing.write("en/a.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail(lambda found: bool(found) and {t.state for t in found} == {State.SUBMITTED})
        [batch] = await sailing.ferry.ledger.voyages.batches()
        tms = sailing.ferry.connections["phrase"]
        routes = sailing.ferry.configuration.routes_by_connection["phrase"]
        assert await orphans(sailing.ferry.ledger, "phrase", tms, routes) == ()
        client = tms.client  # type: ignore[attr-defined]
        template = await tms.template_uid("Website")  # type: ignore[attr-defined]
        for name in (
            "docs 2026-01-02 abcdefghij",
            batch.name,
            "docs of somebody",
            "other 2026-01-02 abcdefghij",
        ):
            await client.projects.from_template(template, name=name)
        found = await orphans(sailing.ferry.ledger, "phrase", tms, routes)
        assert {(one.seen.name, one.whose, one.batch) for one in found} == {
            ("docs 2026-01-02 abcdefghij", Whose.FOREIGN, None),
            (batch.name, Whose.DOUBLE, batch.id),
        }
        assert _orphaned(found[0])["what"] == "orphan"


async def test_the_worker_looks_for_orphans_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep's own look finds a second project of a batch and has it cancelled; a strange one is left alone."""
    monkeypatch.setattr("wordferry.monitoring.sweep.FIRST_DRIFT", 0.0)
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json", '{"title": "Page"}')
        await sailing.apply()
        await sailing.sail()
        [batch] = await sailing.ferry.ledger.voyages.batches()
        tms = sailing.ferry.connections["phrase"]
        client = tms.client  # type: ignore[attr-defined]
        template = await tms.template_uid("Website")  # type: ignore[attr-defined]
        strange = await client.projects.from_template(template, name="docs 2026-01-02 abcdefghij")
        double = await client.projects.from_template(template, name=batch.name)
        sailing.work.sweep._next_drift = 0.0
        await sailing.sail(lambda _: bool(sailing.calls("set_project_status")))
        await sailing.hands.rest()
        assert (await client.projects.get(double.uid)).status == "CANCELLED"
        assert (await client.projects.get(strange.uid)).status != "CANCELLED"
