"""Files that are sent: the two headers that describe one, and forms that hold several.

Source: Phrase TMS API reference, "Create job", "Upload Job Preview Package" and "Upload bilingual file".
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wordferry.errors import Refused
from wordferry.tms.phrase.api.bodies import encode
from wordferry.transport import Body, File, Stream

__all__ = ["LONGEST_NAME", "Source", "content_disposition", "form_files", "memsource", "upload_body"]

#: The vendor cuts longer names silently, and a cut name can no longer be looked up.
LONGEST_NAME = 255

#: What can be sent as a file: its bytes, a path (streamed), or a stream.
Source = bytes | Path | File | Stream

_PIECE = 256 * 1024

# RFC 5987 attr-char, beyond letters and digits.
_PLAIN = "!#$&+-.^_`|~"


def content_disposition(filename: str) -> str:
    """The header that carries a file name of any script.

    Args:
        filename: control characters (line ends among them) are dropped, everything else arrives as given.

    Raises:
        Refused: nothing is left, or it is longer than 255 characters.
    """
    name = "".join(sign for sign in filename if sign >= " " and sign != "\x7f")
    if not name:
        raise Refused("A file needs a name.", object=filename or None)
    if len(name) > LONGEST_NAME:
        raise Refused(
            f"The file name has {len(name)} characters; Phrase cuts names after {LONGEST_NAME}.",
            object=name[:40] + "…",
        )
    return "filename*=UTF-8''" + quote(name, safe=_PLAIN, errors="replace")


def memsource(fields: dict[str, Any]) -> str:
    r"""The `Memsource` header: JSON on one line, ASCII only.

    Headers are Latin-1 on the wire and clients mangle the rest, so everything else is written as `\uXXXX`.
    JSON escapes line ends by itself. Entries that are None are left out.

    Raises:
        Refused: a text is no Unicode.
    """
    text = encode(fields).decode()
    if not text.isascii():
        text = json.dumps(json.loads(text), separators=(",", ":"))
    return text.replace("\x7f", "\\u007f")


def upload_body(source: Source) -> Body:
    """The body to send: a path becomes a file that is streamed with its length."""
    return File(source) if isinstance(source, Path) else source


def form_files(field: str, files: Mapping[str, Source]) -> tuple[str, Body]:
    """A form that holds files, streamed in constant memory.

    Args:
        field: the vendor's name of the field; it is repeated for each file.
        files: name → file.

    Returns:
        The value of `Content-Type`, and the body. It has a length unless one of the files is a stream without.

    Raises:
        Refused: a file that cannot be read, or a name that is none.
    """
    boundary = secrets.token_hex(16)
    pieces: list[tuple[bytes, Body, int | None]] = []
    for name, source in files.items():
        body = upload_body(source)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{_plain_name(name)}"; '
            f"{content_disposition(name)}\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        pieces.append((head.encode("ascii"), body, _length(body, name)))
    tail = f"--{boundary}--\r\n".encode("ascii")
    lengths = [len(head) + length + 2 for head, _, length in pieces if length is not None]
    total = sum(lengths) + len(tail) if len(lengths) == len(pieces) else None
    return f"multipart/form-data; boundary={boundary}", Stream(lambda: _form(pieces, tail), total)


async def _form(pieces: Sequence[tuple[bytes, Body, int | None]], tail: bytes) -> AsyncIterator[bytes]:
    for head, body, length in pieces:
        yield head
        async for piece in _read(body, length):
            yield piece
        yield b"\r\n"
    yield tail


async def _read(body: Body, length: int | None) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        yield body
    elif isinstance(body, Stream):
        async for piece in body.open():
            yield piece
    else:
        file = await asyncio.to_thread(body.path.open, "rb", buffering=0)
        try:
            # A file that grows under way is cut at the length that was announced.
            left = length or 0
            while left and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
                left -= len(piece)
                yield piece
        finally:
            file.close()


def _length(body: Body, name: str) -> int | None:
    if isinstance(body, bytes):
        return len(body)
    if isinstance(body, Stream):
        return body.length
    try:
        return body.path.stat().st_size
    except OSError as error:
        raise Refused(
            f"The file cannot be read: {(error.strerror or 'unknown').lower()}.", object=name
        ) from None


def _plain_name(name: str) -> str:
    """The name for readers that know nothing of other scripts; what they cannot read becomes `_`."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in " ._-") else "_" for sign in name)
