"""Errors of the endpoints as problem details. Source: RFC 9457."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from aiohttp import web

__all__ = ["problem"]


def problem(status: int, what: str, *, next: str = "", headers: dict[str, str] | None = None) -> web.Response:
    """An answer that says what happened and what to do next.

    Args:
        status: the HTTP status.
        what: one sentence.
        next: what to do.
        headers: further header fields.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": what}
    if next:
        body["next"] = next
    return web.Response(
        status=status,
        body=msgspec.json.encode(body),
        content_type="application/problem+json",
        headers=headers,
    )
