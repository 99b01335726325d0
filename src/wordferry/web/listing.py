"""The list of selectable content: the same items in the same order under the same ids, page after page."""

from __future__ import annotations

import asyncio
import base64
import binascii
import bisect
import fnmatch
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wordferry.formats import FORMATS
from wordferry.model.content import Item
from wordferry.model.identity import marked_file_name, short
from wordferry.ports.content_system import ContentSystem
from wordferry.web.problem import Problem

__all__ = ["Entry", "Listings", "Page", "Wanted", "entry_of", "wanted"]

#: Seconds for which a listing is good: a page after page walk reads the content system once.
FRESH = 20.0
#: Items on a page when nothing is asked for, and at most.
USUAL = 50
MOST = 200


class Entry(msgspec.Struct, frozen=True):
    """One item as others see it.

    Attributes:
        id: stable and deterministic; what the download takes.
        name: what people call it: a path, a title.
        file_name: stable and unique within the route; the name to import it under.
        revision: SHA-256 of its bytes; also its ETag.
        size: bytes.
        format: its format, when it is known.
        encoding: declared text encoding; null means "as the file says itself".
        source_locale: the language it is written in.
        href: where its bytes are.
    """

    id: str
    name: str
    file_name: str
    revision: str
    size: int
    format: str | None
    encoding: str | None
    source_locale: str
    href: str


class Page(msgspec.Struct, frozen=True):
    """A page of the list.

    Attributes:
        items: in the order of the content system.
        total: items that match, on all pages.
        next: cursor of the next page; null on the last one.
        problems: items that cannot be read now: name → why. They stand on the first page alone.
    """

    items: tuple[Entry, ...]
    total: int
    next: str | None = None
    problems: dict[str, str] = {}


class Wanted(msgspec.Struct, frozen=True):
    """What a list is asked for.

    Attributes:
        limit: items on a page.
        after: name of the last item of the page before.
        prefix: beginning of the name.
        match: pattern of the whole name, `*` and `?`.
        format: a format.
        ids: ids, when only these are wanted.
    """

    limit: int = USUAL
    after: str | None = None
    prefix: str = ""
    match: str | None = None
    format: str | None = None
    ids: frozenset[str] = frozenset()

    def takes(self, entry: Entry) -> bool:
        """Whether an item is one of those asked for."""
        return (
            entry.name.startswith(self.prefix)
            and (self.match is None or fnmatch.fnmatchcase(entry.name, self.match))
            and (self.format is None or entry.format == self.format)
            and (not self.ids or entry.id in self.ids)
        )


def wanted(query: Mapping[str, str], ids: list[str]) -> Wanted:
    """Read the query of a list request.

    Raises:
        Problem: 422 for an unknown parameter or a value that makes no sense; the parameter is named.
    """
    known = {"limit", "cursor", "prefix", "match", "format", "id"}
    for name in query:
        if name not in known:
            raise _wrong(name, f"There is no parameter {name[:40]!r}.", f"Known: {', '.join(sorted(known))}.")
    text = query.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST):
        raise _wrong("limit", f"'limit' is a number from 1 to {MOST}.")
    kind = query.get("format")
    if kind is not None and kind not in FORMATS:
        raise _wrong("format", f"There is no format {kind[:40]!r}.", f"Known: {', '.join(FORMATS)}.")
    return Wanted(
        limit=int(text),
        after=_after(query["cursor"]) if "cursor" in query else None,
        prefix=query.get("prefix", ""),
        match=query.get("match"),
        format=kind,
        ids=frozenset(ids),
    )


def entry_of(item: Item, content: ContentSystem, route: str) -> Entry:
    """How an item is shown. Its id and file name depend on its own id alone, so they outlive every change of it."""
    mark = short("content", content.name, item.id)
    return Entry(
        id=short("content", content.name, item.id, length=20),
        name=item.name,
        file_name=marked_file_name(item.name.rsplit("/", 1)[-1], mark),
        revision=item.revision,
        size=item.size,
        format=item.format,
        encoding=item.encoding,
        source_locale=content.source_locale,
        href=f"/content/v1/routes/{route}/items/{short('content', content.name, item.id, length=20)}/content",
    )


class _Listing(msgspec.Struct, frozen=True):
    until: float
    items: tuple[Item, ...]
    problems: dict[str, str]
    by_id: dict[str, Item]


class Listings:
    """Reads content systems for listings, each at most once at a time.

    Args:
        contents: content systems by name.
        clock: monotonic seconds.
    """

    def __init__(
        self, contents: Mapping[str, ContentSystem], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._contents = contents
        self._clock = clock
        self._known: dict[str, _Listing] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def page(self, content: str, route: str, asked: Wanted) -> Page:
        """One page.

        Raises:
            WordferryError: the content system cannot be read.
        """
        listing = await self._read(content)
        system = self._contents[content]
        entries = (entry_of(item, system, route) for item in listing.items)
        matching = [entry for entry in entries if asked.takes(entry)]
        # A keyset, not an offset: items that come and go between two pages neither double nor hide others.
        rest = (
            matching
            if asked.after is None
            else matching[bisect.bisect_right(matching, asked.after, key=lambda entry: entry.name) :]
        )
        shown = rest[: asked.limit]
        return Page(
            items=tuple(shown),
            total=len(matching),
            next=_cursor(shown[-1].name) if len(rest) > len(shown) else None,
            problems=listing.problems if asked.after is None and not asked.ids else {},
        )

    async def item(self, content: str, id: str) -> Item | None:
        """The item of an id; a listing that is not quite fresh is read again before it says no."""
        found = (await self._read(content)).by_id.get(id)
        if found is None:
            found = (await self._read(content, anew=True)).by_id.get(id)
        return found

    async def _read(self, content: str, *, anew: bool = False) -> _Listing:
        async with self._turns.setdefault(content, asyncio.Lock()):
            known = self._known.get(content)
            now = self._clock()
            # Somebody who guesses ids must not make us read everything each time.
            if known is not None and now < known.until - (FRESH - 1.0 if anew else 0.0):
                return known
            items: list[Item] = []
            problems: dict[str, str] = {}
            async for found in self._contents[content].items():
                if isinstance(found, Item):
                    items.append(found)
                else:
                    problems[found.id] = found.error
            items.sort(key=lambda item: item.name)
            by_id = {
                short("content", self._contents[content].name, item.id, length=20): item for item in items
            }
            listing = _Listing(self._clock() + FRESH, tuple(items), problems, by_id)
            self._known[content] = listing
            return listing


def _cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _after(cursor: str) -> str:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return raw.decode("utf-8", "surrogatepass")
    except (binascii.Error, ValueError) as error:
        raise _wrong("cursor", "'cursor' is not one of ours.", "Take `next` of the page before.") from error


def _wrong(parameter: str, detail: str, next: str = "") -> Problem:
    facts: dict[str, Any] = {"parameter": parameter}
    return Problem(422, detail, next=next, **facts)
