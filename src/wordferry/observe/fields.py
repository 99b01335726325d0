"""The fields of the Phrase guide's logging table, carried through a task by a context variable.

Every vendor call and every change of state logs all of them; a field that does not apply is null, never absent,
so that a log query never has to guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

#: Name in the log → what it ties together. Source: Phrase guide "Full Integration Workflow" §8.
FIELDS: dict[str, str] = {
    "timestamp": "when, UTC, ISO 8601",
    "requestId": "one HTTP call (the vendor's id when it sent one, else ours)",
    "correlationId": "one translation or batch from plan to receipt",
    "projectUid": "the vendor's project or job group",
    "jobUid": "the vendor's job or request",
    "asyncRequestId": "the vendor's asynchronous request",
    "pluginInstanceId": "this installation",
    "endpoint": "path template of the call",
    "method": "HTTP method",
    "statusCode": "HTTP status of the answer",
    "durationMs": "time from sending to the end of the answer, milliseconds",
}

_EMPTY: dict[str, Any] = {name: None for name in FIELDS if name != "timestamp"}
_bound: ContextVar[dict[str, Any]] = ContextVar("wordferry_fields", default=_EMPTY)
_KNOWN = {
    "correlation": "correlationId",
    "project": "projectUid",
    "job": "jobUid",
    "async_request": "asyncRequestId",
    "installation": "pluginInstanceId",
}


def fields() -> dict[str, Any]:
    """The fields bound in this task, all names present."""
    return _bound.get()


@contextmanager
def bind(**values: str | None) -> Iterator[None]:
    """Bind `correlation`, `project`, `job`, `async_request` or `installation` for the calls made inside."""
    token = _bound.set(_bound.get() | {_KNOWN[name]: value for name, value in values.items()})
    try:
        yield
    finally:
        with suppress(
            ValueError
        ):  # closed from another context, as when a loop is torn down: nothing to undo there
            _bound.reset(token)
