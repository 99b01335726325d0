"""Receivers: verify, store, answer. What is verified gets 200 whatever it says; work on it is done elsewhere.

Any other answer than 200 counts towards the point where a vendor stops calling. So only what cannot be verified
(401), is too large (413) or finds no room (503) is refused.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import web
from prometheus_client import Counter

from wordferry import observe
from wordferry.errors import NeedsOperator, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.seal import Seal
from wordferry.model.identity import digest
from wordferry.ports.events import Event, Receiver, Told, VendorEvents, event_id
from wordferry.web.gate import Gate, retry_later

__all__ = ["Receivers"]

#: Seconds for which the secrets of a connection are remembered.
REMEMBER = 10.0

_RECEIVED = Counter(
    "wordferry_received_total", "Calls of vendors by connection and answer", ["connection", "answer"]
)


class Receivers:
    """The handlers for webhooks, listener calls and callbacks.

    Args:
        ledger: holds the inbox.
        events: what each vendor tells, by connection.
        seal: signs callback addresses; None when nobody was given one.
        gate: bounds.
        most: bytes of the largest body.
    """

    def __init__(
        self,
        ledger: Ledger,
        events: Mapping[str, VendorEvents],
        seal: Seal | None,
        gate: Gate,
        *,
        most: int,
    ) -> None:
        self._ledger = ledger
        self._events = events
        self._seal = seal
        self._gate = gate
        self._most = most
        self._secrets: dict[str, tuple[float, tuple[str, ...]]] = {}

    def routes(self) -> list[web.RouteDef]:
        """The paths."""
        return [
            web.post("/events/{connection}", self.event),
            web.post("/callbacks/{connection}/{operation}/{signature}", self.callback),
        ]

    async def event(self, request: web.Request) -> web.Response:
        """`POST /events/{connection}`: a webhook or listener call."""
        connection = request.match_info["connection"]
        told = self._events.get(connection)
        if told is None or told.receiver is None:
            return self._answer(web.Response(status=404), "")
        receiver = told.receiver

        async def verified(body: bytes) -> bool:
            secrets = await self._known(connection, told, fresh=False)
            if receiver.verify(request.headers, body, secrets=secrets):
                return True
            # A registration may have been made a moment ago, by another process.
            newer = await self._known(connection, told, fresh=True)
            return newer != secrets and receiver.verify(request.headers, body, secrets=newer)

        return await self._receive(request, connection, receiver, verified, Told.WEBHOOK)

    async def callback(self, request: web.Request) -> web.Response:
        """`POST /callbacks/{connection}/{operation}/{signature}`: the end of asynchronous work."""
        connection, operation = request.match_info["connection"], request.match_info["operation"]
        told = self._events.get(connection)
        if told is None or told.receiver is None or self._seal is None:
            return self._answer(web.Response(status=404), "")
        good = self._seal.signed(request.match_info["signature"], connection, operation)

        async def verified(_body: bytes) -> bool:
            return good

        return await self._receive(
            request, connection, told.receiver, verified, Told.CALLBACK, ours=(operation,)
        )

    async def _receive(
        self,
        request: web.Request,
        connection: str,
        receiver: Receiver,
        verified: Callable[[bytes], Awaitable[bool]],
        told: Told,
        *,
        ours: tuple[str, ...] = (),
    ) -> web.Response:
        if (left := self._gate.blocked(request)) is not None:
            return self._answer(retry_later(left, status=429), connection)
        most = self._most
        size = request.content_length
        if size is not None and size > most:
            return self._answer(web.Response(status=413), connection)
        async with self._gate.room(size if size is not None else most) as room:
            if not room:
                return self._answer(retry_later(), connection)
            try:
                body = await self._gate.body(request)
            except web.HTTPException as error:
                return self._answer(web.Response(status=error.status), connection)
            try:
                if not await verified(body):
                    self._gate.refused(request)
                    return self._answer(web.Response(status=401), connection)
                events = _parsed(receiver, body, connection, told, ours)
                await self._ledger.inbox.put(events, body)
            except WordferryError as error:
                # The vendor's own repetition carries it; nothing was acknowledged.
                level = "error" if isinstance(error, NeedsOperator) else "warning"
                observe.event("event.not_stored", level=level, connection=connection, why=error.what)
                return self._answer(retry_later(), connection)
        return self._answer(web.Response(status=200), connection)

    async def _known(self, connection: str, told: VendorEvents, *, fresh: bool) -> tuple[str, ...]:
        """The secrets that calls of a connection may be verified with."""
        now = time.monotonic()
        at, known = self._secrets.get(connection, (0.0, ()))
        # Somebody who guesses must not make us ask the ledger for each guess.
        if connection in self._secrets and now - at < (1.0 if fresh else REMEMBER):
            return known
        configured = told.secret()
        stored = await self._ledger.subscriptions.secrets(connection) if self._seal is not None else ()
        known = tuple(secret for secret in (configured, *stored) if secret)
        self._secrets[connection] = (now, known)
        return known

    @staticmethod
    def _answer(answer: web.Response, connection: str) -> web.Response:
        _RECEIVED.labels(connection, str(answer.status)).inc()
        return answer


def _parsed(
    receiver: Receiver, body: bytes, connection: str, told: Told, ours: tuple[str, ...]
) -> tuple[Event, ...]:
    try:
        events = receiver.parse(body, connection=connection, told=told)
    except Exception as crash:  # noqa: BLE001  a verified body is stored whatever it does to its reader
        observe.event("event.unreadable", level="error", connection=connection, why=type(crash).__name__)
        events = ()
    if not events:
        events = (Event(event_id(None, body), connection, told, "unreadable", payload=digest(body)),)
    return (
        tuple(msgspec.structs.replace(event, ours=(*event.ours, *ours)) for event in events)
        if ours
        else events
    )
