"""One range of bytes of a representation.

Source: RFC 9110, "Range Requests".
"""

from __future__ import annotations

import re

from wordferry.web.problem import Problem

__all__ = ["parse_range"]

_ONE = re.compile(
    r"bytes=\s*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})?|-(?P<tail>[0-9]{1,18}))\s*", re.ASCII
)


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The part that a `Range` header asks for.

    Args:
        header: the header; None when there is none.
        size: bytes of the whole.

    Returns:
        First byte and the one after the last; None when the whole is to be sent: no header, another unit, several
        ranges, or one that is not well formed. All of these may be ignored.

    Raises:
        Problem: 416 when the part lies behind the end.
    """
    match = _ONE.fullmatch(header or "")
    if match is None:
        return None
    if match["tail"] is not None:
        length = min(int(match["tail"]), size)
        start, end = size - length, size
        if not length:
            raise _beyond(size)
        return start, end
    start = int(match["first"])
    end = size if match["last"] is None else min(int(match["last"]) + 1, size)
    if match["last"] is not None and int(match["last"]) < start:
        return None
    if start >= size:
        raise _beyond(size)
    return start, end


def _beyond(size: int) -> Problem:
    return Problem(
        416,
        f"It has {size} bytes, and the range begins behind them.",
        headers={"Content-Range": f"bytes */{size}"},
    )
