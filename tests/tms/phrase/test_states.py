"""Phrase's words: a table that knows each word, and a judgement that reads it top-down."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.model.states import State
from wordferry.model.voyage import Unit
from wordferry.tms.phrase.states import IMPORTS, PHASES, WEBHOOK_WORDS, judge


def unit(word: str, level: int = 1, *, part: int = 0, imported: str = "ok") -> Unit:
    return Unit(uid=f"u{level}.{part}", locale="de", level=level, part=part, word=word, imported=imported)


def test_webhook_words_lead_to_known_words() -> None:
    """Every webhook word stands for a REST word that has a phase; the trap is `COMPLETED`."""
    assert set(WEBHOOK_WORDS.values()) <= set(PHASES)
    assert WEBHOOK_WORDS["COMPLETED"] == "DELIVERED"
    assert WEBHOOK_WORDS["COMPLETED_BY_LINGUIST"] == "COMPLETED"
    assert IMPORTS.get("SOMETHING", "unknown") == "unknown"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["NEW"], State.SUBMITTED),
        (["EMAILED"], State.SUBMITTED),
        (["ACCEPTED"], State.TRANSLATING),
        (["COMPLETED"], State.TRANSLATED),
        (["DELIVERED"], State.TRANSLATED),
        (["DECLINED"], State.DECLINED),
        (["REJECTED"], State.REWORK),
        (["CANCELLED"], State.CANCELLED),
        (["NEW", "NEW", "NEW"], State.SUBMITTED),
        (["COMPLETED", "NEW", "NEW"], State.TRANSLATING),
        (["COMPLETED", "COMPLETED", "ACCEPTED"], State.TRANSLATING),
        (["COMPLETED", "COMPLETED", "COMPLETED"], State.TRANSLATED),
        (["NEW", "NEW", "COMPLETED"], State.TRANSLATED),
        (["COMPLETED", "DECLINED", "NEW"], State.DECLINED),
        (["ACCEPTED", "DECLINED", "NEW"], State.TRANSLATING),
        (["COMPLETED", "REJECTED", "COMPLETED"], State.REWORK),
        (["CANCELLED", "COMPLETED", "COMPLETED"], State.CANCELLED),
        (["REJECTED", "NEW", "CANCELLED"], State.CANCELLED),
    ],
)
def test_levels_are_read_top_down(words: list[str], state: State) -> None:
    """The jobs of all levels together make the state, read in the order that we decided on."""
    units = [unit(word, level) for level, word in enumerate(words, start=1)]
    assert judge(units, levels=len(words)) is state


def test_first_level_alone_says_nothing_about_the_last() -> None:
    """When only level 1 of 3 is shown, even a completed one is not translated."""
    assert judge([unit("COMPLETED", 1)], levels=3) is State.TRANSLATING


def test_every_part_of_the_last_level_counts() -> None:
    """A split job is translated when all of its parts are."""
    assert judge([unit("COMPLETED", part=0), unit("ACCEPTED", part=1)], levels=1) is State.TRANSLATING
    assert judge([unit("COMPLETED", part=0), unit("DELIVERED", part=1)], levels=1) is State.TRANSLATED


def test_failed_import_wins() -> None:
    """An import error at any level fails the translation, whatever the words say."""
    for word in [*PHASES, "NEVER_HEARD"]:
        assert judge([unit(word, 1), unit("NEW", 2, imported="error")], levels=2) is State.FAILED


@given(st.text(), st.sampled_from(sorted(PHASES)))
def test_unknown_words_move_nothing(word: str, known: str) -> None:
    """A word that is not in the table gives no judgement, beside any other word."""
    if word not in PHASES:
        assert judge([unit(word, 1), unit(known, 2)], levels=2) is None
        assert judge([unit(known, 1), unit(word, 2)], levels=2) is None


def test_nothing_shown_is_no_judgement() -> None:
    """No job is not a state."""
    assert judge([], levels=1) is None


def test_every_combination_has_one_answer() -> None:
    """All words on three levels are judged without a crash, and translated needs a finished last level."""
    for words in product(PHASES, repeat=3):
        state = judge([unit(word, level) for level, word in enumerate(words, start=1)], levels=3)
        assert state is not None
        if state is State.TRANSLATED:
            assert words[2] in ("COMPLETED", "DELIVERED")
