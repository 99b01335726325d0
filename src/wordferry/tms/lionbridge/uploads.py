"""Send the bytes of a file: resumable, piece by piece (TUS), or as one form. In constant memory either way.

Source: Lionbridge page "FMS Transfer for Content API Clients".
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec

from wordferry.errors import OutcomeUnknown, Refused, Spent, Surprise, TryAgain, WordferryError
from wordferry.tms.lionbridge.api import fms
from wordferry.tms.lionbridge.api.source_files import FmsTransfer
from wordferry.tms.lionbridge.storage import Storage
from wordferry.transport import File, Stream
from wordferry.transport.retry import Failure

__all__ = ["CHUNK", "Begun", "Source", "Upload", "name_of", "resume", "send"]

CHUNK = fms.CHUNK
_PIECE = 256 * 1024
_NEW_PLACE = "Ask for a new place (`source_files.create`) and send the file there."

#: What can be sent as a file: its bytes, a path (streamed), or a stream with a length.
Source = bytes | Path | File | Stream


class Upload(msgspec.Struct, frozen=True):
    """A resumable upload that has begun: all that another process needs to go on with it. Stores as JSON.

    Args:
        url: address of the upload; with the token as good as a password, so keep the state encrypted.
        sas_token: opens it.
        file_name: of the file.
        length: bytes of the file.
        digest: BLAKE2b of the file, so that nobody goes on with another one.
        chunk_size: bytes of one piece.
        fms_file_id: names the file once it has arrived.
    """

    url: str
    sas_token: str
    file_name: str
    length: int
    digest: str
    chunk_size: int = CHUNK
    fms_file_id: str | None = None

    def __repr__(self) -> str:
        return f"Upload({self.file_name!r}, {self.length} bytes, {self.fms_file_id})"


#: Told once that a resumable upload has begun; may be a coroutine function.
Begun = Callable[[Upload], Awaitable[None] | None]


async def send(
    storage: Storage,
    transfer: FmsTransfer,
    file: Source,
    *,
    file_name: str | None = None,
    content_type: str | None = None,
    way: str | None = None,
    chunk_size: int = CHUNK,
    begun: Begun | None = None,
) -> None:
    """Send a file to the place that a transfer names. See `SourceFiles.upload`."""
    name = name_of(file, file_name)
    kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if way not in (None, "tus", "multipart"):
        raise Refused(f"There is no way {way!r}; there are tus and multipart.", object="way")
    if chunk_size < 1:
        raise Refused("A piece needs at least one byte.", object="chunk_size")
    reader = _Reader(file)
    length = await reader.length()
    by_form = way == "multipart" or (way is None and begun is None and length < fms.ADVISED_FORM)
    url = transfer.fms_post_multipart_url if by_form else transfer.fms_upload_url
    if not url and way is None:
        by_form = not by_form
        url = transfer.fms_post_multipart_url if by_form else transfer.fms_upload_url
    if not url:
        raise Surprise("The transfer names no address for this way of sending.", object=name)
    await storage.guard.check(url)
    with _renewable(name):
        if by_form:
            await _form(storage, url, reader, name=name, kind=kind, length=length)
            return
        token = transfer.fms_sas_token or ""
        call = fms.begin(
            url, sas_token=token, length=length, file_name=name, content_type=kind, chunk_size=chunk_size
        )
        location = (await storage.calls.heard(call)).headers.get("Location")
        address = urljoin(url, location or "")
        if not location or urlsplit(address)[:2] != urlsplit(url)[:2]:
            # The token opens the upload: it goes to the host that it was given for and to no other.
            raise Surprise("The file service names no address of its own for the upload.", object=name)
        digest = await reader.digest() if begun is not None else ""
        upload = Upload(address, token, name, length, digest, chunk_size, transfer.fms_file_id)
        if begun is not None and inspect.isawaitable(told := begun(upload)):
            await told
        await _go_on(storage, upload, reader, 0)


async def resume(storage: Storage, upload: Upload, file: Source) -> None:
    """Go on with a resumable upload where it stopped. See `SourceFiles.resume`."""
    reader = _Reader(file)
    length = await reader.length()
    if length != upload.length or (upload.digest and await reader.digest() != upload.digest):
        raise Refused(
            "This is not the file whose upload began.", object=upload.file_name, next="Send it as a new file."
        )
    await storage.guard.check(upload.url)
    with _renewable(upload.file_name):
        await _go_on(storage, upload, reader, await _offset(storage, upload))


def name_of(file: Source, given: str | None) -> str:
    """The name of a file: the one given, else that of its path.

    Raises:
        Refused: there is none.
    """
    if given:
        return given
    path = file.path if isinstance(file, File) else file
    if isinstance(path, Path):
        return path.name
    raise Refused("The file needs a name.", object="file_name")


async def _go_on(storage: Storage, upload: Upload, reader: _Reader, offset: int) -> None:
    stalled = 0
    while offset < upload.length:
        body = await reader.at(offset, min(upload.chunk_size, upload.length - offset))
        call = fms.piece(
            upload.url, sas_token=upload.sas_token, offset=offset, body=body, file_name=upload.file_name
        )
        try:
            arrived = _number((await storage.calls.heard(call)).headers.get("Upload-Offset"), upload)
        except (OutcomeUnknown, TryAgain) as error:
            arrived = await _recover(storage, upload, error, stalled + 1)
        except Refused as error:
            if error.status != 409:
                raise
            arrived = await _recover(storage, upload, error, stalled + 1)
        stalled = 0 if arrived > offset else stalled + 1
        offset = arrived


async def _recover(storage: Storage, upload: Upload, error: WordferryError, stalled: int) -> int:
    if stalled >= storage.retry.attempts:
        raise TryAgain(
            f"The upload makes no progress: {error.what}",
            object=upload.file_name,
            next="Resume it later.",
            status=error.status,
            request_id=error.request_id,
        ) from error
    await storage.sleep(storage.retry.pause(Failure(read=True), stalled))
    return await _offset(storage, upload)


async def _offset(storage: Storage, upload: Upload) -> int:
    call = fms.offset(upload.url, sas_token=upload.sas_token, file_name=upload.file_name)
    return _number((await storage.calls.heard(call)).headers.get("Upload-Offset"), upload)


def _number(text: str | None, upload: Upload) -> int:
    if text is None or not text.isascii() or not text.isdigit() or int(text) > upload.length:
        raise Surprise("The file service does not say how much has arrived.", object=upload.file_name)
    return int(text)


async def _form(storage: Storage, url: str, reader: _Reader, *, name: str, kind: str, length: int) -> None:
    if length > fms.LARGEST_FORM:
        raise Refused(
            f"The file has {length} bytes; a form takes {fms.LARGEST_FORM}.",
            object=name,
            next="Send it as a resumable upload (`tus`).",
        )
    stored = await storage.calls.run(
        fms.form(url, open=reader.pieces, length=length, file_name=name, content_type=kind)
    )
    if stored is not None and stored.size is not None and stored.size != length:
        raise Spent(f"{length} bytes were sent and {stored.size} arrived.", object=name)


class _renewable:  # noqa: N801 - reads as a word: with _renewable(name)
    """Say what to do about a place that is used up."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Spent):
            raise Spent(
                f"The place for the file has expired or was used: {error.what}",
                object=self._name,
                next=_NEW_PLACE,
                code=error.code,
                status=error.status,
                request_id=error.request_id,
            ) from error


class _Reader:
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
