"""Faults by rule: which call, how often, what goes wrong.

Whether a rule strikes depends on the seed, the rule, the operation, the object and how often that
object was called, never on time or on the order of different objects' calls: a run replays the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import msgspec

BEFORE = "before"
AFTER = "after"
AROUND = "around"
EVENT = "event"

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
    "late": AROUND,
    "slow": AROUND,
    "stale": AROUND,
    "lost_event": EVENT,
    "duplicate_event": EVENT,
}


class FaultRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    Args:
        kind: a key of `KINDS`.
        operation: glob over operation names; events are the operation `callback`.
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
            is done after the connection was closed; for `stale`: how old the view is.
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
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; known kinds: {', '.join(KINDS)}")
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability must be between 0 and 1, not {self.probability}")
        if self.kind == "html" and self.status is not None and not 200 <= self.status <= 599:
            raise ValueError(f"an HTTP status is between 200 and 599, not {self.status}")


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
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
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
        """Add a rule and return its number."""
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

    def strike(self, operation: str, about: str, *, events: bool = False) -> FaultRule | None:
        """The rule that strikes this call, if any: the first in order of adding."""
        for entry in self._entries:
            rule = entry.rule
            if (KINDS[rule.kind] == EVENT) is not events:
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

    def _draw(self, number: int, operation: str, about: str, nth: int) -> float:
        text = f"{self._seed}\x00{number}\x00{operation}\x00{about}\x00{nth}"
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64
