"""Content-addressed files: sources as sent, downloads as received. A local folder, or an object store by URL.

A blob's name is the SHA-256 of its bytes, so storing twice is storing once and a torn blob can never be taken for a
whole one: files appear under their name only after they were flushed to disk.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import uuid
from pathlib import Path
from typing import Any

from wordferry.errors import NeedsOperator, TryAgain, Vanished

__all__ = ["Blobs", "hash_file"]

_CHUNK = 1024 * 1024


def hash_file(path: Path) -> str:
    """SHA-256 of a file in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Blobs:
    """A store of blobs.

    Args:
        where: a folder, or a URL such as `s3://bucket/prefix` (credentials come from the environment).
        folder: where a relative folder starts.
    """

    def __init__(self, where: str, *, folder: Path) -> None:
        self._remote: Any = None
        if "://" in where:
            from obstore.store import from_url

            try:
                self._remote = from_url(where)
            except Exception as error:
                # The library's own words may repeat a secret from the address.
                raise NeedsOperator(
                    f"the address of the blob store cannot be used ({type(error).__name__}).",
                    object="[wordferry] blobs",
                    next="Write a folder, or for example s3://bucket/prefix.",
                ) from error
            self._folder = folder / ".wordferry" / "blob-cache"
        else:
            self._folder = folder / where
        self._temporary = self._folder / "tmp"
        try:
            self._temporary.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NeedsOperator(
                f"the folder cannot be made: {error.strerror}.", object=str(self._temporary)
            ) from error
        self._sweep_up()

    def _sweep_up(self) -> None:
        """Remove what killed processes left behind; a live one never keeps a temporary file for a day."""
        old = time.time() - 86400.0
        for path in self._temporary.iterdir():
            try:
                if path.stat().st_mtime < old:
                    path.unlink()
            except OSError:
                continue  # another process was faster

    def temporary(self) -> Path:
        """A fresh path on the store's own disk; `adopt` renames it."""
        return self._temporary / uuid.uuid4().hex

    async def adopt(self, path: Path, revision: str | None = None) -> str:
        """Take over a file: flush it to disk, then give it its name.

        Args:
            path: the file; it is gone afterwards.
            revision: its hash, when the caller computed it while writing.

        Returns:
            The blob's name.

        Raises:
            NeedsOperator: the disk is full or refuses.
            TryAgain: the object store does not answer.
        """
        name: str = revision if revision is not None else await asyncio.to_thread(hash_file, path)
        if self._remote is not None:
            await self._upload(name, path)
        try:
            await asyncio.to_thread(self._place, path, name)
        except OSError as error:
            raise NeedsOperator(
                f"a blob cannot be stored: {error.strerror}.", object=str(self._folder)
            ) from error
        return name

    async def path(self, name: str) -> Path:
        """A local file with the blob's bytes; not to be changed.

        Raises:
            Vanished: there is no such blob.
        """
        place = self._path(name)
        if place.exists():
            return place
        if self._remote is None:
            raise Vanished(
                "the blob is not in the store.", object=name, next="Restore the blob folder, or plan again."
            )
        return await self._fetch(name)

    def discard(self, path: Path) -> None:
        """Remove a temporary file that is not wanted any more."""
        path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:1] / name

    def _place(self, path: Path, name: str) -> None:
        place = self._path(name)
        if place.exists():
            path.unlink()
            return
        _flush(path)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _flush(self._folder)
        path.replace(place)
        _flush(place.parent)

    async def _upload(self, name: str, path: Path) -> None:
        import obstore

        try:
            await obstore.put_async(self._remote, f"{name[:1]}/{name}", path)
        except Exception as error:
            raise TryAgain(
                f"the blob store does not take a blob: {type(error).__name__}.", object=name
            ) from error

    async def _fetch(self, name: str) -> Path:
        import obstore

        temporary = self.temporary()
        try:
            found = await obstore.get_async(self._remote, f"{name[:1]}/{name}")
            with temporary.open("wb") as file:
                async for chunk in found.stream(min_chunk_size=_CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError as error:
            raise Vanished("the blob is not in the store.", object=name) from error
        except Exception as error:
            raise TryAgain(f"the blob store does not answer: {type(error).__name__}.", object=name) from error
        if await asyncio.to_thread(hash_file, temporary) != name:
            temporary.unlink()
            raise TryAgain("the blob store returned other bytes.", object=name)
        await asyncio.to_thread(self._place, temporary, name)
        return self._path(name)


def _flush(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
