"""Who may call: the token exchange, the older login, and the check of every call."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs

import msgspec

from wordferry.sandbox.phrase.errors import PhraseError, invalid, unauthorized
from wordferry.sandbox.phrase.paths import SPECIFICATION, TMS, nothing
from wordferry.sandbox.phrase.people import People
from wordferry.sandbox.phrase.values import date, json_body, text
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
API_TOKEN_TYPE = "urn:phrase:params:oauth:token-type:api_token"  # noqa: S105 - a type name, not a token
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type name


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


class Auth:
    """Tokens of the sandbox: one API token, any number of access tokens, and those of the older login."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        self.api_token = "sandbox-" + world.ids.uid("api token")
        self.api_token_valid = True
        # access token -> virtual epoch seconds of its expiry
        self._expiry: dict[str, float] = {}
        # The older login: the user's password, and its tokens with their expiry.
        self.password = "sandbox-" + world.ids.uid("password")
        self._logins: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """Its calls."""
        auth = TMS + "/v1/auth"
        table = (
            ("POST", "/idm/oauth/token", "exchange_token", self.exchange, True, "Token exchange",
             "the vendor's platform authentication pages",
             "as documented; error bodies follow RFC 6749, which the vendor names"),
            ("POST", auth + "/login", "login", self.login, True, "Login", SPECIFICATION,
             "as documented up to 2023; still answers: ours"),
            ("POST", TMS + "/v3/auth/login", "login_v3", self.login, True, "Login", SPECIFICATION,
             "as documented; no second factor"),
            ("POST", auth + "/logout", "logout", self.logout, True, "Logout", SPECIFICATION,
             "as documented: the token in the header or in the query, not in both"),
            ("GET", auth + "/whoAmI", "who_am_i", self.who_am_i, False, "Who am I", SPECIFICATION,
             "reduced to the fields clients read"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                nothing,
                open=is_open,
                summary=summary,
                source=source,
                fidelity=fidelity,
            )
            for method, path, operation, handler, is_open, summary, source, fidelity in table
        ]

    def _oauth_error(self, code: str, description: str) -> Answer:
        # 400 is documented; clients have also met 401 for a bad token.
        status = self._world.settings.token_error_status if code == "invalid_grant" else 400
        return answer_json({"error": code, "error_description": description}, status=status)

    def exchange(self, call: Call) -> Answer:
        """`POST /idm/oauth/token`: an access token for the API token, or an OAuth error with 400."""
        content_type = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            return self._oauth_error("invalid_request", "The request must be a form.")
        form = parse_qs(call.body.read().decode("utf-8", "replace"))
        fields = {name: values[0] for name, values in form.items()}
        if any(len(values) > 1 for values in form.values()):
            return self._oauth_error("invalid_request", "A parameter is given twice.")
        grant = fields.get("grant_type")
        if grant is None:
            return self._oauth_error("invalid_request", "grant_type is missing.")
        if grant != GRANT:
            return self._oauth_error("unsupported_grant_type", "Only the token exchange grant is supported.")
        subject = fields.get("subject_token")
        if subject is None:
            return self._oauth_error("invalid_request", "subject_token is missing.")
        if fields.get("subject_token_type", API_TOKEN_TYPE) != API_TOKEN_TYPE:
            return self._oauth_error("invalid_request", "This subject_token_type is not supported.")
        if fields.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE:
            return self._oauth_error("invalid_request", "This requested_token_type is not supported.")
        if not self.api_token_valid or subject != self.api_token:
            return self._oauth_error("invalid_grant", "The subject token is not valid.")
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

    def login(self, call: Call) -> Answer:
        """`POST /api2/v1/auth/login` and v3: a token for `Authorization: ApiToken`, good for a day."""
        body = json_body(call)
        name = text(body.get("userName"), field="userName", longest=255, required=True)
        password = text(body.get("password"), field="password", longest=255, required=True)
        user_uid = body.get("userUid")
        owner = self._people.owner
        if name != owner.user_name or password != self.password or user_uid not in (None, "", owner.uid):
            raise PhraseError(401, "AuthInvalidCredentials", "The user name or the password is wrong.")
        token = self._world.ids.uid("login") + self._world.ids.uid("login")
        expires = call.now + self._world.settings.login_seconds
        self._logins[token] = expires
        shown = {
            "user": self._people.owner_reference,
            "token": token,
            "expires": date(expires),
            "lastInvalidateAllSessionsPerformed": None,
        }
        return answer_json(shown)

    def logout(self, call: Call) -> Answer:
        """`POST /api2/v1/auth/logout`: 204.

        Raises:
            PhraseError: 400 when the token comes twice, 401 when it is no token.
        """
        header, query = call.headers.get("Authorization"), call.query.get("token")
        if header and query:
            raise invalid("The token must be in the header or in the query, not in both.", field="token")
        token = str(query) if query else _token_of(header or "")[1]
        if self._logins.pop(token, None) is None and self._expiry.pop(token, None) is None:
            raise unauthorized()
        return no_content()

    def check(self, call: Call) -> None:
        """Let a call with a valid token pass: `Bearer`, `ApiToken`, or the older `?token=`.

        Raises:
            PhraseError: 401 `AuthUnauthorized`.
        """
        scheme, token = _token_of(call.headers.get("Authorization", ""))
        if not token and "token" in call.query:
            scheme, token = "apitoken", str(call.query["token"])
        tokens = {"bearer": self._expiry, "apitoken": self._logins}.get(scheme, {})
        expiry = tokens.get(token)
        if expiry is None or expiry <= call.now:
            raise unauthorized()

    def revoke(self, *, api_token: bool = False) -> None:
        """Make all tokens worthless, and the API token too when asked."""
        self._expiry.clear()
        self._logins.clear()
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


def _token_of(header: str) -> tuple[str, str]:
    scheme, _, token = header.partition(" ")
    return scheme.lower(), token.strip()
