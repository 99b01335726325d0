"""What the operating system's error numbers mean for a person, and what she can do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from wordferry.errors import NeedsOperator, Refused, TryAgain, WordferryError

__all__ = ["failure", "told"]

_OPERATOR, _REFUSED, _AGAIN = NeedsOperator, Refused, TryAgain

#: error number → class, what happened, cure.
_MEANING: dict[int, tuple[type[WordferryError], str, str]] = {
    errno.ENOSPC: (_OPERATOR, "the disk is full.", "Free space, then run `wordferry retry`."),
    errno.EDQUOT: (
        _OPERATOR,
        "the disk quota is used up.",
        "Raise it or free space, then run `wordferry retry`.",
    ),
    errno.EFBIG: (
        _OPERATOR,
        "the file is larger than this process or file system may write.",
        "Raise the file size limit (ulimit -f) or use another file system, then run `wordferry retry`.",
    ),
    errno.EACCES: (
        _OPERATOR,
        "permission denied.",
        "Give the user that runs Wordferry access to the file and its folder, then run `wordferry retry`.",
    ),
    errno.EPERM: (
        _OPERATOR,
        "the operation is not permitted (the file may be marked as immutable).",
        "Give the user that runs Wordferry access to the file and its folder, then run `wordferry retry`.",
    ),
    errno.EROFS: (
        _OPERATOR,
        "the file system is read-only.",
        "Mount it writable, then run `wordferry retry`.",
    ),
    errno.EIO: (
        _OPERATOR,
        "the disk reports a read or write error.",
        "Check the disk, then run `wordferry retry`.",
    ),
    errno.EMFILE: (
        _OPERATOR,
        "this process has too many open files.",
        "Raise the limit (ulimit -n), then run `wordferry retry`.",
    ),
    errno.ENFILE: (
        _OPERATOR,
        "the system has too many open files.",
        "Raise fs.file-max, then run `wordferry retry`.",
    ),
    errno.ENAMETOOLONG: (
        _REFUSED,
        "the name is longer than the file system allows.",
        "Shorten the name or change the target template.",
    ),
    errno.EILSEQ: (
        _REFUSED,
        "the file system does not take this name.",
        "Rename the source with ordinary characters.",
    ),
    errno.EINVAL: (
        _REFUSED,
        "the file system does not take this name.",
        "Rename the source with ordinary characters.",
    ),
    errno.ENOTDIR: (
        _REFUSED,
        "a file stands where a folder is needed.",
        "Move that file away or change the target template.",
    ),
    errno.EISDIR: (
        _REFUSED,
        "a folder stands where the file should be.",
        "Move that folder away or change the target template.",
    ),
    errno.ELOOP: (
        _REFUSED,
        "symbolic links lead in a circle or into the way.",
        "Replace the link by a real file or folder.",
    ),
    errno.EBUSY: (_AGAIN, "the file is in use.", "It is tried again by itself."),
    errno.EINTR: (_AGAIN, "the operation was interrupted.", "It is tried again by itself."),
    errno.ESTALE: (
        _AGAIN,
        "the network file system lost the file for a moment.",
        "It is tried again by itself.",
    ),
    errno.ETIMEDOUT: (_AGAIN, "the file system did not answer in time.", "It is tried again by itself."),
}


def failure(error: OSError, *, object: str) -> WordferryError:
    """Our error for one of the operating system's.

    Args:
        error: as raised.
        object: the file it happened to.
    """
    cls, what, cure = _MEANING.get(
        error.errno or 0,
        (
            _OPERATOR,
            f"the operating system reports: {error.strerror or type(error).__name__}.",
            "Mend it, then run `wordferry retry`.",
        ),
    )
    return cls(what, object=object, next=cure, code=errno.errorcode.get(error.errno or 0))


@contextmanager
def told(object: str) -> Iterator[None]:
    """Turn the operating system's errors inside into ours, naming the object."""
    try:
        yield
    except OSError as error:
        raise failure(error, object=object) from error
