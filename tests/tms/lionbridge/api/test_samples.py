"""The golden bodies in `samples/lionbridge`: the client reads each, and the sandbox answers in the same shape."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.tms.lionbridge.api.test_requests import ROWS
from wordferry.lionbridge import ContentField, LionbridgeClient, Unlimited
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.tms.lionbridge.api import auth, errors, fms

SAMPLES = Path(__file__).parents[4] / "samples" / "lionbridge"

EMPTY = b""

#: The call of each folder, by the name of its endpoint.
CALLS = {row.call.endpoint.name: row.call for row in ROWS.values()}
CALLS["auth.token"] = auth.token("i", "s")

#: What must be read from a sample beyond that it can be read.
READ: dict[str, Callable[[Any], object]] = {
    "auth/token/200": lambda a: (a.access_token, a.expires_in) == ("example-access-token", 3600.0),
    "jobs/create/201": lambda a: (
        a.job_id == "2KBz5hJPmj"
        and a.labels == {"env": "staging1", "priority": 3}
        and a.due_date == datetime(2026, 9, 1, tzinfo=UTC)
        and a.archived is False
        and a.more == {}
    ),
    "jobs/get/200": lambda a: a.has_error and a.latest_error_message == "Delivery failed",
    "jobs/get/200-with-stats": lambda a: a.request_stats["totalRequests"] == 3,
    "jobs/get/200-new-words": lambda a: (
        a.status_code == "SOMETHING_NEW" and a.more == {"brandNew": {"a": 1}, "LABELS": None}
    ),
    "jobs/list/200": lambda a: (
        [one.job_id for one in a.items] == ["LCfSMZcVlS", "2KBz5hJPmj"] and a.next.cursor == "b3BhcXVl/"
    ),
    "jobs/list/200-last": lambda a: (a.items, a.next) == ((), None),
    "jobs/list/200-fields": lambda a: (
        (a.items[0].job_name, a.items[0].status_code) == ("Spring catalogue", None)
    ),
    "jobs/archived/200": lambda a: a.items[0].archived,
    "requests/add/201": lambda a: (a.items[0].source_content_id, a.next.cursor) == ("sc-1", "p2"),
    "requests/list/200": lambda a: a.items[1].reject_note == "A tag is lost",
    "requests/get/200-content": lambda a: a.source_content_id == "sc-1",
    "requests/retrieve/200": lambda a: a.items[0].target_content[0].value == "Bonjour",
    "source_files/create/201": lambda a: (a.fms_sas_token, a.fms_file_id[:4]) == ("example-token", "1193"),
    "source_content/get/200": lambda a: (a.fields[0].comment, a.source_content_id) == ("greets", "sc-1"),
    "support_assets/get/200": lambda a: (a.file_name, a.file_type) == ("terms.pdf", "pdf"),
    "support_assets/list/200-other-case": lambda a: a.items[0].support_asset_id == "sa-1",
    "tm_updates/get/200": lambda a: (a.file_name, a.tm_update_id) == ("memory.tmx", "tm-1"),
    "providers/get/200": lambda a: (
        a.supports("EN-us", "de-de") is True
        and a.supports("en-US", "ja-JP") is False
        and a.capabilities.support_update_tm
    ),
    "providers/list/200": lambda a: a.items[1].supports("a", "b") is None,
    "listeners/create/201": lambda a: (a.secret, a.more) == ("example-secret", {}),
    "listeners/get/200": lambda a: a.disabled and a.secret is None,
    "listeners/pending/200": lambda a: a.items[0].attempt_count == 3,
    "status_updates/list/200": lambda a: (
        (a.items[0].request_ids, a.items[1].request_ids) == (("WDw0vInKSQKE_O5sPWFh-A",), None)
    ),
    "quota/get/200": lambda a: a.quotas[0].remaining == 9988,
    "quota/get/200-other": lambda a: (a.quotas, a.more) == ((), {"statusUpdates": {"max": 5}}),
}
NAMES = sorted(path.relative_to(SAMPLES).with_suffix("").as_posix() for path in SAMPLES.glob("*/*/*.json"))
GOOD = [name for name in NAMES if name.split("/")[2].startswith("2")]
BAD = [name for name in NAMES if name not in GOOD]


async def nothing() -> AsyncIterator[bytes]:
    """A file without bytes."""
    if EMPTY:
        yield EMPTY


def body(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", GOOD)
def test_every_good_sample_is_read(name: str) -> None:
    """A good answer decodes to what it says, with nothing left over that the model should know."""
    resource, call, _ = name.split("/")
    if (resource, call) == ("source_files", "upload"):
        form: Any = fms.form("u", open=nothing, length=0, filename="a", content_type="b")
        found: Any = form.endpoint.decode(body(name))
        assert (found.size, found.content_type) == (12, "text/html")
        return
    found = CALLS[f"{resource}.{call}"].endpoint.decode(body(name))
    assert READ.get(name, lambda a: a is None or getattr(a, "items", ...) != ())(found)


@pytest.mark.parametrize("name", BAD)
def test_every_bad_sample_says_why(name: str) -> None:
    """An error body gives the vendor's words, and a number as its code is not repeated."""
    said = errors.DIALECT.read(body(name))
    assert said is not None
    assert said.text or said.code
    assert said.code is None or not said.code.isdigit()


def test_each_reading_belongs_to_a_sample() -> None:
    """No expectation stands without its sample, and each resource says where its shapes come from."""
    assert set(READ) <= set(NAMES)
    assert {path.parent.name for path in SAMPLES.glob("*/SOURCE.md")} == {
        path.name for path in SAMPLES.iterdir() if path.is_dir()
    }


