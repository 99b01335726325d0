"""The referee counts Lionbridge's calls against the fewest possible, and judges both vendors."""

from __future__ import annotations

import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox
from wordferry.testing.verdict import demand


async def test_calls_are_held_against_the_fewest_possible(api: Api, sandbox: Sandbox) -> None:
    """A voyage without a wasted call has the ratio 1; each call more raises it."""
    assert sandbox.referee()["lionbridge"]["calls"]["ratio"] is None
    job, (request,) = await api.done("de-DE")
    updates = await api.updates()
    await api.fetched(job, request)
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": [request]})
    calls = sandbox.referee()["lionbridge"]["calls"]
    assert calls["minimum"] == {
        "token": 1,
        "list_status_updates": 1,
        "create_job": 1,
        "create_source_file": 1,
        "upload": 1,
        "create_source_content": 0,
        "add_requests": 1,
        "submit_job": 1,
        "retrieve_file": 1,
        "download": 1,
        "retrieve_content": 0,
        "approve_requests": 1,
        "complete_job": 0,
    }
    assert calls["total"] == calls["minimum_total"]
    assert calls["ratio"] == 1.0
    await api.get(f"/jobs/{job}")
    assert sandbox.referee()["lionbridge"]["calls"]["ratio"] > 1
    assert updates


async def test_one_verdict_for_both_vendors(api: Api, sandbox: Sandbox) -> None:
    """A double at Lionbridge spoils the whole verdict, and the assertion names it."""
    for _ in range(2):
        job = await api.job("Twin")
        await api.add(job, "de-DE")
        await api.submit(job)
    verdict = sandbox.referee()
    assert verdict["ok"] is False
    assert not any(verdict["findings"].values())
    with pytest.raises(AssertionError, match="lionbridge double_jobs: 1, for example"):
        demand(verdict)
    # A double is paid for, not needed.
    assert verdict["lionbridge"]["calls"]["minimum"]["create_job"] == 1
