"""One vendor's HTTP face: finds the handler of a path, plays faults, writes the call log.

Handlers are plain functions from a `Call` to an `Answer`; they never see the socket. That is what lets a
fault lose the answer after the work was done, or do the work after the client has gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

from aiohttp import web
from multidict import MultiDict

from wordferry.sandbox.blob import Blob, BlobWriter, Garbled, Sink, TooLarge, receive
from wordferry.sandbox.faults import AROUND, BEFORE, KINDS, FaultRule
from wordferry.sandbox.learning import Asked
from wordferry.sandbox.routing import Answer, Call, Route, RouteTable, no_content, parameter_names
from wordferry.sandbox.visit import Visit
from wordferry.sandbox.wire import ERROR_PAGE, write
from wordferry.sandbox.world import World

__all__ = ["ERROR_PAGE", "Face", "Vendor", "observers"]

# Bodies that are not files never grow past the limit, so their writer needs no folder.
_NOWHERE = Path()
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_T = TypeVar("_T")
#: Called with each call's route, request and answer; the shapes of the OpenAPI documents are learnt this way.
observers: list[Callable[[Route, Call, Answer], None]] = []


class Vendor(Protocol):
    """What a vendor's room gives its face."""

    def authorize(self, call: Call) -> None:
        """Check the access token; raises the vendor's error."""

    def admit(self, call: Call, *, in_flight: int) -> Answer | None:
        """Quota and concurrency: the refusal, or None to let the call in."""

    def failure(self, error: Exception) -> Answer | None:
        """The answer for an error of the vendor's kind, or None when it is a bug of ours."""

    def unknown(self, call: Call, *, allowed: list[str]) -> Answer:
        """The answer for an unknown path, or a wrong method when `allowed` is not empty."""

    def too_large(self, call: Call) -> Answer:
        """The answer for a body over the limit."""

    def standard_headers(self, *, in_flight: int) -> dict[str, str]:
        """Headers of every answer."""

    def fault(self, rule: FaultRule, *, in_flight: int) -> Answer:
        """The answer of a fault that strikes before the work."""


class Face:
    """Serves one vendor.

    Args:
        vendor: the vendor's room.
        routes: its calls.
        world: clock, faults and call log.
        name: tells the faces of one sandbox apart.
    """

    def __init__(self, vendor: Vendor, *, routes: list[Route], world: World, name: str = "phrase") -> None:
        self.name = name
        self._vendor = vendor
        self._table = RouteTable(routes)
        self._names = {route.path: parameter_names(route.path) for route in routes}
        self._world = world
        self._clock = world.clock
        self._in_flight = 0
        world.faces[name] = self

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The request handler for aiohttp's low-level server."""
        self._in_flight += 1
        try:
            return await self._handle(request)
        except ConnectionError:
            # The client went away in the middle of its body: nobody is left to answer.
            return web.Response(status=400)
        finally:
            self._in_flight -= 1

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        vendor = self._vendor
        now = self._clock.now()
        raw_path, _, query_string = request.raw_path.partition("?")
        routes, values = self._table.find(raw_path)
        route = routes.get(request.method)
        call = Call(
            operation=route.operation if route is not None else "unknown",
            method=request.method,
            path=raw_path,
            params={},
            query=_watched(request.query if query_string else MultiDict()),
            headers=_watched(request.headers),
            body=Blob.of(b""),
            now=now,
            as_of=now,
        )
        visit = Visit(
            world=self._world,
            face=self.name,
            number=self._world.calls.number(),
            at=round(now - self._clock.start, 3),
            call=call,
            query=query_string,
            about=raw_path,
            mutating=route is not None and route.mutating,
        )
        if route is None:
            answer = vendor.unknown(call, allowed=sorted(routes))
            visit.record(answer.status, None)
            return await self._send(request, answer, None)
        names = self._names[route.path]
        call.params = {name: unquote(value) for name, value in zip(names, values, strict=True)}
        visit.template = route.path
        garbled: Answer | None = None
        if not route.upload and request.body_exists:
            try:
                call.body = await receive(
                    request.content.iter_any(),
                    BlobWriter(_NOWHERE, spool_bytes=route.body_limit, limit=route.body_limit),
                )
            except TooLarge:
                visit.too_large = True
            except Garbled as error:
                garbled = vendor.failure(error)
        visit.about = route.about(call)
        rule = self._world.faults.strike(route.operation, visit.about)
        if rule is not None:
            visit.fault = rule.kind
            if KINDS[rule.kind] == BEFORE:
                answer = vendor.fault(rule, in_flight=self._in_flight)
                visit.record(0, rule.kind)
                return await self._send(request, answer, rule)
            if KINDS[rule.kind] == AROUND:
                visit.seconds = self._world.faults.seconds(rule, route.operation, visit.about)
            if rule.kind == "slow":
                await self._clock.sleep(visit.seconds)
                call.now = self._clock.now()
        visit.refusal = self._guarded(partial(self._enter, route, call)) or garbled
        sink = self._sink(route, visit) if route.upload and visit.refusal is None else None
        if sink is not None:
            if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
                # The low-level server leaves this to us; without it such clients wait in vain.
                request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            try:
                call.body = await receive(request.content.iter_any(), sink)
            except TooLarge:
                visit.too_large = True
            except Exception as error:
                # What came may be no good to the vendor; that the client went away is not its error.
                visit.refusal = vendor.failure(error)
                if visit.refusal is None:
                    raise
        if rule is not None and rule.kind == "late":
            self._clock.after(visit.seconds, visit.work_unheard)
            answer = no_content()
        else:
            answer = visit.work()
        if request.method not in _READS or route.mutating:
            await self._world.kept()
        return await self._send(request, answer, rule)

    def perform(self, visit: Visit) -> Answer:
        """Do the work of a visit."""
        call = visit.call
        route = self._table.at(visit.template)[call.method]
        if visit.refusal is not None:
            done = visit.refusal
        elif visit.too_large:
            done = self._vendor.too_large(call)
        else:
            done = self._guarded(partial(route.handler, call))
        for watch in observers:
            watch(route, call, done)
        if done.status >= 400:
            call.body.discard()
        return done

    def _enter(self, route: Route, call: Call) -> Answer | None:
        if route.open:
            return None
        self._vendor.authorize(call)
        return self._vendor.admit(call, in_flight=self._in_flight)

    def _sink(self, route: Route, visit: Visit) -> Sink | None:
        if route.sink is None:
            return self._world.writer()
        found = self._guarded(partial(route.sink, visit.call))
        if isinstance(found, Answer):
            visit.refusal = found
            return None
        return found

    def _guarded(self, step: Callable[[], _T]) -> _T | Answer:
        try:
            return step()
        except Exception as error:
            answer = self._vendor.failure(error)
            if answer is None:
                raise
            return answer

    async def _send(
        self, request: web.BaseRequest, answer: Answer, rule: FaultRule | None
    ) -> web.StreamResponse:
        try:
            standard = self._vendor.standard_headers(in_flight=self._in_flight)
            return await write(request, answer, rule, standard=standard)
        finally:
            if answer.once and answer.blob is not None:
                answer.blob.discard()


def _watched(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return Asked(found) if observers else found
