"""A sandbox per test, and a plain HTTP client of the Content API that knows nothing of the product's own."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge.job import Job
from wordferry.sandbox.lionbridge.request import Request


class Reply:
    """An answer, read to its end."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        return str(self.json["message"])

    def items(self, key: str) -> list[Any]:
        found: list[Any] = self.json["_embedded"][key]
        return found


def _json(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    data = io.BytesIO(json.dumps(body, ensure_ascii=False).encode())
    return {"data": data, "headers": {"Content-Type": "application/json"}}


class Api:
    """Raw requests with an access token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.room = sandbox.lionbridge
        self.http = aiohttp.ClientSession()
        # Otherwise aiohttp repeats GET and PUT on its own when the connection breaks.
        self.http._retry_connection = False
        self.token = ""

    async def fetch(self, method: str, url: str, **options: Any) -> Reply:
        async with self.http.request(method, url, **options) as response:
            return Reply(response.status, response.headers, await response.read())

    async def login(self, **fields: str) -> Reply:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.sandbox.lionbridge_client_id,
            "client_secret": self.sandbox.lionbridge_client_secret,
            **fields,
        }
        reply = await self.fetch("POST", self.sandbox.lionbridge_login_url + "/connect/token", data=form)
        if reply.status == 200:
            self.token = reply.json["access_token"]
        return reply

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            **options.pop("headers", {}),
        }
        base = self.sandbox.lionbridge_login_url if path.startswith("/v2/") else self.sandbox.lionbridge_url
        return await self.fetch(method, base + path, headers=headers, allow_redirects=False, **options)

    async def get(self, path: str, **query: Any) -> Reply:
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Reply:
        return await self.call("POST", path, **_json(body))

    async def put(self, path: str, body: Any = None) -> Reply:
        return await self.call("PUT", path, **_json(body))

    async def patch(self, path: str, body: Any) -> Reply:
        return await self.call("PATCH", path, json=body)

    async def delete(self, path: str) -> Reply:
        return await self.call("DELETE", path)

    async def every(self, path: str, key: str, **query: Any) -> list[Any]:
        """All items of a collection, page by page along the links."""
        reply = await self.get(path, **query)
        found = []
        while True:
            assert reply.status == 200, reply.text
            found += reply.items(key)
            link = reply.json["_links"].get("next")
            if link is None:
                return found
            reply = await self.call("GET", link["href"])

    # Made things

    async def job(self, name: str = "Spring", **fields: Any) -> str:
        reply = await self.post("/jobs", {"jobName": name, **fields})
        assert reply.status == 201, reply.text
        return str(reply.json["jobId"])

    async def transfer(self, job: str, name: str = "a.html") -> dict[str, Any]:
        reply = await self.call("POST", f"/jobs/{job}/sourcefiles", params={"fileName": name})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    async def multipart(self, url: str, content: bytes, name: str = "a.html", part: str = "file") -> Reply:
        form = aiohttp.FormData()
        form.add_field(part, content, filename=name, content_type="multipart/form-data")
        return await self.fetch("POST", url, data=form)

    async def file(self, job: str, name: str = "a.html", content: bytes = b"<p>Hello world</p>") -> str:
        transfer = await self.transfer(job, name)
        reply = await self.multipart(transfer["fmsPostMultipartUrl"], content, name)
        assert reply.status == 200, reply.text
        return str(transfer["fmsFileId"])

    async def content(self, job: str, **fields: str) -> str:
        values = fields or {"title": "Hello world"}
        body = {"fields": [{"key": key, "value": value} for key, value in values.items()]}
        reply = await self.post(f"/jobs/{job}/sourcecontent", body)
        assert reply.status == 201, reply.text
        return str(reply.json["sourcecontentId"])

    async def add(self, job: str, *locales: str, **fields: Any) -> list[str]:
        body = {
            "requestName": "a",
            "sourceNativeLanguageCode": "en-US",
            "targetNativeLanguageCodes": list(locales or ("de-DE",)),
            **fields,
        }
        if not {"fmsFileId", "sourcecontentId"} & fields.keys():
            body["fmsFileId"] = await self.file(job)
        reply = await self.post(f"/jobs/{job}/requests/add", body)
        assert reply.status == 201, reply.text
        return [request["requestId"] for request in reply.items("requests")]

    async def submit(self, job: str, provider: str | None = None) -> Reply:
        body = {"providerId": provider or self.room.providers.main.id}
        return await self.put(f"/jobs/{job}/submit", body)

    async def sent(self, *locales: str, **fields: Any) -> tuple[str, list[str]]:
        """A submitted job and its requests."""
        job = await self.job()
        requests = await self.add(job, *locales, **fields)
        reply = await self.submit(job)
        assert reply.status == 200, reply.text
        return job, requests

    async def done(self, *locales: str, **fields: Any) -> tuple[str, list[str]]:
        """A job whose translations have come back."""
        job, requests = await self.sent(*locales, **fields)
        await self.sandbox.advance(10)
        return job, requests

    async def fetched(self, job: str, request: str) -> bytes:
        """The translation, along the redirect and without the access token."""
        reply = await self.call(
            "GET",
            f"/jobs/{job}/requests/{request}/retrievefile",
            headers={"Accept": "application/octet-stream"},
        )
        assert reply.status == 307, reply.text
        return (await self.fetch("GET", reply.headers["Location"])).body

    async def updates(self) -> list[dict[str, Any]]:
        return await self.every("/statusupdates", "statusupdates")

    def at(self, job: str) -> Job:
        return self.room.job_list.by_id[job]

    def request(self, job: str, request: str) -> Request:
        return self.at(job).requests[request]

    def settings(self, **changes: Any) -> None:
        self.sandbox.change_settings(lionbridge=changes)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Its clock stands still, so that nothing happens unless it is advanced."""
    async with Sandbox(SandboxSettings(seed=7, frozen_clock=True)) as started:
        yield started


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    client = Api(sandbox)
    await client.login()
    yield client
    await client.http.close()
