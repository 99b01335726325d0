"""One TUS upload under way: its bytes are in a file, and stay there when a connection breaks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wordferry.sandbox.blob import CHUNK, Blob
from wordferry.sandbox.lionbridge.errors import LionbridgeError


@dataclass(eq=False)
class TusUpload:
    """An upload and how far it has come.

    Args:
        id: the last part of its address; also the name of its file.
        chunk_size: what the client announced, if anything.
        turn: grows with each connection that writes, so that an older one cannot write any more.
    """

    id: str
    length: int
    metadata: str
    chunk_size: int | None
    expires: float
    offset: int = 0
    turn: int = 0

    def __post_init__(self) -> None:
        self._hash: Any = hashlib.sha256()
        self._hashed = 0

    def __getstate__(self) -> dict[str, Any]:
        # A running hash cannot be stored; it is begun again over the file.
        return {**self.__dict__, "_hash": None, "_hashed": 0}

    def path(self, folder: Path) -> Path:
        """The file of its bytes."""
        return folder / f"tus-{self.id}"

    def count(self, piece: bytes) -> None:
        """Note bytes that were written."""
        if self._hash is not None and self._hashed == self.offset:
            self._hash.update(piece)
            self._hashed += len(piece)
        self.offset += len(piece)

    def finish(self, folder: Path, *, spool_bytes: int) -> Blob:
        """The whole content; small ones come into memory."""
        path = self.path(folder)
        if self.length == 0:
            return Blob.of(b"")
        if self.length <= spool_bytes:
            data = path.read_bytes()
            path.unlink()
            return Blob.of(data)
        if self._hash is None or self._hashed != self.length:
            self._hash = hashlib.sha256()
            with path.open("rb") as file:
                while piece := file.read(CHUNK):
                    self._hash.update(piece)
        return Blob(path=path, size=self.length, sha256=self._hash.hexdigest())

    def discard(self, folder: Path) -> None:
        """Delete what came so far."""
        self.turn += 1
        self.path(folder).unlink(missing_ok=True)


class TusSink:
    """Writes one PATCH to its upload; what came before a broken connection stays."""

    def __init__(self, upload: TusUpload, folder: Path) -> None:
        upload.turn += 1
        self._upload = upload
        self._turn = upload.turn
        self._start = upload.offset
        self._file: BinaryIO = upload.path(folder).open("ab")
        self._file.truncate(upload.offset)

    def write(self, piece: bytes) -> None:
        """Store bytes.

        Raises:
            LionbridgeError: 413 beyond the announced length, 409 when another connection took over.
        """
        upload = self._upload
        if upload.turn != self._turn:
            raise LionbridgeError(409, "Another request continues this upload.")
        if upload.offset + len(piece) > upload.length:
            raise LionbridgeError(413, f"The upload is longer than its Upload-Length of {upload.length}.")
        self._file.write(piece)
        upload.count(piece)

    def finish(self) -> Blob:
        """Close the file; the blob tells how many bytes came."""
        self._file.close()
        return Blob(data=b"", size=self._upload.offset - self._start, sha256="")

    def discard(self) -> None:
        """Close the file and keep what came."""
        self._file.close()
