"""Where states live: the current one of a sandbox with a state folder, and named snapshots."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from wordferry.sandbox.freezing import Header, StateError, read_header, thaw

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Files that still grow are copied; all others never change and can be linked.
_GROWING = "tus-"


class Store:
    """A folder with the current state, its large files and the snapshots.

    Args:
        root: the folder; made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "state"
        self._files = root / "files"
        self._snapshots = root / "snapshots"
        self._files.mkdir(parents=True, exist_ok=True)
        self._snapshots.mkdir(exist_ok=True)

    def folder(self) -> Path:
        """A fresh folder for large files."""
        return Path(tempfile.mkdtemp(dir=self._files))

    def folder_of(self, header: Header) -> Path:
        """The folder of the current state's large files.

        Raises:
            StateError: when it is gone.
        """
        found = self._files / Path(header.folder).name
        if not found.is_dir():
            raise StateError(f"{self.state} is damaged: its files in {found} are gone")
        return found

    def sweep(self, *, keep: Path) -> None:
        """Remove the large files of states that are no more."""
        for found in self._files.iterdir():
            if found != keep:
                shutil.rmtree(found, ignore_errors=True)

    def write(self, content: bytes) -> None:
        """Put a new current state in place of the old one; at any moment one of the two is there, whole."""
        _write(self.state, content)

    def save(self, name: str, content: bytes, *, folder: Path) -> None:
        """Store a snapshot; one of the same name is replaced.

        Args:
            name: letters, digits, `.`, `_` and `-`.
            content: the state.
            folder: its large files.

        Raises:
            StateError: for a name that cannot be one.
        """
        target = self._path(name)
        building = Path(tempfile.mkdtemp(prefix=".new-", dir=self._snapshots))
        try:
            _link(folder, building / "files")
            _write(building / "state", content)
            if target.exists():
                shutil.rmtree(target)
            building.rename(target)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise

    def load(self, name: str) -> tuple[dict[str, Any], Path]:
        """A snapshot's world, and the fresh folder its large files were put in.

        Raises:
            StateError: when there is no such snapshot or it cannot be read.
        """
        found = self._existing(name)
        folder = self.folder()
        try:
            _link(found / "files", folder)
            return thaw(found / "state", folder=folder), folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def delete(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            StateError: when there is none of that name.
        """
        shutil.rmtree(self._existing(name))

    def listing(self) -> list[dict[str, Any]]:
        """The snapshots by name: when saved, at which virtual time, with which seed, how large."""
        found: list[dict[str, Any]] = []
        for path in sorted(self._snapshots.iterdir()):
            if not _NAME.fullmatch(path.name):
                continue
            try:
                header = read_header(path / "state")
            except (OSError, StateError) as error:
                found.append({"name": path.name, "error": str(error)})
                continue
            found.append(
                {
                    "name": path.name,
                    "saved": header.saved,
                    "now": header.now,
                    "seed": header.seed,
                    "bytes": sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
                }
            )
        return found

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise StateError(
                f"{name!r} cannot be the name of a snapshot: letters, digits, '.', '_' and '-' can"
            )
        return self._snapshots / name

    def _existing(self, name: str) -> Path:
        found = self._path(name)
        if not found.is_dir():
            raise StateError(f"there is no snapshot {name!r}")
        return found


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for file in source.iterdir():
        copy = target / file.name
        if file.name.startswith(_GROWING):
            shutil.copy2(file, copy)
            continue
        try:
            os.link(file, copy)
        except OSError:
            # Another file system, or one without hard links.
            shutil.copy2(file, copy)
