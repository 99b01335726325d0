"""Lionbridge's words: each known one means one state of ours, every other one moves nothing."""

from __future__ import annotations

import pytest

from wordferry.model.states import State
from wordferry.model.voyage import Unit
from wordferry.sandbox.lionbridge.request import STATUSES
from wordferry.tms.lionbridge.api.request import Request, RequestStatus
from wordferry.tms.lionbridge.states import REQUESTS, judge
from wordferry.tms.lionbridge.units import unit_of


def test_every_word_of_the_vendor_has_a_state() -> None:
    """The client's words and the pretended vendor's are all in the table."""
    assert {str(word) for word in RequestStatus} <= set(REQUESTS)
    assert set(STATUSES) <= set(REQUESTS)


@pytest.mark.parametrize("word", ["", "COMPLETED", "created", "NEW_IN_2030"])
def test_an_unknown_word_moves_nothing(word: str) -> None:
    """A word that nobody here knows gives no state."""
    assert judge([Unit(uid="r", locale="de-DE", word=word)]) is None
    assert judge([]) is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SENDING", State.FAILED),
        ("IN_TRANSLATION", State.FAILED),
        ("REVIEW_TRANSLATION", State.TRANSLATED),
        ("TRANSLATION_APPROVED", State.TRANSLATED),
        ("CANCELLED", State.CANCELLED),
    ],
)
def test_an_error_counts_until_something_was_delivered(word: str, state: State) -> None:
    """`hasError` fails what is on its way; of what was delivered or cancelled it is history."""
    request = Request(request_id="r", status_code=word, has_error=True, latest_error_message="broken")
    assert judge([unit_of(request)]) is state


def test_a_code_in_another_case_is_ours() -> None:
    """The vendor's list has no rule for the case of codes: ours is kept as it was written."""
    request = Request(request_id="r", target_native_language_code="DE-de")
    assert unit_of(request, wanted=("fr-FR", "de-DE")).locale == "de-DE"
    assert unit_of(request).locale == "DE-de"
