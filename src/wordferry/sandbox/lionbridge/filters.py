"""The `filter` grammar: text to a tree, and a tree to yes or no.

```
expr      := or
or        := and ( 'or' and )*
and       := not ( 'and' not )*
not       := 'not' not | primary
primary   := '(' expr ')' | field op literal
field     := jobField | 'labels.' key
op        := 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
literal   := 'text in single quotes, a quote doubled' | number | true | false
```

Keywords are taken in any case, for both `and` and `AND` occur in the vendor's own examples. `not` binds looser than a
comparison and tighter than `and`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from wordferry.sandbox.lionbridge.values import moment

TEXT, FLAG, DATE = "text", "flag", "date"

# What can be compared, and as what. The vendor bars the fields in `BARRED` by name.
FIELDS: dict[str, str] = {
    "activityDate": DATE,
    "aggregateRequests": TEXT,
    "archiveStatus": TEXT,
    "connectorName": TEXT,
    "connectorVersion": TEXT,
    "createdDate": DATE,
    "creatorId": TEXT,
    "customData": TEXT,
    "dueDate": DATE,
    "estimatedArchivalDate": DATE,
    "globalTrackingId": TEXT,
    "hasError": FLAG,
    "jobId": TEXT,
    "jobName": TEXT,
    "modifiedDate": DATE,
    "poReference": TEXT,
    "providerId": TEXT,
    "providerReference": TEXT,
    "serviceType": TEXT,
    "shouldQuote": FLAG,
    "siteId": TEXT,
    "statusCode": TEXT,
    "submittedDate": DATE,
    "submitterId": TEXT,
}
BARRED = frozenset({"description", "latestErrorMessage", "archived", "extendedMetadata", "requestStats"})
_BY_LOWER = {name.lower(): name for name in (*FIELDS, *BARRED)}
LABELS = "labels."
OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le")
# Nesting beyond this is refused rather than recursed into.
_DEEPEST = 100
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\))
        | (?P<text>'(?:[^']|'')*'(?!'))
        | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
        | (?P<word>[^\W\d][\w.\-]*)
    )""",
    re.VERBOSE,
)


class FilterError(ValueError):
    """The filter cannot be used.

    Args:
        reason: what is wrong.
        position: where, as the number of characters before it.
    """

    def __init__(self, reason: str, *, position: int) -> None:
        super().__init__(f"{reason} (at position {position})")
        self.reason = reason
        self.position = position


class Comparison(msgspec.Struct, frozen=True, tag=True):
    """One field against one literal; dates are epoch seconds."""

    field: str
    operator: str
    value: str | bool | float


class Not(msgspec.Struct, frozen=True, tag=True):
    """The opposite."""

    of: Node


class And(msgspec.Struct, frozen=True, tag=True):
    """All of them."""

    parts: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """Any of them."""

    parts: tuple[Node, ...]


Node = Comparison | Not | And | Or


class _Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    at: int


