"""Client credentials for an access token, and the check of access tokens."""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import parse_qs, unquote_plus

from wordferry.sandbox.lionbridge.errors import LionbridgeError
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World

SCOPE = "contentapi.contentv2.sandbox.default"


def _oauth_error(code: str, *, status: int = 400) -> Answer:
    return answer_json({"error": code}, status=status)


class Auth:
    """One pair of client id and secret, any number of access tokens."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.client_id = "sandbox-" + world.ids.uid("lionbridge client id")[:12]
        self.client_secret = "sandbox-" + world.ids.uid("lionbridge client secret")
        self.client_valid = True
        # access token -> virtual epoch seconds of its expiry
        self._expiry: dict[str, float] = {}

    def token(self, call: Call) -> Answer:
        """`POST /connect/token`: an access token, or an OAuth error with 400."""
        kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return _oauth_error("invalid_request")
        form = parse_qs(call.body.read().decode("utf-8", "replace"), keep_blank_values=True)
        if any(len(values) > 1 for values in form.values()):
            return _oauth_error("invalid_request")
        fields = {name: values[0] for name, values in form.items()}
        fields = {**_basic(call.headers.get("Authorization", "")), **fields}
        grant = fields.get("grant_type")
        if not grant:
            return _oauth_error("invalid_request")
        if grant != "client_credentials":
            return _oauth_error("unsupported_grant_type")
        scope = fields.get("scope", SCOPE)
        same_id = _same(fields.get("client_id", ""), self.client_id)
        same_secret = _same(fields.get("client_secret", ""), self.client_secret)
        if not (same_id and same_secret and self.client_valid):
            return _oauth_error("invalid_client", status=self._world.settings.lionbridge.token_error_status)
        if scope != SCOPE:
            return _oauth_error("invalid_scope")
        seconds = self._world.settings.lionbridge.token_seconds
        token = self._world.ids.hex("lionbridge token") + self._world.ids.hex("lionbridge token")
        self._expiry[token] = call.now + seconds
        answer = answer_json(
            {"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": SCOPE}
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    def check(self, call: Call) -> None:
        """Let a call with a valid access token pass.

        Raises:
            LionbridgeError: 401.
        """
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        expiry = self._expiry.get(token.strip()) if scheme.lower() == "bearer" else None
        if expiry is None or expiry <= call.now:
            error = LionbridgeError(401, "The access token is missing, unknown or expired.")
            error.headers["www-authenticate"] = "Bearer"
            raise error

    def revoke(self, *, client: bool = False) -> None:
        """Make all access tokens worthless, and the client's credentials too when asked."""
        self._expiry.clear()
        if client:
            self.client_valid = False


def _same(given: str, own: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), own.encode())


def _basic(header: str) -> dict[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)}
