"""The token exchange and the check of access tokens."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs

import msgspec

from wordferry.sandbox.phrase.errors import unauthorized
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
API_TOKEN_TYPE = "urn:phrase:params:oauth:token-type:api_token"  # noqa: S105 - a type name, not a token
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type name


def _oauth_error(code: str, description: str) -> Answer:
    return answer_json({"error": code, "error_description": description}, status=400)


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


class Auth:
    """Tokens of the sandbox: one API token, any number of access tokens."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self.api_token = "sandbox-" + world.ids.uid("api token")
        self.api_token_valid = True
        # access token -> virtual epoch seconds of its expiry
        self._expiry: dict[str, float] = {}

    def exchange(self, call: Call) -> Answer:
        """`POST /idm/oauth/token`: an access token for the API token, or an OAuth error with 400."""
        content_type = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            return _oauth_error("invalid_request", "The request must be a form.")
        form = parse_qs(call.body.read().decode("utf-8", "replace"))
        fields = {name: values[0] for name, values in form.items()}
        if any(len(values) > 1 for values in form.values()):
            return _oauth_error("invalid_request", "A parameter is given twice.")
        grant = fields.get("grant_type")
        if grant is None:
            return _oauth_error("invalid_request", "grant_type is missing.")
        if grant != GRANT:
            return _oauth_error("unsupported_grant_type", "Only the token exchange grant is supported.")
        subject = fields.get("subject_token")
        if subject is None:
            return _oauth_error("invalid_request", "subject_token is missing.")
        if fields.get("subject_token_type", API_TOKEN_TYPE) != API_TOKEN_TYPE:
            return _oauth_error("invalid_request", "This subject_token_type is not supported.")
        if fields.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE:
            return _oauth_error("invalid_request", "This requested_token_type is not supported.")
        if not self.api_token_valid or subject != self.api_token:
            return _oauth_error("invalid_grant", "The subject token is not valid.")
        seconds = self._world.settings.token_seconds
        token = self._issue(call.now, seconds)
        answer = answer_json(
            {
                "access_token": token,
                "issued_token_type": ACCESS_TOKEN_TYPE,
                "token_type": "Bearer",
                "expires_in": seconds,
            }
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    def _issue(self, now: float, seconds: int) -> str:
        header = _segment(msgspec.json.encode({"alg": "RS256", "typ": "JWT"}))
        claims = _segment(
            msgspec.json.encode(
                {
                    "sub": self._people.owner.uid,
                    "iat": int(now),
                    "exp": int(now) + seconds,
                    "jti": self._world.ids.uid("jti"),
                }
            )
        )
        signature = _segment(self._world.ids.hex("signature").encode("ascii"))
        token = f"{header}.{claims}.{signature}"
        self._expiry[token] = now + seconds
        return token

    def check(self, call: Call) -> None:
        """Let a call with a valid access token pass.

        Raises:
            PhraseError: 401 `AuthUnauthorized`.
        """
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        expiry = self._expiry.get(token.strip()) if scheme.lower() == "bearer" else None
        if expiry is None or expiry <= call.now:
            raise unauthorized()

    def revoke(self, *, api_token: bool = False) -> None:
        """Make all access tokens worthless, and the API token too when asked."""
        self._expiry.clear()
        if api_token:
            self.api_token_valid = False

    def who_am_i(self, _: Call) -> Answer:
        """`GET /api2/v1/auth/whoAmI`."""
        body: dict[str, Any] = {
            "user": self._people.owner_reference,
            "edition": {"name": "Ultimate"},
            "features": {"icuEnabled": True, "rejectJobs": True},
            "organization": self._people.organization,
            "csrfToken": None,
        }
        return answer_json(body)
