"""Writing home: compare-and-set on real files, both ways of doing it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.content_systems.files.shore import EDIT, NEW, OLD, ours_left, sha, without_privileges
from wordferry.content_systems.files import leftovers, swap
from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.writer import Writer, twin
from wordferry.errors import Held, NeedsOperator, Refused, Surprise, Vanished


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new"
    path.write_bytes(NEW)
    return path


@pytest.fixture(params=[True, False], ids=["exchange", "aside"])
def writer(request: pytest.FixtureRequest, root: Path) -> Writer:
    return Writer(root, atomic=request.param)


def stands(root: Path, data: bytes) -> None:
    (root / "de").mkdir(exist_ok=True)
    (root / "de/a.md").write_bytes(data)


def test_new_target(writer: Writer, root: Path, new: Path) -> None:
    """A target that must not exist is made, folders included, and nothing else is left."""
    written = writer.write("de/x/a.md", new, revision=sha(NEW), expected=None)
    assert (written.target, written.revision, written.replaced) == ("de/x/a.md", sha(NEW), None)
    assert (root / "de/x/a.md").read_bytes() == NEW
    assert ours_left(root) == []


def test_replaced_target(writer: Writer, root: Path, new: Path) -> None:
    """The expected target is replaced and the receipt names what was there."""
    stands(root, OLD)
    written = writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (written.revision, written.replaced) == (sha(NEW), sha(OLD))
    assert (root / "de/a.md").read_bytes() == NEW
    assert ours_left(root) == []


def test_edited_target_is_held(writer: Writer, root: Path, new: Path) -> None:
    """An edited target is left as it is, and the error names it and the cure."""
    stands(root, EDIT)
    with pytest.raises(Held, match="changed") as caught:
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert caught.value.object == "de/a.md"
    assert "--overwrite" in caught.value.next
    assert (root / "de/a.md").read_bytes() == EDIT
    assert ours_left(root) == []


def test_unexpected_target_is_held(writer: Writer, root: Path, new: Path) -> None:
    """A target that was to be new but is there is left as it is."""
    stands(root, EDIT)
    with pytest.raises(Held, match="there already"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    assert (root / "de/a.md").read_bytes() == EDIT


@pytest.mark.parametrize("folder", [True, False])
def test_removed_target_is_held(writer: Writer, root: Path, new: Path, folder: bool) -> None:
    """A target that a person removed does not come back by itself."""
    if folder:
        (root / "de").mkdir()
    with pytest.raises(Held, match="removed"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert not (root / "de/a.md").exists()


@pytest.mark.parametrize("expected", [None, sha(OLD), sha(EDIT)])
def test_written_already(writer: Writer, root: Path, new: Path, expected: str | None) -> None:
    """A target that has the new bytes counts as written, whatever was expected before."""
    stands(root, NEW)
    assert writer.write("de/a.md", new, revision=sha(NEW), expected=expected).revision == sha(NEW)
    assert (root / "de/a.md").read_bytes() == NEW


def test_empty_bytes(writer: Writer, root: Path, tmp_path: Path) -> None:
    """Empty files are targets like others."""
    (tmp_path / "empty").touch()
    stands(root, OLD)
    writer.write("de/a.md", tmp_path / "empty", revision=sha(b""), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == b""


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_mode_is_kept(writer: Writer, root: Path, new: Path, mode: int) -> None:
    """A replaced file keeps its permission bits."""
    stands(root, OLD)
    (root / "de/a.md").chmod(mode)
    writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert stat.S_IMODE((root / "de/a.md").stat().st_mode) == mode


def test_new_mode_follows_the_umask(writer: Writer, root: Path, new: Path) -> None:
    """A new file gets what the umask allows, as if a person had made it."""
    (root / "mine").touch()
    writer.write("a.md", new, revision=sha(NEW), expected=None)
    assert (root / "a.md").stat().st_mode == (root / "mine").stat().st_mode


def test_wrong_bytes_never_arrive(writer: Writer, root: Path, new: Path) -> None:
    """Bytes that do not have their hash are not written."""
    stands(root, OLD)
    with pytest.raises(Surprise, match="hash"):
        writer.write("de/a.md", new, revision=sha(b"other"), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == OLD
    assert ours_left(root) == []


def test_missing_bytes(writer: Writer, root: Path, tmp_path: Path) -> None:
    """A stored download that is gone is said; the target stays."""
    stands(root, OLD)
    with pytest.raises(Vanished, match="new bytes"):
        writer.write("de/a.md", tmp_path / "gone", revision=sha(NEW), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == OLD


@pytest.mark.parametrize("target", ["../a.md", "/etc/a.md", "de/../../a.md", "", "de//a.md", "de/.", "a\0b"])
def test_outside_by_name(writer: Writer, root: Path, new: Path, target: str) -> None:
    """No name leads out of the root."""
    with pytest.raises(Refused, match="outside the root"):
        writer.write(target, new, revision=sha(NEW), expected=None)
    assert [path.name for path in root.parent.iterdir()] == ["site", "new"] or not (
        root.parent / "a.md"
    ).exists()


def test_outside_by_link(writer: Writer, root: Path, new: Path, tmp_path: Path) -> None:
    """A linked folder that leads out of the root is refused, for writing and for looking."""
    (tmp_path / "elsewhere").mkdir()
    (root / "de").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="out of the root"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    with pytest.raises(Refused, match="out of the root"):
        writer.revision("de/a.md")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_inside_by_link(writer: Writer, root: Path, new: Path) -> None:
    """A linked folder inside the root is used."""
    (root / "german").mkdir()
    (root / "de").symlink_to("german")
    writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    assert (root / "german/a.md").read_bytes() == NEW
    assert writer.revision("de/a.md") == sha(NEW)


def test_linked_target(writer: Writer, root: Path, new: Path) -> None:
    """A target that is a link is neither followed nor replaced."""
    (root / "de").mkdir()
    (root / "real.md").write_bytes(OLD)
    (root / "de/a.md").symlink_to("../real.md")
    with pytest.raises(Refused, match="symbolic link"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (root / "real.md").read_bytes() == OLD


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)], ids=["folder", "pipe"]
)
def test_special_target(writer: Writer, root: Path, new: Path, make) -> None:
    """A folder or pipe at the target is refused and stays."""
    (root / "de").mkdir()
    make(root / "de/a.md")
    before = (root / "de/a.md").lstat().st_ino
    with pytest.raises(Refused, match="no regular file"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    assert (root / "de/a.md").lstat().st_ino == before


def test_file_in_the_way_of_a_folder(writer: Writer, root: Path, new: Path) -> None:
    """A file where a folder is needed is refused with a cure."""
    (root / "de").write_bytes(OLD)
    with pytest.raises(Refused, match="a file stands where a folder is needed") as caught:
        writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    assert caught.value.next


def test_long_name(writer: Writer, root: Path, new: Path) -> None:
    """A name that the file system does not take is refused with a cure."""
    with pytest.raises(Refused, match="longer than the file system") as caught:
        writer.write("x" * 300, new, revision=sha(NEW), expected=None)
    assert "template" in caught.value.next


@pytest.mark.parametrize(
    "name",
    ["ä\u0308 ö.md", "q\"uote's.md", "new\nline.md", "🦦.md", "byte\\xff.md", "back\\\\slash.md", "-x"],
)
def test_odd_names(writer: Writer, root: Path, new: Path, name: str) -> None:
    """Any name that a file can have can be a target, and is found again."""
    writer.write(f"de/{name}", new, revision=sha(NEW), expected=None)
    assert writer.revision(f"de/{name}") == sha(NEW)


def test_closed_folder_needs_the_operator(writer: Writer, root: Path, new: Path) -> None:
    """A folder without write permission is told with a cure; target and folder stay as they are."""
    stands(root, OLD)
    (root / "de").chmod(0o555)
    try:
        with pytest.raises(NeedsOperator, match="permission denied") as caught:
            without_privileges(lambda: writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD)))
    finally:
        (root / "de").chmod(0o755)
    assert caught.value.object == "de/a.md"
    assert "access" in caught.value.next
    assert (root / "de/a.md").read_bytes() == OLD
    assert ours_left(root) == []


def test_closed_target_needs_the_operator(writer: Writer, root: Path, new: Path) -> None:
    """A target that cannot be read cannot be compared, so it is not replaced."""
    stands(root, OLD)
    (root / "de/a.md").chmod(0)
    with pytest.raises(NeedsOperator, match="permission denied"):
        without_privileges(lambda: writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD)))
    (root / "de/a.md").chmod(0o644)
    assert (root / "de/a.md").read_bytes() == OLD


def test_open_for_writing_is_held(root: Path, new: Path) -> None:
    """A target that somebody has open for writing is not replaced: what she writes next would be lost."""
    stands(root, OLD)
    with (root / "de/a.md").open("r+b") as editor:
        with pytest.raises(Held, match="open for writing"):
            Writer(root).write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
        editor.write(EDIT)
    assert (root / "de/a.md").read_bytes() == EDIT
    assert ours_left(root) == []


def test_open_for_reading_is_replaced(root: Path, new: Path) -> None:
    """Readers do not stop a delivery; they keep the bytes they opened."""
    stands(root, OLD)
    with (root / "de/a.md").open("rb") as reader:
        Writer(root).write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
        assert reader.read() == OLD


def test_dead_part_is_cleared(writer: Writer, root: Path, new: Path) -> None:
    """A part whose writer is gone is removed by the next write in its folder; a living one stays."""
    (root / "de").mkdir()
    dead = root / "de" / f".wordferry-{'a' * 16}-{'b' * 16}.part"
    dead.write_bytes(b"half")
    folder = Folder.open(root, "de")
    assert folder is not None
    with folder, leftovers.part(folder, "b.md", mode=0o600) as living:
        writer.write("de/a.md", new, revision=sha(NEW), expected=None)
        assert ours_left(root) == [living]
    assert ours_left(root) == []


def crashed(root: Path, *, displaced: bytes) -> None:
    """What a crash between exchange and look leaves: our bytes at the target, hers in the swap."""
    stands(root, NEW)
    entry = leftovers.swap_name("a.md", revision=sha(NEW), expected=sha(OLD))
    (root / "de" / entry).write_bytes(displaced)


def test_crash_after_exchange_with_edit(writer: Writer, root: Path, new: Path) -> None:
    """A person's edit displaced right before a crash is put back by the next attempt, which is held."""
    crashed(root, displaced=EDIT)
    with pytest.raises(Held, match="changed"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == EDIT
    assert ours_left(root) == []


def test_crash_seen_by_a_long_lived_worker(writer: Writer, root: Path, new: Path) -> None:
    """Another worker's crash is settled too, though this one cleared the folder before."""
    writer.write("de/other.md", new, revision=sha(NEW), expected=None)
    crashed(root, displaced=EDIT)
    with pytest.raises(Held, match="changed"):
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == EDIT


def test_crash_after_exchange_without_edit(writer: Writer, root: Path, new: Path) -> None:
    """After a crash behind the exchange the write is adopted and the old bytes are dropped."""
    crashed(root, displaced=OLD)
    assert writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD)).revision == sha(NEW)
    assert ours_left(root) == []


