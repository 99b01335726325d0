"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import ROOT, SOURCE, repository_files, shown

MOST_LINES = 400

# Longer files, each with the reason why splitting it would make it harder to read.
LONG_FILES: dict[str, str] = {}

ATTICS = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}

# A path of the machine somebody worked on, or the host of a package registry.
MACHINE = re.compile(
    rb"(?<![\w.:/~-])/(?:root|work|Users)/|(?<![\w.:/~-])/home/[a-z]"
    rb"|(?<![\w.:/~-])/opt/(?:pypi|wheels)|file:///(?:root|work|home|opt)"
    rb"|\bpy[p]i\.org|pythonhoste[d]\.org|registry\.npm[j]s|deb\.debia[n]\.org"
)

# A section of a paper that is not in the repository, or a short name out of its list of sources.
PAPER = re.compile(
    rb"(?i:\b(?:reference|design)\s+\xc2\xa7)|(?i:\bdesign\s+rule\s+\d)|\bREF \"|\b(?:OA2[036]|G-FULL|S-TECH)\b"
)

UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplemented(?:Error)?\b(?!\s*$)")
EVASION = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.skip")


def _tests() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield path, node


def test_every_test_states_its_rule() -> None:
    """Each test has a docstring that begins with one whole sentence."""
    silent = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path, node in _tests()
        if not (ast.get_docstring(node) or "").split("\n\n")[0].rstrip().endswith((".", "?"))
    ]
    assert silent == []


def test_no_test_is_let_off() -> None:
    """No test is skipped or expected to fail: it holds, or it goes."""
    own = Path(__file__)
    found = [
        shown(path)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != own and EVASION.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_shipped_code_is_finished() -> None:
    """Nothing is left for later inside the package."""
    found = [
        f"{shown(path)}:{number}"
        for path in sorted(SOURCE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_files_stay_short() -> None:
    """A source file fits on a few screens unless LONG_FILES says why not."""
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")
    }
    too_long = {name: lines for name, lines in lengths.items() if lines >= MOST_LINES}
    assert {name: lines for name, lines in too_long.items() if name not in LONG_FILES} == {}
    assert [name for name in LONG_FILES if name not in too_long] == [], "no longer long: take it off the list"


def test_files_are_named_after_an_idea() -> None:
    """No module is an attic for things without a name."""
    assert [shown(path) for path in SOURCE.rglob("*") if path.stem.lower() in ATTICS] == []


def test_no_file_names_a_machine() -> None:
    """No path of a developer's machine and no registry host is in the repository."""
    found = [shown(path) for path in repository_files() if MACHINE.search(path.read_bytes())]
    assert found == []


def test_sources_are_named_in_words() -> None:
    """No file cites a paper that is not in the repository: a source is named so that a stranger can find it."""
    own = Path(__file__)
    looked_at = ("src/", "tests/", "scripts/", "docs/", "samples/", "examples/")
    found = [
        f"{shown(path)}:{number}"
        for path in repository_files()
        if shown(path).startswith(looked_at) and path != own
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if PAPER.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "Source: reference \xa76.5.",
        "(design \xa75)",
        "see design rule 2",
        "Reference  \xa77",
        '(REF "Get job")',
    ],
)
def test_papers_are_recognised(text: str) -> None:
    """The pattern of the rule above finds what it is meant to find."""
    assert PAPER.search(text.encode())


@pytest.mark.parametrize(
    "text", [b"see /" + b"root/.cache", b'"/' + b'work/main"', b"file:///" + b"opt/x", b"(/" + b"home/anna/)"]
)
def test_machine_paths_are_recognised(text: bytes) -> None:
    """The pattern of the rule above finds what it is meant to find."""
    assert MACHINE.search(text)


@pytest.mark.parametrize(
    "text", [b"https://l10n.example.com/wor" + b"k/x", b"/tmp/x", b"~/wor" + b"k/x", b"/workflows/"]
)
def test_ordinary_paths_are_left_alone(text: bytes) -> None:
    """The pattern of the rule above does not find ordinary paths."""
    assert not MACHINE.search(text)
