"""The pages made from the code say what the code says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


def _docs(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.docs", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "40"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_no_page_has_drifted() -> None:
    """Each page of the reference that is made from the code is, byte for byte, what the code says now."""
    result = _docs("--check")
    assert result.stdout + result.stderr == ""
    assert result.returncode == 0


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program and its pages, to be damaged; the source stands beside it as a link."""
    for name in ("scripts/docs", "docs/reference"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "src").symlink_to(ROOT / "src")
    return tmp_path


def test_drift_is_noticed_and_mended(copy: Path) -> None:
    """A page that differs by one byte fails the check, which writes nothing; without --check it is written again."""
    page = copy / "docs" / "reference" / "states.md"
    right = page.read_bytes()
    page.write_bytes(right + b" ")
    result = _docs("--check", root=copy)
    assert (result.returncode, page.read_bytes()) == (1, right + b" ")
    assert result.stdout.startswith("docs/reference/states.md: not what the code says")
    assert _docs(root=copy).returncode == 0
    assert page.read_bytes() == right


def test_a_gap_is_named(copy: Path) -> None:
    """A thing in the code without its sentence is an error that names it, not a hole in a page."""
    script = copy / "scripts" / "docs" / "operations.py"
    text = script.read_text(encoding="utf-8")
    assert '"download": "delivery",' in text
    script.write_text(text.replace('"download": "delivery",', ""), encoding="utf-8")
    result = _docs("--check", root=copy)
    assert result.returncode == 1
    assert "STAGE: missing ['download']" in result.stderr
