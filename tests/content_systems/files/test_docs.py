"""The page on files says what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from wordferry.content_systems.files import FilesSettings, FilesSystem
from wordferry.content_systems.files.config import CHECK_LIMIT, MAX_SIZE
from wordferry.content_systems.files.templates import FIELDS, Place, Template

PAGE = (Path(__file__).parents[3] / "docs/howto/files.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_every_setting_is_explained() -> None:
    """Each setting occurs in an example of the page."""
    shown = set(re.findall(r"^([a-z_]+) =", "\n".join(BLOCKS), re.MULTILINE)) | {"encodings"}
    assert set(FilesSettings.__struct_fields__) <= shown


def test_examples_are_valid(tmp_path: Path) -> None:
    """The examples together are a configuration that loads, with the defaults that the page states."""
    ordered = [
        BLOCKS[0],
        *(block for block in BLOCKS[1:] if block[0] != "["),
        *(b for b in BLOCKS[1:] if b[0] == "["),
    ]
    table = tomllib.loads("\n".join(ordered))["content"]["docs"]
    assert table.pop("kind") == "files"
    settings = msgspec.convert(table, type=FilesSettings)
    FilesSystem("docs", settings, folder=tmp_path)
    assert (settings.max_size, settings.check_limit) == (MAX_SIZE, CHECK_LIMIT)


def test_placeholders() -> None:
    """The table of placeholders is complete, and its example column is what they give."""
    rows = dict(re.findall(r"^\| `\{(\w+)\}` \|[^|]*\| `([^`]*)` \|", PAGE, re.MULTILINE))
    assert list(rows) == list(FIELDS)
    place = Place(path="en/guide/start.md", below="guide/start.md")
    for field, value in rows.items():
        template = Template(f"{{locale}}!{{{field}}}", source_locale="en", where="target")
        assert template.target(place, "de") == f"de!{value}"


def test_layouts() -> None:
    """Every layout of the page is a template that loads."""
    layouts = re.findall(r"^\| [\w ]+ \| `([^`]+)` \| `([^`]*\{locale\}[^`]*)` \|", PAGE, re.MULTILINE)
    assert len(layouts) == 5
    for _, target in layouts:
        Template(target, source_locale="en", where="target")
