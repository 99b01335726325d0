"""A route joins one content system to one TMS connection."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from wordferry.model.locales import LocaleMap

__all__ = ["Pace", "Route", "Watching"]


class Watching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[route.NAME.watch]`: how edits of a continuous route are noticed and gathered.

    Attributes:
        quiet: seconds without a further change until an item is sent.
        longest: seconds after the first change until it is sent, quiet or not.
        scan: seconds between two looks at everything, for changes that no event told.
        gone: what becomes of translations whose source is gone. `keep`: they stay, and what is under way comes home;
            `cancel`: work under way is stopped; `remove`: so it is, and delivered files are removed, unless a person
            changed them.
        grace: seconds for which a source has to be gone before that.
    """

    quiet: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    longest: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    scan: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    gone: Literal["keep", "cancel", "remove"] = "keep"
    grace: Annotated[float, msgspec.Meta(ge=0)] = 300.0


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
        watch: how its sources are watched.
    """

    name: str
    content: str
    connection: str
    variant: str
    settings: dict[str, Any]
    locales: LocaleMap
    source_locale: str
    watch: Watching = Watching()


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
