"""When to try again, as a decision apart from the call.

The rule behind it: an effect whose outcome is unknown is looked up before it is repeated. So reads are repeated
after anything that passes by itself; effects only when it is certain that nothing happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

__all__ = ["Failure", "Retry", "passing", "retry_after"]

_DAY = 86_400.0

_LASTING = frozenset({501, 505})


def passing(status: int) -> bool:
    """True for a status that passes by itself. 429 is apart: it is the one that also says "not done"."""
    return status == 408 or (status >= 500 and status not in _LASTING)


class Failure(msgspec.Struct, frozen=True):
    """What is known about one failed attempt.

    Args:
        read: repeating it changes nothing over there.
        sent: at least a part of the request reached the other side.
        status: HTTP status, when an answer came.
        garbled: a 2xx answer that could not be read.
        wait: seconds the other side asked for (`Retry-After`), already made sane.
        crowded: the 429 that means "too many at once", which passes slowly.
        lasting: waiting will not help.
        once: a single-use call, repeated only when it never left.
    """

    read: bool
    sent: bool = True
    status: int | None = None
    garbled: bool = False
    wait: float | None = None
    crowded: bool = False
    lasting: bool = False
    once: bool = False


class Retry(msgspec.Struct, frozen=True):
    """A bounded policy: exponential backoff with full jitter.

    Args:
        attempts: most attempts in all, the first included.
        base: ceiling of the first wait, seconds; doubles with each attempt.
        cap: highest ceiling of a wait, seconds.
        crowd: wait after "too many at once", seconds; Phrase advises about a minute. Source: Phrase page
            "Handling Concurrent API Rate Limits".
        doubtful: statuses that say no and have been seen to pass by themselves (a throttle that answers 403). Nothing
            was done, so any call but a single-use one is made once more, and only once.
        patience: a call that has taken longer than this is not tried again, seconds.
        random: source of jitter in [0, 1); tests fix it.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 30.0
    crowd: float = 60.0
    doubtful: frozenset[int] = frozenset()
    patience: float = 150.0
    random: Callable[[], float] = random.random

    def after(self, failure: Failure, attempt: int) -> float | None:
        """Seconds to wait before the next attempt.

        Args:
            failure: what the last attempt came to.
            attempt: its number, from 1.

        Returns:
            Seconds, or None when it must not or should not be tried again.
        """
        if attempt >= self.attempts or failure.lasting:
            return None
        doubt = failure.status in self.doubtful and attempt == 1 and not failure.once
        if not doubt and not _may_repeat(failure):
            return None
        return self.pause(failure, attempt)

    def pause(self, failure: Failure, attempt: int) -> float:
        """Seconds until trying again makes sense, whether or not this call does it itself."""
        if failure.wait is not None:
            # A crowd that was told the same second must not come back in the same second.
            return failure.wait + self.random() * min(1.0, 0.1 * failure.wait + 0.1)
        if failure.crowded:
            return self.crowd * (1.0 + 0.25 * self.random())
        return self.random() * min(self.cap, self.base * 2.0 ** (attempt - 1))


def _may_repeat(failure: Failure) -> bool:
    if not failure.sent:
        return True
    if failure.once:
        return False
    if failure.status == 429:
        return True
    return failure.read and (failure.status is None or failure.garbled or passing(failure.status))


def retry_after(value: str | None, now: float) -> float | None:
    """Read a `Retry-After` field.

    Args:
        value: seconds or an HTTP date; anything else counts as absent.
        now: epoch seconds.

    Returns:
        Seconds from now, or None when absent, unparsable, negative, not finite, or more than a day away.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - datetime.fromtimestamp(now, UTC)).total_seconds()
    return seconds if 0 <= seconds <= _DAY else None
