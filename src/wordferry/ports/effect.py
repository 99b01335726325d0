"""An outside effect as a value: what it is called, how to do it, and what to do when its outcome is unknown.

Adapters make effects; the ledger's operations run them. So the exactly-once rules stand in one place and an adapter
author only says what the vendor can show.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["Effect", "Found", "Unknown"]

R = TypeVar("R")


class Unknown(StrEnum):
    """What to do when an effect was begun and its outcome is not known."""

    LOOK_UP = "look_up"  # ask the other side; adopt what is found, do what is missing
    REPEAT = "repeat"  # doing it twice leaves at most a harmless orphan
    NEVER = "never"  # spent when begun: a new round has to start over
    ONCE = "once"  # at most once: take it as done and say that it may not have happened


class Found(msgspec.Struct, Generic[R], frozen=True):
    """What a look-up found.

    Attributes:
        result: what is there; handed to `perform` when it is not complete.
        complete: whether nothing is missing.
    """

    result: R
    complete: bool = True


class Effect(msgspec.Struct, Generic[R], frozen=True):
    """One outside effect.

    Attributes:
        kind: its name in logs and in `trace`, for example `create-project`.
        key: the deterministic operation key; a repeated key returns the stored result.
        result: type of the result; must be encodable as JSON by msgspec.
        unknown: what to do when the outcome is unknown.
        perform: does it. Gets the part that a look-up found already, or None. Must raise `OutcomeUnknown` when the
            effect may have happened, any other error only when it did not happen.
        look_up: asks the other side; None means nothing is there. Required for `Unknown.LOOK_UP`.
        timeout: seconds after which the call cannot be under way any more.
        settle: seconds beyond that in which the other side may still be working on it: an empty look-up counts
            only afterwards.
        fenced: performing it late changes nothing, because the other side compares before it sets. Then nobody has to
            wait for the deadline of a process that looks dead.
        label: what a person reads: object and locale.
        facts: further plain values for `trace`.
    """

    kind: str
    key: str
    result: type[R]
    unknown: Unknown
    perform: Callable[[R | None], Awaitable[R]]
    look_up: Callable[[], Awaitable[Found[R] | None]] | None = None
    timeout: float = 60.0
    settle: float = 60.0
    fenced: bool = False
    label: str = ""
    facts: dict[str, Any] = {}
