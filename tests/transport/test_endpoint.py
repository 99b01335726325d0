"""Calls as data."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transport.fakes import READ, call
from wordferry.transport import Call, query
from wordferry.transport.reactions import LONGEST_TEXT, words


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_parameters_cannot_leave_their_place(value: str) -> None:
    """Whatever a path parameter holds, it stays one segment and arrives unchanged."""
    path = Call(READ, {"projectUid": value, "jobUid": "j"}).path()
    head, first, second, third, last = path.split("/")
    assert (head, first, third, last) == ("", "projects", "things", "j")
    assert unquote(second) == value
    assert path.isascii()


def test_queries_leave_out_what_is_not_given() -> None:
    """None disappears, booleans are words, lists repeat their name, texts are encoded."""
    text = query([("a", None), ("b", True), ("c", ["x", "y"]), ("d", "ä&="), ("e", 0)])
    assert text == "b=true&c=x&c=y&d=%C3%A4%26%3D&e=0"
    assert query([("a", None)]) == ""


@given(
    st.lists(
        st.tuples(st.text(st.characters(categories=["L"], codec="ascii"), min_size=1), st.text(min_size=1))
    )
)
def test_queries_arrive_unchanged(pairs: list[tuple[str, str]]) -> None:
    """Any text in a query is read back as it was."""
    pairs = [(name, value.encode("utf-8", "replace").decode()) for name, value in pairs]
    assert parse_qsl(query(pairs), keep_blank_values=True) == pairs


def test_calls_hide_their_content() -> None:
    """The repr of a call shows the operation and ids, not headers, bodies and queries."""
    shown = repr(call(body=b"source", headers={"Memsource": "hmac"}, query="name=x"))
    assert shown == "Call(things.get, {'projectUid': 'p1', 'jobUid': 'j1'})"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        (" a\r\n\tb ", "a b"),
        ("<html><head><title>x</title></head><body><p>Bad <b>gateway</b></p></body></html>", "Bad gateway"),
        ("<script>alert(1)</script>ok", "ok"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("Fish &amp; chips <br/>", "Fish & chips"),
        ("x" * 400, "x" * (LONGEST_TEXT - 1) + "…"),
    ],
)
def test_error_texts_become_one_plain_line(text: str, plain: str) -> None:
    """Tags, scripts and line ends go; at most 300 characters stay."""
    assert words(text) == plain


@given(st.text())
def test_error_texts_are_always_short_and_on_one_line(text: str) -> None:
    """Whatever a vendor sends, the line is short and has no control characters."""
    line = words(text)
    assert len(line) <= LONGEST_TEXT
    assert not any(sign < " " or sign == "\x7f" for sign in line)
