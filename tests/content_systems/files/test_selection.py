"""Which files are sources."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.content_systems.files.shore import ids, listed, put, system, without_privileges
from wordferry.content_systems.files.locales import lookalikes
from wordferry.content_systems.files.selection import Selection
from wordferry.errors import NeedsOperator


def files(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"text\n")


@pytest.mark.parametrize(
    ("include", "exclude", "wanted"),
    [
        (("en/**/*.md",), (), ["en/a.md", "en/x/b.md", "en/x/y/c.md"]),
        (("en/*.md",), (), ["en/a.md"]),
        (("en/x/**",), (), ["en/x/U.MD", "en/x/b.md", "en/x/y/c.md", "en/x/y/d.json"]),
        (("en/**/*.{md,json}",), ("en/x/y/**",), ["en/a.md", "en/x/b.md"]),
        (("{en,fr}/*.md",), (), ["en/a.md", "fr/a.md"]),
        (("en/x/y/d.json", "en/a.md"), (), ["en/a.md", "en/x/y/d.json"]),
        (("**/y/*",), (), ["en/x/y/c.md", "en/x/y/d.json"]),
        (("en/[ab].md",), (), ["en/a.md"]),
        (("en/**/*.MD",), (), ["en/x/U.MD"]),
        (("en/**/*.md",), ("**/b.md", "en/a.*"), ["en/x/y/c.md"]),
    ],
)
async def test_patterns(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], wanted: list[str]
) -> None:
    """Folders, braces, classes and exclusions; case counts; the order is that of the paths."""
    files(tmp_path, "en/a.md", "en/x/b.md", "en/x/y/c.md", "en/x/y/d.json", "en/x/U.MD", "fr/a.md")
    shore = system(tmp_path, include=include, exclude=exclude, target="out/{locale}/{path}.{stem}")
    assert await ids(shore) == wanted


async def test_hidden_files(tmp_path: Path) -> None:
    """Hidden files and folders are sources only when a pattern spells out their dot."""
    files(tmp_path, "en/.draft.md", "en/.cache/a.md", "en/a.md", ".github/b.md")
    assert await ids(system(tmp_path, include=("**/*.md",))) == ["en/a.md"]
    assert await ids(system(tmp_path, include=("en/.draft.md", ".github/*.md"))) == [
        ".github/b.md",
        "en/.draft.md",
    ]


async def test_our_own_files(tmp_path: Path) -> None:
    """Our folder and our temporary files are never sources, whatever the patterns say."""
    files(tmp_path, ".wordferry/x.md", "en/.wordferry-a.md", "en/.wordferry/y.md", "en/a.md")
    shore = system(tmp_path, include=("**/*.md", ".wordferry/**", "en/.wordferry*", "en/.wordferry/*"))
    assert await ids(shore) == ["en/a.md"]


async def test_decomposed_names(tmp_path: Path) -> None:
    """A pattern finds a name whether its letters are composed or not; the id keeps the disk's spelling."""
    files(tmp_path, "en/u\u0308ber.md", "en/\u00fcber.md")
    shore = system(tmp_path, include=("en/\u00fcb*.md",))
    assert await ids(shore) == ["en/u\u0308ber.md", "en/\u00fcber.md"]


@pytest.mark.parametrize(
    ("target", "translations"),
    [
        ("{locale}/{path}", ["de/guide.md", "pt-BR/guide.md"]),
        ("{dir}/{stem}.{locale}.{ext}", ["guide.de.md", "guide.zh-Hans-CN.md", "x/guide.pt_BR.md"]),
        ("{dir}/{locale}/{name}", ["fil/guide.md", "x/es-419/guide.md"]),
        ("{stem}-{locale}/{path}", ["guide-pt-rBR/guide.md"]),
    ],
)
async def test_translations_are_no_sources(tmp_path: Path, target: str, translations: list[str]) -> None:
    """A translation of a selected file is never taken for a source, though the pattern selects it."""
    files(tmp_path, "guide.md", "x/guide.md", *translations)
    assert await ids(system(tmp_path, include=("**/*.md",), target=target)) == ["guide.md", "x/guide.md"]


async def test_words_are_no_locales(tmp_path: Path) -> None:
    """Files that only resemble a translation stay sources: no such source, or no such language."""
    names = ["api/index.md", "de/only-here.md", "index.md", "js/index.md", "v2/index.md"]
    files(tmp_path, *names)
    assert await ids(system(tmp_path, include=("**/*.md",))) == names


async def test_listed_locales_are_exact(tmp_path: Path) -> None:
    """With `locales`, exactly those are translations: a guess is wrong neither way."""
    files(tmp_path, "a.md", "is/a.md", "klingon/a.md")
    shore = system(tmp_path, include=("**/*.md",), locales=("klingon",))
    assert await ids(shore) == ["a.md", "is/a.md"]


async def test_shared_target(tmp_path: Path) -> None:
    """Two sources that would share a target are both stopped, each naming the other; their siblings sail on."""
    files(tmp_path, "en/x/a.md", "en/y/a.md", "en/z/b.md")
    items, problems = await listed(system(tmp_path, target="{locale}/{name}"))
    assert [item.id for item in items] == ["en/z/b.md"]
    assert "en/y/a.md" in problems["en/x/a.md"]
    assert "en/x/a.md" in problems["en/y/a.md"]
    assert "{path}" in problems["en/x/a.md"]


