"""The page `phrase-client.md`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from scripts.docs.operations import made_up_client
from scripts.docs.reading import code, first_sentence, table
from wordferry.tms.phrase.api import auth
from wordferry.transport import Endpoint, Kind, Resource

#: Methods that make their call through another one.
BEHIND = {
    ("target_files", "download"): "stream",
    ("target_files", "original"): "stream_original",
    ("jobs", "all_levels"): "list",
}
REPEAT = {Kind.READ: "read", Kind.EFFECT: "effect", Kind.ONCE: "single use"}


def endpoints(function: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> list[Endpoint[Any]]:
    """The endpoints that a function uses, itself or through functions of `api/`."""
    function = inspect.unwrap(function)
    names, space = function.__code__.co_names, function.__globals__
    found: list[Endpoint[Any]] = []
    for name in names:
        value = space.get(name)
        if isinstance(value, Endpoint):
            found.append(value)
        elif isinstance(value, dict):
            found += [one for one in value.values() if isinstance(one, Endpoint)]
        elif inspect.ismodule(value) and value.__name__.startswith("wordferry.tms.phrase.api."):
            for other in names:
                inner = getattr(value, other, None)
                if inspect.isfunction(inner) and inner.__module__ == value.__name__ and inner not in seen:
                    found += endpoints(inner, seen | {inner})
    return found


def arguments(method: Callable[..., Any]) -> str:
    """The parameters of a method as a reader writes them."""
    parts: list[str] = []
    star = False
    for name, part in inspect.signature(method).parameters.items():
        if part.kind is part.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        parts.append(name if part.default is part.empty else f"{name}=…")
    return ", ".join(parts)


def phrase_client_page() -> str:
    """The resources of `PhraseClient`."""
    client = made_up_client()
    parts = []
    for resource_name, resource in vars(client).items():
        if not isinstance(resource, Resource):
            continue
        rows = []
        for name in vars(type(resource)):
            if name.startswith("_") or name == "largest":
                continue
            method = getattr(resource, name)
            used = endpoints(getattr(resource, BEHIND.get((resource_name, name), name)))
            rows.append(
                (
                    code(f"{resource_name}.{name}({arguments(method)})"),
                    ", ".join(sorted({code(f"{one.method} {one.path}") for one in used})) or "–",
                    ", ".join(sorted({REPEAT[one.kind] for one in used})) or "–",
                    first_sentence(method),
                )
            )
        parts.append(
            f"## `client.{resource_name}`\n\n{first_sentence(type(resource))}\n\n"
            f"{table(('call', 'request', 'kind', 'does'), rows)}"
        )
    exchange = auth.exchange("-").endpoint
    return f"""# Calls of the Phrase client

`from wordferry.phrase import PhraseClient`. [How to use it alone](../howto/phrase-client.md) has an example that
runs. Paths stand below `tms_url`; the token is exchanged below `platform_url` at `{exchange.method} {exchange.path}`
and renewed by itself.

*read*: repeated by itself after anything that passes. *effect*: repeated by itself only when it certainly did not
happen; otherwise it ends as `OutcomeUnknown`. *single use*: spent when it starts, never repeated once it left.
Methods named `list`, `pending` and `all_levels` are asynchronous iterators over all pages.
`help(client.jobs.create)` shows arguments, results and errors.

{(chr(10)).join(parts)}"""
