"""Preview packages."""

from __future__ import annotations

import io
import zipfile

import aiohttp
import pytest

from tests.sandbox.conftest import Raw, Reply
from wordferry.sandbox import Sandbox


def _package(name: str = "index.html") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "<p>Hello</p>")
    return buffer.getvalue()


async def _upload(raw: Raw, project: str, content: bytes, *, part: str = "file") -> Reply:
    form = aiohttp.FormData()
    form.add_field("comment", "first")
    form.add_field(part, content, filename="preview.zip", content_type="application/zip")
    return await raw.call("POST", f"/v1/projects/{project}/jobPreviewPackage", data=form)


async def test_a_package_has_two_uids_and_jobs_take_one(raw: Raw, sandbox: Sandbox) -> None:
    """201 with a `uid` and another `fileUid`; a new job may refer to the `fileUid` alone."""
    project = (await raw.project())["uid"]
    reply = await _upload(raw, project, _package())
    assert reply.status == 201
    body = reply.json
    assert body["uid"] != body["fileUid"]
    assert (body["fileName"], body["projectUidRef"]) == ("preview.zip", {"uid": project})
    good = await raw.upload(project, jobPreviewPackageFileUidRef={"uid": body["fileUid"]})
    assert good.status == 201
    assert sandbox.calls(operation="create_job")[0]["facts"]["preview"] == body["fileUid"]
    assert (await raw.upload(project, jobPreviewPackageFileUidRef={"uid": body["uid"]})).status == 400


async def test_a_package_belongs_to_its_project(raw: Raw) -> None:
    """Another project cannot use it."""
    first, second = (await raw.project("A"))["uid"], (await raw.project("B"))["uid"]
    file_uid = (await _upload(raw, first, _package())).json["fileUid"]
    assert (await raw.upload(second, jobPreviewPackageFileUidRef={"uid": file_uid})).status == 400


@pytest.mark.parametrize("content", [b"no zip at all", _package("style.css")])
async def test_broken_packages_are_refused(raw: Raw, content: bytes) -> None:
    """A malformed ZIP and one without a page are 400."""
    assert (await _upload(raw, (await raw.project())["uid"], content)).status == 400


async def test_the_part_is_called_file(raw: Raw) -> None:
    """Another part name is 400, another content type 415."""
    project = (await raw.project())["uid"]
    assert (await _upload(raw, project, _package(), part="package")).status == 400
    path = f"/v1/projects/{project}/jobPreviewPackage"
    assert (await raw.call("POST", path, data=_package())).status == 415
