"""Answers lost after the work was done: nothing is done twice, and everything comes home."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submission.voyage import in_a_hurry, voyage
from wordferry.model.states import State

#: The sandbox's operation → how often a voyage of two translations may do it.
ONCE = {
    "create_project": 1,
    "create_job": 1,
    "create_analyses": 1,
    "notify_assigned": 1,
    "download_target": 2,
}


@pytest.mark.parametrize("kind", ["lost", "late"])
@pytest.mark.parametrize(
    "operation",
    [
        "create_project",
        "create_job",
        "assign_providers",
        "create_analyses",
        "notify_assigned",
        "start_export",
        "download_target",
        "set_job_status",
    ],
)
async def test_lost_answer_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, kind: str
) -> None:
    """A call's answer is lost, before or after its work is done; the referee finds nothing double."""
    in_a_hurry(monkeypatch)
    more = 'assign = true\nanalyse = true\nnotify = "JobAssigned"'
    async with voyage(tmp_path, template="Website with providers", more=more) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.faults.add(
            kind, operation=operation, count=1, seconds=0.05 if kind == "late" else 0.0
        )
        await sailing.apply()
        states = await sailing.sail()
        assert states == {"de/a.json": State.DELIVERED, "fr/a.json": State.DELIVERED}
        verdict = sailing.judged()
        assert verdict["calls"]["by_fault"] == {kind: 1}
        burnt = operation == "download_target"
        assert len(sailing.calls("download_target")) == 2 + (burnt and kind == "lost") + (
            burnt and kind == "late"
        )
        for name, times in ONCE.items():
            if name != "download_target":
                assert len(sailing.calls(name)) == times, name
        assert len(await sailing.ferry.ledger.voyages.receipts()) == 2
