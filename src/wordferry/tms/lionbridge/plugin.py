"""Registers the Lionbridge Content API as a vendor."""

from __future__ import annotations

from urllib.parse import urlsplit

from wordferry.model.identity import short
from wordferry.ports.events import VendorEvents
from wordferry.ports.registry import Plugin, Surroundings
from wordferry.tms.lionbridge.adapter import LionbridgeTMS
from wordferry.tms.lionbridge.client import LionbridgeClient, calls_per_minute
from wordferry.tms.lionbridge.config import Connection, RouteSettings
from wordferry.tms.lionbridge.events import Listening, Signed, Updates
from wordferry.transport.leased import LeasedBudget

__all__ = ["PLUGIN", "connect"]


def connect(settings: Connection, around: Surroundings) -> LionbridgeClient:
    """The client of a connection, as the adapter and the commands use it.

    Args:
        settings: its table.
        around: secrets and the shared budget.
    """
    budget = None
    if around.leases is not None:
        # The vendor counts by our address, whatever the client id.
        def key() -> str:
            return "lionbridge:" + short("budget", urlsplit(settings.base_url).netloc, length=20)

        per_minute = settings.calls_per_minute or calls_per_minute(settings.base_url)
        budget = LeasedBudget(around.leases, key, per_minute=per_minute)
    return LionbridgeClient(
        client_id=lambda: around.secret(settings.client_id),
        client_secret=lambda: around.secret(settings.client_secret),
        login_url=settings.login_url,
        base_url=settings.base_url,
        timeout=settings.timeout,
        in_flight=settings.in_flight,
        budget=budget,
    )


def build(name: str, settings: Connection, around: Surroundings) -> LionbridgeTMS:
    """Connect to Lionbridge as configured.

    Args:
        name: the connection's name.
        settings: its table.
        around: secrets and the shared budget.
    """
    client = connect(settings, around)
    return LionbridgeTMS(name, client, settings, folder=around.folder, installation=around.installation)


def events(tms: LionbridgeTMS, around: Surroundings) -> VendorEvents:
    """Listener calls, listeners, and the list of status updates."""
    by_hand = tms.settings.listener_secret
    return VendorEvents(
        receiver=Signed(tms.settings.signature_headers),
        registrar=Listening(tms.client),
        pending=Updates(tms.client, connection=tms.name, providers=tms.settings.providers),
        secret=lambda: None if by_hand is None else around.secret(by_hand),
    )


PLUGIN = Plugin(
    kind="lionbridge",
    settings=Connection,
    build=build,
    route=RouteSettings,
    secrets=("client_id", "client_secret", "listener_secret"),
    events=events,
)
