"""Nonsense of every kind: it is refused in the vendor's words, and never an error of the sandbox."""

from __future__ import annotations

import base64
import io
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.lionbridge.conftest import Api

ODD: list[Any] = [
    None,
    -1.5,
    2**70,
    "\x00\r\n",
    "é" * 300,
    "2026-02-30",
    [],
    [None],
    ["x", 1],
    {"": {"b": []}},
]
NAMES = (
    "jobName dueDate shouldQuote labels extendedMetadata providerId fmsFileId fileId sourcecontentId requestIds note "
    "requestName sourceNativeLanguageCode targetNativeLanguageCodes targetNativeLanguageCode targetNativeIds wordCount "
    "uri type statusCodes authType acknowledgeStatusUpdate invocationIds fields description sourceNativeIds "
    "aggregateRequests"
).split()


def _path(template: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        template = template.replace("{" + name + "}", value)
    return template


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:16])
async def test_odd_values_in_every_field(api: Api, odd: Any) -> None:
    """Each call with a body of odd values answers something below 500, and the sandbox goes on."""
    job, (request,) = await api.done()
    fresh = await api.job("fresh")
    content = await api.content(fresh)
    known = {
        "requestId": request,
        "sourcecontentId": content,
        "fmsFileId": "none",
        "listenerId": "none",
        "invocationId": "none",
        "updateId": "none",
        "providerId": api.room.providers.main.id,
        "supportassetId": "none",
        "tmupdateId": "none",
    }
    whole = dict.fromkeys(NAMES, odd)
    for route in api.room.routes():
        if route.method in ("GET", "DELETE") or route.open:
            continue
        for each in (job, fresh):
            path = _path(route.path, {"jobId": each, **known})
            body: Any
            for body in (whole, odd):
                data = io.BytesIO(json.dumps(body).encode())
                reply = await api.call(
                    route.method, path, data=data, headers={"Content-Type": "application/json"}
                )
                assert reply.status < 500 or reply.status == 501, (route.operation, body, reply.text)
                if reply.status >= 400:
                    assert set(reply.json) <= {"code", "message", "fields"}


@pytest.mark.parametrize(
    "name", ["filter", "orderBy", "fields", "fetchType", "next", "status", "id", "earliest"]
)
async def test_odd_queries(api: Api, name: str) -> None:
    """Odd values of each query parameter of each list are answered, never a crash."""
    job, _ = await api.done()
    known = {"jobId": job, "providerId": api.room.providers.main.id}
    paths = [
        _path(route.path, known)
        for route in api.room.routes()
        if route.method == "GET" and "{" not in _path(route.path, known)
    ]
    assert len(paths) >= 10
    for path in paths:
        for value in ("", "%00", "%FF%FE", "%ED%A0%80", "'", "x" * 5000, "💥", "AA", "bnVsbA", "W10", "1-2"):
            reply = await api.call("GET", f"{path}?{name}={value if '%' in value else quote(value)}")
            assert reply.status in (200, 400), (path, value, reply.text)


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nX: y.html",
        'q"uo\\te.html',
        "日本 .html",
        "%ED%A0%80.html",
        "../../etc/passwd.html",
        "a;b=c.html",
    ],
)
async def test_odd_file_names_survive(api: Api, name: str) -> None:
    """Whatever the file is called, it can be uploaded and downloaded, and no header breaks."""
    job = await api.job()
    query = name if name.startswith("%") else quote(name, safe="")
    reply = await api.call("POST", f"/jobs/{job}/sourcefiles?fileName={query}")
    assert reply.status == 201, reply.text
    transfer = reply.json
    assert (await api.multipart(transfer["fmsPostMultipartUrl"], b"x", "a.html")).status == 200
    reply = await api.get(f"/jobs/{job}/sourcefiles/{transfer['fmsFileId']}")
    reply = await api.fetch("GET", reply.headers["Location"])
    assert (reply.status, reply.body) == (200, b"x")
    assert "X" not in reply.headers


async def test_odd_tus_metadata(api: Api) -> None:
    """A content type with line ends, or a chunk size beyond reason, does no harm."""
    job = await api.job()
    transfer = await api.transfer(job)
    headers = {"Tus-Resumable": "1.0.0", "sastoken": transfer["fmsSASToken"], "Upload-Length": "0"}
    values = {"contentType": "text/html\r\nX: y", "chunkSize": "9" * 5000}
    odd = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
    reply = await api.fetch("POST", transfer["fmsUploadUrl"], headers={**headers, "Upload-Metadata": odd})
    assert reply.status == 201, reply.text
    found = await api.get(f"/jobs/{job}/sourcefiles/{transfer['fmsFileId']}")
    reply = await api.fetch("GET", found.headers["Location"])
    assert (reply.status, reply.headers["Content-Type"], "X" in reply.headers) == (200, "text/html", False)
    forged = found.headers["Location"].replace("exp=", "exp=" + "9" * 5000)
    assert (await api.fetch("GET", forged)).status == 403


async def test_half_letters_are_refused_or_kept(api: Api) -> None:
    """A lone surrogate, which JSON can spell, is no crash."""
    body = b'{"jobName": "x\\ud800"}'
    reply = await api.call("POST", "/jobs", data=body, headers={"Content-Type": "application/json"})
    assert reply.status in (201, 400)
