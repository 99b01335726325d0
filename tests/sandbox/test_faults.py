"""Faults as a client meets them."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox


async def test_a_429_of_the_proxy_has_no_counters(raw: Raw, sandbox: Sandbox) -> None:
    """By default: plain text, no `ratelimit-*`, no `Retry-After`."""
    sandbox.faults.add("429", operation="list_projects", count=1)
    reply = await raw.get("/v1/projects")
    assert (reply.status, reply.text) == (429, "Too many requests.")
    assert not [name for name in reply.headers if name.lower().startswith("ratelimit")]
    assert "Retry-After" not in reply.headers
    assert (await raw.get("/v1/projects")).status == 200


async def test_a_429_of_the_application_has_counters(raw: Raw, sandbox: Sandbox) -> None:
    """With `ratelimit_headers` both counters are there and nothing remains."""
    sandbox.faults.add("429", ratelimit_headers=True, count=1)
    reply = await raw.get("/v1/projects")
    assert (reply.headers["ratelimit-limit"], reply.headers["ratelimit-remaining"]) == ("100", "0")


@pytest.mark.parametrize("value", ["3", "-1", "soon", "Wed, 21 Oct 2037 07:28:00 GMT", "0.5"])
async def test_retry_after_can_be_anything(raw: Raw, sandbox: Sandbox, value: str) -> None:
    """The header is sent as it is, however odd."""
    sandbox.faults.add("429", retry_after=value, count=1)
    assert (await raw.get("/v1/projects")).headers["Retry-After"] == value


@pytest.mark.parametrize(("kind", "content_type"), [("500", "json"), ("502", "html"), ("503", "html")])
async def test_server_errors(raw: Raw, sandbox: Sandbox, kind: str, content_type: str) -> None:
    """500 comes from the application as JSON, 502 and 503 from a gateway as HTML; no work is done."""
    sandbox.faults.add(kind, operation="create_project", count=1)
    path = f"/v2/projects/applyTemplate/{await raw.template()}"
    reply = await raw.post(path, {"name": "x"})
    assert reply.status == int(kind)
    assert content_type in reply.headers["Content-Type"]
    assert sandbox.phrase.projects == []


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_an_html_page_with_any_status(raw: Raw, sandbox: Sandbox, status: int) -> None:
    """A proxy may answer HTML even with 200."""
    sandbox.faults.add("html", status=status, count=1)
    reply = await raw.get("/v1/projects")
    assert reply.status == status
    assert reply.text.startswith("<!DOCTYPE html>")


async def test_a_lost_answer_leaves_the_work_done(raw: Raw, sandbox: Sandbox) -> None:
    """The connection closes without an answer, and the project exists."""
    sandbox.faults.add("lost", operation="create_project", count=1)
    path = f"/v2/projects/applyTemplate/{await raw.template()}"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await raw.post(path, {"name": "Lost"})
    assert [project.name for project in sandbox.phrase.projects] == ["Lost"]
    record = sandbox.calls(operation="create_project")[0]
    assert (record["status"], record["fault"], record["object"]) == (201, "lost", "Lost")


async def test_a_lost_answer_can_be_a_gateway_timeout(raw: Raw, sandbox: Sandbox) -> None:
    """With a status the client gets an error page, and the work is done all the same."""
    sandbox.faults.add("lost", status=504, operation="create_job", count=1)
    project = (await raw.project())["uid"]
    assert (await raw.upload(project)).status == 504
    assert len(sandbox.phrase.jobs) == 1


async def test_a_dropped_call_does_no_work(raw: Raw, sandbox: Sandbox) -> None:
    """The same sight for the client as `lost`, but nothing was made."""
    sandbox.faults.add("dropped", operation="create_project", count=1)
    path = f"/v2/projects/applyTemplate/{await raw.template()}"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await raw.post(path, {"name": "Dropped"})
    assert sandbox.phrase.projects == []


async def test_late_work_goes_on_after_the_client_has_gone(raw: Raw, sandbox: Sandbox) -> None:
    """The connection closes at once; the job appears only later, so an early look finds nothing."""
    sandbox.faults.add("late", operation="create_job", seconds=30, count=1)
    project = (await raw.project())["uid"]
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await raw.upload(project)
    await sandbox.advance(29)
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["totalElements"] == 0
    await sandbox.advance(2)
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["totalElements"] == 1


@pytest.mark.parametrize("kind", ["reset", "truncate"])
async def test_a_body_that_ends_in_the_middle(raw: Raw, sandbox: Sandbox, kind: str) -> None:
    """The headers and half of the body arrive; `Content-Length` promised more."""
    sandbox.faults.add(kind, operation="list_projects", count=1)
    await raw.project()
    url = sandbox.phrase_tms_url + "/api2/v1/projects"
    async with raw.http.get(url, headers={"Authorization": f"Bearer {raw.token}"}) as response:
        assert response.status == 200
        promised = int(response.headers["Content-Length"])
        got = b""
        with pytest.raises(aiohttp.ClientPayloadError):
            while piece := await response.content.readany():
                got += piece
    assert 0 < len(got) < promised


async def test_a_reset_is_a_reset(sandbox: Sandbox) -> None:
    """`reset` breaks the connection with RST, `truncate` ends it with FIN."""
    host, _, port = sandbox.phrase_url.removeprefix("http://").partition(":")
    request = b"GET /web/api2/v1/projects HTTP/1.1\r\nHost: x\r\n\r\n"

    async def ending(kind: str) -> str:
        sandbox.faults.add(kind, count=1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        try:
            await reader.read(-1)
        except ConnectionResetError:
            return "reset"
        finally:
            writer.transport.abort()
        return "end"

    assert await ending("reset") == "reset"
    assert await ending("truncate") == "end"


async def test_an_empty_answer_cannot_be_cut(raw: Raw, sandbox: Sandbox) -> None:
    """A 204 has no body, so `truncate` loses it whole, after the work."""
    project, job = await raw.done_job()
    sandbox.faults.add("truncate", operation="set_job_status", count=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await raw.status(project, job, "DELIVERED")
    assert sandbox.phrase.jobs[0].status == "DELIVERED"


async def test_slow_answers_wait_on_the_virtual_clock(raw: Raw, sandbox: Sandbox) -> None:
    """A slow call is answered when its seconds have passed."""
    sandbox.faults.add("slow", operation="list_projects", seconds=600, count=1)
    call = asyncio.ensure_future(raw.get("/v1/projects"))
    await asyncio.sleep(0.1)
    assert not call.done()
    await sandbox.advance(601)
    assert (await asyncio.wait_for(call, 10)).status == 200


async def test_a_slow_read_shows_the_present(raw: Raw, sandbox: Sandbox) -> None:
    """What happened while a call was held up is in its answer."""
    sandbox.faults.add("slow", operation="list_projects", seconds=600, count=1)
    call = asyncio.ensure_future(raw.get("/v1/projects"))
    await asyncio.sleep(0.05)
    await raw.project("Meanwhile")
    await sandbox.advance(601)
    assert (await asyncio.wait_for(call, 10)).json["totalElements"] == 1


async def test_stale_reads_show_the_past(raw: Raw, sandbox: Sandbox) -> None:
    """Reads under `stale` show objects and states as they were; without it, as they are."""
    project, job = await raw.done_job()
    await raw.status(project, job, "DELIVERED")
    await raw.project("New")
    rule = sandbox.faults.add("stale", seconds=4)
    await sandbox.advance(1)
    listed = (await raw.get("/v1/projects")).json["content"]
    assert [entry["name"] for entry in listed] == ["Spring"]
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "COMPLETED"
    content = (await raw.get(f"/v2/projects/{project}/jobs")).json["content"]
    assert content[0]["status"] == "COMPLETED"
    await sandbox.advance(5)
    assert (await raw.get("/v1/projects")).json["totalElements"] == 2
    assert sandbox.faults.remove(rule)


async def test_stale_reads_hide_new_jobs_and_finished_work(raw: Raw, sandbox: Sandbox) -> None:
    """A new job is not listed, its project answers 404, a finished request still runs."""
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    sandbox.faults.add("stale", seconds=0.8)
    assert (await raw.get(f"/v1/async/{number}")).json["asyncResponse"] is None
    new = (await raw.project("New"))["uid"]
    assert (await raw.get(f"/v1/projects/{new}")).status == 404
    await raw.upload(project, "b.json")
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["totalElements"] == 1


async def test_faults_are_ruled_over_the_control_api(raw: Raw) -> None:
    """Rules are added, listed with their strikes, and removed one by one or all."""
    rule = {"kind": "503", "operation": "list_projects", "count": 1}
    added = await raw.control("POST", "/faults", json=rule)
    assert (added.status, added.json) == (201, {"number": 1})
    assert (await raw.get("/v1/projects")).status == 503
    await raw.control("POST", "/faults", json={"kind": "lost", "probability": 0.5})
    listing = (await raw.control("GET", "/faults")).json
    assert [(entry["number"], entry["kind"], entry["struck"]) for entry in listing["faults"]] == [
        (1, "503", 1),
        (2, "lost", 0),
    ]
    left = await raw.control("DELETE", "/faults?number=1")
    assert [entry["number"] for entry in left.json["faults"]] == [2]
    assert (await raw.control("DELETE", "/faults?number=1")).status == 404
    assert (await raw.control("DELETE", "/faults")).json == {"faults": []}


@pytest.mark.parametrize("body", [b'{"kind": "earthquake"}', b'{"kind": "500", "often": 1}', b"{", b"[]"])
async def test_wrong_rules_are_refused(raw: Raw, body: bytes) -> None:
    """Unknown kinds, unknown fields and broken JSON are 400 with a reason."""
    reply = await raw.control("POST", "/faults", data=body)
    assert reply.status == 400
    assert reply.json["error"]


async def test_the_same_seed_replays_the_same_faults(raw: Raw, sandbox: Sandbox) -> None:
    """After a reset the same calls meet the same faults, in another order of objects too."""

    async def run(names: list[str]) -> dict[str, int]:
        await sandbox.reset()
        await raw.login()
        project = (await raw.project())["uid"]
        sandbox.faults.add("503", operation="create_job", probability=0.5)
        return {name: (await raw.upload(project, name)).status for name in names}

    names = [f"{number}.json" for number in range(12)]
    first, second = await run(names), await run(names[::-1])
    assert first == second
    assert set(first.values()) == {201, 503}


async def test_faults_are_in_the_call_log(raw: Raw, sandbox: Sandbox) -> None:
    """The log names the fault; a call refused before its work has status 0."""
    sandbox.faults.add("500", operation="list_projects", count=1)
    await raw.get("/v1/projects")
    await raw.get("/v1/projects")
    records = sandbox.calls(operation="list_projects")
    assert [(record["status"], record["fault"]) for record in records] == [(0, "500"), (200, None)]
    assert len(sandbox.calls(fault="*")) == 1
    assert json.dumps(records)


async def test_an_answer_in_another_encoding(raw: Raw, sandbox: Sandbox) -> None:
    """`encoding` turns UTF-8 into something else and says nothing of it."""
    project, job = await raw.done_job()
    sandbox.faults.add("encoding", operation="download_target", count=1)
    number = await raw.export(project, job)
    reply = await raw.download(project, job, number)
    assert reply.status == 200
    assert reply.body.startswith(b"\xff\xfe")
    assert "Hello" not in reply.body.decode("utf-16")
    assert sandbox.phrase.target_files.exports[0].downloaded is not None


async def test_rules_of_wrong_types_are_refused(raw: Raw) -> None:
    """A behaviour whose fields have the wrong type is refused instead of failing later."""
    for fields in ({"file": 3}, {"seconds": "long"}, {"level": "one"}, {"colour": "red"}):
        assert (await raw.control("POST", "/behaviours", json={"action": "auto", **fields})).status == 400
