"""The vendors whose calls are commands. Their clients are imported when one of these commands runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordferry.cli.calls import Setting, Vendor

__all__ = ["LIONBRIDGE", "PHRASE", "VENDORS"]


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


def _lionbridge_resources() -> Mapping[str, type[Any]]:
    from wordferry.tms.lionbridge.resources import RESOURCES

    return RESOURCES


def _lionbridge_client(settings: Any, around: Any) -> Any:
    from wordferry.tms.lionbridge.plugin import connect

    return connect(settings, around)


LIONBRIDGE = Vendor(
    kind="lionbridge",
    title="Lionbridge",
    help="Make single calls of the Lionbridge Content API.",
    settings=(
        Setting(
            name="login_url",
            variable="LIONBRIDGE_LOGIN_URL",
            help="Where tokens are given out: https://login.lionbridge.com.",
        ),
        Setting(
            name="base_url",
            variable="LIONBRIDGE_BASE_URL",
            help="Where the API lives: https://contentapi.lionbridge.com/v2, or its staging.",
        ),
        Setting(
            name="client_id",
            variable="LIONBRIDGE_CLIENT_ID_REFERENCE",
            help="A reference to the client id: env:NAME, file:PATH or keyring:SERVICE/USER.",
            default="env:LIONBRIDGE_CLIENT_ID",
        ),
        Setting(
            name="client_secret",
            variable="LIONBRIDGE_CLIENT_SECRET_REFERENCE",
            help="A reference to the client secret, in the same forms.",
            default="env:LIONBRIDGE_CLIENT_SECRET",
        ),
    ),
    resources=_lionbridge_resources,
    connect=_lionbridge_client,
)

VENDORS = (PHRASE, LIONBRIDGE)
