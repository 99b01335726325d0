"""Listeners: where the vendor reports changes to, and the reports that did not arrive.

Source: Content API, groups "Listener" and "Webhook".
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one, one_or_none
from wordferry.tms.lionbridge.api.bodies import JSON, json_body
from wordferry.transport import Call, Endpoint, Kind, nothing, query
from wordferry.transport.dates import Date

__all__ = [
    "Invocation",
    "Listener",
    "ListenerType",
    "create",
    "delete",
    "failed",
    "get",
    "page",
    "pending",
    "retry",
    "retry_many",
    "update",
]


class ListenerType(enum.StrEnum):
    """What a listener hears of. Source: Content API, "Create a listener"."""

    JOB_STATUS_UPDATE = "JOB_STATUS_UPDATE"
    REQUEST_STATUS_UPDATE = "REQUEST_STATUS_UPDATE"


class Listener(Answer, frozen=True, kw_only=True):
    """A listener.

    Args:
        disabled: it is on permanent probation: nothing is sent until `update` names its `uri` again.
        secret: key of the signatures; comes once, with the answer of `create`.
    """

    identity: ClassVar[str] = "listener_id"

    listener_id: str | None = None
    uri: str | None = None
    type: str | None = None
    status_codes: tuple[str, ...] | None = None
    auth_type: str | None = None
    acknowledge_status_update: bool | None = None
    disabled: bool | None = None
    secret: str | None = None

    def __repr__(self) -> str:
        secret = "[hidden]" if self.secret else None
        return f"Listener({self.listener_id}, type={self.type!r}, disabled={self.disabled}, secret={secret})"


class Invocation(Answer, frozen=True, kw_only=True):
    """One report to a listener and what became of it. The vendor shows no such answer, so names may differ."""

    identity: ClassVar[str] = "invocation_id"

    invocation_id: str | None = None
    listener_id: str | None = None
    payload_uuid: str | None = None
    event_type: str | None = None
    payload: Any = None
    status: str | None = None
    attempt_count: int | None = None
    created_date: Date | None = None
    last_attempt_date: Date | None = None
    next_attempt_date: Date | None = None
    last_response_code: int | None = None
    last_error_message: str | None = None


_read = one(Listener)


def _created(body: bytes) -> Listener:
    """The new listener; its secret has no documented name: any member that ends in "secret" is taken."""
    listener = _read(body)
    if listener.secret is None:
        for name, value in listener.more.items():
            if name.lower().endswith("secret") and isinstance(value, str):
                rest = {key: kept for key, kept in listener.more.items() if key != name}
                return msgspec.structs.replace(listener, secret=value, more=rest)
    return listener


_ALL = "/statusupdates/listeners"
_ONE = "/statusupdates/listeners/{listenerId}"
_invocations = collection(Invocation, "invocations")
_CREATE = Endpoint("listeners.create", "POST", _ALL, _created, Kind.EFFECT)
_GET = Endpoint("listeners.get", "GET", _ONE, _read, Kind.READ)
_LIST = Endpoint("listeners.list", "GET", _ALL, collection(Listener, "listeners"), Kind.READ)
_UPDATE = Endpoint("listeners.update", "PATCH", _ONE, _read, Kind.EFFECT)
_DELETE = Endpoint("listeners.delete", "DELETE", _ONE, one_or_none(Listener), Kind.EFFECT)
_PENDING = Endpoint("listeners.pending", "GET", _ONE + "/invocations/pending", _invocations, Kind.READ)
_FAILED = Endpoint("listeners.failed", "GET", _ONE + "/invocations/failed", _invocations, Kind.READ)
_RETRY = Endpoint(
    "listeners.retry", "PUT", _ONE + "/invocations/{invocationId}/retry", one_or_none(Invocation), Kind.EFFECT
)
_RETRY_MANY = Endpoint("listeners.retry_many", "PUT", _ONE + "/retry", nothing, Kind.EFFECT)


def create(
    uri: str,
    *,
    type: str,
    status_codes: Sequence[str] | None = None,
    auth_type: str | None = None,
    acknowledge_status_update: bool | None = None,
) -> Call[Listener]:
    """Create a listener. There is at most one of each type for a credential.

    Args:
        uri: where reports go, `https` only.
        type: `JOB_STATUS_UPDATE` or `REQUEST_STATUS_UPDATE`; see `ListenerType`.
        status_codes: what to report; one that the type does not take makes the whole call fail.
        auth_type: `LB_CONTENTAPI_SIGNATURE` signs each report.
        acknowledge_status_update: a report that arrived acknowledges its status update (the vendor's default).

    Returns:
        The listener with its secret, which never comes again.

    Raises:
        Refused: there is one of this type, the address is not https, or a status code is not taken.
        OutcomeUnknown: list the listeners; one whose secret is lost must be deleted.

    Source: Content API, "Create a listener".
    """
    _checked(uri)
    body = json_body(
        {
            "uri": uri,
            "type": type,
            "statusCodes": status_codes,
            "authType": auth_type,
            "acknowledgeStatusUpdate": acknowledge_status_update,
        }
    )
    return Call(_CREATE, headers=JSON, body=body, subject=f"listener {type}")


def get(listener_id: str) -> Call[Listener]:
    """Get one listener, without its secret.

    Args:
        listener_id: the listener.

    Raises:
        Vanished: no such listener.

    Source: Content API, group "Listener".
    """
    return Call(_GET, {"listenerId": listener_id})


def page(step: Step) -> Call[Page[Listener]]:
    """List the listeners of this credential.

    Args:
        step: which page; the vendor documents no more than one.

    Source: Content API, group "Listener".
    """
    return Call(_LIST, query=query((("next", step.cursor),)), link=step.only_link)


def update(
    listener_id: str,
    *,
    uri: str | None = None,
    status_codes: Sequence[str] | None = None,
    acknowledge_status_update: bool | None = None,
) -> Call[Listener]:
    """Change a listener. Naming its `uri`, even the same one, ends its permanent probation.

    Args:
        listener_id: the listener; its type and way of signing cannot be changed.
        uri: as in `create`.
        status_codes: as in `create`.
        acknowledge_status_update: as in `create`.

    Returns:
        The listener as it is now.

    Raises:
        Refused: as in `create`.
        Vanished: no such listener.
        OutcomeUnknown: read the listener before repeating.

    Source: Content API, "Update a listener".
    """
    if uri is not None:
        _checked(uri)
    body = json_body(
        {"uri": uri, "statusCodes": status_codes, "acknowledgeStatusUpdate": acknowledge_status_update}
    )
    return Call(_UPDATE, {"listenerId": listener_id}, headers=JSON, body=body)


def delete(listener_id: str) -> Call[Listener | None]:
    """Delete a listener.

    Args:
        listener_id: the listener.

    Returns:
        The deleted listener when the vendor sends it.

    Raises:
        Vanished: no such listener.
        OutcomeUnknown: read the listener before repeating.

    Source: Content API, "Delete a listener".
    """
    return Call(_DELETE, {"listenerId": listener_id})


def pending(step: Step, listener_id: str, *, earliest: datetime | None = None) -> Call[Page[Invocation]]:
    """List the reports that failed and are still tried again.

    Args:
        step: which page.
        listener_id: the listener.
        earliest: how far back; the vendor's default is 24 hours.

    Raises:
        Vanished: no such listener.

    Source: Content API, group "Listener".
    """
    return Call(_PENDING, {"listenerId": listener_id}, query=_since(step, earliest), link=step.only_link)


def failed(step: Step, listener_id: str, *, earliest: datetime | None = None) -> Call[Page[Invocation]]:
    """List the reports that the vendor has given up.

    Args:
        step: which page.
        listener_id: the listener.
        earliest: how far back; the vendor's default is 24 hours.

    Raises:
        Vanished: no such listener.

    Source: Content API, group "Listener".
    """
    return Call(_FAILED, {"listenerId": listener_id}, query=_since(step, earliest), link=step.only_link)


def retry(listener_id: str, invocation_id: str) -> Call[Invocation | None]:
    """Send one failed report again.

    Args:
        listener_id: the listener.
        invocation_id: the report.

    Returns:
        The report when the vendor sends it.

    Raises:
        Vanished: no such report.
        OutcomeUnknown: it may arrive twice; receivers know doubles by their payload id.

    Source: Content API, "Retry a failed invocation".
    """
    return Call(_RETRY, {"listenerId": listener_id, "invocationId": invocation_id})


def retry_many(listener_id: str, *, invocation_ids: Sequence[str]) -> Call[None]:
    """Send failed reports again.

    Args:
        listener_id: the listener.
        invocation_ids: the reports.

    Raises:
        Vanished: one of them does not exist.
        OutcomeUnknown: as in `retry`.

    Source: Content API, "Retry a list of failed invocations".
    """
    if isinstance(invocation_ids, str) or not invocation_ids:
        raise Refused("No report was named.", object="invocation_ids")
    body = json_body({"invocationIds": list(invocation_ids)})
    return Call(_RETRY_MANY, {"listenerId": listener_id}, headers=JSON, body=body)


def _since(step: Step, earliest: datetime | None) -> str:
    if earliest is not None and earliest.tzinfo is None:
        raise Refused("The moment needs a time zone.", object="earliest")
    moment = None
    if earliest is not None:
        moment = earliest.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return query((("earliest", moment), ("next", step.cursor)))


def _checked(uri: str) -> None:
    # Plain http is left to the vendor to refuse: its stand-ins on this machine may allow it.
    try:
        parts = urlsplit(uri)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Refused("The address of a listener must look like https://host/path.", object="uri")
