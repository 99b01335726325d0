"""The engine: runs each attempt once, contains what it throws, and holds nothing that is missed when it is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wordferry.engine import Engine, EngineLock
from wordferry.errors import TryAgain


class Runs:
    """A handler that remembers its runs and may be told to wait or to break."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: BaseException | None = None

    async def __call__(self, slice_id: str, attempt: int) -> None:
        self.seen.append((slice_id, attempt))
        await self.gate.wait()
        if self.error is not None:
            raise self.error


@pytest.fixture
def runs() -> Runs:
    return Runs()


def an_engine(folder: Path, runs: Runs, *, executor: str = "one") -> Engine:
    return Engine("sqlite:///ledger.db", folder=folder, executor=executor, handlers={"deliver": runs})


@pytest.fixture
async def engine(tmp_path: Path, runs: Runs) -> AsyncIterator[Engine]:
    engine = an_engine(tmp_path, runs)
    await engine.launch()
    yield engine
    runs.gate.set()
    assert await engine.drain(10)
    await engine.close()


async def test_started_twice_runs_once(engine: Engine, runs: Runs) -> None:
    """Starting an attempt again, while it runs or after its end, attaches to it and leaves nothing counted."""
    runs.gate.clear()
    await asyncio.gather(*(engine.start("deliver", "s1", 1) for _ in range(10)))
    assert engine.runs("deliver:s1:1")
    assert engine.running == 1
    runs.gate.set()
    assert await engine.drain(10)
    await engine.start("deliver", "s1", 1)
    assert await engine.drain(10)
    assert runs.seen == [("s1", 1)]
    assert engine.running == 0
    assert not engine.runs("deliver:s1:1")


async def test_next_attempt_is_another_run(engine: Engine, runs: Runs) -> None:
    """The next attempt of a slice, and another slice, are runs of their own."""
    for slice_id, attempt in (("s1", 1), ("s1", 2), ("s2", 1)):
        await engine.start("deliver", slice_id, attempt)
    assert await engine.drain(10)
    assert sorted(runs.seen) == [("s1", 1), ("s1", 2), ("s2", 1)]


@pytest.mark.parametrize("error", [TryAgain("the vendor is away"), ZeroDivisionError("oops")])
async def test_what_a_handler_throws_is_contained(engine: Engine, runs: Runs, error: Exception) -> None:
    """A handler that breaks ends its own attempt; the engine goes on."""
    runs.error = error
    await engine.start("deliver", "s1", 1)
    assert await engine.drain(10)
    runs.error = None
    await engine.start("deliver", "s2", 1)
    assert await engine.drain(10)
    assert runs.seen == [("s1", 1), ("s2", 1)]


async def test_unknown_kind_is_refused(engine: Engine) -> None:
    """A kind that nobody handles is an error at once, not a row that waits for ever."""
    with pytest.raises(KeyError, match="telepathy"):
        await engine.start("telepathy", "s1", 1)
    assert engine.running == 0


async def test_engine_is_launched_again(tmp_path: Path, runs: Runs) -> None:
    """A closed engine leaves room for the next one in the same process, under another name, without old work."""
    for number in range(2):
        engine = an_engine(tmp_path, runs, executor=f"e{number}")
        await engine.launch()
        await engine.start("deliver", f"s{number}", 1)
        assert await engine.drain(10)
        await engine.close()
    assert runs.seen == [("s0", 1), ("s1", 1)]


async def test_lost_engine_file_loses_nothing(tmp_path: Path, runs: Runs) -> None:
    """The engine's own file may be deleted between two starts: it holds no truth."""
    for number in range(2):
        engine = an_engine(tmp_path, runs, executor=f"e{number}")
        await engine.launch()
        await engine.start("deliver", "s1", number + 1)
        assert await engine.drain(10)
        await engine.close()
        for name in ("engine.db", "engine.db-wal", "engine.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        assert not (tmp_path / "engine.db").exists()
    assert runs.seen == [("s1", 1), ("s1", 2)]


async def test_drain_says_when_it_takes_too_long(engine: Engine, runs: Runs) -> None:
    """Draining waits for what runs, and says when that did not end in time."""
    runs.gate.clear()
    await engine.start("deliver", "s1", 1)
    assert not await engine.drain(0.05)
    runs.gate.set()
    assert await engine.drain(10)


# -- the lock ----------------------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from wordferry.engine import EngineLock
lock = EngineLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.readline()
"""


def test_lock_has_one_holder_and_dies_with_it(tmp_path: Path) -> None:
    """A second process does not get the lock while the first lives, whoever it is; killing the holder frees it."""
    path = tmp_path / "deep" / "ledger.db.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    lock = EngineLock(path)
    assert not lock.take()
    assert not lock.held
    assert lock.holder() == str(holder.pid)
    holder.kill()
    holder.communicate()
    assert lock.take()
    assert lock.take()
    assert not EngineLock(path).take()
    lock.release()
    assert EngineLock(path).take()
