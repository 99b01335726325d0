"""Small values of the vendor's wire: dates, names, JSON bodies and queries that ignore case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

import msgspec

from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Call

# The id lists of queries and bodies; the vendor allows no more in one call.
MOST_IDS = 50
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTES = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?")


@lru_cache(maxsize=8192)
def _shown(millisecond: int) -> str:
    second, rest = divmod(millisecond, 1000)
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{rest:03d}Z"


def show_date(epoch: float | None) -> str | None:
    """RFC 3339 in UTC with milliseconds and `Z`."""
    return None if epoch is None else _shown(int(epoch * 1000))


def moment(text: str) -> float | None:
    """Epoch seconds of `yyyy-MM-dd`, `…THH:mm`, `…THH:mm:ss` or RFC 3339; None when it is none of these.

    Without a time it is midnight, without a zone it is UTC.
    """
    try:
        if _DATE_ONLY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(), UTC).timestamp()
        if _MINUTES.fullmatch(text) or _MOMENT.fullmatch(text):
            found = datetime.fromisoformat(text.upper())
            if not 1 < found.year < 9999:  # at the ends of the calendar another zone has no such year
                return None
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return None


def due_date(value: Any, *, field: str) -> float | None:
    """Epoch seconds of a date in a body: `yyyy-MM-dd` or RFC 3339.

    Raises:
        LionbridgeError: 400 when it is not a date.
    """
    if value is None or value == "":
        return None
    found = moment(value) if isinstance(value, str) else None
    if found is None:
        raise invalid("must be a date: yyyy-MM-dd or RFC 3339.", field=field)
    return found


def text(value: Any, *, field: str) -> str | None:
    """A string or None.

    Raises:
        LionbridgeError: 400 for anything else.
    """
    if value is None or isinstance(value, str):
        return value
    raise invalid("must be a string.", field=field)


def flag(value: Any, *, field: str) -> bool:
    """A boolean of a body; None is false.

    Raises:
        LionbridgeError: 400 for anything else.
    """
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise invalid("must be true or false.", field=field)


def strings(value: Any, *, field: str) -> list[str]:
    """A list of strings; None is an empty one.

    Raises:
        LionbridgeError: 400 for anything else.
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise invalid("must be a list of strings.", field=field)
    return value


def metadata(value: Any, *, field: str) -> dict[str, str] | None:
    """A map from text to text, or None.

    Raises:
        LionbridgeError: 400 for anything else.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise invalid("must be an object whose values are strings.", field=field)
    return value


def labels(value: Any, *, field: str) -> dict[str, Any] | None:
    """A map from text to text or number, or None.

    Raises:
        LionbridgeError: 400 for anything else.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(
        isinstance(entry, str | int | float) and not isinstance(entry, bool) for entry in value.values()
    ):
        raise invalid("must be an object whose values are strings or numbers.", field=field)
    return value


def name_of(value: Any, *, field: str, settings: LionbridgeSettings, required: bool = False) -> str | None:
    """A job or request name of bounded length.

    Raises:
        LionbridgeError: 400 when it is missing though required, no string, or too long.
    """
    found = text(value, field=field)
    if not found:
        if required:
            raise invalid("is required.", field=field)
        return found
    if too_long(found, settings):
        raise invalid(f"must not be longer than {settings.name_limit} {settings.name_unit}.", field=field)
    return found


def too_long(name: str, settings: LionbridgeSettings) -> bool:
    """Whether a name passes the limit, in the unit that is set."""
    size = len(name.encode("utf-8", "surrogatepass")) if settings.name_unit == "bytes" else len(name)
    return size > settings.name_limit


class Folded:
    """A JSON object or query read without regard to case, as the vendor's framework binds names."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = {name.lower(): entry for name, entry in value.items()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._value

    def get(self, name: str) -> Any:
        """The value of that name, or None."""
        return self._value.get(name.lower())


def json_object(call: Call, *, settings: LionbridgeSettings, required: bool = True) -> Folded:
    """The call's JSON object.

    Raises:
        LionbridgeError: 415 for another content type, 400 for broken JSON or a missing body.
    """
    kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if not is_json and (settings.strict_content_type or (kind and call.body.size)):
        raise LionbridgeError(415, f"The content type '{kind}' is not supported; send application/json.")
    if call.body.size == 0:
        if required:
            raise invalid("A JSON body is required.")
        return Folded({})
    try:
        value = msgspec.json.decode(call.body.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.")
    return Folded(value)


def query_value(call: Call, name: str) -> str | None:
    """The one value of a query parameter, by its name in any case; empty is None."""
    found = query_values(call, name)
    return found[0] if found and found[0] != "" else None


def query_values(call: Call, name: str) -> list[str]:
    """All values of a query parameter, by its name in any case."""
    wanted = name.lower()
    return [value for key, value in call.query.items() if key.lower() == wanted]


def id_list(values: list[str], *, field: str) -> list[str] | None:
    """Ids of a query: repeated, or separated by commas; None when there are none.

    Raises:
        LionbridgeError: 400 for more than 50.
    """
    found = [entry.strip() for value in values for entry in value.split(",") if entry.strip()]
    if len(found) > MOST_IDS:
        raise invalid(f"at most {MOST_IDS} ids can be given, not {len(found)}.", field=field)
    return found or None


def body_text(call: Call, name: str) -> str:
    """A string field of a JSON body, for the call log; empty when there is none."""
    try:
        value = msgspec.json.decode(call.body.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = Folded(value).get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
