"""Content endpoints: a TMS, or anybody with a token, lists and fetches what can be translated.

Source: Phrase guide "Full Integration Workflow", "Expose content listing/download endpoints": a list endpoint, a
download endpoint, authenticated, deterministic, with clear errors. It prescribes no wire format; this one is ours.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec
from aiohttp import web

from wordferry.formats import FORMATS
from wordferry.ledger import Blobs
from wordferry.model.content import Item
from wordferry.model.route import Route
from wordferry.ports.content_system import ContentSystem
from wordferry.web.listing import MOST, USUAL, Entry, Listings, Page, entry_of, wanted
from wordferry.web.openapi import Described, Parameter
from wordferry.web.problem import Handler, Problem, guarded
from wordferry.web.ranges import parse_range
from wordferry.web.tokens import Tokens

__all__ = ["DESCRIBED", "ContentEndpoints", "Encoded", "RouteEntry", "RouteList"]

PREFIX = "/content/v1"
#: Bytes up to which an item is sent inside JSON; a larger one is streamed.
INSIDE_JSON = 8 * 1024 * 1024
#: Items read from the content system at a time.
ABREAST = 4
_PIECE = 256 * 1024

MEDIA = {
    "json": "application/json",
    "markdown": "text/markdown",
    "html": "text/html",
    "xliff": "application/xliff+xml",
    "po": "text/x-gettext-translation",
    "plain": "text/plain",
}


class RouteEntry(msgspec.Struct, frozen=True):
    """A route as others see it.

    Attributes:
        name: its name.
        source_locale: the language its content is written in.
        locales: our locale codes that it is translated into.
        items: where its list is.
    """

    name: str
    source_locale: str
    locales: tuple[str, ...]
    items: str


class RouteList(msgspec.Struct, frozen=True):
    """The routes that a token opens."""

    routes: tuple[RouteEntry, ...]


class Encoded(msgspec.Struct, frozen=True):
    """An item with its bytes inside.

    Attributes:
        item: the item.
        encoding: how `content` is encoded: always `base64`.
        content: the bytes.
    """

    item: Entry
    encoding: str
    content: str


_ITEMS = PREFIX + "/routes/{route}/items"
_REFUSALS = (401, 403, 404, 503)
DESCRIBED = (
    Described(
        "GET",
        PREFIX + "/routes",
        "List the routes that the token opens.",
        "content",
        answer=RouteList,
        problems=(401, 403),
    ),
    Described(
        "GET",
        _ITEMS,
        "List what can be translated, page by page, in a stable order.",
        "content:ROUTE",
        parameters=(
            Parameter(
                "limit",
                "Items on a page.",
                schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            ),
            Parameter("cursor", "`next` of the page before."),
            Parameter("prefix", "Beginning of the name."),
            Parameter("match", "Pattern of the whole name: `*` and `?`."),
            Parameter("format", "A format.", schema={"type": "string", "enum": list(FORMATS)}),
            Parameter(
                "id", "Only these; may be repeated.", schema={"type": "array", "items": {"type": "string"}}
            ),
        ),
        answer=Page,
        problems=(*_REFUSALS, 406, 422),
    ),
    Described(
        "GET",
        _ITEMS + "/{id}",
        "Show one item without its bytes.",
        "content:ROUTE",
        answer=Entry,
        problems=(*_REFUSALS, 406),
    ),
    Described(
        "GET",
        _ITEMS + "/{id}/content",
        "Fetch an item: its bytes as they are, or in Base64 inside JSON when `Accept` asks for JSON.",
        "content:ROUTE",
        parameters=(
            Parameter("envelope", "`1` asks for JSON around a file that is JSON itself."),
            Parameter("Range", "One range of bytes.", where="header"),
            Parameter("If-Range", "The ETag that the range belongs to.", where="header"),
            Parameter("If-None-Match", "ETags that are known.", where="header"),
        ),
        answer=Encoded,
        media=("application/octet-stream", *(kind for kind in MEDIA.values() if kind != "application/json")),
        statuses=(200, 206, 304),
        problems=(*_REFUSALS, 406, 416, 422),
    ),
)


class ContentEndpoints:
    """The handlers.

    Args:
        routes: routes by name.
        contents: content systems by name.
        blobs: where a copy is made, so that what is sent is one revision from the first byte to the last.
        tokens: who may read.
    """

    def __init__(
        self,
        routes: Mapping[str, Route],
        contents: Mapping[str, ContentSystem],
        blobs: Blobs,
        tokens: Tokens,
    ) -> None:
        self._routes = routes
        self._contents = contents
        self._blobs = blobs
        self._tokens = tokens
        self._listings = Listings(contents)
        self._gate = asyncio.Semaphore(ABREAST)

    def routes(self) -> list[web.RouteDef]:
        """The paths."""
        handlers = (self.listed, self.items, self.item, self.content)
        return [
            web.get(described.path, guarded(self._allowed(handler)))
            for described, handler in zip(DESCRIBED, handlers, strict=True)
        ]

    def _allowed(self, handler: Handler) -> Handler:
        """The handler behind its token: who has none learns nothing about what there is."""

        async def answer(request: web.Request) -> web.StreamResponse:
            route = request.match_info.get("route")
            if route is not None:
                refusal = self._tokens.refusal(request, "content", route)
                if refusal is not None:
                    return refusal
            return await handler(request)

        return answer

    async def listed(self, request: web.Request) -> web.StreamResponse:
        """The routes that the token opens."""
        opened = self._tokens.opened(request, "content", list(self._routes))
        if isinstance(opened, web.Response):
            return opened
        shown = tuple(
            RouteEntry(
                name=route.name,
                source_locale=self._contents[route.content].source_locale,
                locales=tuple(route.locales),
                items=f"{PREFIX}/routes/{quote(route.name)}/items",
            )
            for route in (self._routes[name] for name in opened)
        )
        return _json(RouteList(shown))

    async def items(self, request: web.Request) -> web.StreamResponse:
        """A page of the items of a route."""
        route = self._route(request)
        _accepts(request, "application/json")
        query = request.query
        asked = wanted(dict(query), query.getall("id", []))
        return _json(await self._listings.page(route.content, quote(route.name), asked))

    async def item(self, request: web.Request) -> web.StreamResponse:
        """One item without its bytes."""
        route = self._route(request)
        _accepts(request, "application/json")
        item = await self._item(route, request.match_info["id"])
        return _json(entry_of(item, self._contents[route.content], quote(route.name)))

    async def content(self, request: web.Request) -> web.StreamResponse:
        """The bytes of an item: as they are, or encoded inside JSON, as `Accept` says."""
        route = self._route(request)
        system = self._contents[route.content]
        item = await self._item(route, request.match_info["id"])
        media = MEDIA.get(item.format or "", "application/octet-stream")
        inside = (
            _accepts(request, media, "application/octet-stream", "application/json") == "application/json"
        )
        # A JSON file is asked for by the same word as the envelope; octet-stream always means the bytes.
        inside = inside and (media != "application/json" or request.query.get("envelope") == "1")
        if inside and item.size > INSIDE_JSON:
            raise Problem(
                406,
                f"It has {item.size} bytes; up to {INSIDE_JSON} are sent inside JSON.",
                next="Ask for application/octet-stream.",
            )
        async with self._gate:
            copy = self._blobs.temporary()
            try:
                # The listing may be some seconds old: what counts is what was copied.
                taken = await system.snapshot(item.id, copy)
                entry = entry_of(taken, system, quote(route.name))
                if inside:
                    data = await asyncio.to_thread(copy.read_bytes)
                    headers = {"ETag": f'"{taken.revision}"', "Vary": "Accept"}
                    return _json(Encoded(entry, "base64", base64.b64encode(data).decode()), headers=headers)
                return await _bytes(request, copy, entry, media)
            finally:
                self._blobs.discard(copy)

    def _route(self, request: web.Request) -> Route:
        name = request.match_info["route"]
        route = self._routes.get(name)
        if route is None:
            raise Problem(404, f"There is no route {name[:80]!r}.")
        return route

    async def _item(self, route: Route, id: str) -> Item:
        found = await self._listings.item(route.content, id)
        if found is None:
            raise Problem(404, f"There is no item {id[:80]!r}.", next="List the items anew.")
        return found


def _json(value: object, *, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers={"Cache-Control": "private, no-cache", **(headers or {})},
    )


def _accepts(request: web.Request, *offered: str) -> str:
    """The first of the offered types that the request takes.

    Raises:
        Problem: 406 when it takes none.
    """
    asked = request.headers.get("Accept", "").strip() or "*/*"
    ranked: list[tuple[float, int, str]] = []
    for part in asked.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        for place, offer in enumerate(offered):
            if weight > 0 and kind in (offer, "*/*", offer.split("/")[0] + "/*"):
                ranked.append((-weight, place, offer))
    if not ranked:
        raise Problem(406, f"Nothing here is {asked[:80]!r}.", next=f"Offered: {', '.join(offered)}.")
    return min(ranked)[2]


async def _bytes(request: web.Request, path: Path, entry: Entry, media: str) -> web.StreamResponse:
    tag = f'"{entry.revision}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Vary": "Accept",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(entry.file_name, safe='')}",
        "Content-Type": media if not entry.encoding else f"{media}; charset={entry.encoding}",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(entry.revision)).decode()}:",
    }
    known = request.headers.get("If-None-Match", "")
    if known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return web.Response(status=304, headers={"ETag": tag, "Vary": "Accept"})
    size = entry.size
    part = None
    if request.headers.get("If-Range", tag).strip() == tag:
        part = parse_range(request.headers.get("Range"), size)
    start, end = part or (0, size)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = web.StreamResponse(status=206 if part is not None else 200, headers=headers)
    response.content_length = end - start
    await response.prepare(request)
    if request.method != "HEAD":
        with path.open("rb") as file:
            file.seek(start)
            left = end - start
            while left and (piece := await asyncio.to_thread(file.read, min(left, _PIECE))):
                await response.write(piece)
                left -= len(piece)
    await response.write_eof()
    return response
