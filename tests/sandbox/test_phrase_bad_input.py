"""Whatever is sent, the Phrase sandbox answers as the vendor would: never with a failure of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox
from wordferry.sandbox.routing import Route

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\x00",
    "ü" * 300,
    [],
    [None],
    [[]],
    [{}],
    [{"uid": 5}],
    [{"id": {}}],
    {},
    {"id": []},
    {"uid": {}},
)
FIELDS = (
    "name jobs status dateDue providers targetLangs sourceLang workflowSteps client owner note callbackUrl "
    "emailTemplate cc type compareWorkflowLevel includeNumbers requestedStatus propagateStatus url events "
    "secretToken secretTokenType hidden webhookCalls partCount partSize segmentOrdinals wordCount "
    "preTranslateSettings segmentFilters userName password userUid clearDateDue archived purchaseOrder "
    "workflowSettings assignments due notifyProvider importSettings path sourceData preTranslate "
    "jobPreviewPackageFileUidRef remoteFile useProjectFileImportSettings machineTranslateSettings "
).split()
QUERY = (
    "pageNumber pageSize status workflowLevel assignedUser dueInHours count notReady createdInLastHours sort "
    "order direction purge format events numberOfCalls sortField sortTrend active all statuses uid event "
    "setCompleted token "
).split()


async def _paths(raw: Raw, sandbox: Sandbox) -> dict[str, str]:
    project, job = await raw.done_job()
    hook = await raw.post("/v2/webhooks", {"url": "http://127.0.0.1:1/x", "events": ["JOB_CREATED"]})
    analysis = await raw.post("/v1/analyses/byProviders", {"jobs": [{"uid": job}]})
    template = await raw.template()
    return {
        "projectUid": project,
        "jobUid": job,
        "jobPartUid": job,
        "webHookUid": hook.json["uid"],
        "analyseUid": analysis.json["analyses"][0]["analyse"]["uid"],
        "templateUid": template,
        "projectTemplateUid": template,
        "asyncRequestId": analysis.json["analyses"][0]["asyncRequest"]["id"],
        "userUid": sandbox.phrase.people.owner.uid,
        "assetFileUid": "x",
        "emailTemplate": sandbox.phrase.people.email_templates[0]["id"],
    }


def _sound(route: Route, names: dict[str, str]) -> dict[str, Any]:
    """A body that is right for every call at once, so that one odd field is looked at."""
    return {
        "name": "Sound",
        "sourceLang": "en",
        "targetLangs": ["de"],
        "jobs": [{"uid": names["jobUid"]}],
        "status": "ENABLED" if "webhook" in route.operation else "NEW",
        "requestedStatus": "NEW",
        "emailTemplate": {"id": names["emailTemplate"]},
        "preTranslateSettings": {},
        "url": "http://127.0.0.1:1/x",
        "events": ["JOB_CREATED"],
    }


def _sends_back(routes: list[Route]) -> list[Route]:
    # Deleting what the other calls are about would leave them with 404s.
    return [route for route in routes if route.method != "DELETE" and route.operation != "logout"]


@pytest.mark.parametrize("where", ["body", "query", "header"])
async def test_no_input_is_too_odd(raw: Raw, sandbox: Sandbox, where: str) -> None:
    """Every call with every odd value in every field: an answer of the vendor's kind, never a crash."""
    sandbox.behave("manual")
    sandbox.change_settings(requests_per_minute=0, pending_async=0)
    names = await _paths(raw, sandbox)
    gate = asyncio.Semaphore(16)
    failures: list[str] = []

    async def send(route: Route, value: Any, fields: tuple[str, ...]) -> None:
        path = route.path.removeprefix("/web/api2").format(**names)
        options: dict[str, Any] = {}
        if where == "body":
            options["json"] = {**_sound(route, names), **dict.fromkeys(fields, value)} if fields else value
        elif where == "query":
            options["params"] = dict.fromkeys(fields, str(value))
            options["json"] = {}
        else:
            header = json.dumps({"targetLangs": ["de"], "jobs": [{"uid": names["jobUid"]}], fields[0]: value})
            options["headers"] = {"Memsource": header, "Content-Disposition": "filename=a.json"}
            options["data"] = b"{}"
        async with gate:
            reply = await raw.call(route.method, path, **options)
        if reply.status >= 500:
            failures.append(f"{route.operation} {options}: {reply.status} {reply.text[:200]}")
        elif reply.status >= 400:
            assert {"errorCode", "errorDescription", "errorDetails"} <= reply.json.keys()

    routes = [route for route in _sends_back(sandbox.phrase.routes()) if route.path.startswith("/web/api2")]
    if where == "header":
        routes = [
            route for route in routes if route.operation in ("create_job", "update_source", "update_target")
        ]
    elif where == "query":
        routes = [route for route in routes if route.method == "GET"]
    else:
        routes = [route for route in routes if route.method != "GET" and not route.upload]
    # A body that is missing altogether is 500 at the vendor too.
    alone = [value for value in ODD if value is not None] if where == "body" else []
    together = ODD if where != "header" else ()
    known = QUERY if where == "query" else FIELDS
    some = {"body": ([[]], -1), "query": ODD[2::9], "header": ODD[::3]}[where]
    await asyncio.gather(
        *(send(route, value, ()) for route in routes for value in alone),
        *(send(route, value, tuple(known)) for route in routes for value in together),
        *(send(route, value, (field,)) for route in routes for value in some for field in known),
    )
    assert failures == []


