"""Webhooks: where the vendor tells what happens in the whole account. There is no filter by project.

Source: Phrase TMS API reference, "Create webhook", "Lists webhooks", "Send test webhook" and "Get webhook
body previews".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wordferry.tms.phrase.api.answers import Answer, Numbered, Page, nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import UserRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["Preview", "Previews", "Webhook", "create", "delete", "get", "page", "previews", "replace", "test"]


class Webhook(Numbered, frozen=True, kw_only=True):
    """A webhook. Events that this version does not know are kept as the vendor writes them."""

    uid: str | None = None
    name: str | None = None
    url: str | None = None
    status: str | None = None
    events: tuple[str, ...] | None = None
    secret_token: str | None = None
    secret_token_type: str | None = None
    hidden: bool | None = None
    failed_attempts: int | None = None
    created: Date | None = None
    created_by: UserRef | None = None
    last_modified: Date | None = None
    last_modified_by: UserRef | None = None

    def __repr__(self) -> str:
        return (
            f"Webhook(uid={self.uid!r}, name={self.name!r}, status={self.status!r}, events={self.events!r})"
        )


class Preview(Answer, frozen=True, kw_only=True):
    """What the vendor would send for an event: `preview` is a JSON text."""

    event: str | None = None
    preview: str | None = None


class Previews(Answer, frozen=True, kw_only=True):
    """Sample bodies, the truth about what an account is sent."""

    previews: tuple[Preview, ...] = ()


_ALL = "/api2/v2/webhooks"
_ONE = _ALL + "/{webHookUid}"
_read = reader(Webhook)
_CREATE = Endpoint("webhooks.create", "POST", _ALL, _read, Kind.EFFECT)
_PAGE = Endpoint("webhooks.list", "GET", _ALL, reader(Page[Webhook]), Kind.READ)
_GET = Endpoint("webhooks.get", "GET", _ONE, _read, Kind.READ)
_REPLACE = Endpoint("webhooks.replace", "PUT", _ONE, _read, Kind.EFFECT)
_DELETE = Endpoint("webhooks.delete", "DELETE", _ONE, nothing, Kind.EFFECT)
_TEST = Endpoint("webhooks.test", "POST", _ALL + "/{webhookUid}/test", nothing, Kind.EFFECT)
_PREVIEWS = Endpoint("webhooks.previews", "GET", _ALL + "/previews", reader(Previews), Kind.READ)


def create(
    *,
    url: str,
    events: Sequence[str],
    name: str | None = None,
    status: str | None = None,
    secret_token: str | None = None,
    secret_token_type: str | None = None,
    hidden: bool | None = None,
) -> Call[Webhook]:
    """Register a webhook.

    Args:
        url: where the vendor posts to.
        events: the vendor's words, for example `JOB_STATUS_CHANGED`.
        name: at most 255 characters.
        status: `ENABLED` or `DISABLED`.
        secret_token: sent back with each delivery, at most 255 characters. Deliveries are not signed: this is all
            that proves where they come from.
        secret_token_type: the header it comes in: `X_MEMSOURCE_TOKEN` or `AUTHORIZATION`.
        hidden: not shown in the vendor's own pages.

    Returns:
        The webhook with its uid.

    Raises:
        Refused: a bad address or an unknown event.
        NeedsOperator: the role or the plan has no webhooks.
        OutcomeUnknown: it may exist; list the webhooks of this address before repeating.

    Source: Phrase TMS API reference, "Create webhook".
    """
    body = _body(url, events, name, status, secret_token, secret_token_type, hidden)
    return Call(_CREATE, headers=JSON, body=body, subject=name)


def page(
    sheet: Sheet,
    *,
    name: str | None = None,
    url: str | None = None,
    status: str | None = None,
    events: Sequence[str] | None = None,
    created_by: Sequence[str] | None = None,
    modified_by: Sequence[str] | None = None,
    sort_field: str | None = None,
    sort_trend: str | None = None,
) -> Call[Page[Webhook]]:
    """List webhooks.

    Args:
        sheet: which page.
        name: filter on the name.
        url: filter on the address.
        status: `ENABLED` or `DISABLED`.
        events: those that listen to any of these.
        created_by: uids of users.
        modified_by: uids of users.
        sort_field: the vendor's word for a field.
        sort_trend: `ASC` or `DESC`.

    Returns:
        Webhooks of the account.

    Raises:
        NeedsOperator: the role may not see them.

    Source: Phrase TMS API reference, "Lists webhooks".
    """
    filters = (
        *sheet.query(),
        ("name", name),
        ("url", url),
        ("status", status),
        ("events", events),
        ("createdBy", created_by),
        ("modifiedBy", modified_by),
        ("sortField", sort_field),
        ("sortTrend", sort_trend),
    )
    return Call(_PAGE, query=query(filters))


def get(webhook_uid: str) -> Call[Webhook]:
    """Get one webhook: `failed_attempts` shows how near it is to being switched off.

    Args:
        webhook_uid: the webhook.

    Returns:
        The webhook.

    Raises:
        Vanished: no such webhook.

    Source: Phrase TMS API reference, "Get webhook".
    """
    return Call(_GET, {"webHookUid": webhook_uid})


def replace(
    webhook_uid: str,
    *,
    url: str,
    events: Sequence[str],
    name: str | None = None,
    status: str | None = None,
    secret_token: str | None = None,
    secret_token_type: str | None = None,
    hidden: bool | None = None,
) -> Call[Webhook]:
    """Set all fields of a webhook. What is left out is CLEARED, the secret too.

    Args:
        webhook_uid: the webhook.
        url: where the vendor posts to.
        events: the vendor's words.
        name: at most 255 characters.
        status: `ENABLED` or `DISABLED`.
        secret_token: sent back with each delivery.
        secret_token_type: the header it comes in: `X_MEMSOURCE_TOKEN` or `AUTHORIZATION`.
        hidden: not shown in the vendor's own pages.

    Returns:
        The webhook as it is now.

    Raises:
        Refused: a bad address or an unknown event.
        Vanished: no such webhook.
        OutcomeUnknown: read it before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit webhook".
    """
    body = _body(url, events, name, status, secret_token, secret_token_type, hidden)
    return Call(_REPLACE, {"webHookUid": webhook_uid}, headers=JSON, body=body)


def delete(webhook_uid: str) -> Call[None]:
    """Delete a webhook.

    Args:
        webhook_uid: the webhook.

    Raises:
        Vanished: no such webhook, or it was deleted before.
        OutcomeUnknown: read it before repeating.

    Source: Phrase TMS API reference, "Delete webhook".
    """
    return Call(_DELETE, {"webHookUid": webhook_uid})


def test(webhook_uid: str, event: str) -> Call[None]:
    """Let the vendor send a made-up delivery.

    Args:
        webhook_uid: the webhook.
        event: one that it listens to.

    Raises:
        Refused: it does not listen to this event.
        Vanished: no such webhook.
        OutcomeUnknown: it may be sent; one more does no harm.

    Source: Phrase TMS API reference, "Send test webhook".
    """
    return Call(_TEST, {"webhookUid": webhook_uid}, query=query((("event", event),)))


def previews(*, events: Sequence[str] | None = None) -> Call[Previews]:
    """What the vendor would send for each event, as samples.

    Args:
        events: the vendor's words; all when left out.

    Returns:
        One sample per event, as JSON text.

    Raises:
        NeedsOperator: the role may not see them.

    Source: Phrase TMS API reference, "Get webhook body previews".
    """
    return Call(_PREVIEWS, query=query((("events", events),)))


def _body(
    url: str,
    events: Sequence[str],
    name: str | None,
    status: str | None,
    secret_token: str | None,
    secret_token_type: str | None,
    hidden: bool | None,
) -> bytes:
    fields: dict[str, Any] = {
        "url": url,
        "events": list(events),
        "name": name,
        "status": status,
        "secretToken": secret_token,
        "secretTokenType": secret_token_type,
        "hidden": hidden,
    }
    return encode(fields)
