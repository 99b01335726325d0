"""What Lionbridge tells us: signed listener calls, and status updates that it keeps until they are acknowledged.

Sources: the bodies stand in the code of a public adapter of the same interface, which runs in production; signature and
life of a listener in the vendor's page "Listeners (Preview)". No two of them agree on what an event is called.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wordferry.errors import Vanished
from wordferry.ports.events import Event, Subscription, Told, event_id
from wordferry.tms.lionbridge.api.limits import groups
from wordferry.tms.lionbridge.api.listeners import Listener
from wordferry.tms.lionbridge.api.status_updates import StatusUpdate
from wordferry.tms.lionbridge.client import LionbridgeClient
from wordferry.tms.lionbridge.states import EVENT_KINDS, LISTENER_WORDS
from wordferry.transport.dates import parse_date

__all__ = ["Listening", "Signed", "Updates", "long_ago", "signature"]

UNREADABLE = "unreadable"
#: Most ids taken from one body; a signed one comes from the vendor, and still should not fill our memory.
MOST = 10_000
#: Days back to which calls that did not arrive are looked for.
WINDOW = 30


def long_ago() -> datetime:
    """Since when failed calls are looked for: left out, the vendor shows those of the last day only."""
    return datetime.now(UTC) - timedelta(days=WINDOW)


def signature(body: bytes, secret: str) -> str:
    """The signature of a body: HMAC-SHA-256 over the raw bytes, keyed by the secret's UTF-8 bytes, in Base64."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class Signed:
    """Implements `ports.events.Receiver`.

    Args:
        headers: names of the header with the signature; the first one that a call has counts.
    """

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = tuple(name.lower() for name in headers)

    def verify(self, headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str]) -> bool:
        """Whether the signature is that of one of the secrets; every one is tried, so that time tells nothing."""
        given = {name.lower(): value for name, value in headers.items()}
        claimed = next((given[name] for name in self._headers if name in given), None)
        if claimed is None:
            return False
        claim = claimed.strip().encode("utf-8", "surrogateescape")
        good = False
        for secret in secrets:
            if secret:
                good |= hmac.compare_digest(signature(body, secret).encode(), claim)
        return good

    def parse(self, body: bytes, *, connection: str, told: Told) -> tuple[Event, ...]:
        """The event in a body: a job's or its requests'."""
        payload = hashlib.sha256(body).hexdigest()
        value = _object(body)
        if value is None:
            return (Event(event_id(None, body), connection, told, UNREADABLE, payload=payload),)
        job = _text(value, "jobId")
        requests = _texts(value, "requestIds")
        kind = _text(value, "eventType")
        return (
            Event(
                id=event_id(_member(value, "payloadUuid"), body),
                connection=connection,
                told=told,
                kind=EVENT_KINDS.get(kind or "", kind or UNREADABLE),
                batches=(job,) if job else (),
                units=requests,
                word=_text(value, "statusCode"),
                at=_moment(_member(value, "updateTime")),
                payload=payload,
            ),
        )


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _member(value: Mapping[str, Any], name: str) -> Any:
    """A member whatever the case of its name."""
    if name in value:
        return value[name]
    return next((one for key, one in value.items() if key.casefold() == name.casefold()), None)


def _moment(value: Any) -> float | None:
    try:
        found = parse_date(value)
    except ValueError:
        return None
    return None if found is None else found.timestamp()


def _text(value: Mapping[str, Any], name: str) -> str | None:
    found = _member(value, name)
    return found if isinstance(found, str) and found else None


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = _member(value, name)
    if not isinstance(found, list):
        return ()
    return tuple(one for one in found[:MOST] if isinstance(one, str) and one)


