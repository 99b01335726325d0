"""Listeners: at most one of each type, and what could not be delivered to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from wordferry.sandbox.courier import Message
from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.callbacks import Callbacks
from wordferry.sandbox.lionbridge.errors import LionbridgeError, invalid, not_found
from wordferry.sandbox.lionbridge.job import CANCELLED, COMPLETED, IN_TRANSLATION, SENT, Job
from wordferry.sandbox.lionbridge.jobs import Jobs
from wordferry.sandbox.lionbridge.listener import (
    FAILED,
    JOB_TYPE,
    PENDING,
    REQUEST_TYPE,
    SIGNATURE,
    Invocation,
    Listener,
    show_invocation,
    show_listener,
)
from wordferry.sandbox.lionbridge.paging import Cursors, collection, newest_first
from wordferry.sandbox.lionbridge.request import REVIEW
from wordferry.sandbox.lionbridge.values import (
    Folded,
    flag,
    json_object,
    moment,
    query_value,
    show_date,
    strings,
    text,
)
from wordferry.sandbox.lionbridge_settings import DAY
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content
from wordferry.sandbox.world import World

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.status_updates import StatusUpdate

# The first generation's spelling is sent by clients in production; answers have the documented one.
_TYPES = {
    JOB_TYPE: JOB_TYPE,
    REQUEST_TYPE: REQUEST_TYPE,
    "JOB_STATUS_UPDATED": JOB_TYPE,
    "REQUEST_STATUS_UPDATED": REQUEST_TYPE,
}
_CODES = {
    JOB_TYPE: (SENT, IN_TRANSLATION, CANCELLED),
    REQUEST_TYPE: (IN_TRANSLATION, REVIEW, CANCELLED),
}
_LOCAL = frozenset({"http", "https"})


def _number(item: Listener | Invocation) -> int:
    return item.number


class Listeners:
    """The listeners of the credential."""

    def __init__(self, world: World, jobs: Jobs) -> None:
        self._world = world
        self._jobs = jobs
        self.by_id: dict[str, Listener] = {}
        self.callbacks = Callbacks(world, self.by_id)

    # What happens at the vendor

    def updated(self, update: StatusUpdate, job: Job) -> None:
        """A status update was recorded: tell the listener of its kind."""
        time = show_date(update.time)
        if update.request_ids:
            body: dict[str, Any] = {
                "eventType": "REQUEST_UPDATE",
                "jobId": job.id,
                "requestIds": update.request_ids,
                "statusCode": update.status,
                "message": update.error,
                "isError": update.has_error,
                "updateTime": time,
            }
            self._invoke(REQUEST_TYPE, body, update=update)
        else:
            self._invoke(JOB_TYPE, self._job_event(job, time, is_error=update.has_error), update=update)

    def job_gone(self, job: Job, *, deleted: bool = False) -> None:
        """A job was archived, came back, or was deleted; no status update tells of it."""
        time = show_date(self._world.clock.now())
        self._invoke(JOB_TYPE, self._job_event(job, time, deleted=deleted), update=None)

    def _job_event(
        self, job: Job, time: str | None, *, is_error: bool = False, deleted: bool = False
    ) -> dict[str, Any]:
        return {
            "eventType": "JOB_UPDATE",
            "jobId": job.id,
            "statusCode": job.status,
            "archived": job.archived,
            "deleted": deleted,
            "isError": is_error,
            "updateTime": time,
        }

    def _invoke(self, kind: str, body: dict[str, Any], *, update: StatusUpdate | None) -> None:
        for listener in self.by_id.values():
            if listener.type != kind or listener.disabled:
                continue
            wanted = update is None or update.status in listener.status_codes
            if not wanted and not (body["isError"] and self._jobs.settings.error_events):
                continue
            key = ("invocation", body["jobId"], body["statusCode"], *body.get("requestIds", ())[:1])
            now = self._world.clock.now()
            uuid = ids.uuid(self._world.ids, *key)
            payload = {"listenerId": listener.id, "payloadUuid": uuid, **body}
            message = Message(
                operation="listener",
                about=body["jobId"],
                url=listener.uri,
                body=msgspec.json.encode(payload),
                facts={"payload": payload},
            )
            invocation = Invocation(
                id=ids.short(self._world.ids, *key),
                number=self._jobs.number(),
                uuid=uuid,
                event_type=body["eventType"],
                message=message,
                update_id=update.id if update is not None else None,
                created=now,
                since=now,
            )
            self.callbacks.send(listener, invocation)

    # The calls

    def _in_path(self, call: Call) -> Listener:
        uid = call.params["listenerId"]
        listener = self.by_id.get(uid)
        if listener is None:
            raise not_found("Listener", uid)
        return listener

    def _uri(self, value: Any) -> str:
        uri = text(value, field="uri")
        if not uri:
            raise invalid("is required.", field="uri")
        try:
            parts = urlsplit(uri)
            host = parts.hostname
            _ = parts.port
        except ValueError:
            host = None
            parts = urlsplit("")
        if not host or parts.scheme not in _LOCAL:
            raise invalid("must be an absolute HTTPS address.", field="uri")
        if parts.scheme != "https" and not self._jobs.settings.allow_http_listeners:
            raise invalid("only HTTPS is supported.", field="uri")
        return uri

    def _codes(self, body: Folded, kind: str) -> list[str]:
        allowed = list(_CODES[kind])
        if kind == JOB_TYPE and self._jobs.settings.listener_job_completed:
            allowed.append(COMPLETED)
        codes = list(dict.fromkeys(strings(body.get("statusCodes"), field="statusCodes")))
        refused = [code for code in codes if code not in allowed]
        if refused:
            raise invalid(
                f"{', '.join(refused)} cannot be listened to with {kind}; allowed: {', '.join(allowed)}.",
                field="statusCodes",
            )
        return codes or allowed

    def create(self, call: Call) -> Answer:
        """`POST /statusupdates/listeners`: the secret is shown in this answer alone."""
        settings = self._jobs.settings
        body = json_object(call, settings=settings)
        given = text(body.get("type"), field="type") or ""
        kind = _TYPES.get(given)
        if kind is None:
            raise invalid(f"must be {JOB_TYPE} or {REQUEST_TYPE}.", field="type")
        uri = self._uri(body.get("uri"))
        codes = self._codes(body, kind)
        auth_type = text(body.get("authType"), field="authType") or settings.default_auth_type
        if auth_type not in (None, SIGNATURE):
            raise invalid(f"must be {SIGNATURE}.", field="authType")
        acknowledge = body.get("acknowledgeStatusUpdate")
        acknowledge = True if acknowledge is None else flag(acknowledge, field="acknowledgeStatusUpdate")
        if any(listener.type == kind for listener in self.by_id.values()):
            raise LionbridgeError(
                settings.second_listener_status, f"There is a listener of type {kind} already."
            )
        listener = Listener(
            id=ids.short(self._world.ids, "listener", kind),
            number=self._jobs.number(),
            uri=uri,
            type=kind,
            status_codes=codes,
            auth_type=auth_type,
            acknowledge=acknowledge,
            secret=self._world.ids.hex("lionbridge secret", kind),
        )
        self.by_id[listener.id] = listener
        call.facts.update(listener=listener.id, type=kind)
        return answer_json({**show_listener(listener), settings.secret_property: listener.secret}, status=201)

    def get(self, call: Call) -> Answer:
        """`GET /statusupdates/listeners/{listenerId}`."""
        return answer_json(show_listener(self._in_path(call)))

    def listing(self, call: Call) -> Answer:
        """`GET /statusupdates/listeners`: all of them, without paging."""
        body = collection(
            [show_listener(listener) for listener in self.by_id.values()],
            key="listeners",
            following=None,
            cursors=Cursors(call, others={}),
            settings=self._jobs.settings,
        )
        return answer_json(body)

    def patch(self, call: Call) -> Answer:
        """`PATCH /statusupdates/listeners/{listenerId}`: a `uri` in it ends permanent probation."""
        listener = self._in_path(call)
        body = json_object(call, settings=self._jobs.settings)
        uri = self._uri(body.get("uri")) if body.get("uri") is not None else None
        codes = self._codes(body, listener.type) if body.get("statusCodes") is not None else None
        acknowledge = body.get("acknowledgeStatusUpdate")
        if acknowledge is not None:
            listener.acknowledge = flag(acknowledge, field="acknowledgeStatusUpdate")
        if codes is not None:
            listener.status_codes = codes
        if uri is not None:
            listener.uri = uri
            self.callbacks.moved(listener)
        if uri is not None or self._jobs.settings.probation_reset == "any":
            listener.disabled = False
        return answer_json(show_listener(listener))

    def delete(self, call: Call) -> Answer:
        """`DELETE /statusupdates/listeners/{listenerId}`."""
        listener = self._in_path(call)
        del self.by_id[listener.id]
        self.callbacks.forget(listener)
        if self._jobs.settings.delete_status == 204:
            return no_content()
        return answer_json(show_listener(listener))

    def _invocations(self, call: Call, status: str) -> Answer:
        listener = self._in_path(call)
        given = query_value(call, "earliest")
        earliest = call.now - DAY if given is None else moment(given)
        if earliest is None:
            raise invalid("must be a date.", field="earliest")

        def keep(invocation: Invocation) -> bool:
            failed_once = bool(invocation.message.attempts)
            return invocation.status == status and failed_once and invocation.created >= earliest

        body = newest_first(
            call,
            list(listener.invocations.values()),
            key=self._jobs.settings.invocations_key,
            number=_number,
            show=lambda invocation: show_invocation(invocation, listener),
            settings=self._jobs.settings,
            keep=keep,
            others={"earliest": given or ""},
        )
        return answer_json(body)

    def pending(self, call: Call) -> Answer:
        """`GET …/invocations/pending`: failed deliveries that are still retried."""
        return self._invocations(call, PENDING)

    def failed(self, call: Call) -> Answer:
        """`GET …/invocations/failed`: deliveries that were given up."""
        return self._invocations(call, FAILED)

    def retry_one(self, call: Call) -> Answer:
        """`PUT …/invocations/{invocationId}/retry`."""
        listener = self._in_path(call)
        invocation = self._known(listener, call.params["invocationId"])
        self.callbacks.retry(listener, invocation)
        status = self._jobs.settings.retry_status
        if status == 204:
            return no_content()
        return answer_json(show_invocation(invocation, listener), status=status)

    def retry_many(self, call: Call) -> Answer:
        """`PUT …/listeners/{listenerId}/retry`: all named invocations, or none when one is unknown."""
        listener = self._in_path(call)
        settings = self._jobs.settings
        named = strings(json_object(call, settings=settings).get("invocationIds"), field="invocationIds")
        if not named:
            raise invalid("at least one id is required.", field="invocationIds")
        found = [self._known(listener, uid) for uid in dict.fromkeys(named)]
        for invocation in found:
            self.callbacks.retry(listener, invocation)
        if settings.retry_status == 204:
            return no_content()
        body = collection(
            [show_invocation(invocation, listener) for invocation in found],
            key=settings.invocations_key,
            following=None,
            cursors=Cursors(call, others={}),
            settings=settings,
        )
        return answer_json(body, status=settings.retry_status)

    def _known(self, listener: Listener, uid: str) -> Invocation:
        invocation = listener.invocations.get(uid)
        if invocation is None:
            raise not_found("Invocation", uid)
        return invocation
