"""What each call leaves behind: one log event with the guide's fields, one count, one duration.

It must cost next to nothing. So counts are plain numbers here and become Prometheus metrics when somebody asks:
a labelled counter and a histogram of the library cost more per call than building the request.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Any
from weakref import WeakSet

import msgspec

from wordferry.observe import event, fields
from wordferry.transport.endpoint import Call

__all__ = ["BUCKETS", "Meter", "Passage", "register_metrics"]

#: Path parameters, as the vendors name them, that are fields of the log.
_IDS = {
    "projectUid": "projectUid",
    "jobUid": "jobUid",
    "jobPartUid": "jobUid",
    "asyncRequestId": "asyncRequestId",
    "jobId": "projectUid",
    "requestId": "jobUid",
}
_QUIET = frozenset({"ok", "renewed"})
#: Upper ends of the duration buckets, seconds.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


class Passage(msgspec.Struct):
    """One attempt, from sending to the end of its answer.

    Args:
        outcome: `ok`, the name of the error it would end as, `renewed` (a 401 that leads to a new token), or
            `abandoned` (the reader of a stream gave up).
        request_id: the vendor's id when it sent one, else ours.
        status: HTTP status, when an answer came.
        seconds: how long it took.
        reason: why it has no answer, or the vendor's error code.
        started: the vendor's id of the asynchronous work that the answer named.
    """

    outcome: str = "ok"
    request_id: str = ""
    status: int | None = None
    seconds: float = 0.0
    reason: str | None = None
    started: str | None = None


class _Tally:
    """Counts of one operation of one vendor in this process."""

    __slots__ = ("outcomes", "seconds", "spread")

    def __init__(self) -> None:
        self.outcomes: dict[str, int] = {}
        self.seconds = 0.0
        self.spread = [0] * (len(BUCKETS) + 1)


_tallies: dict[tuple[str, str], _Tally] = {}
_registered: WeakSet[Any] = WeakSet()


class Meter:
    """Record the calls made to one vendor.

    Args:
        vendor: lower-case name, the label of the metrics.
    """

    def __init__(self, vendor: str) -> None:
        self._vendor = vendor
        self._own: dict[str, _Tally] = {}

    def record(self, call: Call[Any], passage: Passage) -> None:
        """Log and count one attempt."""
        endpoint = call.endpoint
        outcome = passage.outcome
        seconds = passage.seconds
        tally = self._own.get(endpoint.name) or self._begin(endpoint.name)
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        tally.seconds += seconds
        tally.spread[bisect_left(BUCKETS, seconds)] += 1
        bound = fields()
        own = {
            _IDS[name]: value
            for name, value in call.params.items()
            if name in _IDS and bound.get(_IDS[name]) is None
        }
        if passage.started is not None:
            own["asyncRequestId"] = passage.started
        event(
            "call",
            level="info" if outcome in _QUIET else "warning",
            requestId=passage.request_id,
            endpoint=endpoint.path,
            method=endpoint.method,
            statusCode=passage.status,
            durationMs=int(seconds * 1000),
            vendor=self._vendor,
            operation=endpoint.name,
            outcome=outcome,
            reason=passage.reason,
            **own,
        )

    def _begin(self, operation: str) -> _Tally:
        tally = self._own[operation] = _tallies.setdefault((self._vendor, operation), _Tally())
        if "prometheus_client" in sys.modules:
            # A process that shows metrics has imported it long before its first call.
            register_metrics()
        return tally


def register_metrics(registry: Any = None) -> None:
    """Show the calls of this process in a Prometheus registry; once per registry, later calls do nothing.

    `wordferry_calls_total` by vendor, operation and outcome, `wordferry_call_seconds` by vendor and operation.

    Args:
        registry: the library's default registry when left out. Happens by itself in a process that imports
            `prometheus_client` before its first call.
    """
    if registry is None:
        from prometheus_client import REGISTRY as registry  # noqa: N811 - a default, named like the argument
    if registry not in _registered:
        _registered.add(registry)
        registry.register(_Collector())


class _Collector:
    def collect(self) -> Iterator[Any]:
        """Turn the tallies into metric families, as the library asks for them at each scrape."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        calls = CounterMetricFamily(
            "wordferry_calls",
            "Calls to a vendor, each attempt.",
            labels=("vendor", "operation", "outcome"),
        )
        seconds = HistogramMetricFamily(
            "wordferry_call_seconds",
            "Time of a call from sending to the end of its answer.",
            labels=("vendor", "operation"),
        )
        ends = [*map(str, BUCKETS), "+Inf"]
        for (vendor, operation), tally in list(_tallies.items()):
            for outcome, count in list(tally.outcomes.items()):
                calls.add_metric((vendor, operation, outcome), count)
            buckets = list(zip(ends, accumulate(tally.spread), strict=True))
            seconds.add_metric((vendor, operation), buckets, tally.seconds)
        yield calls
        yield seconds
