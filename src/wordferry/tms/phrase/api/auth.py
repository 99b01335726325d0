"""Token exchange, the login of older tenants, and who we are.

Sources: Phrase Platform API page "Token Endpoint"; Phrase guide "Quick Start"; Phrase TMS API reference, "Login" and
"Logout".
"""

from __future__ import annotations

from urllib.parse import quote

from wordferry.errors import NeedsOperator
from wordferry.tms.phrase.api.answers import Answer, nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.references import Ref, UserRef
from wordferry.transport import Call, Endpoint, Kind, fits_a_header, query

__all__ = ["LoggedIn", "TokenGrant", "WhoAmI", "exchange", "login", "logout", "who_am_i"]

_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"


class TokenGrant(Answer, frozen=True, kw_only=True, rename=None):
    """A bearer token, in OAuth's snake case; `expires_in` is seconds (the vendor's example: four hours)."""

    access_token: str | None = None
    token_type: str | None = None
    issued_token_type: str | None = None
    expires_in: float | None = None

    def __repr__(self) -> str:
        return f"TokenGrant(expires_in={self.expires_in})"


class Edition(Answer, frozen=True, kw_only=True):
    """The plan of the organisation."""

    name: str | None = None


class WhoAmI(Answer, frozen=True, kw_only=True):
    """The account behind the token."""

    user: UserRef | None = None
    edition: Edition | None = None
    organization: Ref | None = None
    features: dict[str, object] | None = None
    csrf_token: str | None = None

    def __repr__(self) -> str:
        return f"WhoAmI(user={self.user!r}, organization={self.organization!r})"


class LoggedIn(Answer, frozen=True, kw_only=True):
    """A token of the login of older tenants: sent as `Authorization: ApiToken …`, good for a day."""

    user: UserRef | None = None
    token: str | None = None
    expires: Date | None = None
    last_invalidate_all_sessions_performed: Date | None = None

    def __repr__(self) -> str:
        return f"LoggedIn(user={self.user!r}, expires={self.expires!r})"


_read_grant = reader(TokenGrant)


def _granted(body: bytes) -> TokenGrant:
    grant = _read_grant(body)
    if not fits_a_header(grant.access_token):
        raise ValueError("no token that can be sent")
    return grant


# A second exchange makes a second token and harms nobody: it counts as a read.
_EXCHANGE = Endpoint(
    "auth.exchange",
    "POST",
    "/idm/oauth/token",
    _granted,
    Kind.READ,
    reactions={400: NeedsOperator},
    signed=False,
)
_read_login = reader(LoggedIn)


def _logged_in(body: bytes) -> LoggedIn:
    found = _read_login(body)
    if not fits_a_header(found.token):
        raise ValueError("no token that can be sent")
    return found


# A second login makes a second token and harms nobody: it counts as a read.
_LOGINS = {
    3: Endpoint("auth.login", "POST", "/api2/v3/auth/login", _logged_in, Kind.READ, signed=False),
    1: Endpoint("auth.login", "POST", "/api2/v1/auth/login", _logged_in, Kind.READ, signed=False),
}
_LOGOUT = Endpoint("auth.logout", "POST", "/api2/v1/auth/logout", nothing, Kind.EFFECT)
_LOGOUT_OTHER = Endpoint("auth.logout", "POST", "/api2/v1/auth/logout", nothing, Kind.EFFECT, signed=False)
_WHO = Endpoint("auth.who_am_i", "GET", "/api2/v1/auth/whoAmI", reader(WhoAmI), Kind.READ)


def exchange(api_token: str) -> Call[TokenGrant]:
    """Exchange the user's API token for a bearer token.

    Args:
        api_token: created in the profile under "Access tokens".

    Returns:
        The token and its lifetime.

    Raises:
        NeedsOperator: the API token was refused.
        TryAgain: the token service is away.

    Source: Phrase Platform API page "Token Endpoint".
    """
    form = f"grant_type={quote(_GRANT, safe='')}&subject_token={quote(api_token, safe='')}"
    return Call(
        _EXCHANGE,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=form.encode("ascii"),
        subject="the API token",
    )


def who_am_i() -> Call[WhoAmI]:
    """Ask for the user and organisation behind the token: the cheapest check of credentials.

    Returns:
        User, organisation and edition.

    Raises:
        NeedsOperator: the token was refused twice.

    Source: the published specification of Phrase TMS of 2023.
    """
    return Call(_WHO)


def login(
    user_name: str,
    *,
    password: str,
    code: str | None = None,
    user_uid: str | None = None,
    version: int = 3,
) -> Call[LoggedIn]:
    """Log in with a name and a password, as older tenants do. New ones exchange an API token instead.

    Args:
        user_name: the user.
        password: the password.
        code: the second factor, where the user has one.
        user_uid: which user, when several share the login (version 3 only).
        version: 3, or 1 for installations that do not have it yet.

    Returns:
        The token, good for a day.

    Raises:
        NeedsOperator: name or password is wrong, or the account is closed.

    Source: Phrase TMS API reference, "Login".
    """
    fields = {"userName": user_name, "password": password, "code": code}
    if version != 1:
        fields["userUid"] = user_uid
    endpoint = _LOGINS[1 if version == 1 else 3]
    return Call(endpoint, headers=JSON, body=encode(fields), subject=f"the login of {user_name}")


def logout(*, token: str | None = None) -> Call[None]:
    """End a token of `login`; of this client when none is given.

    Args:
        token: another token to end.

    Raises:
        NeedsOperator: the token was not good any more.

    Source: Phrase TMS API reference, "Logout": the token comes in the header or in the query, never in both.
    """
    if token is None:
        return Call(_LOGOUT, subject="the token")
    return Call(_LOGOUT_OTHER, query=query((("token", token),)), subject="the token")
