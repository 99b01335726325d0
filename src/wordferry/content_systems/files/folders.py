from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from wordferry.content_systems.files.names import name_of
from wordferry.errors import Refused, TryAgain

__all__ = ["Folder"]

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: Seconds to wait for another process that writes in the same folder; it holds the lock for milliseconds.
_PATIENCE = 10.0


class Folder:
    """An opened folder at or below a root. What is done through it cannot be led elsewhere by a link.

    Use `Folder.open`; it is a context manager.
    """

    def __init__(self, descriptor: int, path: str) -> None:
        #: Descriptor, for calls with `dir_fd`.
        self.descriptor = descriptor
        #: What a person calls it; never used to reach it.
        self.path = path

    @classmethod
    def open(cls, root: Path, below: str, *, create: bool = False) -> Folder | None:
        """Open a folder.

        Each component is opened without following links. If there is a link among them, all are resolved once; they
        must stay inside the root and are then opened in the same way, so that a link put there meanwhile is refused.

        Args:
            root: the content system's root.
            below: path below the root; empty for the root itself.
            create: make missing folders, each confirmed to disk.

        Returns:
            The folder; None when it is missing and not to be made.

        Raises:
            Refused: it lies outside the root.
            OSError: anything else, as the system says it.
        """
        path = os.path.join(root, below)
        try:
            try:
                return cls(_descend(root, below, create=create), path)
            except OSError as error:
                # Linux says ENOTDIR for a link that is to be a folder, others ELOOP.
                if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
                    raise
                real = _resolved(root, below)
                if real == below:
                    raise
                return cls(_descend(root, real, create=create), path)
        except FileNotFoundError:
            if create:
                raise
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def status(self, name: str) -> os.stat_result | None:
        """The entry itself, links not followed; None when there is none."""
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def read(self, name: str) -> int | None:
        """Open a regular file for reading.

        Returns:
            A descriptor; None when there is no such file.

        Raises:
            Refused: it is a link, a folder or something special.
        """
        status = self.status(name)
        if status is None:
            return None
        # Opening a device may do something, so look before; and again after, for what came in between.
        _regular(status, name)
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(name, flags, dir_fd=self.descriptor)
        except FileNotFoundError:
            return None
        try:
            _regular(os.fstat(descriptor), name)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def remove(self, name: str) -> None:
        """Remove a file of ours; none there is fine."""
        try:
            os.unlink(name, dir_fd=self.descriptor)
        except FileNotFoundError:
            pass

    def flush(self) -> None:
        """Confirm the names in this folder to disk."""
        os.fsync(self.descriptor)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers of ours out of this folder, in all processes of this machine.

        Raises:
            TryAgain: another writer holds it for too long (a stopped process).
        """
        until = time.monotonic() + _PATIENCE
        pause = 0.001
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TryAgain("another process writes in this folder.", object=self.path) from None
                # Not a blocking wait: a process that was stopped while it holds the lock must not stop us as well.
                time.sleep(pause)
                pause = min(pause * 2, 0.02)
                continue
            except OSError:
                # Some network file systems lock no folders. The ledger's lock per target still holds.
                yield
                return
            break
        try:
            yield
        finally:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)


def _resolved(root: Path, below: str) -> str:
    """The path below the root without links."""
    real_root = os.path.realpath(root)
    real = os.path.realpath(os.path.join(real_root, below))
    if real == real_root:
        return ""
    inside = real_root.rstrip("/") + "/"
    if not real.startswith(inside):
        raise Refused(
            "its folder leads out of the root through a link.",
            object=name_of(below),
            next="Replace the link by a real folder, or move the root up.",
        )
    return real[len(inside) :]


def _descend(root: Path, below: str, *, create: bool) -> int:
    # The root itself may be a link: it is the operator's word.
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in below.split("/") if below else ():
            inner = _step(descriptor, part, create=create)
            os.close(descriptor)
            descriptor = inner
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _step(folder: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _OPEN_FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
    try:
        os.mkdir(part, 0o777, dir_fd=folder)
    except FileExistsError:
        pass  # somebody made it at the same moment
    os.fsync(folder)
    return os.open(part, _OPEN_FOLDER, dir_fd=folder)


def _regular(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "no regular file"
    raise Refused(
        f"it is {kind}.", object=name_of(name), next="Replace it by a regular file, or move it away."
    )
