"""How the Content API answers: objects with uncertain spelling, and collections with a cursor.

Names match whatever their case, unknown members stay in `more`, unknown words stay text: the vendor adds members in
minor versions, and its own pages differ in case from what clients see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from wordferry.transport import Answer as AnyAnswer
from wordferry.transport import any_json, tolerant

__all__ = ["Answer", "Page", "Step", "collection", "one", "one_or_none"]


class Answer(AnyAnswer, frozen=True, kw_only=True):
    """Base of everything the vendor sends: every field has a default.

    Args:
        more: what the vendor sent beyond the fields below, under its own names.
    """

    identity: ClassVar[str] = ""

    more: dict[str, Any] = {}

    def key(self) -> str | None:
        """The id of the object, by which a list knows that it has shown it before."""
        return getattr(self, self.identity, None)


A = TypeVar("A", bound=Answer)


class Step(msgspec.Struct, frozen=True):
    """A place in a collection: the first page, or what the page before named as next.

    Args:
        cursor: opaque; goes back as the parameter `next`, with all other parameters as before.
        link: address of the next page, for a page that names no cursor.
    """

    cursor: str | None = None
    link: str | None = None

    @property
    def only_link(self) -> str | None:
        """The link of a page that can be asked for in no other way."""
        return None if self.cursor else self.link


class Page(msgspec.Struct, Generic[A], frozen=True):
    """One page of a collection; `next` is None at its end."""

    items: tuple[A, ...] = ()
    next: Step | None = None


def one(kind: type[A]) -> Callable[[bytes], A]:
    """A decoder of one object. An answer without a body is an object that says nothing."""

    def read(body: bytes) -> A:
        return tolerant(kind, any_json(body)) if body.strip() else kind()

    return read


def one_or_none(kind: type[A]) -> Callable[[bytes], A | None]:
    """A decoder for calls that answer with the object or with nothing: deletes, acknowledgements, retries."""

    def read(body: bytes) -> A | None:
        return tolerant(kind, any_json(body)) if body.strip() else None

    return read


def collection(kind: type[A], name: str) -> Callable[[bytes], Page[A]]:
    """A decoder of one page of a collection.

    Args:
        kind: of its items.
        name: the key of the items below `_embedded`; another key is taken when it is missing, because not all of them
            are documented. An absent `_embedded` is an empty page.
    """

    def read(body: bytes) -> Page[A]:
        if not body.strip():
            return Page()
        value = any_json(body)
        found = value if isinstance(value, list) else _items(value, name)
        items = tuple(tolerant(kind, item) for item in found if isinstance(item, dict))
        return Page(items, _next(value) if isinstance(value, dict) else None)

    return read


def _items(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict):
        raise ValueError("not a collection")  # noqa: TRY004 - callers catch one class
    embedded = _member(value, "_embedded")
    holder = embedded if isinstance(embedded, dict) else value
    named = _member(holder, name)
    if isinstance(named, list):
        return named
    if isinstance(embedded, dict):
        return next((member for member in embedded.values() if isinstance(member, list)), [])
    return []


def _next(value: dict[str, Any]) -> Step | None:
    href: Any = value
    for name in ("_links", "next", "href"):
        href = _member(href, name) if isinstance(href, dict) else None
    link = href if isinstance(href, str) and href else None
    cursor = _member(value, "next")
    if not (isinstance(cursor, str) and cursor):
        cursor = _cursor(link) if link else None
    return Step(cursor, link) if cursor or link else None


def _cursor(link: str) -> str | None:
    for name, values in parse_qs(urlsplit(link).query).items():
        if name.lower() == "next":
            return values[0]
    return None


def _member(value: dict[str, Any], name: str) -> Any:
    if name in value:
        return value[name]
    return next((member for key, member in value.items() if key.lower() == name.lower()), None)
