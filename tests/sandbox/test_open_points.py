"""Where the vendor's papers are silent the sandbox has a setting; each does what it says."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import aiohttp
import pytest

from tests.sandbox.conftest import Raw, Reply
from wordferry.sandbox import Sandbox, SandboxSettings


async def _package(raw: Raw, project: str, size: int = 10) -> Reply:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "x" * size)
    form = aiohttp.FormData()
    form.add_field("file", buffer.getvalue(), filename="p.zip")
    return await raw.call("POST", f"/v1/projects/{project}/jobPreviewPackage", data=form)


@pytest.mark.parametrize(
    "settings",
    [
        {"token_error_status": 403},
        {"webhook_token_header": "x-other"},
        {"webhook_failures_to_disable": -1},
        {"capacity_words": -1},
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, Any]) -> None:
    """A value that the vendor could never show is an error at once."""
    with pytest.raises(ValueError, match=next(iter(settings))):
        SandboxSettings(**settings)


async def test_the_status_of_a_bad_subject_token(raw: Raw, sandbox: Sandbox) -> None:
    """400 is documented, 401 has been met; a wrong request stays 400."""
    assert (await raw.exchange(subject_token="wrong")).status == 400
    sandbox.change_settings(token_error_status=401)
    reply = await raw.exchange(subject_token="wrong")
    assert (reply.status, reply.json["error"]) == (401, "invalid_grant")
    assert (await raw.exchange(grant_type="password")).status == 400


async def test_the_path_that_only_the_guide_knows(raw: Raw, sandbox: Sandbox) -> None:
    """`/parts` is 404 until it is switched on; then it is a page."""
    project, job = await raw.done_job()
    path = f"/v1/projects/{project}/jobs/{job}/parts"
    assert (await raw.get(path)).status == 404
    sandbox.change_settings(parts_path=True)
    assert [part["uid"] for part in (await raw.get(path)).json["content"]] == [job]


async def test_words_that_are_not_paid_for_make_ghosts(raw: Raw, sandbox: Sandbox) -> None:
    """Past the capacity jobs are made and imported, but have no words and cannot be exported."""
    sandbox.change_settings(capacity_words=10)
    content = b'{"a": "' + b"word " * 9 + b'"}'
    project = (await raw.project())["uid"]
    paid, ghost = (
        job["uid"] for job in (await raw.upload(project, content=content, langs=("de", "ja"))).json["jobs"]
    )
    await sandbox.advance(10)
    jobs = [(await raw.get(f"/v1/projects/{project}/jobs/{uid}")).json for uid in (paid, ghost)]
    assert [job["importStatus"]["status"] for job in jobs] == ["OK", "OK"]
    assert [job["wordsCount"] > 0 for job in jobs] == [True, False]
    assert (await raw.put(f"/v3/projects/{project}/jobs/{paid}/targetFile")).status == 202
    assert (await raw.put(f"/v3/projects/{project}/jobs/{ghost}/targetFile")).status == 400


async def test_the_size_and_the_uid_of_preview_packages(raw: Raw, sandbox: Sandbox) -> None:
    """What is small when packed and large when unpacked is refused too; `uid` counts only when allowed."""
    project = (await raw.project())["uid"]
    package = (await _package(raw, project)).json
    reference = {"uid": package["uid"]}
    assert (await raw.upload(project, jobPreviewPackageFileUidRef=reference)).status == 400
    sandbox.change_settings(preview_uid_accepted=True, preview_max_bytes=2000)
    assert (await raw.upload(project, jobPreviewPackageFileUidRef=reference)).status == 201
    assert (await _package(raw, project, size=5000)).status == 400


async def test_headers_and_error_bodies(raw: Raw, sandbox: Sandbox) -> None:
    """Counters and request id may be missing, errors may be plain text; the concurrency cap still shows counters."""
    reply = await raw.get("/v1/projects/nothing")
    assert {"memsource-action-id", "ratelimit-limit", "ratelimit-remaining"} <= reply.headers.keys()
    sandbox.change_settings(ratelimit_on_success=False, action_id=False, plain_errors=True)
    reply = await raw.get("/v1/projects/nothing")
    assert not {"memsource-action-id", "ratelimit-limit", "ratelimit-remaining"} & {
        name.lower() for name in reply.headers
    }
    assert reply.headers["Content-Type"].startswith("text/plain")
    sandbox.change_settings(concurrent_requests=0)
    reply = await raw.get("/v1/projects")
    assert (reply.status, reply.headers["ratelimit-remaining"]) == (429, "0")


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, {"asyncRequest", "jobParts"}),
        ({"callback_jobs_key": "jobs"}, {"asyncRequest", "jobs"}),
        ({"callback_extras": False}, {"asyncRequest"}),
    ],
)
async def test_what_callbacks_carry(
    raw: Raw, sandbox: Sandbox, changes: dict[str, Any], keys: set[str]
) -> None:
    """`asyncRequest` is the only key that can be relied on."""
    sandbox.change_settings(**changes)
    await raw.upload((await raw.project())["uid"], callbackUrl="http://127.0.0.1:1/x")
    await sandbox.advance(3)
    (message,) = sandbox.phrase.callbacks.deliveries
    assert set(Reply(0, {}, message.body).json) == keys


async def test_the_older_login(raw: Raw, sandbox: Sandbox) -> None:
    """`ApiToken` in the header or `?token=`, a day long; logout takes it in one place only."""
    who = {"userName": sandbox.phrase.people.owner.user_name, "password": sandbox.phrase.auth.password}
    tokens = [(await raw.post(path, who)).json["token"] for path in ("/v1/auth/login", "/v3/auth/login")]
    header = {"Authorization": f"ApiToken {tokens[0]}"}
    assert (await raw.call("GET", "/v1/auth/whoAmI", headers=header)).status == 200
    bearer = {"Authorization": f"Bearer {tokens[0]}"}
    assert (await raw.call("GET", "/v1/auth/whoAmI", headers=bearer)).status == 401
    query = {"token": tokens[1]}
    assert (
        await raw.call("GET", "/v1/auth/whoAmI", headers={"Authorization": ""}, params=query)
    ).status == 200
    both = await raw.call("POST", "/v1/auth/logout", headers=header, params={"token": tokens[0]})
    assert both.status == 400
    assert (await raw.call("POST", "/v1/auth/logout", headers=header)).status == 204
    assert (await raw.call("GET", "/v1/auth/whoAmI", headers=header)).status == 401
    await sandbox.advance(86401)
    late = await raw.call("GET", "/v1/auth/whoAmI", headers={"Authorization": f"ApiToken {tokens[1]}"})
    assert late.status == 401
    for wrong in ({"password": "x"}, {"userName": "x"}, {"userUid": "x"}):
        reply = await raw.post("/v3/auth/login", {**who, **wrong})
        assert (reply.status, reply.code) == (401, "AuthInvalidCredentials")


async def test_the_jobs_of_one_person(raw: Raw, sandbox: Sandbox) -> None:
    """All projects and levels, filtered; an unknown person is 404."""
    sandbox.behave("manual")
    linguist = sandbox.phrase.people.linguists["de"]
    provider = {"id": linguist.id, "type": "USER"}
    assignments = [{"targetLang": "de", "providers": [provider]}]
    project = ""
    for name in ("one", "two"):
        project = (await raw.project(name))["uid"]
        await raw.upload(project, f"{name}.json", assignments=assignments)
    path = f"/v1/users/{linguist.uid}/jobs"
    assert [job["filename"] for job in (await raw.get(path)).json["content"]] == ["one.json", "two.json"]
    filters = ({"filename": "two"}, {"projectUid": project}, {"status": "DELIVERED"}, {"targetLang": "ja"})
    counts = [(await raw.get(path, **query)).json["totalElements"] for query in filters]
    assert counts == [1, 1, 0, 0]
    assert (await raw.get("/v1/users/nobody/jobs")).status == 404
