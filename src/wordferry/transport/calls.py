"""Make a vendor's call: budget, token, send, read, log, and either the result or one error of our tree.

Everything that decides lives next door (`retry.py`, `reactions.py`); this file is the order of events.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from wordferry.errors import OutcomeUnknown, Spent, TryAgain, WordferryError
from wordferry.transport.budget import Budget, Unlimited
from wordferry.transport.endpoint import Call, Dialect, Endpoint, Kind, Said
from wordferry.transport.message import Lost, Request, Response, Timeouts, Transport, Undelivered
from wordferry.transport.meter import Meter, Passage
from wordferry.transport.reactions import build
from wordferry.transport.retry import Failure, Retry, retry_after
from wordferry.transport.tokens import Tokens

__all__ = ["Arriving", "Calls", "Heard"]

T = TypeVar("T")

_ANSWER_LIMIT = 64 * 1024 * 1024
_ERROR_LIMIT = 64 * 1024
_SILENT = Said()


class Calls:
    """The way of every call to one vendor account.

    Args:
        transport: the seam.
        base: address that path templates are appended to, without a slash at its end.
        dialect: how the vendor speaks of errors.
        tokens: tokens of the account; None for a service without them.
        scheme: the word before the token in `Authorization`.
        budget: rate of calls.
        in_flight: most calls under way at a time.
        retry: when to try again.
        timeouts: seconds, see `Timeouts`.
        headers: fields of every call.
        secrets: names values that must never show in an error text.
        clock: monotonic seconds.
        wall: epoch seconds.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        base: str,
        dialect: Dialect,
        tokens: Tokens | None = None,
        scheme: str = "Bearer",
        budget: Budget | None = None,
        in_flight: int = 50,
        retry: Retry | None = None,
        timeouts: Timeouts | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Callable[[], Iterable[str]] = tuple,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._base = base
        self._dialect = dialect
        self._tokens = tokens
        self._scheme = scheme
        self._budget: Budget = budget or Unlimited()
        self._lanes = asyncio.Semaphore(in_flight)
        self._retry = retry or Retry()
        self._timeouts = timeouts or Timeouts()
        self._headers = dict(headers or {})
        self._secrets = secrets
        self._clock = clock
        self._wall = wall
        self._sleep = sleep
        self._meter = Meter(dialect.vendor.lower())

    async def run(self, call: Call[T]) -> T:
        """Make the call and decode its answer.

        Raises:
            WordferryError: the class says what to do next, see `reactions.py`.
        """
        return (await self.heard(call)).value

    async def heard(self, call: Call[T]) -> Heard[T]:
        """Make the call; its decoded answer with status and header fields.

        Raises:
            WordferryError: as in `run`.
        """
        passage = Passage()
        response = await self._answered(call, passage, whole=True)
        assert isinstance(response, Heard)
        return response

    @asynccontextmanager
    async def stream(self, call: Call[Any]) -> AsyncIterator[Arriving]:
        """Make the call and hand over its body as it arrives.

        Raises:
            WordferryError: as in `run`; while the body is read, `Spent` for a single-use call,
                `OutcomeUnknown` for an effect and `TryAgain` for a read whose body broke off. Never a
                silently short file.
        """
        passage = Passage()
        response = await self._answered(call, passage, whole=False)
        assert isinstance(response, _Open)
        arriving = Arriving(response.response, call, self._dialect, passage)
        try:
            yield arriving
        except BaseException:
            if passage.outcome == "ok":
                passage.outcome = "abandoned"
            raise
        finally:
            await response.response.close()
            self._lanes.release()
            passage.seconds = self._clock() - response.began
            self._meter.record(call, passage)

    async def _answered(self, call: Call[Any], passage: Passage, *, whole: bool) -> Heard[Any] | _Open:
        began = self._clock()
        attempt = 0
        renewable = True
        while True:
            attempt += 1
            result = await self._attempt(call, passage, whole=whole, renewable=renewable)
            if not isinstance(result, _Failed):
                return result
            failure = result.failure
            if result.stale is not None and self._tokens is not None:
                # Nothing was done: the other side did not know us. Exactly one renewal, then it is the
                # operator's.
                renewable = False
                await self._tokens.renew(result.stale)
                continue
            pause = self._retry.after(failure, attempt)
            if failure.status == 429 and not failure.crowded:
                self._budget.penalise(self._retry.pause(failure, attempt) if pause is None else pause)
            if pause is None or self._clock() - began + pause > self._retry.patience:
                raise result.error(self._retry.pause(failure, attempt))
            await self._sleep(pause)

    async def _attempt(
        self, call: Call[Any], passage: Passage, *, whole: bool, renewable: bool
    ) -> Heard[Any] | _Open | _Failed:
        keep = False
        await self._lanes.acquire()
        try:
            await self._budget.take(1)
            # Asked for last: waiting for the budget may outlive a token.
            tokens = self._tokens if call.endpoint.signed else None
            token = await tokens.get() if tokens is not None else None
            request = self._request(call, token)
            began = self._clock()
            result = await self._exchange(call, request, passage, whole=whole)
            if isinstance(result, _Open):
                keep = True
                result.began = began
                return result
            passage.seconds = self._clock() - began
        finally:
            if not keep:
                self._lanes.release()
        if isinstance(result, _Failed):
            passage.outcome = result.kind
            if result.failure.status == 401 and renewable and token is not None:
                # A token that ended is everyday life, not a matter for the operator.
                result.stale = token
                passage.outcome = "renewed"
        self._meter.record(call, passage)
        return result

    async def _exchange(
        self, call: Call[Any], request: Request, passage: Passage, *, whole: bool
    ) -> Heard[Any] | _Open | _Failed:
        endpoint = call.endpoint
        passage.status = passage.reason = passage.started = None
        passage.outcome = "ok"
        try:
            response = await self._transport.send(request)
        except Undelivered as error:
            passage.request_id = _own_id()
            failure = _failure(endpoint, sent=False, lasting=error.lasting)
            return self._failed(call, passage, failure, reason=error.reason)
        except Lost as error:
            passage.request_id = _own_id()
            return self._failed(call, passage, _failure(endpoint), reason=error.reason)
        passage.status = response.status
        passage.request_id = response.headers.get(self._dialect.request_id) or _own_id()
        success = 200 <= response.status < 300 or response.status in endpoint.accepts
        if success and not whole:
            return _Open(response)
        try:
            if success:
                return await self._decoded(call, response, passage)
            return await self._explained(call, response, passage)
        finally:
            await response.close()

    async def _decoded(self, call: Call[Any], response: Response, passage: Passage) -> Heard[Any] | _Failed:
        try:
            body = await response.read(_ANSWER_LIMIT)
        except Lost as error:
            return self._failed(call, passage, _failure(call.endpoint), reason=error.reason)
        try:
            value = call.endpoint.decode(body)
        except ValueError:
            # The decoder's own words may quote the body: they stay out.
            reason = "its body is " + ("not the JSON expected" if body.strip() else "empty")
            failure = _failure(call.endpoint, status=response.status, garbled=True)
            return self._failed(call, passage, failure, reason=reason)
        passage.started = self._dialect.started(value)
        return Heard(value, response.status, response.headers)

    async def _explained(self, call: Call[Any], response: Response, passage: Passage) -> _Failed:
        headers = response.headers
        failure = _failure(
            call.endpoint,
            status=response.status,
            wait=retry_after(headers.get("Retry-After"), self._wall()),
            crowded=response.status == 429 and self._dialect.crowded(headers),
        )
        try:
            body = await response.read(_ERROR_LIMIT)
        except Lost:
            # The status alone decides; a broken error page must not turn a clear no into "unknown".
            body = b""
        said = self._dialect.read(body) or Said(text=body.decode("utf-8", "replace"))
        return self._failed(call, passage, failure, said=said)

    def _request(self, call: Call[Any], token: str | None) -> Request:
        headers = self._headers | dict(call.headers)
        if token is not None:
            headers["Authorization"] = f"{self._scheme} {token}"
        endpoint = call.endpoint
        return Request(
            endpoint.method, call.address(self._base), headers, call.body, self._timeouts, endpoint.transfer
        )

    def _failed(
        self, call: Call[Any], passage: Passage, failure: Failure, *, said: Said = _SILENT, reason: str = ""
    ) -> _Failed:
        request_id = passage.request_id

        def error(pause: float) -> WordferryError:
            return build(
                call,
                self._dialect,
                failure,
                said=said,
                reason=reason,
                request_id=request_id,
                not_before=self._wall() + pause,
                secrets=self._secrets(),
            )

        passage.reason = reason or said.code
        return _Failed(failure, error)