def test_crash_before_exchange(writer: Writer, root: Path, new: Path) -> None:
    """After a crash before the exchange the write is done as if nothing had been."""
    stands(root, OLD)
    (root / "de" / leftovers.swap_name("a.md", revision=sha(NEW), expected=sha(OLD))).write_bytes(NEW)
    assert writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD)).replaced == sha(OLD)
    assert (root / "de/a.md").read_bytes() == NEW
    assert ours_left(root) == []


def test_crash_then_edit_over_ours(writer: Writer, root: Path, new: Path) -> None:
    """Two edits around a crash are both kept: the newer one in place, the older one beside it."""
    crashed(root, displaced=EDIT)
    (root / "de/a.md").write_bytes(b"newest")
    with pytest.raises(Held):
        writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (root / "de/a.md").read_bytes() == b"newest"
    (kept,) = ours_left(root)
    assert (root / "de" / kept).read_bytes() == EDIT


def test_foreign_files_are_not_cleared(writer: Writer, root: Path, new: Path) -> None:
    """Files that only look like ours are never touched."""
    (root / "de").mkdir()
    names = [".wordferry-notes.part", ".wordferry-a-b.swap", ".wordferry-mine.kept", ".wordferry"]
    for name in names:
        (root / "de" / name).write_bytes(EDIT)
    writer.write("de/a.md", new, revision=sha(NEW), expected=None)
    assert sorted(path.name for path in (root / "de").iterdir()) == sorted([*names, "a.md"])


