"""Read what is to be sent, whatever it is, at any place and a piece at a time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from wordferry.errors import Refused
from wordferry.transport import File, Stream

__all__ = ["Reader", "Source"]

_PIECE = 256 * 1024

#: What can be sent as a file: its bytes, a path (streamed), or a stream with a length.
Source = bytes | Path | File | Stream


class Reader:
    """Read any kind of source at any place, a piece at a time."""

    def __init__(self, source: Source) -> None:
        self._source = source.path if isinstance(source, File) else source
        self._stream: AsyncIterator[bytes] | None = None
        self._at = 0
        self._ahead = b""

    async def length(self) -> int:
        """Bytes of the source."""
        source = self._source
        if isinstance(source, bytes):
            return len(source)
        if isinstance(source, Path):
            try:
                return (await asyncio.to_thread(source.stat)).st_size
            except OSError as error:
                raise Refused(f"The file cannot be read: {error.strerror}.", object=source.name) from None
        if source.length is None:
            raise Refused("A stream needs a length to be sent.", object="file")
        return source.length

    async def at(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`.

        Raises:
            Refused: the source has become shorter.
        """
        source = self._source
        if isinstance(source, bytes):
            found = source[offset : offset + size]
        elif isinstance(source, Path):
            found = await asyncio.to_thread(_read, source, offset, size)
        else:
            found = await self._streamed(source, offset, size)
        if len(found) != size:
            raise Refused("The file became shorter while it was sent.", object=self._name())
        return found

    async def pieces(self) -> AsyncIterator[bytes]:
        """The whole source, piece by piece."""
        length, offset = await self.length(), 0
        while offset < length:
            piece = await self.at(offset, min(_PIECE, length - offset))
            offset += len(piece)
            yield piece

    async def digest(self) -> str:
        """BLAKE2b of the whole source."""
        digest = hashlib.blake2b(digest_size=32)
        async for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()

    async def _streamed(self, source: Stream, offset: int, size: int) -> bytes:
        if self._stream is None or offset < self._at:
            self._stream, self._at, self._ahead = source.open(), 0, b""
        while self._at + len(self._ahead) < offset + size:
            piece = await anext(self._stream, b"")
            if not piece:
                break
            self._ahead += piece
            skip = max(0, min(offset - self._at, len(self._ahead)))
            self._at, self._ahead = self._at + skip, self._ahead[skip:]
        skip = offset - self._at
        found = self._ahead[skip : skip + size]
        self._at, self._ahead = self._at + skip + len(found), self._ahead[skip + len(found) :]
        return found

    def _name(self) -> str:
        return self._source.name if isinstance(self._source, Path) else "file"


def _read(path: Path, offset: int, size: int) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(offset)
            found = b""
            while len(found) < size and (piece := file.read(size - len(found))):
                found += piece
            return found
    except OSError as error:
        raise Refused(f"The file cannot be read: {error.strerror}.", object=path.name) from None
