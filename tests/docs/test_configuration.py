"""Every TOML block of the docs is a configuration that loads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, Block, blocks, named
from wordferry.configuration import load
from wordferry.errors import NeedsOperator

#: Its blocks belong together; tests/content_systems/files/test_docs.py loads them so.
APART = ROOT / "docs" / "howto" / "files.md"
BLOCKS = [block for block in blocks("toml") if block.page != APART]
#: What a block that shows only a part is a part of.
REST: dict[str, Any] = {
    "content": {
        "docs": {"kind": "files", "include": ["en/**/*"], "target": "{locale}/{path}", "source_locale": "en"}
    },
    "tms": {
        "phrase": {
            "kind": "phrase",
            "platform_url": "https://eu.phrase.com",
            "tms_url": "https://cloud.memsource.com/web",
            "api_token": "env:PHRASE_API_TOKEN",
        }
    },
    "route": {
        "docs": {
            "content": "docs",
            "tms": "phrase",
            "on": {"phrase": {"template": "Website", "locales": {"de": "de"}}},
        }
    },
}


def _merged(rest: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = rest | own
    for name in rest.keys() & own.keys():
        if isinstance(rest[name], dict) and isinstance(own[name], dict) and name != "locales":
            both[name] = _merged(rest[name], own[name])
    return both


def _toml(tables: dict[str, Any], place: tuple[str, ...] = ()) -> str:
    lines = [f"[{'.'.join(place)}]"] if place else []
    lines += [f"{name} = {_value(value)}" for name, value in tables.items() if not _is_table(name, value)]
    parts = [_toml(value, (*place, name)) for name, value in tables.items() if _is_table(name, value)]
    return "\n".join([*lines, *parts])


def _is_table(name: str, value: Any) -> bool:
    return isinstance(value, dict) and name != "locales"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{name}" = {_value(one)}' for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)


@pytest.mark.parametrize("block", BLOCKS, ids=named)
def test_block_loads(block: Block, tmp_path: Path) -> None:
    """A block loads as it stands when it is whole; a part of a configuration loads together with the rest."""
    tables = tomllib.loads(block.text)
    whole = {"content", "tms", "route"} <= tables.keys()
    path = tmp_path / "wordferry.toml"
    path.write_text(block.text if whole else _toml(_merged(REST, tables)), encoding="utf-8")
    assert load(path).routes


def test_an_invented_setting_would_be_found(tmp_path: Path) -> None:
    """The way in which parts are completed does not hide a setting that does not exist."""
    path = tmp_path / "wordferry.toml"
    path.write_text(_toml(_merged(REST, {"tms": {"phrase": {"speed": 3}}})), encoding="utf-8")
    with pytest.raises(NeedsOperator, match="speed"):
        load(path)


def test_there_are_blocks() -> None:
    """The search for blocks finds some."""
    assert len(BLOCKS) >= 4
