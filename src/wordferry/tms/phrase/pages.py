"""How the vendor's pages become an iterator over all items."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Concatenate, ParamSpec, TypeVar

from wordferry.errors import Refused
from wordferry.tms.phrase.api.answers import Page
from wordferry.tms.phrase.api.errors import largest_page
from wordferry.tms.phrase.api.paging import LARGEST, Sheet
from wordferry.transport import Call, Listed, Resource

__all__ = ["Paged", "Pages"]

P = ParamSpec("P")
T = TypeVar("T")

#: Pages without anything new, one after the other, that end a list whatever it promises. One may be the shift of a list
#: that grew.
_STALE = 3


class Paged(Listed[Sheet, P, Page[T], T]):
    """A paged call of `api/` as a method that iterates over all items of all pages."""

    def __init__(self, build: Callable[Concatenate[Sheet, P], Call[Page[T]]]) -> None:
        super().__init__(build, _items)


class Pages(Resource):
    """A resource with lists; remembers the largest page the vendor allows."""

    largest = LARGEST


async def _items(resource: Pages, build: Callable[[Sheet], Call[Page[T]]]) -> AsyncIterator[T]:
    number = 0
    # A list that grows while it is read shifts: the same item can come again on the next page.
    seen: set[str] = set()
    before: tuple[T, ...] = ()
    stale = 0
    while True:
        size = resource.largest
        try:
            page = await resource.calls.run(build(Sheet(number, size)))
        except Refused as error:
            allowed = largest_page(error.what)
            if allowed is None or allowed >= size:
                raise
            number = number * size // allowed
            resource.largest = allowed
            continue
        known = len(seen)
        anonymous = 0
        for item in page.content:
            uid = getattr(item, "uid", None) or getattr(item, "id", None)
            if uid is not None:
                if uid in seen:
                    continue
                seen.add(uid)
            else:
                anonymous += 1
            yield item
        number += 1
        # A server that answers every page with the same would be asked for ever, if it promises many pages.
        fresh = len(seen) > known or (anonymous and page.content != before)
        stale = 0 if fresh else stale + 1
        before = page.content
        last = number >= page.total_pages if page.total_pages is not None else len(page.content) < size
        if last or not page.content or stale == _STALE:
            return
