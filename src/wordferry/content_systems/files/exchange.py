"""The two renames that POSIX lacks: swap two files, and never replace one.

Linux only, since kernel 3.15. Source: `man 2 renameat2`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Callable

__all__ = ["Unsupported", "rename_exchange", "rename_noreplace"]

_NOREPLACE, _EXCHANGE = 1, 2  # linux/fs.h
#: For C libraries without a wrapper; the kernel's own tables (arch/*/syscall*.tbl).
_SYSCALL = {
    "x86_64": 316,
    "aarch64": 276,
    "riscv64": 276,
    "ppc64le": 357,
    "s390x": 347,
    "armv7l": 382,
    "i686": 353,
}
#: How kernels and file systems say that they do not know the flag.
_UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTTY})

_Rename = Callable[[int, bytes, int, bytes, int], int]


class Unsupported(Exception):
    """This system or this file system cannot do it."""


def _renameat2() -> _Rename | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    kinds = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    if hasattr(libc, "renameat2"):
        libc.renameat2.argtypes = kinds
        wrapper: _Rename = libc.renameat2
        return wrapper
    number = _SYSCALL.get(platform.machine())
    if number is None:
        return None
    libc.syscall.argtypes = (ctypes.c_long, *kinds)
    return lambda *arguments: int(libc.syscall(number, *arguments))


_call = _renameat2()


def _rename(first: str, second: str, *, folder: int, flag: int) -> None:
    if _call is None:
        raise Unsupported
    if _call(folder, os.fsencode(first), folder, os.fsencode(second), flag) == 0:
        return
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        raise Unsupported
    raise OSError(number, os.strerror(number), first, None, second)


def rename_exchange(first: str, second: str, *, folder: int) -> None:
    """Swap two names at once: nobody ever sees one of them missing.

    Args:
        first: name in the folder.
        second: name in the folder.
        folder: descriptor of the folder.

    Raises:
        Unsupported: the system or the file system cannot.
        FileNotFoundError: one of the two does not exist; nothing changed.
    """
    _rename(first, second, folder=folder, flag=_EXCHANGE)


def rename_noreplace(first: str, second: str, *, folder: int) -> None:
    """Rename only if the new name is free.

    Raises:
        Unsupported: the system or the file system cannot.
        FileExistsError: the new name is taken; nothing changed.
    """
    _rename(first, second, folder=folder, flag=_NOREPLACE)
