"""The compare-and-set of one target, through a file beside it. Called with the folder locked.

Two ways. `replace` swaps both names at once, so that nothing a person saved can fall between. `replace_aside` is for
systems without that call: the target gets a second name, is looked at, and is then replaced; a save by rename in the
microseconds between look and replacement is the one thing it cannot see.
"""

from __future__ import annotations

import os

from wordferry.content_systems.files import leftovers
from wordferry.content_systems.files.exchange import Unsupported, rename_exchange, rename_noreplace
from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.standing import Standing, standing
from wordferry.errors import Held, NeedsOperator, Refused

__all__ = ["Busy", "keep_aside", "place", "put_back", "replace", "replace_aside", "take_away"]


class Busy(Exception):
    """Somebody has the target open for writing; nothing changed."""


def place(folder: Folder, part: str, name: str, *, atomic: bool) -> None:
    """Give a new file its name, which must be free.

    Raises:
        FileExistsError: it is not.
        NeedsOperator: the file system can do it in no way.
    """
    if atomic:
        try:
            rename_noreplace(part, name, folder=folder.descriptor)
            return
        except Unsupported:
            pass
    _link(folder, part, name)
    folder.remove(part)


def _link(folder: Folder, name: str, second: str) -> None:
    try:
        os.link(
            name, second, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor, follow_symlinks=False
        )
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        raise NeedsOperator(
            "the file system can neither exchange files atomically nor link them: "
            "a person's edit could not be protected.",
            object=folder.path,
            next="Put the content on a file system that can (ext4, xfs, btrfs, APFS, NFS).",
            code=str(error.errno),
        ) from error


def replace(folder: Folder, part: str, name: str, *, revision: str, expected: str) -> str:
    """Exchange a target with new bytes, if it is what is expected.

    Returns:
        The hash of what was displaced: the expected one, or the new one if the target had it already.

    Raises:
        Unsupported: use `replace_aside`; nothing changed.
        Busy: somebody writes to the target.
        Held: the target is not what was expected; it is as it was.
    """
    swap = leftovers.swap_name(name, revision=revision, expected=expected)
    os.rename(part, swap, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    try:
        rename_exchange(swap, name, folder=folder.descriptor)
    except FileNotFoundError:
        folder.remove(swap)
        raise _gone() from None
    except Unsupported:
        os.rename(swap, part, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
        raise
    except OSError:
        folder.remove(swap)
        raise
    try:
        displaced = standing(folder, swap, watch=True)
    except Refused:
        displaced = None  # a link or a folder was put there
    except OSError:
        put_back(folder, swap, name, revision=revision)
        raise
    return _judged(folder, swap, name, displaced, revision=revision, expected=expected)


def replace_aside(folder: Folder, part: str, name: str, *, revision: str, expected: str) -> str:
    """`replace` for systems that cannot exchange two names."""
    swap = leftovers.swap_name(name, revision=revision, expected=expected)
    try:
        _link(folder, name, swap)
    except FileNotFoundError:
        raise _gone() from None
    try:
        before = standing(folder, swap)
        status = folder.status(name)
    except BaseException:
        folder.remove(swap)
        raise
    if before is None or status is None or before.identity != (status.st_dev, status.st_ino):
        folder.remove(swap)
        raise _changed()
    if before.revision not in {expected, revision}:
        folder.remove(swap)
        raise _changed()
    try:
        os.rename(part, name, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    except BaseException:
        folder.remove(swap)
        raise
    # Someone may have written into the file between the look and the rename: look again.
    displaced = standing(folder, swap, watch=True)
    return _judged(folder, swap, name, displaced, revision=revision, expected=expected, atomic=False)


def _judged(
    folder: Folder,
    swap: str,
    name: str,
    displaced: Standing | None,
    *,
    revision: str,
    expected: str,
    atomic: bool = True,
) -> str:
    known = displaced is not None and displaced.revision in {expected, revision}
    if displaced is not None and known and not displaced.busy:
        folder.remove(swap)
        return displaced.revision
    kept = put_back(folder, swap, name, revision=revision, atomic=atomic)
    if known and kept is None:
        raise Busy
    raise _changed(kept)


def put_back(folder: Folder, swap: str, name: str, *, revision: str, atomic: bool = True) -> str | None:
    """Return to a target what was displaced from it.

    Args:
        folder: where; locked.
        swap: name of what was displaced.
        name: the target, at which our bytes were put.
        revision: hash of our bytes, or its beginning.
        atomic: whether two names can be exchanged here.

    Returns:
        None, or the name under which it is kept because the target has been changed once more since.
    """
    if not atomic:
        if not _ours(folder, name, revision):
            return keep_aside(folder, swap, name)
        os.rename(swap, name, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
        return None
    if not _exchanged(folder, swap, name):
        return None
    if _ours(folder, swap, revision):
        folder.remove(swap)
        return None
    # A person has changed our bytes already: hers are the newest and stay; what was displaced first is kept beside.
    if not _exchanged(folder, swap, name):
        return None
    return keep_aside(folder, swap, name)


def take_away(folder: Folder, name: str, *, expected: str) -> None:
    """Remove a target, if it is what is expected.

    Raises:
        Held: it was changed at this moment; it has its name again, or is kept beside what took its name.
    """
    aside = leftovers.swap_name(name, revision=expected, expected=expected)
    try:
        os.rename(name, aside, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    except FileNotFoundError:
        return
    found = standing(folder, aside, watch=True)
    if found is not None and found.revision == expected and not found.busy:
        folder.remove(aside)
        return
    try:
        _link(folder, aside, name)
    except FileExistsError:
        raise _changed(keep_aside(folder, aside, name)) from None
    folder.remove(aside)
    raise _changed()


def _exchanged(folder: Folder, swap: str, name: str) -> bool:
    """Exchange both; when the target has been removed, give its name to the swap, and then say False."""
    while True:
        try:
            rename_exchange(swap, name, folder=folder.descriptor)
            return True
        except FileNotFoundError:
            try:
                rename_noreplace(swap, name, folder=folder.descriptor)
                return False
            except FileExistsError:
                continue  # removed, and made again: exchange after all


def _ours(folder: Folder, name: str, revision: str) -> bool:
    """Whether our bytes stand there, and nobody is changing them."""
    try:
        found = standing(folder, name, watch=True)
    except Refused:
        return False
    return found is not None and found.revision.startswith(revision) and not found.busy


def keep_aside(folder: Folder, swap: str, name: str) -> str:
    """Keep a person's older edit under a name that we never touch again."""
    kept = leftovers.kept_name(name)
    os.rename(swap, kept, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    folder.flush()
    return kept


def _gone() -> Held:
    return Held("the target was removed by somebody else; nothing was written.")


def _changed(kept: str | None = None) -> Held:
    also = f" An older edit is kept beside it as {kept}." if kept else ""
    return Held(f"the target was changed by somebody else; it stays as it is.{also}")
