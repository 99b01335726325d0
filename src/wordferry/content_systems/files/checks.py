from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from wordferry.content_systems.files.config import FilesSettings
from wordferry.content_systems.files.exchange import Unsupported, rename_exchange
from wordferry.content_systems.files.failures import failure
from wordferry.content_systems.files.folders import Folder
from wordferry.content_systems.files.names import name_of
from wordferry.content_systems.files.selection import Selected
from wordferry.content_systems.files.templates import Template
from wordferry.content_systems.files.walk import OURS
from wordferry.errors import NeedsOperator, WordferryError
from wordferry.formats import format_for
from wordferry.ports.tms import Diagnosis

__all__ = ["Checks"]

#: Bytes that should stay free beside the translations.
_SPARE = 64 * 1024**2
#: A locale to try targets with when the settings list none.
_ANY = "de"
#: How many problems are spelled out.
_SHOWN = 3


class Checks:
    """What `doctor` looks at, one after the other.

    Args:
        root: the content's root.
        settings: checked settings.
        template: where translations go.
        find: lists the root.
        where: the settings' table, for cures.
    """

    def __init__(
        self,
        root: Path,
        *,
        settings: FilesSettings,
        template: Template,
        find: Callable[[], Selected],
        where: str,
    ) -> None:
        self._root = root
        self._settings = settings
        self._template = template
        self._find = find
        self._where = where
        self._found = Selected(places=[], troubles=[], translations=[], unentered=0)

    def all(self) -> list[Callable[[], Diagnosis]]:
        """The checks; each may be called in a thread."""
        return [
            self.root,
            self.selection,
            self.translations,
            self.targets,
            self.exchange,
            self.case,
            self.space,
        ]

    def root(self) -> Diagnosis:
        """The root exists and can be read; lists it for the checks that follow."""
        try:
            self._found = self._find()
        except NeedsOperator as error:
            return Diagnosis("root", False, f"{error.object}: {error.what}", error.next)
        return Diagnosis("root", True, f"{self._root} can be read.")

    def selection(self) -> Diagnosis:
        """Something is selected, and all of it can be read."""
        found = self._found
        kinds = Counter(format_for(name_of(place.path)) or "unchecked" for place in found.places)
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        sentence = f"{len(found.places)} sources{f' ({counts})' if counts else ''}."
        if found.unentered:
            sentence += f" {found.unentered} linked folders were not entered."
        if not found.places:
            return Diagnosis(
                "selection", False, sentence, f"Correct `include` and `exclude` in {self._where}."
            )
        if found.troubles:
            shown = "; ".join(f"{name_of(one.path)}: {one.error}" for one in found.troubles[:_SHOWN])
            return Diagnosis(
                "selection",
                None,
                f"{sentence} {len(found.troubles)} more cannot be sources: {shown}",
                "Mend or exclude them; `wordferry plan` lists them all.",
            )
        return Diagnosis("selection", True, sentence)

    def translations(self) -> Diagnosis:
        """Files passed over because they look like translations are named, as that may be a guess."""
        locales = sorted({locale for _, locale in self._found.translations})
        count = len(self._found.translations)
        if not count:
            return Diagnosis(
                "translations", True, "No selected file looks like a translation of another one."
            )
        sentence = f"{count} files are passed over as translations of sources ({', '.join(locales)})."
        if self._settings.locales:
            return Diagnosis("translations", True, sentence)
        return Diagnosis(
            "translations",
            None,
            f"{sentence} This is told from their names.",
            f"List all target locales under `locales` in {self._where} to be exact.",
        )

    def _folders(self) -> list[str]:
        """The nearest existing folders of all targets."""
        folders: dict[str, None] = {}
        for place in self._found.places:
            for locale in self._settings.locales or (_ANY,):
                try:
                    target = self._template.target(place, locale)
                except WordferryError:
                    continue  # said when it is planned
                folder = os.path.dirname(target)
                while folder and not (self._root / folder).is_dir():
                    folder = os.path.dirname(folder)
                folders[folder] = None
        return list(folders) or [""]

    def targets(self) -> Diagnosis:
        """The folders in which translations will stand can be written."""
        closed = [
            folder for folder in self._folders() if not os.access(self._root / folder, os.W_OK | os.X_OK)
        ]
        if closed:
            shown = ", ".join(name_of(folder) or "." for folder in closed[:_SHOWN])
            return Diagnosis(
                "targets",
                False,
                f"{len(closed)} target folders cannot be written: {shown}.",
                "Give the user that runs Wordferry write access to them.",
            )
        return Diagnosis("targets", True, "All target folders can be written.")

    def exchange(self) -> Diagnosis:
        """The file system can exchange two files at once."""
        names = [f"{OURS}-{secrets.token_hex(8)}.probe" for _ in range(2)]
        try:
            folder = Folder.open(self._root, self._folders()[0])
            if folder is None:
                return Diagnosis("exchange", False, "There is no folder to try it in.", "Create the root.")
            with folder:
                try:
                    for name in names:
                        os.close(
                            os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=folder.descriptor)
                        )
                    rename_exchange(*names, folder=folder.descriptor)
                finally:
                    for name in names:
                        folder.remove(name)
        except Unsupported:
            return Diagnosis(
                "exchange",
                None,
                "The file system cannot exchange two files at once. Human edits are still protected, except for "
                "one saved in the very microseconds of a delivery.",
                "Put the content on ext4, xfs, btrfs or tmpfs under Linux to close that gap.",
            )
        except OSError as error:
            told = failure(error, object="")
            return Diagnosis("exchange", False, told.what, told.next)
        except WordferryError as error:
            return Diagnosis("exchange", False, error.what, error.next)
        return Diagnosis("exchange", True, "Files are exchanged in one step.")

    def case(self) -> Diagnosis:
        """Whether names that differ only in case are two files here."""
        real = os.path.realpath(self._root)
        head, name = os.path.split(real)
        other = os.path.join(head, name.swapcase())
        try:
            same = name != name.swapcase() and os.path.samefile(real, other)
        except OSError:
            same = False
        if same:
            return Diagnosis(
                "case",
                None,
                "The file system takes names that differ only in case for the same.",
                "Give sources names that differ in more than case; a translation that would meet another is refused.",
            )
        return Diagnosis("case", True, "Upper and lower case count in file names.")

    def space(self) -> Diagnosis:
        """There is room for one more set of the sources."""
        try:
            disk = os.statvfs(self._root)
            needed = _SPARE + sum(os.stat(self._root / place.path).st_size for place in self._found.places)
        except OSError as error:
            told = failure(error, object="")
            return Diagnosis("space", False, told.what, told.next)
        free = disk.f_bavail * disk.f_frsize
        sentence = f"{free // 1024**2} MiB are free."
        if free < needed:
            return Diagnosis(
                "space",
                False,
                f"{sentence} Translations may need {needed // 1024**2} MiB.",
                "Free space on the disk.",
            )
        return Diagnosis("space", True, sentence)
