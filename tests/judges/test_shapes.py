"""Every answer of the sandbox against the models that others have made from the vendor's specifications."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import aiohttp
import phrappy.models
import phrasetms_client.models  # type: ignore[import-untyped]  # ships no types
import pytest
from pydantic import BaseModel

from tests.judges.shapes import EXTRA, SHAPES
from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.running import ThreadSandbox


class Recorder(Raw):
    """A raw client that remembers the last good answer of each call."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.answers: dict[str, list[Any]] = {}
        self.seen = 0

    async def call(self, method: str, path: str, **options: Any) -> Any:
        reply = await super().call(method, path, **options)
        records = self.sandbox.world.calls.records(after=self.seen)
        self.seen = records[-1].n
        assert reply.status < 400, f"{method} {path}: {reply.status} {reply.text}"
        body = None
        if reply.body and reply.headers.get("content-type", "").startswith("application/json"):
            body = reply.json
        self.answers.setdefault(records[-1].operation, []).append(body)
        return reply

    async def form(self, path: str, name: str, content: bytes) -> Any:
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        return await self.call("POST", path, data=form)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", "<html><link href='a.css'></html>")
        archive.writestr("a.css", "p {}")
    return buffer.getvalue()


async def _everything(raw: Recorder, sandbox: Sandbox) -> None:
    """Makes every call at least once, so that each answers well."""
    base = "/v1/auth"
    who = {"userName": sandbox.phrase.people.owner.user_name, "password": sandbox.phrase.auth.password}
    await raw.post(f"{base}/login", who)
    token = (await raw.post("/v3/auth/login", who)).json["token"]
    await raw.call("POST", f"{base}/logout", headers={"Authorization": f"ApiToken {token}"})
    await raw.get(f"{base}/whoAmI")
    for path in ("/v1/languages", "/v1/users", "/v1/workflowSteps", "/v1/emailTemplates", "/v1/async/status"):
        await raw.get(path)
    mail = (await raw.get("/v1/emailTemplates")).json["content"][0]
    await raw.get(f"/v1/emailTemplates/{mail['uid']}")
    await _webhooks(raw)
    template = await raw.template("Website 3 steps")
    await raw.get(f"/v1/projectTemplates/{template}")
    await raw.post(f"/v2/projects/applyTemplate/async/{template}", {"name": "Later"})
    plain = {"name": "Plain", "sourceLang": "en", "targetLangs": ["de"], "purchaseOrder": "PO 7"}
    gone = (await raw.post("/v3/projects", plain)).json["uid"]
    project = (await raw.project(template="Website 3 steps", note="n", dateDue="2030-01-01T10:00:00Z"))["uid"]
    await raw.get("/v1/async")
    await sandbox.advance(3)
    await _projects(raw, gone)
    await raw.get("/v1/projects")
    await raw.get(f"/v2/projects/{project}/workflowSteps")
    package = (await raw.form(f"/v1/projects/{project}/jobPreviewPackage", "p.zip", _zip())).json
    reference = {"uid": package["fileUid"]}
    made = (await raw.upload(project, langs=("de", "ja"), jobPreviewPackageFileUidRef=reference)).json
    job = made["jobs"][0]["uid"]
    await raw.get(f"/v1/jobs/{job}/previewPackage/asset/a.css")
    await raw.get(f"/v1/async/{made['asyncRequest']['id']}")
    await sandbox.advance(3)
    await raw.get(f"/v1/async/{made['asyncRequest']['id']}")
    await _jobs(raw, sandbox, project, template, made, mail["id"])
    await raw.call("DELETE", f"/v1/projectTemplates/{template}")


async def _webhooks(raw: Recorder) -> None:
    hook = {"url": "http://127.0.0.1:1/x", "events": ["JOB_CREATED", "PROJECT_CREATED"], "name": "Ours"}
    uid = (await raw.post("/v2/webhooks", {**hook, "secretToken": "s"})).json["uid"]
    await raw.get("/v2/webhooks")
    await raw.get(f"/v2/webhooks/{uid}")
    await raw.put(f"/v2/webhooks/{uid}", {**hook, "secretTokenType": "AUTHORIZATION", "secretToken": "s"})
    await raw.get("/v2/webhooks/previews")
    await raw.call("POST", f"/v2/webhooks/{uid}/test", params={"event": "JOB_CREATED"})
    await raw.sandbox.advance(1)
    call = (await raw.get("/v1/webhooksCalls")).json["content"][0]["uid"]
    await raw.post("/v1/webhooksCalls/replay", {"webhookCalls": [{"uid": call}]})
    await raw.call("POST", "/v1/webhooksCalls/replay/latest", params={"numberOfCalls": "1"})
    await raw.call("DELETE", f"/v2/webhooks/{uid}")


async def _projects(raw: Recorder, uid: str) -> None:
    path = f"/v1/projects/{uid}"
    await raw.get(path)
    await raw.call("PATCH", path, json={"note": "more", "archived": True})
    await raw.call("PATCH", f"{path}/restore")
    await raw.put(f"/v3/projects/{uid}", {"name": "Plain again"})
    await raw.post(f"{path}/setStatus", {"status": "ASSIGNED"})
    await raw.post(f"{path}/targetLangs", {"targetLangs": ["fr_fr"]})
    await raw.call("DELETE", f"{path}/targetLangs", json={"targetLangs": ["fr_fr"]})
    await raw.call("DELETE", path)


