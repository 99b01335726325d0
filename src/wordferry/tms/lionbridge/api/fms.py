"""The file service: resumable uploads by the TUS protocol 1.0.0, forms, and the bytes behind a redirect.

Nothing here carries the bearer token: its addresses are signed, or the header `sastoken` opens them.

Source: Lionbridge page "FMS Transfer for Content API Clients"; the TUS protocol 1.0.0, core and creation.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from typing import ClassVar

from wordferry.errors import Refused, Spent, TryAgain
from wordferry.tms.lionbridge.api.answers import Answer, one_or_none
from wordferry.tms.lionbridge.api.source_files import OCTETS, REDIRECTS
from wordferry.transport import Call, Endpoint, Kind, Stream, nothing

__all__ = ["ADVISED_FORM", "CHUNK", "LARGEST_FORM", "StoredFile", "begin", "fetch", "form", "offset", "piece"]

#: Bytes of one piece: what the vendor's samples announce and send.
CHUNK = 1_048_576
#: Bytes that a form may carry, and up to which the vendor advises one.
LARGEST_FORM = 200_000_000
ADVISED_FORM = 1_000_000

_TUS = {"Tus-Resumable": "1.0.0"}
# A place that has expired, was used up, or is gone: another one is needed, and costs nothing.
_GONE = {401: Spent, 403: Spent, 404: Spent, 410: Spent}
_BEGIN = Endpoint("fms.begin", "POST", "", nothing, Kind.EFFECT, reactions={**_GONE, 409: Spent})
_OFFSET = Endpoint("fms.offset", "HEAD", "", nothing, Kind.READ, reactions=_GONE)
_PIECE = Endpoint("fms.piece", "PATCH", "", nothing, Kind.EFFECT, reactions=_GONE, transfer=True)
# The address was signed a moment ago; one that is refused already was held up somewhere: ask for another.
_FETCH = Endpoint(
    "fms.fetch",
    "GET",
    "",
    nothing,
    Kind.READ,
    reactions={401: TryAgain, 403: TryAgain, 410: TryAgain},
    transfer=True,
    accepts=REDIRECTS,
)


class StoredFile(Answer, frozen=True, kw_only=True):
    """What the file service says of a form that arrived."""

    identity: ClassVar[str] = "id"

    id: str | None = None
    name: str | None = None
    content_type: str | None = None
    size: int | None = None


_stored = one_or_none(StoredFile)


def _read_form(body: bytes) -> StoredFile | None:
    # Only the status is certain.
    try:
        return _stored(body)
    except ValueError:
        return None


_FORM = Endpoint(
    "fms.form",
    "POST",
    "",
    _read_form,
    Kind.ONCE,
    reactions={**_GONE, 409: Spent, 413: Refused},
    transfer=True,
)


def begin(
    url: str, *, sas_token: str, length: int, filename: str, content_type: str, chunk_size: int
) -> Call[None]:
    """Begin a resumable upload; the header `Location` of the answer is its address.

    Args:
        url: `fms_upload_url` of the transfer.
        sas_token: of the transfer.
        length: bytes of the file.
        filename: of the file.
        content_type: MIME type.
        chunk_size: bytes of the pieces that will follow.

    Raises:
        Spent: the place has expired or was used.
        OutcomeUnknown: ask for a new place.

    Source: Lionbridge page "FMS Transfer for Content API Clients": the length of the empty body must be named.
    """
    metadata = {"name": filename, "contentType": content_type, "chunkSize": str(chunk_size)}
    headers = {
        **_TUS,
        "sastoken": sas_token,
        "Upload-Length": str(length),
        "Upload-Metadata": ",".join(
            f"{key} {b64encode(value.encode('utf-8', 'replace')).decode()}" for key, value in metadata.items()
        ),
        "Content-Length": "0",
    }
    return Call(_BEGIN, headers=headers, body=b"", subject=filename, link=url)


def offset(url: str, *, sas_token: str, filename: str) -> Call[None]:
    """Ask how much has arrived: the header `Upload-Offset` of the answer.

    Args:
        url: address of the upload.
        sas_token: of the transfer.
        filename: of the file.

    Raises:
        Spent: the place has expired.

    Source: TUS protocol 1.0.0, core.
    """
    return Call(_OFFSET, headers={**_TUS, "sastoken": sas_token}, subject=filename, link=url)


def piece(url: str, *, sas_token: str, offset: int, body: bytes, filename: str) -> Call[None]:
    """Send the next bytes; the header `Upload-Offset` of the answer says how much has arrived then.

    Args:
        url: address of the upload.
        sas_token: of the transfer.
        offset: bytes that have arrived before.
        body: the bytes.
        filename: of the file.

    Raises:
        Spent: the place has expired.
        Refused: another offset is expected (409).
        OutcomeUnknown: ask for the offset.

    Source: TUS protocol 1.0.0, core.
    """
    headers = {
        **_TUS,
        "sastoken": sas_token,
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    return Call(_PIECE, headers=headers, body=body, subject=filename, link=url)


def form(
    url: str, *, open: Callable[[], AsyncIterator[bytes]], length: int, filename: str, content_type: str
) -> Call[StoredFile | None]:
    """Send a whole file as a form with one part named `file`.

    Args:
        url: `fms_post_multipart_url` of the transfer.
        open: returns a fresh iterator over the file.
        length: bytes of the file.
        filename: of the file.
        content_type: MIME type.

    Raises:
        Spent: the place has expired or was used.
        Refused: the file is too large for a form.
        OutcomeUnknown: ask for a new place; a form is never resumed.

    Source: Lionbridge page "FMS Transfer for Content API Clients".
    """
    boundary = f"wordferry-{os.urandom(16).hex()}"
    # As browsers write it: these three are escaped, everything else goes out as UTF-8.
    name = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    ).encode("utf-8", "replace")
    tail = f"\r\n--{boundary}--\r\n".encode()

    async def parts() -> AsyncIterator[bytes]:
        yield head
        async for part in open():
            yield part
        yield tail

    return Call(
        _FORM,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        body=Stream(parts, len(head) + length + len(tail)),
        subject=filename,
        link=url,
    )


def fetch(url: str, *, subject: str | None) -> Call[None]:
    """Fetch the bytes that a redirect leads to.

    Args:
        url: signed address.
        subject: what an error names.

    Raises:
        TryAgain: the address has expired, or the transfer broke off: begin with the redirect again.

    Source: Content API, "Retrieve the target content for translation request as a file".
    """
    return Call(_FETCH, headers=OCTETS, subject=subject, link=url)
