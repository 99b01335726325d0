"""Shapes of requests and answers, learnt from calls instead of written down a second time.

`scripts/shapes` runs the sandbox's own tests with a `Lessons` watching and stores what it learnt in `shapes.json`; the
OpenAPI documents are made from the routes and from that file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec

from wordferry.sandbox.routing import Answer, Call, Route

STORED = Path(__file__).with_name("shapes.json")
# Keys that clients choose freely.
_FREE = frozenset({"labels", "extendedMetadata", "metadata", "instructions"})
_MOST_FIELDS = 80
# Known to every client, or no part of the vendor's call.
_PLAIN_HEADERS = frozenset(
    {"authorization", "content-type", "content-length", "expect", "host", "accept", "user-agent"}
)


class Asked(Mapping[str, Any]):
    """Query or headers that remember which names a handler looked at."""

    def __init__(self, found: Any) -> None:
        self._found = found
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default."""
        self.names.add(name)
        return self._found.get(name, default)

    def getall(self, name: str, *default: Any) -> Any:
        """All values of a repeated name."""
        self.names.add(name)
        return self._found.getall(name, *default)


def schema_of(value: Any) -> dict[str, Any]:
    """The JSON Schema of one value."""
    if isinstance(value, dict):
        if len(value) > _MOST_FIELDS:
            return {"type": ["object"], "additionalProperties": {}}
        shown = {
            name: {"type": ["object"], "additionalProperties": {}}
            if name in _FREE and isinstance(found, dict)
            else schema_of(found)
            for name, found in value.items()
        }
        return {"type": ["object"], "properties": shown, "required": sorted(value)}
    if isinstance(value, list):
        items: dict[str, Any] = {}
        for found in value:
            items = merged(items, schema_of(found))
        return {"type": ["array"], "items": items}
    if value is None:
        return {"type": ["null"]}
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))
    return {"type": [next(name for kind, name in kinds if isinstance(value, kind))]}


def merged(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    """The schema that fits what either fits."""
    if not one or not two:
        return one or two
    found: dict[str, Any] = {"type": sorted({*one["type"], *two["type"]})}
    if "properties" in one or "properties" in two:
        fields = [schema.get("properties", {}) for schema in (one, two)]
        names = sorted({*fields[0], *fields[1]})
        found["properties"] = {
            name: merged(fields[0].get(name, {}), fields[1].get(name, {})) for name in names
        }
        required = [set(schema["required"]) for schema in (one, two) if "required" in schema]
        found["required"] = sorted(set.intersection(*required))
    if "additionalProperties" in one or "additionalProperties" in two:
        found.pop("properties", None)
        found.pop("required", None)
        found["additionalProperties"] = {}
    if "items" in one or "items" in two:
        found["items"] = merged(one.get("items", {}), two.get("items", {}))
    return found


class Lessons:
    """What was learnt: `METHOD path` → names asked for, request, answers."""

    def __init__(self) -> None:
        self.learnt: dict[str, dict[str, Any]] = {}

    def watch(self, route: Route, call: Call, answer: Answer) -> None:
        """Learn from one call."""
        lesson = self.learnt.setdefault(
            f"{route.method} {route.path}", {"query": [], "headers": [], "request": {}, "answers": {}}
        )
        if isinstance(call.query, Asked):
            lesson["query"] = sorted({*lesson["query"], *call.query.names})
        if isinstance(call.headers, Asked):
            names = {name for name in call.headers.names if name.lower() not in _PLAIN_HEADERS}
            lesson["headers"] = sorted({*lesson["headers"], *names}, key=str.lower)
        if answer.status < 400 and not route.upload:
            kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            self._request(lesson["request"], kind, call.body.data or b"")
        self._answer(lesson["answers"], answer)

    def _request(self, known: dict[str, Any], kind: str, body: bytes) -> None:
        if not body:
            return
        if kind == "application/x-www-form-urlencoded":
            value: Any = {
                name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()
            }
        else:
            kind = "application/json"
            try:
                value = msgspec.json.decode(body)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return
        known[kind] = merged(known.get(kind, {}), schema_of(value))

    def _answer(self, known: dict[str, Any], answer: Answer) -> None:
        status = str(answer.status)
        kind = (answer.content_type or "").partition(";")[0]
        schema: dict[str, Any] = {}
        if kind == "application/json" and answer.blob is None and answer.body:
            schema = schema_of(msgspec.json.decode(answer.body))
        content = known.setdefault(status, {})
        if kind and (answer.body or answer.blob is not None):
            content[kind] = merged(content.get(kind, {}), schema)

    def store(self, path: Path = STORED) -> None:
        """Write what was learnt, together with what other runs had learnt."""
        before = stored(path)
        for key, lesson in self.learnt.items():
            known = before.setdefault(key, {"query": [], "headers": [], "request": {}, "answers": {}})
            for names in ("query", "headers"):
                known[names] = sorted({*known[names], *lesson[names]}, key=str.lower)
            known["request"] = _joined(known["request"], lesson["request"])
            for status in {*known["answers"], *lesson["answers"]}:
                known["answers"][status] = _joined(
                    known["answers"].get(status, {}), lesson["answers"].get(status, {})
                )
        data = msgspec.json.encode(dict(sorted(before.items())), order="sorted")
        path.write_bytes(data + b"\n")


def _joined(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    return {kind: merged(one.get(kind, {}), two.get(kind, {})) for kind in {*one, *two}}


def stored(path: Path = STORED) -> dict[str, dict[str, Any]]:
    """What was learnt in earlier runs."""
    found: dict[str, dict[str, Any]] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    return found
