"""Names that can be stored, and the way back."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from wordferry.content_systems.files.names import name_of, path_of


@given(st.binary(max_size=40))
def test_round(raw: bytes) -> None:
    """Every path that bytes can make has a name that UTF-8 can hold and that leads back to those bytes."""
    path = os.fsdecode(raw)
    name = name_of(path)
    assert os.fsencode(path_of(name)) == raw
    assert name.encode().decode() == name


@given(st.text(st.characters(exclude_characters="\\", codec="utf-8"), max_size=40))
def test_ordinary_paths_are_verbatim(path: str) -> None:
    """A path in UTF-8 is its own name, letter for letter; composed and decomposed letters stay apart."""
    assert name_of(path) == path


def test_spelled() -> None:
    """A byte that is not UTF-8 and a backslash are spelled out, so that they cannot be confused."""
    assert name_of("caf\udce9.md") == r"caf\xe9.md"
    assert name_of(r"caf\xe9.md") == r"caf\\xe9.md"
