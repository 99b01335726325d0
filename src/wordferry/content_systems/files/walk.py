from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Protocol

import msgspec

from wordferry.content_systems.files.failures import failure
from wordferry.content_systems.files.templates import Place
from wordferry.errors import NeedsOperator

__all__ = ["OURS", "Choice", "Trouble", "Walk"]

#: Our own folder, and how our own temporary files begin. Never sources.
OURS = ".wordferry"

_KINDS = (
    (stat.S_ISFIFO, "is a named pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


class Trouble(msgspec.Struct, frozen=True):
    """Something selected that cannot be a source.

    Attributes:
        path: below the root.
        error: what is wrong and what to do.
    """

    path: str
    error: str


class Choice(Protocol):
    """What a walk asks about each path."""

    def place(self, path: str) -> Place | None:
        """Where a selected file stands; None when it is not selected."""
        ...

    def enters(self, folder: str) -> bool:
        """Whether sources can be in a folder or below it."""
        ...

    def names_a_file(self, path: str) -> bool:
        """Whether a path is selected by a pattern that names a kind of file."""
        ...


class Walk:
    """One pass over the folders below a root.

    Args:
        root: the folder.
        choice: which files are wanted.
        follow: whether links inside the root are followed.
    """

    def __init__(self, root: Path, choice: Choice, *, follow: bool) -> None:
        self._named_root = root
        self._root = os.path.realpath(root)
        self._choice = choice
        self._follow = follow
        self._linked: set[tuple[int, int]] = set()
        #: What the walk found, in no order.
        self.places: list[Place] = []
        self.troubles: list[Trouble] = []
        self.unentered = 0

    def run(self) -> None:
        """Walk.

        Raises:
            NeedsOperator: the root is missing or cannot be read.
        """
        try:
            top = os.stat(self._root)
            if not stat.S_ISDIR(top.st_mode):
                raise NotADirectoryError
            os.scandir(self._root).close()
        except OSError as error:
            raise NeedsOperator(
                f"the root cannot be read: {error.strerror or 'it is not a folder'}.",
                object=str(self._named_root),
                next="Create the folder or correct `root`.",
            ) from error
        # A stack, not recursion: folders may be deeper than Python's.
        open_folders: list[tuple[str, tuple[tuple[int, int], ...]]] = [("", ((top.st_dev, top.st_ino),))]
        while open_folders:
            folder, ancestors = open_folders.pop()
            try:
                with os.scandir(os.path.join(self._root, folder)) as entries:
                    found = list(entries)
            except OSError as error:
                self._trouble(f"{folder}/", str(failure(error, object="").what) + " Its files are not seen.")
                continue
            for entry in found:
                path = f"{folder}/{entry.name}" if folder else entry.name
                inner = self._entry(entry, path, ancestors)
                if inner is not None:
                    open_folders.append((path, (*ancestors, inner)))

    def _trouble(self, path: str, error: str) -> None:
        self.troubles.append(Trouble(path, error))

    def _entry(
        self, entry: os.DirEntry[str], path: str, ancestors: tuple[tuple[int, int], ...]
    ) -> tuple[int, int] | None:
        """Take one entry; for a folder that is to be entered, its identity."""
        if entry.name.startswith(OURS):
            return None
        try:
            linked = entry.is_symlink()
            if entry.is_dir(follow_symlinks=False):
                return self._folder(entry, path, linked=False, ancestors=ancestors)
            if not linked and entry.is_file(follow_symlinks=False):
                place = self._choice.place(path)
                if place is not None:
                    self.places.append(place)
                return None
            if linked:
                return self._link(entry, path, ancestors)
            if self._choice.place(path) is not None:
                self._special(path, entry.stat(follow_symlinks=False).st_mode)
        except OSError as error:
            if self._choice.place(path) is not None:
                told = failure(error, object="")
                self._trouble(path, f"{told.what} {told.next}")
        return None

    def _folder(
        self, entry: os.DirEntry[str], path: str, *, linked: bool, ancestors: tuple[tuple[int, int], ...]
    ) -> tuple[int, int] | None:
        if self._choice.names_a_file(path):
            self._trouble(path, "it is a folder with the name of a file. Rename it, or exclude it.")
        if not self._choice.enters(path):
            return None
        status = entry.stat()
        identity = (status.st_dev, status.st_ino)
        if not linked:
            return identity
        if not self._follow:
            self.unentered += 1
            return None
        if identity in ancestors:
            self._trouble(path, "the link leads back to a folder above it. Remove the link, or exclude it.")
            return None
        if not self._inside(path):
            self._trouble(path, "the link leads out of the root. Move the root up, or copy the folder here.")
            return None
        if identity in self._linked:
            # Links between folders would otherwise multiply without end.
            self._trouble(path, "its folder is already read through another link. Keep one of the two links.")
            return None
        self._linked.add(identity)
        return identity

    def _link(
        self, entry: os.DirEntry[str], path: str, ancestors: tuple[tuple[int, int], ...]
    ) -> tuple[int, int] | None:
        wanted = self._choice.place(path)
        try:
            status = entry.stat()
        except OSError as error:
            if wanted is not None:
                loop = isinstance(error, FileNotFoundError)
                self._trouble(
                    path,
                    f"it is a link that leads {'nowhere' if loop else 'in a circle'}. Mend or remove the link.",
                )
            return None
        if stat.S_ISDIR(status.st_mode):
            return self._folder(entry, path, linked=True, ancestors=ancestors)
        if wanted is None:
            return None
        if not stat.S_ISREG(status.st_mode):
            self._special(path, status.st_mode)
        elif not self._follow:
            self._trouble(path, "it is a symbolic link. Set follow_symlinks = true, or exclude it.")
        elif not self._inside(path):
            self._trouble(
                path, "it is a link that leads out of the root. Move the root up, or copy the file here."
            )
        else:
            self.places.append(wanted)
        return None

    def _special(self, path: str, mode: int) -> None:
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "is no regular file")
        self._trouble(path, f"it {kind}. Exclude it.")

    def _inside(self, path: str) -> bool:
        real = os.path.realpath(os.path.join(self._root, path))
        return real == self._root or real.startswith(self._root.rstrip("/") + "/")
