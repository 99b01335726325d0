"""When to try again: the decision alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.transport import Retry, retry_after
from wordferry.transport.retry import Failure

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC).timestamp()

failures = st.builds(
    Failure,
    read=st.booleans(),
    sent=st.booleans(),
    status=st.none() | st.integers(100, 599),
    garbled=st.booleans(),
    wait=st.none() | st.floats(0, 86_400),
    crowded=st.booleans(),
    lasting=st.booleans(),
    once=st.booleans(),
)


@given(failures, st.integers(1, 10), st.floats(0, 1, exclude_max=True))
def test_what_was_sent_is_repeated_only_when_safe(failure: Failure, attempt: int, draw: float) -> None:
    """An effect that was sent is repeated after a 429 and nothing else; a single-use call never."""
    wait = Retry(random=lambda: draw).after(failure, attempt)
    if wait is None or not failure.sent:
        return
    assert not failure.once
    assert failure.read or failure.status == 429


@given(failures, st.integers(1, 10), st.floats(0, 1, exclude_max=True))
def test_waits_are_bounded(failure: Failure, attempt: int, draw: float) -> None:
    """A wait is never negative, never above its cap, and never shorter than the vendor asked for."""
    policy = Retry(random=lambda: draw)
    wait = policy.after(failure, attempt)
    if wait is None:
        return
    assert attempt < policy.attempts
    if failure.wait is not None:
        assert failure.wait <= wait <= failure.wait + 1.0
    elif failure.crowded:
        assert 60 <= wait <= 75
    else:
        assert 0 <= wait <= min(policy.cap, policy.base * 2 ** (attempt - 1))


def test_backoff_doubles_with_full_jitter() -> None:
    """The ceiling of the wait doubles with each attempt up to the cap; the draw covers all of it."""
    policy = Retry(attempts=20, base=0.5, cap=3.0, random=lambda: 1.0)
    failure = Failure(read=True, status=500)
    assert [policy.after(failure, attempt) for attempt in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert Retry(random=lambda: 0.0).after(failure, 3) == 0.0


def test_attempts_end() -> None:
    """After the last attempt there is no next one."""
    failure = Failure(read=True, status=503)
    assert Retry(attempts=3).after(failure, 2) is not None
    assert Retry(attempts=3).after(failure, 3) is None


def _date(offset: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + offset, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        (" 12 ", 12.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("99999999999", None),
        ("1e3", 1000.0),
        ("soon", None),
        ("{}", None),
        (_date(30), 30.0),
        (_date(-30), None),
        (_date(400 * 86_400), None),
        ("Sat, 21 Nov 2026 12:00:05 -0000", 5.0),
        ("Sat, 99 Nov 2026 12:00:05 GMT", None),
    ],
)
def test_retry_after_is_read_sanely(value: str | None, seconds: float | None) -> None:
    """Seconds and HTTP dates count; negative, absurd and unreadable values are as if absent."""
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_survives_anything(value: str) -> None:
    """Whatever the field holds, the result is absent or a wait of at most a day."""
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400
