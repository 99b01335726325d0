"""File contents: in memory while small, in the sandbox's temporary folder when large."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from aiohttp import web

CHUNK = 256 * 1024


class TooLarge(Exception):
    """More bytes came than the sandbox takes."""


class Garbled(Exception):
    """A body is not encoded as it says: compressed, or in chunks."""


class Blob:
    """Immutable content with its length in bytes and its SHA-256."""

    __slots__ = ("data", "path", "sha256", "size")

    def __init__(
        self, *, data: bytes | None = None, path: Path | None = None, size: int, sha256: str
    ) -> None:
        self.data = data
        self.path = path
        self.size = size
        self.sha256 = sha256

    @classmethod
    def of(cls, data: bytes) -> Blob:
        """A blob in memory."""
        return cls(data=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def read(self) -> bytes:
        """All of it."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        return self.path.read_bytes()

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces of at most `CHUNK` bytes."""
        if self.data is not None:
            for start in range(0, self.size, CHUNK):
                yield self.data[start : start + CHUNK]
            return
        assert self.path is not None
        with self.path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece

    def discard(self) -> None:
        """Delete the temporary file, if there is one."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


class BlobWriter:
    """Collects bytes into a blob and moves them to a file when they grow large.

    Args:
        folder: where large content goes.
        spool_bytes: up to this many bytes stay in memory.
        limit: refuse more bytes than this.
    """

    def __init__(self, folder: Path, *, spool_bytes: int, limit: int | None = None) -> None:
        self._folder = folder
        self._spool = spool_bytes
        self._limit = limit
        self._pieces: list[bytes] = []
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes.

        Raises:
            TooLarge: when the limit is passed.
        """
        self._size += len(piece)
        if self._limit is not None and self._size > self._limit:
            raise TooLarge(f"more than {self._limit} bytes")
        self._hash.update(piece)
        if self._file is None and self._size > self._spool:
            handle, name = tempfile.mkstemp(dir=self._folder)
            self._path = Path(name)
            self._file = os.fdopen(handle, "wb")
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file is None:
            self._pieces.append(piece)
        else:
            self._file.write(piece)

    def finish(self) -> Blob:
        """The blob with everything written."""
        if self._file is None:
            return Blob(data=b"".join(self._pieces), size=self._size, sha256=self._hash.hexdigest())
        self._file.close()
        return Blob(path=self._path, size=self._size, sha256=self._hash.hexdigest())

    def discard(self) -> None:
        """Throw away what was written."""
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)


class Sink(Protocol):
    """Takes the bytes of a body as they come."""

    def write(self, piece: bytes) -> None:
        """Take bytes."""

    def finish(self) -> Blob:
        """All bytes have come."""

    def discard(self) -> None:
        """No more will come."""


async def receive(pieces: AsyncIterator[bytes], writer: Sink) -> Blob:
    """Stream a request body into a blob.

    Raises:
        TooLarge: when the writer's limit is passed.
        Garbled: when the body is not encoded as it says.
    """
    try:
        async for piece in pieces:
            writer.write(piece)
    except web.RequestPayloadError as error:
        writer.discard()
        raise Garbled(str(error)) from None
    except BaseException:
        writer.discard()
        raise
    return writer.finish()
