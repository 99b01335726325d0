"""The control API of the Lionbridge side, under `/_sandbox/lionbridge/`: play the provider, look at what is there."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from wordferry.sandbox.lionbridge.job import Job
from wordferry.sandbox.lionbridge.values import show_date
from wordferry.sandbox.translators import corruptions

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.room import LionbridgeRoom
    from wordferry.sandbox.server import Sandbox


class Hand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a move by hand; every field may be left out.

    Args:
        requests: ids of requests; null means those that the move fits.
        text: for deliver and redeliver: the file's content.
        base64: the same for content that is no text.
        fields: for deliver: inline translations by key.
        source: for deliver: the untranslated source.
        corruption: for break: a kind of damage.
        message: for fail: what went wrong.
    """

    requests: list[str] | None = None
    text: str | None = None
    base64: str | None = None
    fields: dict[str, str] | None = None
    source: bool = False
    corruption: str = "drop_tag"
    message: str = "The delivery failed."

    def content(self) -> bytes | None:
        """The bytes to deliver, if any are given.

        Raises:
            ValueError: when they are given twice or are not Base64.
        """
        if self.text is not None and self.base64 is not None:
            raise ValueError("give 'text' or 'base64', not both")
        if self.base64 is not None:
            try:
                return base64.b64decode(self.base64, validate=True)
            except binascii.Error as error:
                raise ValueError(f"'base64' is not valid: {error}") from error
        return None if self.text is None else self.text.encode()


def play(room: LionbridgeRoom, move: str, job_id: str, hand: Hand) -> None:
    """Make one move of the provider.

    Args:
        room: the Lionbridge side.
        move: `send`, `start`, `deliver`, `redeliver`, `break`, `cancel` or `fail`.
        job_id: the job.
        hand: what goes with it.

    Raises:
        KeyError: for an unknown move, job or request.
        ValueError: when the move does not fit the state.
    """
    if job_id not in room.job_list.by_id:
        raise KeyError(f"job {job_id}")
    unknown = [uid for uid in hand.requests or [] if uid not in room.job_list.by_id[job_id].requests]
    if unknown:
        raise KeyError(f"request {unknown[0]}")
    if move == "send":
        room.send(job_id)
    elif move == "start":
        room.start(job_id, hand.requests)
    elif move == "deliver":
        room.deliver(job_id, hand.requests, content=hand.content(), fields=hand.fields, source=hand.source)
    elif move == "redeliver":
        room.redeliver(job_id, hand.requests, content=hand.content())
    elif move == "break":
        if hand.corruption not in corruptions():
            raise ValueError(f"unknown corruption {hand.corruption!r}; known: {', '.join(corruptions())}")
        room.damage(job_id, hand.requests, corruption=hand.corruption)
    elif move == "cancel":
        room.cancel(job_id, hand.requests)
    elif move == "fail":
        room.fail(job_id, hand.requests, message=hand.message)
    else:
        raise KeyError(f"move {move}")


def _job(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "name": job.name,
        "status": job.status,
        "error": job.error,
        "archive_status": job.archive_status,
        "provider_id": job.provider_id,
        "created": show_date(job.created),
        "requests": [
            {
                "request_id": request.id,
                "file": request.label,
                "source": request.source_native_id,
                "locale": request.target_language,
                "status": request.status,
                "error": request.error,
                "note": request.reject_note,
                "deliveries": request.deliveries,
                "fetched": request.fetched,
            }
            for request in job.requests.values()
        ],
        "support_assets": len(job.assets),
        "tm_updates": len(job.tm_updates),
    }


def lionbridge_state(room: LionbridgeRoom) -> dict[str, Any]:
    """Everything at Lionbridge: jobs with their requests, listeners, and what nobody has acknowledged."""
    return {
        "jobs": [_job(job) for job in room.jobs],
        "listeners": [
            {
                "listener_id": listener.id,
                "type": listener.type,
                "status_codes": listener.status_codes,
                "disabled": listener.disabled,
                "undelivered": len(listener.invocations),
            }
            for listener in room.listeners.by_id.values()
        ],
        "unacknowledged_updates": len(room.updates.unacknowledged),
        "files": len(room.files.by_id),
    }


class _Handlers:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def state(self, _: web.Request) -> web.StreamResponse:
        return _json(lionbridge_state(self._sandbox.lionbridge))

    async def play(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        hand = msgspec.json.decode(raw, type=Hand) if raw else Hand()
        room = self._sandbox.lionbridge
        uid = request.match_info["job"]
        play(room, request.match_info["move"], uid, hand)
        # A translation by the sandbox is made as soon as the loop turns; the answer shows it.
        await self._sandbox.advance(0)
        return _json(_job(room.job_list.by_id[uid]))

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        client = bool(msgspec.json.decode(raw, type=dict[str, bool]).get("client")) if raw else False
        self._sandbox.lionbridge.auth.revoke(client=client)
        return _json({"revoked": True, "client": client})


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def lionbridge_routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """The routes of the control port that concern Lionbridge."""
    handlers = _Handlers(sandbox)
    own = "/_sandbox/lionbridge"
    return [
        web.get(own + "/state", handlers.state),
        web.post(own + "/jobs/{job}/{move}", handlers.play),
        web.post(own + "/tokens/revoke", handlers.revoke),
    ]
