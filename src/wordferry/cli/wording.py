"""How numbers, times and names are said to a person."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

__all__ = ["count", "duration", "ended", "iso", "moment", "plain", "sentence", "size", "when"]

#: Control characters and marks that turn the direction of text: a file name must not steer a terminal.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNITS = (("d", 86400.0), ("h", 3600.0), ("min", 60.0))


def plain(text: object) -> str:
    """Text that is safe to show: every control character becomes a replacement sign."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", str(text))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`3 translations`, `1 translation`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """A length of time in its largest fitting unit: `4.1 s`, `12 min`, `3 h`, `2 d`."""
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def when(at: float | None, *, now: float | None = None) -> str:
    """A moment seen from now: `in 4 min`, `2 h ago`, `now`; a dash when there is none."""
    if at is None:
        return "–"
    distance = at - (time.time() if now is None else now)
    if abs(distance) < 1.0:
        return "now"
    return f"in {duration(distance)}" if distance > 0 else f"{duration(-distance)} ago"


def moment(at: float) -> str:
    """A moment in local time, to the millisecond."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def iso(at: float | None) -> str | None:
    """A moment for programs: UTC, ISO 8601."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sentence(text: str) -> str:
    """Text as a sentence: it begins with a capital letter and ends with a full stop."""
    text = text.strip()
    if not text:
        return text
    first = text.split(maxsplit=1)[0]
    # The name of a file or a setting stays as it is written.
    name = any(mark in first.rstrip(".,:;") for mark in "/\\._[=")
    return ended(text if name else text[0].upper() + text[1:])


def ended(text: str) -> str:
    """Text with a full stop; its first word, perhaps a name, stays as it is."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…)" else text + "."


def size(number: float) -> str:
    """Bytes: `12 kB`."""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
