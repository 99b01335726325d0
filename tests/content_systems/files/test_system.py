"""Files as a content system: the port, the plugin, and `doctor`."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.content_systems.files.shore import (
    EDIT,
    NEW,
    OLD,
    ids,
    listed,
    ours_left,
    put,
    sha,
    system,
    without_privileges,
)
from wordferry.content_systems.files import PLUGIN, FilesSettings, FilesSystem
from wordferry.errors import Held, NeedsOperator, Refused, Vanished, from_json
from wordferry.model.content import Item
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.registry import Surroundings, find
from wordferry.ports.tms import Diagnosis


def item(path: str) -> Item:
    return Item(id=path, name=path, revision="", size=0)


async def diagnoses(shore: FilesSystem) -> dict[str, Diagnosis]:
    return {one.check: one async for one in shore.check()}


async def test_voyage(tmp_path: Path) -> None:
    """List, copy, deliver, deliver the next round, meet an edit: the whole port in one story."""
    put(tmp_path, en__a_md="# Hello\n")
    shore: ContentSystem = system(tmp_path)
    found = [entry async for entry in shore.items()]
    assert [type(entry) for entry in found] == [Item]
    source = await shore.snapshot("en/a.md", tmp_path / "copy")
    assert source == found[0]
    target = shore.target(source, "de")
    assert (target, await shore.target_revision(target)) == ("de/a.md", None)
    new = tmp_path / "new"
    new.write_bytes(OLD)
    first = await shore.write(target, new, revision=sha(OLD), expected=None)
    assert await shore.target_revision(target) == first.revision == sha(OLD)
    new.write_bytes(NEW)
    second = await shore.write(target, new, revision=sha(NEW), expected=first.revision)
    assert second.replaced == first.revision
    put(tmp_path, de__a_md=EDIT)
    with pytest.raises(Held):
        await shore.write(target, new, revision=sha(OLD), expected=second.revision)
    assert await shore.target_revision(target) == sha(EDIT)


def test_plugin(tmp_path: Path) -> None:
    """The registry finds the kind; a table from the configuration builds it; a relative root starts at its folder."""
    plugin = find("content", "files")
    assert plugin is PLUGIN
    table = {"root": "site", "include": ["en/**/*.md"], "target": "{locale}/{path}", "source_locale": "en"}
    settings = msgspec.convert(table, type=plugin.settings)
    surroundings = Surroundings(folder=tmp_path, installation="i", secret=lambda reference: reference)
    shore = plugin.build("docs", settings, surroundings)
    assert (shore.name, shore.source_locale) == ("docs", "en")
    put(tmp_path, site__en__a_md=b"a")
    assert shore.target(item("en/a.md"), "de") == "de/a.md"


def test_unknown_setting() -> None:
    """A misspelt setting is an error, not ignored."""
    with pytest.raises(msgspec.ValidationError, match="exlude"):
        msgspec.convert(
            {"include": ["*"], "target": "{locale}/{path}", "source_locale": "en", "exlude": ["x"]},
            type=FilesSettings,
        )


@pytest.mark.parametrize("listed_locales", [(), ("de", "qx-de")])
async def test_targets_that_meet(tmp_path: Path, listed_locales: tuple[str, ...]) -> None:
    """Two sources in two locales that would land on one file: refused, naming both sources and both locales."""
    for name in ("user.md", "user-qx.md"):
        (tmp_path / name).write_bytes(b"text")
    shore = system(tmp_path, include=("*.md",), target="{stem}-{locale}.{ext}", locales=listed_locales)
    assert await ids(shore) == ["user-qx.md", "user.md"]
    if not listed_locales:  # locales are learnt as they are asked for: the first one comes through
        assert shore.target(item("user.md"), "qx-de") == "user-qx-de.md"
    with pytest.raises(Refused) as caught:
        shore.target(item("user-qx.md"), "de")
    assert caught.value.object == "user-qx.md"
    assert "user.md" in caught.value.what
    assert "'de'" in caught.value.what
    assert "'qx-de'" in caught.value.what


async def test_target_that_is_a_source(tmp_path: Path) -> None:
    """A translation never lands on a source."""
    put(tmp_path, a_md=b"1", klingon__a_md=b"2")
    shore = system(tmp_path, include=("**/*.md",))
    assert await ids(shore) == ["a.md", "klingon/a.md"]
    with pytest.raises(Refused, match=r"overwrite the source klingon/a\.md"):
        shore.target(item("a.md"), "klingon")


def test_locale_that_is_not_listed(tmp_path: Path) -> None:
    """With `locales`, another locale is refused before its files could be taken for sources."""
    with pytest.raises(NeedsOperator, match="not in `locales`"):
        system(tmp_path, locales=("de",)).target(item("en/a.md"), "fr")


def test_item_no_longer_selected(tmp_path: Path) -> None:
    """An item that the patterns do not select any more has no target."""
    with pytest.raises(Refused, match="no pattern selects it"):
        system(tmp_path).target(item("old/a.md"), "de")


async def test_errors_are_stored_and_rebuilt(tmp_path: Path) -> None:
    """An error of this room survives being stored, with its object and its cure."""
    with pytest.raises(Vanished) as caught:
        await system(tmp_path).snapshot("en/a.md", tmp_path / "copy")
    rebuilt = from_json(caught.value.to_json())
    assert (type(rebuilt), rebuilt.object, rebuilt.next) == (Vanished, "en/a.md", caught.value.next)


async def test_doctor_on_a_healthy_folder(tmp_path: Path) -> None:
    """All checks pass on an ordinary folder, with counts, and leave nothing behind."""
    put(tmp_path, en__a_md=b"a", en__b_md=b"b")
    found = await diagnoses(system(tmp_path))
    assert {check: one.ok for check, one in found.items()} == dict.fromkeys(
        ["root", "selection", "translations", "targets", "exchange", "case", "space"], True
    )
    assert found["selection"].finding == "2 sources (2 markdown)."
    assert ours_left(tmp_path) == []


async def test_doctor_on_problems(tmp_path: Path) -> None:
    """Each broken thing is found and has a cure: no root, nothing selected, problems, guessed translations."""
    missing = await diagnoses(system(tmp_path / "gone"))
    assert (missing["root"].ok, missing["exchange"].ok, missing["space"].ok) == (False, False, False)
    put(tmp_path, de__a_md=b"a", a_md=b"a")
    empty = (await diagnoses(system(tmp_path)))["selection"]
    assert (empty.ok, "include" in empty.cure) == (False, True)
    guessed = (await diagnoses(system(tmp_path, include=("**/*.md",))))["translations"]
    assert (guessed.ok, "(de)" in guessed.finding, "locales" in guessed.cure) == (None, True, True)
    (tmp_path / "b.md").symlink_to("a.md")
    trouble = (await diagnoses(system(tmp_path, include=("*.md",))))["selection"]
    assert (trouble.ok, "b.md" in trouble.finding) == (None, True)
    for one in (missing["root"], empty, guessed, trouble):
        assert one.cure


def test_doctor_on_a_closed_target_folder(tmp_path: Path) -> None:
    """A target folder that cannot be written is found before the first delivery fails."""
    import asyncio

    put(tmp_path, en__a_md=b"a", de__x_md=b"x")
    (tmp_path / "de").chmod(0o555)
    shore = system(tmp_path, locales=("de",))
    found = without_privileges(lambda: asyncio.run(diagnoses(shore)))
    (tmp_path / "de").chmod(0o755)
    assert (found["targets"].ok, found["targets"].finding) == (
        False,
        "1 target folders cannot be written: de.",
    )
    assert found["exchange"].ok is False


async def test_listing_then_listing_again(tmp_path: Path) -> None:
    """Translations that arrived between two listings are not new sources."""
    put(tmp_path, a_md=b"a")
    shore = system(tmp_path, include=("**/*.md",))
    (one,), _ = await listed(shore)
    new = tmp_path / "new"
    new.write_bytes(NEW)
    await shore.write(shore.target(one, "de"), new, revision=sha(NEW), expected=None)
    assert await ids(shore) == ["a.md"]
