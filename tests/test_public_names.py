"""The public names: listed, importable, and cheap until used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wordferry
import wordferry.lionbridge
import wordferry.phrase
import wordferry.sandbox

HEAVY = ("sqlalchemy", "dbos", "aiohttp", "alembic", "obstore", "lxml")


@pytest.mark.parametrize("name", wordferry.__all__)
def test_public_name_is_there(name: str) -> None:
    """Each listed name can be imported from the package, and `dir` shows it."""
    assert getattr(wordferry, name) is not None
    assert name in dir(wordferry)


@pytest.mark.parametrize(
    "room", [wordferry.lionbridge, wordferry.phrase, wordferry.sandbox], ids=lambda room: room.__name__
)
def test_public_rooms_list_what_they_have(room: object) -> None:
    """The client and the sandbox have every name they list, each once."""
    names = room.__all__  # type: ignore[attr-defined]
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(room, name)] == []


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as Python does it."""
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = wordferry.Nonsense


def test_errors_are_the_same_classes() -> None:
    """What the package shows is what its rooms raise."""
    from wordferry.errors import ERRORS

    shown = {name: getattr(wordferry, name) for name in wordferry.__all__ if name in ERRORS}
    assert shown == ERRORS


def test_import_costs_nothing() -> None:
    """Importing the package loads no database, no HTTP library and no engine."""
    program = (
        f"import sys, wordferry; print([n for n in {HEAVY!r} if n in sys.modules], wordferry.__version__)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("[] ")
