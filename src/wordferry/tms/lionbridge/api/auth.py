"""The token of a client credential. Source: Lionbridge page "Connector Workflows", section on authentication."""

from __future__ import annotations

from urllib.parse import urlencode

from wordferry.errors import NeedsOperator
from wordferry.tms.lionbridge.api.answers import Answer, one
from wordferry.transport import Call, Endpoint, Kind, fits_a_header

__all__ = ["TokenGrant", "token"]


class TokenGrant(Answer, frozen=True, kw_only=True, rename=None):
    """A bearer token, in OAuth's snake case; `expires_in` is seconds (the vendor's example: one hour)."""

    access_token: str | None = None
    token_type: str | None = None
    expires_in: float | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return f"TokenGrant(expires_in={self.expires_in}, scope={self.scope!r})"


_read_grant = one(TokenGrant)


def _granted(body: bytes) -> TokenGrant:
    grant = _read_grant(body)
    if not fits_a_header(grant.access_token):
        raise ValueError("no token that can be sent")
    return grant


# A second token harms nobody: it counts as a read.
_TOKEN = Endpoint(
    "auth.token",
    "POST",
    "/connect/token",
    _granted,
    Kind.READ,
    reactions={400: NeedsOperator},
    signed=False,
)


def token(client_id: str, client_secret: str) -> Call[TokenGrant]:
    """Ask for a bearer token.

    Args:
        client_id: of the connector; one pair belongs to exactly one environment.
        client_secret: of the connector.

    Returns:
        The token and its lifetime.

    Raises:
        NeedsOperator: the pair was refused.
        TryAgain: the token service is away.

    Source: Lionbridge page "Connector Workflows"; the vendor's scripts send no scope.
    """
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return Call(
        _TOKEN,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode("ascii"),
        subject="the client credentials",
    )
