"""Conditions on jobs, built from Python and rendered in the vendor's grammar.

    (Job.status_code == "IN_TRANSLATION") & (Job.submitted_date < moment)
    where.status_code.eq("IN_TRANSLATION") & where.labels["env"].eq("prod")

Both write the same thing. Python binds `&` more tightly than `==`, so each comparison needs its parentheses; the
methods (`eq`, `lt` …) do not. What Python would misread raises at once. Everything compound is rendered in parentheses:
how the vendor ranks `not`, `and` and `or` is then of no consequence.

Source: Content API, "Query jobs that are active": operators, grouping, and the fields that are not supported.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from wordferry.errors import Refused

__all__ = [
    "HINT",
    "Comparable",
    "Compared",
    "Condition",
    "Filtering",
    "Joined",
    "Order",
    "Ordering",
    "Owed",
    "filter_text",
    "kind_of",
    "order_text",
]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
HINT = (
    "Write each comparison in parentheses, (Job.a == 1) & (Job.b == 2),"
    " or use the methods: where.a.eq(1) & where.b.eq(2)."
)


class Comparable(ABC):
    """What a comparison needs of a field."""

    name: str

    @abstractmethod
    def compare(self, word: str, value: Any) -> Condition:
        """The condition "field word value"."""

    @abstractmethod
    def read(self, job: Any) -> Any:
        """The field of a job."""

    @abstractmethod
    def ascending(self) -> Order:
        """Order by this field, smallest first."""


class Condition(ABC):
    """A condition on a job; combine with `&`, `|` and `~`."""

    @abstractmethod
    def render(self) -> str:
        """The condition in the vendor's grammar."""

    @abstractmethod
    def matches(self, job: Any) -> bool:
        """Whether a job meets the condition, judged here as the vendor is taken to judge it.

        A field that is empty, or a label of another type, meets `ne` only. Text compares exactly.
        """

    def __and__(self, other: Any) -> Condition:
        return Joined("and", (self, _condition(other)))

    def __or__(self, other: Any) -> Condition:
        return Joined("or", (self, _condition(other)))

    def __rand__(self, other: Any) -> Owed:
        return Owed(other, "and", self)

    def __ror__(self, other: Any) -> Owed:
        return Owed(other, "or", self)

    def __invert__(self) -> Condition:
        return Negated(self)

    def __bool__(self) -> NoReturn:
        raise Refused(
            "A condition is neither true nor false: use &, | and ~ instead of and, or and not.",
            object="filter",
            next=HINT,
        )

    def __repr__(self) -> str:
        return f"<filter {self.render()}>"


class Owed:
    """What Python makes of `"x" & (condition)` inside `field == "x" & (condition)`: it waits for its field."""

    def __init__(self, literal: Any, word: str, condition: Condition) -> None:
        self._literal = literal
        self._joins = [(word, condition)]

    def __and__(self, other: Any) -> Owed:
        self._joins.append(("and", _condition(other)))
        return self

    def __or__(self, other: Any) -> Owed:
        self._joins.append(("or", _condition(other)))
        return self

    def settle(self, field: Comparable, word: str) -> Condition:
        """The whole condition, now that the field is known."""
        condition = field.compare(word, self._literal)
        for joint, other in self._joins:
            condition = Joined(joint, (condition, other))
        return condition


class Joined(Condition):
    """Conditions that hold together, or one of which holds."""

    def __init__(self, word: str, parts: tuple[Condition, ...]) -> None:
        self.word = word
        flat: list[Condition] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, Joined) and part.word == word else (part,))
        self.parts: tuple[Condition, ...] = tuple(flat)

    def render(self) -> str:
        """See `Condition.render`."""
        return f" {self.word} ".join(
            f"({part.render()})" if isinstance(part, Joined | Negated) else part.render()
            for part in self.parts
        )

    def matches(self, job: Any) -> bool:
        """See `Condition.matches`."""
        return (all if self.word == "and" else any)(part.matches(job) for part in self.parts)


class Negated(Condition):
    """The opposite of a condition."""

    def __init__(self, part: Condition) -> None:
        self._part = part

    def render(self) -> str:
        """See `Condition.render`."""
        return f"not ({self._part.render()})"

    def matches(self, job: Any) -> bool:
        """See `Condition.matches`."""
        return not self._part.matches(job)


class Compared(Condition):
    """A field compared with a value."""

    def __init__(self, field: Comparable, word: str, value: Any) -> None:
        self._field = field
        self._word = word
        self._value = value

    def render(self) -> str:
        """See `Condition.render`."""
        return f"{self._field.name} {self._word} {_literal(self._value)}"

    def matches(self, job: Any) -> bool:
        """See `Condition.matches`."""
        found = self._field.read(job)
        if found is None or _family(found) is not _family(self._value):
            return self._word == "ne"
        return _COMPARE[self._word](found, self._value)


class Order(msgspec.Struct, frozen=True):
    """An order of jobs by one field."""

    field: str
    downwards: bool = False

    def render(self) -> str:
        """The order in the vendor's words."""
        return f"{self.field} {'desc' if self.downwards else 'asc'}"


# Type checkers read `Job.status_code == "x"` as a bool; a real one is refused.
Filtering = str | Condition | bool | None
Ordering = str | Order | Comparable | None


def filter_text(given: Filtering) -> str | None:
    """The parameter `filter`.

    Raises:
        Refused: it is neither; a plain True or False comes of comparing an instance instead of the class.
    """
    if given is None or isinstance(given, str):
        return given or None
    if isinstance(given, Condition):
        return given.render()
    raise Refused(f"A filter is a condition or text, not {kind_of(given)}.", object="filter", next=HINT)


def order_text(given: Ordering) -> str | None:
    """The parameter `orderBy`."""
    if isinstance(given, Comparable):
        return given.ascending().render()
    return given.render() if isinstance(given, Order) else given or None


def _condition(value: Any) -> Condition:
    if isinstance(value, Condition):
        return value
    raise Refused(
        f"A condition is joined with a condition, not with {kind_of(value)}.", object="filter", next=HINT
    )


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("'%Y-%m-%dT%H:%M:%S'")
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    # Never with an exponent: the grammar shows plain decimals only.
    return format(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), "f")


def _family(value: Any) -> type:
    # In Python True is a number; in labels it is not.
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float | Decimal):
        return float
    return datetime if isinstance(value, date) else type(value)


def kind_of(value: Any) -> str:
    """What a value is, in a word for an error."""
    return "a field" if isinstance(value, Comparable) else type(value).__name__
