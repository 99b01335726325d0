"""The courier: carries what a vendor says of its own accord, callbacks, webhooks and listener calls.

One seam for all rooms, so that the faults of events strike everywhere alike and every message survives a restart.
A room decides what to say, how to sign it, what counts as heard, and when to try again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.faults import ATTEMPT, EVENT
from wordferry.sandbox.posting import Poster

if TYPE_CHECKING:
    from wordferry.sandbox.world import World

_OK = frozenset({200})


@dataclass(slots=True, frozen=True)
class Attempt:
    """One try: when it ended (virtual epoch seconds), its HTTP status, and what went wrong when that is 0."""

    at: float
    status: int
    error: str | None


@dataclass(slots=True, eq=False)
class Message:
    """One thing to tell a client.

    Args:
        operation: what it is, for fault rules: `callback`, `webhook`, `listener`.
        about: the object it is about, for fault rules and for the record.
        url: where to; never shown, it may carry a secret.
        body: the bytes.
        headers: besides what `sign` adds.
        retries: seconds before each further attempt; when they are used up, the message is given up.
        accepted: the statuses that count as heard; none means any 2xx.
        sign: headers for the bytes that are really sent, asked at each attempt.
        judge: decides in place of `retries` and `accepted`: called after each attempt with its status, it answers the
            seconds until the next one, or None to end; it may set `confirmed` and `given_up` itself.
        facts: whatever the room wants to remember with it.
    """

    operation: str
    about: str
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    retries: tuple[float, ...] = ()
    accepted: frozenset[int] = _OK
    sign: Callable[[Message, bytes], dict[str, str]] | None = None
    judge: Callable[[Message, int], float | None] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    confirmed: bool = False
    given_up: bool = False
    # A fault took it away: the vendor believes it sent.
    lost: bool = False
    fault: str | None = None
    # Grows with each retry that somebody asked for, so that the attempt planned before it is dropped.
    turn: int = 0

    @property
    def last_status(self) -> int:
        """The status of the latest attempt; 0 when there was none or no answer."""
        return self.attempts[-1].status if self.attempts else 0


class Courier:
    """Sends messages and remembers how they fared.

    Args:
        world: clock, faults and settings.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.messages: list[Message] = []
        self._held: list[Message] = []
        self._poster = Poster()

    def send(self, message: Message, *, seconds: float = 0.0) -> Message:
        """Send a message, as soon as possible or in a while.

        Args:
            message: what to send.
            seconds: virtual seconds to wait first.

        Returns:
            The same message, whose `attempts` will tell.
        """
        self.messages.append(message)
        rule = self._world.faults.strike(message.operation, message.about, phase=EVENT)
        kind = rule.kind if rule is not None else None
        message.fault = kind
        if kind == "lost_event":
            message.lost = True
        elif kind == "reorder_event":
            self._held.append(message)
            # If nothing overtakes it, it comes late rather than never.
            self._world.clock.after(
                seconds + self._world.settings.settle_seconds, partial(self._release, message)
            )
        elif kind == "late_event" and rule is not None:
            self._later(message, seconds + self._world.faults.seconds(rule, message.operation, message.about))
        else:
            if kind == "empty_event":
                message.body = b""
            for _ in range(2 if kind == "duplicate_event" else 1):
                self._later(message, seconds)
        return message

    def again(self, message: Message, *, seconds: float = 0.0) -> None:
        """Try once more whatever became of it: a replay or a retry that somebody asked for."""
        message.given_up = False
        message.turn += 1
        self._later(message, seconds)

    def drop(self, message: Message) -> None:
        """Plan no further attempt."""
        message.turn += 1

    def _later(self, message: Message, seconds: float) -> None:
        self._world.clock.after(seconds, partial(self._attempt, message, message.turn))

    def _release(self, message: Message) -> None:
        if message in self._held:
            self._held.remove(message)
            self._later(message, 0.0)

    async def _attempt(self, message: Message, turn: int) -> None:
        if message.turn != turn:
            return
        rule = self._world.faults.strike(message.operation, message.about, phase=ATTEMPT)
        status, error = (0, rule.kind) if rule is not None else await self._post(message)
        message.attempts.append(Attempt(self._world.clock.now(), status, error))
        wait = (message.judge or self._by_schedule)(message, status)
        if wait is not None and message.turn == turn:
            self._later(message, wait)
        for held in [held for held in self._held if held.operation == message.operation]:
            self._release(held)

    def _by_schedule(self, message: Message, status: int) -> float | None:
        if status in message.accepted or (not message.accepted and 200 <= status < 300):
            message.confirmed = True
            return None
        tried = len(message.attempts)
        if tried > len(message.retries):
            message.given_up = not message.confirmed
            return None
        return message.retries[tried - 1]

    async def _post(self, message: Message) -> tuple[int, str | None]:
        settings = self._world.settings
        headers = dict(message.headers)
        if message.sign is not None:
            headers |= message.sign(message, message.body)
        return await self._poster.post(
            message.url, message.body, headers=headers, seconds=settings.callback_timeout_seconds
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()
