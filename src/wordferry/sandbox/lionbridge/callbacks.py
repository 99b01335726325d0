"""Callbacks to listeners: signed, repeated for a day with growing waits, then given up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from wordferry.sandbox.courier import Message
from wordferry.sandbox.lionbridge.listener import DONE, FAILED, PENDING, SIGNATURE, Invocation, Listener, sign
from wordferry.sandbox.world import World


class Callbacks:
    """Sends invocations by the courier, and decides when each is tried again."""

    def __init__(self, world: World, listeners: dict[str, Listener]) -> None:
        self._world = world
        self._listeners = listeners
        # Told the id of a status update that its listener acknowledges by itself.
        self.on_delivered: Callable[[str], None] | None = None

    def send(self, listener: Listener, invocation: Invocation) -> None:
        """Begin to deliver: the first attempt is made at once."""
        message = invocation.message
        message.sign = self._sign
        message.judge = self._judge
        message.facts.update(listener=listener.id, invocation=invocation.id)
        listener.invocations[invocation.id] = invocation
        self._world.courier.send(message)
        if message.lost:
            # The vendor believes that it arrived.
            self._done(listener, invocation)

    def retry(self, listener: Listener, invocation: Invocation) -> None:
        """Try again now, with a new day of retries."""
        invocation.status = PENDING
        invocation.since = invocation.next_attempt = self._world.clock.now()
        invocation.tries = 0
        invocation.message.url = listener.uri
        self._world.courier.again(invocation.message)

    def moved(self, listener: Listener) -> None:
        """The listener has another address: what is pending goes there."""
        for invocation in listener.invocations.values():
            invocation.message.url = listener.uri

    def forget(self, listener: Listener) -> None:
        """The listener is deleted: nothing is tried any more."""
        for invocation in listener.invocations.values():
            self._world.courier.drop(invocation.message)
        listener.invocations.clear()

    def _sign(self, message: Message, body: bytes) -> dict[str, str]:
        listener = self._listeners.get(message.facts["listener"])
        if listener is None or listener.auth_type != SIGNATURE:
            return {}
        settings = self._world.settings.lionbridge
        return {settings.signature_header: sign(listener.secret, body, key=settings.signature_key)}

    def _judge(self, message: Message, status: int) -> float | None:
        listener = self._listeners.get(message.facts["listener"])
        invocation = listener.invocations.get(message.facts["invocation"]) if listener is not None else None
        if listener is None or invocation is None or invocation.status != PENDING:
            return None
        settings = self._world.settings.lionbridge
        if status == 200 or (200 < status < 300 and not settings.strict_200):
            message.confirmed = True
            self._done(listener, invocation)
            if listener.acknowledge and invocation.update_id is not None and self.on_delivered is not None:
                self.on_delivered(invocation.update_id)
            return None
        invocation.tries += 1
        now = self._world.clock.now()
        end = invocation.since + settings.retry_window_seconds
        if now >= end:
            self._give_up(listener)
            return None
        wait = min(
            settings.retry_first_seconds * 2.0 ** min(invocation.tries - 1, 40), settings.retry_cap_seconds
        )
        wait *= 1.0 + settings.retry_jitter * self._swing(invocation)
        # The last attempt is made when the window closes.
        wait = min(wait, end - now)
        invocation.next_attempt = now + wait
        return wait

    def _done(self, listener: Listener, invocation: Invocation) -> None:
        invocation.status = DONE
        invocation.next_attempt = None
        listener.invocations.pop(invocation.id, None)

    def _give_up(self, listener: Listener) -> None:
        """Permanent probation: nothing that waits for this listener is tried any more."""
        listener.disabled = True
        for invocation in listener.invocations.values():
            if invocation.status == PENDING:
                invocation.status = FAILED
                invocation.next_attempt = None
                invocation.message.given_up = True
                self._world.courier.drop(invocation.message)

    def _swing(self, invocation: Invocation) -> float:
        """A number between -1 and 1 that is the same in each run."""
        text = f"{self._world.settings.seed}\x00{invocation.uuid}\x00{len(invocation.message.attempts)}"
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**63 - 1.0