class Listening:
    """Implements `ports.events.Registrar`: two listeners, one for jobs and one for requests.

    Args:
        client: the typed client.
    """

    kinds = tuple(LISTENER_WORDS)

    def __init__(self, client: LionbridgeClient) -> None:
        self._client = client

    async def list(self, url: str) -> Sequence[Subscription]:
        """Those that call our address; also one that called it when we were elsewhere, known by its path.

        There is one listener of a kind for a credential, so the old one has to be mended rather than left.
        """
        return [
            await self._subscription(listener, url)
            async for listener in self._client.listeners.list()
            if listener.listener_id and _ours(listener, url)
        ]

    async def create(self, kind: str, url: str, *, secret: str) -> Subscription:
        """Make a listener; its secret is the vendor's."""
        # A call that reached us is stored before we answer: then its status update may count as read.
        made = await self._client.listeners.create(
            url, type=kind, status_codes=LISTENER_WORDS[kind], acknowledge_status_update=True
        )
        return Subscription(kind=kind, id=made.listener_id or "", url=url, secret=made.secret)

    async def repair(self, subscription: Subscription, url: str, *, secret: str) -> Subscription:
        """Set address and words, which ends a probation, and have everything sent that did not arrive."""
        listener = await self._client.listeners.update(
            subscription.id,
            uri=url,
            status_codes=LISTENER_WORDS[subscription.kind],
            acknowledge_status_update=True,
        )
        await self._send_again(subscription.id)
        return Subscription(
            kind=subscription.kind, id=subscription.id, url=url, enabled=not listener.disabled
        )

    async def delete(self, subscription: Subscription) -> None:
        """Remove a listener."""
        try:
            await self._client.listeners.delete(subscription.id)
        except Vanished:
            return

    async def _send_again(self, listener: str) -> None:
        calls = self._client.listeners.failed(listener, earliest=long_ago())
        failed = [one.invocation_id async for one in calls if one.invocation_id]
        for some in groups(failed):
            await self._client.listeners.retry_many(listener, invocation_ids=some)

    async def _subscription(self, listener: Listener, url: str) -> Subscription:
        id_ = listener.listener_id or ""
        kind = EVENT_KINDS.get(listener.type or "", listener.type or "")
        wanted = frozenset(LISTENER_WORDS.get(kind, ()))
        failed = [one async for one in self._client.listeners.failed(id_, earliest=long_ago())]
        return Subscription(
            kind=kind,
            id=id_,
            url=listener.uri or "",
            enabled=not listener.disabled,
            complete=listener.uri == url and wanted.issubset(listener.status_codes or wanted),
            failures=len(failed),
            waiting=len(failed),
        )


def _ours(listener: Listener, url: str) -> bool:
    kind = EVENT_KINDS.get(listener.type or "", "")
    return kind in LISTENER_WORDS and urlsplit(listener.uri or "").path == urlsplit(url).path


class Updates:
    """Implements `ports.events.Pending`: the list of status updates.

    Args:
        client: the typed client.
        connection: the connection's name.
        providers: whose updates are ours; all when empty.
    """

    def __init__(self, client: LionbridgeClient, *, connection: str, providers: Sequence[str] = ()) -> None:
        self._client = client
        self._connection = connection
        self._providers = tuple(providers)

    async def pending(self) -> AsyncIterator[tuple[Event, bytes]]:
        """Every update that nobody acknowledged."""
        for listed in self._listed():
            async for update in listed:
                if update.update_id:
                    body = msgspec.json.encode(update)
                    yield self._event(update, body), body

    def _listed(self) -> list[AsyncIterator[StatusUpdate]]:
        if not self._providers:
            return [self._client.status_updates.list()]
        return [self._client.status_updates.for_provider(one) for one in self._providers]

    def _event(self, update: StatusUpdate, body: bytes) -> Event:
        return Event(
            id=update.update_id or "",
            connection=self._connection,
            told=Told.LIST,
            kind="REQUEST_STATUS_UPDATE" if update.request_ids else "JOB_STATUS_UPDATE",
            batches=(update.job_id,) if update.job_id else (),
            units=tuple(update.request_ids or ()),
            word=update.status_code,
            at=_moment(update.update_time),
            payload=hashlib.sha256(body).hexdigest(),
        )

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """One call for each; one that is gone was acknowledged before."""
        for one in ids:
            try:
                await self._client.status_updates.acknowledge(one)
            except Vanished:
                continue
