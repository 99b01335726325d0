"""One sandbox for each state folder."""

from __future__ import annotations

import fcntl
from pathlib import Path

from wordferry.sandbox.freezing import StateError


class FolderLock:
    """Held while a sandbox uses a state folder; the system frees it when the process dies.

    Raises:
        StateError: when another sandbox has it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise StateError(f"another sandbox uses {folder}") from error

    def free(self) -> None:
        """Let another one have the folder."""
        self._file.close()
