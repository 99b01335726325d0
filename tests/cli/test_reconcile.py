"""`wordferry reconcile`: what only one side knows is said, and looked at when that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.cli.exit_codes import Exit
from wordferry.cli.reconcile import _compared
from wordferry.model.states import State


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
