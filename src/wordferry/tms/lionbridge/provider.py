"""What a provider can do, as far as the vendor says: which language pairs, quotes, translation memories."""

from __future__ import annotations

from collections.abc import Iterable

from wordferry.errors import NeedsOperator
from wordferry.tms.lionbridge.api.providers import Provider

__all__ = ["check", "quotes", "takes_memory", "unsupported"]


def check(provider: Provider, wanted: str) -> None:
    """Refuse a provider that gets no work any more.

    Raises:
        NeedsOperator: it was deleted.
    """
    if provider.deleted:
        raise NeedsOperator(
            "this provider was deleted at Lionbridge.",
            object=f"provider {wanted!r}",
            next="Correct `provider` of the route, then `wordferry retry`.",
        )


def unsupported(provider: Provider, *, source: str, targets: Iterable[str]) -> list[str]:
    """The targets that the provider does not translate to from that source; none when it does not say.

    Codes are compared whatever their case: the vendor's own list follows no rule there.
    """
    pairs = provider.capabilities.supported_languages if provider.capabilities else None
    if not pairs:
        return []
    known = {
        target.casefold()
        for pair in pairs
        if source.casefold() in {code.casefold() for code in pair.sources}
        for target in pair.targets
    }
    return [target for target in targets if target.casefold() not in known]


def quotes(provider: Provider) -> bool:
    """Whether it makes quotes. Source: a public adapter, which takes silence for yes."""
    return provider.capabilities is None or provider.capabilities.support_quote is not False


def takes_memory(provider: Provider) -> bool:
    """Whether it takes updates of its translation memory; silence is taken for yes."""
    return provider.capabilities is None or provider.capabilities.support_update_tm is not False
