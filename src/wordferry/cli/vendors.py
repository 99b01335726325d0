"""The vendors whose calls are commands. Their clients are imported when one of these commands runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordferry.cli.calls import Setting, Vendor

__all__ = ["PHRASE", "VENDORS"]


def _phrase_resources() -> Mapping[str, type[Any]]:
    from wordferry.tms.phrase.resources import RESOURCES

    return RESOURCES


def _phrase_client(settings: Any, around: Any) -> Any:
    from wordferry.tms.phrase.plugin import connect

    return connect(settings, around)


PHRASE = Vendor(
    kind="phrase",
    title="Phrase",
    help="Make single calls of Phrase TMS.",
    settings=(
        Setting(
            name="platform_url",
            variable="PHRASE_PLATFORM_URL",
            help="Where tokens are exchanged: https://eu.phrase.com or https://us.phrase.com.",
        ),
        Setting(
            name="tms_url",
            variable="PHRASE_TMS_URL",
            help="Where TMS lives: https://cloud.memsource.com/web or https://us.cloud.memsource.com/web.",
        ),
        Setting(
            name="api_token",
            variable="PHRASE_API_TOKEN_REFERENCE",
            help="A reference to the API token: env:NAME, file:PATH or keyring:SERVICE/USER.",
            default="env:PHRASE_API_TOKEN",
        ),
    ),
    resources=_phrase_resources,
    connect=_phrase_client,
)

VENDORS = (PHRASE,)
