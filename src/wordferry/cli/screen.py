"""The terminal: one Rich console, and the few forms that output takes. Loaded only when something is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wordferry.cli.wording import plain
from wordferry.model.states import State

__all__ = ["COLOURS", "Screen", "columns", "row", "text"]

#: Grey has not left, yellow is at the TMS, cyan comes home, green is home, red needs somebody.
COLOURS: dict[State, str] = {
    State.PLANNED: "bright_black",
    State.SUBMITTED: "yellow",
    State.TRANSLATING: "yellow",
    State.REWORK: "yellow",
    State.TRANSLATED: "cyan",
    State.EXPORTING: "cyan",
    State.DELIVERING: "cyan",
    State.DELIVERED: "green",
    State.SUPERSEDED: "bright_black",
    State.CANCELLED: "bright_black",
    State.DECLINED: "red",
    State.HELD: "red",
    State.FAILED: "red",
}


class Screen(Console):
    """Standard output as a Rich console without markup; colour only on terminals, never with NO_COLOR.

    A reader that goes away is an error for `main` to tell, not for Rich to hide.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **settings)

    def on_broken_pipe(self) -> NoReturn:
        """Raise what the pipe raised."""
        error = sys.exc_info()[1]
        raise BrokenPipeError from error


def text(*parts: str | tuple[str, str]) -> Text:
    """A line of parts, each plain or with a style; names from outside cannot steer the terminal."""
    return Text.assemble(
        *(plain(part) if isinstance(part, str) else (plain(part[0]), part[1]) for part in parts)
    )


def row(*cells: str | Text, margins: Sequence[int]) -> Table:
    """One row of a list: cells of fixed width after a margin, the last one takes the rest and wraps below itself.

    Args:
        cells: what to show.
        margins: spaces at the left, then the width of each cell but the last.
    """
    table = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    left, *widths = margins
    if left:
        table.add_column(width=left - 1)
    for width in widths:
        table.add_column(width=width, overflow="fold")
    table.add_column(overflow="fold")
    shown = [cell if isinstance(cell, Text) else Text(plain(cell)) for cell in cells]
    table.add_row(*([Text()] if left else []), *shown)
    return table


def columns(
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Text]],
    *,
    right: Iterable[str] = (),
    wide: str | None = None,
    total: bool = False,
) -> Table:
    """A table without lines around it.

    Args:
        heads: one heading per column.
        rows: their cells.
        right: headings of columns of numbers.
        wide: heading of the column that takes what room is left, folding its text.
        total: whether the last row is a sum.
    """
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="bold",
        show_footer=False,
    )
    aligned = frozenset(right)
    for head in heads:
        table.add_column(
            head,
            justify="right" if head in aligned else "left",
            no_wrap=head != wide,
            overflow="fold",
            ratio=1 if head == wide else None,
        )
    all_rows = list(rows)
    for number, row in enumerate(all_rows):
        last = total and number == len(all_rows) - 1
        cells = [cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row]
        table.add_row(*cells, style="bold" if last else None)
    return table
