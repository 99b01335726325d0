"""The example site, wherever it is: beside the source code, or inside the installed package."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from wordferry.errors import NeedsOperator

__all__ = ["copy_site", "example_site"]


def example_site() -> Path:
    """The folder with the example site.

    Raises:
        NeedsOperator: this copy of the package came without it.
    """
    package = files("wordferry")
    for place in (package / "examples" / "site", package / ".." / ".." / "examples" / "site"):
        with as_file(place) as folder:
            if (folder / "en").is_dir():
                return folder.resolve()
    raise NeedsOperator(
        "this copy of Wordferry came without its example site.",
        object="wordferry/examples/site",
        next="Install the released package, or use a checkout.",
    )


def copy_site(to: Path, *, items: int | None = None) -> list[str]:
    """Copy the site's sources.

    Args:
        to: an existing folder; the files go below `en/`.
        items: how many files; None means those there are. Beyond that, copies go to folders of their own.

    Returns:
        Their paths below `to`.
    """
    source = example_site()
    there = sorted((path for path in (source / "en").rglob("*") if path.is_file()), key=_best_first)
    wanted = len(there) if items is None else items
    names: list[str] = []
    for path, name in zip(_again(there), _names(source, there), strict=False):
        if len(names) == wanted:
            break
        place = to / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        names.append(name)
    return names


def _best_first(path: Path) -> tuple[bool, str]:
    return path.name != "index.md", path.as_posix()


def _again(there: list[Path]) -> Iterator[Path]:
    while True:
        yield from there


def _names(source: Path, there: list[Path]) -> Iterator[str]:
    round_ = 1
    while True:
        for path in there:
            name = path.relative_to(source / "en").as_posix()
            yield f"en/{name}" if round_ == 1 else f"en/more-{round_:03}/{name}"
        round_ += 1
