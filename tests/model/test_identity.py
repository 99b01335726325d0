"""Names: the same content always has the same one, and different contents never share one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.model.identity import (
    FILE_NAME_LIMIT,
    MARKER_LENGTH,
    batch_id,
    key,
    marked_file_name,
    marker,
    marker_in,
    short,
    translation_id,
)

parts = st.lists(st.text(max_size=8), min_size=1, max_size=4)
MARK = "abcdefgh23"


@given(parts, parts)
def test_different_parts_have_different_names(one: list[str], other: list[str]) -> None:
    """Names and keys tell apart what differs in any part, its border or its order, and repeat exactly."""
    assert (short(*one) == short(*other)) == (one == other)
    assert (key("k", *one) == key("k", *other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"), [(("ab", "c"), ("a", "bc")), (("a:b",), ("a", "b")), (("%3A",), (":",))]
)
def test_borders_count(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Moving a character over the border of two parts makes another name and another key."""
    assert short(*one) != short(*other)
    assert key("k", *one) != key("k", *other)


def test_names_stay_the_same_for_ever() -> None:
    """Names stored by earlier versions must be found again: these never change."""
    assert short("a", "b") == "fuv5m4ccyn"
    assert batch_id("p1", "docs") == "bzpfcey7o56"
    assert key("create-job", "a:b", 3) == "create-job:a%3Ab:3"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_names_have_their_form(one: str, two: str, three: str) -> None:
    """Ids and markers are short lower-case words that every system takes."""
    assert re.fullmatch(f"[a-z2-7]{{{MARKER_LENGTH}}}", marker(one, two))
    assert re.fullmatch("b[a-z2-7]{10}", batch_id(one, two))
    assert re.fullmatch("t[a-z2-7]{10}", translation_id(one, two, three))


def test_installations_do_not_share_markers() -> None:
    """Two installations never take each other's objects for their own."""
    assert marker("one", "batch") != marker("two", "batch")


@given(st.text(max_size=400))
def test_marker_survives_every_name(name: str) -> None:
    """Whatever a file is called, its marked name keeps the marker, fits the limits and holds no path."""
    marked = marked_file_name(name, MARK)
    assert len(marked) <= FILE_NAME_LIMIT
    assert len(marked.encode()) <= FILE_NAME_LIMIT
    assert f".{MARK}" in marked
    assert not set(marked) & set("/\\\r\n\t\0")
    assert marked_file_name(name, MARK) == marked
    assert marked.split(f".{MARK}")[0].strip()


@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=300),
    st.sampled_from(["json", "md"]),
)
def test_extension_survives(stem: str, extension: str) -> None:
    """The TMS chooses its filter by the extension: it stays, whatever has to be cut."""
    marked = marked_file_name(f"{stem}.{extension}", MARK)
    assert marked.endswith(f".{MARK}.{extension}")
    assert stem.startswith(marked.removesuffix(f".{MARK}.{extension}"))


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("page.json", f"page.{MARK}.json"),
        ("a.b.md", f"a.b.{MARK}.md"),
        ("README", f"README.{MARK}"),
        (".hidden", f".hidden.{MARK}"),
        ("", f"item.{MARK}"),
        ("..", f"..{MARK}"),
        ("x\ny/z.txt", f"x y z.{MARK}.txt"),
    ],
)
def test_marked_names_are_readable(name: str, marked: str) -> None:
    """A person at the TMS recognises her file."""
    assert marked_file_name(name, MARK) == marked


@pytest.mark.parametrize(
    ("name", "route", "found"),
    [
        ("docs 2026-01-02 abcdefgh23", "docs", MARK),
        ("docs 2026-01-02 abcdefgh23", None, MARK),
        ("my docs 2026-01-02 abcdefgh23", "docs", None),
        ("docs 2026-01-02 abcdefgh2", "docs", None),
        ("docs 2026-01-02 abcdefgh89", "docs", None),
        ("docs abcdefgh23", "docs", None),
        ("", None, None),
    ],
)
def test_marker_of_a_batch_is_found_in_its_name(name: str, route: str | None, found: str | None) -> None:
    """Only a whole name of ours, with that route in front, has a marker."""
    assert marker_in(name, route=route) == found
