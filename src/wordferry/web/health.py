"""Health and metrics, for those who run it: not shown to callers that come through a reverse proxy."""

from __future__ import annotations

import time

import sqlalchemy as sa
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from wordferry.errors import WordferryError
from wordferry.ledger import Ledger
from wordferry.web.openapi import Described

__all__ = ["DESCRIBED", "Health"]


DESCRIBED = (Described("GET", "/health", "Whether the ledger answers.", statuses=(200, 503)),)


class Health:
    """The two paths.

    Args:
        ledger: asked whether it answers.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> list[web.RouteDef]:
        """The paths."""
        return [web.get("/health", self.health), web.get("/metrics", self.metrics)]

    async def health(self, request: web.Request) -> web.Response:
        """`GET /health`: 200 while the ledger answers, else 503."""
        try:
            await self._ledger.read(lambda connection: connection.execute(sa.text("SELECT 1")).scalar())
        except WordferryError:
            return web.json_response({"ok": False}, status=503)
        return web.json_response({"ok": True})

    async def metrics(self, request: web.Request) -> web.Response:
        """`GET /metrics`: for Prometheus."""
        if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
            return web.Response(status=404)
        try:
            ours = generate_latest(await self._measured())
        except WordferryError:
            ours = b""
        return web.Response(body=generate_latest() + ours, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _measured(self) -> CollectorRegistry:
        """What stands in the ledger, whichever process wrote it."""
        registry = CollectorRegistry()
        unread = Gauge("wordferry_inbox_unread", "Events that are due to be read", registry=registry)
        now = time.time()

        def count(connection: sa.Connection) -> int:
            found: int = connection.execute(
                sa.text("SELECT COUNT(*) FROM inbox WHERE due <= :now"), {"now": now}
            ).scalar_one()
            return found

        unread.set(await self._ledger.read(count))

        def gauge(name: str, means: str, *labels: str) -> Gauge:
            return Gauge(name, means, ("connection", *labels), registry=registry)

        looks = gauge("wordferry_looks", "Looks at batches, by what caused them", "cause")
        moved = gauge("wordferry_moved", "Translations moved by looks, by their cause", "cause")
        saved = gauge("wordferry_looks_saved", "Looks that plain polling would have made on top")
        ratio = gauge(
            "wordferry_webhook_to_poll_ratio",
            "Translations moved because of an event, per one that a timed look found",
        )
        silence = gauge("wordferry_events_silent_seconds", "Seconds since the last event")
        for name, known in (await self._ledger.rhythms.all()).items():
            for cause, made, found in (
                ("event", known.looks_hinted, known.moved_hinted),
                ("time", known.looks_timed, known.moved_timed),
            ):
                looks.labels(name, cause).set(made)
                moved.labels(name, cause).set(found)
            saved.labels(name).set(known.looks_saved)
            ratio.labels(name).set(known.moved_hinted / max(1, known.moved_timed))
            if known.last is not None:
                silence.labels(name).set(max(0.0, now - known.last))
        return registry
