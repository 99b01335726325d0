"""What can be said about a new job, in the `Memsource` header.

Source: Phrase TMS API reference, "Create job".
"""

from __future__ import annotations

import msgspec

__all__ = ["Assignment", "NotifyProvider", "ProviderChoice", "SourceData", "StepSettings"]


class SourceData(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Who we are, for the vendor's statistics. `client_type` has to be registered with Phrase.

    Source: Phrase guide "Full Integration Workflow".
    """

    client_type: str
    client_version: str | None = None
    host_version: str | None = None


class ProviderChoice(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody to assign: `type` is `USER` or `VENDOR`."""

    id: str
    type: str


class Assignment(msgspec.Struct, frozen=True, rename="camel"):
    """Who works on one target language."""

    target_lang: str
    providers: tuple[ProviderChoice, ...] = ()


class NotifyProvider(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """E-mail to providers: the template, and minutes between one provider and the next (0..1440)."""

    organization_email_template: dict[str, str]
    notification_interval_in_minutes: int | None = None


class StepSettings(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One workflow step of a new job. `id` is the project's own step id: the organisation's is refused."""

    id: str
    due: str | None = None
    assignments: tuple[Assignment, ...] | None = None
    notify_provider: NotifyProvider | None = None
