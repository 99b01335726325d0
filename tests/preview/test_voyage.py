"""Previews on the voyage: built and uploaded before the jobs are made, and never worth a job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.preview.site import PIXEL
from tests.submission.voyage import continuous, in_a_hurry, voyage
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.sandbox.faults import FaultRule

PAGE = "# Hello\n\n![ship](img/ship.png)\n\nThe office is open.\n"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


async def test_a_job_refers_to_the_package_of_its_revision(tmp_path: Path) -> None:
    """One package for each item and revision, uploaded after the project and before the job that refers to it."""
    async with voyage(tmp_path, more='preview = "package"') as sailing:
        sailing.write("en/a.md", PAGE)
        sailing.write("en/img/ship.png", PIXEL)
        sailing.write("en/b.json")
        await sailing.apply()
        await sailing.sail()
        uploads, jobs = sailing.calls("upload_preview"), sailing.calls("create_job")
        assert len(uploads) == 1
        shown = [job["facts"].get("preview") for job in jobs]
        assert uploads[0]["facts"]["fileUid"] in shown
        assert (await sailing.to("de/a.md")).state is State.DELIVERED
        sailing.write("en/a.md", PAGE + "\nAnd closed on Sundays.\n")
        await sailing.apply()
        await sailing.sail()
        uploads = sailing.calls("upload_preview")
        assert len({call["facts"]["fileUid"] for call in uploads}) == len(uploads) == 2


async def test_html_can_be_its_own_preview(tmp_path: Path) -> None:
    """With `preview = "source"` an HTML item travels without a package, and a Markdown item with one."""
    async with voyage(tmp_path, more='preview = "source"') as sailing:
        sailing.write("en/a.md", PAGE)
        sailing.write("en/b.html", "<p>Hello</p>")
        await sailing.apply()
        await sailing.sail()
        assert len(sailing.calls("upload_preview")) == 1
        assert len(sailing.calls("create_job")) == 2


@pytest.mark.parametrize("kind", ["500", "lost", "429"])
async def test_a_failing_preview_blocks_no_job(tmp_path: Path, kind: str) -> None:
    """However the upload fails, the item travels without a preview and its trace says so."""
    async with voyage(tmp_path, more='preview = "package"', deadline=1.0) as sailing:
        sailing.sandbox.faults.add_rule(FaultRule(operation="upload_preview", kind=kind))
        sailing.write("en/a.md", PAGE)
        await sailing.apply()
        assert set((await sailing.sail(seconds=60.0)).values()) == {State.DELIVERED}
        batch = (await sailing.translations())[0].batch
        told = [row for row in await sailing.ferry.ledger.operations.of(batch=batch) if row.kind == "preview"]
        assert told
        assert told[0].state != "done"


async def test_a_renderer_that_crashes_blocks_no_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the renderer of a content system costs the preview, not the translation."""
    async with voyage(tmp_path, more='preview = "package"') as sailing:
        sailing.write("en/a.md", PAGE)

        def broken(*_: object, **__: object) -> str:
            raise ZeroDivisionError("in a plugin")

        monkeypatch.setattr("wordferry.preview.package.render", broken)
        await sailing.apply()
        assert set((await sailing.sail()).values()) == {State.DELIVERED}
        assert sailing.calls("upload_preview") == []


async def test_a_newer_source_under_the_same_jobs_gets_a_package(tmp_path: Path) -> None:
    """A source update builds and uploads the package of the newer revision."""

    def waits(found: list[Translation]) -> bool:
        alive = [one for one in found if one.state is not State.SUPERSEDED]
        return all(one.state is State.SUBMITTED and one.units[0].imported == "ok" for one in alive)

    async with continuous(tmp_path, more='preview = "package"') as sailing:
        sailing.sandbox.behave("manual")
        for number in (1, 2):
            sailing.write("en/a.md", f"{PAGE}\nEdit {number}.\n")
            await sailing.apply()
            await sailing.sail(waits)
        assert len(sailing.calls("update_source")) == len(sailing.calls("create_job")) == 1
        assert len(sailing.calls("upload_preview")) == 2
