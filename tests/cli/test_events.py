"""`wordferry events`: what a person sees of what vendors told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import typer

from tests.web.conftest import configure
from wordferry.bootstrap import Ferry
from wordferry.cli.events import list_, show
from wordferry.cli.exit_codes import Exit
from wordferry.configuration import load
from wordferry.ports.events import Event, Told

ID = "STlumliuAkcEClsM6Gnx00"


async def tell(folder: Path) -> None:
    async with Ferry(load(folder)) as ferry:
        for _ in range(3):
            event = Event(ID, "phrase", Told.WEBHOOK, "JOB_STATUS_CHANGED", word="COMPLETED", payload="0")
            await ferry.ledger.inbox.put([event], b"{}")


def test_a_narrow_screen_shows_whole_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On 80 columns the id that `events show` takes, the kind, and how often it came are all there."""
    configure(tmp_path, "sqlite:///ledger.db", monkeypatch)
    asyncio.run(tell(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(typer.Exit) as ended:
        list_(connection=None, limit=20, json=False, quiet=False, directory=tmp_path)
    assert ended.value.exit_code == Exit.OK
    printed = capsys.readouterr().out
    assert ID in printed
    assert "JOB_STATUS_CHANGED" in printed
    assert "×3" in printed
    assert max(map(len, printed.splitlines()[:4])) <= 80
    with pytest.raises(typer.Exit) as ended:
        show(event=ID, body=False, json=False, quiet=False, directory=tmp_path)
    assert ended.value.exit_code == Exit.OK
