"""Dates in all the forms that vendors send. Source: seen in recorded answers and webhooks of Phrase and Lionbridge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

__all__ = ["Date", "parse_date", "write_date"]

#: A moment with its zone. A form that the fast decoder does not take goes through `parse_date`.
Date = Annotated[datetime, msgspec.Meta(tz=True)]

# Anything above this is not seconds but milliseconds: as seconds it would be the year 5138.
_MILLISECONDS = 100_000_000_000


def parse_date(value: Any) -> datetime | None:
    """Read a date as a vendor writes it.

    Args:
        value: `2023-11-10T18:13:51+0000`, `…Z`, with or without fractions; a form without zone (taken as
            UTC); epoch seconds; `{"epochSecond": …, "nano": …}`; None.

    Returns:
        The moment in UTC; None for None and empty text.

    Raises:
        ValueError: none of these forms.
    """
    if value is None or value == "":
        return None
    if isinstance(value, dict):
        seconds: Any = value.get("epochSecond")
        nano: Any = value.get("nano") or 0
        if not _number(seconds) or not _number(nano):
            raise ValueError("not a date")
        value = seconds + nano / 1_000_000_000
    if _number(value):
        try:
            return datetime.fromtimestamp(value / 1000 if abs(value) > _MILLISECONDS else value, UTC)
        except (OverflowError, OSError):
            raise ValueError("not a date") from None
    if not isinstance(value, str):
        raise ValueError("not a date")  # noqa: TRY004 - callers catch one class
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) > 8:
        return parse_date(int(text))
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a date") from None


def write_date(moment: datetime) -> str:
    """The form requests use: `2026-11-21T10:15:30.000Z`.

    Raises:
        ValueError: the moment has no zone; guessing one would shift a due date.
    """
    if moment.tzinfo is None:
        raise ValueError("a date needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
