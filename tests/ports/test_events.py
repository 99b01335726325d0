"""Event ids."""

from __future__ import annotations

import pytest

from wordferry.ports.events import event_id


@pytest.mark.parametrize(
    ("given", "expected"),
    [("abc", "abc"), (17, "17"), ("x" * 200, "x" * 200)],
)
def test_a_vendors_id_is_kept(given: object, expected: str) -> None:
    """The vendor's own id is the id of its event, word for word."""
    assert event_id(given, b"{}") == expected


@pytest.mark.parametrize("given", [None, "", True, 1.5, [], {}, "x" * 201, "a\x00b", "\ud800"])
def test_an_odd_id_becomes_a_hash(given: object) -> None:
    """Whatever else stands in its place becomes a short printable id, the same for the same call."""
    made = event_id(given, b"body")
    assert made == event_id(given, b"body")
    assert made.startswith("sha256:")
    assert made != event_id(given, b"other") or isinstance(given, str)
