"""What all calls have in common: tokens, limits, errors, faults, the list of 53, and state that can be stored."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings


def test_there_are_53_actions(sandbox: Sandbox) -> None:
    """Each action of the vendor's list, the token call besides, and no two operations of one name."""
    routes = sandbox.lionbridge.routes()
    actions = [route for route in routes if route.path.startswith("/v2/")]
    assert len(actions) == len({route.operation for route in actions}) == 53
    assert len({(route.method, route.path) for route in routes}) == 54


async def test_a_token_by_client_credentials(api: Api, sandbox: Sandbox) -> None:
    """`expires_in` is an hour, and an expired token is 401 with a challenge."""
    reply = await api.login()
    assert set(reply.json) == {"access_token", "expires_in", "token_type", "scope"}
    assert (reply.json["expires_in"], reply.json["token_type"]) == (3600, "Bearer")
    assert (await api.get("/jobs")).status == 200
    await sandbox.advance(3601)
    reply = await api.get("/jobs")
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await api.fetch("GET", sandbox.lionbridge_url + "/jobs")).status == 401
    await api.login()
    assert (await api.get("/jobs")).status == 200
    sandbox.lionbridge.auth.revoke(client=True)
    assert (await api.get("/jobs")).status == 401
    assert (await api.login()).json == {"error": "invalid_client"}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "ü"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
async def test_a_bad_token_request(api: Api, fields: dict[str, str], error: str) -> None:
    """OAuth errors are 400 with a word."""
    reply = await api.login(**fields)
    assert (reply.status, reply.json) == (400, {"error": error})


async def test_a_token_request_is_a_form(api: Api) -> None:
    """JSON is refused; a header with the client's name and secret is taken as the standard says."""
    url = api.sandbox.lionbridge_login_url + "/connect/token"
    assert (await api.fetch("POST", url, json={"grant_type": "client_credentials"})).status == 400
    pair = f"{api.sandbox.lionbridge_client_id}:{api.sandbox.lionbridge_client_secret}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    reply = await api.fetch("POST", url, data={"grant_type": "client_credentials"}, headers=headers)
    assert reply.status == 200


async def test_unknown_paths_and_methods(api: Api) -> None:
    """404 and 405 have the vendor's body."""
    reply = await api.get("/nothing")
    assert (reply.status, reply.json["code"]) == (404, 404)
    reply = await api.call("DELETE", "/jobs")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")
    for path in ("/jobs/none", "/jobs/none/requests", "/jobs/none/requests/none/retrieve"):
        assert (await api.get(path)).status == 404


async def test_the_code_of_an_error_may_be_text(api: Api) -> None:
    """Two readers of the vendor differ on its type."""
    api.settings(error_code="text")
    assert (await api.get("/jobs/none")).json["code"] == "404"


