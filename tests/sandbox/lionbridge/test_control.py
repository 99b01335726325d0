"""The control API of the Lionbridge side, and the verdict on a run."""

from __future__ import annotations

import base64
from typing import Any

from tests.sandbox.lionbridge.conftest import Api, Reply
from wordferry.sandbox import Sandbox


async def _hand(api: Api, job: str, move: str, **body: Any) -> Reply:
    url = f"{api.sandbox.control_url}/_sandbox/lionbridge/jobs/{job}/{move}"
    return await api.fetch("POST", url, **({"json": body} if body else {}))


async def test_the_provider_is_played_over_http(api: Api, sandbox: Sandbox) -> None:
    """Send, start, deliver, damage, redeliver, fail and cancel, each with the job as its answer."""
    sandbox.behave("import_error")
    job, (first, second) = await api.done("de-DE", "fr-FR")
    sandbox.world.behaviours.clear()
    sandbox.behave("manual")
    assert (await _hand(api, job, "send")).json["status"] == "SENT_TO_PROVIDER"
    reply = await _hand(api, job, "start")
    assert (reply.json["status"], reply.json["requests"][0]["status"]) == ("IN_TRANSLATION", "IN_TRANSLATION")
    reply = await _hand(api, job, "fail", requests=[first], message="no way")
    assert reply.json["requests"][0]["error"] == "no way"
    reply = await _hand(api, job, "deliver")
    assert [each["status"] for each in reply.json["requests"]] == ["REVIEW_TRANSLATION"] * 2
    assert "«de-DE»" in (await api.fetched(job, first)).decode()
    await _hand(api, job, "redeliver", requests=[first], text="own")
    assert await api.fetched(job, first) == b"own"
    await _hand(api, job, "deliver", requests=[first], base64=base64.b64encode(b"\xff").decode())
    assert await api.fetched(job, first) == b"\xff"
    await _hand(api, job, "break", requests=[second], corruption="empty_file")
    assert await api.fetched(job, second) == b""
    assert (await _hand(api, job, "cancel", requests=[second])).json["requests"][1]["status"] == "CANCELLED"
    assert (await _hand(api, job, "cancel")).json["status"] == "CANCELLED"


async def test_wrong_moves_are_answered_in_words(api: Api) -> None:
    """404 for what is not there, 400 for what does not fit."""
    job, _ = await api.sent()
    assert (await _hand(api, "none", "start")).status == 404
    assert (await _hand(api, job, "dance")).status == 404
    assert (await _hand(api, job, "start", requests=["none"])).status == 404
    assert (await _hand(api, job, "start")).status == 400
    assert (await _hand(api, job, "break", corruption="moths")).status == 400
    assert (await _hand(api, job, "deliver", text="a", base64="YQ==")).status == 400
    assert (await _hand(api, job, "deliver", base64="?")).status == 400
    assert (await _hand(api, job, "deliver", colour="red")).status == 400


async def test_the_state_and_the_tokens(api: Api) -> None:
    """The state shows jobs and requests; revoked tokens are worthless."""
    job, (request,) = await api.sent()
    url = api.sandbox.control_url + "/_sandbox/lionbridge"
    state = (await api.fetch("GET", url + "/state")).json
    assert [(each["job_id"], each["requests"][0]["request_id"]) for each in state["jobs"]] == [(job, request)]
    whole = (await api.fetch("GET", api.sandbox.control_url + "/_sandbox/state")).json
    assert whole["lionbridge"] == state
    await api.fetch("POST", url + "/tokens/revoke")
    assert (await api.get("/jobs")).status == 401
    await api.fetch("POST", url + "/tokens/revoke", json={"client": True})
    assert (await api.login()).status == 400


async def test_the_verdict_on_a_clean_run(api: Api, sandbox: Sandbox) -> None:
    """Everything fetched, approved and acknowledged: nothing is found."""
    job, requests = await api.done("de-DE", "fr-FR")
    for request in requests:
        await api.fetched(job, request)
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": requests})
    await api.put(f"/jobs/{job}/complete", {})
    for update in await api.updates():
        await api.put(f"/statusupdates/{update['updateId']}/acknowledge")
    found = sandbox.referee()["lionbridge"]
    assert found["ok"], found
    assert found["counts"]["requests_by_status"] == {"TRANSLATION_APPROVED": 2}


async def test_the_verdict_names_what_is_wrong(api: Api, sandbox: Sandbox) -> None:
    """Doubles, approvals without a look, deliveries without an approval, and jobs that were forgotten."""
    job, (first, second) = await api.done("de-DE", "fr-FR")
    await api.fetched(job, first)
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": [second]})
    twin = await api.job()
    await api.add(twin)
    await api.add(twin)
    verdict = sandbox.referee()["lionbridge"]
    found = {kind: len(cases) for kind, cases in verdict["findings"].items() if cases}
    assert not verdict["ok"]
    assert found == {
        "double_jobs": 1,
        "double_requests": 1,
        "approved_without_download": 1,
        "unconfirmed_deliveries": 1,
        "never_submitted": 1,
        "unacknowledged_updates": 5,
    }
