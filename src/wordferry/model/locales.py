"""The explicit locale map of a route: ours ⇄ the vendor's, verbatim, both ways.

Never a normalised tag: normalising merges 16 groups of distinct Phrase codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wordferry.errors import NeedsOperator

__all__ = ["LocaleMap"]


class LocaleMap:
    """A two-way table of locale codes.

    Args:
        table: our code → the vendor's code.
        where: the setting it comes from, for error texts.

    Raises:
        NeedsOperator: two of our locales share one vendor code, or a code is empty.
    """

    def __init__(self, table: Mapping[str, str], *, where: str = "locales") -> None:
        self._out = dict(table)
        self._home: dict[str, str] = {}
        for ours, theirs in table.items():
            if not ours or not theirs:
                raise NeedsOperator("a locale code is empty.", object=where, next="Give both codes.")
            if theirs in self._home:
                raise NeedsOperator(
                    f"both {self._home[theirs]!r} and {ours!r} are mapped to {theirs!r}.",
                    object=where,
                    next="Give each of your locales its own code at the TMS.",
                )
            self._home[theirs] = ours
        self._where = where

    def __iter__(self) -> Iterator[str]:
        return iter(self._out)

    def __len__(self) -> int:
        return len(self._out)

    def to_vendor(self, ours: str) -> str:
        """The vendor's code for one of ours.

        Raises:
            NeedsOperator: the locale is not in the map.
        """
        try:
            return self._out[ours]
        except KeyError:
            raise NeedsOperator(
                f"the locale {ours!r} is not in the map.", object=self._where, next="Add it to the map."
            ) from None

    def to_ours(self, theirs: str) -> str | None:
        """Our code for one of the vendor's; None when it is not in the map."""
        return self._home.get(theirs)

    def table(self) -> dict[str, str]:
        """A copy of the table, ours → theirs."""
        return dict(self._out)
