"""What a sandbox keeps: over a stop, over `kill -9`, and under a name."""

from __future__ import annotations

import asyncio
import hashlib
import json
import pickle
import sys
from pathlib import Path

import msgspec
import pytest

from tests.sandbox.conftest import GRANT, Raw
from wordferry.sandbox import Sandbox, SandboxSettings, StateError
from wordferry.sandbox.freezing import Header, freeze, shape, thaw

SETTINGS = SandboxSettings(seed=7, import_seconds=2, translate_seconds=4, export_seconds=0.5)


async def _raw(sandbox: Sandbox) -> Raw:
    client = Raw(sandbox)
    await client.login()
    return client


async def test_a_state_folder_keeps_everything_over_a_stop(tmp_path: Path) -> None:
    """Objects, scheduled work, tokens, rules, counters, log, ids and large files are there after a restart."""
    settings = msgspec.structs.replace(SETTINGS, spool_bytes=10)
    async with Sandbox(settings, state=tmp_path) as sandbox:
        raw = await _raw(sandbox)
        project = (await raw.project())["uid"]
        job = (await raw.upload(project, content=b'{"a": "Hello large world"}')).json["jobs"][0]["uid"]
        sandbox.faults.add("503", operation="get_project", count=2)
        assert (await raw.get(f"/v1/projects/{project}")).status == 503
        sandbox.behave("manual", file="later*")
        token, calls = raw.token, sandbox.calls()
        await raw.http.close()
    async with Sandbox(state=tmp_path) as sandbox:
        assert sandbox.settings == settings
        assert sandbox.calls() == calls
        raw = Raw(sandbox)
        raw.token = token
        assert (await raw.get(f"/v1/projects/{project}")).status == 503
        assert (await raw.get(f"/v1/projects/{project}")).status == 200
        assert sandbox.faults.listing()[0]["struck"] == 2
        assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "NEW"
        # The import and the translator's work were under way.
        await sandbox.advance(10)
        assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "COMPLETED"
        number = await raw.export(project, job)
        assert b"a" in (await raw.download(project, job, number)).body
        assert (
            await raw.get(f"/v1/projects/{project}/jobs/{job}/original")
        ).body == b'{"a": "Hello large world"}'
        assert [rule["action"] for rule in sandbox.world.behaviours.listing()] == ["manual"]
        await raw.http.close()


async def test_the_clock_goes_on_while_the_sandbox_is_away(tmp_path: Path) -> None:
    """Virtual time never falls behind the machine's, so a client's look-ups by time still fit."""
    async with Sandbox(SETTINGS, state=tmp_path) as sandbox:
        await sandbox.advance(3600)
        before = sandbox.world.clock.now()
    async with Sandbox(state=tmp_path) as sandbox:
        assert before <= sandbox.world.clock.now() < before + 60


PROGRAM = """
import asyncio, sys
from pathlib import Path
from wordferry.sandbox import SandboxSettings, serve
asyncio.run(serve(SandboxSettings(seed=7, import_seconds=3600), 0, state=Path(sys.argv[1])))
"""


async def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    """SIGKILL right after an answer loses nothing that was answered."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(5)]
    raw = Raw(Sandbox())
    raw.sandbox.phrase_url = next(line.split()[-1] for line in lines if "Phrase platform" in line)
    form = {"grant_type": GRANT, "subject_token": lines[-1].split()[-1]}
    async with raw.http.post(raw.sandbox.phrase_url + "/idm/oauth/token", data=form) as response:
        raw.token = (await response.json())["access_token"]
    made = [(await raw.project(f"Project {number}"))["uid"] for number in range(5)]
    jobs = [(await raw.upload(uid)).json["jobs"][0]["uid"] for uid in made]
    process.kill()
    await process.wait()
    await raw.http.close()
    async with Sandbox(state=tmp_path) as sandbox:
        again = Raw(sandbox)
        again.token = raw.token
        for project, job in zip(made, jobs, strict=True):
            assert (await again.get(f"/v1/projects/{project}/jobs/{job}")).status == 200
        await again.http.close()


async def test_a_snapshot_brings_everything_back(raw: Raw, sandbox: Sandbox) -> None:
    """What happened after a snapshot is undone by restoring it, the virtual clock and the ids included."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    sandbox.save("fresh")
    saved = sandbox.world.clock.now()
    await sandbox.advance(3600)
    later = (await raw.project("Later"))["uid"]
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "COMPLETED"
    await sandbox.restore("fresh")
    assert abs(sandbox.world.clock.now() - saved) < 60
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "NEW"
    assert (await raw.get(f"/v1/projects/{later}")).status == 404
    assert (await raw.project("Later"))["uid"] == later
    await sandbox.advance(10)
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["status"] == "COMPLETED"


