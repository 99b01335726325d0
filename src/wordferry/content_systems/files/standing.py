from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys

import msgspec

from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.reader import stream

__all__ = ["Standing", "standing"]


class Standing(msgspec.Struct, frozen=True):
    """What stands at a name right now.

    Attributes:
        revision: SHA-256 in hex.
        mode: permission bits.
        owner: user and group.
        identity: device and inode.
        busy: whether somebody has the file open for writing, as far as the system tells.
    """

    revision: str
    mode: int
    owner: tuple[int, int]
    identity: tuple[int, int]
    busy: bool = False


def standing(folder: Folder, name: str, *, flush: bool = False, watch: bool = False) -> Standing | None:
    """Look at a file.

    Args:
        folder: where.
        name: of the entry.
        flush: confirm its bytes to disk.
        watch: find out whether somebody writes to it. Only for names that nobody else opens: whoever opens the file
            for writing at that moment waits until its bytes are read.

    Returns:
        What stands there; None when there is nothing.

    Raises:
        Refused: it is a link, a folder or something special.
        OSError: it cannot be read.
    """
    descriptor = folder.read(name)
    if descriptor is None:
        return None
    try:
        busy = watch and _busy(descriptor)
        status = os.fstat(descriptor)
        revision = stream(descriptor).revision
        if flush:
            os.fsync(descriptor)
        return Standing(
            revision=revision,
            mode=status.st_mode & 0o777,
            owner=(status.st_uid, status.st_gid),
            identity=(status.st_dev, status.st_ino),
            busy=busy,
        )
    finally:
        os.close(descriptor)  # gives the lease back


def _busy(descriptor: int) -> bool:
    """Whether the file is open for writing anywhere.

    A read lease is granted only when nobody has the file open for writing (`man 2 fcntl`, F_SETLEASE). Held until the
    descriptor is closed, it also keeps new writers out while the bytes are read. Systems and file systems without
    leases, and files of another user, answer with other errors: then nothing is known and the hash alone decides.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        # The signal for a broken lease is SIGIO otherwise, which ends a process that does not expect it.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno in {errno.EAGAIN, errno.EWOULDBLOCK}
    return False
