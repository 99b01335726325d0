"""The port of what a vendor tells us: webhooks, callbacks, listener calls and lists of pending updates.

All of them are hints. An event names objects and moves their due times to now; what is true is read from the objects.
So no shape of body may raise here, and a lost, doubled, late or invented event can do no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

__all__ = ["Event", "Pending", "Receiver", "Registrar", "Subscription", "Told", "VendorEvents", "event_id"]

#: Longest id that is kept as it is.
LONGEST_ID = 200


class Told(StrEnum):
    """The way in which an event came."""

    WEBHOOK = "webhook"  # a webhook or listener, registered once
    CALLBACK = "callback"  # asked for by one call
    LIST = "list"  # read from the vendor's list of pending updates


class Event(msgspec.Struct, frozen=True):
    """Something a TMS told us.

    Attributes:
        id: the vendor's event id, the same in all its retries; see `event_id`.
        connection: the connection it came for.
        told: how it came.
        kind: the vendor's name of what happened, verbatim; `unreadable` when the body says nothing.
        batches: ids of batches (projects, jobs) at the vendor.
        units: uids of vendor units (jobs, requests).
        tickets: handles of asynchronous work, as in `Export.ticket`.
        ours: ids of our own translations or batches, from the path of a callback.
        word: the status word, verbatim; for people only.
        at: epoch seconds as the vendor says; for people only, it orders nothing.
        payload: SHA-256 of the raw bytes.
        echo: whether it says that the vendor regards its units as delivered: for translations that we delivered it
            is the echo of our own word and no reason to look.
    """

    id: str
    connection: str
    told: Told
    kind: str
    batches: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    word: str | None = None
    at: float | None = None
    payload: str = ""
    echo: bool = False


def event_id(given: object, body: bytes) -> str:
    """The id of an event: the vendor's when it gives one, else the hash of the bytes, which retries repeat.

    Args:
        given: what stands where the vendor puts its id; anything that is not a text or number counts as nothing.
        body: the raw bytes.
    """
    if isinstance(given, str | int) and not isinstance(given, bool):
        text = str(given)
        if text.isprintable() and 0 < len(text) <= LONGEST_ID:
            return text
        if text:
            return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return "sha256:" + hashlib.sha256(body).hexdigest()


class Receiver(Protocol):
    """Tells true calls of a vendor from others, and reads them. No I/O."""

    def verify(self, headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str]) -> bool:
        """Whether one of the secrets vouches for a webhook or listener call; in constant time, over the raw bytes.

        Args:
            headers: of the request; names in any case (aiohttp's multidict ignores it).
            body: the raw bytes.
            secrets: every secret that is good for the connection: of each registration, and a configured one.
        """
        ...

    def parse(self, body: bytes, *, connection: str, told: Told) -> tuple[Event, ...]:
        """What verified bytes say. Never raises: a body that says nothing is one event of kind `unreadable`.

        A callback's authenticity stands in its path; the same method reads its body.
        """
        ...


class Subscription(msgspec.Struct, frozen=True):
    """A webhook or listener of ours at the vendor.

    Attributes:
        kind: which of the vendor's registrations; one of `Registrar.kinds`.
        id: the vendor's id.
        url: where it calls.
        enabled: False when the vendor (or a person) switched it off.
        complete: whether it names the events that we need.
        failures: failed calls as the vendor counts them; None when it does not say.
        waiting: calls that the vendor gave up and sends again when `repair` asks for them.
        secret: what its calls are verified with; only in the answer of `create` and `repair`, None when unchanged.
    """

    kind: str
    id: str
    url: str
    enabled: bool = True
    complete: bool = True
    failures: int | None = None
    waiting: int = 0
    secret: str | None = None


class Registrar(Protocol):
    """Makes, mends and removes registrations at the vendor.

    Attributes:
        kinds: the registrations that a connection needs, for example one webhook, or two listeners.
    """

    kinds: tuple[str, ...]

    async def list(self, url: str) -> Sequence[Subscription]:
        """Ours at the vendor: made by this installation, or calling `url`."""
        ...

    async def create(self, kind: str, url: str, *, secret: str) -> Subscription:
        """Make one.

        Args:
            kind: one of `kinds`.
            url: where it calls.
            secret: a fresh one of ours, for vendors that take it; others hand out their own, in the answer.
        """
        ...

    async def repair(self, subscription: Subscription, url: str, *, secret: str) -> Subscription:
        """Switch it on again, correct its address and events, and ask for the calls that were given up.

        The id stays. `secret` is the one in use.
        """
        ...

    async def delete(self, subscription: Subscription) -> None:
        """Remove it; gone already is fine."""
        ...


class Pending(Protocol):
    """Updates that the vendor keeps until they are acknowledged."""

    def pending(self) -> AsyncIterator[tuple[Event, bytes]]:
        """Every update that is not acknowledged, all pages, with its bytes. `Event.id` is the vendor's update id."""
        ...

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """Tell the vendor that these are stored. Called only after they are; repeating it is harmless."""
        ...


def no_secret() -> str | None:
    """There is none."""
    return None


class VendorEvents(msgspec.Struct, frozen=True, eq=False):
    """What a vendor offers of all that; `Plugin.events` builds it from (TMS, Surroundings).

    Attributes:
        receiver: reads webhooks and callbacks; None when the vendor calls nobody.
        registrar: manages registrations; None when there are none.
        pending: the list of updates; None when the vendor keeps none.
        secret: a secret from the configuration, for a registration made by hand; None when there is none.
    """

    receiver: Receiver | None = None
    registrar: Registrar | None = None
    pending: Pending | None = None
    secret: Callable[[], str | None] = no_secret
