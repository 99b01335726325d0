"""Hashing and copying sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content_systems.files.shore import listed, put, sha, system, without_privileges
from wordferry.content_systems.files.encodings import TextCheck
from wordferry.content_systems.files.reader import PIECE
from wordferry.errors import NeedsOperator, Refused, Vanished
from wordferry.formats import FormatError
from wordferry.formats.encoding import decode
from wordferry.model.content import ItemProblem


async def test_snapshot(tmp_path: Path) -> None:
    """A snapshot is the bytes as they are, and says their hash; the next edit does not reach it."""
    data = "# Grüße\r\n\ufeff".encode() + b"x" * (2 * PIECE + 7)
    put(tmp_path, en__a_md=data)
    item = await system(tmp_path).snapshot("en/a.md", tmp_path / "copy")
    put(tmp_path, en__a_md=b"later")
    assert (tmp_path / "copy").read_bytes() == data
    assert (item.id, item.revision, item.size) == ("en/a.md", sha(data), len(data))


async def test_snapshot_replaces_a_torn_one(tmp_path: Path) -> None:
    """A copy that a crash cut short is replaced as a whole by the next attempt."""
    put(tmp_path, en__a_md=b"new")
    (tmp_path / "copy").write_bytes(b"longer torn copy")
    await system(tmp_path).snapshot("en/a.md", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"new"


async def test_empty_file(tmp_path: Path) -> None:
    """An empty file is an item of size 0; whether to send it is for the planner to say."""
    put(tmp_path, en__a_md=b"")
    ((item,), problems) = await listed(system(tmp_path))
    assert (item.size, item.revision, problems) == (0, sha(b""), {})


async def test_gone(tmp_path: Path) -> None:
    """A source that is gone is `Vanished`, whether the file or its folder went."""
    shore = system(tmp_path)
    with pytest.raises(Vanished):
        await shore.snapshot("en/a.md", tmp_path / "copy")
    put(tmp_path, en__b_md=b"")
    with pytest.raises(Vanished):
        await shore.snapshot("en/a.md", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


async def test_only_selected_files_are_read(tmp_path: Path) -> None:
    """Nothing but a selected file is ever copied, whatever id is asked for."""
    put(tmp_path, secret_md=b"s", en__a_md=b"a")
    shore = system(tmp_path / "en", include=("*.md",))
    for item in ("../secret.md", "/etc/passwd", "x/../a.md", "b.txt"):
        with pytest.raises((Refused, Vanished)):
            await shore.snapshot(item, tmp_path / "copy")


async def test_link_swapped_in(tmp_path: Path) -> None:
    """A source replaced by a link after listing is refused, not followed."""
    put(tmp_path, secret_md=b"s", en__a_md=b"a")
    shore = system(tmp_path)
    await listed(shore)
    (tmp_path / "en/a.md").unlink()
    (tmp_path / "en/a.md").symlink_to("../secret.md")
    with pytest.raises(Refused, match="symbolic link"):
        await shore.snapshot("en/a.md", tmp_path / "copy")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.md", b"ok\n" * 3 + b"\xff", "byte 9 are not utf-8"),
        ("a.md", b"cut \xc3", "byte 4 are not utf-8"),
        ("a.md", b"text\0more", "NUL byte at byte 4"),
        ("a.md", "x".encode("utf-16-le") * 3, "NUL byte at byte 1"),
        ("a.md", b"\xff\xfe" + "ab".encode("utf-16-le") + b"\x00", "byte 6 are not utf-16"),
        ("a.html", b'<meta charset="klingon">', "klingon"),
        ("a.html", b'<meta charset="shift_jis">\xff\xff', "are not shift_jis"),
        ("a.xlf", b'<?xml version="1.0" encoding="us-ascii"?>\xe4', "byte 41 are not ascii"),
    ],
)
async def test_undecodable(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """A text whose bytes are not its encoding is a problem that names byte and cure; siblings sail on."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / name).write_bytes(data)
    (tmp_path / "en/ok.md").write_bytes(b"ok")
    items, problems = await listed(system(tmp_path, include=("en/*",)))
    assert [item.id for item in items] == ["en/ok.md"]
    assert sentence in problems[f"en/{name}"]
    assert any(cure in problems[f"en/{name}"] for cure in ("encodings", "Declare"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", "ä".encode("utf-8-sig")),
        ("a.md", "\ufeffä".encode("utf-16-le")),
        ("a.md", "\ufeffä".encode("utf-32-be")),
        ("a.html", '<meta charset="windows-1252">ä'.encode("cp1252")),
        (
            "a.po",
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=iso-8859-1\\n"\n\n# ä'.encode("latin-1"),
        ),
        ("a.docx", b"PK\0\xff\xfe\x80"),
        ("a", b"\0\0"),
    ],
)
async def test_decodable(tmp_path: Path, name: str, data: bytes) -> None:
    """Marks and declarations are believed; files of unknown structure are taken as they are."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / name).write_bytes(data)
    ((item,), problems) = await listed(system(tmp_path, include=("en/*",)))
    assert (item.revision, problems) == (sha(data), {})


async def test_declared_encodings(tmp_path: Path) -> None:
    """An encoding under `encodings` is used for the files of its pattern and travels with the item."""
    put(tmp_path, en__a_md="ä".encode("latin-1"), en__old__b_md="ä".encode("latin-1"))
    items, problems = await listed(system(tmp_path, encodings={"en/old/**": "latin-1"}))
    assert [(item.id, item.encoding) for item in items] == [("en/old/b.md", "latin-1")]
    assert list(problems) == ["en/a.md"]


@pytest.mark.parametrize(
    "data",
    [
        "ä".encode("latin-1"),
        "ä".encode("utf-8-sig"),
        "ä".encode("utf-16"),
        "ab".encode("utf-16-be"),
        "ab".encode("utf-32-le"),
        b"\xef\xbb\xbf\xff",
    ],
)
@pytest.mark.parametrize("encoding", [None, "utf-8", "utf-16", "UTF16", "utf-32", "utf-16-be", "latin-1"])
def test_checked_as_parsed(data: bytes, encoding: str | None) -> None:
    """A text that passes here is one that can be parsed later in the same encoding, and the other way round."""
    check = TextCheck(format="plain", encoding=encoding)
    check.feed(data)
    check.feed(b"", last=True)
    try:
        decode(data, format="plain", encoding=encoding)
        parsed = True
    except FormatError:
        parsed = False
    assert (check.problem is None) == parsed


ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32", "shift_jis", "gb18030", "utf-8-sig"])


@given(
    text=st.text(st.characters(codec="shift_jis", exclude_characters="\0¥‾"), min_size=1, max_size=30),
    encoding=ENCODINGS,
    cuts=st.lists(st.integers(1, 40), max_size=6),
)
def test_pieces_do_not_matter(text: str, encoding: str, cuts: list[int]) -> None:
    """A text is judged the same wherever it is cut, even within a character."""
    data = text.encode(encoding)
    check = TextCheck(format="plain", encoding=encoding)
    at = 0
    for cut in cuts:
        check.feed(data[at : at + cut])
        at += cut
    check.feed(data[at:])
    check.feed(b"", last=True)
    assert check.problem is None


@given(
    good=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), cut=st.integers(1, 60)
)
def test_position_of_the_first_bad_byte(good: str, cut: int) -> None:
    """The byte that is named is the first bad one, wherever the text was cut."""
    data = good.encode() + b"\xff" + b"rest"
    check = TextCheck(format="plain", encoding=None)
    for at in range(0, len(data), cut):
        check.feed(data[at : at + cut])
    check.feed(b"", last=True)
    assert check.problem is not None
    assert f" byte {len(good.encode())} " in check.problem[0]


async def test_limits(tmp_path: Path) -> None:
    """Above max_size nothing is taken; above check_limit only what is not parsed in memory."""
    for name, size in {"a.md": 11, "a.txt": 11, "a.bin": 11, "b.txt": 21, "c.md": 10}.items():
        (tmp_path / "en").mkdir(exist_ok=True)
        (tmp_path / "en" / name).write_bytes(b"x" * size)
    items, problems = await listed(system(tmp_path, include=("en/*",), max_size=20, check_limit=10))
    assert [item.id for item in items] == ["en/a.bin", "en/a.txt", "en/c.md"]
    assert "check_limit" in problems["en/a.md"]
    assert "max_size" in problems["en/b.txt"]


def test_unreadable(tmp_path: Path) -> None:
    """A file without read permission is the operator's to mend, and leaves no copy behind."""
    put(tmp_path, en__a_md=b"a")
    (tmp_path / "en/a.md").chmod(0)
    shore = system(tmp_path)
    with pytest.raises(NeedsOperator, match="permission denied"):
        without_privileges(lambda: shore._snapshot("en/a.md", tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
    problem = without_privileges(lambda: shore._look("en/a.md"))
    assert isinstance(problem, ItemProblem)
    assert "permission denied" in problem.error


ODD = [
    b"it's.md",
    b'say "hi".md',
    b"new\nline.md",
    "🦦.md".encode(),
    b"caf\xe9.md",
    b"tab\t.md",
    b" .md",
    b"-rf.md",
    b"%2e.md",
    b"a\\b.md",
    b"$(x).md",
    b"\x7f.md",
]


def put_raw(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"text")


async def test_odd_names(tmp_path: Path) -> None:
    """Whatever a file is called, it is listed, copied and delivered, and its id can be stored as UTF-8."""
    for name in ODD:
        put_raw(tmp_path / "en", os.fsdecode(name))
    shore = system(tmp_path)
    items, problems = await listed(shore)
    assert (len(items), problems) == (len(ODD), {})
    for item in items:
        item.id.encode()
        copied = await shore.snapshot(item.id, tmp_path / "copy")
        assert copied.revision == item.revision
        target = shore.target(item, "de")
        await shore.write(target, tmp_path / "copy", revision=item.revision, expected=None)
    assert sorted(os.fsencode(path.name) for path in (tmp_path / "de").iterdir()) == sorted(ODD)


async def test_hundreds_of_files_in_order(tmp_path: Path) -> None:
    """A listing is in the order of paths and the same every time."""
    for number in range(300):
        put(tmp_path, **{f"en__{number % 7}__{number}_md": str(number)})
    shore = system(tmp_path)
    first, _ = await listed(shore)
    second, _ = await listed(shore)
    assert first == second
    assert [item.id for item in first] == sorted(item.id for item in first)
    assert len(first) == 300


BIG = 128 * 1024**2
MEMORY = """
import asyncio, resource, sys
from pathlib import Path
from wordferry.content_systems.files import FilesSettings, FilesSystem

async def main(root):
    settings = FilesSettings(include=("en/*",), target="{locale}/{path}", source_locale="en", check_limit=1)
    shore = FilesSystem("docs", settings, folder=root)
    (item,) = [item async for item in shore.items()]
    copied = await shore.snapshot(item.id, root / "copy")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    target = shore.target(item, "de")
    written = await shore.write(target, root / "copy", revision=copied.revision, expected=None)
    assert written.revision == item.revision == await shore.target_revision(target)
    print(item.revision, item.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

asyncio.run(main(Path(sys.argv[1])))
"""


def test_memory_is_constant(tmp_path: Path) -> None:
    """A large file is hashed, copied and written home in the memory that a small one takes."""
    (tmp_path / "en").mkdir()
    used = []
    for size in (0, BIG):
        with (tmp_path / "en/a.bin").open("wb") as file:
            file.truncate(size)
        run = subprocess.run(
            [sys.executable, "-c", MEMORY, str(tmp_path)], capture_output=True, text=True, check=True
        )
        revision, seen, memory = run.stdout.split()
        assert (int(seen), len(revision)) == (size, 64)
        used.append(int(memory))
        (tmp_path / "de/a.bin").unlink()
        (tmp_path / "copy").unlink()
    assert used[1] - used[0] < 16 * 1024  # KiB
