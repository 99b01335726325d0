"""A transport in memory, an endpoint of each kind, and a `Calls` whose time stands still."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from wordferry.errors import NotYet
from wordferry.transport import Call, Calls, Dialect, Endpoint, Kind, Lost, Request, Retry, Said, Undelivered

VENDOR_ID = "f" * 32


class Answered:
    """A response in memory; `cut` breaks its body off after so many bytes."""

    def __init__(
        self,
        status: int = 200,
        body: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.status = status
        self.headers: dict[str, str] = {"x-id": VENDOR_ID, **(headers or {})}
        self._body = body
        self._cut = cut
        self.closed = 0

    async def read(self, limit: int) -> bytes:
        if self._cut is not None:
            raise Lost("the answer broke off before its end")
        return self._body[:limit]

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self._body[: self._cut]
        if self._cut is not None:
            raise Lost("the answer broke off before its end")

    async def close(self) -> None:
        self.closed += 1


Reply = Answered | Undelivered | Lost


class Script:
    """A transport that plays replies in order; the last one repeats."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Any:
        self.sent.append(request)
        reply = self._replies[min(len(self.sent), len(self._replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        pass


def _decode(body: bytes) -> Any:
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004
    return value


def _read(body: bytes) -> Said | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    code, text = value.get("code"), value.get("text")
    return Said(code if isinstance(code, str) else None, text if isinstance(text, str) else None)


DIALECT = Dialect(
    vendor="Vendor",
    request_id="x-id",
    read=_read,
    codes={"NOT_READY": NotYet},
    crowded=lambda headers: "x-crowded" in headers,
)
PATH = "/projects/{projectUid}/things/{jobUid}"
PARAMS = {"projectUid": "p1", "jobUid": "j1"}
READ = Endpoint("things.get", "GET", PATH, _decode, Kind.READ)
EFFECT = Endpoint("things.make", "POST", PATH, _decode, Kind.EFFECT)
ONCE = Endpoint("things.fetch", "GET", PATH, _decode, Kind.ONCE, transfer=True)
BY_KIND = {endpoint.kind: endpoint for endpoint in (READ, EFFECT, ONCE)}


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Purse:
    """A budget that only takes notes."""

    def __init__(self) -> None:
        self.taken = 0
        self.penalties: list[float] = []

    async def take(self, calls: int) -> None:
        self.taken += calls

    def penalise(self, seconds: float) -> None:
        self.penalties.append(seconds)


def make(
    script: Script, time: Time | None = None, *, draw: Callable[[], float] = lambda: 0.5, **options: Any
) -> Calls:
    """A `Calls` over a script; nothing really waits."""
    time = time or Time()
    retry = options.pop("retry", Retry(random=draw))
    return Calls(
        script,
        base="http://vendor",
        dialect=DIALECT,
        retry=retry,
        clock=time,
        wall=lambda: time.now + 1_000_000,
        sleep=time.sleep,
        **options,
    )


def call(endpoint: Endpoint[Any] = READ, **options: Any) -> Call[Any]:
    """A call of an endpoint with its two path parameters."""
    return Call(endpoint, PARAMS, **options)
