r"""Paths as names that every database, log and JSON text can hold, and back.

A name is the path below the root with `/` between folders, letter for letter (NFC and NFD stay as they are). Two
things are spelled out: a byte that is not UTF-8 becomes `\xHH`, and a backslash is doubled so that the way back is
exact.
"""

from __future__ import annotations

import re

__all__ = ["name_of", "path_of"]

_SPELLED = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")
# Python reads a byte 0x80–0xFF that is not UTF-8 as U+DC80–U+DCFF ("surrogateescape").
_BYTE = 0xDC00


def name_of(path: str) -> str:
    """The name of a path below the root.

    Args:
        path: as the operating system gives it, with `/` between folders.
    """
    if path.isascii() and "\\" not in path:
        return path
    return "".join(
        "\\\\" if char == "\\" else f"\\x{ord(char) - _BYTE:02x}" if "\udc80" <= char <= "\udcff" else char
        for char in path
    )


def path_of(name: str) -> str:
    """The path that a name stands for."""
    if "\\" not in name:
        return name
    return _SPELLED.sub(lambda match: chr(_BYTE + int(match[1], 16)) if match[1] else "\\", name)
