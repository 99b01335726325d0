"""Pins, scripts and the changelog."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.repository import ROOT, project, shown

PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+")
FRAGMENTS = sorted(
    path for path in (ROOT / "changes.d").iterdir() if path.name not in {"README.md", "template.md"}
)


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_constraints_are_plain_pins() -> None:
    """Every line is a name and one version: no place to load from, no option, no range."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not PIN.fullmatch(line)] == []
    assert lines[1:] == sorted(lines[1:], key=lambda line: line.lower().encode())


def test_every_dependency_is_pinned_within_its_range() -> None:
    """What pyproject.toml asks for is what constraints.txt gives."""
    metadata = project()["project"]
    asked = [*metadata["dependencies"], *metadata["optional-dependencies"]["dev"]]
    pins = _pins()
    wrong = []
    for text in asked:
        requirement = Requirement(text)
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            wrong.append(f"{text}: pinned to {version}")
    assert wrong == []


def test_package_says_that_it_is_typed() -> None:
    """Type checkers read our annotations only when `py.typed` is shipped."""
    assert (ROOT / "src" / "wordferry" / "py.typed").is_file()


@pytest.mark.parametrize("path", FRAGMENTS, ids=shown)
def test_fragment_is_well_formed(path: Path) -> None:
    """A changelog fragment is named `<what>.<kind>.md` and holds up to three plain sentences."""
    kinds = {kind["directory"] for kind in project()["tool"]["towncrier"]["type"]}
    name = re.fullmatch(r"([a-z0-9]+(?:-[a-z0-9]+){1,4})\.([a-z]+)\.md", path.name)
    assert name, "name it in lower case: two to five words joined by hyphens, the kind, .md"
    assert name[2] in kinds
    text = path.read_text(encoding="utf-8")
    assert text.endswith(".\n"), "whole sentences, and a line end at the end"
    assert not text.startswith(("-", "*", "#")), "the bullet is added by the release"
    assert 20 <= len(text) <= 600


def test_changelog_can_be_built() -> None:
    """Towncrier finds its place in CHANGELOG.md and reads every fragment."""
    settings = project()["tool"]["towncrier"]
    assert settings["start_string"] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    draft = subprocess.run(
        ["towncrier", "build", "--draft", "--version", "9.9.9", "--date", "2030-01-31"],
        cwd=ROOT,
        env=_environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "## 9.9.9 – 2030-01-31" in draft
    for path in FRAGMENTS:
        assert path.read_text(encoding="utf-8").split("\n", 1)[0] in draft


def test_make_help_names_every_target() -> None:
    """`make` alone explains every target that a person may ask for."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    told = set(re.findall(r"@echo 'make (\w+)", text))
    assert set(phony[1].split()) - told == {"help", "venv"}


def _environment(**changes: str) -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}", **changes}


def _write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_missing_python_is_said_in_one_line(tmp_path: Path) -> None:
    """Without a Python that is new enough the scripts say so, and make nothing."""
    venv = tmp_path / "venv"
    result = subprocess.run(
        ["sh", "scripts/venv"],
        cwd=ROOT,
        env=_environment(PYTHON="no-such-python", VENV=str(venv)),
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed" in result.stderr
    assert not venv.exists()


def test_python_without_venv_is_said_in_one_line(tmp_path: Path) -> None:
    """Where no environment can be made in any of the three ways, one line names the package to install."""
    _write_program(
        tmp_path / "bare-python", 'case "$*" in *ensurepip*|"-m pip"*) exit 1;; esac; exec python3 "$@"'
    )
    _write_program(tmp_path / "apt-get", "exit 1")
    result = subprocess.run(
        ["sh", "scripts/venv", "--bare"],
        cwd=ROOT,
        env=_environment(PYTHON=str(tmp_path / "bare-python"), VENV=str(tmp_path / "venv"))
        | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in result.stderr
