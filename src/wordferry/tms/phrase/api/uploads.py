"""The two headers that describe an uploaded file. Source: Phrase TMS API reference, "Create job"."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from wordferry.errors import Refused
from wordferry.transport import Body, File, Stream

__all__ = ["LONGEST_NAME", "Source", "content_disposition", "memsource", "upload_body"]

#: The vendor cuts longer names silently, and a cut name can no longer be looked up.
LONGEST_NAME = 255

#: What can be sent as a file: its bytes, a path (streamed), or a stream.
Source = bytes | Path | File | Stream

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
    """
    text = msgspec.json.encode({name: value for name, value in fields.items() if value is not None}).decode()
    if not text.isascii():
        text = json.dumps(json.loads(text), separators=(",", ":"))
    return text.replace("\x7f", "\\u007f")


def upload_body(source: Source) -> Body:
    """The body to send: a path becomes a file that is streamed with its length."""
    return File(source) if isinstance(source, Path) else source
