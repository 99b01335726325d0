"""What Phrase tells us: webhooks with a static secret in a header, and callbacks of asynchronous requests.

Every shape that was ever seen or described is read, and every other one as far as it goes; nothing raises.

Sources: Phrase support article "Webhooks (TMS)"; recorded deliveries of 2023, 2025 and 2026; Phrase guide "Full
Integration Workflow" on callbacks; Phrase TMS API reference, "Get asynchronous request".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from wordferry.ports.events import Event, Told, event_id
from wordferry.tms.phrase.states import DELIVERED, WEBHOOK_WORDS

__all__ = ["EVENTS", "HEADERS", "PhraseReceiver"]

#: Headers that may carry the secret. Both token types, and the name that one edition of the article gives.
HEADERS = ("x-memsource-token", "authorization", "x-phrase-token")
#: The events that we need; each is a reason to look.
EVENTS = (
    "JOB_STATUS_CHANGED",
    "JOB_CREATED",
    "JOB_DELETED",
    "JOB_ASSIGNED",
    "JOB_UPDATED",
    "JOB_TARGET_UPDATED",
    "PROJECT_DELETED",
    "PROJECT_STATUS_CHANGED",
    "ASYNC_REQUEST_FINISHED",
)
UNREADABLE = "unreadable"
#: Seconds of the last date there is, nearly: what lies beyond is no moment.
_LATEST = 2.5e11
#: Most ids taken from one body: a project has at most so many jobs, and a forged list must not cost more.
MOST = 5000


class PhraseReceiver:
    """Implements `ports.events.Receiver`."""

    def verify(self, headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str]) -> bool:
        """Whether one of the headers carries one of the secrets; all are compared, each in constant time."""
        given = [
            part.encode("utf-8", "surrogateescape")
            for name, value in headers.items()
            if name.lower() in HEADERS
            for part in (value, value.removeprefix("Bearer ").strip())
        ]
        good = False
        for secret in secrets:
            for one in given:
                # The length is no secret: `compare_digest` may tell it.
                good |= bool(secret) and hmac.compare_digest(one, secret.encode())
        return good

    def parse(self, body: bytes, *, connection: str, told: Told) -> tuple[Event, ...]:
        """One event for each body."""
        payload = hashlib.sha256(body).hexdigest()
        found = _decoded(body)
        if found is None:
            return (Event(event_id(None, body), connection, told, UNREADABLE, payload=payload),)
        request = _table(found.get("asyncRequest"))
        if told is Told.CALLBACK:
            # Retries of a callback have no id of their own; the request has. Source: the guide, "deduplicate on".
            given = _id(request)
            id_ = event_id(f"async:{given}" if given else None, body)
            kind = _text(request.get("action")) or "ASYNC_REQUEST_FINISHED"
        else:
            id_ = event_id(found.get("eventUid"), body)
            kind = _text(found.get("event")) or UNREADABLE
        # The end of an export says nothing about the project's jobs: only the export itself is worth a look.
        export = "EXPORT" in (_text(request.get("action")) or "")
        jobs = [] if export else list(_jobs(found))
        projects = () if export else _projects(found)
        words = [word for job in jobs if (word := _text(job.get("status")))]
        return (
            Event(
                id=id_,
                connection=connection,
                told=told,
                kind=kind,
                batches=_unique([*projects, *(_text(_table(j.get("project")).get("uid")) for j in jobs)]),
                units=_unique([*(_text(job.get("uid")) for job in jobs), _text(found.get("jobUid"))]),
                tickets=_unique([_id(request)]),
                word=words[0] if words else None,
                at=_moment(found.get("timestamp")),
                payload=payload,
                echo=bool(words)
                and kind == "JOB_STATUS_CHANGED"
                and all(WEBHOOK_WORDS.get(word) == DELIVERED for word in words),
            ),
        )


def _decoded(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _id(value: dict[str, Any]) -> str | None:
    """An id: text in the REST interface, a number in webhooks."""
    given = value.get("id")
    if isinstance(given, bool):
        return None
    return str(given) if isinstance(given, int) or _text(given) else None


def _jobs(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Jobs under whatever name: a list in most events, one in others, `jobs` in callbacks of imports."""
    for name in ("jobParts", "jobs", "jobPart", "job"):
        value = found.get(name)
        for one in (value if isinstance(value, list) else [value])[:MOST]:
            if isinstance(one, dict):
                yield one


def _projects(found: dict[str, Any]) -> Iterator[str | None]:
    for holder in (found, _table(found.get("metadata")), _table(found.get("asyncRequest"))):
        yield _text(_table(holder.get("project")).get("uid"))


def _unique(values: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:MOST]


def _moment(value: object) -> float | None:
    """Epoch seconds in the envelope; a date as text would be read, too."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < _LATEST else None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None
