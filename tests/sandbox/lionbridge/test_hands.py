"""The provider by hand, over the page's actions; and a state that holds this vendor too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox, SandboxSettings


async def test_a_provider_is_played_by_hand(api: Api, sandbox: Sandbox) -> None:
    """Start, deliver, redeliver, break, write, cancel: each changes what the vendor shows."""
    sandbox.behave("manual")
    job, (one, two) = await api.sent("de-DE", "fr-FR")
    await sandbox.advance(1)
    hands = sandbox.hands["lionbridge"]
    assert hands.groups()[0].name == "Spring"

    async def does(action: str, uid: str | None, content: bytes | None = None) -> str:
        hands.act(action, job, uid, content)
        await sandbox.advance(0)
        return str((await api.get(f"/jobs/{job}/requests/{one}")).json["statusCode"])

    assert await does("start", None) == "IN_TRANSLATION"
    assert await does("deliver", one) == "REVIEW_TRANSLATION"
    assert (await api.fetched(job, one)).startswith("<p>«de-DE» ".encode())
    assert await does("write", one, b"<p>Hallo</p>") == "REVIEW_TRANSLATION"
    assert await hands.text(job, one) == "<p>Hallo</p>"
    assert await api.fetched(job, one) == b"<p>Hallo</p>"
    await does("cancel", two)
    assert (await api.get(f"/jobs/{job}/requests/{two}")).json["statusCode"] == "CANCELLED"
    assert [line.actions for line in hands.group(job).lines if line.uid == two] == [()]
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": [one]})
    assert await does("redeliver", None) == "REVIEW_TRANSLATION"
    with pytest.raises(ValueError, match="nothing in job Spring"):
        hands.act("start", job, None, None)


async def test_inline_content_is_written_by_key(api: Api, sandbox: Sandbox) -> None:
    """The page shows inline content as JSON and takes it back; anything else is refused in words."""
    sandbox.behave("manual")
    job = await api.job()
    (request,) = await api.add(job, "de-DE", sourcecontentId=await api.content(job, title="Hello"))
    await api.submit(job)
    await sandbox.advance(1)
    hands = sandbox.hands["lionbridge"]
    assert json.loads(await hands.text(job, request) or "") == {"title": "Hello"}
    with pytest.raises(ValueError, match="a JSON object of keys and texts"):
        hands.act("write", job, request, b"Hallo")
    hands.act("write", job, request, b'{"title": "Hallo"}')
    await sandbox.advance(0)
    (found,) = (await api.get(f"/jobs/{job}/requests/{request}/retrieve")).items("translationContent")
    assert found["targetContent"][0]["value"] == "Hallo"


async def test_a_state_holds_jobs_tokens_and_files(tmp_path: Path) -> None:
    """A restart keeps what was sent, on its way and delivered, and the virtual clock stands where it stood."""
    settings = SandboxSettings(seed=7, frozen_clock=True, spool_bytes=4)
    async with Sandbox(settings, state=tmp_path) as sandbox:
        api = Api(sandbox)
        await api.login()
        job, (request,) = await api.sent("de-DE")
        await sandbox.advance(0.15)
        token, now = api.token, sandbox.world.clock.now()
        sandbox.save("sent")
        await api.http.close()
    async with Sandbox(state=tmp_path) as sandbox:
        assert sandbox.world.clock.now() == now
        api = Api(sandbox)
        api.token = token
        for _ in range(2):
            assert (await api.get(f"/jobs/{job}")).json["statusCode"] == "SENT_TO_PROVIDER"
            await sandbox.advance(10)
            assert (await api.fetched(job, request)).startswith("<p>«de-DE» ".encode())
            await sandbox.restore("sent")
        await api.http.close()
