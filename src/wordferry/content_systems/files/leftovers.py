"""Names of our temporary files, and what to do with those that a crash left behind.

A `.part` is being filled; it is worthless once its writer is gone. A `.swap` is what the exchange with the target
works through: first our new bytes, then what stood at the target before. Its name says what it may hold, so that
after a crash in the worst moment a person's edit is recognised and put back. A `.kept` is a person's older edit that
had to step aside for her newer one; we never remove it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.walk import OURS
from wordferry.errors import Refused

__all__ = ["Swap", "is_part", "kept_name", "part", "remove_dead_part", "swap_name", "swap_of"]

#: Characters of a hash in a name: enough to never meet by chance, short enough for file systems with 143-byte names.
_LETTERS = 24
# Exactly what we make: a person's file of a similar name is never touched.
_PART = re.compile(rf"{re.escape(OURS)}-[0-9a-f]{{16}}-[0-9a-f]{{16}}\.part")
_SWAP = re.compile(rf"{re.escape(OURS)}-([0-9a-f]{{16}})-([0-9a-f]{{24}})-([0-9a-f]{{24}})\.swap")
#: Seconds after which a part is dead where files cannot be locked.
_DEAD_AFTER = 86_400.0


def _tag(name: str) -> str:
    return hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()


@contextmanager
def part(folder: Folder, name: str, *, mode: int) -> Iterator[str]:
    """A new empty file for the bytes on their way to a target; gone afterwards, unless it was renamed.

    A lock on it says that its writer lives. The lock is on a descriptor of its own, for reading.

    Args:
        folder: the target's folder.
        name: the target's name.
        mode: permission bits, from which the umask is taken.
    """
    while True:
        entry = f"{OURS}-{_tag(name)}-{secrets.token_hex(8)}.part"
        os.close(
            os.open(
                entry, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=folder.descriptor
            )
        )
        descriptor = folder.read(entry)
        if descriptor is None:
            continue  # another process cleared it away before it was locked
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # the same, just now
            except OSError:
                pass  # no locks here: others go by the part's age
            if os.fstat(descriptor).st_nlink == 0:
                continue
            yield entry
            return
        finally:
            folder.remove(entry)
            os.close(descriptor)


def swap_name(name: str, *, revision: str, expected: str) -> str:
    """The name through which a target is exchanged; the same on every attempt."""
    return f"{OURS}-{_tag(name)}-{revision[:_LETTERS]}-{expected[:_LETTERS]}.swap"


def kept_name(name: str) -> str:
    """A new name for a person's edit that is kept aside."""
    return f"{OURS}-{_tag(name)}-{secrets.token_hex(4)}.kept"


def is_part(entry: str) -> bool:
    """Whether an entry of a folder is a part of ours."""
    return _PART.fullmatch(entry) is not None


class Swap(msgspec.Struct, frozen=True):
    """What the name of a swap says.

    Attributes:
        tag: stands for the target's name.
        revision: beginning of the hash of our bytes.
        expected: beginning of the hash that the target should have had.
    """

    tag: str
    revision: str
    expected: str

    def belongs_to(self, name: str) -> bool:
        """Whether it was made for a target of that name."""
        return self.tag == _tag(name)


def swap_of(entry: str) -> Swap | None:
    """What an entry of a folder says if it is a swap of ours."""
    match = _SWAP.fullmatch(entry)
    return Swap(*match.groups()) if match else None


def remove_dead_part(folder: Folder, entry: str) -> None:
    """Remove a part whose writer is gone: a living one holds a lock on it."""
    try:
        descriptor = folder.read(entry)
    except Refused:
        return  # not made by us
    if descriptor is None:
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError:
            if time.time() - os.fstat(descriptor).st_mtime < _DEAD_AFTER:
                return
        folder.remove(entry)
    finally:
        os.close(descriptor)
