"""Push from a TMS: a translated file comes by itself and goes the way of every delivery."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import ClientPayloadError, web

from wordferry.delivery.push import push
from wordferry.errors import Conflict, NeedsOperator, Refused, Vanished, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.web.gate import retry_later
from wordferry.web.openapi import Described, Parameter
from wordferry.web.problem import problem
from wordferry.web.tokens import Tokens

__all__ = ["DESCRIBED", "Push", "Told"]

#: Seconds in which a piece of the body must come.
PATIENCE = 60.0
_CHUNK = 256 * 1024
_STATUS: dict[type[WordferryError], int] = {Vanished: 404, Refused: 422}


class Told(msgspec.Struct, frozen=True):
    """What became of a pushed file.

    Attributes:
        translation: whose file it is.
        blob: SHA-256 of its bytes.
        state: where the translation stands now.
    """

    translation: str
    blob: str
    state: str


DESCRIBED = (
    Described(
        "PUT",
        "/push/{connection}/{unit}",
        "Hand in the translated file of a job, a request or a translation; it goes the way of every delivery.",
        "push",
        parameters=(Parameter("X-Content-SHA256", "Compared with what came.", where="header"),),
        answer=Told,
        body="application/octet-stream",
        statuses=(200, 202),
        problems=(401, 403, 404, 408, 409, 413, 422, 503),
    ),
)


class Push:
    """`PUT /push/{connection}/{unit}`: takes the file of a translation.

    Args:
        ledger: the truth.
        blobs: where the file goes.
        connections: names of TMS connections.
        tokens: who may push.
        most: bytes of the largest file.
    """

    def __init__(
        self, ledger: Ledger, blobs: Blobs, connections: Mapping[str, Any], tokens: Tokens, *, most: int
    ) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._connections = connections
        self._tokens = tokens
        self._most = most

    def routes(self) -> list[web.RouteDef]:
        """The path."""
        return [
            web.put("/push/{connection}/{unit}", self.put),
            web.post("/push/{connection}/{unit}", self.put),
        ]

    async def put(self, request: web.Request) -> web.Response:
        """Store the file, hand it to delivery, and say so. Repeating it with the same bytes is harmless.

        The unit is the vendor's uid of the job or request, or our own translation id. An optional header
        `X-Content-SHA256` is compared with what came.
        """
        try:
            refusal = self._tokens.refusal(request, "push")
            if refusal is not None:
                return refusal
            return await self._put(request)
        except (Vanished, Refused) as error:
            return problem(_STATUS[type(error)], str(error), next=error.next)
        except Conflict as error:
            return problem(409, error.what, next=error.next, headers={"Retry-After": "5"})
        except NeedsOperator as error:
            return problem(503, error.what, headers={"Retry-After": "60"})
        except WordferryError:
            return retry_later()

    async def _put(self, request: web.Request) -> web.Response:
        connection, unit = request.match_info["connection"], request.match_info["unit"]
        if connection not in self._connections:
            return problem(404, "There is no such connection.")
        if request.content_length is not None and request.content_length > self._most:
            return problem(413, f"At most {self._most} bytes are taken.")
        path = self._blobs.temporary()
        try:
            sha = hashlib.sha256()
            size = 0
            with path.open("wb") as file:
                while True:
                    try:
                        async with asyncio.timeout(PATIENCE):
                            piece = await request.content.read(_CHUNK)
                    except (TimeoutError, ClientPayloadError, ConnectionError):
                        return problem(408, "The body did not come whole.")
                    if not piece:
                        break
                    size += len(piece)
                    if size > self._most:
                        return problem(413, f"At most {self._most} bytes are taken.")
                    sha.update(piece)
                    await asyncio.to_thread(file.write, piece)
            given = request.headers.get("X-Content-SHA256")
            if given is not None and given.strip().lower() != sha.hexdigest():
                return problem(422, "The bytes are not those of the given hash.", next="Send them again.")
            if not size:
                return problem(422, "The body is empty.")
            blob = await self._blobs.adopt(path, sha.hexdigest())
        finally:
            self._blobs.discard(path)
        pushed = await push(self._ledger, connection, unit, blob)
        return web.Response(
            status=202 if pushed.news else 200,
            body=msgspec.json.encode(Told(pushed.translation, pushed.blob, pushed.state.value)),
            content_type="application/json",
        )
