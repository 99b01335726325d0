from __future__ import annotations

import unicodedata
from pathlib import Path

import msgspec
from wcmatch import glob

from wordferry.content_systems.files.config import FilesSettings
from wordferry.content_systems.files.locales import lookalikes
from wordferry.content_systems.files.names import name_of
from wordferry.content_systems.files.templates import Place, Template
from wordferry.content_systems.files.walk import OURS, Trouble, Walk
from wordferry.errors import NeedsOperator

__all__ = ["Selected", "Selection"]

# Upper and lower case count on every system, so that a configuration means the same everywhere.
_FLAGS = glob.CASE | glob.FORCEUNIX | glob.GLOBSTAR | glob.BRACE | glob.EXTGLOB


class Selected(msgspec.Struct, frozen=True):
    """What a listing found.

    Attributes:
        places: sources, in the order of their paths.
        troubles: what was selected and cannot be a source, in the order of their paths.
        translations: paths passed over because they are translations of sources, with the locale read from them.
        unentered: linked folders that were not entered.
    """

    places: list[Place]
    troubles: list[Trouble]
    translations: list[tuple[str, str]]
    unentered: int


class _Pattern:
    """One include pattern and what its letters say about where its files are."""

    def __init__(self, text: str) -> None:
        self.parts = text.split("/")
        fixed = 0
        while fixed < len(self.parts) - 1 and not glob.is_magic(self.parts[fixed], flags=_FLAGS):
            fixed += 1
        self.lead = "/".join(self.parts[:fixed])
        self.deep = "**" in text or any("/" in group for group in text.split("{")[1:])
        self.names_kind = self.parts[-1].strip("*") != ""
        self.match = _matcher((text,))

    def below(self, path: str) -> str:
        return path[len(self.lead) + 1 :] if self.lead else path

    def may_hold(self, folder: str) -> bool:
        """Whether files of this pattern can be at or below a folder."""
        if f"{self.lead}/".startswith(f"{folder}/"):
            return True
        inside = not self.lead or folder.startswith(f"{self.lead}/")
        return inside and (self.deep or folder.count("/") + 1 < len(self.parts))


class _Matcher:
    def __init__(self, patterns: tuple[str, ...], *, hidden: bool) -> None:
        flags = _FLAGS | (glob.DOTGLOB if hidden else 0)
        self._compiled = (
            glob.compile([_nfc(pattern) for pattern in patterns], flags=flags) if patterns else None
        )

    def __call__(self, path: str) -> bool:
        # Patterns are typed in NFC while some systems store NFD; ids keep the spelling of the disk.
        return self._compiled is not None and bool(self._compiled.match(_nfc(path)))


def _matcher(patterns: tuple[str, ...], *, hidden: bool = False) -> _Matcher:
    try:
        return _Matcher(patterns, hidden=hidden)
    except Exception as error:  # the library raises plain ValueError and its own limit error
        if isinstance(error, (MemoryError, RecursionError)):
            raise
        raise NeedsOperator(
            f"the pattern cannot be read: {error}", object=", ".join(patterns), next="Write simpler patterns."
        ) from error


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class Selection:
    """Which files below a root are sources.

    Args:
        root: the folder.
        settings: checked settings.
        template: where translations go; files that are translations of other files are no sources.

    Raises:
        NeedsOperator: a pattern cannot be read.
    """

    def __init__(self, root: Path, settings: FilesSettings, template: Template) -> None:
        self._root = root
        self._settings = settings
        self._template = template
        self._patterns = [_Pattern(pattern) for pattern in settings.include]
        self._excluded = _matcher(settings.exclude, hidden=True)
        whole = tuple(
            pattern[:-3] for pattern in settings.exclude if pattern.endswith("/**") and pattern[:-3]
        )
        self._pruned = _matcher(whole, hidden=True)
        self._encodings = [(_matcher((pattern,)), name) for pattern, name in settings.encodings.items()]
        self._hidden = any(part.startswith(".") for pattern in self._patterns for part in pattern.parts)

    def place(self, path: str) -> Place | None:
        """Where a path stands; None when no pattern selects it."""
        if self._excluded(path) or any(part.startswith(OURS) for part in path.split("/")):
            return None
        for pattern in self._patterns:
            if pattern.match(path):
                return Place(path=path, below=pattern.below(path))
        return None

    def encoding(self, path: str) -> str | None:
        """The encoding that the settings declare for a path."""
        return next((name for matches, name in self._encodings if matches(path)), None)

    def enters(self, folder: str) -> bool:
        """Whether sources can be in a folder or below it."""
        name = folder.rpartition("/")[2]
        return (
            (self._hidden or not name.startswith("."))
            and not self._pruned(folder)
            and any(pattern.may_hold(folder) for pattern in self._patterns)
        )

    def names_a_file(self, path: str) -> bool:
        """Whether a pattern that names a kind of file, such as `*.md`, selects a path."""
        return self.place(path) is not None and any(
            pattern.names_kind and pattern.match(path) for pattern in self._patterns
        )

    def find(self) -> Selected:
        """Walk the root.

        Raises:
            NeedsOperator: the root is missing or cannot be read.
        """
        walk = Walk(self._root, self, follow=self._settings.follow_symlinks)
        walk.run()
        claims: dict[str, list[Place]] = {}
        for place in walk.places:
            claims.setdefault(self._template.claim(place), []).append(place)
        locales = {place.path: self._translation_of(place, claims) for place in walk.places}
        sources = [place for place in walk.places if locales[place.path] is None]
        rivals = _rivals(sources, claims)
        troubles = walk.troubles + [
            Trouble(
                path,
                f"its translations would land on the same files as those of {name_of(other)}. "
                "Change the target template so that each source has its own, for example with {path}.",
            )
            for path, other in rivals.items()
        ]
        return Selected(
            places=sorted(
                (place for place in sources if place.path not in rivals), key=lambda place: place.path
            ),
            troubles=sorted(troubles, key=lambda trouble: trouble.path),
            translations=sorted((path, locale) for path, locale in locales.items() if locale is not None),
            unentered=walk.unentered,
        )

    def _translation_of(self, place: Place, claims: dict[str, list[Place]]) -> str | None:
        """The locale of a path that is a translation of another selected path; None when it is a source."""
        locales = self._settings.locales or lookalikes(place.path)
        for claim, locale in self._template.claims_behind(place.path, locales):
            if locale != self._settings.source_locale and any(
                p.path != place.path for p in claims.get(claim, ())
            ):
                return locale
        return None


def _rivals(sources: list[Place], claims: dict[str, list[Place]]) -> dict[str, str]:
    """Sources that share their targets: path → path of another one."""
    real = {place.path for place in sources}
    found: dict[str, str] = {}
    for sharing in claims.values():
        paths = [place.path for place in sharing if place.path in real]
        if len(paths) > 1:
            found |= {path: paths[1] if path == paths[0] else paths[0] for path in paths}
    return found
