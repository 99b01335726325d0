"""Whatever JSON the foreign models allow, and whatever is odd besides, our client reads it and keeps what it knows."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from scripts.docs.phrase_endpoints import every_call, requests_of
from tests.judges.specification import bare, of_2023, of_2026
from tests.judges.test_client_requests import BUILDERS
from wordferry.errors import WordferryError
from wordferry.phrase import PhraseClient, Retry
from wordferry.tms.phrase.api.dates import parse_date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call, Endpoint, Request

#: Plain words for every argument of a call: answers are what is looked at here.
_PLAIN: dict[str, Any] = {"events": ["E"], "files": {"a": b"x"}, "file": b"x", "package": b"x"}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
#: The forms in which dates come. Source: seen in recorded answers and webhooks.
DATES = st.sampled_from(
    [
        "2023-11-10T18:13:51+0000",
        "2025-03-07T14:24:21Z",
        "2026-08-18T09:30:00.123+02:00",
        "2024-02-29T00:00:00Z",
    ]
)
DEEPEST = 4


def _judged() -> dict[str, tuple[Endpoint[Any], list[Any]]]:
    """Call of the client → its endpoint, and the models of its answer."""
    found: dict[str, tuple[Endpoint[Any], list[Any]]] = {}
    for name, builder in BUILDERS.items():
        endpoint = _made(builder).endpoint
        request = bare(f"{endpoint.method} {endpoint.path}")
        models = [book[request].answer for book in (of_2026(), of_2023()) if request in book]
        models = [model for model in models if model is not None]
        if models:
            found[name] = (endpoint, models)
    return found


def _made(builder: Any) -> Call[Any]:
    parts = inspect.signature(builder).parameters.values()
    return builder(
        **{
            part.name: _PLAIN.get(part.name, Sheet() if part.name == "sheet" else "x")
            for part in parts
            if part.default is part.empty
        }
    )


JUDGED = _judged()


@cache
def _values(model: Any) -> st.SearchStrategy[Any]:
    """JSON that a model allows, made from its schema."""
    schema = model.model_json_schema(by_alias=True)
    return _of(schema, schema.get("$defs", {}), 0)


def _of(schema: Mapping[str, Any], shared: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        target = shared[schema["$ref"].rpartition("/")[2]]
        return st.none() if depth > DEEPEST else _of(target, shared, depth + 1)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([_of(one, shared, depth) for one in schema[several]])
    return _plain(schema, shared, depth)


def _plain(schema: Mapping[str, Any], shared: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    kind = schema.get("type")
    if kind == "object":
        fields = {name: _of(inner, shared, depth + 1) for name, inner in schema.get("properties", {}).items()}
        needed = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: made for name, made in fields.items() if name in needed},
            optional={name: made for name, made in fields.items() if name not in needed},
        )
    if kind == "array":
        return st.lists(_of(schema.get("items", {}), shared, depth + 1), max_size=2)
    if kind == "string":
        return DATES if schema.get("format") == "date-time" else st.text(max_size=8)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        "integer": st.integers(-(2**31), 2**53),
        "number": st.integers(-1000, 1000) | st.floats(-1e6, 1e6),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple.get(kind, ANY)


def _lost(sent: Any, got: Any, at: str) -> list[str]:
    """Places where something sent is known to our model and yet not what was sent."""
    if isinstance(got, msgspec.Struct):
        if not isinstance(sent, dict):
            return [at]
        return [
            place
            for field in msgspec.structs.fields(got)
            if sent.get(field.encode_name) is not None
            for place in _lost(sent[field.encode_name], getattr(got, field.name), f"{at}.{field.encode_name}")
        ]
    if isinstance(sent, list) and isinstance(got, tuple):
        # A null in a list says nothing.
        said = [one for one in sent if one is not None]
        if len(said) != len(got):
            return [f"{at}: {len(said)} became {len(got)}"]
        return [place for one, other in zip(said, got, strict=True) for place in _lost(one, other, at)]
    if hasattr(got, "tzinfo"):
        return [] if got == parse_date(sent) else [at]
    return [] if got == sent or str(got) == str(sent) else [f"{at}: {sent!r} became {got!r}"]


@pytest.mark.parametrize("name", JUDGED)
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_the_models_allow_is_kept(name: str, data: st.DataObject) -> None:
    """An answer that a specification allows is read, and every field that we know arrives as it was sent."""
    endpoint, models = JUDGED[name]
    sent = data.draw(_values(data.draw(st.sampled_from(models))))
    assert isinstance(sent, dict)
    if name == "auth.login":
        # Without a token, or with one that no header can carry, it is no login.
        sent["token"] = "".join(sign for sign in sent.get("token") or "" if "!" <= sign <= "~") or "t"
    got = endpoint.decode(json.dumps(sent).encode())
    assert _lost(sent, got, name) == []


@st.composite
def _odd(draw: st.DrawFn, sent: Any) -> Any:
    """The same answer with something odd: other types, ids as numbers, unknown words, fields gone, new or null."""
    if isinstance(sent, dict):
        kept = {name: draw(_odd(value)) for name, value in sent.items() if draw(st.integers(0, 9)) > 1}
        return kept | draw(st.dictionaries(st.sampled_from(["type", "new", "userRole"]), ANY, max_size=1))
    if isinstance(sent, list):
        return [draw(_odd(value)) for value in sent] + draw(st.lists(ANY, max_size=1))
    return draw(ANY) if draw(st.integers(0, 3)) == 0 else sent


class Canned:
    """A transport that answers every call with the same bytes, and each exchange with a token."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.body = body
        self.status_of_answers = status

    async def send(self, request: Request) -> Reply:
        if request.url.endswith("/idm/oauth/token"):
            return Reply(b'{"access_token": "t", "expires_in": 60}', 200)
        return Reply(self.body, self.status_of_answers)

    async def close(self) -> None:
        """Nothing is open."""