async def test_snapshots_over_the_control_api(raw: Raw, sandbox: Sandbox) -> None:
    """Saved, listed, restored, deleted; a name that is none and one that is not there are errors in words."""
    await raw.project()
    assert (await raw.control("POST", "/snapshots/one")).status == 201
    listed = (await raw.control("GET", "/snapshots")).json["snapshots"]
    assert [entry["name"] for entry in listed] == ["one"]
    assert listed[0]["seed"] == 7
    assert (await raw.control("POST", "/reset")).status == 200
    assert sandbox.phrase.projects == []
    assert (await raw.control("POST", "/snapshots/one/restore")).status == 200
    assert len(sandbox.phrase.projects) == 1
    assert (await raw.control("DELETE", "/snapshots/one")).status == 200
    missing = await raw.control("POST", "/snapshots/one/restore")
    assert (missing.status, missing.json["error"]) == (400, "there is no snapshot 'one'")
    assert (await raw.control("POST", "/snapshots/.hidden")).status == 400


async def test_a_snapshot_survives_in_the_state_folder(tmp_path: Path) -> None:
    """Snapshots belong to the state folder and serve the next start."""
    async with Sandbox(SETTINGS, state=tmp_path) as sandbox:
        raw = await _raw(sandbox)
        await raw.project()
        sandbox.save("one")
        await sandbox.reset()
        await raw.http.close()
    async with Sandbox(state=tmp_path) as sandbox:
        assert sandbox.phrase.projects == []
        await sandbox.restore("one")
        assert len(sandbox.phrase.projects) == 1


async def test_one_sandbox_for_each_state_folder(tmp_path: Path) -> None:
    """A second one is refused, and so is another seed."""
    async with Sandbox(SETTINGS, state=tmp_path):
        with pytest.raises(StateError, match="another sandbox uses"):
            await Sandbox(state=tmp_path).start()
    with pytest.raises(StateError, match="was made with seed 7, not 8"):
        await Sandbox(SandboxSettings(seed=8), state=tmp_path).start()


def _header(**fields: object) -> bytes:
    values = {
        "format": "wordferry-sandbox",
        "version": 1,
        "shape": shape(),
        "product": "0",
        "folder": "x",
        "seed": 0,
        "now": 0.0,
        "saved": 0.0,
        "size": 0,
        "sha256": "",
        **fields,
    }
    return json.dumps(values).encode() + b"\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a state of the sandbox"),
        (b"PK\x03\x04 something else", "is not a state of the sandbox"),
        (b'{"format": "other"}\n', "is not a state of the sandbox"),
        (_header(version=99), "has version 99 of the layout; this sandbox reads 1"),
        (_header(size=5) + b"abc", "is damaged"),
        (_header(size=3, sha256="0") + b"abc", "is damaged"),
    ],
)
async def test_a_foreign_or_damaged_state_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    """The sandbox says what is wrong with the file and leaves it as it is."""
    async with Sandbox(SETTINGS, state=tmp_path):
        pass
    folder = next((tmp_path / "files").iterdir()).name
    (tmp_path / "state").write_bytes(content.replace(b'"folder": "x"', f'"folder": "{folder}"'.encode()))
    with pytest.raises(StateError, match=complaint):
        await Sandbox(state=tmp_path).start()
    assert (tmp_path / "state").exists()


def _frozen(body: bytes, **fields: object) -> bytes:
    return _header(size=len(body), sha256=hashlib.sha256(body).hexdigest(), **fields) + body


class _Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (eval, ("1 + 1",))


@pytest.mark.parametrize(
    "body",
    [
        pickle.dumps({"world": _Evil()}),
        b"cbuiltins\ngetattr\n.",
        b"cwordferry.sandbox.server\ntempfile\n.",
        b"cwordferry.sandbox.server\nproduct_version\n(tR.",
        b"cwordferry.cli.main\nmain\n.",
        b"not a pickle",
        pickle.dumps([1]),
    ],
)
def test_a_state_runs_no_code(tmp_path: Path, body: bytes) -> None:
    """A body that names anything but the sandbox's classes and plain containers is refused."""
    path = tmp_path / "state"
    path.write_bytes(_frozen(body))
    with pytest.raises(StateError):
        thaw(path, folder=tmp_path)


def test_a_state_of_other_classes_is_refused(tmp_path: Path) -> None:
    """A state that another version wrote is named as such instead of half read."""
    path = tmp_path / "state"
    path.write_bytes(_frozen(pickle.dumps({}), shape="0", product="9.9"))
    with pytest.raises(StateError, match=r"another version of the sandbox \(9.9\)"):
        thaw(path, folder=tmp_path)


def test_plain_values_come_back(tmp_path: Path) -> None:
    """What is stored is what is loaded."""
    header = {"product": "0", "folder": "x", "seed": 0, "now": 0.0, "saved": 0.0}
    path = tmp_path / "state"
    path.write_bytes(freeze({"a": {1, 2}, "b": SETTINGS}, header=header))
    assert thaw(path, folder=tmp_path) == {"a": {1, 2}, "b": SETTINGS}
    assert msgspec.json.decode(path.read_bytes().partition(b"\n")[0], type=Header).shape == shape()
