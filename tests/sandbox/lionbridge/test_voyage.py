"""A job's way: created, filled, submitted, translated, fetched, approved, completed, archived."""

from __future__ import annotations

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox


async def test_a_file_goes_and_comes_back(api: Api, sandbox: Sandbox) -> None:
    """Every step of a whole voyage changes what the vendor shows, and the file comes back translated."""
    job = await api.job("Spring")
    (request,) = await api.add(job, "de-DE")
    reply = await api.submit(job)
    assert (reply.status, reply.json["statusCode"]) == (200, "SENDING")
    assert (await api.get(f"/jobs/{job}/requests/{request}")).json["statusCode"] == "SENDING"
    await sandbox.advance(0.15)
    assert (await api.get(f"/jobs/{job}")).json["statusCode"] == "SENT_TO_PROVIDER"
    await sandbox.advance(0.15)
    assert (await api.get(f"/jobs/{job}/requests/{request}")).json["statusCode"] == "IN_TRANSLATION"
    await sandbox.advance(5)
    assert (await api.get(f"/jobs/{job}")).json["statusCode"] == "IN_TRANSLATION"
    assert (await api.get(f"/jobs/{job}/requests/{request}")).json["statusCode"] == "REVIEW_TRANSLATION"
    assert (await api.fetched(job, request)).startswith("<p>«de-DE» ".encode())
    reply = await api.put(f"/jobs/{job}/requests/approve", {"requestIds": [request]})
    assert [each["statusCode"] for each in reply.items("requests")] == ["TRANSLATION_APPROVED"]
    assert (await api.put(f"/jobs/{job}/complete", {})).json["statusCode"] == "COMPLETED"
    reply = await api.put(f"/jobs/{job}/archive")
    assert (reply.status, reply.json["archiveStatus"]) == (202, "ARCHIVING")
    await sandbox.advance(1)
    assert (await api.get(f"/jobs/{job}")).json["archived"] is True
    assert [each["jobId"] for each in await api.every("/jobs/archived", "jobs")] == [job]
    assert await api.every("/jobs", "jobs") == []
    assert sandbox.lionbridge.fms.tokens_seen == 0


async def test_a_mixed_job_of_file_and_fields(api: Api) -> None:
    """File and inline requests may be in one job; inline content comes back by key."""
    job = await api.job()
    content = await api.content(job, title="Hello world", body="Good morning")
    (inline,) = await api.add(job, "de-DE", sourcecontentId=content)
    (file,) = await api.add(job, "de-DE")
    await api.submit(job)
    await api.sandbox.advance(10)
    assert b"wrld" in (await api.fetched(job, file)).replace("öö".encode(), b"")
    (found,) = (await api.get(f"/jobs/{job}/requests/{inline}/retrieve")).items("translationContent")
    assert [each["key"] for each in found["targetContent"]] == ["title", "body"]
    assert found["targetContent"][0]["value"].startswith("«de-DE»")
    assert (await api.fetched(job, inline)).startswith(b"<?xml")
