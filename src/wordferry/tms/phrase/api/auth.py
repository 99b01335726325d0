"""Token exchange and who we are.

Sources: Phrase Platform API page "Token Endpoint"; Phrase guide "Quick Start".
"""

from __future__ import annotations

from urllib.parse import quote

from wordferry.errors import NeedsOperator
from wordferry.tms.phrase.api.answers import Answer, reader
from wordferry.tms.phrase.api.references import Ref, UserRef
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["TokenGrant", "WhoAmI", "exchange", "who_am_i"]

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


_read_grant = reader(TokenGrant)


def _granted(body: bytes) -> TokenGrant:
    grant = _read_grant(body)
    if not grant.access_token:
        raise ValueError("no token")
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
