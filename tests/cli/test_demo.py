"""The demo: a whole voyage without an account, and a picture of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tests.cli.conftest import start
from wordferry.cli import site as example
from wordferry.cli.demo import on_path, pairs, verdict
from wordferry.errors import NeedsOperator


def test_demo_tells_a_whole_voyage(tmp_path: Path) -> None:
    """The table adds up, the referee finds nothing, the files are there, and nothing is left running."""
    keep, picture = tmp_path / "kept", tmp_path / "voyage.svg"
    running = start("demo", "--keep", str(keep), "--items", "4", "--picture", str(picture), cwd=tmp_path)
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert "12 translations planned = 12 accepted + 0 refused" in out
    rows = re.findall(r"^(west|east|all) +(de|fr|ja|) +(\d+) +(\d+)$", out, re.MULTILINE)
    assert rows == [
        ("east", "ja", "4", "4"),
        ("west", "de", "4", "4"),
        ("west", "fr", "4", "4"),
        ("all", "", "12", "12"),
    ]
    told = " ".join(out.split())
    assert "finds nothing wrong. At Phrase 1 project, 8 jobs" in told
    assert "At Lionbridge 1 job, 4 requests, each fetched and approved." in told
    assert "- # Book a crossing" in out
    assert "+ # «de» " in out
    assert str(keep) in out.replace("\n", "")
    for locale in ("en", "de", "fr", "ja"):
        assert len([path for path in (keep / locale).rglob("*") if path.is_file()]) == 4
    assert etree.parse(picture).getroot().tag.endswith("svg")
    assert "http://" not in picture.read_text().replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in picture.read_text()


def test_demo_for_programs(tmp_path: Path) -> None:
    """With --json the demo prints documented events alone; its verdict is the last one."""
    from tests.cli.conftest import Outcome
    from tests.cli.test_shapes import check_lines

    running = start("demo", "--json", "--items", "1", "--keep", str(tmp_path / "d"), cwd=tmp_path)
    out, err = running.communicate(timeout=120)
    events = check_lines("demo", Outcome(running.returncode, out, err))
    assert events[-2:] == ["result", "demo"]
    assert json.loads(out.splitlines()[-1])["referee"]["ok"] is True


def test_demo_keeps_what_is_there(tmp_path: Path) -> None:
    """A folder with something in it is refused and left alone."""
    (tmp_path / "mine.txt").write_text("mine")
    running = start("demo", "--keep", str(tmp_path), cwd=tmp_path)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 4
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_more_items_than_there_are(tmp_path: Path) -> None:
    """Beyond the site's own files, copies go to folders of their own; the front page is always first."""
    names = example.copy_site(tmp_path, items=40)
    assert len(names) == len(set(names)) == 40
    assert names[0] == "en/index.md"
    assert all((tmp_path / name).is_file() for name in names)


def test_site_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package finds the site inside itself; without it the error says so."""
    package = tmp_path / "wordferry"
    monkeypatch.setattr(example, "files", lambda name: package)
    package.mkdir()
    with pytest.raises(NeedsOperator, match="without its example site"):
        example.example_site()
    (package / "examples" / "site" / "en").mkdir(parents=True)
    assert example.example_site() == package / "examples" / "site"


def test_verdict_names_what_is_wrong() -> None:
    """A referee who objects is quoted, not hidden."""
    judged = {
        "ok": False,
        "findings": {"double_jobs": [{}, {}], "open_jobs": []},
        "projects": {"made": 1},
        "jobs": {"made": 3},
        "calls": {"total": 9, "minimum_total": 8},
    }
    assert verdict(judged) == "The referee, who sees only the vendors' side, objects: 2 × double jobs."


def _programs(folder: Path) -> Path:
    folder.mkdir()
    (folder / "wordferry").write_text("#!/bin/sh\necho carried\n")
    (folder / "wordferry").chmod(0o755)
    return folder


def test_hints_work_in_a_fresh_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `wordferry` is not on the path, the first hint puts it there, whatever the folder is called."""
    programs = _programs(tmp_path / "it's ours")
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "elsewhere" / "main.py")])
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    (line,) = on_path()
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{line}\ncd /\nwordferry"], check=True, capture_output=True, text=True
    )
    assert ran.stdout == "carried\n"


def test_no_hint_for_what_is_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `wordferry` is found, nothing is said of the path; found by a relative folder does not last."""
    programs = _programs(tmp_path / "bin")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(programs / "wordferry")])
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin")
    assert on_path() == []
    monkeypatch.setenv("PATH", "bin:/usr/bin")
    assert on_path() == [f"export PATH={programs}:$PATH"]


def test_pairs_without_translation(tmp_path: Path) -> None:
    """A voyage that brought nothing home shows no difference instead of failing."""
    example.copy_site(tmp_path, items=1)
    assert pairs(tmp_path) == []
