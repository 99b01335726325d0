"""kill -9 at every operation boundary of a voyage to Lionbridge; the restarted process brings it home exactly once."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.shore import Zygote, make_lionbridge_site
from tests.chaos.test_kill_everywhere import PHASES, databases, operations, receipts_and_states
from wordferry.model.states import State
from wordferry.sandbox import SandboxSettings, ThreadSandbox, sandbox_in_thread
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

#: Operations of the voyage: one file, two languages, a reference and a memory.
EXPECTED = {
    "open-job": 1,
    "add-requests": 1,
    "support-asset": 1,
    "tm-update": 1,
    "tidy": 1,
    "submit-job": 1,
    "retrieve": 2,
    "write": 2,
    "approve": 2,
}
#: The sandbox's word for a call that must be made once → how often.
ONCE = {
    "lionbridge.create_job": 1,
    "lionbridge.add_requests": 1,
    "lionbridge.create_support_asset": 1,
    "lionbridge.create_tm_update": 1,
    "lionbridge.submit_job": 1,
    "lionbridge.approve_requests": 2,
}
QUICK = SandboxSettings(
    lionbridge=LionbridgeSettings(send_seconds=0.02, accept_seconds=0.02, translate_seconds=0.05)
)


@pytest.fixture
def shore() -> Iterator[tuple[ThreadSandbox, Zygote]]:
    """A sandbox, and a zygote whose voyages go to it."""
    with ExitStack() as stack:
        running = stack.enter_context(sandbox_in_thread(QUICK))
        yield running, stack.enter_context(Zygote(running))


def requests_of(running: ThreadSandbox) -> list[tuple[str, str]]:
    """(language, status) of every request at the vendor."""
    return sorted(
        (request.target_language, request.status)
        for job in running.lionbridge.jobs
        for request in job.requests.values()
    )


def judge(folder: Path, url: str, running: ThreadSandbox) -> None:
    """One job, one request per language, each approved; each call that makes something was made once."""
    assert len(running.lionbridge.jobs) == 1
    approved = "TRANSLATION_APPROVED"
    assert requests_of(running) == [("de-DE", approved), ("fr-FR", approved)]
    assert receipts_and_states(url) == (2, {State.DELIVERED: 2})
    for locale in ("de", "fr"):
        assert json.loads((folder / locale / "page0.json").read_text()).keys() == {"title", "body", "seats"}
    rows = operations(url)
    assert all(row.state == "done" for row in rows), [(row.key, row.state) for row in rows]
    assert Counter(row.kind for row in rows) == EXPECTED
    calls: Counter[Any] = Counter(call["operation"] for call in running.calls() if call["status"] < 300)
    assert {name: calls[name] for name in ONCE} == ONCE


#: Kinds after whose stored result a kill is tried, too: the last before the provider begins, and the last of all.
LAST = ("submit-job", "approve")


def boundaries(database: str, kind: str) -> tuple[str, ...]:
    """The phases to die in. A kill between call and result is the hardest, and is tried on both databases."""
    if database == "postgres":
        return ("performed",)
    return PHASES if kind in LAST else PHASES[:2]


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_kill_at_every_boundary(
    database: str,
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    shore: tuple[ThreadSandbox, Zygote],
) -> None:
    """Killed before the call, after it, or after its result is stored: the outcome is the same."""
    running, zygote = shore
    make_url = databases(tmp_path, request, database)
    for phase in boundaries(database, kind):
        # The last of its kind: what its siblings did before stays done.
        boundary = (kind, EXPECTED[kind], phase)
        name = "-".join(str(part) for part in boundary)
        running.reset()
        url = make_url(name)
        make_lionbridge_site(tmp_path / name, running, database=url)
        assert zygote.sail(tmp_path / name, kill=boundary) == -signal.SIGKILL, f"{boundary} was never reached"
        assert zygote.sail(tmp_path / name) == 0, f"after a kill at {boundary} the voyage did not end"
        judge(tmp_path / name, url, running)
