"""The OpenAPI documents: complete, sound, and what the sandbox really answers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox
from wordferry.sandbox.learning import merged, schema_of
from wordferry.sandbox.openapi import document

VENDORS = ("phrase", "lionbridge")
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


def _operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in found["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_call_is_described(sandbox: Sandbox, vendor: str) -> None:
    """Each route has a summary, its fidelity and source, and the shape of a good answer."""
    found = document(sandbox, vendor)
    routes = (
        sandbox.phrase.routes()
        if vendor == "phrase"
        else [*sandbox.lionbridge.routes(), *sandbox.lionbridge.fms.routes()]
    )
    operations = _operations(found)
    assert {(path, method.upper()) for path, method, _ in operations} == {
        (route.path, route.method) for route in routes
    }
    for path, method, operation in operations:
        where = f"{method} {path}"
        assert operation["summary"], where
        assert "Fidelity: " in operation["description"], where
        assert "Known from: " in operation["description"], where
        good = [status for status in operation["responses"] if status[0] in "23"]
        # The vendor serves a path of its own, undocumented, with 404 unless it is switched on.
        assert good or operation["responses"].keys() & {"404"}, where


@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_document_is_sound(sandbox: Sandbox, vendor: str) -> None:
    """Version, unique operation ids, parameters that fit the path, schemas of known types, no two paths alike."""
    found = json.loads(json.dumps(document(sandbox, vendor)))
    assert found["openapi"] == "3.1.0"
    operations = _operations(found)
    ids = [operation["operationId"] for _, _, operation in operations]
    assert len(set(ids)) == len(ids)
    alike = [re.sub(r"\{[^}]*\}", "{}", path) for path in found["paths"]]
    assert len(set(alike)) == len(alike)
    for path, _, operation in operations:
        names = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert names == re.findall(r"\{([^}]+)\}", path)
        keys = [(each["in"], each["name"].lower()) for each in operation["parameters"]]
        assert len(set(keys)) == len(keys)
        assert "default" in operation["responses"]
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                _sound(content["schema"])


def _sound(schema: dict[str, Any]) -> None:
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        assert kind in {"object", "array", "string", "integer", "number", "boolean", "null"}
    assert set(schema.get("required", [])) <= set(schema.get("properties", {}))
    for each in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        _sound(each)


def _fits(value: Any, schema: dict[str, Any], where: str) -> None:
    if not schema:
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert schema_of(value)["type"][0] in {*kinds, *({"integer"} if "number" in kinds else ())}, where
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", [])) <= set(value), where
        assert set(value) <= set(schema["properties"]), where
        for name, found in value.items():
            _fits(found, schema["properties"][name], f"{where}.{name}")
    if isinstance(value, list):
        for found in value:
            _fits(found, schema["items"], f"{where}[]")


async def test_answers_have_the_shape_that_the_document_says(raw: Raw, sandbox: Sandbox) -> None:
    """A voyage's answers are checked against the document that the control port serves."""
    found = (await raw.control("GET", "/openapi/phrase")).json
    assert found["servers"] == [{"url": sandbox.phrase_url}]
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    calls = {
        "/web/api2/v1/projects/{projectUid}": f"/v1/projects/{project}",
        "/web/api2/v2/projects/{projectUid}/jobs": f"/v2/projects/{project}/jobs",
        "/web/api2/v1/projects/{projectUid}/jobs/{jobUid}": f"/v1/projects/{project}/jobs/{job}",
        "/web/api2/v1/async/{asyncRequestId}": f"/v1/async/{number}",
        "/web/api2/v1/auth/whoAmI": "/v1/auth/whoAmI",
    }
    for path, url in calls.items():
        reply = await raw.get(url)
        content = found["paths"][path]["get"]["responses"][str(reply.status)]["content"]
        _fits(reply.json, content["application/json"]["schema"], path)
    listing = found["paths"]["/web/api2/v2/projects/{projectUid}/jobs"]["get"]["parameters"]
    assert {"workflowLevel", "pageNumber", "status"} <= {each["name"] for each in listing}
    upload = found["paths"]["/web/api2/v1/projects/{projectUid}/jobs"]["post"]
    assert {"Memsource", "Content-Disposition"} <= {each["name"] for each in upload["parameters"]}
    assert "application/octet-stream" in upload["requestBody"]["content"]
    assert (await raw.control("GET", "/openapi/weblate")).status == 404


async def test_what_exists_several_times_answers_each_time(raw: Raw, sandbox: Sandbox) -> None:
    """Older versions of a call, and the same question at two addresses."""
    async with raw.http.options(sandbox.fms_url + "/tus/file/upload") as asked:
        assert asked.status == 204
    project, job = await raw.done_job()
    for version in ("v1", "v2"):
        reply = await raw.put(f"/{version}/projects/{project}", {"name": f"Spring {version}"})
        assert reply.status == 200, reply.text
    reply = await raw.post(f"/v2/projects/{project}/jobs/preTranslate", {"jobs": [{"uid": job}]})
    assert reply.status == 202, reply.text


def test_shapes_are_merged() -> None:
    """What either shape allows is allowed, and required is only what both have."""
    both = merged(schema_of({"a": 1, "b": None}), schema_of({"a": 1.5, "c": ["x"]}))
    assert both["properties"]["a"]["type"] == ["integer", "number"]
    assert both["required"] == ["a"]
    assert set(both["properties"]) == {"a", "b", "c"}
    free = schema_of({"labels": {"mine": "x"}})
    assert free["properties"]["labels"] == {"type": ["object"], "additionalProperties": {}}
