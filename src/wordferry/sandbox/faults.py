"""Faults by rule: which call, how often, what goes wrong.

Whether a rule strikes depends on the seed, the rule, the operation, the object and how often that
object was called, never on time or on the order of different objects' calls: a run replays the same.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import msgspec

BEFORE = "before"
AFTER = "after"
AROUND = "around"
EVENT = "event"
ATTEMPT = "attempt"
CALL = "call"

# kind -> when it strikes, relative to the work the call asks for
KINDS: dict[str, str] = {
    "429": BEFORE,
    "500": BEFORE,
    "502": BEFORE,
    "503": BEFORE,
    "html": BEFORE,
    "dropped": BEFORE,
    "lost": AFTER,
    "reset": AFTER,
    "truncate": AFTER,
    "encoding": AFTER,
    "late": AROUND,
    "slow": AROUND,
    "stale": AROUND,
    "lost_event": EVENT,
    "duplicate_event": EVENT,
    "empty_event": EVENT,
    "late_event": EVENT,
    "reorder_event": EVENT,
    "unreachable_event": ATTEMPT,
}

# These must not outlast the time after which a client may trust what it sees.
BOUNDED = frozenset({"late", "stale", "late_event"})
_SLOW_SECONDS = 2.0


class FaultRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    Args:
        kind: a key of `KINDS`.
        operation: glob over operation names; events are the operations `callback`, `webhook` and `listener`.
        object: glob over the call's object.
        count: strike at most so many times; null means without end.
        after: let so many fitting calls pass first.
        each_object: count `count` and `after` for each object by itself instead of over all.
        probability: share of the fitting calls that are struck, 0 to 1.
        status: HTTP status for `html` (default 500), and for `lost` to answer with an error page
            instead of closing the connection.
        retry_after: value of a `Retry-After` header on 429 and 503, sent as it is, however odd.
        ratelimit_headers: whether a 429 carries `ratelimit-limit` and `ratelimit-remaining`
            (the vendor's sign of the concurrency cap).
        seconds: for `slow`: virtual seconds before the work; for `late`: virtual seconds until the work
            is done after the connection was closed; for `stale`: how old the view is; for `late_event`: how late it
            comes. Null draws it from the seed, at most the sandbox's `settle_seconds` (`slow`: 2 s).
        encoding: for `encoding`: what text in UTF-8 is turned into.
    """

    kind: str
    operation: str = "*"
    object: str = "*"
    count: int | None = None
    after: int = 0
    each_object: bool = False
    probability: float = 1.0
    status: int | None = None
    retry_after: str | None = None
    ratelimit_headers: bool = False
    seconds: float | None = None
    encoding: str = "utf-16"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; known kinds: {', '.join(KINDS)}")
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability must be between 0 and 1, not {self.probability}")
        if self.kind == "html" and self.status is not None and not 200 <= self.status <= 599:
            raise ValueError(f"an HTTP status is between 200 and 599, not {self.status}")
        if self.seconds is not None and not 0.0 <= self.seconds < math.inf:
            raise ValueError(f"seconds must be a number from 0, not {self.seconds}")
        for name, least in (("count", 0), ("after", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"{name} must not be negative, but is {value}")
        if self.retry_after is not None and not self.retry_after.isprintable():
            raise ValueError("retry_after goes into a header: it must not have line ends")
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise ValueError(str(error)) from error


class _Entry:
    __slots__ = ("number", "rule", "seen", "struck", "total")

    def __init__(self, number: int, rule: FaultRule) -> None:
        self.number = number
        self.rule = rule
        self.seen: Counter[tuple[str, str]] = Counter()
        self.struck: Counter[str] = Counter()
        self.total = 0


class FaultBook:
    """The rules in force.

    Args:
        seed: the sandbox's seed.
        settle: virtual seconds after which nothing may still be stale or under way.
    """

    def __init__(self, seed: int, *, settle: float = 60.0) -> None:
        self._seed = seed
        self.settle = settle
        self._entries: list[_Entry] = []
        self._numbers = 0

    def add(self, kind: str, **fields: Any) -> int:
        """Add a rule and return its number.

        Args:
            kind: a key of `KINDS`.
            fields: the other fields of `FaultRule`.

        Raises:
            ValueError: for an unknown kind or an impossible value.
        """
        return self.add_rule(FaultRule(kind=kind, **fields))

    def add_rule(self, rule: FaultRule) -> int:
        """Add a rule and return its number.

        Raises:
            ValueError: when what it delays outlasts `settle`.
        """
        if rule.kind in BOUNDED and (rule.seconds or 0.0) > self.settle:
            raise ValueError(
                f"{rule.kind} for {rule.seconds:g} s is longer than settle_seconds, which is {self.settle:g}"
            )
        self._numbers += 1
        self._entries.append(_Entry(self._numbers, rule))
        return self._numbers

    def remove(self, number: int) -> bool:
        """Remove one rule; whether it was there."""
        before = len(self._entries)
        self._entries = [entry for entry in self._entries if entry.number != number]
        return len(self._entries) < before

    def clear(self) -> None:
        """Remove all rules."""
        self._entries.clear()

    def listing(self) -> list[dict[str, Any]]:
        """The rules with their numbers and how often each has struck."""
        return [
            {"number": entry.number, "struck": sum(entry.struck.values()), **msgspec.to_builtins(entry.rule)}
            for entry in self._entries
        ]

    def strike(self, operation: str, about: str, *, phase: str = CALL) -> FaultRule | None:
        """The rule that strikes this call, if any: the first in order of adding.

        Args:
            operation: name of the call or of the message.
            about: its object.
            phase: `CALL`, or `EVENT` for a message to a client, or `ATTEMPT` for one try to send it.
        """
        for entry in self._entries:
            rule = entry.rule
            moment = KINDS[rule.kind]
            if (moment if moment in (EVENT, ATTEMPT) else CALL) != phase:
                continue
            if not fnmatchcase(operation, rule.operation) or not fnmatchcase(about, rule.object):
                continue
            entry.seen[operation, about] += 1
            nth = entry.seen[operation, about]
            entry.total += 1
            passed = nth if rule.each_object else entry.total
            if passed <= rule.after:
                continue
            scope = about if rule.each_object else ""
            if rule.count is not None and entry.struck[scope] >= rule.count:
                continue
            if rule.probability < 1.0 and self._draw(entry.number, operation, about, nth) >= rule.probability:
                continue
            entry.struck[scope] += 1
            return rule
        return None

    def seconds(self, rule: FaultRule, operation: str, about: str) -> float:
        """How long a struck call is held: as the rule says, or drawn from the seed."""
        if rule.seconds is not None:
            return rule.seconds
        most = _SLOW_SECONDS if rule.kind == "slow" else self.settle
        nth = sum(entry.seen[operation, about] for entry in self._entries if entry.rule is rule)
        return round(most * self._draw(-1, operation, f"{rule.kind}/{about}", nth), 3)

    def _draw(self, number: int, operation: str, about: str, nth: int) -> float:
        text = f"{self._seed}\x00{number}\x00{operation}\x00{about}\x00{nth}"
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64
