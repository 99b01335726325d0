"""What a benchmark answers: tables of figures and goals that are met or not."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import msgspec

__all__ = ["Answer", "Goal", "Table", "middle", "spread"]


class Goal(msgspec.Struct, frozen=True):
    """A promise: the measured value has to stay below the limit.

    Args:
        text: what was promised.
        measured: the figure of this run.
        limit: the highest that keeps the promise.
        unit: `×`, `s`, `MB`, `%` …
    """

    text: str
    measured: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        return self.measured <= self.limit

    def __str__(self) -> str:
        verdict = "met" if self.met else "NOT met"
        return f"{verdict}: {self.text}: {figure(self.measured)} {self.unit} (goal {figure(self.limit)} {self.unit})"


class Table(msgspec.Struct, frozen=True):
    """Rows of figures; the first column names the contestant."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float]]

    def __str__(self) -> str:
        cells = [list(self.columns), *([figure(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in cells
        ]
        return "\n".join([self.title, lines[0], "-" * len(lines[0]), *lines[1:]])


class Answer(msgspec.Struct, frozen=True):
    """What one benchmark found out."""

    question: str
    tables: Sequence[Table] = ()
    goals: Sequence[Goal] = ()
    remarks: Sequence[str] = ()


def figure(value: str | float) -> str:
    """Three digits that say something."""
    if isinstance(value, str):
        return value
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def middle(values: Sequence[float]) -> float:
    """The median: a burst of other work on the machine does not move it."""
    return median(values)


def spread(values: Sequence[float]) -> str:
    """Smallest and largest, so that a reader sees how far a median may be trusted."""
    return f"{figure(min(values))}–{figure(max(values))}"
