"""Decode answers leniently: any field may be absent, null, new or odd.

The fast way is msgspec's own. When one field is odd, the slow way keeps everything else: the field falls back
to its default. Clients that refuse the whole answer then stop an entire project for one new word.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from wordferry.transport.dates import Date, parse_date

__all__ = ["Answer", "any_json", "nothing", "reader", "tolerant"]

T = TypeVar("T")

#: The field of an answer that keeps what no other field takes.
_REST = "more"


class Answer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Base of everything a vendor sends: unknown fields are dropped, every field has a default."""


def reader(kind: type[T]) -> Callable[[bytes], T]:
    """A decoder of one kind of answer, made once and used for every call.

    Args:
        kind: an `Answer` class, or a generic page of one.

    Returns:
        A function from bytes to the answer; it raises `ValueError` when they are not a JSON object.
    """
    decoder = msgspec.json.Decoder(kind)

    def read(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            return _soften(kind, any_json(body), loose=False)  # type: ignore[no-any-return]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # Not chained: these errors can quote the body.
            raise ValueError("not JSON") from None

    return read


def tolerant(kind: type[T], value: Any) -> T:
    """One object of an interface whose spelling is not certain: names match whatever their case.

    Args:
        kind: an `Answer` class. A field `more` takes the members that no other field takes.
        value: the decoded JSON.

    Raises:
        ValueError: it is not a JSON object.
    """
    return _soften(kind, value, loose=True)  # type: ignore[no-any-return]


def nothing(body: bytes) -> None:
    """The decoder of calls that answer without a body."""


def any_json(body: bytes) -> Any:
    """The decoded JSON; raises `ValueError` without a word of the body."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not JSON") from None


def _soften(kind: Any, value: Any, *, loose: bool) -> Any:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - callers catch one class
    kept: dict[str, Any] = {}
    fields, keeps_rest = _fields(kind)
    rest = dict(value) if loose else {}
    folded = {key.lower(): key for key in reversed(value)} if loose else {}
    for name, key, form in fields:
        found = key if key in value else folded.get(key.lower())
        if found is None:
            continue
        rest.pop(found, None)
        try:
            kept[name] = _mend(form, value[found], loose=loose)
        except ValueError:
            continue
    if keeps_rest and rest:
        kept[_REST] = rest
    return kind(**kept)


@cache
def _fields(kind: Any) -> tuple[tuple[tuple[str, str, Any], ...], bool]:
    fields = msgspec.structs.fields(kind)
    named = tuple((field.name, field.encode_name, field.type) for field in fields if field.name != _REST)
    return named, len(named) < len(fields)


def _mend(form: Any, value: Any, *, loose: bool) -> Any:
    """The value in the wanted form, however crooked; raises `ValueError` when there is no way."""
    origin, choices = get_origin(form), get_args(form)
    # The quick way reads nested objects by their exact names only.
    if not loose or not _holds_struct(form):
        try:
            return msgspec.convert(value, form, strict=False)
        except (msgspec.ValidationError, RecursionError):
            pass
    if origin in (Union, UnionType):
        if value is None and type(None) in choices:
            return None
        for choice in choices:
            if choice is not type(None):
                try:
                    return _mend(choice, value, loose=loose)
                except ValueError:
                    continue
    elif origin is tuple and isinstance(value, list):
        return tuple(_mended(choices[0], value, loose=loose))
    elif _is_struct(form) or _is_struct(origin):
        return _soften(form, value, loose=loose)
    elif form == Date:
        return parse_date(value)
    elif form is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("no such form")


@cache
def _holds_struct(form: Any) -> bool:
    return _is_struct(form) or _is_struct(get_origin(form)) or any(map(_holds_struct, get_args(form)))


def _is_struct(form: Any) -> bool:
    return isinstance(form, type) and issubclass(form, msgspec.Struct)


def _mended(form: Any, values: list[Any], *, loose: bool) -> list[Any]:
    mended = []
    for value in values:
        try:
            mended.append(_mend(form, value, loose=loose))
        except ValueError:
            continue
    return mended
