"""Many edits become one sending: a quiet period after the last one, and a longest wait after the first.

No I/O and no clock of its own, so that a week can be tried in a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

__all__ = ["Coalescer"]


class _Pending(msgspec.Struct):
    revision: str
    first: float
    last: float


class Coalescer:
    """What has changed and waits to be sent.

    An item is ready when it has not changed for `quiet` seconds, or when it has waited for `longest`: one that changes
    every second is sent every `longest` seconds, neither never nor each time.

    Args:
        quiet: seconds without a further change.
        longest: seconds after the first change.
    """

    def __init__(self, *, quiet: float, longest: float) -> None:
        self._quiet = quiet
        self._longest = longest
        self._pending: dict[str, _Pending] = {}

    def see(self, now: float, changed: Mapping[str, str]) -> None:
        """Note what differs now from what was sent: item → revision. What is not in it any more changed back."""
        for item in self._pending.keys() - changed.keys():
            del self._pending[item]
        for item, revision in changed.items():
            known = self._pending.get(item)
            if known is None:
                self._pending[item] = _Pending(revision, now, now)
            elif known.revision != revision:
                known.revision, known.last = revision, now

    def ready(self, now: float) -> frozenset[str]:
        """Items to be sent now."""
        return frozenset(item for item, one in self._pending.items() if self._due(one) <= now)

    def sent(self, items: Iterable[str]) -> None:
        """Forget what was sent; its next change begins a new wait."""
        for item in items:
            self._pending.pop(item, None)

    def next(self) -> float | None:
        """When the first one is ready, if nothing changes until then; None when nothing waits."""
        return min((self._due(one) for one in self._pending.values()), default=None)

    def _due(self, one: _Pending) -> float:
        return min(one.last + self._quiet, one.first + self._longest)
