from __future__ import annotations

import os
import time
import unicodedata
from pathlib import Path

from wordferry.content_systems.files import leftovers, swap
from wordferry.content_systems.files.exchange import Unsupported
from wordferry.content_systems.files.failures import failure
from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.names import name_of, path_of
from wordferry.content_systems.files.reader import stream
from wordferry.content_systems.files.standing import Standing, standing
from wordferry.errors import Held, Refused, Surprise, Vanished, WordferryError
from wordferry.ports.content_system import Written

__all__ = ["Writer", "twin"]

#: How often a target that somebody is writing to is tried, and the seconds between.
_TRIES, _PAUSE = 5, 0.1


class Writer:
    """Writes translations home by compare-and-set.

    The new bytes go to a temporary file in the target's folder, are flushed to disk and then exchanged with the target
    in one step; what was displaced is hashed, and put back unless it is what was expected. A crash at any moment leaves
    the whole old or the whole new file, and the next write in that folder clears up.

    Args:
        root: nothing is ever written outside.
        atomic: whether to use the atomic exchange where the system has it.
    """

    def __init__(self, root: Path, *, atomic: bool = True) -> None:
        self._root = root
        self._atomic = atomic
        self._cleared: set[tuple[int, int]] = set()

    def revision(self, target: str) -> str | None:
        """Content hash of a target as it is now; None when there is none.

        Raises:
            Refused: it lies outside the root, or is no regular file.
            NeedsOperator: it cannot be read.
        """
        try:
            below, name = _split(target)
            folder = Folder.open(self._root, below)
            if folder is None:
                return None
            with folder:
                found = _standing(folder, name)
                return found.revision if found is not None else None
        except OSError as error:
            raise failure(error, object=target) from error
        except WordferryError as error:
            raise _about(error, target) from error

    def write(self, target: str, source: Path, *, revision: str, expected: str | None) -> Written:
        """Replace a target by compare-and-set. See the port.

        Raises:
            Held: the target is not what was expected; it is left or put back as it was.
            NeedsOperator: disk full, permission denied.
            Refused: the target lies outside the root, or cannot have this name.
            TryAgain: another process holds the folder.
            Vanished: the file with the new bytes is gone.
            Surprise: its bytes do not have the hash they should have.
        """
        try:
            for attempt in range(_TRIES):
                try:
                    return self._write(target, source, revision=revision, expected=expected)
                except swap.Busy:
                    if attempt < _TRIES - 1:
                        time.sleep(_PAUSE)
            raise Held("somebody has the target open for writing; it stays as it is.")
        except OSError as error:
            raise failure(error, object=target) from error
        except WordferryError as error:
            raise _about(error, target) from error

    def remove(self, target: str, *, expected: str) -> None:
        """Take a target away by compare-and-set. See the port.

        It steps aside first and is looked at there, so that an edit made at this very moment is seen and put back.

        Raises:
            Held: it is not what was expected; it stays as it is.
            NeedsOperator: permission denied.
            Refused: it lies outside the root, or is no regular file.
        """
        try:
            below, name = _split(target)
            folder = Folder.open(self._root, below)
            if folder is None:
                return
            with folder, folder.locked():
                self._clear(folder)
                if (found := _standing(folder, name)) is None:
                    return
                _compared(found, expected)
                swap.take_away(folder, name, expected=expected)
                folder.flush()
        except OSError as error:
            raise failure(error, object=target) from error
        except WordferryError as error:
            raise _about(error, target) from error

    def _write(self, target: str, source: Path, *, revision: str, expected: str | None) -> Written:
        below, name = _split(target)
        folder = Folder.open(self._root, below, create=expected is None)
        if folder is None:
            raise Held("the target was removed by somebody else; nothing was written.")
        with folder:
            status = os.fstat(folder.descriptor)
            if (identity := (status.st_dev, status.st_ino)) not in self._cleared:
                with folder.locked():
                    self._clear(folder)
                self._cleared.add(identity)
            current = _standing(folder, name)
            if current is not None and current.revision == revision:
                return self._adopted(folder, name, target, revision=revision)
            _compared(current, expected)
            # A new file gets what the umask allows; a replacement is closed until it has its predecessor's mode.
            with leftovers.part(folder, name, mode=0o666 if current is None else 0o600) as part:
                self._filled(folder, part, source, revision=revision, like=current)
                with folder.locked():
                    replaced = self._set(folder, part, name, revision=revision, expected=expected)
                folder.flush()
        return Written(target=target, revision=revision, replaced=replaced)

    def _adopted(self, folder: Folder, name: str, target: str, *, revision: str) -> Written:
        """The new bytes are there already: ours from before a crash, unless that crash left a person's edit aside."""
        with folder.locked():
            self._clear(folder)
            current = _standing(folder, name, flush=True)
        _compared(current, revision)
        folder.flush()
        return Written(target=target, revision=revision, replaced=revision)

    def _filled(
        self, folder: Folder, part: str, source: Path, *, revision: str, like: Standing | None
    ) -> None:
        """Copy the new bytes to a part, in their predecessor's mode, flushed to disk."""
        try:
            origin = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise Vanished("the file with the new bytes is gone.") from None
        try:
            # Closed before the exchange: an open writer of our own would look like a person's.
            out = os.open(part, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder.descriptor)
            try:
                if stream(origin, to=out).revision != revision:
                    raise Surprise(
                        "the bytes to be written do not have their hash; nothing was written.",
                        next="The stored download is damaged: check the disk, then ask for a new export.",
                    )
                if like is not None:
                    if like.owner != (os.geteuid(), os.getegid()):
                        try:
                            os.fchown(out, *like.owner)
                        except OSError:
                            pass  # only root may give files away
                    os.fchmod(out, like.mode)
                os.fsync(out)
            finally:
                os.close(out)
        finally:
            os.close(origin)

    def _set(
        self, folder: Folder, part: str, name: str, *, revision: str, expected: str | None
    ) -> str | None:
        if expected is None:
            try:
                swap.place(folder, part, name, atomic=self._atomic)
            except FileExistsError:
                current = _standing(folder, name)
                if current is None or current.revision != revision:
                    raise Held("a target that was to be new is there already; it stays as it is.") from None
                return revision
            return None
        if folder.status(leftovers.swap_name(name, revision=revision, expected=expected)) is not None:
            self._clear(folder)
        if self._atomic:
            try:
                return swap.replace(folder, part, name, revision=revision, expected=expected)
            except Unsupported:
                pass
        return swap.replace_aside(folder, part, name, revision=revision, expected=expected)

    def _clear(self, folder: Folder) -> None:
        """Settle what a crash left in a folder. Called with it locked, so no swap belongs to a living writer."""
        entries = os.listdir(folder.descriptor)
        for entry in entries:
            if leftovers.is_part(entry):
                leftovers.remove_dead_part(folder, entry)
            elif (made := leftovers.swap_of(entry)) is not None:
                self._settle(
                    folder, entry, made, next((name for name in entries if made.belongs_to(name)), None)
                )

    def _settle(self, folder: Folder, entry: str, made: leftovers.Swap, name: str | None) -> None:
        try:
            found = standing(folder, entry)
            target = standing(folder, name) if name is not None else None
        except Refused:
            return  # a link or a folder of a person: it stays where it is
        if found is None:
            return
        expected = found.revision.startswith((made.revision, made.expected))
        if expected or (target is not None and target.identity == found.identity):
            folder.remove(entry)
        elif name is not None and target is not None and target.revision.startswith(made.revision):
            # The crash came between the exchange and the look at what was displaced: a person's edit.
            try:
                swap.put_back(folder, entry, name, revision=made.revision, atomic=self._atomic)
            except Unsupported:
                swap.put_back(folder, entry, name, revision=made.revision, atomic=False)
            folder.flush()
        else:
            swap.keep_aside(folder, entry, name or entry)