GZIP = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
PLAIN = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"url": "http', PLAIN),
        (b'{"url": "\xff\xfe"}', PLAIN),
        (b"[" * 200_000, PLAIN),
        (b'{"a":' * 100_000, PLAIN),
        (b'{"url": ' + b"9" * 5000 + b"}", PLAIN),
        (b'{"url": NaN}', PLAIN),
        (b"no gzip", GZIP),
    ],
)
async def test_broken_bodies_are_refused(raw: Raw, body: bytes, headers: dict[str, str]) -> None:
    """Cut off, badly encoded, endlessly nested or not compressed as it says: 400 in the vendor's shape."""
    reply = await raw.call("POST", "/v2/webhooks", data=body, headers=headers)
    assert (reply.status, reply.code) == (400, "BAD_REQUEST")


async def test_endless_headers_numbers_and_addresses_are_refused(raw: Raw) -> None:
    """Nesting in `Memsource`, ids and numbers of thousands of digits, addresses that are none: 400."""
    project = (await raw.project())["uid"]
    assert (await raw.upload(project, headers={"Memsource": "[" * 3000})).status == 400
    assert (await raw.get(f"/v1/async/{'9' * 4500}")).status == 400
    assert (await raw.get("/v1/projects", dueInHours="9" * 400)).status == 400
    assert (await raw.get("/v1/projects", pageNumber="9" * 20)).status == 400
    for url in ("http://[::1", "http://x:99999999/", "http://:80/"):
        assert (await raw.post("/v2/webhooks", {"url": url, "events": ["JOB_CREATED"]})).status == 400
        later = await raw.post("/v2/projects/applyTemplate/async/x", {"name": "n", "callbackUrl": url})
        assert later.status in (400, 404)
        memsource = {"targetLangs": ["de"], "callbackUrl": url}
        assert (await raw.upload(project, headers={"Memsource": json.dumps(memsource)})).status == 400


@pytest.mark.parametrize("due", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_dates_outside_the_calendar_poison_nothing(raw: Raw, due: str) -> None:
    """A date whose day in UTC does not exist is refused, and the project can still be read and listed."""
    path = f"/v1/projects/{(await raw.project())['uid']}"
    assert (await raw.call("PATCH", path, json={"dateDue": due})).status == 400
    assert (await raw.get(path)).json["dateDue"] is None
    assert (await raw.get("/v1/projects")).status == 200
