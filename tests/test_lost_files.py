"""Files of ours that are lost or broken: a lost ledger is no first start, a broken engine file is disposable."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.engine import Engine
from wordferry.errors import NeedsOperator


def make(folder: Path) -> None:
    """A configuration without routes: enough to open a ledger."""
    (folder / "wordferry.toml").write_text("")


def close(ferry: Ferry) -> None:
    """Give the ledger back."""
    ferry.ledger.close()


def set_aside(folder: Path) -> bytes:
    """The bytes of the one file that was set aside."""
    (aside,) = folder.glob("engine.db.broken-*")
    return aside.read_bytes()


def test_first_start_makes_a_ledger(tmp_path: Path) -> None:
    """Without anything there, a ledger is made; with its ledger there, files of earlier work are no problem."""
    make(tmp_path)
    close(Ferry(load(tmp_path)))
    blob = tmp_path / ".wordferry" / "blobs" / "a" / ("a" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_text("sent before")
    close(Ferry(load(tmp_path)))


@pytest.mark.parametrize("gone", [True, False])
def test_lost_ledger_is_no_first_start(tmp_path: Path, gone: bool) -> None:
    """A ledger that is gone or empty beside files of earlier work is refused: everything would be sent again."""
    make(tmp_path)
    blob = tmp_path / ".wordferry" / "blobs" / "a" / ("a" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_text("sent before")
    ledger = tmp_path / ".wordferry" / "ledger.db"
    if not gone:
        ledger.write_bytes(b"")
    with pytest.raises(NeedsOperator, match="empty or gone") as refused:
        Ferry(load(tmp_path))
    assert "backup" in str(refused.value)
    assert not ledger.exists() or ledger.stat().st_size == 0


async def test_broken_engine_file_is_set_aside(tmp_path: Path) -> None:
    """A file that is no database is kept under another name, and work goes on."""
    broken = tmp_path / "engine.db"
    broken.write_bytes(b"this is no database at all, but long enough to be read as one" * 20)
    ran = asyncio.Event()

    async def handler(slice_id: str, attempt: int) -> None:
        ran.set()

    engine = Engine("sqlite:///ledger.db", folder=tmp_path, executor="me", handlers={"deliver": handler})
    await engine.launch()
    try:
        await engine.start("deliver", "s1", 1)
        await asyncio.wait_for(ran.wait(), 10)
        assert await engine.drain(10)
    finally:
        await engine.close()
    assert set_aside(tmp_path).startswith(b"this is no database")
