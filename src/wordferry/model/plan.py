"""A plan: what would be sent, what would not, and why. `apply` does exactly that."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = [
    "Gone",
    "Plan",
    "PlannedItem",
    "PlannedTranslation",
    "Rename",
    "Renamed",
    "RoutePlan",
    "Skip",
]


class PlannedTranslation(msgspec.Struct, frozen=True):
    """One locale of a planned item.

    Attributes:
        locale: our code.
        vendor_locale: the vendor's code.
        target: where it will be written.
        baseline: hash of what is there now; None when nothing is.
        action: `create`, `update` (an older revision was sent before; this one gets new jobs) or `revise` (the jobs of
            the older revision get the newer source).
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


class Renamed(msgspec.Struct, frozen=True):
    """One translation that follows its item to a new name.

    Attributes:
        translation: its id.
        locale: our code.
        target: where it will be written from now on.
        baseline: hash of what is there now; None when nothing is.
    """

    translation: str
    locale: str
    target: str
    baseline: str | None


class Rename(msgspec.Struct, frozen=True):
    """An item that has a new id and name, and the same content.

    Attributes:
        old: the id it had.
        item: the id it has.
        name: what a person calls it now.
        revision: content hash.
        translations: what goes with it.
        forget: whether the files at the old places are left to themselves; else they are removed.
    """

    old: str
    item: str
    name: str
    revision: str
    translations: tuple[Renamed, ...]
    forget: bool = True


class Gone(msgspec.Struct, frozen=True):
    """An item whose source is no longer there.

    Attributes:
        item: its id.
        name: what a person called it.
        cancel: ids of translations under way, whose work is stopped.
        remove: ids of delivered translations, whose targets are removed.
        kept: how many translations stay as they are.
    """

    item: str
    name: str
    cancel: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    kept: int = 0


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
        variant: `canonical`, `live` or `continuous`.
        renames: items that go under a new name; nothing of them is sent.
        gone: items whose source is no longer there, when the route says what is to become of their translations.
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
    variant: str = "canonical"
    renames: tuple[Rename, ...] = ()
    gone: tuple[Gone, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether accepting it changes anything."""
        return bool(self.items or self.renames or any(one.cancel or one.remove for one in self.gone))


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
