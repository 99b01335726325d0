"""Several workers on one PostgreSQL: one that dies or freezes is replaced, and nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.submission.voyage import CONFIGURATION, FAST
from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.model.states import State
from wordferry.sandbox import ThreadSandbox, sandbox_in_thread

PAGES = 3


@pytest.fixture
def shore() -> Iterator[ThreadSandbox]:
    """A sandbox that answers while the test waits for processes."""
    with sandbox_in_thread(msgspec.structs.replace(FAST, export_seconds=0.1)) as sandbox:
        yield sandbox


class Worker:
    """A worker in a process of its own."""

    def __init__(self, folder: Path, *stop_at: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.worker", str(folder), *stop_at],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(["src", "."])},
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self, word: str) -> None:
        """Wait until it says that."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(word):
                return
        pytest.fail(f"the worker ended without saying {word!r}")

    def end(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def make_site(folder: Path, sandbox: ThreadSandbox, database: str) -> None:
    (folder / "site" / "en").mkdir(parents=True)
    for number in range(PAGES):
        (folder / "site" / "en" / f"{number}.json").write_text(f'{{"title": "Page {number}"}}')
    os.environ["WORDFERRY_TEST_TOKEN"] = sandbox.api_token
    text = CONFIGURATION.format(
        platform=sandbox.phrase_url,
        tms=sandbox.phrase_tms_url,
        template="Website",
        timeout=1.0,
        locales='{ de = "de", fr = "fr" }',
        variant="canonical",
        more="",
    )
    text = text.replace('database = "sqlite:///ledger.db"', f'database = "{database}"\ndead_after = 1.5')
    # A busy machine may take its time over a call that a dead worker had sent: an empty look-up has to wait for that.
    text = text.replace("settle = 0.15", "settle = 1.0")
    (folder / "wordferry.toml").write_text(text)


async def accepted(folder: Path) -> None:
    async with Ferry(load(folder)) as ferry:
        await ferry.accept(await ferry.plan())


async def outcome(folder: Path) -> tuple[list[State], int]:
    async with Ferry(load(folder)) as ferry:
        states = [t.state for t in await ferry.ledger.voyages.translations("1 = 1")]
        return states, len(await ferry.ledger.voyages.receipts())


def spotless(folder: Path, sandbox: ThreadSandbox) -> None:
    """Everything is home, once, and the referee finds nothing."""
    states, receipts = asyncio.run(outcome(folder))
    assert states == [State.DELIVERED] * PAGES * 2
    assert receipts == PAGES * 2
    verdict = sandbox.referee(marker=r"([a-z2-7]{10})$")
    assert {name: found for name, found in verdict["findings"].items() if found} == {}
    assert verdict["projects"]["made"] == 1
    assert verdict["jobs"]["made"] == PAGES * 2
    confirmed = [c for c in sandbox.calls(operation="set_job_status") if c["status"] == 204]
    assert len(confirmed) == PAGES * 2


@pytest.mark.parametrize(("kind", "phase"), [("create-job", "begun"), ("download", "performed")])
def test_dead_worker_is_replaced(
    tmp_path: Path, postgres_url: str, shore: ThreadSandbox, kind: str, phase: str
) -> None:
    """A worker killed in the middle of a slice is replaced after `dead_after`, and nothing is done twice."""
    make_site(tmp_path, shore, postgres_url)
    asyncio.run(accepted(tmp_path))
    first = Worker(tmp_path, kind, phase)
    second: Worker | None = None
    try:
        first.says("stopped")
        second = Worker(tmp_path)
        second.says("ready")
        os.kill(first.process.pid, signal.SIGKILL)
        second.says("done")
        spotless(tmp_path, shore)
    finally:
        for worker in (first, second):
            if worker is not None:
                worker.end()


@pytest.mark.parametrize(("kind", "phase"), [("create-job", "begun"), ("create-job", "performed")])
def test_frozen_worker_changes_nothing_when_it_thaws(
    tmp_path: Path, postgres_url: str, shore: ThreadSandbox, kind: str, phase: str
) -> None:
    """A worker frozen in the middle of an operation is replaced; when it thaws it does nothing late."""
    make_site(tmp_path, shore, postgres_url)
    asyncio.run(accepted(tmp_path))
    first = Worker(tmp_path, kind, phase)
    second: Worker | None = None
    try:
        first.says("stopped")
        second = Worker(tmp_path)
        second.says("done")
        os.kill(first.process.pid, signal.SIGCONT)
        first.says("done")
        spotless(tmp_path, shore)
    finally:
        for worker in (first, second):
            if worker is not None:
                worker.end()
