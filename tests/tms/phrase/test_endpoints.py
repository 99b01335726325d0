"""Every request that the vendor's plugin guide needs is in the client, on the command line and in the sandbox."""

from __future__ import annotations

import pytest

from scripts.docs.phrase_endpoints import command_line, every_call, in_sandbox, requests_of
from scripts.docs.phrase_rows import ROWS, Row

ROW_COUNT = 44


def test_the_list_is_whole() -> None:
    """The list has all its rows, each once."""
    assert len(ROWS) == ROW_COUNT
    assert len({row.action for row in ROWS}) == ROW_COUNT


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.action)
def test_the_client_makes_the_requests(row: Row) -> None:
    """The client's calls of a row make exactly the row's requests: method, path, and the names in the path."""
    made = {request for call in row.calls for request in requests_of(call)}
    assert made == set(row.requests)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.action)
def test_the_command_line_has_the_calls(row: Row) -> None:
    """Each call of a row is a command."""
    for call in row.calls:
        resource, _, name = call.partition(".")
        words = command_line(every_call()[call]).split()
        assert words[:4] == ["wordferry", "phrase", resource.replace("_", "-"), name.replace("_", "-")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.action)
def test_the_sandbox_answers_the_requests(row: Row) -> None:
    """Each request of a row is answered by the sandbox."""
    assert [request for request in row.requests if not in_sandbox(request)] == []