class Heard(Generic[T]):
    """A whole answer: the decoded value, the status, and the header fields (look-up ignores case)."""

    __slots__ = ("headers", "status", "value")

    def __init__(self, value: T, status: int, headers: Mapping[str, str]) -> None:
        self.value = value
        self.status = status
        self.headers = headers


class Arriving:
    """A body on its way: iterate it once. Its bytes are never decoded."""

    def __init__(self, response: Response, call: Call[Any], dialect: Dialect, passage: Passage) -> None:
        self._response = response
        self._call = call
        self._dialect = dialect
        self._passage = passage
        #: Bytes handed over so far.
        self.received = 0

    @property
    def status(self) -> int:
        """HTTP status: 2xx, or one that the endpoint accepts."""
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields of the answer; look-up ignores case."""
        return self._response.headers

    @property
    def length(self) -> int | None:
        """Bytes announced, None when the other side did not say."""
        text = self._response.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.chunks():
                self.received += len(piece)
                yield piece
        except Lost as lost:
            raise self._broken(lost.reason) from None
        announced = self.length
        if announced is not None and self.received != announced and not self._encoded():
            raise self._broken("the answer is shorter than announced")

    def _encoded(self) -> bool:
        # The length counts the encoded bytes, which the backend has unpacked.
        return self._response.headers.get("Content-Encoding", "identity").lower() != "identity"

    def _broken(self, reason: str) -> WordferryError:
        kind = _BROKEN[self._call.endpoint.kind]
        self._passage.outcome = kind.__name__
        self._passage.reason = reason
        name = self._call.endpoint.name
        return kind(
            f"{self._dialect.vendor} broke off {name} after {self.received} bytes: {reason}.",
            object=self._call.object(),
            status=self._passage.status,
            request_id=self._passage.request_id,
        )


# The answer had begun: a single-use thing is certainly used up, which is more than "unknown".
_BROKEN: dict[Kind, type[WordferryError]] = {
    Kind.READ: TryAgain,
    Kind.EFFECT: OutcomeUnknown,
    Kind.ONCE: Spent,
}


class _Open:
    __slots__ = ("began", "response")

    def __init__(self, response: Response) -> None:
        self.response = response
        self.began = 0.0


class _Failed:
    __slots__ = ("error", "failure", "kind", "stale")

    def __init__(self, failure: Failure, error: Callable[[float], WordferryError]) -> None:
        self.failure = failure
        self.error = error
        #: The token to renew, when that is what the failure calls for.
        self.stale: str | None = None
        self.kind = type(error(0.0)).__name__


def _failure(endpoint: Endpoint[Any], **known: Any) -> Failure:
    return Failure(read=endpoint.kind is Kind.READ, once=endpoint.kind is Kind.ONCE, **known)


def _own_id() -> str:
    return os.urandom(16).hex()
