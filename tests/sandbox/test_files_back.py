"""Texts that come from outside: targets, bilingual files, pre-translation, preview assets."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from tests.sandbox.conftest import Raw, Reply
from wordferry.sandbox import Sandbox

XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"
SOURCE = b'{"a": "Hello world", "b": "Goodbye"}'


async def _form(raw: Raw, path: str, name: str, content: bytes) -> Reply:
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name, content_type="application/octet-stream")
    return await raw.call("POST", path, data=form)


async def _target(
    raw: Raw, project: str, job: str, content: bytes, name: str = "a.json", **more: Any
) -> Reply:
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"filename*=UTF-8''{name}",
        "Memsource": json.dumps({"jobs": [{"uid": job}], **more}),
    }
    return await raw.call("POST", f"/v1/projects/{project}/jobs/target", data=content, headers=headers)


async def test_an_updated_target_is_what_exports_give(raw: Raw, sandbox: Sandbox) -> None:
    """202, then the new bytes; the job says when."""
    project, job = await raw.done_job()
    reply = await _target(raw, project, job, b'{"a": "Hallo"}')
    assert (reply.status, reply.json["asyncRequest"]["action"]) == (202, "UPDATE_TARGET")
    assert reply.json["jobs"][0]["uid"] == job
    await sandbox.advance(3)
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["updateTargetDate"]
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).body == b'{"a": "Hallo"}'


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("a.md", {}),
        ("a.zip", {}),
        ("a.json", {"jobs": []}),
        ("a.json", {"jobs": [{"uid": "x"}, {"uid": "y"}]}),
        ("a.json", {"targetSegmentationRule": {"id": "1"}}),
        ("a.json", {"callbackUrl": "nowhere"}),
    ],
)
async def test_wrong_targets_are_refused(raw: Raw, name: str, fields: dict[str, Any]) -> None:
    """Another extension, an archive, more than one job, or a reference to nothing."""
    project, job = await raw.done_job()
    assert (await _target(raw, project, job, b"{}", name, **fields)).status == 400


async def test_a_bilingual_file_goes_out_and_comes_back(raw: Raw, sandbox: Sandbox) -> None:
    """Every segment with source and target; what comes back is exported, and the job is completed when asked."""
    sandbox.behave("manual")
    project, job = await raw.done_job(content=SOURCE)
    path = f"/v1/projects/{project}/jobs/bilingualFile"
    reply = await raw.post(path, {"jobs": [{"uid": job}]})
    assert reply.headers["Content-Type"] == "application/octet-stream"
    root = ET.fromstring(reply.body)
    units = list(root.iter(f"{XLIFF}trans-unit"))
    assert [unit.findtext(f"{XLIFF}source") for unit in units] == ["Hello world", "Goodbye"]
    assert [unit.findtext(f"{XLIFF}target") for unit in units] == ["", ""]
    for unit, words in zip(units, ("Hallo Welt", "Tschüs"), strict=True):
        found = unit.find(f"{XLIFF}target")
        assert found is not None
        found.text = words
    back = await _form(raw, "/v2/bilingualFiles?setCompleted=true", "a.mxliff", ET.tostring(root))
    assert [entry["uid"] for entry in back.json["jobs"]] == [job]
    assert back.json["jobs"][0]["status"] == "COMPLETED"
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).json == {"a": "Hallo Welt", "b": "Tschüs"}


async def test_bilingual_files_come_in_other_shapes_and_in_archives(raw: Raw, sandbox: Sandbox) -> None:
    """XLIFF and TMX go out, a ZIP of XLIFF comes back; DOCX and unknown shapes are refused."""
    project, job = await raw.done_job(content=SOURCE)
    path, named = f"/v1/projects/{project}/jobs/bilingualFile", {"jobs": [{"uid": job}]}
    shapes = {
        shape: await raw.call("POST", path, params={"format": shape}, json=named)
        for shape in ("MXLF", "XLIFF", "TMX", "DOCX", "PDF")
    }
    assert [reply.status for reply in shapes.values()] == [200, 200, 200, 400, 400]
    assert len(list(ET.fromstring(shapes["TMX"].body).iter("tu"))) == 2
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xliff", shapes["XLIFF"].body)
    assert (await _form(raw, "/v2/bilingualFiles", "all.zip", buffer.getvalue())).status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<a/>",
        b'<!DOCTYPE x [<!ENTITY e "boom">]><x>&e;</x>',
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file/></xliff>',
    ],
)
async def test_what_is_no_bilingual_file_is_refused(raw: Raw, content: bytes) -> None:
    """Broken XML, entities, and files of nobody's job are 400."""
    assert (await _form(raw, "/v2/bilingualFiles", "a.mxliff", content)).status == 400


async def test_pre_translation_fills_jobs_in(raw: Raw, sandbox: Sandbox) -> None:
    """Settings are required unless the project's are used; afterwards an export is no longer the source."""
    sandbox.behave("manual")
    project, job = await raw.done_job(content=SOURCE)
    path, named = f"/v3/projects/{project}/jobs/preTranslate", {"jobs": [{"uid": job}]}
    refused = await raw.post(path, named)
    assert (refused.status, refused.code) == (400, "PRE_TRANSLATE_SETTINGS_REQUIRED")
    reply = await raw.post(path, {**named, "preTranslateSettings": {"setJobStatusCompleted": True}})
    assert (reply.status, reply.json["asyncRequest"]["action"]) == (202, "PRE_TRANSLATE")
    await sandbox.advance(1)
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "COMPLETED"
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).body != SOURCE
    early = (await raw.upload(project, "b.json")).json["jobs"][0]["uid"]
    reply = await raw.post(path, {"jobs": [{"uid": early}], "useProjectPreTranslateSettings": True})
    assert (reply.status, reply.code) == (400, "JOB_NOT_READY")


async def test_an_upload_can_ask_for_pre_translation(raw: Raw, sandbox: Sandbox) -> None:
    """It starts after the import as a request of its own, whose parent is the import."""
    sandbox.behave("manual")
    project = (await raw.project())["uid"]
    made = (await raw.upload(project, content=SOURCE, preTranslate=True)).json
    await sandbox.advance(2.1)
    (pending,) = (await raw.get("/v1/async")).json["content"]
    assert (pending["action"], pending["parent"]["id"]) == ("PRE_TRANSLATE", made["asyncRequest"]["id"])
    await sandbox.advance(1)
    job = made["jobs"][0]["uid"]
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).body != SOURCE


async def test_preview_assets_are_served_to_their_job(raw: Raw) -> None:
    """By path, with the type of the file; another job has none."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", "<p>")
        archive.writestr("look/a.css", "p {}")
    project = (await raw.project())["uid"]
    package = (await _form(raw, f"/v1/projects/{project}/jobPreviewPackage", "p.zip", buffer.getvalue())).json
    reference = {"uid": package["fileUid"]}
    job = (await raw.upload(project, jobPreviewPackageFileUidRef=reference)).json["jobs"][0]["uid"]
    other = (await raw.upload(project, "b.json")).json["jobs"][0]["uid"]
    asset = await raw.get(f"/v1/jobs/{job}/previewPackage/asset/look%2Fa.css")
    assert (asset.status, asset.body, asset.headers["Content-Type"]) == (200, b"p {}", "text/css")
    assert (await raw.get(f"/v1/jobs/{other}/previewPackage/asset/index.html")).status == 404
