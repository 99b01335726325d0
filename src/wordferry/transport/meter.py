"""What each call leaves behind: one log event with the guide's fields, one counter, one duration.

With logging off it must cost next to nothing: fields are gathered from what is at hand, metric children are kept.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from wordferry.observe import event, fields
from wordferry.transport.endpoint import Call

__all__ = ["Meter", "Passage"]

#: Path parameters that are fields of the log.
_IDS = ("projectUid", "jobUid", "asyncRequestId")
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


class Passage(msgspec.Struct):
    """One attempt, from sending to the end of its answer.

    Args:
        outcome: `ok`, or the name of the error it would end as.
        request_id: the vendor's id when it sent one, else ours.
        status: HTTP status, when an answer came.
        seconds: how long it took.
        reason: why it has no answer.
    """

    outcome: str = "ok"
    request_id: str = ""
    status: int | None = None
    seconds: float = 0.0
    reason: str | None = None


@cache
def _metrics() -> tuple[Any, Any]:
    # Imported here: it costs 100 ms, and a process that makes no call should not pay.
    from prometheus_client import Counter, Histogram

    calls = Counter("wordferry_calls", "Calls to a vendor, each attempt.", ("vendor", "operation", "outcome"))
    seconds = Histogram(
        "wordferry_call_seconds",
        "Time of a call from sending to the end of its answer.",
        ("vendor", "operation"),
        buckets=_BUCKETS,
    )
    return calls, seconds


class Meter:
    """Record the calls made to one vendor.

    Args:
        vendor: lower-case name, the label of the metrics.
    """

    def __init__(self, vendor: str) -> None:
        self._vendor = vendor
        self._counted: dict[tuple[str, str], Any] = {}
        self._timed: dict[str, Any] = {}

    def record(self, call: Call[Any], passage: Passage) -> None:
        """Log and count one attempt."""
        endpoint = call.endpoint
        name, outcome = endpoint.name, passage.outcome
        counted = self._counted.get((name, outcome))
        if counted is None:
            counted = self._counted[name, outcome] = _metrics()[0].labels(self._vendor, name, outcome)
        counted.inc()
        timed = self._timed.get(name)
        if timed is None:
            timed = self._timed[name] = _metrics()[1].labels(self._vendor, name)
        timed.observe(passage.seconds)
        bound = fields()
        own = {key: call.params[key] for key in _IDS if key in call.params and bound.get(key) is None}
        event(
            "call",
            level="info" if outcome == "ok" else "warning",
            requestId=passage.request_id,
            endpoint=endpoint.path,
            method=endpoint.method,
            statusCode=passage.status,
            durationMs=round(passage.seconds * 1000, 3),
            vendor=self._vendor,
            operation=name,
            outcome=outcome,
            reason=passage.reason,
            **own,
        )
