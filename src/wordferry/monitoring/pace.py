"""When to look again: quickly after a change, then ever more rarely, never all at once."""

from __future__ import annotations

import random

from wordferry.model.route import Pace

__all__ = ["wait"]

#: Growth per look without a change.
GROWTH = 1.6
#: Share by which a wait is spread, so that ten thousand translations are not due in the same second.
JITTER = 0.2


def wait(pace: Pace, looks: int, *, chance: random.Random | None = None) -> float:
    """Seconds until the next look.

    Args:
        pace: the connection's limits.
        looks: looks since the last change.
        chance: source of the jitter.
    """
    plain = min(pace.first * GROWTH ** min(looks, 60), pace.longest)
    return plain * (1 + JITTER * ((chance or random).random() * 2 - 1))
