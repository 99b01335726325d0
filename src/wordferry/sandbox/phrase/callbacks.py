"""Callbacks: one POST when asynchronous work has ended, repeated on the vendor's schedule."""

from __future__ import annotations

from typing import Any

import msgspec

from wordferry.sandbox.courier import Message
from wordferry.sandbox.world import World

# Minutes before each retry; the last figure repeats until ten retries have failed.
RETRY_MINUTES = (2, 4, 8, 16, 30, 30, 30, 30, 30, 30)


class Callbacks:
    """Sends callbacks and remembers how they fared; exactly 200 counts as heard."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.deliveries: list[Message] = []

    def deliver(self, url: str, body: dict[str, Any], *, about: str) -> None:
        """Send a callback as soon as possible.

        Args:
            url: where to.
            body: the JSON object.
            about: id of the asynchronous request, for faults and for the record.
        """
        message = Message(
            operation="callback",
            about=about,
            url=url,
            body=msgspec.json.encode(body),
            retries=tuple(minutes * 60.0 for minutes in RETRY_MINUTES),
        )
        self.deliveries.append(self._world.courier.send(message))
