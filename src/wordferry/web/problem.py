"""Errors of the endpoints as problem details. Source: RFC 9457."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from wordferry import observe
from wordferry.errors import NeedsOperator, Refused, TryAgain, Vanished, WordferryError

__all__ = ["CONTENT_TYPE", "Handler", "Problem", "guarded", "problem"]

CONTENT_TYPE = "application/problem+json"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(
    status: int, what: str, *, next: str = "", headers: Mapping[str, str] | None = None, **facts: Any
) -> web.Response:
    """An answer that says what happened and what to do next.

    Args:
        status: the HTTP status.
        what: one sentence on this very request; never a secret, never content.
        next: what to do.
        headers: further header fields.
        facts: further members of the document.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": what}
    if next:
        body["next"] = next
    return web.Response(
        status=status,
        body=msgspec.json.encode(body | facts),
        content_type=CONTENT_TYPE,
        headers=headers,
    )


class Problem(Exception):
    """A refusal on its way up; arguments as those of `problem`."""

    def __init__(self, status: int, what: str, **more: Any) -> None:
        super().__init__(what)
        self.status = status
        self.what = what
        self.more = more


#: Our classes of errors → the status that tells a caller the same.
_STATUS: tuple[tuple[type[WordferryError], int], ...] = (
    (Vanished, 404),
    (Refused, 422),
    (TryAgain, 503),
    (NeedsOperator, 503),
)


def guarded(handler: Handler) -> Handler:
    """A handler whose errors become problem details; what nobody foresaw is logged, and told without its text."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Problem as found:
            return problem(found.status, found.what, **found.more)
        except (web.HTTPException, ConnectionError):
            raise
        except WordferryError as error:
            status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
            later = {"Retry-After": "30"} if status == 503 else None
            return problem(status, error.what, next=error.next, headers=later)
        except Exception as crash:  # noqa: BLE001  one bad request must not stop the others
            observe.event("web.crashed", level="error", object=request.path, why=repr(crash))
            return problem(500, "This request met an error nobody foresaw.")

    return answer