def test_twin() -> None:
    """The name that stands for another where case does not count is found, composed or not."""
    assert twin(["A.md", "b.md"], "a.md") == "A.md"
    assert twin(["A.md", "a.md"], "a.md") is None
    assert twin(["\u00c4.md"], "a\u0308.md") == "\u00c4.md"
    assert twin([], "a.md") is None


def test_hard_linked_names_are_two_files(writer: Writer, root: Path, new: Path) -> None:
    """Two names of one file that differ in case are no sign of a file system without case."""
    stands(root, OLD)
    os.link(root / "de/a.md", root / "de/A.MD")
    writer.write("de/a.md", new, revision=sha(NEW), expected=sha(OLD))
    assert (root / "de/A.MD").read_bytes() == OLD


@pytest.mark.parametrize("atomic", [True, False], ids=["exchange", "aside"])
def test_put_back_over_a_newer_edit(root: Path, atomic: bool) -> None:
    """If a person changes our bytes before hers are put back, the newer edit stays and the older one is kept."""
    stands(root, b"newest")
    (root / "de/displaced").write_bytes(EDIT)
    folder = Folder.open(root, "de")
    assert folder is not None
    with folder:
        kept = swap.put_back(folder, "displaced", "a.md", revision=sha(NEW), atomic=atomic)
    assert kept is not None
    assert (root / "de/a.md").read_bytes() == b"newest"
    assert (root / "de" / kept).read_bytes() == EDIT
    assert sorted(path.name for path in (root / "de").iterdir()) == sorted([kept, "a.md"])


