"""How Phrase says no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.tms.phrase.api.errors import DIALECT, largest_page
from wordferry.transport import Said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"errorCode": "X", "errorDescription": "why"}', Said("X", "why")),
        (b'{"errorCode": "X", "errorDescription": null}', Said("X", None)),
        (
            b'{"errorCode": "X", "errorDetails": [{"code": "c", "args": {"n": [1]}, "message": "m"}]}',
            Said("X", "m"),
        ),
        (b'{"error": "invalid_grant", "error_description": "why"}', Said("invalid_grant", "why")),
        (b'{"errorCode": 5, "errorDescription": "why"}', Said(None, "why")),
        (b'{"errorCode": "' + b"x" * 200 + b'"}', Said("x" * 80, None)),
        (b"{}", None),
        (b"[]", None),
        (b"Too many requests.", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_bodies_of_both_services_are_read(body: bytes, said: Said | None) -> None:
    """Code and text are found in the shapes of TMS and of the token service; other bodies give nothing."""
    assert DIALECT.read(body) == said


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Whatever the bytes, reading an error body does not fail."""
    said = DIALECT.read(body)
    assert said is None or isinstance(said, Said)


@pytest.mark.parametrize(
    ("names", "crowded"),
    [((), False), (("Ratelimit-Limit",), False), (("Ratelimit-Limit", "Ratelimit-Remaining"), True)],
)
def test_the_two_429s_are_told_apart(names: tuple[str, ...], crowded: bool) -> None:
    """Only both rate headers together mean too many at once."""
    assert DIALECT.crowded(dict.fromkeys(names, "1")) is crowded


@pytest.mark.parametrize(
    ("text", "largest"),
    [
        ("pageSize: Maximum value is: 25", 25),
        ("maximum value is 10", 10),
        ("Maximum value is: 0", None),
        ("no", None),
    ],
)
def test_the_largest_page_is_found_in_words(text: str, largest: int | None) -> None:
    """The page size that a refusal names is found, anything else is not taken for one."""
    assert largest_page(text) == largest
