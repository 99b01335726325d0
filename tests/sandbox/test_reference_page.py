"""The reference page of the sandbox says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.behaviour import ACTIONS
from wordferry.sandbox.faults import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sandbox.md").read_text(encoding="utf-8")


def _rows(heading: str, *, level: str = "##") -> set[str]:
    section = re.search(rf"^{level} {heading}$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    return set(re.findall(r"^\| `([^`]+)` \|", section[1], re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Translators", set(ACTIONS)),
        ("Faults", set(KINDS)),
        ("Settings", set(SandboxSettings.__struct_fields__)),
    ],
)
def test_every_word_is_on_the_page(heading: str, names: set[str]) -> None:
    """The tables of actions, faults and settings are complete."""
    assert _rows(heading) == names


def test_the_defaults_on_the_page_are_the_codes() -> None:
    """Each default in the settings table is the one in the code."""
    shown = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE.partition("## Settings")[2], re.MULTILINE))
    words = {"false": False, "true": True, "14 days": 14 * 86400.0}
    words |= {"8 MiB": 8 * 2**20, "100 MiB": 100 * 2**20, "1 GiB": 2**30}
    for name, value in msgspec.to_builtins(SandboxSettings()).items():
        if name == "lionbridge":
            continue  # has a page of its own
        assert words.get(shown[name], shown[name]) in (value, str(value), str(value).removesuffix(".0")), name


async def test_every_finding_is_on_the_page(sandbox: Sandbox) -> None:
    """The page explains each finding and each note of the referee."""
    verdict = sandbox.referee()
    assert _rows("The referee") == set(verdict["findings"])
    assert all(f"`{note}`" in PAGE for note in verdict["notes"])
