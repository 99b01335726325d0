"""Small values of the vendor's wire: dates, query parameters, JSON bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wordferry.sandbox.phrase.errors import PhraseError, invalid
from wordferry.sandbox.routing import Call

TRUE_WORDS = frozenset({"true", "1", "yes"})
FALSE_WORDS = frozenset({"false", "0", "no"})
# The vendor's numbers in queries have 32 bits.
_INT32 = 2**31


@lru_cache(maxsize=4096)
def _date(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def date(epoch: float | None) -> str | None:
    """A date as REST answers show it: `2023-11-10T18:13:51+0000`, the offset without a colon."""
    return None if epoch is None else _date(int(epoch))


def parse_date(value: Any, *, field: str) -> float | None:
    """Epoch seconds of an ISO 8601 date in a request.

    Raises:
        PhraseError: 400 when it is not a date.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        # At the ends of the calendar another zone has no such year.
        if moment is not None and 1 < moment.year < 9999:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    raise invalid(f"'{field}' is not an ISO 8601 date.", field=field)


def flag(value: Any, *, field: str, default: bool = False) -> bool:
    """A boolean; the vendor's binding also takes `"true"` and `"false"`.

    Raises:
        PhraseError: 400 for anything else.
    """
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise invalid(f"'{field}' must be true or false.", field=field)


def text(value: Any, *, field: str, longest: int, required: bool = False) -> str | None:
    """A string of bounded length.

    Raises:
        PhraseError: 400 when it is missing though required, no string, or too long.
    """
    if value is None or value == "":
        if required:
            raise invalid(f"'{field}' is required.", field=field)
        return None
    if not isinstance(value, str):
        raise invalid(f"'{field}' must be a string.", field=field)
    if len(value) > longest:
        raise invalid(f"'{field}' must not be longer than {longest} characters.", field=field)
    return value


def strings(value: Any, *, field: str) -> list[str] | None:
    """A list of strings, or None.

    Raises:
        PhraseError: 400 when it is something else.
    """
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise invalid(f"'{field}' must be a list of strings.", field=field)
    return value


def query_list(query: Mapping[str, Any], name: str) -> list[str]:
    """All values of a repeated query parameter."""
    if name not in query:
        return []
    getall = getattr(query, "getall", None)
    return list(getall(name)) if getall is not None else [query[name]]


def query_int(query: Mapping[str, Any], name: str) -> int | None:
    """An integer query parameter, or None.

    Raises:
        PhraseError: 400 when it is no integer.
    """
    value = query.get(name)
    if value is None or value == "":
        return None
    try:
        number = int(value)
    except ValueError:
        number = _INT32
    if not -_INT32 <= number < _INT32:
        raise invalid(f"'{name}' must be an integer.", field=name)
    return number


def is_web_address(value: str) -> bool:
    """Whether it is an absolute http(s) URL with a host and, if any, a possible port."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def callback_url(value: Any) -> str | None:
    """A callback URL of a request.

    Raises:
        PhraseError: 400 when it is no absolute http(s) URL.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and is_web_address(value):
        return value
    raise invalid("'callbackUrl' must be an absolute URL.", field="callbackUrl")


def is_due(due: float | None, *, now: float, hours: int) -> bool:
    """Whether something is due within so many hours; minus one asks for what is overdue."""
    if due is None:
        return False
    return due < now if hours < 0 else due <= now + hours * 3600


def json_body(call: Call, *, required: bool = True) -> dict[str, Any]:
    """The call's JSON object.

    A missing body that the vendor requires has been seen to answer 500, so it does here.

    Raises:
        PhraseError: 500 without a body, 415 for another content type, 400 for broken JSON.
    """
    if call.body.size == 0:
        if required:
            raise PhraseError(500, "InternalError", "Internal error.")
        return {}
    # Generated clients leave the type out now and then, and are understood; another one is not.
    content_type = call.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise PhraseError(415, "BAD_REQUEST", f"Content type '{content_type}' is not supported.")
    try:
        value = msgspec.json.decode(call.body.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid("The body is not valid JSON.", code="BAD_REQUEST") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.", code="BAD_REQUEST")
    return value


def body_field(call: Call, name: str) -> str:
    """A string field of a JSON body, for the call log; empty when there is none."""
    try:
        value = msgspec.json.decode(call.body.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
