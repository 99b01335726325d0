"""The embedded lock: on SQLite one process at a time runs work; the others write ledger rows that it picks up."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from wordferry.errors import NeedsOperator

__all__ = ["EngineLock"]


class EngineLock:
    """An advisory lock beside the ledger; the system frees it when the process dies.

    Args:
        path: the lock file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds it."""
        return self._descriptor is not None

    def take(self) -> bool:
        """Try to take it; False when another process has it."""
        if self.held:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise NeedsOperator(
                f"the lock of the ledger cannot be made: {error.strerror}.", object=str(self._path)
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        with suppress(
            OSError
        ):  # a full disk: the lock is held all the same, only its holder's name is missing
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """The process id that has it, for a sentence."""
        try:
            return self._path.read_text().strip() or "unknown"
        except OSError:
            return "unknown"

    def taken_by(self) -> str | None:
        """The process id that has it right now; None when nobody does. Takes nothing away from anybody.

        The file keeps the id of the last holder: a shared lock, held for a moment, tells whether it still holds.
        """
        if self.held:
            return str(os.getpid())
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return self.holder()
        finally:
            os.close(descriptor)
        return None

    def release(self) -> None:
        """Give it back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
