"""Encryption of what must not lie about in plain text, and the signatures of our callback addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from wordferry.errors import NeedsOperator

__all__ = ["Seal"]

#: Fewest characters of a key: shorter ones can be guessed.
SHORTEST = 32


class Seal:
    """Everything that is made from `secret_key`.

    Args:
        keys: the key, then older ones that are still good for reading.

    Raises:
        NeedsOperator: a key is too short.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if any(len(key) < SHORTEST for key in keys):
            raise NeedsOperator(
                f"the key is shorter than {SHORTEST} characters.",
                object="[wordferry] secret_key",
                next="Make one with `openssl rand -hex 32`.",
            )
        # Each use has a key of its own, so that nothing made for one can be passed off as the other.
        self._box = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"box"))) for key in keys])
        self._signing = [_derive(key, b"callback") for key in keys]

    def close(self, data: bytes) -> bytes:
        """Encrypt."""
        return self._box.encrypt(data)

    def open(self, data: bytes) -> bytes:
        """Decrypt.

        Raises:
            NeedsOperator: it was encrypted under another key.
        """
        try:
            return self._box.decrypt(bytes(data))
        except InvalidToken as error:
            raise NeedsOperator(
                "what the ledger keeps was encrypted under another key.",
                object="[wordferry] secret_key",
                next="Put the old key into `old_secret_keys`, or make the registrations anew with"
                " `wordferry events register`.",
            ) from error

    def sign(self, *parts: str) -> str:
        """A signature that is safe in a path."""
        return _sign(self._signing[0], parts)

    def signed(self, signature: str, *parts: str) -> bool:
        """Whether the signature is ours, under any of the keys; in constant time."""
        given = signature.encode("utf-8", "surrogatepass")
        good = [hmac.compare_digest(_sign(key, parts).encode(), given) for key in self._signing]
        return any(good)


def _derive(key: str, use: bytes) -> bytes:
    return hmac.digest(key.encode(), b"wordferry:" + use, hashlib.sha256)


def _sign(key: bytes, parts: Sequence[str]) -> str:
    text = "\x1f".join(f"{len(part)}:{part}" for part in parts)
    raw = hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
