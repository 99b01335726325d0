"""The rate limit: a bucket that holds one second's calls."""

from __future__ import annotations


class Rate:
    """A token bucket; every client of the sandbox has the same address, so there is one."""

    def __init__(self) -> None:
        self._left = float("inf")
        self._at = 0.0

    def take(self, rate: float, *, now: float) -> bool:
        """Whether one more call is let in.

        Args:
            rate: calls per second, and the bucket's size.
            now: virtual time.
        """
        size = max(rate, 1.0)
        self._left = min(self._left + (now - self._at) * rate, size)
        self._at = now
        # A hair below one is one: tenths of a second do not add up exactly.
        if self._left < 1.0 - 1e-4:
            return False
        self._left -= 1.0
        return True