class Reply:
    """An answer from memory."""

    headers: Mapping[str, str] = {}

    def __init__(self, body: bytes, status: int) -> None:
        self.body = body
        self.status = status

    async def read(self, limit: int) -> bytes:
        return self.body[:limit]

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.body

    async def close(self) -> None:
        """Nothing is open."""


#: Calls of the client whose request has a model for its answer, and what they are called with.
CLIENT = {
    name: next(model for judged in JUDGED.values() for model in judged[1] if judged[0].name == name)
    for name in every_call()
    if any(judged[0].name == name for judged in JUDGED.values()) and requests_of(name)
}


async def _call(client: PhraseClient, name: str) -> Any:
    resource, _, method = name.partition(".")
    needed = [part for part in every_call()[name].parameters if part.required or part.name == "filename"]
    call = getattr(getattr(client, resource), method)
    words = {"file": b"x", "package": b"x", "files": {"a": b"x"}, "filename": "a"}
    values = {part.name: words.get(part.name, ["x"] if part.many else "x") for part in needed}
    result = call(**values)
    if hasattr(result, "__aiter__"):
        return [item async for item in result]
    return await result


@pytest.mark.parametrize("name", CLIENT)
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
async def test_odd_answers_are_survived(name: str, data: st.DataObject) -> None:
    """Whatever an answer is, a call of the client gives a value or an error of our tree, and nothing else."""
    model: type[BaseModel] = CLIENT[name]
    sent = data.draw(_values(model).flatmap(_odd) | ANY)
    body = json.dumps(sent).encode()
    if data.draw(st.integers(0, 9)) == 0:
        body = data.draw(
            st.sampled_from([b"", b"<html>busy</html>", body[: len(body) // 2], b"\xff\xfe", b"[" * 9999])
        )
    status = data.draw(st.sampled_from([200, 200, 200, 400, 404, 409, 500]))
    client = PhraseClient(
        platform_url="https://p.example.com",
        tms_url="https://t.example.com/web",
        api_token="a",
        transport=Canned(body, status),
        retry=Retry(attempts=1),
    )
    async with client:
        with suppress(WordferryError):
            await _call(client, name)
