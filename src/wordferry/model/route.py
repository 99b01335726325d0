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
        calm: seconds between two looks while the vendor's events come in their usual rhythm.
    """

    first: float = 5.0
    longest: float = 900.0
    calm: float = 3600.0

    def again(self, times: int, *, first: float | None = None) -> float:
        """Seconds until something that failed `times` times is tried again: doubled each time, never above `longest`.

        Args:
            times: failures before this one.
            first: seconds after the first failure; the connection's own when left out.
        """
        # The power is bounded: after two weeks of failures 2.0 ** n would be no number any more.
        return min((self.first if first is None else first) * 2.0 ** min(times, 60), self.longest)
