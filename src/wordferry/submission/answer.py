"""What became of one wish of an operator."""

from __future__ import annotations

import msgspec

__all__ = ["Answer"]


class Answer(msgspec.Struct, frozen=True):
    """What became of one wish.

    Attributes:
        id: of the translation or batch.
        name: what a person calls it.
        done: whether something was written.
        what: one sentence.
        kind: `translation` or `batch`.
    """

    id: str
    name: str
    done: bool
    what: str
    kind: str = "translation"
