"""OpenAPI 3.1 documents of both vendors' faces, made from the routes and from the shapes that were learnt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.learning import stored
from wordferry.sandbox.routing import Route, parameter_names

if TYPE_CHECKING:
    from wordferry.sandbox.stage import Stage

TITLES = {"phrase": "Phrase TMS", "lionbridge": "Lionbridge Content API v2"}
_WORDS = {
    200: "OK",
    201: "Made",
    202: "Accepted",
    204: "Done, nothing to say",
    307: "Elsewhere",
    400: "The request is wrong",
    401: "No valid access token",
    403: "Not allowed",
    404: "Not there",
    405: "Wrong method",
    409: "In the wrong state",
    412: "The protocol version is missing or unknown",
    413: "Too large",
    415: "Wrong content type",
    429: "Too many requests",
    500: "The vendor failed",
    501: "Not done by the vendor",
}


def document(stage: Stage, vendor: str) -> dict[str, Any]:
    """The document of a vendor.

    Args:
        stage: a sandbox, running or not.
        vendor: `phrase` or `lionbridge`.

    Raises:
        KeyError: for another vendor.
    """
    if vendor not in TITLES:
        raise KeyError(f"vendor {vendor!r}; there are: {', '.join(TITLES)}")
    faces = {
        "phrase": [(stage.phrase_url, stage.phrase.routes())],
        "lionbridge": [
            (stage.lionbridge_login_url, stage.lionbridge.routes()),
            (stage.fms_url, stage.lionbridge.fms.routes()),
        ],
    }
    return _document(vendor, faces[vendor])


def document_at_rest(vendor: str) -> dict[str, Any]:
    """The document of a vendor without a sandbox: at the default ports.

    Raises:
        KeyError: for another vendor.
    """
    from wordferry.sandbox.lionbridge.room import LionbridgeRoom
    from wordferry.sandbox.phrase.room import PhraseRoom
    from wordferry.sandbox.settings import SandboxSettings
    from wordferry.sandbox.world import new_world

    if vendor not in TITLES:
        raise KeyError(f"vendor {vendor!r}; there are: {', '.join(TITLES)}")
    world = new_world(SandboxSettings(), folder=Path())
    lionbridge = LionbridgeRoom(world)
    faces = {
        "phrase": [("http://127.0.0.1:8931", PhraseRoom(world).routes())],
        "lionbridge": [
            ("http://127.0.0.1:8932", lionbridge.routes()),
            ("http://127.0.0.1:8933", lionbridge.fms.routes()),
        ],
    }
    return _document(vendor, faces[vendor])


def _document(vendor: str, faces: list[tuple[str, list[Route]]]) -> dict[str, Any]:
    lessons = stored()
    paths: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for number, (url, routes) in enumerate(faces):
        for route in routes:
            item = paths.setdefault(route.path, {})
            if number and url:
                item["servers"] = [{"url": url}]
            lesson = lessons.get(f"{route.method} {route.path}", {})
            item[route.method.lower()] = _operation(route, lesson, used)
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{TITLES[vendor]}, as the Wordferry sandbox plays it",
            "version": "1",
            "description": "Shapes are learnt from the sandbox's own answers. Each call says how faithful it is to the "
            "vendor and from which source that is known.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    if faces[0][0]:
        found["servers"] = [{"url": faces[0][0]}]
    return found


def _operation(route: Route, lesson: dict[str, Any], used: set[str]) -> dict[str, Any]:
    name, number = route.operation, 1
    while name in used:
        number += 1
        name = f"{route.operation}_{number}"
    used.add(name)
    parameters = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
        for each in parameter_names(route.path)
    ]
    parameters += [
        {"name": each, "in": where, "required": False, "schema": {"type": "string"}}
        for where, key in (("query", "query"), ("header", "headers"))
        for each in _once(lesson.get(key, []))
    ]
    found: dict[str, Any] = {
        "operationId": name,
        "summary": route.summary or route.operation,
        "description": _described(route),
        "parameters": parameters,
        "responses": _responses(lesson.get("answers", {})),
    }
    if route.open:
        found["security"] = []
    if route.upload:
        found["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    elif lesson.get("request"):
        found["requestBody"] = {
            "content": {kind: {"schema": _schema(shape)} for kind, shape in lesson["request"].items()}
        }
    return found


def _once(names: list[str]) -> list[str]:
    """A name that is read in any case stands once, as the vendor writes it."""
    found: dict[str, str] = {}
    for name in names:
        known = found.get(name.lower())
        if known is None or known.islower():
            found[name.lower()] = name
    return list(found.values())


def _described(route: Route) -> str:
    parts = []
    if route.fidelity:
        parts.append(f"Fidelity: {route.fidelity}.")
    if route.source:
        parts.append(f"Known from: {route.source}.")
    return " ".join(parts)


def _responses(answers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, content in sorted(answers.items()):
        answer: dict[str, Any] = {"description": _WORDS.get(int(status), f"HTTP {status}")}
        if content:
            answer["content"] = {kind: {"schema": _schema(shape)} for kind, shape in content.items()}
        found[status] = answer
    found["default"] = {"description": "An error in the vendor's shape, or a page of a gateway before it"}
    return found


def _schema(shape: dict[str, Any]) -> dict[str, Any]:
    """One type as a word instead of a list of one."""
    found = dict(shape)
    if len(found.get("type", ())) == 1:
        found["type"] = found["type"][0]
    if "properties" in found:
        found["properties"] = {name: _schema(each) for name, each in found["properties"].items()}
    if "items" in found:
        found["items"] = _schema(found["items"])
    if not found.get("required", True):
        del found["required"]
    return found