def _tokens(source: str) -> list[_Token]:
    found = []
    at = 0
    end = len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None:
            start = at + len(source[at:]) - len(source[at:].lstrip())
            reason = f"unexpected character {source[start]!r}"
            if source[start] == "'":
                reason = "the text is not closed by a quote"
            # What stands before it may be wrong too, and is told first.
            found.append(_Token("bad", reason, start))
            return found
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    found.append(_Token("end", "", end))
    return found


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._peek().kind == "end":
            raise FilterError("the filter is empty", position=0)
        node = self._or()
        token = self._peek()
        if token.kind != "end":
            raise FilterError(f"expected 'and', 'or' or the end, found {token.text!r}", position=token.at)
        return node

    def _peek(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind == "bad":
            raise FilterError(token.text, position=token.at)
        return token

    def _take(self) -> _Token:
        token = self._peek()
        self._next += token.kind != "end"
        return token

    def _word(self, word: str) -> bool:
        token = self._peek()
        if token.kind == "word" and token.text.lower() == word:
            self._next += 1
            return True
        return False

    def _or(self) -> Node:
        parts = [self._and()]
        while self._word("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._word("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        start = self._peek().at
        if self._word("not"):
            self._deeper(start)
            node = Not(self._not())
            self._depth -= 1
            return node
        return self._primary()

    def _deeper(self, at: int) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FilterError("the filter is nested too deeply", position=at)

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "open":
            self._deeper(token.at)
            node = self._or()
            self._depth -= 1
            closing = self._take()
            if closing.kind != "close":
                raise FilterError("expected ')'", position=closing.at)
            return node
        if token.kind != "word":
            raise FilterError(f"expected a field, found {token.text or 'the end'!r}", position=token.at)
        field = field_name(token.text, position=token.at)
        operator = self._take()
        if operator.kind != "word" or operator.text.lower() not in OPERATORS:
            raise FilterError(
                f"expected one of {', '.join(OPERATORS)}, found {operator.text or 'the end'!r}",
                position=operator.at,
            )
        return _comparison(field, operator.text.lower(), self._take(), at=operator.at)


def field_name(text: str, *, position: int = 0) -> str:
    """The field's own spelling.

    Raises:
        FilterError: it is unknown, or the vendor bars it from filters and ordering.
    """
    if text.lower().startswith(LABELS):
        key = text[len(LABELS) :]
        if not key:
            raise FilterError("the name of the label is missing", position=position)
        return LABELS + key
    name = _BY_LOWER.get(text.lower())
    if name is None:
        raise FilterError(f"unknown field {text!r}", position=position)
    if name in BARRED:
        raise FilterError(f"field {name!r} cannot be used", position=position)
    return name


def _comparison(field: str, operator: str, literal: _Token, *, at: int) -> Comparison:
    value = _literal(literal)
    kind = None if field.startswith(LABELS) else FIELDS[field]
    if kind == FLAG:
        if not isinstance(value, bool):
            raise FilterError(f"field {field!r} is compared with true or false", position=literal.at)
        if operator not in ("eq", "ne"):
            raise FilterError(f"{operator!r} has no meaning for true and false", position=at)
    elif kind is not None and not isinstance(value, str):
        raise FilterError(f"field {field!r} is compared with text in single quotes", position=literal.at)
    elif kind == DATE:
        found = moment(str(value))
        if found is None:
            raise FilterError(f"{value!r} is not a date", position=literal.at)
        value = found
    elif kind is None and isinstance(value, bool):
        raise FilterError("a label is compared with text or a number", position=literal.at)
    return Comparison(field, operator, value)


def _literal(token: _Token) -> str | bool | float:
    if token.kind == "text":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "number":
        try:
            value = float(Decimal(token.text))
        except (InvalidOperation, OverflowError):
            value = float("inf")
        if value in (float("inf"), float("-inf")):
            raise FilterError("the number is too large", position=token.at)
        return value
    if token.kind == "word" and token.text.lower() in ("true", "false"):
        return token.text.lower() == "true"
    found = token.text or "the end"
    raise FilterError(f"expected a value, found {found!r}", position=token.at)


def parse(source: str) -> Node:
    """The tree of a filter.

    Args:
        source: the value of the query parameter, decoded.

    Raises:
        FilterError: with position and reason.
    """
    return _Parser(source).whole()


def matches(
    node: Node, lookup: Callable[[str], Any], *, case_sensitive: bool = True, null_ne: bool = True
) -> bool:
    """Whether an object fits.

    Args:
        node: the tree.
        lookup: the value of a field: text, bool, number or None; dates as epoch seconds or as text.
        case_sensitive: how text is compared.
        null_ne: whether `ne` is true for a field without value.
    """
    if isinstance(node, Comparison):
        return _compare(node, lookup(node.field), case_sensitive=case_sensitive, null_ne=null_ne)
    if isinstance(node, Not):
        return not matches(node.of, lookup, case_sensitive=case_sensitive, null_ne=null_ne)
    results = (matches(part, lookup, case_sensitive=case_sensitive, null_ne=null_ne) for part in node.parts)
    return all(results) if isinstance(node, And) else any(results)


def _compare(node: Comparison, value: Any, *, case_sensitive: bool, null_ne: bool) -> bool:
    wanted: Any = node.value
    operator = node.operator
    if isinstance(value, str) and FIELDS.get(node.field) == DATE:
        value = moment(value)
    if value is None:
        return operator == "ne" and null_ne
    if _kind(value) != _kind(wanted):
        return operator == "ne"
    if isinstance(value, str) and not case_sensitive:
        value, wanted = value.casefold(), wanted.casefold()
    return _COMPARE[operator](value, wanted)


def _kind(value: Any) -> type:
    if isinstance(value, bool):
        return bool
    return str if isinstance(value, str) else float


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: bool(value == wanted),
    "ne": lambda value, wanted: bool(value != wanted),
    "gt": lambda value, wanted: bool(value > wanted),
    "ge": lambda value, wanted: bool(value >= wanted),
    "lt": lambda value, wanted: bool(value < wanted),
    "le": lambda value, wanted: bool(value <= wanted),
}
