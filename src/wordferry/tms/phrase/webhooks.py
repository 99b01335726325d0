"""Our webhook at Phrase: one for the whole account, known by its name."""

from __future__ import annotations

from collections.abc import Sequence

from wordferry.errors import Vanished
from wordferry.ports.events import Subscription
from wordferry.tms.phrase.api.webhooks import Webhook
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.events import EVENTS

__all__ = ["PhraseRegistrar"]

ENABLED = "ENABLED"
KIND = "webhook"
#: Phrase's word for the header that the secret comes in.
HEADER = "X_MEMSOURCE_TOKEN"


class PhraseRegistrar:
    """Implements `ports.events.Registrar`.

    Args:
        client: the typed client; not closed here.
        installation: this installation's id; it stands in the name.
    """

    kinds: tuple[str, ...] = (KIND,)

    def __init__(self, client: PhraseClient, *, installation: str) -> None:
        self._client = client
        self._name = f"wordferry {installation}"

    async def list(self, url: str) -> Sequence[Subscription]:
        """Webhooks with our name, or with our address."""
        found = [
            one async for one in self._client.webhooks.list() if one.name == self._name or one.url == url
        ]
        return [_subscription(one) for one in found]

    async def create(self, kind: str, url: str, *, secret: str) -> Subscription:
        """Make the webhook with our secret."""
        made = await self._client.webhooks.create(
            url=url,
            events=EVENTS,
            name=self._name,
            status=ENABLED,
            secret_token=secret,
            secret_token_type=HEADER,
        )
        return _subscription(made, secret=secret)

    async def repair(self, subscription: Subscription, url: str, *, secret: str) -> Subscription:
        """Set every field anew: what is left out, Phrase clears."""
        changed = await self._client.webhooks.replace(
            subscription.id,
            url=url,
            events=EVENTS,
            name=self._name,
            status=ENABLED,
            secret_token=secret,
            secret_token_type=HEADER,
        )
        return _subscription(changed, secret=secret)

    async def delete(self, subscription: Subscription) -> None:
        """Delete the webhook."""
        try:
            await self._client.webhooks.delete(subscription.id)
        except Vanished:
            return  # somebody was faster


def _subscription(webhook: Webhook, *, secret: str | None = None) -> Subscription:
    return Subscription(
        kind=KIND,
        id=webhook.uid or "",
        url=webhook.url or "",
        enabled=webhook.status in (None, ENABLED),
        complete=webhook.events is None or set(EVENTS).issubset(webhook.events),
        failures=webhook.failed_attempts,
        secret=secret,
    )
