"""When to look again: quickly after a change, then ever more rarely, never all at once.

While events come in their usual rhythm, looks are rare: the events say when. When they have been silent for longer
than usual, or a look found what no event had told, the plain pace is back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

from wordferry.ledger.rhythms import Rhythm
from wordferry.model.route import Pace

__all__ = ["Attention", "looks_within", "wait"]

#: Growth per look without a change.
GROWTH = 1.6
#: Share by which a wait is spread, so that ten thousand translations are not due in the same second.
JITTER = 0.2
#: A silence is longer than usual when it lasts so many usual gaps; and its limits in seconds.
GAPS = 4.0
SHORTEST_SILENCE = 600.0
LONGEST_SILENCE = 6 * 3600.0
#: Seconds for which events are not relied on after a look found what they had not told.
DOUBT = 3600.0


def wait(pace: Pace, looks: int, *, chance: random.Random | None = None) -> float:
    """Seconds until the next look.

    Args:
        pace: the connection's limits.
        looks: looks since the last change.
        chance: source of the jitter.
    """
    return _spread(min(pace.first * GROWTH ** min(looks, 60), pace.longest), chance)


def looks_within(pace: Pace, seconds: float) -> int:
    """How many looks the plain pace makes within that time after a change."""
    count, passed = 0, pace.first
    while passed <= seconds:
        step = min(pace.first * GROWTH ** min(count + 1, 60), pace.longest)
        if step >= pace.longest:
            return count + 1 + int((seconds - passed) // step)
        passed += step
        count += 1
    return count


def _spread(plain: float, chance: random.Random | None) -> float:
    return plain * (1 + JITTER * ((chance or random).random() * 2 - 1))


class Attention:
    """Decides how closely each connection is watched.

    Args:
        paces: how often each connection is asked.
        clock: epoch seconds.
        chance: source of the jitter.

    Attributes:
        rhythms: what is known of each connection; refreshed by the sweep.
    """

    def __init__(
        self,
        paces: Mapping[str, Pace],
        *,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        self._paces = paces
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 -- spreads due times, guards nothing
        self.rhythms: dict[str, Rhythm] = {}

    def trusts(self, connection: str) -> bool:
        """Whether its events can be relied on: they come, not longer ago than usual, and left nothing out lately."""
        known = self.rhythms.get(connection)
        if known is None or known.last is None:
            return False
        now = self._clock()
        if known.missed is not None and now - known.missed < DOUBT:
            return False
        silence = min(max(GAPS * (known.gap or 0.0), SHORTEST_SILENCE), LONGEST_SILENCE)
        return now - known.last <= silence

    def knows(self, connection: str) -> bool:
        """Whether it is configured here."""
        return connection in self._paces

    def wait(self, connection: str, looks: int) -> float:
        """Seconds until the next look at something of that connection.

        Args:
            connection: whose.
            looks: looks since the last change.
        """
        pace = self._paces[connection]
        if self.trusts(connection):
            return _spread(pace.calm, self._chance)
        return wait(pace, looks, chance=self._chance)

    def soon(self, connection: str, looks: int) -> float:
        """Seconds until something that failed is tried again, whatever events tell."""
        return wait(self._paces[connection], looks, chance=self._chance)

    def within(self, connection: str) -> float:
        """A moment within the plain pace's longest wait, as seconds from now."""
        return self._chance.random() * self._paces[connection].longest
