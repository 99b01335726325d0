"""A small Content API and a small file service on two ports: they know what a test teaches them, and can break off."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from wordferry.lionbridge import LionbridgeClient, Retry, Unlimited

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Lionbridge:
    """The API: tokens, and the routes that a test adds. `seen` counts requests, `fms` is the file service."""

    def __init__(self) -> None:
        self.app = web.Application(client_max_size=1 << 26)
        self.app.router.add_post("/connect/token", self._token)
        self.app.router.add_route("*", "/{path:.*}", self._find)
        self.routes: dict[tuple[str, str], Handler] = {}
        self.seen: Counter[str] = Counter()
        self.queries: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.forms: list[dict[str, Any]] = []
        self.valid: set[str] = set()
        self.refuse: web.Response | None = None
        self.fms = FileService()
        self.prefix = ""

    async def start(self) -> None:
        self.runner = web.AppRunner(self.app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        await self.fms.start()

    async def stop(self) -> None:
        await self.runner.cleanup()
        await self.fms.stop()

    def add(self, method: str, path: str, handler: Handler) -> None:
        """A route below `/v2` that wants a token."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self.seen[f"{method} {request.path}"] += 1
            self.queries.append(dict(request.query))
            self.headers.append(dict(request.headers))
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.valid:
                return web.Response(status=401, text="<html>Sign in</html>", content_type="text/html")
            return await handler(request)

        self.routes[method, f"{self.prefix}/v2{path}"] = guarded

    async def _find(self, request: web.Request) -> web.StreamResponse:
        handler = self.routes.get((request.method, request.path))
        return web.Response(status=404) if handler is None else await handler(request)

    def says(self, method: str, path: str, *bodies: Any, status: int = 200) -> None:
        """Answer with these in order; the last one repeats."""
        left = list(bodies)

        async def handler(request: web.Request) -> web.StreamResponse:
            body = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(body, web.Response):
                # An answer of aiohttp can be sent once only.
                return web.Response(status=body.status, body=body.body, headers=body.headers)
            return web.Response(status=status) if body is None else web.json_response(body, status=status)

        self.add(method, path, handler)

    def client(self, **options: Any) -> LionbridgeClient:
        """A client of this server; it is in no hurry and counts no calls."""
        settings: dict[str, Any] = {
            "client_id": "connector-1",
            "client_secret": "s3cret-of-the-connector",
            "login_url": self.url,
            "base_url": f"{self.url}{self.prefix}/v2",
            "retry": Retry(base=0.001, doubtful=frozenset({403})),
            "budget": Unlimited(),
        }
        return LionbridgeClient(**{**settings, **options})

    async def _token(self, request: web.Request) -> web.Response:
        self.forms.append(dict(await request.post()))
        await asyncio.sleep(0.01)
        if self.refuse is not None:
            return web.Response(body=self.refuse.body, status=self.refuse.status, headers=self.refuse.headers)
        token = f"token-{len(self.forms)}"
        self.valid.add(token)
        return web.json_response(
            {"access_token": token, "expires_in": 3600, "token_type": "Bearer", "scope": "contentapi"}
        )


