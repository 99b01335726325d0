"""Bearer tokens with scopes, for callers that are not vendors' webhooks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from wordferry.configuration import Token
from wordferry.errors import NeedsOperator
from wordferry.web.gate import Gate, retry_later
from wordferry.web.problem import problem

__all__ = ["Tokens"]

#: A shorter token could be guessed.
SHORTEST = 16


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

    def verify(self) -> None:
        """Look at every token once, before anybody calls.

        Raises:
            NeedsOperator: a reference leads nowhere, a token could be guessed, or two tables share one.
        """
        seen: dict[bytes, str] = {}
        for name, token in self._tokens.items():
            secret = self._resolve(token.secret)
            where = f"[web.tokens.{name}] secret"
            if len(secret) < SHORTEST:
                raise NeedsOperator(
                    f"the token is shorter than {SHORTEST} characters.",
                    object=where,
                    next="Make one with `openssl rand -hex 32`.",
                )
            if (other := seen.setdefault(_hashed(secret), name)) != name:
                raise NeedsOperator(
                    f"it is the same token as that of {other!r}.", object=where, next="Give each its own."
                )

    def refusal(self, request: web.Request, scope: str, route: str | None = None) -> web.Response | None:
        """The answer to a call that lacks the scope; None when it may go on.

        Args:
            request: the call.
            scope: what it needs.
            route: the route that it is about; the scope may be held for that route alone.

        Raises:
            NeedsOperator: a token's reference leads nowhere.
        """
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        if any(_opens(token, scope, route) for token in found):
            return None
        return _lacking(scope if route is None else f"{scope}:{route[:80]}")

    def opened(self, request: web.Request, scope: str, routes: Sequence[str]) -> list[str] | web.Response:
        """The routes that a call may be about; the answer when there is none.

        Raises:
            NeedsOperator: a token's reference leads nowhere.
        """
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        opened = [route for route in routes if any(_opens(token, scope, route) for token in found)]
        return opened or _lacking(scope)

    def _found(self, request: web.Request) -> list[Token] | web.Response:
        if (left := self._gate.blocked(request)) is not None:
            return retry_later(left, status=429)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        hashed = _hashed(given.strip())
        # Hashes are of one length, so the comparison tells nothing about it; all are compared.
        found = [
            token
            for token in self._tokens.values()
            if hmac.compare_digest(hashed, _hashed(self._resolve(token.secret)))
        ]
        if scheme.lower() == "bearer" and given.strip() and found:
            return found
        self._gate.refused(request)
        return problem(
            401,
            "This needs a token.",
            next="Send it as `Authorization: Bearer …`.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _opens(token: Token, scope: str, route: str | None) -> bool:
    return scope in token.scopes or (route is not None and f"{scope}:{route}" in token.scopes)


def _lacking(scope: str) -> web.Response:
    return problem(
        403,
        f"The token lacks the scope {scope!r}.",
        next="Ask the operator for a token with that scope.",
        headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    )


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
