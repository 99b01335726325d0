"""Ports, the thread mode and the command."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

import pytest

from tests.sandbox.conftest import GRANT
from wordferry.sandbox import Sandbox, SandboxSettings, sandbox_in_thread, serve


def _free_ports() -> int:
    # The kernel hands out a different free port each time, so test processes do not meet.
    for _ in range(100):
        with ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0)))
            port: int = first.getsockname()[1]
            try:
                for following in (1, 2, 3):
                    held.enter_context(socket.create_server(("127.0.0.1", port + following)))
            except OSError:
                continue
            return port
    raise AssertionError("no four free ports in a row")


async def test_the_vendors_listen_next_to_the_control_port() -> None:
    """With a base port the ports are consecutive and on loopback."""
    port = _free_ports()
    async with Sandbox(port=port) as sandbox:
        assert sandbox.control_url == f"http://127.0.0.1:{port}"
        assert sandbox.phrase_url == f"http://127.0.0.1:{port + 1}"
        assert sandbox.phrase_tms_url == f"http://127.0.0.1:{port + 1}/web"
        assert sandbox.lionbridge_login_url == f"http://127.0.0.1:{port + 2}"
        assert sandbox.lionbridge_url == f"http://127.0.0.1:{port + 2}/v2"
        assert sandbox.fms_url == f"http://127.0.0.1:{port + 3}"


async def test_a_taken_port_is_an_error() -> None:
    """Starting twice on the same port fails and leaves nothing open."""
    port = _free_ports()
    async with Sandbox(port=port):
        with pytest.raises(OSError, match=str(port)):
            await Sandbox(port=port).start()
    async with Sandbox(port=port):
        pass


async def test_the_same_seed_gives_the_same_credentials() -> None:
    """The seed decides tokens and template uids."""
    async with Sandbox(SandboxSettings(seed=1)) as first, Sandbox(SandboxSettings(seed=1)) as second:
        assert first.api_token == second.api_token
        assert first.info()["phrase"]["templates"] == second.info()["phrase"]["templates"]
        async with Sandbox(SandboxSettings(seed=2)) as third:
            assert third.api_token != first.api_token


def test_a_sandbox_in_a_thread_serves_blocking_clients() -> None:
    """Everything works from another thread: HTTP, clock, faults, behaviours, state, referee."""
    with sandbox_in_thread(SandboxSettings(seed=3)) as sandbox:
        data = f"grant_type={GRANT}&subject_token={sandbox.api_token}".encode()
        with urllib.request.urlopen(sandbox.phrase_url + "/idm/oauth/token", data) as answer:
            token = json.loads(answer.read())["access_token"]

        def call(method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, object]:
            request = urllib.request.Request(
                sandbox.phrase_tms_url + "/api2" + path,
                data=body,
                method=method,
                headers={"Authorization": f"Bearer {token}", **headers},
            )
            with urllib.request.urlopen(request) as answer:
                found: dict[str, object] = json.loads(answer.read() or b"{}")
                return found

        template = sandbox.info()["phrase"]["templates"][0]["uid"]
        body = json.dumps({"name": "Threaded", "targetLangs": ["de"]}).encode()
        kind = {"Content-Type": "application/json"}
        project = call("POST", f"/v2/projects/applyTemplate/{template}", body, **kind)["uid"]
        sandbox.behave("decline")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "filename=a.txt",
            "Memsource": '{"targetLangs": ["de"]}',
        }
        call("POST", f"/v1/projects/{project}/jobs", b"Hello", **headers)
        sandbox.advance(60)
        assert [job.status for job in sandbox.phrase.jobs] == ["DECLINED"]
        sandbox.phrase.set_status(sandbox.phrase.jobs[0].uid, "ACCEPTED")
        sandbox.finish(sandbox.phrase.jobs[0].uid, b"Hallo")
        assert [job.status for job in sandbox.phrase.jobs] == ["COMPLETED"]
        sandbox.faults.add("503", operation="list_projects", count=1)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            call("GET", "/v1/projects")
        assert sandbox.change_settings(export_seconds=0).export_seconds == 0
        assert sandbox.referee()["projects"] == {"made": 1, "intended": 1}
        assert len(sandbox.calls(operation="create_*")) == 2
        sandbox.reset()
        assert sandbox.calls() == []


def test_a_thread_that_cannot_start_says_why() -> None:
    """A taken port is raised in the caller's thread."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)), sandbox_in_thread(port=port):
            pass


async def test_serve_runs_until_it_is_told_to_stop() -> None:
    """The command's coroutine calls `ready` once and ends at SIGTERM."""
    started: asyncio.Future[Sandbox] = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(serve(None, 0, ready=started.set_result))
    sandbox = await asyncio.wait_for(started, 10)
    assert sandbox.control_url
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(task, 10)


def test_the_command_prints_where_it_listens() -> None:
    """As a process: URLs and token on standard output, a clean end at SIGINT."""
    program = "import asyncio; from wordferry.sandbox import serve; asyncio.run(serve(None, 0))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert lines[0] == "Sandbox ready\n"
    assert "http://127.0.0.1:" in lines[2]
    assert "sandbox-" in lines[4]
