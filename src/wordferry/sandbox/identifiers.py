"""Ids that depend on the seed and on what they name, never on the order of calls.

So two runs with the same seed and the same work give the same ids, however their calls interleave.
"""

from __future__ import annotations

import hashlib
from collections import Counter

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Identifiers:
    """Makes the uids and numeric ids of one sandbox.

    Args:
        seed: the sandbox's seed.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._numbers: set[int] = set()

    def _digest(self, key: tuple[str, ...]) -> int:
        self._seen[key] += 1
        text = "\x00".join((str(self._seed), str(self._seen[key]), *key))
        return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest())

    def uid(self, *key: str) -> str:
        """A 22-character mixed-case alphanumeric uid."""
        value = self._digest(("uid", *key))
        letters = []
        for _ in range(22):
            value, rest = divmod(value, 62)
            letters.append(_ALPHABET[rest])
        return "".join(letters)

    def number(self, *key: str, digits: int = 8) -> int:
        """A number of that many digits that no other object of the sandbox has."""
        low: int = 10 ** (digits - 1)
        value = low + self._digest(("number", *key)) % (9 * low)
        while value in self._numbers:
            value += 1
        self._numbers.add(value)
        return value

    def hex(self, *key: str) -> str:
        """32 lower-case hexadecimal digits."""
        return f"{self._digest(('hex', *key)):040x}"[:32]
