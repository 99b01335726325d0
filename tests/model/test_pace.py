"""Pace: how long to wait, never too long and never no number."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from wordferry.model.route import Pace
from wordferry.monitoring.pace import JITTER, wait


@given(st.integers(0, 100_000), st.floats(0.01, 100), st.floats(100, 10_000))
def test_waits_are_bounded(times: int, first: float, longest: float) -> None:
    """However often something failed, the wait is positive and never above the longest."""
    pace = Pace(first=first, longest=longest)
    assert 0 < pace.again(times) <= longest
    assert 0 < wait(pace, times) <= longest * (1 + JITTER)


def test_waits_grow() -> None:
    """Each failure doubles the wait until the longest is reached."""
    pace = Pace(first=1.0, longest=10.0)
    assert [pace.again(times) for times in range(6)] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert pace.again(0, first=0.5) == 0.5


def test_waits_are_spread() -> None:
    """Ten thousand translations that wait equally long are not due in the same moment."""
    chance = random.Random(1)
    waits = {wait(Pace(first=10.0), 0, chance=chance) for _ in range(100)}
    assert len(waits) == 100
    assert min(waits) >= 8.0
    assert max(waits) <= 12.0
