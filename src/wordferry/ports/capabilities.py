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
    """

    cancel: bool = True
    cancel_advice: str = ""
    max_file_size: int = 1024**3
