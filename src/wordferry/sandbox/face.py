"""One vendor's HTTP face: finds the handler of a path, plays faults, writes the call log.

Handlers are plain functions from a `Call` to an `Answer`; they never see the socket. That is what lets a
fault lose the answer after the work was done, or do the work after the client has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

import msgspec
from aiohttp import web

from wordferry.sandbox.blob import Blob, BlobWriter, TooLarge, receive
from wordferry.sandbox.calllog import CallLog, CallRecord
from wordferry.sandbox.faults import FaultRule
from wordferry.sandbox.world import World

JSON_LIMIT = 1024 * 1024
# Bodies that are not files never grow past the limit, so their writer needs no folder.
_NOWHERE = Path()
_T = TypeVar("_T")
ERROR_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n"
    "<body><center><h1>{status}</h1></center><hr><center>gateway</center></body></html>\n"
)


@dataclass(slots=True)
class Answer:
    """What a handler answers; `blob` wins over `body`."""

    status: int
    body: bytes = b""
    blob: Blob | None = None
    content_type: str | None = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def answer_json(value: Any, *, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, msgspec.json.encode(value))


def no_content() -> Answer:
    """An empty 204."""
    return Answer(204, content_type=None)


@dataclass(slots=True)
class Call:
    """One request as a handler sees it.

    Args:
        now: virtual epoch seconds at arrival.
        as_of: the moment whose state reads show; older than `now` only under a `stale` fault.
        facts: what the handler wants in the call log.
    """

    operation: str
    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Blob
    now: float
    as_of: float
    facts: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[Call], Answer]


@dataclass(slots=True, frozen=True)
class Route:
    """One call of the vendor.

    Args:
        about: what the call is about, from the call's parameters, headers and (small) body.
        mutating: whether it changes something at the vendor.
        upload: whether the body is a file; other bodies are limited to 1 MB.
        open: whether it needs no access token.
    """

    method: str
    path: str
    operation: str
    handler: Handler
    about: Callable[[Call], str]
    mutating: bool = False
    upload: bool = False
    open: bool = False


class _Node:
    __slots__ = ("children", "routes", "wild", "wild_name")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.wild: _Node | None = None
        self.wild_name = ""
        self.routes: dict[str, Route] = {}


class RouteTable:
    """Finds routes by walking path segments; a literal segment wins over a parameter."""

    def __init__(self, routes: list[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                if segment.startswith("{"):
                    if node.wild is None:
                        node.wild = _Node()
                        node.wild_name = segment[1:-1]
                    node = node.wild
                else:
                    node = node.children.setdefault(segment, _Node())
            node.routes[route.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], list[str]]:
        """The routes of a path by method (empty when the path is unknown), and its parameter values."""
        found, values = self._walk(self._root, path.strip("/").split("/"), 0)
        return (found.routes if found is not None else {}), values

    def _walk(self, node: _Node, segments: list[str], at: int) -> tuple[_Node | None, list[str]]:
        if at == len(segments):
            return (node if node.routes else None), []
        child = node.children.get(segments[at])
        if child is not None:
            found, values = self._walk(child, segments, at + 1)
            if found is not None:
                return found, values
        if node.wild is not None and segments[at]:
            found, values = self._walk(node.wild, segments, at + 1)
            if found is not None:
                return found, [segments[at], *values]
        return None, []


def parameter_names(path: str) -> list[str]:
    """The names in a route's path, in order."""
    return [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]


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
            elif rule.kind == "stale":
                call.as_of = now - rule.seconds
            elif rule.kind not in ("lost", "reset", "truncate", "late"):
                answer = vendor.fault(rule, in_flight=self._in_flight)
                self._record(
                    log, number, at, call, query_string, about, 0, rule.kind, mutating=route.mutating
                )
                return await self._send(request, answer, rule)
        if route.upload:
            refusal = self._guarded(lambda: self._enter(route, call))
            if refusal is None:
                try:
                    call.body = await receive(request.content.iter_any(), self._world.writer())
                except TooLarge:
                    too_large = True
        else:
            refusal = self._guarded(lambda: self._enter(route, call))

        def work() -> Answer:
            if refusal is not None:
                done = refusal
            elif too_large:
                done = vendor.too_large(call)
            else:
                done = self._guarded(lambda: route.handler(call))
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
