"""The rules of faults, without a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.sandbox.faults import CALL, EVENT, FaultBook


def test_a_rule_strikes_so_often_and_no_more() -> None:
    """`count` limits a rule over all objects."""
    book = FaultBook(0)
    book.add("500", operation="create_*", count=2)
    struck = [book.strike("create_job", name) is not None for name in "abcd"]
    assert struck == [True, True, False, False]


def test_a_rule_lets_the_first_calls_pass() -> None:
    """`after` calls go through before the rule begins."""
    book = FaultBook(0)
    book.add("500", after=2, count=1)
    assert [book.strike("x", "a") is not None for _ in range(4)] == [False, False, True, False]


def test_each_object_can_have_its_own_count() -> None:
    """With `each_object`, every object suffers by itself."""
    book = FaultBook(0)
    book.add("lost", count=1, each_object=True)
    struck = [(name, book.strike("create_job", name) is not None) for name in "abab"]
    assert struck == [("a", True), ("b", True), ("a", False), ("b", False)]


def test_a_rule_names_operation_and_object() -> None:
    """Other operations and objects are left alone."""
    book = FaultBook(0)
    book.add("lost", operation="create_job", object="*/a.json")
    assert book.strike("create_project", "p/a.json") is None
    assert book.strike("create_job", "p/b.json") is None
    assert book.strike("create_job", "p/a.json") is not None


@given(
    seed=st.integers(0, 2**32),
    calls=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1000)), min_size=1, max_size=60),
)
def test_chance_depends_on_the_nth_call_on_an_object_alone(seed: int, calls: list[tuple[str, int]]) -> None:
    """The same seed gives the same faults for each object, however the objects' calls interleave."""

    def outcomes(order: list[str]) -> dict[str, list[bool]]:
        book = FaultBook(seed)
        book.add("503", probability=0.5)
        found: dict[str, list[bool]] = {}
        for name in order:
            found.setdefault(name, []).append(book.strike("get_job", name) is not None)
        return found

    order = [name for name, _ in calls]
    shuffled = [name for name, _ in sorted(calls, key=lambda pair: pair[1])]
    assert outcomes(order) == outcomes(shuffled)


def test_chance_strikes_about_its_share_and_by_seed() -> None:
    """A probability of one half hits some calls and misses some, and another seed hits others."""

    def outcomes(seed: int) -> list[bool]:
        book = FaultBook(seed)
        book.add("503", probability=0.5)
        return [book.strike("get_job", f"job {number}") is not None for number in range(400)]

    assert 140 < sum(outcomes(1)) < 260
    assert outcomes(1) != outcomes(2)


def test_events_and_calls_have_rules_of_their_own() -> None:
    """A rule for events never strikes a call, and the other way round."""
    book = FaultBook(0)
    book.add("lost_event")
    book.add("500")
    rule = book.strike("create_job", "a")
    event = book.strike("callback", "a", phase=EVENT)
    assert rule is not None
    assert rule.kind == "500"
    assert event is not None
    assert event.kind == "lost_event"


@pytest.mark.parametrize("fields", [{"kind": "earthquake"}, {"kind": "500", "probability": 2.0}])
def test_impossible_rules_are_refused(fields: dict[str, object]) -> None:
    """An unknown kind and an impossible probability are refused with a reason."""
    with pytest.raises(ValueError, match=r"unknown fault kind|probability must be"):
        FaultBook(0).add(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"kind": "late", "seconds": 61}, "longer than settle_seconds"),
        ({"kind": "stale", "seconds": -1}, "seconds must be a number from 0"),
        ({"kind": "slow", "seconds": float("nan")}, "seconds must be a number from 0"),
        ({"kind": "encoding", "encoding": "klingon"}, "unknown encoding"),
        ({"kind": "encoding", "encoding": "base64"}, "not a text encoding"),
        ({"kind": "429", "retry_after": "1\r\nx: y"}, "must not have line ends"),
        ({"kind": "500", "count": -1}, "count must not be negative"),
    ],
)
def test_impossible_values_are_refused_in_words(fields: dict[str, object], complaint: str) -> None:
    """Delays are bounded by `settle`, encodings are of text, and nothing breaks a header."""
    with pytest.raises(ValueError, match=complaint):
        FaultBook(0).add(**fields)  # type: ignore[arg-type]


@given(nth=st.integers(1, 20), kind=st.sampled_from(["late", "stale", "late_event", "slow"]))
def test_a_drawn_delay_is_bounded_and_of_the_seed(nth: int, kind: str) -> None:
    """Without `seconds` the delay is drawn from seed, object and the how-manyth call, within `settle`."""

    def drawn(seed: int) -> float:
        book = FaultBook(seed, settle=30.0)
        number = book.add(kind)
        phase = EVENT if kind.endswith("_event") else CALL
        rule = None
        for _ in range(nth):
            rule = book.strike("get_job", "a", phase=phase)
        assert rule is not None
        assert number == 1
        return book.seconds(rule, "get_job", "a")

    assert drawn(1) == drawn(1)
    assert 0.0 <= drawn(1) <= (2.0 if kind == "slow" else 30.0)
