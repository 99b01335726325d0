"""What each plugin variant of the vendor's guide demands, as one table.

Source: Phrase guide "Full Integration Workflow", the table of plugin variants; what is a "must" there stands here.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["MUSTS", "Must", "demands"]


class Must(StrEnum):
    """A capability that a variant may demand, in the guide's words."""

    TOKENS = "token exchange and refresh"
    TEMPLATE = "project from template"
    WEBHOOKS = "webhooks"
    PREVIEW = "live preview"
    UPDATES = "idempotent source updates"
    OBSERVABILITY = "advanced observability"


_ALWAYS = frozenset({Must.TOKENS, Must.TEMPLATE})
MUSTS: dict[str, frozenset[Must]] = {
    "canonical": _ALWAYS,
    "live": frozenset(Must),
    "continuous": frozenset(Must) - {Must.PREVIEW},
}


def demands(variant: str, must: Must) -> bool:
    """Whether a route of that variant has to have it."""
    return must in MUSTS[variant]
