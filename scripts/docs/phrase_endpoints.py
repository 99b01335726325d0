"""The page `phrase-endpoints.md`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from scripts.docs.operations import made_up_client
from scripts.docs.phrase_client import BEHIND, endpoints
from scripts.docs.phrase_rows import ROWS
from scripts.docs.reading import code, table
from wordferry.cli.calls.action import Action, Form, actions
from wordferry.sandbox import Sandbox
from wordferry.tms.phrase.api import auth, jobs
from wordferry.tms.phrase.resources import RESOURCES

__all__ = ["command_line", "every_call", "page", "requests_of", "sandbox_requests"]

#: Calls whose requests are not made by functions of the resource's own file.
_ELSEWHERE: dict[str, tuple[Any, ...]] = {"auth.token": (auth.exchange,)}
#: Requests of a call that belong to other rows: what it falls back to.
_FALLBACK = {"jobs.parts": (jobs.get, jobs.page), "jobs.all_levels": ()}


@cache
def every_call() -> dict[str, Action]:
    """All calls of the client: `jobs.create` → what the command line knows of it."""
    return {
        f"{resource}.{action.name}": action
        for resource, kind in RESOURCES.items()
        for action in actions(resource, kind).values()
    }


@cache
def requests_of(call: str) -> tuple[str, ...]:
    """The requests of a call of the client: method and path."""
    resource, _, name = call.partition(".")
    client = made_up_client()
    functions = _ELSEWHERE.get(call) or (
        getattr(getattr(client, resource), BEHIND.get((resource, name), name)),
    )
    found = [f"{one.method} {one.path}" for function in functions for one in endpoints(function)]
    fallback = {
        f"{one.method} {one.path}" for function in _FALLBACK.get(call, ()) for one in endpoints(function)
    }
    return tuple(dict.fromkeys(one for one in found if one not in fallback))


@cache
def sandbox_requests() -> frozenset[str]:
    """The requests that the sandbox answers: method and path, parameters without their names."""

    async def routes() -> list[Any]:
        async with Sandbox() as sandbox:
            return sandbox.phrase.routes()

    return frozenset(
        f"{route.method} {_bare(route.path.removeprefix('/web'))}" for route in asyncio.run(routes())
    )


def command_line(action: Action, *, vendor: str = "phrase") -> str:
    """How a call is made on the command line, with what it cannot go without."""
    needed = [part for part in action.parameters if part.required]
    words = [_metavar(part) for part in needed if part.positional]
    words += [f"{part.option} {_metavar(part)}" for part in needed if not part.positional]
    return " ".join([f"wordferry {vendor}", action.resource.replace("_", "-"), action.command, *words])


def in_sandbox(request: str) -> bool:
    """Whether the sandbox answers a request."""
    method, _, path = request.partition(" ")
    return f"{method} {_bare(path)}" in sandbox_requests()


def page() -> str:
    """The requests of Phrase, and where each is: client, command line, sandbox."""
    rows = list(_rows())
    named = {call for row in ROWS for call in row.calls}
    others = [
        (
            "<br>".join(map(code, requests_of(name))),
            code(f"client.{name}"),
            code(command_line(action)),
            _sandbox(requests_of(name)),
        )
        for name, action in every_call().items()
        if name not in named
    ]
    heads = ("request", "client", "command line", "sandbox")
    return f"""# Requests of Phrase TMS

Every request that Phrase's plugin guide needs, with the call of [the client](phrase-client.md), the
[command](../howto/command-line.md#single-calls) that makes it, and whether [the sandbox](sandbox.md) answers it. Paths
stand below `tms_url`; the token exchange stands below `platform_url`.

{table(("", "action", *heads), rows)}
## What goes with them

{table(heads, others)}"""


def _rows() -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(ROWS, 1):
        yield (
            str(number),
            row.action,
            "<br>".join(map(code, row.requests)),
            "<br>".join(code(f"client.{name}") for name in row.calls),
            "<br>".join(code(command_line(every_call()[name])) for name in row.calls),
            _sandbox(row.requests),
        )


def _sandbox(requests: tuple[str, ...]) -> str:
    if not requests:
        return "–"
    missing = [one for one in requests if not in_sandbox(one)]
    if not missing:
        return "yes"
    return "no" if len(missing) == len(requests) else "in part"


def _bare(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def _metavar(part: Any) -> str:
    word = {Form.FILE: "FILE", Form.FILES: "FILE", Form.SINK: "FILE", Form.REFERENCE: "REF"}
    named = part.name.upper() if part.positional else "TEXT"
    shown = word.get(part.form, named)
    return f"{shown}…" if part.many and part.positional else shown
