"""kill -9 while a newer source goes under open jobs, while a delivered file moves, and while one is removed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.shore import Zygote, make_site
from tests.chaos.test_kill_everywhere import PHASES, databases, operations
from wordferry.sandbox import SandboxSettings, ThreadSandbox, sandbox_in_thread

SLOW = SandboxSettings(
    import_seconds=0.05, translate_seconds=3600.0, export_seconds=0.03, analysis_seconds=0.01
)
HOUR = 3600.0


@pytest.fixture
def shore() -> Iterator[tuple[ThreadSandbox, Zygote]]:
    """A sandbox whose translators take hours, and a zygote whose voyages go to it."""
    with ExitStack() as stack:
        running = stack.enter_context(sandbox_in_thread(SLOW))
        zygote = stack.enter_context(Zygote(running))
        yield running, zygote


def make_continuous(folder: Path, running: ThreadSandbox, *, database: str) -> None:
    """A site whose route is continuous, with a rolling project, and removes what is gone."""
    make_site(folder, running, database=database, template="Website")
    path = folder / "wordferry.toml"
    text = (
        path.read_text()
        .replace("assign = true\nanalyse = true\n", "")
        .replace('notify = "JobAssigned"\n', "")
    )
    watch = (
        'variant = "continuous"\nwatch = { gone = "remove" }\n\n[route.docs.on.phrase]\nproject = "rolling"'
    )
    path.write_text(text.replace("[route.docs.on.phrase]", watch))


def page(folder: Path, number: int) -> None:
    (folder / "en" / "page0.json").write_text(f'{{"title": "Edit {number}"}}')


def edit(folder: Path) -> None:
    page(folder, 2)


def rename(folder: Path) -> None:
    (folder / "en" / "page0.json").rename(folder / "en" / "moved.json")


def delete(folder: Path) -> None:
    (folder / "en" / "page0.json").unlink()


#: What happens between two looks, whether the translation is at home then, and the operation that is cut off.
CASES: dict[str, tuple[Callable[[Path], None], bool, str]] = {
    "update": (edit, False, "update-source"),
    "anew": (edit, True, "create-job"),
    "rename": (rename, True, "write"),
    "remove": (delete, True, "remove"),
}


@pytest.mark.parametrize(
    ("database", "case"), [*(("sqlite", case) for case in CASES), ("postgres", "update")]
)
def test_kill_at_every_boundary(
    database: str,
    case: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    shore: tuple[ThreadSandbox, Zygote],
) -> None:
    """Killed before, after, or between: one call, one job for each revision that needs it, and the newest at home."""
    running, zygote = shore
    change, home, kind = CASES[case]
    make_url = databases(tmp_path, request, database)
    for phase in PHASES:
        name = f"{case}-{phase}"
        running.reset()
        folder, url = tmp_path / name, make_url(name)
        make_continuous(folder, running, database=url)
        page(folder, 1)
        assert zygote.sail(folder, rest=True) == 0
        if home:
            running.advance(2 * HOUR)
            assert zygote.sail(folder) == 0
        change(folder)
        assert zygote.sail(folder, look=True, kill=(kind, 1, phase)) == -signal.SIGKILL, (
            "it was never reached"
        )
        assert zygote.sail(folder, look=True, rest=True) == 0
        running.advance(2 * HOUR)
        assert zygote.sail(folder, look=True) == 0
        judge(folder, url, running, case)


def judge(folder: Path, url: str, running: ThreadSandbox, case: str) -> None:
    """Everything was done once, and the files are where and what they should be."""
    referee = running.referee()
    assert not any(referee["findings"].values()), referee["findings"]
    assert referee["projects"]["made"] == 1
    done = {name: len(running.calls(operation=name)) for name in ("update_source", "create_job")}
    assert done == {"update_source": case == "update", "create_job": 1 + (case == "anew")}
    files = {place.name: (folder / "de" / place.name).read_text() for place in folder.glob("de/*.json")}
    expected = {"update": ("page0.json", "2"), "anew": ("page0.json", "2"), "rename": ("moved.json", "1")}
    if case == "remove":
        assert files == {}
    else:
        name, number = expected[case]
        assert list(files) == [name]
        assert number in files[name]
    assert all(row.state in ("done", "spent") for row in operations(url))
