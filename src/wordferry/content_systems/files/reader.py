from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from wordferry.content_systems.files.config import FilesSettings
from wordferry.content_systems.files.encodings import TextCheck
from wordferry.content_systems.files.failures import told
from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.names import name_of
from wordferry.content_systems.files.selection import Selection
from wordferry.errors import Refused, Vanished, WordferryError
from wordferry.formats import format_for
from wordferry.model.content import Item

__all__ = ["PIECE", "Copied", "Reader", "stream"]

#: Bytes held in memory at a time, however large a file is.
PIECE = 1024 * 1024
#: Formats without structure: a file of any size can be taken, for nothing is parsed.
_UNPARSED = frozenset({None, "plain"})


class Copied(msgspec.Struct, frozen=True):
    """What streamed by.

    Attributes:
        revision: SHA-256 in hex.
        size: bytes.
    """

    revision: str
    size: int


def stream(
    source: int, *, to: int | None = None, check: TextCheck | None = None, limit: int | None = None
) -> Copied:
    """Hash a file, and copy it on the way, in constant memory.

    Args:
        source: descriptor to read from.
        to: descriptor to write to, if wanted.
        check: looks at the bytes as they pass.
        limit: bytes after which reading stops; the size then says one byte more.

    Raises:
        OSError: reading or writing failed.
    """
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(min(PIECE, max(os.fstat(source).st_size + 1, 4096))))
    size = 0
    while count := os.readv(source, [buffer]):
        piece = buffer[:count]
        size += count
        if limit is not None and size > limit:
            return Copied(revision="", size=limit + 1)
        digest.update(piece)
        if check is not None:
            check.feed(bytes(piece))
        while to is not None and piece:
            piece = piece[os.write(to, piece) :]
    if check is not None:
        check.feed(b"", last=True)
    return Copied(revision=digest.hexdigest(), size=size)


class Reader:
    """Reads sources.

    Args:
        root: the folder.
        settings: checked settings.
        selection: which files are sources, and in which encoding.
    """

    def __init__(self, root: Path, settings: FilesSettings, selection: Selection) -> None:
        self._root = root
        self._settings = settings
        self._selection = selection

    def look(self, path: str) -> Item:
        """The item at a path, its bytes hashed and checked.

        Raises:
            Vanished: it is gone.
            Refused: it cannot be sent; the sentence says why.
            NeedsOperator: it cannot be read.
        """
        return self._read(path, to=None)

    def copy(self, path: str, to: Path) -> Item:
        """Copy the bytes at a path into the new file `to`, flushed to disk. Nothing is left of a copy that failed."""
        with told(str(to)):
            out = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            item = self._read(path, to=out)
            with told(str(to)):
                os.fsync(out)
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        finally:
            os.close(out)
        return item

    def asset(self, path: str, *, limit: int) -> bytes | None:
        """The bytes of any file below the root, for a preview; None when it is missing, larger, or not ours to show."""
        name = name_of(path)
        try:
            with told(name):
                descriptor = self._opened(path, name)
        except WordferryError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(limit + 1)
        return data if len(data) <= limit else None

    def _read(self, path: str, *, to: int | None) -> Item:
        name = name_of(path)
        with told(name):
            descriptor = self._opened(path, name)
            try:
                return self._streamed(path, name, descriptor, to=to)
            finally:
                os.close(descriptor)

    def _opened(self, path: str, name: str) -> int:
        if self._settings.follow_symlinks:
            real_root = os.path.realpath(self._root)
            real = os.path.realpath(os.path.join(real_root, path))
            # A link inside the root may be followed; one that leads out is refused by `Folder.open`.
            path = os.path.relpath(real, real_root)
        folder_path, _, last = path.rpartition("/")
        if ".." in path.split("/"):
            raise Refused("it is a link that leads out of the root.", object=name, next="Move the root up.")
        folder = Folder.open(self._root, folder_path)
        if folder is None:
            raise Vanished("the file is gone.", object=name)
        with folder:
            descriptor = folder.read(last)
        if descriptor is None:
            raise Vanished("the file is gone.", object=name)
        return descriptor

    def _streamed(self, path: str, name: str, descriptor: int, *, to: int | None) -> Item:
        settings = self._settings
        size = os.fstat(descriptor).st_size
        file_format = format_for(name)
        limit = (
            settings.max_size if file_format in _UNPARSED else min(settings.max_size, settings.check_limit)
        )
        encoding = self._selection.encoding(path)
        check = TextCheck(format=file_format, encoding=encoding) if file_format else None
        copied = (
            Copied(revision="", size=size)
            if size > limit
            else stream(descriptor, to=to, check=check, limit=limit)
        )
        if copied.size > limit:
            raise self._too_large(name, max(size, copied.size), file_format)
        if check is not None and check.problem:
            sentence, cure = check.problem
            raise Refused(sentence, object=name, next=cure)
        return Item(
            id=name,
            name=name,
            revision=copied.revision,
            size=copied.size,
            format=file_format,
            encoding=encoding,
        )

    def _too_large(self, name: str, size: int, file_format: str | None) -> Refused:
        if size > self._settings.max_size:
            return Refused(
                f"it has {size} bytes; the limit is {self._settings.max_size}.",
                object=name,
                next="Split the file, exclude it, or raise max_size if the TMS takes more.",
            )
        return Refused(
            f"it has {size} bytes; {file_format} is checked in memory up to {self._settings.check_limit} bytes.",
            object=name,
            next="Split the file, exclude it, or raise check_limit if this machine has the memory.",
        )
