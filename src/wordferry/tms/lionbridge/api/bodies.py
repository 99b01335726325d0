"""Write the bodies of requests: only what was given goes out, under the vendor's names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from wordferry.errors import Refused

__all__ = ["JSON", "json_body", "write_due"]

#: The vendor refuses `complete` and `intranslation` without it, although they have no body.
JSON = {"Content-Type": "application/json"}


def json_body(fields: Mapping[str, Any]) -> bytes:
    """The JSON object without the members that are None: an absent member changes nothing over there."""
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})


def write_due(due: date | datetime | None) -> str | None:
    """A due date as the vendor reads it: a day, or a moment in whole seconds of UTC.

    Raises:
        Refused: the moment has no zone; guessing one would shift the date.
    """
    if due is None:
        return None
    if not isinstance(due, datetime):
        return due.isoformat()
    if due.tzinfo is None:
        raise Refused("A due date with a time needs a time zone.", object=due.isoformat())
    return due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
