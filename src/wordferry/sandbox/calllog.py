"""What was called: the last calls one by one, and counters that never forget."""

from __future__ import annotations

from collections import Counter, deque
from fnmatch import fnmatchcase
from typing import Any

import msgspec


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the referee and the tests see it; never a token, never content.

    Args:
        n: number of the call, in order of arrival.
        nth: the how-manyth call of this operation on this object it is.
        at: virtual seconds since the sandbox started, at arrival.
        operation: the sandbox's name of the call, for example `create_job`.
        method: HTTP method.
        path: path without the query.
        query: the query string.
        object: what the call is about, for example a project's name or a job's uid.
        status: HTTP status of the work, even when the answer was lost; 0 when nothing was done.
        fault: kind of the fault played on it, or null.
        facts: what the request said, for example file name, locales and the body's SHA-256.
    """

    n: int
    nth: int
    at: float
    operation: str
    method: str
    path: str
    query: str
    object: str
    status: int
    fault: str | None
    facts: dict[str, Any]


class CallLog:
    """The calls of one sandbox.

    Args:
        kept: how many calls to remember one by one.
    """

    def __init__(self, *, kept: int) -> None:
        self._records: deque[CallRecord] = deque(maxlen=kept)
        self.by_operation: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.by_fault: Counter[str] = Counter()
        self.mutating = 0
        self.total = 0
        self._numbers = 0
        self._nth: Counter[tuple[str, str]] = Counter()

    def number(self) -> int:
        """The next call's number."""
        self._numbers += 1
        return self._numbers

    def nth(self, operation: str, about: str) -> int:
        """The how-manyth call of this operation on this object now ends."""
        self._nth[operation, about] += 1
        return self._nth[operation, about]

    def add(self, record: CallRecord, *, mutating: bool) -> None:
        """Remember a finished call."""
        self._records.append(record)
        self.total += 1
        self.by_operation[record.operation] += 1
        self.by_status[record.status] += 1
        if record.fault is not None:
            self.by_fault[record.fault] += 1
        if mutating:
            self.mutating += 1

    def records(
        self,
        *,
        operation: str = "*",
        about: str = "*",
        status: int | None = None,
        fault: str | None = None,
        after: int = 0,
    ) -> list[CallRecord]:
        """The remembered calls that fit, by number.

        Args:
            operation: glob over operation names.
            about: glob over objects.
            status: only this HTTP status.
            fault: only this fault kind; `*` means any fault.
            after: only calls with a greater number.
        """
        fitting = [
            record
            for record in self._records
            if record.n > after
            and fnmatchcase(record.operation, operation)
            and (about == "*" or fnmatchcase(record.object, about))
            and (status is None or record.status == status)
            and (fault is None or (record.fault is not None and fnmatchcase(record.fault, fault)))
        ]
        return sorted(fitting, key=lambda record: record.n)

    def canonical(self) -> list[dict[str, Any]]:
        """The remembered calls in an order that does not depend on how concurrent calls interleaved.

        Sorted by virtual time, operation, object and the how-manyth call on it; without the number of arrival. With a
        frozen clock and the same seed, a run that is repeated gives the same list.
        """
        shown = [msgspec.to_builtins(record) for record in self._records]
        for entry in shown:
            del entry["n"]
        return sorted(
            shown,
            key=lambda entry: (entry["at"], entry["operation"], entry["object"], entry["nth"], entry["path"]),
        )

    def canonical_text(self) -> str:
        """The canonical log, one JSON object with sorted keys for each line."""
        lines = [msgspec.json.encode(entry, order="sorted").decode() for entry in self.canonical()]
        return "".join(f"{line}\n" for line in lines)
