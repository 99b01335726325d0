"""Webhook calls: events on their way, the log of every attempt, and replays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from wordferry.sandbox.courier import Message
from wordferry.sandbox.phrase.callbacks import RETRY_MINUTES
from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.event_bodies import EVENTS
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import SPECIFICATION, TMS, nothing
from wordferry.sandbox.phrase.values import date, json_body, query_int, query_list
from wordferry.sandbox.phrase.webhooks import Webhook, Webhooks
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World

_HEADERS = {"X_MEMSOURCE_TOKEN": "x-memsource-token", "AUTHORIZATION": "Authorization"}


@dataclass(slots=True, eq=False)
class WebhookCall:
    """One attempt to tell one webhook of one event."""

    uid: str
    # The first attempt of the same event, or the call that was replayed.
    parent_uid: str | None
    event_uid: str
    webhook: Webhook
    event: str
    url: str
    created: float
    body: bytes
    status_code: int
    error: str | None
    retry_attempt: int
    forced: bool
    about: str
    last_forced: float | None = None

    @property
    def success(self) -> bool:
        """Whether it was heard."""
        return self.error is None


class WebhookCalls:
    """Sends events to webhooks on the vendor's schedule and keeps the log."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks
        self._log: dict[str, WebhookCall] = {}
        # (uid, virtual epoch seconds) of webhooks that were switched off for their failures.
        self.disabled: list[tuple[str, float]] = []

    def routes(self) -> list[Route]:
        """Its calls."""
        log = TMS + "/v1/webhooksCalls"
        table = (
            ("GET", log, "list_webhook_calls", self.list_calls, False, "List webhook calls",
             "as documented, newest first: ours; every attempt is an entry; kept for 14 days"),
            ("POST", log + "/replay", "replay_webhook_calls", self.replay, True, "Replay webhook calls",
             "as documented, in the given order, with the `eventUid` of the first time"),
            ("POST", log + "/replay/latest", "replay_latest_webhook_calls", self.replay_latest, True,
             "Replay last webhook calls", "as documented, oldest first"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                nothing,
                mutating=mutating,
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, mutating, summary, fidelity in table
        ]

    def wanted(self, event: str) -> bool:
        """Whether any enabled webhook listens to this event."""
        return bool(self._webhooks.by_uid) and bool(self._webhooks.listening(event))

    def publish(self, event: str, *, about: str, body: dict[str, Any]) -> None:
        """Tell every webhook that listens.

        Args:
            event: the vendor's word.
            about: uid of the object it is about.
            body: what the event says, without its envelope.
        """
        for webhook in self._webhooks.listening(event):
            self.send(webhook, event, about=about, content=self.envelope(event, about=about, body=body))

    def envelope(self, event: str, *, about: str, body: dict[str, Any]) -> bytes:
        """The whole body of an event; its uid is the same for all webhooks that hear it at that moment."""
        now = self._world.clock.now()
        uid = self._world.ids.uid("event", event, about)
        return msgspec.json.encode({"event": event, "timestamp": int(now), "eventUid": uid, **body})

    def send(
        self, webhook: Webhook, event: str, *, about: str, content: bytes, replayed: WebhookCall | None = None
    ) -> None:
        """Tell one webhook."""
        event_uid = replayed.event_uid if replayed else msgspec.json.decode(content)["eventUid"]
        strict = self._world.settings.webhook_needs_200
        message = Message(
            operation="webhook",
            about=f"{event}/{about}",
            url=webhook.url,
            body=content,
            accepted=frozenset({200}) if strict else frozenset(),
            headers=self._secret(webhook),
            judge=partial(self._heard, webhook, event, event_uid, about, replayed),
        )
        self._world.courier.send(message)

    def _secret(self, webhook: Webhook) -> dict[str, str]:
        if webhook.secret is None:
            return {}
        header = _HEADERS[webhook.token_type]
        if header == "x-memsource-token":
            header = self._world.settings.webhook_token_header
        return {header: webhook.secret}

    def _heard(
        self,
        webhook: Webhook,
        event: str,
        event_uid: str,
        about: str,
        replayed: WebhookCall | None,
        message: Message,
        status: int,
    ) -> None:
        success = status in message.accepted or (not message.accepted and 200 <= status < 300)
        error = None
        if not success:
            error = f"HTTP status {status}" if status else f"no answer ({message.attempts[-1].error})"
        number = len(message.attempts) - 1
        uid = self._world.ids.uid("webhook call", webhook.uid, event_uid)
        parent = message.facts.get("first") or (replayed.uid if replayed else None)
        message.facts.setdefault("first", uid)
        self._log[uid] = WebhookCall(
            uid=uid,
            parent_uid=parent,
            event_uid=event_uid,
            webhook=webhook,
            event=event,
            url=message.url,
            created=self._world.clock.now(),
            body=message.body,
            status_code=status,
            error=error,
            retry_attempt=number,
            forced=replayed is not None,
            about=about,
        )
        if success:
            message.confirmed = True
            return
        webhook.failed_attempts += 1
        limit = self._world.settings.webhook_failures_to_disable
        if limit and webhook.failed_attempts >= limit and webhook.status == "ENABLED":
            webhook.status = "DISABLED"
            self.disabled.append((webhook.uid, self._world.clock.now()))
        if message.confirmed or number >= len(RETRY_MINUTES) or webhook.status != "ENABLED":
            message.given_up = not message.confirmed
            return
        self._world.clock.after(RETRY_MINUTES[number] * 60.0, partial(self._retry, webhook, message))

    def _retry(self, webhook: Webhook, message: Message) -> None:
        # Switched off or deleted in the meantime: nobody is told any more.
        if webhook.status == "ENABLED" and not message.confirmed:
            self._world.courier.again(message)
        else:
            message.given_up = not message.confirmed

    def calls(self) -> list[WebhookCall]:
        """The attempts the vendor still remembers, oldest first."""
        oldest = self._world.clock.now() - self._world.settings.webhook_log_seconds
        for uid in [uid for uid, entry in self._log.items() if entry.created < oldest]:
            del self._log[uid]
        return list(self._log.values())

    def list_calls(self, call: Call) -> Answer:
        """`GET /api2/v1/webhooksCalls`: every attempt, newest first."""
        query = call.query
        fitting = self._fitting(query)
        for name, value in (("webhookUid", "webhook"), ("parentUid", "parent"), ("webhookEventUid", "event")):
            wanted = query.get(name)
            if wanted:
                fitting = [entry for entry in fitting if _uid_of(entry, value) == wanted]
        return answer_json(page(query, fitting[::-1], show=_show))

    def _fitting(self, query: Any) -> list[WebhookCall]:
        events, status = set(query_list(query, "events")), query.get("status")
        if not events <= set(EVENTS):
            raise invalid("'events' has an unknown event.", field="events")
        if status not in (None, "", "SUCCESS", "FAIL"):
            raise invalid("'status' must be SUCCESS or FAIL.", field="status")
        return [
            entry
            for entry in self.calls()
            if (not events or entry.event in events)
            and (not status or entry.success == (status == "SUCCESS"))
        ]

    def replay(self, call: Call) -> Answer:
        """`POST /api2/v1/webhooksCalls/replay`: 202; the named calls once more, in the given order."""
        named = json_body(call).get("webhookCalls")
        if not isinstance(named, list) or not named:
            raise invalid("'webhookCalls' is required.", field="webhookCalls")
        if not all(isinstance(entry, dict) and isinstance(entry.get("uid"), str) for entry in named):
            raise invalid("'webhookCalls' must be a list of uids.", field="webhookCalls")
        known = {entry.uid: entry for entry in self.calls()}
        for entry in named:
            if entry["uid"] not in known:
                raise not_found("Webhook call", entry["uid"])
        return self._again([known[entry["uid"]] for entry in named], call)

    def replay_latest(self, call: Call) -> Answer:
        """`POST /api2/v1/webhooksCalls/replay/latest`: 202; the last ones that fit, oldest first."""
        number = query_int(call.query, "numberOfCalls")
        number = 5 if number is None else number
        if not 1 <= number <= 1000:
            raise invalid("'numberOfCalls' must be between 1 and 1000.", field="numberOfCalls")
        return self._again(self._fitting(call.query)[-number:], call)

    def _again(self, chosen: list[WebhookCall], call: Call) -> Answer:
        for number, entry in enumerate(chosen):
            entry.last_forced = call.now
            # A moment apart, so that they come in this order.
            self._world.clock.after(number * 0.001, partial(self._send_again, entry))
        call.facts.update(replayed=len(chosen))
        return Answer(202, content_type=None)

    def _send_again(self, entry: WebhookCall) -> None:
        self.send(entry.webhook, entry.event, about=entry.about, content=entry.body, replayed=entry)


def _uid_of(entry: WebhookCall, what: str) -> str | None:
    return {"webhook": entry.webhook.uid, "parent": entry.parent_uid, "event": entry.event_uid}[what]


def _show(entry: WebhookCall) -> dict[str, Any]:
    return {
        "uid": entry.uid,
        "parentUid": entry.parent_uid,
        "eventUid": entry.event_uid,
        "webhookSettings": {"uid": entry.webhook.uid},
        "triggerEvent": entry.event,
        "url": entry.url,
        "createdAt": date(entry.created),
        "body": entry.body.decode("utf-8", "replace"),
        "statusCode": entry.status_code,
        "errorMessage": entry.error,
        "retryAttempt": entry.retry_attempt,
        "forced": entry.forced,
        "lastForcedAt": date(entry.last_forced),
    }
