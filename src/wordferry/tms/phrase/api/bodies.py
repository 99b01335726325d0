"""JSON bodies of requests: fields that were left out stay out, and things are referred to by uid or by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from wordferry.errors import Refused

__all__ = ["JSON", "by_id", "by_uid", "encode", "references"]

JSON = {"Content-Type": "application/json"}


def encode(fields: Mapping[str, Any]) -> bytes:
    """A JSON object of the fields that are not None.

    Raises:
        Refused: a text is no Unicode, as names of files can be.
    """
    try:
        return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
    except UnicodeEncodeError as error:
        # Not the text itself: it cannot be shown either.
        raise Refused(f"A text is not valid Unicode at character {error.start}.") from None


def references(uids: Iterable[str]) -> list[dict[str, str]]:
    """Things by uid, as the vendor's lists of references want them."""
    return [{"uid": uid} for uid in uids]


def by_uid(uid: str | None) -> dict[str, str] | None:
    """A reference by uid."""
    return None if uid is None else {"uid": uid}


def by_id(id: str | None) -> dict[str, str] | None:
    """A reference by id, for the calls that refuse a uid."""
    return None if id is None else {"id": id}
