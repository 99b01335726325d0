"""The web server: one application, one port."""

from __future__ import annotations

from typing import Self

import msgspec
from aiohttp import web

from wordferry.bootstrap import Ferry
from wordferry.configuration import resolve_secret
from wordferry.errors import NeedsOperator
from wordferry.web.content import DESCRIBED as CONTENT
from wordferry.web.content import ContentEndpoints
from wordferry.web.gate import Gate
from wordferry.web.health import DESCRIBED as HEALTH
from wordferry.web.health import Health
from wordferry.web.openapi import document
from wordferry.web.push import DESCRIBED as PUSH
from wordferry.web.push import Push
from wordferry.web.receivers import Receivers
from wordferry.web.tokens import Tokens

__all__ = ["Server"]


class Server:
    """Listens, as an async context.

    Args:
        ferry: an open Wordferry.
        listen: `host:port`; the configured one when left out. Port 0 takes a free one.

    Attributes:
        url: where it listens, once it does.

    Raises (on entering):
        NeedsOperator: the address is taken, or is none.
    """

    def __init__(self, ferry: Ferry, listen: str | None = None) -> None:
        settings = ferry.configuration.web
        self.listen = listen or settings.listen
        self.url = ""
        gate = Gate(proxies=settings.proxies)
        self._tokens = tokens = Tokens(
            settings.tokens,
            lambda reference: resolve_secret(reference, folder=ferry.configuration.folder),
            gate,
        )
        app = web.Application(client_max_size=settings.max_body)
        app.add_routes(
            Receivers(ferry.ledger, ferry.events, ferry.seal, gate, most=settings.max_body).routes()
        )
        app.add_routes(
            Push(ferry.ledger, ferry.blobs, ferry.connections, tokens, most=settings.max_push).routes()
        )
        routes, contents = ferry.configuration.routes, ferry.contents
        app.add_routes(ContentEndpoints(routes, contents, ferry.blobs, tokens).routes())
        app.add_routes(Health(ferry.ledger).routes())
        described = msgspec.json.encode(document((*CONTENT, *PUSH, *HEALTH)))

        async def openapi(_: web.Request) -> web.Response:
            return web.Response(body=described, content_type="application/json")

        app.router.add_get("/openapi.json", openapi)
        # Paths carry signatures, so there is no access log; bodies are verified as they came, so nothing is unpacked.
        self._runner = web.AppRunner(
            app, access_log=None, auto_decompress=False, shutdown_timeout=5.0, handle_signals=False
        )

    async def __aenter__(self) -> Self:
        host, port = _address(self.listen)
        self._tokens.verify()
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port, backlog=1024).start()
        except OSError as error:
            await self._runner.cleanup()
            raise NeedsOperator(
                f"it cannot listen there: {error.strerror}.",
                object=f"[web] listen = {self.listen!r}",
                next="Stop what listens there, or choose another port.",
            ) from error
        bound = self._runner.addresses[0]
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = f"http://{name}:{bound[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise NeedsOperator(
            "that is no address.", object=f"[web] listen = {listen!r}", next="Write host:port."
        )
    return host.strip("[]"), int(port)
