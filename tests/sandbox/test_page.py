"""The control page: the vendors' people by hand, in a real browser without scripts."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox
from wordferry.sandbox.phrase.hands import MOVES


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = await browser.new_context(java_script_enabled=False, base_url=sandbox.control_url)
        yield await context.new_page()
        await browser.close()


async def test_people_at_the_vendor_play_by_hand(raw: Raw, sandbox: Sandbox, page: Page) -> None:
    """Accept, edit, reject, upload, let time pass, set up trouble, save and restore: all without scripts."""
    sandbox.behave("manual")
    project = (await raw.project("Spring <b>"))["uid"]
    job = (await raw.upload(project, "a.json")).json["jobs"][0]["uid"]
    await sandbox.advance(5)
    await page.goto("/")
    await page.click("text=Spring <b>")
    await page.click("td >> text=Accept")
    assert sandbox.phrase.jobs[0].status == "ACCEPTED"
    await page.click("text=Edit or upload")
    assert "«de»" in await page.input_value("textarea")
    await page.fill("textarea", '{\n"a": "Hallo Welt – “schön”"}')
    await page.click("text=Complete with this >> nth=0")
    assert sandbox.phrase.jobs[0].status == "COMPLETED"
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).body == '{\n"a": "Hallo Welt – “schön”"}'.encode()
    await page.click("td >> text=Reject")
    await page.click("text=Edit or upload")
    await page.set_input_files(
        "input[type=file]", {"name": "x.json", "mimeType": "text/plain", "buffer": b"\xff\x00"}
    )
    await page.click("section:nth-of-type(2) >> text=Complete with this")
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).body == b"\xff\x00"
    await page.click("text=Edit or upload")
    assert "no text in UTF-8" in await page.inner_text("main")
    before = sandbox.world.clock.elapsed()
    await page.click("text=+1 h")
    assert sandbox.world.clock.elapsed() >= before + 3600
    await page.click("text=Snapshots")
    await page.fill("input[name=name]", "here")
    await page.click("main >> text=Save")
    await page.click("text=Reset everything")
    assert sandbox.phrase.jobs == []
    await page.click("text=Restore")
    assert [each.status for each in sandbox.phrase.jobs] == ["COMPLETED"]
    await page.click("text=Trouble")
    await page.select_option("select[name=kind]", "lost")
    await page.fill("input[name=count]", "2")
    await page.click("text=Add >> nth=0")
    assert sandbox.faults.listing()[0]["count"] == 2
    await page.click("tr:has-text('rate-limit-storm') >> text=Play")
    assert [rule["kind"] for rule in sandbox.faults.listing()] == ["429"]
    await page.click("text=No faults and no behaviours any more")
    assert sandbox.faults.listing() == []
    for name in ("Calls", "Referee"):
        await page.click(f"nav >> text={name}")
        assert await page.inner_text("h1")
    assert "unconfirmed deliveries" in await page.inner_text("main")


async def test_what_cannot_be_done_is_said_on_a_page(raw: Raw, sandbox: Sandbox) -> None:
    """A form with an impossible value and an address of nothing answer with a page, the control API with JSON."""
    wrong = await raw.http.post(
        sandbox.control_url + "/trouble", data={"add": "fault", "kind": "500", "count": "many"}
    )
    assert wrong.status == 400
    assert "That cannot be done" in await wrong.text()
    gone = await raw.http.get(sandbox.control_url + "/at/phrase/none")
    assert gone.status == 404
    assert "text/html" in gone.headers["Content-Type"]
    assert (await raw.control("POST", "/hands/phrase/none/accept")).json["error"] == "there is no none"


async def test_a_foreign_page_drives_nothing(raw: Raw, sandbox: Sandbox) -> None:
    """A form on another origin and a foreign host name are refused, for pages as for the control API."""
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        for path in ("/snapshots", "/clock", "/trouble", "/act/phrase/x"):
            answer = await raw.http.post(sandbox.control_url + path, data={"do": "reset"}, headers=headers)
            assert answer.status == 403, path
    away = await raw.http.post(
        sandbox.control_url + "/clock", data={"back": "//evil.example"}, allow_redirects=False
    )
    assert away.headers["Location"] == "/"


@pytest.mark.parametrize("action", MOVES)
async def test_every_move_at_phrase(raw: Raw, sandbox: Sandbox, action: str) -> None:
    """Each action sets its status, from each status that it is offered in, for one job and for all."""
    sandbox.behave("manual")
    status, froms = MOVES[action]
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    await sandbox.advance(5)
    hands = sandbox.hands["phrase"]
    for start in sorted(froms):
        for uid in (job, None):
            sandbox.phrase.set_status(job, start)
            [line] = hands.group(project).lines
            assert action in line.actions
            hands.act(action, project, uid, None)
            assert sandbox.phrase.jobs[0].status == status


async def test_hands_ask_for_what_they_need(raw: Raw, sandbox: Sandbox) -> None:
    """An unknown action, content that is missing, and a job that is still imported are refused."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project)).json["jobs"][0]["uid"]
    hands = sandbox.hands["phrase"]
    assert hands.group(project).lines[0].actions == ()
    with pytest.raises(ValueError, match="import is RUNNING"):
        hands.act("accept", project, job, None)
    await sandbox.advance(3)
    with pytest.raises(KeyError, match="action 'fly'"):
        hands.act("fly", project, job, None)
    with pytest.raises(ValueError, match="needs the text or a file"):
        hands.act("write", project, job, None)
