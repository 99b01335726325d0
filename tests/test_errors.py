"""Errors: sorted by what to do next, and the same after being stored."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry import errors
from wordferry.errors import ERRORS, NotYet, OutcomeUnknown, Surprise, TryAgain, WordferryError, from_json

FIELDS = ("what", "object", "next", "not_before", "code", "status", "request_id")
texts = st.text(max_size=30)
optional = st.none() | texts


@pytest.mark.parametrize("cls", ERRORS.values(), ids=ERRORS.keys())
@given(
    what=texts,
    object=optional,
    next=optional,
    not_before=st.none() | st.floats(0, 2e9),
    code=optional,
    status=st.none() | st.integers(100, 599),
    request_id=optional,
)
def test_errors_survive_being_stored(cls: type[WordferryError], **fields: object) -> None:
    """An error comes back from JSON, from pickle and from a copy as the same class with all of its fields."""
    error = cls(**fields)  # type: ignore[arg-type]
    for back in (from_json(error.to_json()), pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(back) is cls
        assert [getattr(back, name) for name in FIELDS] == [getattr(error, name) for name in FIELDS]
        assert str(back) == str(error)


def test_every_class_of_the_tree_is_known() -> None:
    """No class of the module is forgotten in the table that rebuilds errors."""
    declared = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, WordferryError)
    }
    assert declared == set(ERRORS)


def test_unknown_class_becomes_a_surprise() -> None:
    """An error stored by another version, of a class that is not known here, parks its object."""
    stored = TryAgain("away", object="x").to_json().replace('"TryAgain"', '"Novelty"')
    back = from_json(stored)
    assert type(back) is Surprise
    assert (back.what, back.object) == ("away", "x")


def test_class_of_a_plugin_keeps_its_branch() -> None:
    """A subclass that an outside package made is rebuilt as the class of ours that it stands for."""

    class Throttled(TryAgain):
        """A plugin's own word."""

    assert type(from_json(Throttled("slow down").to_json())) is TryAgain


def test_text_says_what_to_which_object_and_what_next() -> None:
    """The text of an error holds the object, what happened and what to do; without an object it is no worse."""
    assert str(WordferryError("it broke.", object="a.json", next="Mend it.")) == "a.json: it broke. Mend it."
    assert str(WordferryError("it broke.", next="Mend it.")) == "it broke. Mend it."
    assert str(WordferryError("it broke.", next="")) == "it broke."


@pytest.mark.parametrize("cls", [c for c in ERRORS.values() if c is not WordferryError])
def test_every_class_says_what_to_do_next(cls: type[WordferryError]) -> None:
    """Each class brings a sentence for its reader, used when the raiser has none."""
    assert cls("x").next == cls.default_next
    assert cls.default_next.endswith((".", ")."))
    assert cls.exit_code != 0


def test_waiting_errors_are_tried_again() -> None:
    """What is merely unknown or not ready yet is caught by who catches what passes by itself."""
    assert issubclass(NotYet, TryAgain)
    assert issubclass(OutcomeUnknown, TryAgain)
