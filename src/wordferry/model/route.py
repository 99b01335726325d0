"""A route joins one content system to one TMS connection."""

from __future__ import annotations

from typing import Any

import msgspec

from wordferry.model.locales import LocaleMap

__all__ = ["Pace", "Route"]


class Route(msgspec.Struct, frozen=True):
    """One route, as configured.

    Attributes:
        name: its name.
        content: name of the content system.
        connection: name of the TMS connection.
        variant: `canonical`, `live` or `continuous`.
        settings: the `[route.….on.…]` table of the connection, checked by its vendor.
        locales: ours ⇄ the vendor's.
        source_locale: the source language as the vendor calls it.
    """

    name: str
    content: str
    connection: str
    variant: str
    settings: dict[str, Any]
    locales: LocaleMap
    source_locale: str


class Pace(msgspec.Struct, frozen=True):
    """How often a connection is asked.

    Attributes:
        first: seconds until the first look after something changed.
        longest: seconds between two looks at most.
    """

    first: float = 5.0
    longest: float = 900.0