class FileService:
    """Uploads by TUS and by form, and files to fetch.

    `break_after` lets a PATCH keep that many bytes and then break the connection, once for each entry. From `hold_at`
    bytes on, nothing more is kept and `held` is set.
    """

    def __init__(self) -> None:
        self.app = web.Application(client_max_size=1 << 30)
        routes = self.app.router
        routes.add_post("/tus", self._create)
        routes.add_route("HEAD", "/tus/{id}", self._head)
        routes.add_patch("/tus/{id}", self._patch)
        routes.add_post("/form", self._form)
        routes.add_get("/get", self._get)
        self.get: Handler | None = None
        self.hold_at: int | None = None
        self.held = asyncio.Event()
        self.headers: list[tuple[str, dict[str, str]]] = []
        self.files: dict[str, bytearray] = {}
        self.lengths: dict[str, int] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.patches: list[int] = []
        self.break_after: list[int] = []
        self.lose_answers = 0
        self.token = "sas-token-1"
        self.location = "/tus/{id}"
        self.forms: list[tuple[str, bytes]] = []
        self.form_status = 201
        self.claimed_size: int | None = None
        self.sink = False
        self.received = 0

    async def start(self) -> None:
        self.runner = web.AppRunner(self.app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.runner.cleanup()

    def transfer(self) -> dict[str, str]:
        return {
            "fmsFileId": "file-1",
            "fmsSASToken": self.token,
            "fmsUploadUrl": f"{self.url}/tus",
            "fmsPostMultipartUrl": f"{self.url}/form?sig=abc%2Fdef",
        }

    def _known(self, request: web.Request) -> None:
        self.headers.append((request.method, dict(request.headers)))
        if request.headers.get("sastoken") != self.token:
            raise web.HTTPUnauthorized
        if request.headers.get("Tus-Resumable") != "1.0.0":
            raise web.HTTPPreconditionFailed

    async def _create(self, request: web.Request) -> web.Response:
        self._known(request)
        if request.headers.get("Content-Length") != "0":
            return web.Response(status=411)
        upload = f"u{len(self.files) + 1}"
        self.files[upload] = bytearray()
        self.lengths[upload] = int(request.headers["Upload-Length"])
        pairs = (pair.split(" ") for pair in request.headers["Upload-Metadata"].split(","))
        self.metadata[upload] = {key: b64decode(value).decode() for key, value in pairs}
        return web.Response(status=201, headers={"Location": self.location.format(id=upload)})

    async def _head(self, request: web.Request) -> web.Response:
        self._known(request)
        upload = request.match_info["id"]
        if upload not in self.files:
            return web.Response(status=410)
        size = self.received if self.sink else len(self.files[upload])
        return web.Response(headers={"Upload-Offset": str(size), "Upload-Length": str(self.lengths[upload])})

    async def _patch(self, request: web.Request) -> web.Response:
        self._known(request)
        upload = request.match_info["id"]
        kept = self.files[upload]
        if int(request.headers["Upload-Offset"]) != (self.received if self.sink else len(kept)):
            return web.Response(status=409)
        if self.hold_at is not None and len(kept) >= self.hold_at:
            self.held.set()
            await request.read()
            return self._cut(request)
        limit = self.break_after.pop(0) if self.break_after else None
        body = bytearray()
        async for piece in request.content.iter_any():
            body += piece
            if limit is not None and len(body) >= limit:
                kept += body[:limit]
                return self._cut(request)
        self.patches.append(len(body))
        self.received += len(body)
        if not self.sink:
            kept += body
        if self.lose_answers:
            self.lose_answers -= 1
            return self._cut(request)
        size = self.received if self.sink else len(kept)
        return web.Response(status=204, headers={"Upload-Offset": str(size)})

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _get(self, request: web.Request) -> web.StreamResponse:
        assert self.get is not None
        return await self.get(request)

    async def _form(self, request: web.Request) -> web.Response:
        self.headers.append((request.method, dict(request.headers)))
        assert request.raw_path == "/form?sig=abc%2Fdef"
        if self.form_status >= 400:
            return web.Response(status=self.form_status)
        part = await (await request.multipart()).next()
        assert isinstance(part, BodyPartReader)
        name, size = str(part.filename), 0
        assert part.name == "file"
        kept = bytearray()
        while piece := await part.read_chunk():
            size += len(piece)
            if not self.sink:
                kept += piece
        self.forms.append((name, bytes(kept)))
        claimed = size if self.claimed_size is None else self.claimed_size
        return web.json_response(
            {"id": "file-1", "name": name, "contentType": part.headers.get("Content-Type"), "size": claimed},
            status=201,
        )
