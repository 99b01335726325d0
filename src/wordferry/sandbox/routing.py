"""What a call is, what an answer is, and how a path finds its handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from multidict import CIMultiDict, MultiDict

from wordferry.sandbox.blob import Blob, Sink


@dataclass(slots=True)
class Answer:
    """What a handler answers.

    Args:
        blob: a file as the body; it wins over `body`.
        once: the blob is good for this answer alone and is thrown away afterwards.
    """

    status: int
    body: bytes = b""
    blob: Blob | None = None
    content_type: str | None = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    once: bool = False


def answer_json(value: Any, *, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, msgspec.json.encode(value))


def no_content() -> Answer:
    """An empty 204."""
    return Answer(204, content_type=None)


@dataclass(slots=True)
class Call:
    """One request as a handler sees it.

    Args:
        now: virtual epoch seconds; when the handler runs, that of its work.
        as_of: the moment whose state reads show; older than `now` only under a `stale` fault.
        facts: what the handler wants in the call log.
    """

    operation: str
    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Blob
    now: float
    as_of: float
    facts: dict[str, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__}
        state["query"] = list(self.query.items())
        state["headers"] = list(self.headers.items())
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state["query"] = MultiDict(state["query"])
        state["headers"] = CIMultiDict(state["headers"])
        for name, value in state.items():
            setattr(self, name, value)


Handler = Callable[[Call], Answer]


@dataclass(slots=True, frozen=True)
class Route:
    """One call of the vendor.

    Args:
        about: what the call is about, from the call's parameters, headers and (small) body.
        mutating: whether it changes something at the vendor.
        upload: whether the body is a file; other bodies are limited to `body_limit`.
        open: whether it needs no access token.
        body_limit: the longest body that is no file, in bytes.
        sink: for an upload: looks at the call before its body is read, and says where the bytes go.
        summary: what it does, in one line.
        source: where its behaviour is known from.
        fidelity: how faithful it is, and what is a choice of ours.
    """

    method: str
    path: str
    operation: str
    handler: Handler
    about: Callable[[Call], str]
    mutating: bool = False
    upload: bool = False
    open: bool = False
    body_limit: int = 1024 * 1024
    sink: Callable[[Call], Sink] | None = None
    summary: str = ""
    source: str = ""
    fidelity: str = ""


class _Node:
    __slots__ = ("children", "routes", "wild", "wild_name")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.wild: _Node | None = None
        self.wild_name = ""
        self.routes: dict[str, Route] = {}


class RouteTable:
    """Finds routes by walking path segments; a literal segment wins over a parameter."""

    def __init__(self, routes: list[Route]) -> None:
        self._root = _Node()
        self._by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._by_path.setdefault(route.path, {})[route.method] = route
            node = self._root
            for segment in route.path.strip("/").split("/"):
                if segment.startswith("{"):
                    if node.wild is None:
                        node.wild = _Node()
                        node.wild_name = segment[1:-1]
                    node = node.wild
                else:
                    node = node.children.setdefault(segment, _Node())
            node.routes[route.method] = route

    def at(self, template: str) -> dict[str, Route]:
        """The routes of a path with its parameter names, by method."""
        return self._by_path[template]

    def find(self, path: str) -> tuple[dict[str, Route], list[str]]:
        """The routes of a path by method (empty when the path is unknown), and its parameter values."""
        found, values = self._walk(self._root, path.strip("/").split("/"), 0)
        return (found.routes if found is not None else {}), values

    def _walk(self, node: _Node, segments: list[str], at: int) -> tuple[_Node | None, list[str]]:
        if at == len(segments):
            return (node if node.routes else None), []
        child = node.children.get(segments[at])
        if child is not None:
            found, values = self._walk(child, segments, at + 1)
            if found is not None:
                return found, values
        if node.wild is not None and segments[at]:
            found, values = self._walk(node.wild, segments, at + 1)
            if found is not None:
                return found, [segments[at], *values]
        return None, []


def parameter_names(path: str) -> list[str]:
    """The names in a route's path, in order."""
    return [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]
