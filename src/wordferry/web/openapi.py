"""The OpenAPI document of our own endpoints, made from their descriptions and from the types that they answer with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from wordferry._version import __version__
from wordferry.web.problem import CONTENT_TYPE

__all__ = ["Described", "Parameter", "document"]

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence on this very request."},
        "instance": {"type": "string"},
        "next": {"type": "string", "description": "What the caller can do."},
    },
}


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a call.

    Attributes:
        name: as on the wire.
        meaning: one sentence.
        where: `query`, `header` or `path`.
        schema: its JSON schema.
    """

    name: str
    meaning: str
    where: str = "query"
    schema: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})


class Described(msgspec.Struct, frozen=True):
    """One endpoint.

    Attributes:
        method: HTTP method.
        path: template.
        summary: one sentence.
        scope: what the token must open; empty when no token is needed.
        parameters: beside those in the path.
        answer: type of the JSON answer; None when it has none.
        media: media types of an answer that is no JSON.
        body: media type of the request's body.
        statuses: further statuses of success.
        problems: statuses of refusals.
    """

    method: str
    path: str
    summary: str
    scope: str = ""
    parameters: tuple[Parameter, ...] = ()
    answer: Any = None
    media: tuple[str, ...] = ()
    body: str = ""
    statuses: tuple[int, ...] = (200,)
    problems: tuple[int, ...] = ()


def document(endpoints: Sequence[Described]) -> dict[str, Any]:
    """The document of these endpoints, OpenAPI 3.1."""
    types = [endpoint.answer for endpoint in endpoints if endpoint.answer is not None]
    shapes, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip((id(kind) for kind in types), shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        shape = by_type.get(id(endpoint.answer))
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, shape)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wordferry", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Described, shape: Mapping[str, Any] | None) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", endpoint.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    parameters += [
        {"name": one.name, "in": one.where, "description": one.meaning, "schema": one.schema}
        for one in endpoint.parameters
    ]
    content: dict[str, Any] = {"application/json": {"schema": shape}} if shape is not None else {}
    content |= {kind: {} for kind in endpoint.media}
    answers: dict[str, Any] = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            **({"content": content} if content and status not in (204, 304) else {}),
        }
        for status in endpoint.statuses
    }
    problem = {"$ref": "#/components/schemas/Problem"}
    answers |= {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {CONTENT_TYPE: {"schema": problem}},
        }
        for status in endpoint.problems
    }
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()} {endpoint.path}").strip("_"),
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": answers,
    }
    if endpoint.scope:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Needs a token with the scope `{endpoint.scope}`."
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": {endpoint.body: {}}}
    return operation