def _split(target: str) -> tuple[str, str]:
    path = path_of(target)
    parts = path.split("/")
    if not path or "\0" in path or any(part in {"", ".", ".."} for part in parts):
        raise Refused("the target lies outside the root.", next="Correct the target template.")
    return "/".join(parts[:-1]), parts[-1]


def _compared(current: Standing | None, expected: str | None) -> None:
    if current is None and expected is not None:
        raise Held("the target was removed by somebody else; nothing was written.")
    if current is not None and expected is None:
        raise Held("a target that was to be new is there already; it stays as it is.")
    if current is not None and current.revision != expected:
        raise Held("the target was changed by somebody else; it stays as it is.")


def _standing(folder: Folder, name: str, *, flush: bool = False) -> Standing | None:
    found = standing(folder, name, flush=flush)
    if found is None:
        return None
    # Where case does not count, "DE.md" answers to "de.md" as well: one of two translations would be lost.
    other = folder.status(name.swapcase()) if name != name.swapcase() else None
    if other is not None and (other.st_dev, other.st_ino) == found.identity:
        stands = twin(os.listdir(folder.descriptor), name)
        if stands is not None:
            raise Refused(
                f"{name_of(stands)!r} stands there, and this file system takes both names for the same.",
                next="Rename one of the two sources, or use a file system in which case counts.",
            )
    return found


def twin(entries: list[str], name: str) -> str | None:
    """The entry that a file system without case would take for a name, if it is not the name itself.

    Args:
        entries: names in a folder.
        name: the wanted name.
    """
    if name in entries:
        return None
    folded = unicodedata.normalize("NFC", name.casefold())
    return next(
        (entry for entry in entries if unicodedata.normalize("NFC", entry.casefold()) == folded), None
    )


def _about(error: WordferryError, target: str) -> WordferryError:
    """The same error, naming the target as its object."""
    return type(error)(
        error.what, object=target, next=error.next, not_before=error.not_before, code=error.code
    )