def test_put_back_after_removal(root: Path) -> None:
    """If a person removes our bytes before hers are put back, hers get their name back."""
    (root / "de").mkdir()
    (root / "de/displaced").write_bytes(EDIT)
    folder = Folder.open(root, "de")
    assert folder is not None
    with folder:
        assert swap.put_back(folder, "displaced", "a.md", revision=sha(NEW)) is None
    assert {path.name: path.read_bytes() for path in (root / "de").iterdir()} == {"a.md": EDIT}


@pytest.mark.parametrize("expected", [sha(OLD), None])
def test_confirmed_to_disk(
    root: Path, new: Path, monkeypatch: pytest.MonkeyPatch, expected: str | None
) -> None:
    """The bytes are flushed before they get the target's name, and the folder afterwards."""
    if expected:
        stands(root, OLD)
    else:
        (root / "de").mkdir()
    flushed: list[tuple[int, bool]] = []
    flush = os.fsync

    def watched(descriptor: int) -> None:
        flush(descriptor)
        placed = (root / "de/a.md").exists() and (root / "de/a.md").read_bytes() == NEW
        flushed.append((os.fstat(descriptor).st_ino, placed))

    monkeypatch.setattr(os, "fsync", watched)
    Writer(root).write("de/a.md", new, revision=sha(NEW), expected=expected)
    assert flushed == [((root / "de/a.md").stat().st_ino, False), ((root / "de").stat().st_ino, True)]
