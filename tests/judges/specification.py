"""What two foreign packages say of each request, read from their code: the vendor's specifications of 2023 and 2026."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

import phrappy.models
import phrappy.tags
import phrasetms_client.api  # type: ignore[import-untyped]  # ships no types
import phrasetms_client.models  # type: ignore[import-untyped]  # ships no types
from pydantic import BaseModel

__all__ = ["Operation", "bare", "of_2023", "of_2026", "strangers"]


class Operation(NamedTuple):
    """One request of a specification; `path` has the vendor's parameter names where the package kept them."""

    path: str
    query: frozenset[str]
    headers: frozenset[str]
    body: type[BaseModel] | None
    answer: Any


def bare(request: str) -> str:
    """A request without the names of its path parameters."""
    return re.sub(r"\{\w+\}", "{}", request)


@cache
def of_2026() -> dict[str, Operation]:
    """The requests of phrappy: method and bare path → what it sends and expects."""
    models = phrappy.models.__dict__
    found = {}
    for text in _functions(phrappy.tags):
        path = re.search(r'endpoint = f?"([^"]+)"', text)
        method = re.search(r'make_request\(\s*"(\w+)"', text)
        if path is None or method is None:
            continue
        body = re.search(r"^ +\w+: (?:Optional\[\s*)?(\w+)\s*\|\s*dict", text, re.MULTILINE)
        answer = re.search(r"\) -> (\w+):", text)
        found[f"{method[1]} {bare(path[1])}"] = Operation(
            path[1],
            _keys(text, "params"),
            _keys(text, "headers"),
            models.get(body[1]) if body else None,
            models.get(answer[1]) if answer else None,
        )
    return found


@cache
def of_2023() -> dict[str, Operation]:
    """The requests of phrasetms-client: method and bare path → what it sends and expects."""
    models = phrasetms_client.models.__dict__
    found = {}
    for text in _functions(phrasetms_client.api):
        call = re.search(r"call_api\(\s*'([^']+)', '(\w+)'", text)
        if call is None:
            continue
        body = re.search(r"body ?: (?:Optional\[)?(?:Annotated\[)?(\w+)", text)
        answer = re.search(r"'20\d': \"(\w+)\"", text)
        found[f"{call[2]} {bare(call[1])}"] = Operation(
            call[1],
            frozenset(re.findall(r"_query_params\.append\(\('(\w+)'", text)),
            frozenset(re.findall(r"_header_params\['([\w-]+)'\] = _params\[", text)),
            models.get(body[1]) if body else None,
            models.get(answer[1]) if answer else None,
        )
    return found


def strangers(model: Any, value: Any, at: str = "") -> Iterator[str]:
    """Places in a JSON value that a model does not know: names that the vendor never had."""
    kinds = list(_models(model))
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from strangers(model, one, f"{at}[{number}]")
    elif isinstance(value, dict) and kinds:
        known = {(field.alias or name): field for kind in kinds for name, field in kind.model_fields.items()}
        for name, inner in value.items():
            if name not in known:
                yield f"{at}.{name}"
            else:
                yield from strangers(known[name].annotation, inner, f"{at}.{name}")


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(kind) and get_origin(kind) is None and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from _models(inner)


def _functions(package: Any) -> Iterator[str]:
    """The text of each method of each module, without running any of it."""
    for module in pkgutil.iter_modules(package.__path__):
        text = (Path(package.__path__[0]) / f"{module.name}.py").read_text(encoding="utf-8")
        yield from text.split("\n    def ")[1:]


def _keys(text: str, name: str) -> frozenset[str]:
    """The names in the first filled dictionary that a method assigns to a variable."""
    found = re.search(rf"^ +{name} = \{{\n(.*?)^ +\}}", text, re.MULTILINE | re.DOTALL)
    one = re.search(rf"^ +{name} = \{{(\"[^\n]+)\}}$", text, re.MULTILINE)
    text = found[1] if found else one[1] if one else ""
    return frozenset(re.findall(r'"([\w-]+)": ', text))
