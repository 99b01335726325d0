"""Send the bytes of a file: resumable, piece by piece (TUS), or as one form. In constant memory either way.

Source: Lionbridge page "FMS Transfer for Content API Clients".
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec

from wordferry.errors import OutcomeUnknown, Refused, Spent, Surprise, TryAgain, WordferryError
from wordferry.tms.lionbridge.api import fms
from wordferry.tms.lionbridge.api.source_files import FmsTransfer
from wordferry.tms.lionbridge.reading import Reader, Source
from wordferry.tms.lionbridge.storage import Storage
from wordferry.transport import File
from wordferry.transport.retry import Failure

__all__ = ["CHUNK", "Source", "Upload", "begin", "name_of", "resume", "send"]

CHUNK = fms.CHUNK
_NEW_PLACE = "Ask for a new place (`source_files.create`) and send the file there."


class Upload(msgspec.Struct, frozen=True):
    """A resumable upload that has begun: all that another process needs to go on with it. Stores as JSON.

    Args:
        url: address of the upload; with the token as good as a password, so keep the state encrypted.
        sas_token: opens it.
        filename: of the file.
        length: bytes of the file.
        digest: BLAKE2b of the file, so that nobody goes on with another one.
        chunk_size: bytes of one piece.
        fms_file_id: names the file once it has arrived.
    """

    url: str
    sas_token: str
    filename: str
    length: int
    digest: str
    chunk_size: int = CHUNK
    fms_file_id: str | None = None

    def __repr__(self) -> str:
        return f"Upload({self.filename!r}, {self.length} bytes, {self.fms_file_id})"


async def send(
    storage: Storage,
    transfer: FmsTransfer,
    file: Source,
    *,
    filename: str | None = None,
    content_type: str | None = None,
    way: str | None = None,
) -> None:
    """Send a file to the place that a transfer names. See `SourceFiles.upload`."""
    name = name_of(file, filename)
    if way not in (None, "tus", "multipart"):
        raise Refused(f"There is no way {way!r}; there are tus and multipart.", object="way")
    reader = Reader(file)
    length = await reader.length()
    by_form = way == "multipart" or (way is None and length < fms.ADVISED_FORM)
    if way is None and not (transfer.fms_post_multipart_url if by_form else transfer.fms_upload_url):
        by_form = not by_form
    kind = _kind(name, content_type)
    with _place(name):
        if by_form:
            await _form(storage, transfer, reader, name=name, kind=kind, length=length)
        else:
            upload = await _begun(storage, transfer, name=name, kind=kind, length=length, chunk_size=CHUNK)
            await _go_on(storage, upload, reader, 0)


async def begin(
    storage: Storage,
    transfer: FmsTransfer,
    file: Source,
    *,
    filename: str | None = None,
    content_type: str | None = None,
    chunk_size: int = CHUNK,
) -> Upload:
    """Begin a resumable upload. See `SourceFiles.begin`."""
    if chunk_size < 1:
        raise Refused("A piece needs at least one byte.", object="chunk_size")
    name = name_of(file, filename)
    reader = Reader(file)
    length = await reader.length()
    digest = await reader.digest()
    kind = _kind(name, content_type)
    with _place(name):
        upload = await _begun(storage, transfer, name=name, kind=kind, length=length, chunk_size=chunk_size)
    return msgspec.structs.replace(upload, digest=digest)


async def resume(storage: Storage, upload: Upload, file: Source) -> None:
    """Go on with a resumable upload where it stopped. See `SourceFiles.resume`."""
    reader = Reader(file)
    length = await reader.length()
    if length != upload.length or (upload.digest and await reader.digest() != upload.digest):
        raise Refused(
            "This is not the file whose upload began.", object=upload.filename, next="Send it as a new file."
        )
    await storage.guard.check(upload.url)
    with _place(upload.filename):
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
    raise Refused("The file needs a name.", object="filename")


async def _go_on(storage: Storage, upload: Upload, reader: Reader, offset: int) -> None:
    stalled = 0
    while offset < upload.length:
        body = await reader.at(offset, min(upload.chunk_size, upload.length - offset))
        call = fms.piece(
            upload.url, sas_token=upload.sas_token, offset=offset, body=body, filename=upload.filename
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
            object=upload.filename,
            next="Resume it later.",
            status=error.status,
            request_id=error.request_id,
        ) from error
    await storage.sleep(storage.retry.pause(Failure(read=True), stalled))
    return await _offset(storage, upload)


async def _offset(storage: Storage, upload: Upload) -> int:
    call = fms.offset(upload.url, sas_token=upload.sas_token, filename=upload.filename)
    return _number((await storage.calls.heard(call)).headers.get("Upload-Offset"), upload)


def _number(text: str | None, upload: Upload) -> int:
    if text is None or not text.isascii() or not text.isdigit() or int(text) > upload.length:
        raise Surprise("The file service does not say how much has arrived.", object=upload.filename)
    return int(text)


async def _begun(
    storage: Storage, transfer: FmsTransfer, *, name: str, kind: str, length: int, chunk_size: int
) -> Upload:
    url = await _address(storage, transfer.fms_upload_url, name)
    token = transfer.fms_sas_token or ""
    call = fms.begin(
        url, sas_token=token, length=length, filename=name, content_type=kind, chunk_size=chunk_size
    )
    location = (await storage.calls.heard(call)).headers.get("Location")
    address = urljoin(url, location or "")
    if not location or urlsplit(address)[:2] != urlsplit(url)[:2]:
        # The token opens the upload: it goes to the host that it was given for and to no other.
        raise Surprise("The file service names no address of its own for the upload.", object=name)
    return Upload(address, token, name, length, "", chunk_size, transfer.fms_file_id)


async def _form(
    storage: Storage, transfer: FmsTransfer, reader: Reader, *, name: str, kind: str, length: int
) -> None:
    if length > fms.LARGEST_FORM:
        raise Refused(
            f"The file has {length} bytes; a form takes {fms.LARGEST_FORM}.",
            object=name,
            next="Send it as a resumable upload (`tus`).",
        )
    url = await _address(storage, transfer.fms_post_multipart_url, name)
    stored = await storage.calls.run(
        fms.form(url, open=reader.pieces, length=length, filename=name, content_type=kind)
    )
    if stored is not None and stored.size is not None and stored.size != length:
        raise Spent(f"{length} bytes were sent and {stored.size} arrived.", object=name)


async def _address(storage: Storage, url: str | None, name: str) -> str:
    if not url:
        raise Surprise("The transfer names no address for this way of sending.", object=name)
    await storage.guard.check(url)
    return url


def _kind(name: str, given: str | None) -> str:
    return given or mimetypes.guess_type(name)[0] or "application/octet-stream"


@contextmanager
def _place(name: str) -> Iterator[None]:
    """Say what to do about a place that is used up."""
    try:
        yield
    except Spent as error:
        raise Spent(
            f"The place for the file has expired or was used. {error.what}",
            object=name,
            next=_NEW_PLACE,
            code=error.code,
            status=error.status,
            request_id=error.request_id,
        ) from error