async def test_special_files(tmp_path: Path) -> None:
    """Pipes, sockets, and folders named like files are problems of their own; nothing hangs."""
    files(tmp_path, "en/a.md", "en/folder.md/inner.md")
    os.mkfifo(tmp_path / "en/pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(tmp_path)  # socket names are short
        try:
            listener.bind("en/socket.md")
        finally:
            os.chdir(before)
        items, problems = await listed(system(tmp_path))
    assert [item.id for item in items] == ["en/a.md", "en/folder.md/inner.md"]
    assert "named pipe" in problems["en/pipe.md"]
    assert "socket" in problems["en/socket.md"]
    assert "folder with the name of a file" in problems["en/folder.md"]


async def test_links_not_followed(tmp_path: Path) -> None:
    """Links are not followed by default: a linked file is a problem, a linked folder is not entered."""
    files(tmp_path, "en/a.md", "other/b.md")
    (tmp_path / "en/link.md").symlink_to("a.md")
    (tmp_path / "en/folder").symlink_to("../other")
    items, problems = await listed(system(tmp_path))
    assert [item.id for item in items] == ["en/a.md"]
    assert "follow_symlinks" in problems["en/link.md"]
    assert list(problems) == ["en/link.md"]


async def test_links_followed(tmp_path: Path) -> None:
    """Links inside the root are followed when asked; those that lead out, nowhere or in a circle are problems."""
    root = tmp_path / "site"
    files(root, "en/a.md", "other/b.md")
    files(tmp_path, "secret.md", "outside/c.md")
    for name, to in {
        "link.md": "a.md",
        "folder": "../other",
        "again": "../other",
        "loop": "..",
        "out.md": "../../secret.md",
        "out": "../../outside",
        "broken.md": "gone.md",
        "ring.md": "ring.md",
    }.items():
        (root / "en" / name).symlink_to(to)
    items, problems = await listed(system(root, follow_symlinks=True))
    found = [item.id for item in items]
    assert {"en/a.md", "en/link.md"} < set(found)
    assert sum(name in found for name in ("en/folder/b.md", "en/again/b.md")) == 1
    assert "another link" in problems.get("en/folder", "") + problems.get("en/again", "")
    assert "out of the root" in problems["en/out.md"]
    assert "out of the root" in problems["en/out"]
    assert "nowhere" in problems["en/broken.md"]
    assert "circle" in problems["en/ring.md"]
    assert "back to a folder above" in problems["en/loop"]
    assert len(items) + len(problems) == 3 + 6


def test_unreadable_folder(tmp_path: Path) -> None:
    """A folder that cannot be read is a problem; its siblings sail on."""
    files(tmp_path, "en/a.md", "en/closed/b.md")
    (tmp_path / "en/closed").chmod(0)
    shore = system(tmp_path)
    found = without_privileges(lambda: shore._selection.find())
    (tmp_path / "en/closed").chmod(0o755)
    assert [place.path for place in found.places] == ["en/a.md"]
    assert [(one.path, "permission denied" in one.error) for one in found.troubles] == [("en/closed/", True)]


async def test_missing_root(tmp_path: Path) -> None:
    """A missing root is the operator's to mend, not an empty listing."""
    with pytest.raises(NeedsOperator, match="root cannot be read"):
        await listed(system(tmp_path / "gone"))
    files(tmp_path, "file")
    with pytest.raises(NeedsOperator, match="not a folder"):
        await listed(system(tmp_path / "file"))


@pytest.mark.parametrize(
    "settings",
    [
        {"include": ()},
        *(
            {"include": (bad,)}
            for bad in ("", "/en/*.md", "../*.md", "./a.md", "en/", "a//b", "!a.md", "{1..99999}")
        ),
        {"exclude": ("/x",)},
        {"encodings": {"*.txt": "klingon"}},
        {"encodings": {"*.txt": "base64"}},
        {"source_locale": " "},
        {"max_size": 0},
        {"check_limit": 0},
    ],
)
def test_bad_settings(tmp_path: Path, settings: dict) -> None:
    """Settings that make no sense are refused at load, with the setting and a cure."""
    with pytest.raises(NeedsOperator) as caught:
        system(tmp_path, **settings)
    assert caught.value.object
    assert caught.value.next


async def test_many_folders_deep(tmp_path: Path) -> None:
    """Folders may be nested deeper than Python calls functions."""
    deep = tmp_path / "en"
    deep.mkdir()
    at = os.open(deep, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    files(tmp_path, "en/a.md")
    found = await ids(system(tmp_path))
    for depth in range(1200, 0, -1):  # what removes temporary folders is recursive
        os.rmdir("/".join([str(deep), *["d"] * depth]))  # noqa: PTH106 - a Path of that depth is slow
    assert found == ["en/a.md"]


def test_unneeded_folders_are_not_entered(tmp_path: Path) -> None:
    """Folders in which no pattern can find anything are not even opened."""
    shore = system(tmp_path, include=("en/*/x.md",), exclude=("en/node_modules/**",))
    selection: Selection = shore._selection
    assert [
        folder
        for folder in ("en", "de", "en/a", "en/a/b", "en/node_modules", "en/.git")
        if selection.enters(folder)
    ] == ["en", "en/a"]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("docs/pt-BR/a.md", {"pt", "pt-BR", "BR"}),
        ("a.zh-Hans-CN.md", {"zh", "zh-Hans", "zh-Hans-CN"}),
        ("values-pt-rBR", {"pt", "pt-rBR"}),
        ("sr@latin", {"sr", "sr@latin"}),
        ("api/old/js/design", set()),
        ("DE/x", {"DE"}),
    ],
)
def test_lookalikes(path: str, seen: set[str]) -> None:
    """Parts of a path that look like a locale, in every length."""
    assert set(lookalikes(path)) == seen


async def test_put(tmp_path: Path) -> None:
    """Items carry size, hash and format as they are on disk."""
    put(tmp_path, en__a_md="# Hi\n")
    (item,), _ = await listed(system(tmp_path))
    assert (item.name, item.size, item.format, item.encoding) == ("en/a.md", 5, "markdown", None)