def test_each_call_with_an_answer_has_a_sample() -> None:
    """Every one of the 53 actions that answers with JSON has at least one golden body."""
    silent = {
        "source_files.download",
        "requests.retrieve_file",
        "support_assets.delete",
        "listeners.retry_many",
    }
    assert {name.rpartition("/")[0].replace("/", ".") for name in NAMES} >= set(CALLS) - silent


# ---------------------------------------------------------------------------------------- the sandbox in the same shape


def kind(value: Any) -> str:
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def differences(golden: Any, answer: Any, where: str = "") -> list[str]:
    """Where an answer has other names or other kinds of values; unset members and free maps do not count."""
    if golden is None or answer is None:
        return []
    if kind(golden) != kind(answer):
        return [f"{where}: {kind(golden)} expected, {kind(answer)} found"]
    if isinstance(golden, list):
        return (
            [one for item in answer[:1] for one in differences(golden[0], item, f"{where}[]")]
            if golden
            else []
        )
    if not isinstance(golden, dict) or where.rpartition(".")[2] in ("labels", "extendedMetadata", "payload"):
        return []
    found = [f"{where}.{name} is new" for name in answer if name not in golden and name not in OPTIONAL]
    for name, value in golden.items():
        if name in answer:
            found += differences(value, answer[name], f"{where}.{name}")
        elif value is not None and name not in OPTIONAL:
            found.append(f"{where}.{name} is missing")
    return found


#: Members that an answer may lack: the last page names no next one, and some come only when there is something to say.
OPTIONAL = {
    "next",
    "self",
    "_links",
    "latestErrorMessage",
    "requestStats",
    "comment",
    "rejectNote",
    "authSecret",
    "deleted",
    "supportedLanguages",
}


async def answers(sandbox: Sandbox) -> dict[str, Any]:
    """Raw answers of the sandbox, by the name of the call."""
    found: dict[str, Any] = {}
    async with (
        LionbridgeClient(
            login_url=sandbox.lionbridge_login_url,
            base_url=sandbox.lionbridge_url,
            client_id=sandbox.lionbridge_client_id,
            client_secret=sandbox.lionbridge_client_secret,
            budget=Unlimited(),
        ) as client,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {await client.token()}"}) as http,
    ):

        async def get(name: str, path: str, **query: str) -> None:
            async with http.get(sandbox.lionbridge_url + path, params=query) as response:
                assert response.status == 200, (name, await response.text())
                found[name] = await response.json()

        provider = [one async for one in client.providers.list()][1].provider_id or ""
        job = await client.jobs.create("n", labels={"a": 1}, extended_metadata={"b": "c"}, po_reference="p")
        job_id = job.job_id or ""
        file = await client.source_files.send(job_id, b"<p>x</p>", filename="a.html")
        made = await client.requests.add_file(
            job_id,
            fms_file_id=file,
            source_native_language_code="en-US",
            target_native_language_codes=["de-DE"],
            request_name="n",
            source_native_id="s",
        )
        content = await client.source_content.create(job_id, fields=[ContentField(key="k", value="v")])
        inline = await client.requests.add(
            job_id,
            source_content_id=content.source_content_id,
            source_native_language_code="en-US",
            target_native_language_codes=["de-DE"],
        )
        asset = await client.support_assets.create(job_id, fms_file_id=file, description="d")
        listener = await client.listeners.create("https://127.0.0.1:9/x", type="JOB_STATUS_UPDATE")
        listener_id = listener.listener_id or ""
        await get("source_content.get", f"/jobs/{job_id}/sourcecontent/{content.source_content_id}")
        await get("support_assets.get", f"/jobs/{job_id}/supportassets/{asset.support_asset_id}")
        await get("support_assets.list", f"/jobs/{job_id}/supportassets")
        await get("providers.get", f"/providers/{provider}")
        await get("providers.list", "/providers")
        await get("quota.get", "/quota")
        await get("listeners.get", f"/statusupdates/listeners/{listener_id}")
        await get("listeners.list", "/statusupdates/listeners")
        await client.jobs.submit(job_id, provider_id=provider)
        await sandbox.advance(30)
        await get("jobs.get", f"/jobs/{job_id}", fetchType="fullWithStats")
        await get("jobs.list", "/jobs")
        await get("requests.list", f"/jobs/{job_id}/requests")
        await get("requests.get", f"/jobs/{job_id}/requests/{made[0].request_id}")
        await get("requests.retrieve", f"/jobs/{job_id}/requests/{inline[0].request_id}/retrieve")
        await get("status_updates.list", "/statusupdates")
        await get("status_updates.for_job", f"/jobs/{job_id}/statusupdates")
        await get("listeners.pending", f"/statusupdates/listeners/{listener_id}/invocations/pending")
        await client.requests.retrieve_file(job_id, made[0].request_id or "", to=io.BytesIO())
    return found


async def test_the_sandbox_answers_in_the_golden_shapes() -> None:
    """Each answer of the sandbox has the names and kinds of values of its sample, and no member of its own."""
    async with Sandbox(SandboxSettings(seed=3)) as sandbox:
        found = await answers(sandbox)
    wrong = {}
    for name, answer in found.items():
        folder = SAMPLES / name.replace(".", "/")
        goldens = [json.loads(path.read_bytes()) for path in sorted(folder.glob("2*.json"))]
        best = min((differences(golden, answer) for golden in goldens), key=len)
        if best:
            wrong[name] = best
    assert wrong == {}
