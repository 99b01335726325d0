"""Deterministic names: ids, markers and operation keys.

The same content always gets the same name, so a repeated attempt meets its own traces instead of making doubles.
"""

from __future__ import annotations

import base64
import hashlib
import re

__all__ = [
    "MARKER_LENGTH",
    "batch_id",
    "digest",
    "key",
    "marked_file_name",
    "marker",
    "marker_in",
    "short",
    "translation_id",
]

#: Characters of a marker; 50 bits, so that a million names collide with a chance below one in a thousand.
MARKER_LENGTH = 10
#: Longest file name in bytes that every vendor keeps whole: Phrase cuts at 255 characters without a word, Lionbridge
#: refuses names of more than 250 bytes.
#: Sources: Phrase support article "Phrase TMS Limits"; Lionbridge Content API v2, "Development Guidelines".
FILE_NAME_LIMIT = 250
#: Bytes of the longest operation key that is kept as it is.
KEY_LIMIT = 1024
_BATCH_NAME = re.compile(
    rf"(?P<route>.+) \d{{4}}-\d\d-\d\d (?P<marker>[a-z2-7]{{{MARKER_LENGTH}}})", re.DOTALL
)


def short(*parts: str, length: int = MARKER_LENGTH) -> str:
    """A short lower-case name (a–z, 2–7) made from the parts; the order and the borders of parts count."""
    joined = "\x1f".join(f"{len(part)}:{part}" for part in parts)
    raw = hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=20).digest()
    return base64.b32encode(raw).decode().lower()[:length]


def digest(data: bytes) -> str:
    """Content hash of bytes: SHA-256 in hex. Revisions and blobs are named by it."""
    return hashlib.sha256(data).hexdigest()


def batch_id(plan_id: str, route: str) -> str:
    """Id of the batch that an accepted plan makes for a route."""
    return "b" + short("batch", plan_id, route)


def translation_id(batch: str, item: str, locale: str, *, edition: str = "") -> str:
    """Id of one item in one locale in one batch.

    Args:
        batch: the batch.
        item: the item.
        locale: our code.
        edition: the plan, when the batch was there before it: a batch may take several revisions of an item.
    """
    return "t" + short("translation", batch, item, locale, *([edition] if edition else []))


def marker(installation: str, *parts: str) -> str:
    """The marker that makes a vendor object findable by name: 10 characters, unique to this installation."""
    return short("marker", installation, *parts)


def marker_in(name: str, *, route: str | None = None) -> str | None:
    """The marker at the end of a batch's name; None when no Wordferry made that name.

    Args:
        name: the name of a batch at the vendor.
        route: the route that must stand in front; any when left out.
    """
    found = _BATCH_NAME.fullmatch(name)
    if found is None or (route is not None and found["route"] != route):
        return None
    return found["marker"]


def marked_file_name(name: str, mark: str) -> str:
    """A file name that carries the marker before its extension and survives the vendor's limit.

    Args:
        name: the item's own file name, any length, any characters.
        mark: what `marker` returned.

    Returns:
        `stem.marker.ext`, at most 250 bytes; the stem is cut, never the marker or the extension.
    """
    clean = "".join(" " if ord(char) < 32 or ord(char) == 127 or char in '/\\"' else char for char in name)
    clean = clean.encode("utf-8", "replace").decode().strip() or "item"
    stem, dot, extension = clean.rpartition(".")
    if not dot or not stem or len(extension) > 16:
        stem, extension = clean, ""
    tail = f".{mark}.{extension}" if extension else f".{mark}"
    # Cut by bytes as well: file systems at the vendor's side count bytes, not characters.
    room = FILE_NAME_LIMIT - len(tail.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip()
    return f"{stem}{tail}"


def key(kind: str, *parts: str | int) -> str:
    """An operation key: readable, exact, and the same on every attempt."""
    whole = ":".join([kind, *(str(part).replace("%", "%25").replace(":", "%3A") for part in parts)])
    if len(whole.encode("utf-8", "surrogatepass")) <= KEY_LIMIT:
        return whole
    # Indexes have limits (PostgreSQL: 2,704 bytes); the hash keeps a long key exact.
    return f"{whole[: KEY_LIMIT // 8]}~{short('key', whole, length=32)}"
