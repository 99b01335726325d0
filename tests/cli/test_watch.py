"""`watch` and `plan` on a continuous route, as processes: a file is saved, and its translation comes home."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Site
from tests.cli.test_processes import WAIT, all_home, events


@pytest.fixture
def continuous(site: Site) -> Site:
    """A site whose route is continuous, with short waits."""
    path = site.folder / "wordferry.toml"
    text = path.read_text()
    table = next(line for line in text.splitlines() if line.startswith("[route.") and ".on." not in line)
    name = table.strip("[]")
    text = text.replace(
        table,
        f'{table}\nvariant = "continuous"\nwatch = {{ quiet = 0.2, grace = 0.2, scan = 5, gone = "remove" }}',
    )
    on = next(line for line in text.splitlines() if line.startswith(f"[{name}.on."))
    path.write_text(text.replace(on, f'{on}\nproject = "rolling"'))
    return site


def until(what: Callable[[dict[str, Any]], bool], running: subprocess.Popen[str]) -> list[dict[str, Any]]:
    return events(running, what)


def test_saved_file_comes_home(continuous: Site) -> None:
    """Watch notices a new file, an edit, a rename and a deletion by itself, and leaves with 0 on SIGTERM."""
    site = continuous
    running = site.start("watch", "--json")
    try:
        started = events(running, all_home(4))[0]
        assert started["watched"] == started["routes"]
        site.write("en/new.json", '{"new": "Hello"}')
        events(running, all_home(6))
        (site.folder / "en/new.json").rename(site.folder / "en/newer.json")
        events(running, lambda event: event["event"] == "moved")
        events(running, lambda event: event.get("states", {}) == {"delivered": 6, "superseded": 2})
        (site.folder / "en/newer.json").unlink()
        events(running, lambda event: event.get("states", {}) == {"delivered": 4, "superseded": 4})
        running.terminate()
        out, err = running.communicate(timeout=WAIT)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert json.loads(out.splitlines()[-1]) == {"event": "stopped"}
    assert not (site.folder / "de/new.json").exists()
    assert not (site.folder / "de/newer.json").exists()
    assert site.run("verify").code == 0
    assert site.sandbox.referee()["projects"]["made"] == 1


def test_watch_beside_serve_only_notices(continuous: Site) -> None:
    """Beside a process that does the work, watch accepts what changed, and that process sends it."""
    site = continuous
    serving = site.start("serve", "--json", "--scan", "0")
    try:
        events(serving, lambda event: event["event"] == "started")
        watching = site.start("watch", "--json")
        try:
            events(watching, lambda event: event["event"] == "accepted")
            events(serving, all_home(4))
            watching.terminate()
            assert watching.wait(WAIT) == 0
        finally:
            watching.kill()
            watching.communicate()
        serving.terminate()
        assert serving.wait(WAIT) == 0
    finally:
        serving.kill()
        serving.communicate()


def test_watch_wants_a_continuous_route(site: Site) -> None:
    """A route of another variant is not watched, and the cure is named."""
    refused = site.run("watch")
    assert refused.code == 4
    assert 'variant = "continuous"' in refused.err


def test_plan_tells_updates_renames_and_deletions(continuous: Site) -> None:
    """The plan says what goes under the same jobs, what is renamed and what is gone; apply does exactly that."""
    site = continuous
    site.write("en/moves.json", '{"moves": "Away"}')
    site.write("en/goes.json", '{"goes": "Away"}')
    assert site.run("run", "--quiet").code == 0
    site.sandbox.behave("manual")
    site.write("en/open.json", '{"open": "One"}')
    assert site.run("apply", site.run("plan", "--quiet").out.strip(), "--quiet").code == 0
    site.run("run", "--quiet", "--timeout", "2")
    site.write("en/open.json", '{"open": "Two"}')
    (site.folder / "en/moves.json").rename(site.folder / "en/moved.json")
    (site.folder / "en/goes.json").unlink()
    shown = site.run("plan").out
    assert "2 to revise under the same jobs" in shown
    assert "en/moves.json is called en/moved.json now" in shown
    assert "en/goes.json is gone: 2 delivered files removed" in shown
    totals = site.run("plan", "--json").document["totals"]
    parts = ("create", "update", "revise", "rename", "skip")
    assert totals["translations"] == sum(totals[part] for part in parts)
    assert (totals["revise"], totals["rename"], totals["gone"]) == (2, 2, 1)
    applied = site.run("apply")
    assert applied.code == 0, applied.out + applied.err
    site.run("run", "--quiet", "--timeout", "3")
    assert (site.folder / "de/moved.json").exists()
    assert not (site.folder / "de/goes.json").exists()
    assert [call["operation"] for call in site.sandbox.calls(operation="update_source")] == ["update_source"]
    told = site.run("explain", "de/open.json").out
    assert "revision" in told
