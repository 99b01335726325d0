"""A plan: what would be sent, what would not, and why. `apply` does exactly that."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Plan", "PlannedItem", "PlannedTranslation", "RoutePlan", "Skip"]


class PlannedTranslation(msgspec.Struct, frozen=True):
    """One locale of a planned item.

    Attributes:
        locale: our code.
        vendor_locale: the vendor's code.
        target: where it will be written.
        baseline: hash of what is there now; None when nothing is.
        action: `create` or `update` (an older revision was sent before).
    """

    locale: str
    vendor_locale: str
    target: str
    baseline: str | None
    action: str


class PlannedItem(msgspec.Struct, frozen=True):
    """One item to be sent.

    Attributes:
        item: its id.
        name: what a person calls it.
        revision: content hash when planned; `apply` sends exactly that or stops.
        size: bytes.
        format: a name known to `formats`, or None.
        encoding: declared text encoding, or None.
        words: words of translatable text; None when the format is not known.
        translations: one per locale.
    """

    item: str
    name: str
    revision: str
    size: int
    format: str | None
    encoding: str | None
    words: int | None
    translations: tuple[PlannedTranslation, ...]


class Skip(msgspec.Struct, frozen=True):
    """One thing that is not sent.

    Attributes:
        item: id or name.
        locale: our code; None when the whole item is skipped.
        reason: one sentence.
        problem: whether a person should look at it.
    """

    item: str
    locale: str | None
    reason: str
    problem: bool = False


class RoutePlan(msgspec.Struct, frozen=True):
    """The part of one route.

    Attributes:
        route: its name.
        content: name of the content system.
        connection: name of the TMS connection.
        settings: the route's settings for that connection, as they will be used.
        source_locale: the source language as the TMS calls it.
        items: what is sent.
        skips: what is not.
        calls: vendor calls the batch needs at least.
        notes: what a person should know of things that are sent, such as files that will be replaced.
    """

    route: str
    content: str
    connection: str
    settings: dict[str, Any]
    source_locale: str
    items: tuple[PlannedItem, ...]
    skips: tuple[Skip, ...]
    calls: int
    notes: tuple[Skip, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """All routes of one run.

    Attributes:
        id: names the plan for `apply`.
        created: epoch seconds.
        routes: one part per route.
    """

    id: str
    created: float
    routes: tuple[RoutePlan, ...]
