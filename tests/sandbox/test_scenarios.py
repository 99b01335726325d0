"""Scenarios: each can be set up, and our product comes through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.conftest import Raw
from tests.submission.voyage import Voyage, in_a_hurry, voyage
from wordferry.model.states import State
from wordferry.sandbox import Sandbox
from wordferry.sandbox.scenarios import SCENARIOS

HOME = {"de/a.json": State.DELIVERED, "fr/a.json": State.DELIVERED}
#: Scenario → the states in which the voyage of one file in two languages ends.
ENDS: dict[str, dict[str, State]] = {
    "duplicate-after-timeout": HOME,
    "done-after-you-left": HOME,
    "webhook-disabled": HOME,
    "every-event-lost": HOME,
    "events-out-of-order": HOME,
    "half-ready-download": HOME,
    "rate-limit-storm": HOME,
    "limit-shown-as-500": HOME,
    "wrong-encoding": {"de/a.json": State.HELD, "fr/a.json": State.HELD},
    "placeholders-lost": {"de/a.json": State.HELD, "fr/a.json": State.HELD},
    "finished-but-unseen": HOME,
    "provider-says-no": {"de/a.json": State.DELIVERED, "fr/a.json": State.DECLINED},
    "cancelled-over-there": {"de/a.json": State.DELIVERED, "fr/a.json": State.CANCELLED},
    "sent-back-once": HOME,
    "login-page-with-200": HOME,
    "token-ends-early": HOME,
    "gateway-storm": HOME,
    "receiver-down": HOME,
}
#: These have a test of their own below.
OTHERS = {
    "still-processing",
    "locale-merge",
    "english-over-japanese",
    "one-bad-file",
    "stuck-export",
    "nobody-takes-it",
}


@pytest.mark.parametrize("name", ENDS)
async def test_our_voyage_comes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The voyage ends as it should, nothing is doubled, and nothing stays unconfirmed."""
    in_a_hurry(monkeypatch)
    async with voyage(tmp_path) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.play(name)
        await sailing.apply()
        await sailing.sail(lambda all_: {t.target: t.state for t in all_} == ENDS[name], seconds=40.0)
        findings = sailing.sandbox.referee(marker=r"([a-z2-7]{10})$")["findings"]
        for kind in ("double_projects", "double_jobs", "burnt_downloads", "confirmed_without_download"):
            assert findings[kind] == [], kind


def test_every_scenario_is_sailed() -> None:
    """A new scenario needs a test."""
    assert set(ENDS) | OTHERS == set(SCENARIOS)
    assert not set(ENDS) & OTHERS


async def test_waiting_is_no_failure(tmp_path: Path) -> None:
    """`still-processing`: minutes of import and export are waited for, not failed."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.play("still-processing")
        await sailing.apply()
        await sailing.sail(lambda _: bool(sailing.calls("create_job")))
        assert await _later(sailing, 700, State.EXPORTING) is State.EXPORTING
        assert await _later(sailing, 400, State.DELIVERED) is State.DELIVERED
        sailing.judged()


async def _later(sailing: Voyage, seconds: float, state: State) -> State:
    await sailing.sandbox.advance(seconds)
    states = await sailing.sail(lambda all_: {t.state for t in all_} == {state})
    return states["de/a.json"]


async def test_regions_stay_apart(tmp_path: Path) -> None:
    """`locale-merge`: two Portugueses come home to their own files, whichever is first."""
    async with voyage(tmp_path, locales=("pt", "pt_br")) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.play("locale-merge")
        await sailing.apply()
        await sailing.sail(lambda all_: any(t.state is State.DELIVERED for t in all_))
        first = sailing.read("pt/a.json")
        assert first is not None
        assert sailing.read("pt_br/a.json") is None
        await sailing.sandbox.advance(7200)
        await sailing.sail()
        assert sailing.read("pt/a.json") == first
        assert sailing.read("pt_br/a.json") is not None
        sailing.judged()


async def test_the_source_comes_back_in_its_place(raw: Raw, sandbox: Sandbox) -> None:
    """`english-over-japanese`: the target file of Japanese is the source, that of German is not."""
    sandbox.play("english-over-japanese")
    source = b'{"a": "Hello world"}'
    project = (await raw.project())["uid"]
    jobs = (await raw.upload(project, content=source, langs=("de", "ja"))).json["jobs"]
    await sandbox.advance(10)
    files = {}
    for job in jobs:
        number = await raw.export(project, job["uid"])
        files[job["targetLang"]] = (await raw.download(project, job["uid"], number)).body
    assert files["ja"] == source
    assert files["de"] != source


async def test_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    """`one-bad-file`: the bad one fails, the others come home, and the counts add up."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        for name in ("a", "bad", "c"):
            sailing.write(f"en/{name}.json")
        sailing.sandbox.play("one-bad-file")
        acceptance = await sailing.apply()
        assert acceptance.accepted == 3
        states = await sailing.sail()
        assert states == {
            "de/a.json": State.DELIVERED,
            "de/bad.json": State.FAILED,
            "de/c.json": State.DELIVERED,
        }


@pytest.mark.parametrize(("name", "state"), [("stuck-export", "EXPORTING"), ("nobody-takes-it", "SUBMITTED")])
async def test_what_hangs_waits_with_a_due_time(tmp_path: Path, name: str, state: str) -> None:
    """`stuck-export`, `nobody-takes-it`: no thread hangs; the translation has a state, an age and a next look."""
    async with voyage(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json")
        sailing.sandbox.play(name)
        await sailing.apply()
        await sailing.sail(lambda all_: {t.state.name for t in all_ if t.due is not None} == {state})
        waiting = await sailing.to("de/a.json")
        assert waiting.since is not None


async def test_scenarios_over_the_control_api(raw: Raw, sandbox: Sandbox) -> None:
    """Listed with their incidents, applied by name in place of what was in force, and ended."""
    listed = (await raw.control("GET", "/scenarios")).json["scenarios"]
    assert {entry["name"] for entry in listed} == set(SCENARIOS)
    assert all(entry["incident"].endswith(".") and entry["hope"].endswith(".") for entry in listed)
    sandbox.faults.add("500")
    assert (await raw.control("POST", "/scenarios/still-processing")).status == 200
    assert sandbox.faults.listing() == []
    assert sandbox.settings.import_seconds == 600
    await raw.control("POST", "/scenarios/locale-merge")
    assert sandbox.settings.import_seconds == 2
    assert sandbox.world.behaviours.listing()[0]["locale"] == "pt_br"
    assert (await raw.control("DELETE", "/scenarios")).status == 200
    assert sandbox.world.behaviours.listing() == []
    refused = await raw.control("POST", "/scenarios/flood")
    assert refused.status == 400
    assert "there is no scenario 'flood'" in refused.json["error"]
