"""Batches, translations and their vendor units, as the ledger keeps them."""

from __future__ import annotations

from typing import Any

import msgspec

from wordferry.model.states import State

__all__ = ["Batch", "Claim", "Receipt", "Translation", "Unit"]


class Batch(msgspec.Struct, frozen=True):
    """The items of one route sent together.

    Attributes:
        id: deterministic, from its plan.
        route: name of the route.
        content: name of the content system.
        connection: name of the TMS connection.
        settings: the route's settings for that connection when the plan was accepted; a later change of the
            configuration does not touch a batch under way.
        name: the name of the project or job at the TMS; carries the marker.
        marker: 10 characters.
        source_locale: the content system's own code, as sent to the TMS.
        created: epoch seconds.
        remote: the vendor's side, once it exists.
        prepared: whether providers, analyses and notifications were seen to.
        variant: the route's, when the batch was made.
    """

    id: str
    route: str
    content: str
    connection: str
    settings: dict[str, Any]
    name: str
    marker: str
    source_locale: str
    created: float
    remote: dict[str, Any] | None = None
    prepared: bool = False
    variant: str = "canonical"


class Unit(msgspec.Struct, frozen=True):
    """One vendor object of a translation: a level and part of it.

    Attributes:
        uid: the vendor's id.
        locale: the vendor's code, verbatim.
        level: workflow level, from 1.
        part: part of a split job, from 0.
        word: the vendor's status word, verbatim.
        imported: `running`, `ok`, `error` or `unknown`.
        detail: the vendor's text on a failed import.
        assigned: whether a provider was seen on it; None when the vendor does not say.
    """

    uid: str
    locale: str
    level: int = 1
    part: int = 0
    word: str = ""
    imported: str = "unknown"
    detail: str | None = None
    assigned: bool | None = None


class Claim(msgspec.Struct, frozen=True):
    """The right to move a slice's translations, good for one run.

    Attributes:
        slice: id of the slice.
        epoch: counts the runs of that slice; a thawed zombie holds an old one.
        owner: id of the process.
    """

    slice: str
    epoch: int
    owner: str


class Translation(msgspec.Struct, frozen=True):
    """One item revision in one target locale: the unit of state.

    Attributes:
        id: deterministic, from batch, item and locale.
        batch: the batch that sent it.
        item: the item's id.
        name: the item's name.
        revision: content hash of the source that was sent.
        size: bytes of the source.
        format: a name known to `formats`, or None.
        encoding: declared text encoding, or None.
        file_name: the marked name at the TMS.
        locale: our code.
        vendor_locale: the vendor's code.
        target: where it is written, as the content system names it.
        baseline: hash of the target when planned; None when there was none.
        state: see `model.states`.
        since: epoch seconds when the state was entered.
        round: pass through delivery, from 1.
        due: epoch seconds of the next look; None when somebody else moves next.
        looks: polls since the last change, for the backoff.
        ticket: the vendor's running export, if any.
        blob: hash of the downloaded file of this round, if any.
        delivered: hash of what was last written home, if any.
        error: the stored error of the last failure, as JSON text.
        findings: what a gate found, one sentence each.
        overwrite: an operator allowed this round to replace a person's edit.
        born: epoch seconds of its acceptance, raised where needed so that of two revisions of an item the newer one
            always has the higher number.
        replaces: the translation whose units it takes over, with a newer source under them; None when it gets its own.
        units: the vendor's objects.
    """

    id: str
    batch: str
    item: str
    name: str
    revision: str
    size: int
    format: str | None
    encoding: str | None
    file_name: str
    locale: str
    vendor_locale: str
    target: str
    baseline: str | None
    state: State
    since: float
    round: int = 1
    due: float | None = None
    looks: int = 0
    ticket: str | None = None
    blob: str | None = None
    delivered: str | None = None
    error: str | None = None
    findings: tuple[str, ...] = ()
    overwrite: bool = False
    born: float = 0.0
    replaces: str | None = None
    units: tuple[Unit, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """Proof of one delivery: what was sent, what came home, and under which vendor ids.

    Attributes:
        translation: id of the translation.
        round: the round it came home in.
        item: the item's id.
        locale: our code.
        target: where it was written.
        source: content hash of the source.
        delivered: content hash of the written bytes.
        vendor: the vendor's ids (batch, units, ticket).
        at: epoch seconds when the TMS confirmed.
    """

    translation: str
    round: int
    item: str
    locale: str
    target: str
    source: str
    delivered: str
    vendor: dict[str, Any]
    at: float
