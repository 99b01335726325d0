"""A listener and an invocation: their data, and their shapes on the wire."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from wordferry.sandbox.courier import Attempt, Message
from wordferry.sandbox.lionbridge.values import show_date

SIGNATURE = "LB_CONTENTAPI_SIGNATURE"
JOB_TYPE, REQUEST_TYPE = "JOB_STATUS_UPDATE", "REQUEST_STATUS_UPDATE"
PENDING, FAILED, DONE = "PENDING", "FAILED", "DELIVERED"


@dataclass(slots=True, eq=False)
class Invocation:
    """One callback to one listener.

    Args:
        message: the body, byte for byte the same at each attempt, and how the attempts ended.
        update_id: the status update it tells of; None for archiving and deletion.
        since: when the present window of retries began.
        tries: attempts within it.
    """

    id: str
    number: int
    uuid: str
    event_type: str
    message: Message
    update_id: str | None
    created: float
    since: float
    tries: int = 0
    status: str = PENDING
    next_attempt: float | None = None


@dataclass(slots=True, eq=False)
class Listener:
    """One listener.

    Args:
        secret: shown once, when it is made.
        disabled: permanent probation: no further callbacks.
    """

    id: str
    number: int
    uri: str
    type: str
    status_codes: list[str]
    auth_type: str | None
    acknowledge: bool
    secret: str
    disabled: bool = False
    invocations: dict[str, Invocation] = field(default_factory=dict)


def show_listener(listener: Listener) -> dict[str, Any]:
    """The Listener resource, without its secret."""
    return {
        "listenerId": listener.id,
        "uri": listener.uri,
        "type": listener.type,
        "statusCodes": listener.status_codes,
        "authType": listener.auth_type,
        "acknowledgeStatusUpdate": listener.acknowledge,
        "disabled": listener.disabled,
    }


def show_invocation(invocation: Invocation, listener: Listener) -> dict[str, Any]:
    """The Invocation resource."""
    attempts = invocation.message.attempts
    last = attempts[-1] if attempts else None
    return {
        "invocationId": invocation.id,
        "listenerId": listener.id,
        "payloadUuid": invocation.uuid,
        "eventType": invocation.event_type,
        "payload": invocation.message.facts["payload"],
        "status": invocation.status,
        "attemptCount": len(attempts),
        "createdDate": show_date(invocation.created),
        "lastAttemptDate": show_date(last.at if last is not None else None),
        "nextAttemptDate": show_date(invocation.next_attempt),
        "lastResponseCode": last.status or None if last is not None else None,
        "lastErrorMessage": _trouble(last),
    }


def sign(secret: str, body: bytes, *, key: str = "text") -> str:
    """Base64 of the HMAC-SHA256 over the raw body.

    Args:
        secret: as it was shown when the listener was made.
        body: the bytes that are sent.
        key: `text` takes the secret's UTF-8 bytes, `base64` what it decodes to.
    """
    raw = secret.encode()
    if key == "base64":
        try:
            raw = base64.b64decode(secret, validate=True)
        except binascii.Error:
            raw = secret.encode()
    return base64.b64encode(hmac.new(raw, body, hashlib.sha256).digest()).decode("ascii")


def _trouble(attempt: Attempt | None) -> str | None:
    if attempt is None:
        return None
    return attempt.error or f"The listener answered {attempt.status}."
