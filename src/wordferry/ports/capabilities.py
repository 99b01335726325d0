"""What a TMS can and cannot do, as data. What a vendor cannot do is said, not faked."""

from __future__ import annotations

import msgspec

__all__ = ["Capabilities"]


class Capabilities(msgspec.Struct, frozen=True):
    """Facts about one vendor.

    Attributes:
        cancel: whether we can stop work at the vendor; if not, `RemoteBatch.advice` says whom to ask.
        rework: whether a finished translation can be sent back with findings.
        closing: whether a batch is closed some time after its last change; until then late deliveries are looked for.
        max_file_size: bytes the vendor takes per file.
        updates: units whose source can be replaced in one call; 0: a newer source always needs new units.
        grows: whether a batch takes further items after its first ones were sent. If not, what is new needs a batch of
            its own.
        refreshes: whether an expired token is replaced by itself.
        templates: whether a batch is made from a template over there.
        max_preview_size: bytes the vendor takes per preview package; 0 means it shows no previews.
    """

    cancel: bool = True
    rework: bool = False
    closing: bool = False
    max_file_size: int = 1024**3
    updates: int = 0
    grows: bool = False
    refreshes: bool = False
    templates: bool = False
    max_preview_size: int = 100 * 1024**2
