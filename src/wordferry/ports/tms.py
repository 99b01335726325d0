"""The port of a translation management system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from wordferry.model.content import Source
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.capabilities import Capabilities
from wordferry.ports.cargo import (
    Accepted,
    Closing,
    Confirmed,
    Diagnosis,
    Download,
    Export,
    PackedPreview,
    Parcel,
    Prepared,
    Preview,
    RemoteBatch,
    Rolling,
    Updated,
)
from wordferry.ports.effect import Effect

__all__ = [
    "TMS",
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


class TMS(Protocol):
    """Implemented by each folder of `tms/` and by outside packages. Vendor words stay behind it."""

    name: str
    capabilities: Capabilities

    async def close(self) -> None:
        """Give back connections."""
        ...

    def open_batch(self, batch: Batch, *, locales: Sequence[str]) -> Effect[RemoteBatch]:
        """Make the vendor's side of a batch.

        Args:
            batch: the batch; its settings are this vendor's.
            locales: vendor locale codes that its items need.
        """
        ...

    def preview(
        self,
        batch: Batch,
        remote: RemoteBatch,
        source: Source,
        pack: Callable[[], Awaitable[PackedPreview]],
    ) -> Effect[Preview] | None:
        """Upload a package that shows translators how an item looks.

        Args:
            batch: the batch.
            remote: its place at the vendor.
            source: the revision to show.
            pack: builds and inspects the package; called from `perform`, so that what it costs and how it fails
                belongs to the operation. Its file lives until the operation has ended.

        Returns:
            The effect; None when the route wants no preview of this item, or the vendor shows none.
        """
        ...

    def submit(self, batch: Batch, remote: RemoteBatch, parcel: Parcel) -> Effect[Accepted]:
        """Send one item in all its locales. Raises `Refused` when the vendor does not take the item at all."""
        ...

    def rolling(self, settings: Mapping[str, Any]) -> Rolling | None:
        """The limits of a rolling batch, when the route's settings ask for one; None means a batch per plan.

        Only a vendor with `capabilities.grows` may answer anything else.
        """
        ...

    def updatable(self, translations: Sequence[Translation], *, levels: int) -> Sequence[Translation]:
        """Those whose units, by the words known here, can get a newer source in place.

        No call is made. What the vendor then refuses all the same gets new units.
        """
        ...

    def update_source(
        self, batch: Batch, remote: RemoteBatch, parcel: Parcel, translations: Sequence[Translation]
    ) -> Effect[Updated]:
        """Put a newer source under units that exist already, in one call.

        Asked only for what `updatable` returned, for at most `capabilities.updates` translations of one file.

        Args:
            batch: the batch.
            remote: its vendor side.
            parcel: the newer source; its `file_name` is the one that the units have.
            translations: the older translations whose units are to carry it. The key has to be made of the parcel's
                `edition` too: a source may return to what it was before.

        Raises (from `perform`):
            Refused: the vendor takes no newer source for them (any more); nothing was changed. New units are needed.
            NotYet: it still works on an earlier source; nothing was changed.
        """
        ...

    async def source_revision(self, remote: RemoteBatch, translation: Translation) -> str | None:
        """Content hash of the source that the vendor has for a translation now; None when it cannot be told.

        Asked between download and write, so that a translation of another source is never written.
        """
        ...

    def preparations(
        self,
        batch: Batch,
        remote: RemoteBatch,
        translations: Sequence[Translation],
        done: Mapping[str, Prepared],
    ) -> Sequence[Effect[Prepared]]:
        """The next steps once everything was sent and imported, in order; empty when there is none left.

        What the route asks for (providers, analyses, mails, reference files), and the handing over itself where the
        vendor starts no work before it is told to. Called again with what is `done` (by operation key) until it
        returns nothing, so a step may be repeated for units that the vendor silently skipped. A step that fails keeps
        the later ones from being begun.
        """
        ...

    def observe(self, remote: RemoteBatch) -> AsyncIterator[tuple[str, Unit]]:
        """All (file name, unit) of a batch, by the fewest list calls the vendor allows."""
        ...

    def judge(self, units: Sequence[Unit], *, levels: int) -> State | None:
        """The state that a translation's units amount to; None when the vendor's words are unknown."""
        ...

    def export(self, remote: RemoteBatch, translation: Translation) -> Effect[Export] | Export:
        """Ask for the finished file, for the translation's round.

        A vendor that has the file ready at once returns the ticket itself: any name of this round of the translation.
        """
        ...

    async def exports_running(self, tickets: Sequence[str]) -> Sequence[str]:
        """Which of the tickets are still being worked on, by the fewest calls."""
        ...

    def download(
        self, remote: RemoteBatch, translation: Translation, ticket: str, *, source: Path, to: Path
    ) -> Effect[Download]:
        """Fetch the file into `to`, whole or not at all; the blob store flushes it to disk.

        `Unknown.NEVER` where the ticket is spent by a download that starts, `Unknown.REPEAT` where it is not.

        Args:
            remote: the vendor's side of its batch.
            translation: what is fetched.
            ticket: what `export` gave.
            source: the file as it was sent, for a vendor that returns texts rather than files.
            to: a new file.

        Raises (from `perform`):
            NotYet: the export still runs; nothing was spent.
            Refused: the export failed; the reason is the vendor's.
            Spent: the ticket was used before.
        """
        ...

    def confirm(self, remote: RemoteBatch, translation: Translation, *, delivered: str) -> Effect[Confirmed]:
        """Tell the vendor that the bytes with that hash are home."""
        ...

    def reject(
        self, remote: RemoteBatch, translation: Translation, findings: Sequence[str]
    ) -> Effect[Confirmed] | None:
        """Send a fetched translation back with what the check found; only when `capabilities.rework`.

        Returns:
            The effect; None when the route wants a person to look at it in this round.
        """
        ...

    def closing(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation], *, quiet: float
    ) -> Closing:
        """What is due at a batch of which everything is settled; only when `capabilities.closing`.

        Args:
            batch: the batch.
            remote: its vendor side.
            translations: all of the batch, with their units as just seen.
            quiet: seconds since the last of them changed.
        """
        ...

    async def doubles(
        self, batch: Batch, remote: RemoteBatch, translations: Sequence[Translation]
    ) -> Sequence[Effect[Confirmed]]:
        """Objects of ours at the vendor that exist twice, each as the effect that takes the second one away.

        Asked some time after an effect was repeated: the first call may have surfaced late.
        """
        ...

    def cancel(self, remote: RemoteBatch, translation: Translation) -> Effect[Confirmed]:
        """Stop work on a translation; only when `capabilities.cancel`."""
        ...

    async def status(self, remote: RemoteBatch, translation: Translation) -> Sequence[Unit]:
        """The translation's units as the vendor has them now, for `verify`."""
        ...

    def confirmed(self, units: Sequence[Unit], *, levels: int) -> bool:
        """Whether the vendor regards the translation as delivered."""
        ...

    def order(self, settings: Mapping[str, Any], *, at: float) -> Sequence[tuple[str, str]]:
        """What a batch with these settings will ask of the vendor, for `plan`: (name, value) in plain words.

        Args:
            settings: the route's table.
            at: epoch seconds at which the batch would be made.
        """
        ...

    def expected_calls(self, *, items: int, translations: int, settings: Mapping[str, Any]) -> int:
        """Vendor calls that a plan of that size needs at least."""
        ...

    def check(self, settings: Mapping[str, Any], locales: Mapping[str, str]) -> AsyncIterator[Diagnosis]:
        """Checks for `doctor`: credentials, template, locales against the vendor's list, clock."""
        ...
