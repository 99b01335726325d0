"""The page `lionbridge-endpoints.md`."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from typing import Any

from scripts.docs.lionbridge_rows import ROWS
from scripts.docs.phrase_endpoints import command_line
from scripts.docs.reading import code, table
from wordferry.cli.calls.action import Action, actions
from wordferry.sandbox import Sandbox
from wordferry.tms.lionbridge.resources import RESOURCES

__all__ = ["every_call", "in_sandbox", "page"]


@cache
def every_call() -> dict[str, Action]:
    """All calls of the client: `jobs.create` → what the command line knows of it."""
    return {
        f"{resource}.{action.name}": action
        for resource, kind in RESOURCES.items()
        for action in actions(resource, kind).values()
    }


@cache
def _sandbox_requests() -> frozenset[str]:
    async def routes() -> list[Any]:
        async with Sandbox() as sandbox:
            return list(sandbox.lionbridge.routes())

    found = asyncio.run(routes())
    return frozenset(f"{route.method} {_bare(route.path.removeprefix('/v2'))}" for route in found)


def in_sandbox(request: str) -> bool:
    """Whether the sandbox answers a request."""
    return _bare(request) in _sandbox_requests()


def page() -> str:
    """The 53 actions, and where each is: client, command line, sandbox."""
    rows = [
        (
            str(number),
            row.group,
            row.action,
            code(row.request),
            code(f"client.{row.call}"),
            code(command_line(every_call()[row.call], vendor="lionbridge")),
            "yes" if in_sandbox(row.request) else "no",
        )
        for number, row in enumerate(ROWS, 1)
    ]
    heads = ("", "group", "action", "request", "client", "command line", "sandbox")
    return f"""# The 53 actions of the Lionbridge Content API

Each with the call of [the client](lionbridge-client.md), the [command](../howto/command-line.md#single-calls) that
makes it, and whether [the sandbox](sandbox-lionbridge.md) answers it. Paths stand below `base_url`, which ends in
`/v2`; tokens come from `POST /connect/token` below `login_url`.

{table(heads, rows)}"""


def _bare(request: str) -> str:
    return re.sub(r"\{\w+\}", "{}", request)
