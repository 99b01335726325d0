"""The vendor's pages: `pageNumber` from 0, `pageSize` from 1 to 50."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from wordferry.sandbox.phrase.errors import invalid
from wordferry.sandbox.phrase.values import query_int

LARGEST = 50

T = TypeVar("T")


def page(
    query: Mapping[str, Any],
    found: Sequence[T],
    *,
    show: Callable[[T], dict[str, Any]],
    orders: Sequence[tuple[str, str]] = (),
    counters_only: bool = False,
) -> dict[str, Any]:
    """One page of what was found.

    Args:
        query: the request's query, for `pageNumber` and `pageSize`.
        found: everything that fits, in order.
        show: renders one entry.
        orders: `(direction, property)` pairs for the `sort` field.
        counters_only: leave `content` out.

    Raises:
        PhraseError: 400 for a page size outside 1 to 50 or a negative page number; the text names the
            maximum the way clients of the vendor read it.
    """
    number = query_int(query, "pageNumber")
    size = query_int(query, "pageSize")
    number = 0 if number is None else number
    size = LARGEST if size is None else size
    if size > LARGEST:
        raise invalid(f"Invalid page size. Maximum value is: {LARGEST}", field="pageSize")
    if size < 1:
        raise invalid("Invalid page size. Minimum value is: 1", field="pageSize")
    if number < 0:
        raise invalid("Invalid page number. Minimum value is: 0", field="pageNumber")
    part = found[number * size : (number + 1) * size]
    counters: dict[str, Any] = {
        "totalElements": len(found),
        "totalPages": -(-len(found) // size),
        "pageSize": size,
        "pageNumber": number,
        "numberOfElements": len(part),
    }
    if counters_only:
        return counters
    counters["content"] = [show(entry) for entry in part]
    counters["sort"] = {"orders": [{"direction": d, "property": p} for d, p in orders]} if orders else None
    return counters