async def _jobs(raw: Recorder, sandbox: Sandbox, project: str, template: str, made: Any, mail: str) -> None:
    path = f"/v1/projects/{project}"
    uids = [job["uid"] for job in made["jobs"]]
    job = uids[0]
    named = {"jobs": [{"uid": job}]}
    linguist = sandbox.phrase.people.linguists["de"]
    provider = {"id": linguist.id, "type": "USER"}
    sandbox.change_settings(parts_path=True)
    for tail in ("", "/parts", "/workflowStep", "/statusChanges", "/targetFileWarnings", "/original"):
        await raw.get(f"{path}/jobs/{job}{tail}")
    await raw.get(f"/v2/projects/{project}/jobs")
    await raw.post("/v2/jobs/statusChanges", named)
    await raw.post(f"{path}/jobs/search", named)
    await raw.call(
        "PATCH", f"{path}/jobs/{job}", json={"providers": [provider], "dateDue": "2030-01-01T00:00:00Z"}
    )
    await raw.put(f"{path}/jobs/{job}", {"status": "NEW", "providers": [provider]})
    await raw.put(f"{path}/jobs/batch", {**named, "status": "NEW", "providers": [provider]})
    several = {"jobs": [{"uid": job}, {"uid": "nobody"}], "status": "ACCEPTED"}
    await raw.call("PATCH", "/v3/jobs", json=several)
    await raw.get(f"/v1/users/{linguist.uid}/jobs")
    await raw.post(f"{path}/applyTemplate/{template}/assignProviders")
    await raw.post(f"{path}/applyTemplate/{template}/assignProviders/forJobParts", named)
    await raw.get(f"{path}/assignableTemplates")
    await raw.post(f"{path}/jobs/notifyAssigned", {**named, "emailTemplate": {"id": mail}})
    analyse = (await raw.post("/v1/analyses/byProviders", named)).json["analyses"][0]["analyse"]["uid"]
    await raw.post("/v1/analyses/byLanguages", named)
    await raw.post("/v2/analyses", named)
    pre = {**named, "preTranslateSettings": {}}
    await raw.post(f"/v3/projects/{project}/jobs/preTranslate", pre)
    source = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "filename*=UTF-8''a.json",
        "Memsource": json.dumps(named),
    }
    content = b'{"a": "Hello new world"}'
    await raw.call("POST", f"{path}/jobs/source", data=content, headers=source)
    await sandbox.advance(3)
    await raw.get(f"/v3/projects/{project}/analyses")
    await raw.get(f"/v3/projects/{project}/jobs/{job}/analyses")
    await raw.get(f"/v3/analyses/{analyse}")
    await raw.call("DELETE", f"/v1/analyses/{analyse}")
    await raw.call("POST", f"{path}/jobs/target", data=b'{"a": "Hallo"}', headers=source)
    await sandbox.advance(3)
    pair = (await raw.post(f"{path}/jobs/bilingualFile", named)).body
    await raw.form("/v2/bilingualFiles", "a.mxliff", pair)
    await raw.post(f"{path}/jobs/{job}/setStatus", {"requestedStatus": "COMPLETED"})
    await raw.download(project, uids[2], await raw.export(project, uids[2]))
    long = b'{"a": "' + b"word " * 400 + b'"}'
    split = (await raw.upload(project, "long.json", content=long)).json["jobs"][0]["uid"]
    await sandbox.advance(3)
    await raw.post(f"{path}/jobs/{split}/split", {"partCount": 2})
    await raw.call("DELETE", f"{path}/jobs/batch", json={"jobs": [{"uid": uids[-1]}]})


async def _recorded() -> dict[str, list[Any]]:
    settings = SandboxSettings(seed=7, import_seconds=2, translate_seconds=4000, export_seconds=0.5)
    async with Sandbox(settings) as sandbox:
        raw = Recorder(sandbox)
        try:
            await raw.login()
            await _everything(raw, sandbox)
        finally:
            await raw.http.close()
        return raw.answers


@pytest.fixture(scope="module")
def answers() -> dict[str, list[Any]]:
    """The good answers of every call, recorded once."""
    return asyncio.run(_recorded())


def _unknown(value: Any, where: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        # An object of no schema may hold anything.
        for name in (value.model_extra or {}) if type(value).model_fields else ():
            yield f"{type(value).__name__}.{name}"
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), name)
    elif isinstance(value, list):
        for entry in value:
            yield from _unknown(entry, where)


def test_every_call_has_a_judge(shore: ThreadSandbox) -> None:
    """The table of shapes names every call of the sandbox, and no other."""
    assert set(SHAPES) == {route.operation for route in shore.phrase.routes()}


@pytest.mark.parametrize("operation", sorted(SHAPES))
def test_answers_fit_the_newest_models(answers: dict[str, list[Any]], operation: str) -> None:
    """Every call's answer is read by the newest package, and has no field that it does not know."""
    name = SHAPES[operation].newest
    if operation == "exchange_token":
        return
    assert operation in answers
    if name is None:
        return
    model = getattr(phrappy.models, name)
    for body in answers[operation]:
        read = model.model_validate(body)
        unknown = {field for field in _unknown(read) if not EXTRA.keys() & set(field.split("."))}
        assert unknown == set()


@pytest.mark.parametrize("operation", sorted(name for name, shape in SHAPES.items() if shape.older))
def test_answers_fit_the_models_of_2023(answers: dict[str, list[Any]], operation: str) -> None:
    """Every call's answer is read by the package made from the specification of 2023, whose types are strict."""
    model = getattr(phrasetms_client.models, str(SHAPES[operation].older))
    for body in answers[operation]:
        assert model.from_dict(body) is not None
