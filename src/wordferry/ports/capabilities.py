"""What a TMS can and cannot do, as data. What a vendor cannot do is said, not faked."""

from __future__ import annotations

import msgspec

__all__ = ["Capabilities"]


class Capabilities(msgspec.Struct, frozen=True):
    """Facts about one vendor.

    Attributes:
        cancel: whether we can stop work at the vendor; if not, `cancel_advice` says whom to call.
        cancel_advice: sentence for the operator.
        max_file_size: bytes the vendor takes per file.
        updates: units whose source can be replaced in one call; 0: a newer source always needs new units.
        grows: whether a batch takes further items after its first ones were sent. If not, what is new needs a batch of
            its own.
    """

    cancel: bool = True
    cancel_advice: str = ""
    max_file_size: int = 1024**3
    updates: int = 0
    grows: bool = False
