"""kill -9 at every operation boundary of a voyage; the restarted process brings everything home exactly once."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.chaos.shore import Zygote, make_site
from tests.postgres_server import PostgresServer
from wordferry.ledger import Ledger
from wordferry.ledger.operations import Operation
from wordferry.model.states import State
from wordferry.sandbox import SandboxSettings, ThreadSandbox, sandbox_in_thread

PHASES = ("begun", "performed", "finished")
#: Operations of the voyage: one file, two languages, providers, analyses and a mail.
EXPECTED = {
    "create-project": 1,
    "preview": 1,
    "create-job": 1,
    "assign": 1,
    "analyse": 1,
    "notify": 1,
    "export": 2,
    "download": 2,
    "write": 2,
    "set-delivered": 2,
}
BOUNDARIES = [
    (kind, nth, phase) for kind, count in EXPECTED.items() for nth in range(1, count + 1) for phase in PHASES
]
#: The sandbox's word for a mutating call → our kind of operation.
CALLS = {
    "create_project": "create-project",
    "upload_preview": "preview",
    "create_job": "create-job",
    "assign_providers": "assign",
    "create_analyses": "analyse",
    "notify_assigned": "notify",
    "start_export": "export",
    "download_target": "download",
    "set_job_status": "set-delivered",
}
QUICK = SandboxSettings(
    import_seconds=0.05, translate_seconds=0.05, export_seconds=0.03, analysis_seconds=0.01
)


@contextmanager
def sandbox() -> Iterator[ThreadSandbox]:
    """A quick sandbox in a thread of this process."""
    with sandbox_in_thread(QUICK) as running:
        yield running


@pytest.fixture
def shore() -> Iterator[tuple[ThreadSandbox, Zygote]]:
    """A sandbox, and a zygote whose voyages go to it."""
    with ExitStack() as stack:
        running = stack.enter_context(sandbox())
        zygote = stack.enter_context(Zygote(running))
        yield running, zygote


def operations(url: str) -> list[Operation]:
    """All operation rows of a ledger."""

    async def read() -> list[Operation]:
        ledger = Ledger(url)
        try:
            columns = ", ".join(Operation.__struct_fields__)
            return await ledger.read(
                lambda connection: [
                    Operation(*row) for row in connection.execute(sa.text(f"SELECT {columns} FROM operation"))
                ]
            )
        finally:
            ledger.close()

    return asyncio.run(read())


def receipts_and_states(url: str) -> tuple[int, dict[State, int]]:
    """How many receipts a ledger has, and its translations by state."""

    async def read() -> tuple[int, dict[State, int]]:
        ledger = Ledger(url)
        try:
            return len(await ledger.voyages.receipts()), await ledger.voyages.counts()
        finally:
            ledger.close()

    return asyncio.run(read())


def rows_behind(call: dict[str, Any], rows: list[Operation]) -> list[Operation]:
    """The operation rows that a mutating call of the sandbox's log can belong to."""
    kind = CALLS[call["operation"]]
    facts = call["facts"]
    chosen = [row for row in rows if row.kind == kind]
    match kind:
        case "create-project":
            return [row for row in chosen if row.label == call["object"]]
        case "create-job":
            return [row for row in chosen if row.facts and json.loads(row.facts)["file"] == facts["file"]]
        case "download":
            return [row for row in chosen if row.key.startswith(f"download:{facts['asyncRequest']}:")]
        case "export":
            mine = [row for row in chosen if f":{facts['job']}:" in row.key]
            exact = [
                row
                for row in mine
                if row.result and json.loads(row.result)["ticket"] == facts["asyncRequest"]
            ]
            # An orphan: the call was made, the process died, the row was begun again.
            return exact or [row for row in mine if row.attempt > 1]
        case "set-delivered":
            return [row for row in chosen if f":{facts['job']}:" in row.key]
        case _:
            project = facts.get("project") or call["path"].split("/projects/")[1].split("/")[0]
            return [row for row in chosen if f":{project}:" in row.key]


def judge(folder: Path, url: str, running: ThreadSandbox) -> None:
    """One project, one job per item and language, every file home once, nothing open, each call from one row."""
    referee = running.referee()
    assert referee["ok"], referee["findings"]
    assert referee["projects"] == {"made": 1, "intended": 1}
    assert referee["jobs"]["made"] == referee["jobs"]["intended"] == 2
    assert referee["jobs"]["last_level_by_status"] == {"DELIVERED": 2}
    assert not any(referee["findings"].values())
    receipts, states = receipts_and_states(url)
    assert (receipts, states) == (2, {State.DELIVERED: 2})
    for locale in ("de", "fr"):
        assert json.loads((folder / locale / "page0.json").read_text()).keys() == {"title", "body", "seats"}
    rows = operations(url)
    assert all(row.state in ("done", "spent") for row in rows), [(row.key, row.state) for row in rows]
    for call in running.calls():
        if call["operation"] in CALLS:
            assert len(rows_behind(call, rows)) == 1, call
    calls = Counter(call["operation"] for call in running.calls())
    for operation in ("create_project", "create_job", "create_analyses", "set_job_status"):
        assert calls[operation] == EXPECTED[CALLS[operation]], (
            f"{operation} was called {calls[operation]} times"
        )
    assert calls["notify_assigned"] <= 1


def databases(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> Callable[[str], str]:
    """A maker of database URLs of one kind, one per voyage."""
    if kind == "sqlite":
        return lambda name: f"sqlite:///{tmp_path}/{name}/.wordferry/ledger.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return lambda name: server.create_database()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_an_unkilled_voyage_has_exactly_the_expected_operations(
    database: str, tmp_path: Path, request: pytest.FixtureRequest, shore: tuple[ThreadSandbox, Zygote]
) -> None:
    """The boundaries that the kill test walks are all the boundaries there are."""
    running, zygote = shore
    url = databases(tmp_path, request, database)("calm")
    make_site(tmp_path / "calm", running, database=url)
    assert zygote.sail(tmp_path / "calm") == 0
    judge(tmp_path / "calm", url, running)
    assert Counter(row.kind for row in operations(url)) == EXPECTED
    mutating = [call for call in running.calls() if call["operation"] in CALLS]
    assert running.referee()["calls"]["mutating"] == len(mutating)


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_kill_at_every_boundary(
    database: str,
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    shore: tuple[ThreadSandbox, Zygote],
) -> None:
    """Killed before the call, after the call, or after its result is stored: the outcome is the same."""
    running, zygote = shore
    make_url = databases(tmp_path, request, database)
    for boundary in (boundary for boundary in BOUNDARIES if boundary[0] == kind):
        name = "-".join(str(part) for part in boundary)
        running.reset()
        url = make_url(name)
        make_site(tmp_path / name, running, database=url)
        assert zygote.sail(tmp_path / name, kill=boundary) == -signal.SIGKILL, f"{boundary} was never reached"
        assert zygote.sail(tmp_path / name) == 0, f"after a kill at {boundary} the voyage did not end"
        judge(tmp_path / name, url, running)
