"""Every command that the docs mention exists, with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.docs.pages import PAGES, ROOT, blocks, prose, shown
from wordferry.cli.main import app

GROUP: Any = typer.main.get_command(app)
TARGETS = re.compile(r"^\.PHONY: (.*)$", re.MULTILINE)


def _options(command: Any) -> set[str]:
    return {name for part in command.params for name in (*part.opts, *part.secondary_opts)} | {"-h", "--help"}


def _mentioned(page: Path) -> Iterator[str]:
    """Command lines in code marks and in shell blocks."""
    yield from re.findall(r"`(wordferry [^`]+)`", " ".join(prose(page).split()))
    for block in blocks("sh", "text"):
        if block.page != page or page.name == "commands.md":
            continue
        for line in block.text.replace("\\\n", " ").splitlines():
            if block.language == "sh":
                yield from re.findall(r"(?:^|[;&|(]\s*|\$\s)(wordferry [^;&|)]*)", line.split(" #")[0])
            else:
                yield from re.findall(r"(?:^\$ |^  ?)(wordferry [a-z].*?)(?:\s{2,}.*)?$", line)
                yield from re.findall(r"`(wordferry [^`]+)`", line)


def _wrong(line: str) -> str | None:
    """What is wrong with a command line; None when nothing is."""
    words = shlex.split(line.replace("…", "X").replace("'", ""))[1:]
    if not words or words[0].startswith(("-", "<", ">", "X")):
        return None if not words or words[0] in _options(GROUP) | {"X"} else f"{line}: no such option"
    command, words = GROUP, ["", *words]
    while hasattr(command, "commands") and len(words) > 1 and re.match(r"[a-z]", words[1]):
        command, words = command.commands.get(words[1]), words[1:]
        if command is None:
            return f"{line}: no such command"
    strange = [
        word
        for word in words[1:]
        if re.match(r"--?[a-z]", word) and word.split("=")[0] not in _options(command)
    ]
    return f"{line}: no option {strange[0]}" if strange else None


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_mentioned_commands_exist(page: Path) -> None:
    """Each `wordferry …` on a page is a command, and each option on it is one of that command."""
    assert [wrong for line in _mentioned(page) if (wrong := _wrong(line))] == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_mentioned_make_targets_exist(page: Path) -> None:
    """Each `make …` on a page is a target."""
    makefile = ROOT / "Makefile"
    targets = set(TARGETS.findall(makefile.read_text(encoding="utf-8"))[0].split())
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("wordferry sail", "no such command"),
        ("wordferry plan --sail", "no option --sail"),
        ("wordferry run --timeout 60", None),
        ("wordferry --version", None),
    ],
)
def test_faults_are_recognised(line: str, fault: str | None) -> None:
    """The check of a command line finds what it is meant to find."""
    assert (_wrong(line) or "").endswith(fault or "")
    assert bool(_wrong(line)) is bool(fault)


def test_commands_are_found_on_pages() -> None:
    """Both kinds of mention are found: in code marks and in shell blocks."""
    quickstart = next(page for page in PAGES if page.name == "quickstart.md")
    found = set(_mentioned(quickstart))
    assert {"wordferry doctor", "wordferry verify"} <= found
    assert any(line.startswith("wordferry init --yes") for line in found)
