"""What a TMS can and cannot do, as data. What a vendor cannot do is said, not faked."""

from __future__ import annotations

import msgspec

__all__ = ["Capabilities"]


class Capabilities(msgspec.Struct, frozen=True):
    """Facts about one vendor.

    Attributes:
        cancel: whether we can stop work at the vendor; if not, `cancel_advice` says whom to call.
        cancel_advice: sentence for the operator.
        workflow_levels: whether one translation has several vendor units, one per workflow level.
        preparations: names of the steps that a route may ask for after import.
        max_file_size: bytes the vendor takes per file.
        locales_listed: whether the vendor can list its locale codes (for `doctor`).
    """

    cancel: bool = True
    cancel_advice: str = ""
    workflow_levels: bool = False
    preparations: tuple[str, ...] = ()
    max_file_size: int = 1024**3
    locales_listed: bool = True
