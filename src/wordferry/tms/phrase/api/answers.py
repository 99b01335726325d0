"""Decode answers leniently: any field may be absent, null, new or odd.

The fast way is msgspec's own. When one field is odd, the slow way keeps everything else: the field falls back
to its default. Clients that refuse the whole answer then stop an entire project for one new word.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin

import msgspec

from wordferry.tms.phrase.api.dates import Date, parse_date

__all__ = ["Answer", "Id", "Numbered", "Page", "nothing", "reader"]

T = TypeVar("T")

if TYPE_CHECKING:
    Id = str
else:
    # Phrase sends the same id as text in one place and as a number in another: seen in recorded answers.
    # `Numbered` turns numbers into text, so that readers see `str` only.
    Id = str | int


class Answer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Base of everything Phrase sends: unknown fields are dropped, every field has a default."""


class Numbered(Answer, frozen=True, kw_only=True):
    """Base of answers with lenient ids: those named in `numbers` are text after decoding."""

    numbers: ClassVar[tuple[str, ...]] = ("id",)

    id: Id | None = None

    def __post_init__(self) -> None:
        for name in self.numbers:
            value: Any = getattr(self, name)
            if value.__class__ is int:
                msgspec.structs.force_setattr(self, name, str(value))


class Page(Answer, Generic[T], frozen=True, kw_only=True):
    """One page of a list. `total_pages` and the counts are None when absent.

    Source: Phrase support article "API Technology (TMS)".
    """

    content: tuple[T, ...] = ()
    total_elements: int | None = None
    total_pages: int | None = None
    page_size: int | None = None
    page_number: int | None = None
    number_of_elements: int | None = None


def reader(kind: type[T]) -> Callable[[bytes], T]:
    """A decoder of one kind of answer, made once and used for every call.

    Args:
        kind: an `Answer` class, or a `Page` of one.

    Returns:
        A function from bytes to the answer; it raises `ValueError` when they are not a JSON object.
    """
    decoder = msgspec.json.Decoder(kind)

    def read(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            return _soften(kind, _any(body))  # type: ignore[no-any-return]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # Not chained: these errors can quote the body.
            raise ValueError("not JSON") from None

    return read


def nothing(body: bytes) -> None:
    """The decoder of calls that answer without a body."""


def _any(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not JSON") from None


def _soften(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - callers catch one class
    kept = {}
    for name, key, form in _fields(kind):
        if key in value:
            try:
                kept[name] = _mend(form, value[key])
            except ValueError:
                continue
    return kind(**kept)


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    return tuple((field.name, field.encode_name, field.type) for field in msgspec.structs.fields(kind))


def _mend(form: Any, value: Any) -> Any:
    """The value in the wanted form, however crooked; raises `ValueError` when there is no way."""
    try:
        return msgspec.convert(value, form, strict=False)
    except (msgspec.ValidationError, RecursionError):
        pass
    origin, choices = get_origin(form), get_args(form)
    if origin in (Union, UnionType):
        for choice in choices:
            if choice is not type(None):
                try:
                    return _mend(choice, value)
                except ValueError:
                    continue
    elif origin is tuple and isinstance(value, list):
        return tuple(_mended(choices[0], value))
    elif _is_struct(form) or _is_struct(origin):
        return _soften(form, value)
    elif form == Date:
        return parse_date(value)
    elif form is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("no such form")


def _is_struct(form: Any) -> bool:
    return isinstance(form, type) and issubclass(form, msgspec.Struct)


def _mended(form: Any, values: list[Any]) -> list[Any]:
    mended = []
    for value in values:
        try:
            mended.append(_mend(form, value))
        except ValueError:
            continue
    return mended
