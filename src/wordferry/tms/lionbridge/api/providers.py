"""Who translates, and what they can do.

Source: Content API, group "Provider".
"""

from __future__ import annotations

from typing import ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["Capabilities", "LanguagePairs", "Provider", "get", "page"]


class LanguagePairs(Answer, frozen=True, kw_only=True):
    """Each of the sources goes with each of the targets."""

    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


class Capabilities(Answer, frozen=True, kw_only=True):
    """What a provider can do; None where the vendor does not say."""

    support_update_tm: bool | None = None
    support_quote: bool | None = None
    supported_languages: tuple[LanguagePairs, ...] | None = None


class Provider(Answer, frozen=True, kw_only=True):
    """A provider of translations."""

    identity: ClassVar[str] = "provider_id"

    provider_id: str | None = None
    provider_name: str | None = None
    deleted: bool | None = None
    capabilities: Capabilities | None = None

    def supports(self, source: str, target: str) -> bool | None:
        """Whether the provider translates from `source` into `target`; None when it does not say.

        Codes are compared without regard to case: the vendor's own list is not consistent in it.
        """
        pairs = self.capabilities.supported_languages if self.capabilities else None
        if not pairs:
            return None
        wanted = source.lower(), target.lower()
        return any(
            wanted[0] in {code.lower() for code in pair.sources}
            and wanted[1] in {code.lower() for code in pair.targets}
            for pair in pairs
        )


_GET = Endpoint("providers.get", "GET", "/providers/{providerId}", one(Provider), Kind.READ)
_LIST = Endpoint("providers.list", "GET", "/providers", collection(Provider, "providers"), Kind.READ)


def get(provider_id: str) -> Call[Provider]:
    """Get one provider.

    Args:
        provider_id: the provider.

    Raises:
        Vanished: no such provider.

    Source: Content API, group "Provider".
    """
    return Call(_GET, {"providerId": provider_id})


def page(step: Step, *, include_deleted_ones: bool | None = None) -> Call[Page[Provider]]:
    """List the providers of this credential.

    Args:
        step: which page.
        include_deleted_ones: also those that were deleted.

    Source: Content API, group "Provider".
    """
    filters = (("includeDeletedOnes", include_deleted_ones), ("next", step.cursor))
    return Call(_LIST, query=query(filters), link=step.only_link)
