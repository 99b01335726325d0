"""Watching: edits are gathered and sent, renames followed, deletions handled, and the newest comes home."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.submission.test_revisions import SLOW, home, text, waits
from tests.submission.voyage import Voyage, continuous, in_a_hurry
from wordferry.ledger.tally import under_way
from wordferry.model.states import State
from wordferry.submission import Sight, Watch
from wordferry.submission.coalesce import Coalescer


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


class Watched:
    """A watch whose clock is moved by hand."""

    def __init__(self, sailing: Voyage, **watching: Any) -> None:
        self.now = 0.0
        route = sailing.ferry.routes()[0]
        route = msgspec.structs.replace(route, watch=msgspec.structs.replace(route.watch, **watching))
        self.watch: Watch = sailing.ferry.watch(route, clock=lambda: self.now)

    async def after(self, seconds: float) -> Sight:
        """Look, so much later."""
        self.now += seconds
        sight = await self.watch.look()
        assert sight.error is None, sight.error
        return sight

    async def quiet(self) -> Sight:
        """Look, and look again when it has been quiet for long enough."""
        await self.after(1.0)
        return await self.after(1000.0)


async def rest(sailing: Voyage) -> None:
    """Sweep until no slice is open."""
    ledger = sailing.ferry.ledger
    while await under_way(ledger):
        await sailing.work.sweep.tick()
        await asyncio.sleep(0.02)


def test_a_change_waits_until_it_is_quiet() -> None:
    """An item is ready when it has rested; one that returned to what was sent is forgotten."""
    gathered = Coalescer(quiet=5.0, longest=60.0)
    gathered.see(0.0, {"a": "1"})
    gathered.see(4.0, {"a": "2", "b": "1"})
    assert gathered.ready(8.9) == frozenset()
    assert gathered.next() == 9.0
    assert gathered.ready(9.0) == {"a", "b"}
    gathered.see(9.0, {"b": "1"})
    gathered.sent(["b"])
    assert gathered.next() is None


def test_a_file_that_never_rests_neither_starves_nor_floods() -> None:
    """One that changes every second is sent once in `longest` seconds, and holds up nobody else."""
    gathered = Coalescer(quiet=5.0, longest=60.0)
    sent: list[tuple[int, str]] = []
    for second in range(600):
        changed = {"restless": str(second)}
        if second < 20:
            changed["calm"] = "1" if ("calm" not in {name for _, name in sent}) else ""
        gathered.see(float(second), {k: v for k, v in changed.items() if v})
        for item in sorted(gathered.ready(float(second))):
            gathered.sent([item])
            sent.append((second, item))
    assert [second for second, item in sent if item == "calm"] == [5]
    restless = [second for second, item in sent if item == "restless"]
    assert len(restless) == 9
    assert min(b - a for a, b in pairwise(restless)) >= 60


async def test_file_that_changes_all_the_time_is_sent_as_it_is_then(tmp_path: Path) -> None:
    """A source that changed again between look and copy is sent as copied; the next look finds the rest."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json", text(0))
        watched = Watched(sailing, quiet=5.0, longest=20.0)
        content: Any = sailing.ferry.contents["docs"]
        snapshot, number = content.snapshot, 0

        async def changing(item: str, to: Path) -> Any:
            nonlocal number
            number += 1
            sailing.write("en/a.json", text(number))
            return await snapshot(item, to)

        content.snapshot = changing
        accepted = 0
        for _ in range(70):
            number += 1
            sailing.write("en/a.json", text(number))
            sight = await watched.after(1.0)
            accepted += sight.acceptance.accepted if sight.acceptance else 0
        assert accepted == 3
        content.snapshot = snapshot
        await watched.quiet()
        await sailing.sail()
        assert str(number).encode() in (sailing.read("de/a.json") or b"")
        sailing.judged()


async def test_renamed_file_under_way_comes_home_to_its_new_place(tmp_path: Path) -> None:
    """A file that is renamed while it is translated keeps its jobs and lands at the new target."""
    async with continuous(tmp_path, settings=SLOW) as sailing:
        sailing.write("en/a.json", text(1))
        watched = Watched(sailing)
        await watched.quiet()
        await sailing.sail(waits)
        (tmp_path / "site/en/a.json").rename(tmp_path / "site/en/b.json")
        sight = await watched.after(1.0)
        assert sight.plan is not None
        assert [one.item for one in sight.plan.routes[0].renames] == ["en/b.json"]
        await home(sailing)
        assert sailing.read("de/b.json") is not None
        assert sailing.read("de/a.json") is None
        assert len(sailing.calls("create_job")) == 1
        assert (await watched.after(1.0)).plan is None
        sailing.judged()


