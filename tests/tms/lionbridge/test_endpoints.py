"""The 53 actions: none is missing in the client, on the command line, in the sandbox, or on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.docs.lionbridge_client import endpoints
from scripts.docs.lionbridge_endpoints import every_call, in_sandbox
from scripts.docs.lionbridge_rows import ROWS, Row
from tests.tms.lionbridge.api.test_requests import ROWS as SENT

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "lionbridge-endpoints.md"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.call)
def test_each_action_is_everywhere(row: Row) -> None:
    """Each action has a call that makes exactly its request, a command, and an answer in the sandbox."""
    endpoint = endpoints()[row.call]
    assert f"{endpoint.method} {endpoint.path}" == row.request
    assert row.call in every_call()
    assert in_sandbox(row.request)


def test_there_are_53_and_the_client_makes_no_other() -> None:
    """The list has 53 different requests, and beyond them the client knows the token and the file service only."""
    assert len({row.request for row in ROWS}) == len(ROWS) == 53
    others = {name for name in endpoints() if name not in {row.call for row in ROWS}}
    assert {name.partition(".")[0] for name in others} == {"auth", "fms"}
    assert [SENT[number].call.endpoint.name for number in range(1, 54)] == [row.call for row in ROWS]


def test_the_page_lists_all_of_them() -> None:
    """The page has one row for each action, and the sandbox answers every one."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(lines) == 53
    assert all(line.endswith("| yes |") for line in lines)
