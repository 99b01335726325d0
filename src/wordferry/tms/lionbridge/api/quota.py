"""What the credential may still do.

The vendor names the call and shows no answer, so everything beyond `quotas` is in `more`.

Source: Content API, group "Quota".
"""

from __future__ import annotations

from typing import ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, one
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["Quota", "QuotaItem", "get"]


class QuotaItem(Answer, frozen=True, kw_only=True):
    """One limit and what is used of it."""

    identity: ClassVar[str] = "name"

    name: str | None = None
    limit: int | None = None
    used: int | None = None
    remaining: int | None = None


class Quota(Answer, frozen=True, kw_only=True):
    """The limits of a credential."""

    quotas: tuple[QuotaItem, ...] = ()


_GET = Endpoint("quota.get", "GET", "/quota", one(Quota), Kind.READ)


def get() -> Call[Quota]:
    """Ask for the current quota of the credential.

    Source: Content API, group "Quota".
    """
    return Call(_GET)
