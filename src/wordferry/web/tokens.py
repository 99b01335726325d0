"""Bearer tokens with scopes, for callers that are not vendors' webhooks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping

from aiohttp import web

from wordferry.configuration import Token
from wordferry.web.gate import Gate, retry_later
from wordferry.web.problem import problem

__all__ = ["Tokens"]


class Tokens:
    """Tells who may do what.

    Args:
        tokens: by name, as configured.
        resolve: reads the secret behind a reference; asked for each call, so that a rotated one is picked up.
        gate: counts guesses.
    """

    def __init__(self, tokens: Mapping[str, Token], resolve: Callable[[str], str], gate: Gate) -> None:
        self._tokens = tokens
        self._resolve = resolve
        self._gate = gate

    def refusal(self, request: web.Request, scope: str) -> web.Response | None:
        """The answer to a call that lacks the scope; None when it may go on.

        Raises:
            NeedsOperator: a token's reference leads nowhere.
        """
        if (left := self._gate.blocked(request)) is not None:
            return retry_later(left, status=429)
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        # Hashes are of one length, so the comparison tells nothing about it.
        hashed = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        found = [
            token
            for token in self._tokens.values()
            if hmac.compare_digest(hashed, hashlib.sha256(self._resolve(token.secret).encode()).digest())
        ]
        if not given or not found:
            self._gate.refused(request)
            return problem(
                401,
                "This needs a token.",
                next="Send it as `Authorization: Bearer …`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not any(scope in token.scopes for token in found):
            return problem(403, f"The token lacks the scope {scope!r}.")
        return None
