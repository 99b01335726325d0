"""A sandbox per test, and a plain HTTP client that knows nothing of the product's own."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from wordferry.sandbox import Sandbox, SandboxSettings

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"


class Raw:
    """Raw requests with an access token; answers come back as `Reply`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.http = aiohttp.ClientSession()
        # Otherwise aiohttp repeats GET and PUT on its own when the connection breaks.
        self.http._retry_connection = False
        self.token = ""

    async def login(self) -> None:
        reply = await self.exchange()
        self.token = reply.json["access_token"]

    async def exchange(self, **fields: str) -> Reply:
        form = {"grant_type": GRANT, "subject_token": self.sandbox.api_token, **fields}
        form = {name: value for name, value in form.items() if value}
        async with self.http.post(self.sandbox.phrase_url + "/idm/oauth/token", data=form) as response:
            return await Reply.of(response)

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        url = self.sandbox.phrase_tms_url + "/api2" + path
        async with self.http.request(method, url, headers=headers, **options) as response:
            return await Reply.of(response)

    async def get(self, path: str, **query: Any) -> Reply:
        return await self.call("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Reply:
        return await self.call("POST", path, **({} if body is None else {"json": body}))

    async def put(self, path: str, body: Any = None) -> Reply:
        return await self.call("PUT", path, **({} if body is None else {"json": body}))

    async def control(self, method: str, path: str, **options: Any) -> Reply:
        url = self.sandbox.control_url + "/_sandbox" + path
        async with self.http.request(method, url, **options) as response:
            return await Reply.of(response)

    async def template(self, name: str = "Website") -> str:
        reply = await self.get("/v1/projectTemplates", name=name)
        found = [entry["uid"] for entry in reply.json["content"] if entry["templateName"] == name]
        return str(found[0])

    async def project(
        self, name: str = "Spring", *, template: str = "Website", **fields: Any
    ) -> dict[str, Any]:
        body = {"name": name, "targetLangs": ["de", "fr_fr", "ja"], **fields}
        reply = await self.post(f"/v2/projects/applyTemplate/{await self.template(template)}", body)
        assert reply.status == 201, reply.text
        return reply.json

    async def upload(
        self,
        project: str,
        name: str = "a.json",
        content: bytes = b'{"a": "Hello world"}',
        *,
        langs: tuple[str, ...] = ("de",),
        headers: dict[str, str] | None = None,
        **memsource: Any,
    ) -> Reply:
        sent = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"filename*=UTF-8''{name}",
            "Memsource": json.dumps({"targetLangs": list(langs), **memsource}),
            **(headers or {}),
        }
        sent = {key: value for key, value in sent.items() if value}
        skip = {"Content-Type"} - sent.keys()
        return await self.call(
            "POST",
            f"/v1/projects/{project}/jobs",
            data=io.BytesIO(content),
            headers=sent,
            skip_auto_headers=skip,
        )

    async def done_job(self, name: str = "a.json", **options: Any) -> tuple[str, str]:
        """A project and a translated job of it."""
        project = (await self.project())["uid"]
        job = (await self.upload(project, name, **options)).json["jobs"][0]["uid"]
        await self.sandbox.advance(10)
        return project, job

    async def export(self, project: str, job: str) -> str:
        """Start an export, wait for it, and return the id of its asynchronous request."""
        reply = await self.put(f"/v3/projects/{project}/jobs/{job}/targetFile")
        assert reply.status == 202, reply.text
        await self.sandbox.advance(1)
        return str(reply.json["asyncRequest"]["id"])

    async def download(self, project: str, job: str, number: str) -> Reply:
        return await self.get(f"/v2/projects/{project}/jobs/{job}/downloadTargetFile/{number}")

    async def status(self, project: str, job: str, wanted: str) -> Reply:
        return await self.post(f"/v1/projects/{project}/jobs/{job}/setStatus", {"requestedStatus": wanted})


class Reply:
    """An answer, read to its end."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @classmethod
    async def of(cls, response: aiohttp.ClientResponse) -> Reply:
        return cls(response.status, response.headers, await response.read())

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["errorCode"])


@pytest.fixture
def settings() -> SandboxSettings:
    """What the test's sandbox starts with; long enough that nothing happens unless the clock is advanced."""
    return SandboxSettings(
        seed=7, import_seconds=2, translate_seconds=4, export_seconds=0.5, analysis_seconds=0.5
    )


@pytest.fixture
async def sandbox(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    async with Sandbox(settings) as started:
        yield started


@pytest.fixture
async def raw(sandbox: Sandbox) -> AsyncIterator[Raw]:
    client = Raw(sandbox)
    await client.login()
    yield client
    await client.http.close()
