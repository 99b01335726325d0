from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations

import msgspec

from wordferry.content_systems.files.names import name_of
from wordferry.errors import NeedsOperator, Refused

__all__ = ["FIELDS", "Place", "Template"]

#: placeholder → what it stands for; the docs' table is made from it.
FIELDS = {
    "locale": "the target locale, as in the route's locale map",
    "path": "the source's path below the fixed leading folder of its pattern",
    "dir": "the folder part of {path}; empty at the top",
    "name": "the file name",
    "stem": "the file name without its last extension",
    "ext": "the last extension without its dot; empty when there is none, and then the dot before {ext} goes too",
    "source_locale": "the source locale of the content system",
}

_FIELD = re.compile(r"\{([^{}]*)\}")
#: Stands for the locale where it is left open; no file name can hold it.
_OPEN = "\0"
#: Folders that belong to tools: a translation never lands there.
_RESERVED = frozenset({".wordferry", ".git"})


class Place(msgspec.Struct, frozen=True):
    """Where a source stands.

    Attributes:
        path: below the root.
        below: below the fixed leading folder of the pattern that selected it.
    """

    path: str
    below: str


class Template:
    """Where the translation of a source goes.

    Args:
        text: for example `{locale}/{path}`.
        source_locale: value of `{source_locale}`.
        where: the setting it comes from, for error texts.

    Raises:
        NeedsOperator: the template makes no sense; the sentence says why.
    """

    def __init__(self, text: str, *, source_locale: str, where: str) -> None:
        self._where = where
        self._text = text
        self._source_locale = source_locale
        self._pieces = self._parsed(text)
        #: How often the locale occurs in a target.
        self._locales = sum(1 for is_field, piece in self._pieces if is_field and piece == "locale")
        if not self._locales:
            raise self._wrong(
                f"the template {text!r} has no {{locale}}: all translations would land on the same file.",
                "Add {locale}, for example {locale}/{path}.",
            )

    def _wrong(self, sentence: str, cure: str) -> NeedsOperator:
        return NeedsOperator(sentence, object=self._where, next=cure)

    def _parsed(self, text: str) -> list[tuple[bool, str]]:
        """The pieces of a template: (is it a placeholder, its name or the literal text)."""
        if not text.strip():
            raise self._wrong("the template is empty.", "Write one, for example {locale}/{path}.")
        if text.startswith("/"):
            raise self._wrong(f"the template {text!r} is absolute.", "Write it relative to the root.")
        if "\\" in text or "\0" in text:
            raise self._wrong(
                f"the template {text!r} holds a backslash or NUL.", "Separate folders by a slash."
            )
        if text.endswith("/"):
            raise self._wrong(f"the template {text!r} names a folder.", "End it with a file name, or {path}.")
        if any(part in {".", ".."} for part in text.split("/")):
            raise self._wrong(
                f"the template {text!r} holds a '.' or '..' folder.",
                "Write it from the root, or move the root up.",
            )
        pieces: list[tuple[bool, str]] = []
        at = 0
        for match in _FIELD.finditer(text):
            pieces += [(False, text[at : match.start()]), (True, match[1])]
            at = match.end()
        pieces.append((False, text[at:]))
        for is_field, piece in pieces:
            if not is_field and ("{" in piece or "}" in piece):
                raise self._wrong(
                    f"the template {text!r} has a brace without its partner.",
                    "Write placeholders like {locale}; braces are not used otherwise.",
                )
            if is_field and piece not in FIELDS:
                near = difflib.get_close_matches(piece, FIELDS, n=1)
                known = ", ".join(f"{{{field}}}" for field in FIELDS)
                raise self._wrong(
                    f"the template {text!r} has the unknown placeholder {{{piece}}}.",
                    f"Did you mean {{{near[0]}}}?" if near else f"Known placeholders: {known}.",
                )
        return [piece for piece in pieces if piece[1]]

    def _filled(self, place: Place, locale: str) -> str:
        folder, _, name = place.below.rpartition("/")
        stem, _, extension = name.rpartition(".")
        if not stem or not extension:
            stem, extension = name, ""
        values = {
            "locale": locale,
            "path": place.below,
            "dir": folder,
            "name": name,
            "stem": stem,
            "ext": extension,
            "source_locale": self._source_locale,
        }
        text = ""
        for is_field, piece in self._pieces:
            if is_field and piece == "ext" and not extension:
                text = text.removesuffix(".")
            text += values[piece] if is_field else piece
        # An empty {dir} leaves an empty folder name behind.
        return "/".join(part for part in text.split("/") if part)

    def target(self, place: Place, locale: str) -> str:
        """The path of a translation, below the root.

        Raises:
            NeedsOperator: the locale cannot be part of a file name.
            Refused: the target is its own source, or lies in a folder that belongs to a tool.
        """
        if not locale or locale in {".", ".."} or any(char in "/\\" or ord(char) < 32 for char in locale):
            raise self._wrong(
                f"the locale {locale!r} cannot be part of a file name.",
                "Correct it in the route's locale map.",
            )
        path = self._filled(place, locale)
        if _alike(path) == _alike(place.path):
            raise Refused(
                f"its translation into {locale!r} would overwrite it.",
                object=name_of(place.path),
                next=f"Change {self._where} or take {locale!r} out of the locale map.",
            )
        if reserved := set(path.split("/")) & _RESERVED:
            raise Refused(
                f"its translation would land in {reserved.pop()}, which is not for content.",
                object=name_of(place.path),
                next=f"Change {self._where}.",
            )
        return path

    def claim(self, place: Place) -> str:
        """What all targets of a source have in common: the target with the locale left open.

        Two sources with the same claim would overwrite each other's translations.
        """
        return self._filled(place, _OPEN)

    def claims_behind(self, path: str, locales: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Every way to read a path as a target.

        Args:
            path: below the root.
            locales: the locales it may be in.

        Returns:
            Pairs of claim and locale; whether a source makes that claim is for the caller to look up.
        """
        for locale in dict.fromkeys(locales):
            starts = (
                [match.start() for match in re.finditer(f"(?={re.escape(locale)})", path)] if locale else []
            )
            for chosen in combinations(starts, self._locales):
                text, at = "", 0
                for start in chosen:
                    if start < at:
                        break
                    text += path[at:start] + _OPEN
                    at = start + len(locale)
                else:
                    yield text + path[at:], locale


def _alike(path: str) -> str:
    """Equal for paths that a file system without case or with normalisation takes for the same."""
    return path if path.isascii() and path.islower() else unicodedata.normalize("NFC", path.casefold())
