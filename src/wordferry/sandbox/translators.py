"""What the translators write: pseudo-translation of the source, damaged when asked.

The only file of the sandbox that knows the formats room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from wordferry.formats import (
    CORRUPTIONS,
    FormatError,
    corrupt,
    format_for,
    parse,
    pseudo_translate,
    pseudo_translate_lines,
    splice,
)
from wordferry.sandbox.blob import Blob, BlobWriter

# Below this many bytes a thread costs more than the work.
_IN_LOOP_BYTES = 64 * 1024
_CACHE_BYTES = 64 * 2**20


class CannotTranslate(Exception):
    """The file's content is not what its name promises."""


def format_of(filename: str) -> str | None:
    """The format of a file, or None when the vendor would call it unsupported."""
    return format_for(filename)


def corruptions() -> list[str]:
    """The kinds of damage that can be asked for."""
    return sorted(CORRUPTIONS)


class Translators:
    """Makes target files and remembers the small ones.

    Args:
        folder: where large targets are written.
        spool_bytes: targets longer than this live in a file.
    """

    def __init__(self, folder: Path, *, spool_bytes: int) -> None:
        self._folder = folder
        self._spool = spool_bytes
        self._cache: OrderedDict[tuple[str, str, str, str | None], bytes] = OrderedDict()
        self._cached_bytes = 0

    async def target(
        self, source: Blob, *, file_format: str, locale: str, corruption: str | None = None
    ) -> Blob:
        """The target file of one source in one language.

        Args:
            source: the source file.
            file_format: its format, as `format_of` named it.
            locale: the vendor's code of the target language.
            corruption: kind of damage, or None for a sound file.

        Raises:
            CannotTranslate: when the source cannot be read as its format.
        """
        if source.path is not None and file_format == "plain" and corruption is None:
            return await asyncio.to_thread(self._large, source, locale)
        key = (source.sha256, file_format, locale, corruption)
        data = self._cache.get(key)
        if data is not None:
            self._cache.move_to_end(key)
            return Blob.of(data)
        if source.size <= _IN_LOOP_BYTES:
            data = self._small(source, file_format, locale, corruption)
        else:
            data = await asyncio.to_thread(self._small, source, file_format, locale, corruption)
        if len(data) > self._spool:
            writer = BlobWriter(self._folder, spool_bytes=self._spool)
            writer.write(data)
            return writer.finish()
        self._remember(key, data)
        return Blob.of(data)

    def _small(self, source: Blob, file_format: str, locale: str, corruption: str | None) -> bytes:
        try:
            data = pseudo_translate(source.read(), format=file_format, locale=locale)
        except FormatError as error:
            raise CannotTranslate(str(error)) from error
        if corruption is None:
            return data
        damaged = corrupt(data, format=file_format, kind=corruption)
        # Not every format can suffer every damage; then the file stays sound.
        return data if damaged is None else damaged

    def target_now(self, source: Blob, *, file_format: str, locale: str) -> bytes:
        """As `target` of a sound file, without waiting.

        Raises:
            CannotTranslate: when the source cannot be read as its format.
        """
        data = self._cache.get((source.sha256, file_format, locale, None))
        return data if data is not None else self._small(source, file_format, locale, None)

    def texts(self, data: bytes, *, file_format: str) -> dict[str, str]:
        """What there is to translate in a file, by the key of its segment.

        Raises:
            CannotTranslate: when it cannot be read as its format.
        """
        try:
            return {segment.key: segment.text for segment in parse(data, format=file_format).segments}
        except FormatError as error:
            raise CannotTranslate(str(error)) from error

    def filled(self, data: bytes, *, file_format: str, texts: dict[str, str]) -> bytes:
        """The file with these translations in their segments.

        Raises:
            CannotTranslate: when it cannot be read as its format, or has no such segment.
        """
        try:
            return splice(parse(data, format=file_format), texts)
        except FormatError as error:
            raise CannotTranslate(str(error)) from error

    def _large(self, source: Blob, locale: str) -> Blob:
        writer = BlobWriter(self._folder, spool_bytes=self._spool)
        try:
            for line in pseudo_translate_lines(source.chunks(), locale=locale, encoding="utf-8"):
                writer.write(line)
        except FormatError as error:
            writer.discard()
            raise CannotTranslate(str(error)) from error
        return writer.finish()

    def _remember(self, key: tuple[str, str, str, str | None], data: bytes) -> None:
        if key in self._cache:
            return
        self._cache[key] = data
        self._cached_bytes += len(data)
        while self._cached_bytes > _CACHE_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped)
