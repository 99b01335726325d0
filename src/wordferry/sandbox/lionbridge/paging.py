"""Collections: `_embedded`, `_links`, `next`, and cursors that break when anything else in the query changes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from wordferry.sandbox.lionbridge.errors import invalid
from wordferry.sandbox.lionbridge.values import query_value
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Call

T = TypeVar("T")
# A place in an order: the last item's key.
Place = tuple[Any, ...]


class Cursors:
    """Makes and reads the cursors of one call: path and parameters must stay as they were.

    Args:
        call: the call.
        others: values of the query parameters that must not change, by name.
        path: the path of the following pages; the call's own by default.
    """

    def __init__(self, call: Call, *, others: dict[str, str], path: str | None = None) -> None:
        self.path = path or call.path
        self.others = {name: value for name, value in others.items() if value}
        text = "\x00".join((self.path, *(f"{name}={value}" for name, value in sorted(self.others.items()))))
        self._bound = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()

    def write(self, place: Place) -> str:
        """The cursor after this place."""
        raw = msgspec.json.encode([self._bound, *place])
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")

    def read(self, cursor: str, *, length: int) -> Place:
        """The place of a cursor.

        Raises:
            LionbridgeError: 400 when it is none, or was made for another query.
        """
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            bound, *place = msgspec.json.decode(raw)
        except (ValueError, TypeError, binascii.Error, msgspec.DecodeError):
            raise invalid("the cursor is not valid.", field="next") from None
        if bound != self._bound:
            raise invalid("the cursor belongs to a query with other parameters.", field="next")
        if len(place) != length:
            raise invalid("the cursor is not valid.", field="next")
        return tuple(place)

    def href(self, cursor: str | None) -> str:
        """The address of a page, relative to the host."""
        query = dict(self.others)
        if cursor is not None:
            query["next"] = cursor
        return self.path + ("?" + urlencode(query, quote_via=quote) if query else "")


def collection(
    items: Sequence[Any], *, key: str, following: str | None, cursors: Cursors, settings: LionbridgeSettings
) -> dict[str, Any]:
    """The vendor's envelope around one page.

    Args:
        items: what is shown.
        key: its name under `_embedded`.
        following: the cursor of the next page, or None at the end.
        cursors: where the addresses come from.
        settings: whether `_links.self` and an empty `_embedded` are sent.
    """
    links: dict[str, Any] = {}
    if settings.self_link:
        links["self"] = {"href": cursors.href(None)}
    if following is not None:
        links["next"] = {"href": cursors.href(following)}
    body: dict[str, Any] = {}
    if items or settings.empty_embedded:
        body["_embedded"] = {key: list(items)}
    body["_links"] = links
    if following is not None:
        body["next"] = following
    return body


def newest_first(
    call: Call,
    items: Sequence[T],
    *,
    key: str,
    number: Callable[[T], int],
    show: Callable[[T], Any],
    settings: LionbridgeSettings,
    keep: Callable[[T], bool] | None = None,
    others: dict[str, str] | None = None,
) -> dict[str, Any]:
    """One page of a list that only grows at its end, newest first.

    Args:
        call: whose `next` says where to go on.
        items: all of them, oldest first.
        key: name under `_embedded`.
        number: an item's number, growing from oldest to newest.
        show: an item's shape.
        settings: the page size.
        keep: which items count; all by default.
        others: query parameters that must stay the same.
    """
    cursors = Cursors(call, others=others or {})
    cursor = query_value(call, "next")
    end = len(items)
    if cursor is not None:
        (last,) = cursors.read(cursor, length=1)
        if not isinstance(last, int):
            raise invalid("the cursor is not valid.", field="next")
        end = bisect_left(items, last, key=number)
    found, more = first(
        (items[at] for at in range(end - 1, -1, -1) if keep is None or keep(items[at])), settings.page_size
    )
    following = cursors.write((number(found[-1]),)) if more else None
    return collection(
        [show(item) for item in found], key=key, following=following, cursors=cursors, settings=settings
    )


def in_order(
    call: Call,
    items: Sequence[T],
    *,
    key: str,
    number: Callable[[T], int],
    show: Callable[[T], Any],
    settings: LionbridgeSettings,
    path: str | None = None,
    others: dict[str, str] | None = None,
) -> dict[str, Any]:
    """One page of a list, oldest first; see `newest_first`."""
    cursors = Cursors(call, others=others or {}, path=path)
    cursor = query_value(call, "next")
    start = 0
    if cursor is not None:
        (last,) = cursors.read(cursor, length=1)
        if not isinstance(last, int):
            raise invalid("the cursor is not valid.", field="next")
        start = bisect_right(items, last, key=number)
    found, more = first(islice(items, start, None), settings.page_size)
    following = cursors.write((number(found[-1]),)) if more else None
    return collection(
        [show(item) for item in found], key=key, following=following, cursors=cursors, settings=settings
    )


def first(items: Iterable[T], most: int) -> tuple[list[T], bool]:
    """The first items, and whether there are more."""
    found = list(islice(items, most + 1))
    return found[:most], len(found) > most


class Index(Generic[T]):
    """Items in the order of one value, kept as they change, so that a page costs no sorting.

    Args:
        place: an item's sort key: comparable, unique, and fit for JSON.
    """

    def __init__(self, place: Callable[[T], Place]) -> None:
        self._place = place
        self._places: list[Place] = []
        self._items: list[T] = []
        self._known: dict[int, Place] = {}

    def put(self, item: T, *, number: int) -> None:
        """Take an item in, or move it to its new place."""
        place = self._place(item)
        before = self._known.get(number)
        if before == place:
            return
        if before is not None:
            self.remove(number)
        at = bisect_left(self._places, place)
        self._places.insert(at, place)
        self._items.insert(at, item)
        self._known[number] = place

    def remove(self, number: int) -> None:
        """Forget an item."""
        before = self._known.pop(number, None)
        if before is not None:
            at = bisect_left(self._places, before)
            del self._places[at]
            del self._items[at]

    def walk(self, after: Place | None, *, descending: bool) -> Iterable[tuple[Place, T]]:
        """Places and items beyond a place; from the beginning when it is None."""
        if descending:
            start = len(self._places) if after is None else bisect_left(self._places, after)
            steps = range(start - 1, -1, -1)
        else:
            start = 0 if after is None else bisect_right(self._places, after)
            steps = range(start, len(self._places))
        for at in steps:
            yield self._places[at], self._items[at]