async def test_the_rate_limit(api: Api, sandbox: Sandbox) -> None:
    """Twenty calls in one second, then 429 with `Retry-After`, and the next second lets in again."""
    api.settings(rate_limit_rps=20)
    statuses = [(await api.get("/quota")).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert (await api.get("/quota")).headers["Retry-After"] == "1"
    await sandbox.advance(0.1)
    assert [(await api.get("/quota")).status for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("kind", "status", "json"),
    [("429", 429, True), ("500", 500, True), ("502", 502, False), ("html", 500, False)],
)
async def test_faults_before_the_work(api: Api, sandbox: Sandbox, kind: str, status: int, json: bool) -> None:
    """The vendor's own errors have its body, the gateway's are HTML; nothing is done."""
    fields: dict[str, Any] = {"retry_after": "2"} if kind == "429" else {}
    sandbox.faults.add(kind, operation="lionbridge.create_job", count=1, **fields)
    reply = await api.post("/jobs", {"jobName": "x"})
    assert (reply.status, reply.text.startswith("{")) == (status, json)
    assert reply.headers.get("Retry-After") == fields.get("retry_after")
    assert await api.every("/jobs", "jobs") == []


async def test_a_lost_answer_leaves_the_job(api: Api, sandbox: Sandbox) -> None:
    """The job is made though the client never hears of it."""
    sandbox.faults.add("lost", operation="lionbridge.create_job", object="Spring", count=1)
    with pytest.raises(aiohttp.ClientError):
        await api.post("/jobs", {"jobName": "Spring"})
    assert [each["jobName"] for each in await api.every("/jobs", "jobs", filter="jobName eq 'Spring'")] == [
        "Spring"
    ]


async def test_stale_views(api: Api, sandbox: Sandbox) -> None:
    """A stale view shows states as they were and hides what is newer."""
    await sandbox.advance(100)
    job, (request,) = await api.done()
    newer = await api.job("newer")
    await sandbox.advance(1)
    sandbox.faults.add("stale", seconds=5)
    assert (await api.get(f"/jobs/{newer}")).status == 404
    assert [each["jobId"] for each in await api.every("/jobs", "jobs")] == [job]
    assert [each["jobId"] for each in await api.every("/jobs", "jobs", orderBy="jobName")] == [job]
    sandbox.faults.clear()
    sandbox.faults.add("stale", seconds=11)
    assert (await api.get(f"/jobs/{job}/requests/{request}")).json["statusCode"] == "SENDING"
    assert (await api.get(f"/jobs/{job}")).json["statusCode"] == "SENDING"
    found = await api.every("/jobs", "jobs", filter="statusCode eq 'SENDING'")
    assert [each["jobId"] for each in found] == [job]
    assert await api.updates() == []


async def test_the_same_seed_gives_the_same_ids() -> None:
    """Ids depend on the seed and on what they name, not on the run."""

    async def run() -> list[str]:
        async with Sandbox(SandboxSettings(seed=3)) as sandbox:
            api = Api(sandbox)
            await api.login()
            job, requests = await api.sent("de", "fr")
            file = next(iter(sandbox.lionbridge.files.by_id))
            await api.http.close()
            return [
                sandbox.lionbridge_client_secret,
                sandbox.lionbridge.providers.main.id,
                job,
                *requests,
                file,
            ]

    assert await run() == await run()


async def test_info_tells_urls_and_credentials(sandbox: Sandbox) -> None:
    """What a stranger needs to begin."""
    found = sandbox.info()["lionbridge"]
    assert found["base_url"] == sandbox.lionbridge_url
    assert found["login_url"] + "/v2" == sandbox.lionbridge_url
    assert found["fms_url"] == sandbox.fms_url
    assert (found["client_id"], found["client_secret"]) == (
        sandbox.lionbridge_client_id,
        sandbox.lionbridge_client_secret,
    )
    assert [each["name"] for each in found["providers"]] == ["Main LSP", "Small agency", "Former partner"]


def test_settings_are_checked(sandbox: Sandbox) -> None:
    """A word outside its list, a negative number or an unknown name is refused; the others stay as they were."""
    sandbox.change_settings(lionbridge={"page_size": 7})
    for changes in ({"page_size": 0}, {"error_code": "roman"}, {"send_seconds": -1}, {"colour": "red"}):
        with pytest.raises((ValueError, msgspec.ValidationError)):
            sandbox.change_settings(lionbridge=changes)
    sandbox.change_settings(lionbridge={"self_link": False})
    assert sandbox.settings.lionbridge == LionbridgeSettings(page_size=7, self_link=False)


async def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    """A busy room comes back with its jobs, its half-finished upload, its listener, and goes on working."""
    settings = SandboxSettings(
        seed=7, frozen_clock=True, spool_bytes=10, lionbridge=LionbridgeSettings(allow_http_listeners=True)
    )
    async with Sandbox(settings, state=tmp_path) as sandbox:
        api = Api(sandbox)
        await api.login()
        body = {"uri": "http://127.0.0.1:1/x", "type": "REQUEST_STATUS_UPDATE"}
        listener = (await api.post("/statusupdates/listeners", body)).json["listenerId"]
        job, (request,) = await api.sent()
        await sandbox.advance(0.3)
        await api.get("/jobs", orderBy="jobName")
        transfer = await api.transfer(job)
        headers = {"Tus-Resumable": "1.0.0", "sastoken": transfer["fmsSASToken"]}
        made = await api.fetch(
            "POST",
            transfer["fmsUploadUrl"],
            headers={**headers, "Upload-Length": "20", "Content-Length": "0"},
        )
        path = made.headers["Location"].removeprefix(sandbox.fms_url)
        chunk = {**headers, "Content-Type": "application/offset+octet-stream"}
        await api.fetch(
            "PATCH", sandbox.fms_url + path, data=b"0123456789ab", headers={**chunk, "Upload-Offset": "0"}
        )
        token = api.token
        await api.http.close()
    async with Sandbox(state=tmp_path) as sandbox:
        api = Api(sandbox)
        api.token = token
        head = await api.fetch("HEAD", sandbox.fms_url + path, headers=headers)
        assert head.headers["Upload-Offset"] == "12"
        sent = {**chunk, "Upload-Offset": "12"}
        assert (
            await api.fetch("PATCH", sandbox.fms_url + path, data=b"cdefghij", headers=sent)
        ).status == 204
        reply = await api.get(f"/jobs/{job}/sourcefiles/{transfer['fmsFileId']}")
        assert reply.headers["Location"].startswith(sandbox.fms_url)
        assert (await api.fetch("GET", reply.headers["Location"])).body == b"0123456789abcdefghij"
        await sandbox.advance(10)
        assert (await api.get(f"/jobs/{job}/requests/{request}")).json["statusCode"] == "REVIEW_TRANSLATION"
        assert b"de-DE" in await api.fetched(job, request)
        pending = await api.get(f"/statusupdates/listeners/{listener}/invocations/pending")
        assert len(pending.items("invocations")) == 2
        await api.http.close()
