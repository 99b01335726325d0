"""What passes between the stages and a TMS: plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from wordferry.model.content import Source
from wordferry.model.voyage import Unit
from wordferry.ports.effect import Effect

__all__ = [
    "Accepted",
    "Closing",
    "Confirmed",
    "Diagnosis",
    "Download",
    "Export",
    "PackedPreview",
    "Parcel",
    "Prepared",
    "Preview",
    "RemoteBatch",
    "Rolling",
    "Updated",
]


class Diagnosis(msgspec.Struct, frozen=True):
    """One finding of `doctor`.

    Attributes:
        check: what was looked at.
        ok: True fine, False broken, None worth knowing.
        finding: one sentence.
        cure: what to do; empty when ok.
    """

    check: str
    ok: bool | None
    finding: str
    cure: str = ""


class RemoteBatch(msgspec.Struct, frozen=True):
    """A batch at the vendor (project, job).

    Attributes:
        id: the vendor's id.
        levels: workflow levels of its translations.
        facts: what the adapter needs later; plain values.
        sealed: whether it takes nothing more once it was handed over; what is sent anew goes into a batch of its own.
        advice: where the vendor lets nobody stop work: the sentence that says whom to ask instead.
    """

    id: str
    levels: int = 1
    facts: dict[str, Any] = {}
    sealed: bool = False
    advice: str = ""


class Parcel(msgspec.Struct, frozen=True):
    """One item on its way to the vendor.

    Attributes:
        source: the snapshot's facts.
        path: file with its bytes.
        locales: vendor locale codes wanted.
        family: vendor locale codes that the batch ever wanted of this file; names the operation, so that a locale
            cancelled in between cannot hide an earlier attempt.
        edition: tells this sending of a revision from an earlier one of the same bytes; for updates.
        targets: vendor locale code → where that translation will be written, as the content system names it.
        preview: what `preview` gave for this revision; None when there is none.
    """

    source: Source
    path: Path
    locales: tuple[str, ...]
    family: tuple[str, ...]
    edition: str = ""
    targets: dict[str, str] = {}
    preview: str | None = None


class PackedPreview(msgspec.Struct, frozen=True):
    """A preview package on disk, inspected.

    Attributes:
        path: the ZIP.
        remarks: what could not be shown, one sentence each.
    """

    path: Path
    remarks: tuple[str, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """An uploaded preview package.

    Attributes:
        reference: how new jobs refer to it.
        remarks: what could not be shown, one sentence each.
    """

    reference: str
    remarks: tuple[str, ...] = ()


class Accepted(msgspec.Struct, frozen=True):
    """What the vendor made of a parcel.

    Attributes:
        units: its vendor units, all locales and levels.
        refused: vendor locale → reason, for locales it did not take.
        request: the vendor's asynchronous import, if it has one.
    """

    units: tuple[Unit, ...]
    refused: dict[str, str] = {}
    request: str | None = None


class Updated(msgspec.Struct, frozen=True):
    """The vendor translates a newer source under units that it had already.

    Attributes:
        units: every unit of the translations that were updated, with its word afterwards.
        request: the vendor's asynchronous import, if it has one.
    """

    units: tuple[Unit, ...]
    request: str | None = None


class Rolling(msgspec.Struct, frozen=True):
    """How long one batch at the vendor goes on taking what is new.

    Attributes:
        jobs: translations after which the next one is begun.
        seconds: age after which the next one is begun.
    """

    jobs: int
    seconds: float


class Prepared(msgspec.Struct, frozen=True):
    """What a preparation did.

    Attributes:
        step: its name.
        units: uids it touched.
        note: what a person should know ("may be unsent").
    """

    step: str
    units: tuple[str, ...] = ()
    note: str = ""


class Export(msgspec.Struct, frozen=True):
    """A started export.

    Attributes:
        ticket: the vendor's handle; spent by the first download.
    """

    ticket: str


class Download(msgspec.Struct, frozen=True):
    """A finished download.

    Attributes:
        blob: content hash of the bytes, which is also their name in the blob store.
        size: bytes.
    """

    blob: str
    size: int


class Closing(msgspec.Struct, frozen=True):
    """What is to be done about a batch of which everything is settled.

    Attributes:
        effects: what is due by now, in order; what was done before returns its stored result.
        again: seconds until it is asked again; None when it is closed for good.
    """

    effects: tuple[Effect[Prepared], ...] = ()
    again: float | None = None


class Confirmed(msgspec.Struct, frozen=True):
    """The vendor knows that the translation came home.

    Attributes:
        word: its status word afterwards.
    """

    word: str
