"""Dates in all the forms that Phrase sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordferry.phrase import parse_date
from wordferry.tms.phrase.api.dates import write_date

MOMENT = datetime(2023, 11, 10, 18, 13, 51, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2023-11-10T18:13:51+0000", MOMENT),
        ("2023-11-10T18:13:51+00:00", MOMENT),
        ("2023-11-10T18:13:51Z", MOMENT),
        ("2023-11-10T18:13:51.250Z", MOMENT + timedelta(milliseconds=250)),
        ("2023-11-10T19:13:51+0100", MOMENT),
        ("2023-11-10T18:13:51.000", MOMENT),
        ("2023-11-10", datetime(2023, 11, 10, tzinfo=UTC)),
        (1699640031, MOMENT),
        (1699640031.0, MOMENT),
        ("1699640031", MOMENT),
        (1699640031000, MOMENT),
        ({"epochSecond": 1699640031, "nano": 500_000_000}, MOMENT + timedelta(seconds=0.5)),
        ({"epochSecond": 1699640031}, MOMENT),
        (None, None),
        ("", None),
    ],
)
def test_every_form_is_read(value: Any, moment: datetime | None) -> None:
    """Offsets with and without colon, no zone, epoch seconds and the object form give the same moment in UTC."""
    assert parse_date(value) == moment
    assert moment is None or parse_date(value).tzinfo is UTC  # type: ignore[union-attr]


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dictionaries(st.text(), st.integers())
)
def test_junk_is_one_error(value: Any) -> None:
    """Anything else raises `ValueError`, nothing more exotic."""
    try:
        moment = parse_date(value)
    except ValueError:
        return
    assert moment is None or moment.tzinfo is UTC


@given(
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5.5))])
    )
)
def test_written_dates_are_read_back(moment: datetime) -> None:
    """A date we write names the same millisecond when it is read."""
    try:
        text = write_date(moment)
    except OverflowError:
        return
    assert text.endswith("Z")
    back = parse_date(text)
    assert back is not None
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_dates_without_zone_are_not_written() -> None:
    """A due date without a zone is refused instead of guessed."""
    with pytest.raises(ValueError, match="time zone"):
        write_date(datetime(2026, 1, 1))  # noqa: DTZ001
