"""The vendor's forms of ids, made by the sandbox's identifiers."""

from __future__ import annotations

import base64

from wordferry.sandbox.identifiers import Identifiers


def job_id(ids: Identifiers, *key: str) -> str:
    """Ten characters of base 62."""
    return ids.uid("lionbridge job", *key)[:10]


def provider_id(ids: Identifiers, *key: str) -> str:
    """Fourteen characters of base 62."""
    return ids.uid("lionbridge provider", *key)[:14]


def uuid(ids: Identifiers, *key: str) -> str:
    """A UUID of version 4."""
    digits = ids.hex("lionbridge uuid", *key)
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def short(ids: Identifiers, *key: str) -> str:
    """A UUID in 22 characters of URL-safe Base64; it may hold `-` and `_`."""
    raw = bytes.fromhex(uuid(ids, *key).replace("-", ""))
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