@pytest.mark.parametrize("gone", ["keep", "remove"])
async def test_renamed_file_at_home_is_copied_not_translated_again(tmp_path: Path, gone: str) -> None:
    """The delivered file goes to the new place without a new job; the old one stays or goes, as the route says."""
    async with continuous(tmp_path) as sailing:
        sailing.write("en/a.json", text(1))
        watched = Watched(sailing, gone=gone)
        await watched.quiet()
        await sailing.sail()
        delivered = sailing.read("de/a.json")
        (tmp_path / "site/en/a.json").rename(tmp_path / "site/en/b.json")
        await watched.after(1.0)
        states = await sailing.sail()
        assert {states["de/b.json"], states["fr/b.json"]} == {State.DELIVERED}
        await watched.quiet()
        await sailing.sail()
        assert sailing.read("de/b.json") == delivered
        assert sailing.read("de/a.json") == (delivered if gone == "keep" else None)
        assert len(sailing.calls("create_job")) == 1
        assert len(sailing.calls("download_target")) == 2
        sailing.judged()
        sailing.write("en/b.json", text(2))
        await watched.quiet()
        await sailing.sail()
        assert b"2" in (sailing.read("de/b.json") or b"")


@pytest.mark.parametrize(("gone", "left"), [("keep", True), ("cancel", True), ("remove", False)])
async def test_deleted_source_is_handled_as_the_route_says(tmp_path: Path, gone: str, left: bool) -> None:
    """Kept, or its work stopped, or its delivered files removed; a person's edit of a target always stays."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        watched = Watched(sailing, gone=gone, grace=300.0)
        for name in ("home", "edited", "open"):
            if name == "open":
                sailing.sandbox.behave("manual")
            sailing.write(f"en/{name}.json", f'{{"title": "{name}"}}')
            await watched.quiet()
            await sailing.sail(waits)
        sailing.write("de/edited.json", '{"title": "mine"}')
        for name in ("home", "edited", "open"):
            (tmp_path / f"site/en/{name}.json").unlink()
        assert (await watched.after(1.0)).plan is None
        await watched.after(299.0)
        assert sailing.read("de/home.json") is not None
        await watched.after(2.0)
        await rest(sailing)
        assert (sailing.read("de/home.json") is not None) is left
        assert sailing.read("de/edited.json") == b'{"title": "mine"}'
        [open_] = await sailing.translations("t.item = 'en/open.json'")
        assert open_.state is (State.SUBMITTED if gone == "keep" else State.CANCELLED)
        assert (await watched.quiet()).plan is None


async def test_source_that_is_gone_for_a_moment_is_not_gone(tmp_path: Path) -> None:
    """What comes back within the grace keeps its translation and is not sent again."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        sailing.write("en/a.json", text(1))
        watched = Watched(sailing, gone="remove")
        await watched.quiet()
        await sailing.sail()
        (tmp_path / "site/en/a.json").unlink()
        await watched.after(1.0)
        sailing.write("en/a.json", text(1))
        await watched.after(200.0)
        (tmp_path / "site/en/a.json").unlink()
        await watched.after(200.0)
        assert sailing.read("de/a.json") is not None
        sailing.write("en/a.json", text(1))
        assert (await watched.quiet()).plan is None
        assert len(sailing.calls("create_job")) == 1


async def test_changes_while_nobody_watched_are_found_at_the_start(tmp_path: Path) -> None:
    """Edits, renames and new files made offline are found by the first looks of the next process."""
    async with continuous(tmp_path, locales=("de",)) as sailing:
        for name in ("a", "b"):
            sailing.write(f"en/{name}.json", f'{{"title": "{name}"}}')
        await Watched(sailing).quiet()
        await sailing.sail()
        sailing.write("en/a.json", '{"title": "a2"}')
        (tmp_path / "site/en/b.json").rename(tmp_path / "site/en/moved.json")
        sailing.write("en/c.json", '{"title": "c"}')
        await Watched(sailing).quiet()
        await sailing.sail()
        assert {name: sailing.read(f"de/{name}.json") is not None for name in ("a", "c", "moved")} == {
            "a": True,
            "c": True,
            "moved": True,
        }
        assert sorted(call["facts"]["file"][:2] for call in sailing.calls("create_job")) == [
            "a.",
            "a.",
            "b.",
            "c.",
        ]
        sailing.judged()
