"""A writer that is killed, and a disk that is full."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.content_systems.files.shore import ours_left, sha
from wordferry.content_systems.files.writer import Writer
from wordferry.errors import Held

LETTERS = 300_000

WRITE_FOREVER = """
import sys
from pathlib import Path
from hashlib import sha256
from wordferry.content_systems.files.writer import Writer

root = Path(sys.argv[1])
writer = Writer(root / "site", atomic=sys.argv[2] == "exchange")
hashes = [sha256((root / name).read_bytes()).hexdigest() for name in ("even", "odd")]
print("ready", flush=True)
while True:
    for number in (1, 0):
        writer.write("de/a.md", root / ("even", "odd")[number], revision=hashes[number], expected=hashes[1 - number])
"""


def _killed_writes(tmp_path: Path, way: str, *, times: int) -> None:
    contents = {"even": b"e" * LETTERS, "odd": b"o" * LETTERS}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    target = tmp_path / "site/de/a.md"
    target.parent.mkdir(parents=True)
    chance = random.Random(7)
    for _ in range(times):
        target.write_bytes(contents["even"])
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOREVER, str(tmp_path), way], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(timeout=chance.uniform(0.0, 0.06))
        except subprocess.TimeoutExpired:
            process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        assert target.read_bytes() in contents.values()
        # The next worker finds its way from whatever was left.
        now = sha(target.read_bytes())
        Writer(tmp_path / "site", atomic=way == "exchange").write(
            "de/a.md", tmp_path / "odd", revision=sha(contents["odd"]), expected=now
        )
        assert target.read_bytes() == contents["odd"]
        # Cleared by that write, which was the first of its process in this folder.
        assert ours_left(tmp_path) == []


def test_killed_between_exchanges(tmp_path: Path) -> None:
    """Killed at any moment, a writer leaves the whole old or the whole new file, and no litter for long."""
    _killed_writes(tmp_path, "exchange", times=6)


def test_killed_without_exchange(tmp_path: Path) -> None:
    """The same without the atomic exchange."""
    _killed_writes(tmp_path, "aside", times=4)


FULL_DISK = """
import os, signal, resource, sys
from pathlib import Path
from hashlib import sha256
from wordferry.content_systems.files.writer import Writer
from wordferry.errors import NeedsOperator

root = Path(sys.argv[1])
root.mkdir(exist_ok=True)
if sys.argv[2] == "limit":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
(root / "de.md").write_bytes(b"old")
new = Path(sys.argv[3])
digest = sha256(new.read_bytes()).hexdigest()
for target, expected in (("de.md", sha256(b"old").hexdigest()), ("fr.md", None)):
    try:
        Writer(root).write(target, new, revision=digest, expected=expected)
    except NeedsOperator as error:
        print(error.code, error.object, "|", error.next)
print(sorted(os.listdir(root)), (root / "de.md").read_bytes())
"""


def _full(command: list[str], tmp_path: Path, kind: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "new").write_bytes(os.urandom(200_000))
    (tmp_path / "disk").mkdir(exist_ok=True)
    return subprocess.run(
        [*command, sys.executable, "-c", FULL_DISK, str(tmp_path / "disk"), kind, str(tmp_path / "new")],
        capture_output=True,
        text=True,
        check=False,
    )


def test_file_size_limit(tmp_path: Path) -> None:
    """A write that the system cuts short needs the operator; the target is untouched and the part is gone."""
    run = _full([], tmp_path, "limit")
    assert run.stderr == ""
    first, second, left = run.stdout.splitlines()
    assert first.startswith("EFBIG de.md | Raise the file size limit")
    assert second.startswith("EFBIG fr.md | ")
    assert left == "['de.md'] b'old'"


def test_full_disk(tmp_path: Path) -> None:
    """The same on a file system that is really full, wherever a small one can be mounted."""
    mount = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"'
    own_mounts = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
    allowed = subprocess.run(
        [*own_mounts, "sh", "-c", mount, str(tmp_path), "true"], capture_output=True, check=False
    )
    if allowed.returncode == 0:
        run = _full([*own_mounts, "sh", "-c", mount, str(tmp_path / "disk")], tmp_path, "tmpfs")
        code, cure = "ENOSPC", "Free space"
    else:  # a container without that right: the nearest real error
        run = _full([], tmp_path, "limit")
        code, cure = "EFBIG", "Raise the file size limit"
    assert run.stderr == ""
    first, second, left = run.stdout.splitlines()
    assert first.startswith(f"{code} de.md | {cure}")
    assert second.startswith(f"{code} fr.md | {cure}")
    assert left == "['de.md'] b'old'"


def test_restart_after_a_displaced_edit(tmp_path: Path) -> None:
    """Killed at any moment with an edit under way, the edit is on disk after the restart, in place or kept."""
    for way in ("exchange", "aside"):
        site = tmp_path / way / "site"
        (site / "de").mkdir(parents=True)
        for name, letter in (("even", b"e"), ("odd", b"o")):
            (tmp_path / way / name).write_bytes(letter * LETTERS)
        target = site / "de/a.md"
        for turn in range(3):
            target.write_bytes(b"e" * LETTERS)
            process = subprocess.Popen(
                [sys.executable, "-c", WRITE_FOREVER, str(tmp_path / way), way],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert process.stdout is not None
            process.stdout.readline()
            edit = f"edit {turn}".encode()
            beside = target.with_name("editor.tmp")
            beside.write_bytes(edit)
            beside.rename(target)
            process.kill()  # it may have ended by itself: held
            process.wait()
            process.stdout.close()
            try:
                Writer(site, atomic=way == "exchange").write(
                    "de/a.md",
                    tmp_path / way / "odd",
                    revision=sha(b"o" * LETTERS),
                    expected=sha(b"e" * LETTERS),
                )
            except Held:
                pass
            assert edit in {path.read_bytes() for path in (site / "de").iterdir()}, (way, turn)
