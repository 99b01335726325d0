"""Providers: who translates, and what they can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wordferry.sandbox.lionbridge import ids
from wordferry.sandbox.lionbridge.errors import invalid, not_found
from wordferry.sandbox.lionbridge.paging import in_order
from wordferry.sandbox.lionbridge.values import query_value
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings
from wordferry.sandbox.routing import Answer, Call, answer_json
from wordferry.sandbox.world import World


@dataclass(slots=True, eq=False)
class Provider:
    """One provider.

    Args:
        languages: pairs of lists, sources and targets; None takes every language.
        rejection: whether it delivers again after a rejection.
    """

    id: str
    number: int
    name: str
    update_tm: bool = True
    quote: bool = True
    rejection: bool = True
    languages: list[tuple[list[str], list[str]]] | None = None
    deleted: bool = False

    def takes(self, source: str, target: str) -> bool:
        """Whether it translates this pair."""
        if self.languages is None:
            return True
        source, target = source.lower(), target.lower()
        return any(
            source in map(str.lower, sources) and target in map(str.lower, targets)
            for sources, targets in self.languages
        )


# What is there from the start: name, and what differs from a provider that can do everything.
DEMO: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Main LSP", {}),
    (
        "Small agency",
        {
            "update_tm": False,
            "quote": False,
            "rejection": False,
            "languages": [(["en", "en-US", "en-GB"], ["de", "de-DE", "fr", "fr-FR", "ja", "ja-JP"])],
        },
    ),
    ("Former partner", {"deleted": True}),
)


class Providers:
    """The providers of the site."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_id: dict[str, Provider] = {}
        for name, fields in DEMO:
            self.add(name, **fields)

    def add(self, name: str, **fields: Any) -> Provider:
        """A new provider; the fields are those of `Provider`."""
        provider = Provider(ids.provider_id(self._world.ids, name), len(self.by_id) + 1, name, **fields)
        self.by_id[provider.id] = provider
        return provider

    @property
    def main(self) -> Provider:
        """The provider that can do everything."""
        return next(iter(self.by_id.values()))

    def known(self, uid: str | None) -> Provider:
        """The provider a call names.

        Raises:
            LionbridgeError: 400 when there is none of that id, or it is deleted.
        """
        provider = self.by_id.get(uid) if uid else None
        if provider is None:
            raise invalid("is required." if not uid else f"'{uid}' is unknown.", field="providerId")
        if provider.deleted:
            raise invalid(f"provider '{uid}' is deleted.", field="providerId")
        return provider

    def in_path(self, call: Call) -> Provider:
        """The provider in the path.

        Raises:
            LionbridgeError: 404.
        """
        uid = call.params["providerId"]
        provider = self.by_id.get(uid)
        if provider is None:
            raise not_found("Provider", uid)
        return provider

    @property
    def _settings(self) -> LionbridgeSettings:
        return self._world.settings.lionbridge

    def get(self, call: Call) -> Answer:
        """`GET /providers/{providerId}`."""
        return answer_json(_show(self.in_path(call)))

    def listing(self, call: Call) -> Answer:
        """`GET /providers`."""
        word = (query_value(call, "includeDeletedOnes") or "false").lower()
        if word not in ("true", "false"):
            raise invalid("must be true or false.", field="includeDeletedOnes")
        shown = [each for each in self.by_id.values() if word == "true" or not each.deleted]
        body = in_order(
            call,
            shown,
            key="providers",
            number=_number,
            show=_show,
            settings=self._settings,
            others={"includeDeletedOnes": word if word == "true" else ""},
        )
        return answer_json(body)


def _number(provider: Provider) -> int:
    return provider.number


def _show(provider: Provider) -> dict[str, Any]:
    capabilities: dict[str, Any] = {"supportUpdateTM": provider.update_tm, "supportQuote": provider.quote}
    if provider.languages is not None:
        capabilities["supportedLanguages"] = [
            {"sources": sources, "targets": targets} for sources, targets in provider.languages
        ]
    return {
        "providerId": provider.id,
        "providerName": provider.name,
        "deleted": provider.deleted,
        "capabilities": capabilities,
    }
