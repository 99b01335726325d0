"""Webhooks: subscriptions of the whole account, made, read, replaced and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.event_bodies import EVENTS
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, SPECIFICATION, TMS, WEBHOOK, field, nothing, param
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.values import date, flag, is_web_address, json_body, query_list, strings, text
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

STATUSES = ("ENABLED", "DISABLED")
TOKEN_TYPES = ("X_MEMSOURCE_TOKEN", "AUTHORIZATION")


@dataclass(slots=True, eq=False)
class Webhook:
    """One subscription."""

    id: str
    uid: str
    created: float
    url: str
    events: list[str]
    name: str | None = None
    status: str = "ENABLED"
    secret: str | None = None
    token_type: str = TOKEN_TYPES[0]
    hidden: bool = False
    failed_attempts: int = 0
    modified: float = 0.0


class Webhooks:
    """All webhooks, oldest first."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self.by_uid: dict[str, Webhook] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        uid = param("webHookUid")
        collection = TMS + "/v2/webhooks"
        table = (
            ("POST", collection, "create_webhook", self.create_webhook, field("name"), True,
             "Create webhook", DOCUMENTED),
            ("GET", collection, "list_webhooks", self.list_webhooks, nothing, False, "List webhooks",
             "as documented; name and URL match in part, hidden ones are shown: ours"),
            ("GET", WEBHOOK, "get_webhook", self.get_webhook, uid, False, "Get webhook", DOCUMENTED),
            ("PUT", WEBHOOK, "replace_webhook", self.replace_webhook, uid, True, "Edit webhook",
             "as documented; enabling one again forgets its failed attempts: ours"),
            ("DELETE", WEBHOOK, "delete_webhook", self.delete_webhook, uid, True, "Delete webhook", DOCUMENTED),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                mutating=mutating,
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, about, mutating, summary, fidelity in table
        ]

    def get(self, uid: str) -> Webhook:
        """The webhook of that uid.

        Raises:
            PhraseError: 404.
        """
        webhook = self.by_uid.get(uid)
        if webhook is None:
            raise not_found("Webhook", uid)
        return webhook

    def listening(self, event: str) -> list[Webhook]:
        """The enabled webhooks that want this event."""
        return [
            webhook
            for webhook in self.by_uid.values()
            if webhook.status == "ENABLED" and event in webhook.events
        ]

    def create_webhook(self, call: Call) -> Answer:
        """`POST /api2/v2/webhooks`: 201."""
        fields = _fields(json_body(call))
        key = (fields["name"] or "", fields["url"])
        webhook = Webhook(
            id=str(self._world.ids.number("webhook", *key)),
            uid=self._world.ids.uid("webhook", *key),
            created=call.now,
            modified=call.now,
            **fields,
        )
        self.by_uid[webhook.uid] = webhook
        call.facts.update(webhook=webhook.uid, events=webhook.events)
        return answer_json(self.show(webhook), status=201)

    def get_webhook(self, call: Call) -> Answer:
        """`GET /api2/v2/webhooks/{webHookUid}`."""
        return answer_json(self.show(self.get(call.params["webHookUid"])))

    def replace_webhook(self, call: Call) -> Answer:
        """`PUT /api2/v2/webhooks/{webHookUid}`: takes the body of create; what is left out is reset."""
        webhook = self.get(call.params["webHookUid"])
        was = webhook.status
        for name, value in _fields(json_body(call)).items():
            setattr(webhook, name, value)
        webhook.modified = call.now
        if was == "DISABLED" and webhook.status == "ENABLED":
            webhook.failed_attempts = 0
        call.facts.update(webhook=webhook.uid, events=webhook.events)
        return answer_json(self.show(webhook))

    def delete_webhook(self, call: Call) -> Answer:
        """`DELETE /api2/v2/webhooks/{webHookUid}`: 204."""
        webhook = self.get(call.params["webHookUid"])
        webhook.status = "DISABLED"
        del self.by_uid[webhook.uid]
        call.facts.update(webhook=webhook.uid)
        return no_content()

    def list_webhooks(self, call: Call) -> Answer:
        """`GET /api2/v2/webhooks`: a page of those that fit."""
        query = call.query
        events, status = set(query_list(query, "events")), query.get("status")
        if not events <= set(EVENTS):
            raise invalid("'events' has an unknown event.", field="events")
        if status is not None and status not in STATUSES:
            raise invalid(f"'status' must be one of {', '.join(STATUSES)}.", field="status")
        name, url = str(query.get("name", "")).lower(), str(query.get("url", "")).lower()
        # The sandbox has one user who makes and changes webhooks.
        people = [query_list(query, key) for key in ("createdBy", "modifiedBy")]
        ours = all(not uids or self._people.owner.uid in uids for uids in people)
        found = [
            webhook
            for webhook in self.by_uid.values()
            if ours
            and name in (webhook.name or "").lower()
            and url in webhook.url.lower()
            and (status is None or webhook.status == status)
            and (not events or not events.isdisjoint(webhook.events))
        ]
        sort, trend = query.get("sortField"), str(query.get("sortTrend", "ASC")).upper()
        if trend not in ("ASC", "DESC"):
            raise invalid("'sortTrend' must be ASC or DESC.", field="sortTrend")
        if sort is not None:
            key = _SORTS.get(str(sort).lower().replace("_", ""))
            if key is None:
                raise invalid(f"'sortField' does not know {sort}.", field="sortField")
            found.sort(key=key)
        if trend == "DESC":
            found.reverse()
        return answer_json(page(query, found, show=self.show))

    def show(self, webhook: Webhook) -> dict[str, Any]:
        """The vendor's WebHookDtoV2."""
        owner = self._people.owner_reference
        return {
            "id": webhook.id,
            "uid": webhook.uid,
            "name": webhook.name,
            "url": webhook.url,
            "status": webhook.status,
            "events": webhook.events,
            "secretToken": webhook.secret,
            "secretTokenType": webhook.token_type,
            "hidden": webhook.hidden,
            "failedAttempts": webhook.failed_attempts,
            "created": date(webhook.created),
            "createdBy": owner,
            "lastModified": date(webhook.modified),
            "lastModifiedBy": owner,
        }


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    url = text(body.get("url"), field="url", longest=2048, required=True)
    if not is_web_address(url or ""):
        raise invalid("'url' must be an absolute URL.", field="url")
    events = strings(body.get("events"), field="events")
    if not events:
        raise invalid("'events' is required.", field="events")
    unknown = [event for event in events if event not in EVENTS]
    if unknown:
        raise invalid(f"'events' has unknown events: {', '.join(unknown)}.", field="events")
    status = body.get("status") or STATUSES[0]
    if status not in STATUSES:
        raise invalid(f"'status' must be one of {', '.join(STATUSES)}.", field="status")
    token_type = body.get("secretTokenType") or TOKEN_TYPES[0]
    if token_type not in TOKEN_TYPES:
        raise invalid(f"'secretTokenType' must be one of {', '.join(TOKEN_TYPES)}.", field="secretTokenType")
    secret = text(body.get("secretToken"), field="secretToken", longest=255)
    if secret is not None and not (secret.isascii() and secret.isprintable()):
        raise invalid("'secretToken' must be fit for a header.", field="secretToken")
    return {
        "url": url,
        "events": list(dict.fromkeys(events)),
        "name": text(body.get("name"), field="name", longest=255),
        "status": status,
        "secret": secret,
        "token_type": token_type,
        "hidden": flag(body.get("hidden"), field="hidden"),
    }


_SORTS: dict[str, Any] = {
    "id": lambda webhook: int(webhook.id),
    "name": lambda webhook: (webhook.name or "").lower(),
    "url": lambda webhook: webhook.url,
    "status": lambda webhook: webhook.status,
    "events": lambda webhook: sorted(webhook.events),
    "created": lambda webhook: webhook.created,
    "createdby": lambda webhook: webhook.created,
    "lastmodified": lambda webhook: webhook.modified,
    "lastmodifiedby": lambda webhook: webhook.modified,
    "datecreated": lambda webhook: webhook.created,
    "failedattempts": lambda webhook: webhook.failed_attempts,
}
