"""What a route orders, in plain words, for `wordferry plan`."""

from __future__ import annotations

from wordferry.tms.lionbridge.config import RouteSettings
from wordferry.tms.lionbridge.sending import due_date

__all__ = ["order"]


def order(settings: RouteSettings, *, at: float) -> list[tuple[str, str]]:
    """(name, value) of what the job will carry.

    Args:
        settings: the route's table.
        at: epoch seconds at which the job would be made.
    """
    due = due_date(settings, at=at)
    labels = ", ".join(f"{name} = {value}" for name, value in settings.labels.items())
    memory = ", ".join(f"{file} ({locale})" for locale, file in settings.memory.items())
    told: list[tuple[str, str | None]] = [
        ("provider", settings.provider),
        ("due", f"{due:%Y-%m-%d %H:%M} UTC" if due else None),
        ("purchase order", settings.po_reference),
        ("service", settings.service_type),
        ("quote", "first" if settings.should_quote else None),
        ("description", settings.description),
        ("labels", labels),
        ("content", "keys and values" if settings.content == "fields" else None),
        ("references", ", ".join(settings.reference)),
        ("glossary", settings.glossary),
        ("memory", memory),
    ]
    return [(name, value) for name, value in told if value]
