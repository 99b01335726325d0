from __future__ import annotations

import codecs

import msgspec

from wordferry.errors import NeedsOperator

__all__ = ["CHECK_LIMIT", "MAX_SIZE", "FilesSettings", "checked"]

#: The largest file that a TMS takes (Phrase: 1 GB for one import).
MAX_SIZE = 1024**3
#: Structure is checked in memory; above this only formats without structure are taken.
CHECK_LIMIT = 64 * 1024**2


class FilesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A `[content.…]` table with `kind = "files"`.

    Attributes:
        root: folder of the content; relative to the folder of `wordferry.toml`.
        include: patterns of source files, relative to the root.
        exclude: patterns of files that are never sources.
        target: where a translation goes, for example `{locale}/{path}`.
        source_locale: locale the sources are written in.
        locales: all target locales; empty means that translations are told from sources by the look of their names.
        encodings: pattern → encoding, for files that do not say it themselves; the first match counts.
        follow_symlinks: whether links to files and folders inside the root are sources too.
        max_size: bytes; larger files are refused.
        check_limit: bytes; larger files are taken only when their structure need not be checked.
    """

    include: tuple[str, ...]
    target: str
    source_locale: str
    root: str = "."
    exclude: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    encodings: dict[str, str] = {}
    follow_symlinks: bool = False
    max_size: int = MAX_SIZE
    check_limit: int = CHECK_LIMIT


#: test of a pattern → what is wrong with it, and the cure.
_PATTERN_FAULTS = (
    (lambda pattern: not pattern.strip(), "is empty.", "Write a pattern such as en/**/*.md, or remove it."),
    (lambda pattern: "\0" in pattern, "holds a NUL character.", "Remove it."),
    (lambda pattern: pattern.startswith("/"), "is absolute.", "Write it relative to the root."),
    (lambda pattern: pattern.startswith("!"), "begins with an exclamation mark.", "Move it to `exclude`."),
    (lambda pattern: pattern.endswith("/"), "names a folder.", "Add ** to mean all files below it."),
    (
        lambda pattern: any(part in {".", ".."} for part in pattern.split("/")),
        "holds a '.' or '..' folder.",
        "Write it relative to the root, or move the root up.",
    ),
    (lambda pattern: "//" in pattern, "holds an empty folder name.", "Write a single slash."),
)


def checked(settings: FilesSettings, *, where: str) -> FilesSettings:
    """The settings, when they make sense. The target template is checked by `Template`.

    Args:
        settings: as decoded from `wordferry.toml`.
        where: name of the table, for error texts.

    Raises:
        NeedsOperator: a pattern, an encoding, a locale or a limit makes no sense.
    """
    if not settings.include:
        raise NeedsOperator(
            "no pattern says which files are sources.", object=f"{where}.include", next="Add a pattern."
        )
    for name, patterns in (
        ("include", settings.include),
        ("exclude", settings.exclude),
        ("encodings", tuple(settings.encodings)),
    ):
        for pattern in patterns:
            for faulty, sentence, cure in _PATTERN_FAULTS:
                if faulty(pattern):
                    raise NeedsOperator(
                        f"the pattern {pattern!r} {sentence}", object=f"{where}.{name}", next=cure
                    )
    for pattern, encoding in settings.encodings.items():
        if not _is_text_encoding(encoding):
            raise NeedsOperator(
                f"the encoding {encoding!r} of {pattern!r} is not known.",
                object=f"{where}.encodings",
                next="Write one such as utf-8, utf-16 or windows-1252.",
            )
    if not settings.source_locale.strip():
        raise NeedsOperator(
            "the source locale is empty.", object=f"{where}.source_locale", next="Write one, such as en."
        )
    for limit, size in (("max_size", settings.max_size), ("check_limit", settings.check_limit)):
        if size < 1:
            raise NeedsOperator(
                f"a limit of {size} bytes takes no file.",
                object=f"{where}.{limit}",
                next="Write a larger one.",
            )
    return settings


def _is_text_encoding(name: str) -> bool:
    try:
        # base64, rot13 and the like are codecs too; "".encode refuses them.
        "".encode(codecs.lookup(name).name)
    except LookupError:
        return False
    return True
