"""A week of edits on a moved clock: whatever people do to the sources, the newest of each is home in the end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.submission.test_revisions import waits
from tests.submission.test_watch import Watched
from tests.submission.voyage import Voyage, continuous, in_a_hurry
from wordferry.model.states import State
from wordferry.sandbox import SandboxSettings

HOUR = 3600.0
#: A translator takes three hours and a half.
STEADY = SandboxSettings(import_seconds=0.02, translate_seconds=3.5 * HOUR, export_seconds=0.02)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_hurry(monkeypatch)


class Editors:
    """People who write, rename and delete; the same for the same seed."""

    def __init__(self, sailing: Voyage, seed: int) -> None:
        self._sailing = sailing
        self._chance = random.Random(seed)
        self._count = 0
        self.texts: dict[str, str] = {}

    def work(self) -> None:
        """One person does one thing."""
        names = sorted(self.texts)
        what = self._chance.choices(["new", "edit", "rename", "delete"], [2, 6, 1, 1])[0]
        if len(names) < 2 or what == "new":
            self._count += 1
            self._save(f"page{self._count}")
        elif what == "edit":
            self._save(self._chance.choice(names))
        else:
            name = self._chance.choice(names)
            text = self.texts.pop(name)
            path = self._sailing.folder / "site" / "en" / f"{name}.json"
            if what == "delete":
                path.unlink()
                return
            self._count += 1
            self.texts[f"moved{self._count}"] = text
            path.rename(path.with_name(f"moved{self._count}.json"))

    def _save(self, name: str) -> None:
        self._count += 1
        self.texts[name] = f"Edit {self._count}"
        self._sailing.write(f"en/{name}.json", f'{{"title": "{self.texts[name]}"}}')


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_week_of_edits_ends_with_the_newest_at_home(tmp_path: Path, seed: int) -> None:
    """Every target is the translation of the newest revision; each call was made for a reason, and nothing twice."""
    async with continuous(tmp_path, locales=("de",), settings=STEADY) as sailing:
        editors = Editors(sailing, seed)
        watched = Watched(sailing, gone="remove", grace=300.0)
        for _half_day in range(14):
            for _ in range(3):
                editors.work()
            await watched.after(60.0)
            await watched.after(0.5 * HOUR)
            await sailing.sail(waits)
            await sailing.sandbox.advance(2 * HOUR)
        for _ in range(3):
            await watched.quiet()
            await sailing.sail(waits)
            await sailing.sandbox.advance(8 * HOUR)
            await sailing.sail()
        home = {path.stem: path.read_text() for path in (tmp_path / "site" / "de").glob("*.json")}
        assert home.keys() == editors.texts.keys()
        for name, text in editors.texts.items():
            assert text.split()[1] in home[name], name
        made = {name: len(sailing.calls(name)) for name in ("create_project", "create_job", "update_source")}
        assert made["create_project"] == 1
        sent = [one for one in await sailing.translations() if one.round == 1]
        # A revision was sent once: under new jobs or under old ones.
        assert made["create_job"] + made["update_source"] <= len(sent)
        assert all(
            one.state in (State.DELIVERED, State.SUPERSEDED, State.CANCELLED)
            for one in await sailing.translations()
        )
        sailing.judged()
