"""Registers Phrase TMS as a vendor."""

from __future__ import annotations

from wordferry.model.identity import short
from wordferry.ports.events import VendorEvents
from wordferry.ports.registry import Plugin, Surroundings
from wordferry.tms.phrase.adapter import PhraseTMS
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection, RouteSettings
from wordferry.tms.phrase.events import PhraseReceiver
from wordferry.tms.phrase.webhooks import PhraseRegistrar
from wordferry.transport.leased import LeasedBudget

__all__ = ["PLUGIN", "connect"]


def connect(settings: Connection, around: Surroundings) -> PhraseClient:
    """The client of a configured account.

    Args:
        settings: the connection's table.
        around: secrets and the shared budget.
    """
    budget = None
    if around.leases is not None:
        # The budget belongs to the user behind the token; the key must not give the token away.
        def key() -> str:
            return "phrase:" + short("budget", settings.tms_url, around.secret(settings.api_token), length=20)

        budget = LeasedBudget(around.leases, key, per_minute=settings.calls_per_minute)
    return PhraseClient(
        platform_url=settings.platform_url,
        tms_url=settings.tms_url,
        api_token=lambda: around.secret(settings.api_token),
        timeout=settings.timeout,
        in_flight=settings.in_flight,
        budget=budget,
    )


def build(name: str, settings: Connection, around: Surroundings) -> PhraseTMS:
    """Connect to Phrase as configured.

    Args:
        name: the connection's name.
        settings: its table.
        around: secrets and the shared budget.
    """
    return PhraseTMS(name, connect(settings, around), settings, around.callback)


def events(tms: PhraseTMS, around: Surroundings) -> VendorEvents:
    """What Phrase tells us: webhooks and callbacks.

    Args:
        tms: the connection.
        around: secrets.
    """
    reference = tms.settings.webhook_secret
    return VendorEvents(
        receiver=PhraseReceiver(),
        registrar=PhraseRegistrar(tms.client, installation=around.installation),
        secret=lambda: around.secret(reference) if reference is not None else None,
    )


PLUGIN = Plugin(
    kind="phrase",
    settings=Connection,
    build=build,
    route=RouteSettings,
    secrets=("api_token", "webhook_secret"),
    events=events,
)
