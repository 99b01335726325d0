"""Callbacks: one POST when asynchronous work has ended, repeated on the vendor's schedule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from wordferry.sandbox.posting import Poster
from wordferry.sandbox.world import World

# Minutes before each retry; the last figure repeats until ten retries have failed.
RETRY_MINUTES = (2, 4, 8, 16, 30, 30, 30, 30, 30, 30)


@dataclass(slots=True)
class Delivery:
    """What became of one callback; its URL is never shown, it may carry a secret."""

    about: str
    attempts: int = 0
    confirmed: bool = False
    given_up: bool = False
    last_status: int = 0
    lost: bool = False


class Callbacks:
    """Sends callbacks and remembers how they fared."""

    def __init__(self, world: World, poster: Poster) -> None:
        self._world = world
        self._poster = poster
        self.deliveries: list[Delivery] = []

    def deliver(self, url: str, body: dict[str, Any], *, about: str) -> None:
        """Send a callback as soon as possible.

        Args:
            url: where to.
            body: the JSON object.
            about: id of the asynchronous request, for faults and for the record.
        """
        delivery = Delivery(about)
        self.deliveries.append(delivery)
        rule = self._world.faults.strike("callback", about, events=True)
        if rule is not None and rule.kind == "lost_event":
            delivery.lost = True
            return
        content = msgspec.json.encode(body)
        copies = 2 if rule is not None and rule.kind == "duplicate_event" else 1
        for _ in range(copies):
            self._world.clock.after(0.0, partial(self._attempt, delivery, url, content))

    async def _attempt(self, delivery: Delivery, url: str, content: bytes) -> None:
        delivery.attempts += 1
        seconds = self._world.settings.callback_timeout_seconds
        status, _ = await self._poster.post(url, content, headers={}, seconds=seconds)
        delivery.last_status = status
        # Exactly 200 counts; any other success is a failure to the vendor.
        if status == 200:
            delivery.confirmed = True
        elif delivery.attempts <= len(RETRY_MINUTES):
            minutes = RETRY_MINUTES[delivery.attempts - 1]
            self._world.clock.after(minutes * 60.0, partial(self._attempt, delivery, url, content))
        else:
            delivery.given_up = True
