"""One vendor's HTTP face: finds the handler of a path, plays faults, writes the call log.

Handlers are plain functions from a `Call` to an `Answer`; they never see the socket. That is what lets a
fault lose the answer after the work was done, or do the work after the client has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote

from aiohttp import web

from wordferry.sandbox.blob import Blob, BlobWriter, TooLarge, receive
from wordferry.sandbox.calllog import CallLog, CallRecord
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.routing import Answer, Call, Route, RouteTable, no_content, parameter_names
from wordferry.sandbox.world import World

JSON_LIMIT = 1024 * 1024
# Bodies that are not files never grow past the limit, so their writer needs no folder.
_NOWHERE = Path()
_T = TypeVar("_T")
ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n"
    "<body><center><h1>{status}</h1></center><hr><center>gateway</center></body></html>\n"
)


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
    """

    def __init__(self, vendor: Vendor, *, routes: list[Route], world: World) -> None:
        self._vendor = vendor
        self._table = RouteTable(routes)
        self._names = {route.path: parameter_names(route.path) for route in routes}
        self._world = world
        self._clock = world.clock
        self._in_flight = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The request handler for aiohttp's low-level server."""
        self._in_flight += 1
        try:
            return await self._handle(request)
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
            query=request.query if query_string else {},
            headers=request.headers,
            body=Blob.of(b""),
            now=now,
            as_of=now,
        )
        log = self._world.calls
        number = log.number()
        at = round(now - self._clock.start, 3)
        if route is None:
            answer = vendor.unknown(call, allowed=sorted(routes))
            self._record(log, number, at, call, query_string, raw_path, answer.status, None, mutating=False)
            return await self._send(request, answer, None)
        names = self._names[route.path]
        call.params = {name: unquote(value) for name, value in zip(names, values, strict=True)}
        too_large = False
        if not route.upload and request.body_exists:
            try:
                call.body = await receive(
                    request.content.iter_any(), BlobWriter(_NOWHERE, spool_bytes=JSON_LIMIT, limit=JSON_LIMIT)
                )
            except TooLarge:
                too_large = True
        about = route.about(call)
        rule = self._world.faults.strike(route.operation, about)
        if rule is not None:
            if rule.kind == "slow":
                await self._clock.sleep(rule.seconds)
                call.now = self._clock.now()
            elif rule.kind not in ("lost", "reset", "truncate", "late", "stale"):
                answer = vendor.fault(rule, in_flight=self._in_flight)
                self._record(
                    log, number, at, call, query_string, about, 0, rule.kind, mutating=route.mutating
                )
                return await self._send(request, answer, rule)
        if route.upload:
            refusal = self._guarded(lambda: self._enter(route, call))
            if refusal is None:
                if (
                    request.headers.get("Expect", "").lower() == "100-continue"
                    and request.transport is not None
                ):
                    # The low-level server leaves this to us; without it such clients wait in vain.
                    request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                try:
                    call.body = await receive(request.content.iter_any(), self._world.writer())
                except TooLarge:
                    too_large = True
        else:
            refusal = self._guarded(lambda: self._enter(route, call))

        def work() -> Answer:
            # The work belongs to this moment: reading the body, or a fault, may have taken its time.
            call.now = self._clock.now()
            age = rule.seconds if rule is not None and rule.kind == "stale" else 0.0
            call.as_of = call.now - age
            if refusal is not None:
                done = refusal
            elif too_large:
                done = vendor.too_large(call)
            else:
                done = self._guarded(lambda: route.handler(call))
            if done.status >= 400:
                call.body.discard()
            kind = rule.kind if rule is not None else None
            self._record(
                log, number, at, call, query_string, about, done.status, kind, mutating=route.mutating
            )
            return done

        if rule is not None and rule.kind == "late":
            self._clock.after(rule.seconds, lambda: void(work()))
            return await self._send(request, no_content(), rule)
        return await self._send(request, work(), rule)

    def _enter(self, route: Route, call: Call) -> Answer | None:
        if route.open:
            return None
        self._vendor.authorize(call)
        return self._vendor.admit(call, in_flight=self._in_flight)

    def _guarded(self, step: Callable[[], _T]) -> _T | Answer:
        try:
            return step()
        except Exception as error:
            answer = self._vendor.failure(error)
            if answer is None:
                raise
            return answer

    def _record(
        self,
        log: CallLog,
        number: int,
        at: float,
        call: Call,
        query: str,
        about: str,
        status: int,
        fault: str | None,
        *,
        mutating: bool,
    ) -> None:
        record = CallRecord(
            n=number,
            at=at,
            operation=call.operation,
            method=call.method,
            path=call.path,
            query=query,
            object=about,
            status=status,
            fault=fault,
            facts=call.facts,
        )
        log.add(record, mutating=mutating)

    async def _send(
        self, request: web.BaseRequest, answer: Answer, rule: FaultRule | None
    ) -> web.StreamResponse:
        try:
            return await self._write(request, answer, rule)
        finally:
            if answer.once and answer.blob is not None:
                answer.blob.discard()

    async def _write(
        self, request: web.BaseRequest, answer: Answer, rule: FaultRule | None
    ) -> web.StreamResponse:
        kind = rule.kind if rule is not None else None
        headers = {**self._vendor.standard_headers(in_flight=self._in_flight), **answer.headers}
        # An empty value takes a standard header back.
        headers = {name: value for name, value in headers.items() if value}
        if answer.content_type is not None:
            headers["content-type"] = answer.content_type
        if rule is not None and kind == "lost" and rule.status is not None:
            page = ERROR_PAGE.format(status=rule.status).encode()
            return web.Response(status=rule.status, body=page, headers={"content-type": "text/html"})
        size = answer.blob.size if answer.blob is not None else len(answer.body)
        if kind in ("lost", "late", "dropped") or (kind in ("reset", "truncate") and size == 0):
            return _hang_up(request)
        if kind in ("reset", "truncate"):
            return await self._send_half(request, answer, headers, size, reset=kind == "reset")
        if answer.blob is None or answer.blob.data is not None:
            body = answer.body if answer.blob is None else answer.blob.data
            return web.Response(status=answer.status, body=body, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = size
        await response.prepare(request)
        for piece in answer.blob.chunks():
            await response.write(piece)
        await response.write_eof()
        return response

    async def _send_half(
        self, request: web.BaseRequest, answer: Answer, headers: dict[str, str], size: int, *, reset: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = size
        await response.prepare(request)
        left = size // 2
        blob = answer.blob if answer.blob is not None else Blob.of(answer.body)
        for piece in blob.chunks():
            await response.write(piece[:left])
            left -= min(left, len(piece))
            if not left:
                break
        if reset:
            # Give the client time to take the first half: a reset may throw away what is still on its way.
            await asyncio.sleep(0.02)
            _reset(request)
        else:
            _hang_up(request)
        return response


def void(_: object) -> None:
    """Throw a result away."""


def _hang_up(request: web.BaseRequest) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.close()
    return web.Response(status=204)


def _reset(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        # Linger zero: the kernel sends RST instead of FIN.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
