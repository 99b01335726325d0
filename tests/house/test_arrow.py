"""The import arrow, and that its keeper really barks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT, SOURCE, shown

# One row for each rule: the module that trespasses, and what it must not import.
TRESPASSES = [
    ("model", "wordferry.ports"),
    ("observe", "wordferry.model"),
    ("ports", "wordferry.transport"),
    ("formats", "wordferry.ledger"),
    ("transport", "wordferry.ledger"),
    ("transport", "wordferry.engine"),
    ("ledger", "wordferry.submission"),
    ("content_systems", "wordferry.tms"),
    ("tms", "wordferry.content_systems"),
    ("submission", "wordferry.monitoring"),
    ("monitoring", "wordferry.delivery"),
    ("delivery", "wordferry.tms"),
    ("submission", "wordferry.content_systems"),
    ("configuration", "wordferry.bootstrap"),
    ("bootstrap", "wordferry.cli"),
    ("tms", "wordferry.sandbox"),
    ("sandbox", "wordferry.tms"),
    ("sandbox", "wordferry.ports"),
    ("sandbox", "wordferry.transport"),
    ("sandbox", "wordferry.ledger"),
    ("tms.phrase", "wordferry.tms.lionbridge"),
    ("sandbox.lionbridge", "wordferry.sandbox.phrase"),
    ("ledger", "dbos"),
    ("cli", "dbos"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package in a folder where it may be spoiled."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "src" / "wordferry" / "__init__.py").touch()
    return tmp_path


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "400"}
    return subprocess.run(
        [str(program), "--no-logo", "--no-cache"],
        cwd=root,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def _make_room(root: Path, module: str) -> Path:
    """The file of a module in the copy: the one it has, or a new package's."""
    folder = root / "src"
    for part in module.split("."):
        folder = folder / part
        if folder.with_suffix(".py").is_file():
            return folder.with_suffix(".py")
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    return folder / "__init__.py"


def _trespass(root: Path, room: str, target: str) -> str:
    """Adds a forbidden import to a room of the copy and returns how the linter names it."""
    if target.startswith("wordferry."):
        _make_room(root, target)
    with _make_room(root, f"wordferry.{room}").open("a", encoding="utf-8") as file:
        file.write(f"\nimport {target}\n")
    return f"wordferry.{room} -> {target} (l."


def test_package_follows_the_arrow(copy: Path) -> None:
    """Rooms import only rooms to their left."""
    result = _lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_forbidden_import_is_found(copy: Path) -> None:
    """For every rule of the arrow an import that breaks it is reported by name."""
    expected = [_trespass(copy, room, target) for room, target in TRESPASSES]
    result = _lint(copy)
    assert result.returncode != 0
    assert [line for line in expected if line not in result.stdout] == []


def test_new_room_must_take_its_place(copy: Path) -> None:
    """A room that no layer names is refused, so that the arrow always covers the whole package."""
    _make_room(copy, "wordferry.attic")
    result = _lint(copy)
    assert result.returncode != 0
    assert "wordferry.attic" in result.stdout


def test_every_folder_is_a_package() -> None:
    """A folder without `__init__.py` is invisible to the import linter."""
    folders = {path.parent for path in SOURCE.rglob("*.py")}
    assert sorted(shown(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []
