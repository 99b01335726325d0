"""What became of the deliveries of webhooks, and how to have them sent again. The vendor keeps them for 14 days.

Source: Phrase TMS API reference, "Lists webhook calls" and "Replay webhook calls"; Phrase support
article "Webhooks (TMS)".
"""

from __future__ import annotations

from collections.abc import Sequence

from wordferry.tms.phrase.api.answers import Answer, Page, nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import Uid
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["WebhookCall", "page", "replay", "replay_latest"]


class WebhookCall(Answer, frozen=True, kw_only=True):
    """One delivery. Retries and replays are deliveries of their own with the same `event_uid`."""

    uid: str | None = None
    parent_uid: str | None = None
    event_uid: str | None = None
    webhook_settings: Uid | None = None
    trigger_event: str | None = None
    url: str | None = None
    created_at: Date | None = None
    body: str | None = None
    status_code: int | None = None
    error_message: str | None = None
    retry_attempt: int | None = None
    forced: bool | None = None
    last_forced_at: Date | None = None


_ALL = "/api2/v1/webhooksCalls"
_PAGE = Endpoint("webhooks.calls", "GET", _ALL, reader(Page[WebhookCall]), Kind.READ)
_REPLAY = Endpoint("webhooks.replay", "POST", _ALL + "/replay", nothing, Kind.EFFECT)
_LATEST = Endpoint("webhooks.replay_latest", "POST", _ALL + "/replay/latest", nothing, Kind.EFFECT)


def page(
    sheet: Sheet,
    *,
    webhook_uid: str | None = None,
    events: Sequence[str] | None = None,
    status: str | None = None,
    parent_uid: str | None = None,
    webhook_event_uid: str | None = None,
) -> Call[Page[WebhookCall]]:
    """List deliveries, with what your receiver answered.

    Args:
        sheet: which page.
        webhook_uid: of this webhook only.
        events: of these events only.
        status: `SUCCESS` or `FAIL`.
        parent_uid: the retries and replays of this delivery.
        webhook_event_uid: all deliveries of one event.

    Returns:
        Deliveries; `body` is the JSON text that was sent.

    Raises:
        NeedsOperator: the role may not see them.

    Source: Phrase TMS API reference, "Lists webhook calls".
    """
    filters = (
        *sheet.query(),
        ("webhookUid", webhook_uid),
        ("events", events),
        ("status", status),
        ("parentUid", parent_uid),
        ("webhookEventUid", webhook_event_uid),
    )
    return Call(_PAGE, query=query(filters))


def replay(call_uids: Sequence[str]) -> Call[None]:
    """Have deliveries sent again, in the given order.

    Args:
        call_uids: the deliveries.

    Raises:
        Refused: none is given.
        Vanished: one of them is not there any more.
        OutcomeUnknown: they may be sent; receivers have to know repeated events anyway.

    Source: Phrase TMS API reference, "Replay webhook calls".
    """
    return Call(_REPLAY, headers=JSON, body=encode({"webhookCalls": references(call_uids)}))


def replay_latest(
    *,
    number_of_calls: int | None = None,
    events: Sequence[str] | None = None,
    status: str | None = None,
) -> Call[None]:
    """Have the latest deliveries sent again, the oldest of them first.

    Args:
        number_of_calls: how many; the vendor's default is 5.
        events: of these events only.
        status: `SUCCESS` or `FAIL`.

    Raises:
        Refused: a value that the vendor does not take.
        OutcomeUnknown: they may be sent; receivers have to know repeated events anyway.

    Source: Phrase TMS API reference, "Replay last webhook calls".
    """
    filters = (("numberOfCalls", number_of_calls), ("events", events), ("status", status))
    return Call(_LATEST, query=query(filters))
