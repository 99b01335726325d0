"""The provider: by itself under rules, and by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox


def _states(api: Api, job: str) -> dict[str, str]:
    return {each.target_language: each.status for each in api.at(job).requests.values()}


async def test_a_behaviour_for_each_language(api: Api, sandbox: Sandbox) -> None:
    """Rules by language: one late, one by hand, one declined, one cancelled, one in error, the rest by itself."""
    sandbox.behave("late", locale="l", seconds=100)
    sandbox.behave("manual", locale="m")
    sandbox.behave("decline", locale="d")
    sandbox.behave("cancel", locale="c")
    sandbox.behave("reject", locale="r")
    sandbox.behave("export_error", locale="e")
    job, _ = await api.done("a", "l", "m", "d", "c", "r", "e")
    assert _states(api, job) == {
        "a": "REVIEW_TRANSLATION",
        "l": "IN_TRANSLATION",
        "m": "SENT_TO_PROVIDER",
        "d": "CANCELLED",
        "c": "CANCELLED",
        "r": "IN_TRANSLATION",
        "e": "IN_TRANSLATION",
    }
    assert api.at(job).status == "IN_TRANSLATION"
    errors = {each.target_language: each.error for each in api.at(job).requests.values() if each.has_error}
    assert set(errors) == {"r", "e"}
    told = [each for each in await api.updates() if each["hasError"]]
    assert {each["statusCode"] for each in told} == {"IN_TRANSLATION"}
    assert all(each["errorMessage"] for each in told)
    await sandbox.advance(100)
    assert _states(api, job)["l"] == "REVIEW_TRANSLATION"


@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_job_whose_requests_are_all_cancelled_is_cancelled(api: Api, action: str) -> None:
    """The job follows, and is then over: it can be deleted."""
    api.sandbox.behave(action)
    job, _ = await api.done("a", "b")
    assert api.at(job).status == "CANCELLED"
    codes = [(each["statusCode"], bool(each["requestIds"])) for each in await api.updates()]
    assert ("CANCELLED", False) in codes
    assert ("CANCELLED", True) in codes
    assert (await api.delete(f"/jobs/{job}")).status == 200


async def test_a_job_that_does_not_reach_the_provider(api: Api, sandbox: Sandbox) -> None:
    """It stays SENDING with an error and a message, until it is sent again."""
    sandbox.behave("import_error")
    job, _ = await api.done()
    shown = (await api.get(f"/jobs/{job}")).json
    assert (shown["statusCode"], shown["hasError"]) == ("SENDING", True)
    assert "could not be delivered" in shown["latestErrorMessage"]
    sandbox.lionbridge.send(job)
    await sandbox.advance(10)
    shown = (await api.get(f"/jobs/{job}")).json
    assert (shown["statusCode"], shown["hasError"]) == ("IN_TRANSLATION", False)


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        ("source_text", {}, b"<p>Hello <b>world</b></p>"),
        ("corrupt", {"corruption": "empty_file"}, b""),
    ],
)
async def test_wrong_deliveries(api: Api, action: str, fields: dict[str, Any], expected: bytes) -> None:
    """The untranslated source, or a damaged file."""
    api.sandbox.behave(action, **fields)
    job = await api.job()
    (request,) = await api.add(job, fmsFileId=await api.file(job, content=b"<p>Hello <b>world</b></p>"))
    await api.submit(job)
    await api.sandbox.advance(10)
    assert await api.fetched(job, request) == expected


async def test_a_broken_tag_and_its_rework(api: Api, sandbox: Sandbox) -> None:
    """The first delivery lacks a tag; after the rejection a sound one comes."""
    sandbox.behave("rework", corruption="drop_tag")
    job = await api.job()
    (request,) = await api.add(job, fmsFileId=await api.file(job, content=b"<p>Hello <b>world</b></p>"))
    await api.submit(job)
    await sandbox.advance(10)
    assert (await api.fetched(job, request)).count(b"<") == 3
    await api.put(f"/jobs/{job}/requests/reject", {"requestIds": [request], "note": "a tag is missing"})
    await sandbox.advance(10)
    assert api.request(job, request).status == "REVIEW_TRANSLATION"
    assert (await api.fetched(job, request)).count(b"<") == 4
    assert api.request(job, request).deliveries == 2


async def test_a_provider_without_rejection_leaves_it_so(api: Api) -> None:
    """Not every provider takes rejections."""
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    job = await api.job()
    requests = await api.add(job)
    await api.submit(job, small.id)
    await api.sandbox.advance(10)
    await api.put(f"/jobs/{job}/requests/reject", {"requestIds": requests})
    await api.sandbox.advance(1000)
    assert _states(api, job) == {"de-DE": "TRANSLATION_REJECTED"}


async def test_a_late_redelivery_after_the_approval(api: Api, sandbox: Sandbox) -> None:
    """What was approved comes again, and is under review once more."""
    sandbox.behave("redeliver", seconds=3600)
    job, requests = await api.done()
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": requests})
    await sandbox.advance(3600)
    await api.login()
    assert (await api.get(f"/jobs/{job}/requests/{requests[0]}")).json["statusCode"] == "REVIEW_TRANSLATION"
    reviews = [each for each in await api.updates() if each["statusCode"] == "REVIEW_TRANSLATION"]
    assert len(reviews) == 2


async def test_a_completed_job_imports_nothing(api: Api, sandbox: Sandbox) -> None:
    """A delivery to a completed job is not imported; after it is un-completed, the next one is."""
    job, (request,) = await api.done()
    before = await api.fetched(job, request)
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": [request]})
    await api.put(f"/jobs/{job}/complete", {})
    sandbox.lionbridge.redeliver(job, content=b"newer")
    assert api.request(job, request).status == "TRANSLATION_APPROVED"
    assert await api.fetched(job, request) == before
    assert sandbox.lionbridge.robot.not_imported == 1
    await api.put(f"/jobs/{job}/intranslation", {})
    sandbox.lionbridge.redeliver(job, content=b"newer")
    assert await api.fetched(job, request) == b"newer"


async def test_the_provider_by_hand(api: Api, sandbox: Sandbox) -> None:
    """Start, deliver own bytes for one request, damage another, fail a third, cancel a fourth."""
    sandbox.behave("manual")
    job, (a, b, c, d) = await api.done("a", "b", "c", "d")
    room = sandbox.lionbridge
    assert set(_states(api, job).values()) == {"SENT_TO_PROVIDER"}
    room.start(job, [a, b, c])
    assert _states(api, job) == {
        "a": "IN_TRANSLATION",
        "b": "IN_TRANSLATION",
        "c": "IN_TRANSLATION",
        "d": "SENT_TO_PROVIDER",
    }
    room.deliver(job, [a], content=b"by hand")
    assert await api.fetched(job, a) == b"by hand"
    room.damage(job, [b], corruption="empty_file")
    await sandbox.advance(0)
    assert await api.fetched(job, b) == b""
    room.fail(job, [c], message="The engine is on fire.")
    shown = (await api.get(f"/jobs/{job}/requests/{c}")).json
    assert (shown["hasError"], shown["latestErrorMessage"]) == (True, "The engine is on fire.")
    room.deliver(job, [c])
    await sandbox.advance(0)
    assert (await api.get(f"/jobs/{job}/requests/{c}")).json["hasError"] is False
    room.cancel(job, [d])
    assert (_states(api, job)["d"], api.at(job).status) == ("CANCELLED", "IN_TRANSLATION")
    room.cancel(job)
    assert api.at(job).status == "CANCELLED"
    assert _states(api, job)["a"] == "CANCELLED"


async def test_inline_content_by_hand(api: Api, sandbox: Sandbox) -> None:
    """Own translations by key, in the order of the source; damage may lose a field."""
    sandbox.behave("manual")
    job = await api.job()
    content = await api.content(job, title="Hello", body="World <b>x</b>")
    (request,) = await api.add(job, sourcecontentId=content)
    await api.submit(job)
    await sandbox.advance(10)
    sandbox.lionbridge.deliver(job, fields={"body": "Welt", "title": "Hallo"})

    async def fields() -> list[dict[str, str]]:
        reply = await api.get(f"/jobs/{job}/requests/{request}/retrieve")
        found: list[dict[str, str]] = reply.items("translationContent")[0]["targetContent"]
        return found

    assert await fields() == [{"key": "title", "value": "Hallo"}, {"key": "body", "value": "Welt"}]
    sandbox.lionbridge.damage(job, [request], corruption="drop_key")
    await sandbox.advance(0)
    assert len(await fields()) == 1
    sandbox.lionbridge.damage(job, [request], corruption="break_syntax")
    await sandbox.advance(0)
    assert len(await fields()) == 1
    with pytest.raises(ValueError, match="takes content"):
        sandbox.lionbridge.deliver(job, [request], content=b"x")


async def test_moves_that_make_no_sense_are_refused(api: Api, sandbox: Sandbox) -> None:
    """The hand cannot do what the provider could not, and unknown ids are named."""
    room = sandbox.lionbridge
    job = await api.job()
    await api.add(job)
    for move in (room.start, room.deliver, room.cancel, room.send):
        with pytest.raises(ValueError, match="CREATED"):
            move(job)
    with pytest.raises(ValueError, match="no delivery"):
        room.redeliver(job)
    with pytest.raises(KeyError):
        room.start("none")
    await api.submit(job)
    with pytest.raises(KeyError):
        room.start(job, ["none"])
    room.fail(job, message="no way")
    assert (api.at(job).status, api.at(job).error) == ("SENDING", "no way")


async def test_files_of_unknown_formats_are_copied(api: Api) -> None:
    """A format that nobody can read comes back byte for byte."""
    job = await api.job()
    (request,) = await api.add(job, fmsFileId=await api.file(job, "a.bin", b"\x00\x01"))
    await api.submit(job)
    await api.sandbox.advance(10)
    assert await api.fetched(job, request) == b"\x00\x01"


async def test_a_file_that_is_not_what_it_says(api: Api) -> None:
    """A file that cannot be read as its format is an error of its request, not the end of the job."""
    job = await api.job()
    (bad,) = await api.add(job, fmsFileId=await api.file(job, "a.json", b"{broken"))
    (good,) = await api.add(job, "fr")
    await api.submit(job)
    await api.sandbox.advance(10)
    assert (api.request(job, bad).status, api.request(job, bad).has_error) == ("IN_TRANSLATION", True)
    assert api.request(job, good).status == "REVIEW_TRANSLATION"


async def test_a_deleted_job_gets_no_delivery(api: Api, sandbox: Sandbox) -> None:
    """Work that was planned for a job that is gone is dropped."""
    job, _ = await api.sent()
    await sandbox.advance(0.3)
    await api.put(f"/jobs/{job}/complete", {})
    await api.delete(f"/jobs/{job}")
    await sandbox.advance(100)
    assert not any(file.job_id == job for file in sandbox.lionbridge.files.by_id.values())
