"""The vendor's limits, checked before anything is sent.

Sources: Content API, "Initiates uploading file to a job", "Create new translation source content" and "Get all
translation requests in a job"; Lionbridge page "Development Guidelines" for names in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import PurePosixPath

from wordferry.errors import Refused

__all__ = [
    "LARGEST_CONTENT",
    "LONGEST_NAME",
    "MOST_IDS",
    "check_file_name",
    "check_ids",
    "check_name",
    "cut_name",
    "groups",
]

#: Bytes of UTF-8 in the name of a job, a request or a file.
LONGEST_NAME = 250
#: Ids in one `id` parameter.
MOST_IDS = 50
#: Bytes of UTF-8 in all keys, values and comments of one source content.
LARGEST_CONTENT = 1_048_576


def check_name(name: str | None, *, what: str) -> None:
    """Refuse a name that the vendor would refuse.

    Args:
        name: of a job or a request; None passes.
        what: it names, for the error.

    Raises:
        Refused: it is empty or longer than 250 bytes.
    """
    if name is None:
        return
    if not name.strip():
        raise Refused(f"The name of the {what} is empty.", object=what)
    size = len(name.encode("utf-8", "replace"))
    if size > LONGEST_NAME:
        raise Refused(
            f"The name of the {what} has {size} bytes; Lionbridge takes {LONGEST_NAME}.",
            object=cut_name(name, longest=60) + "…",
            next="Shorten it; `cut_name` does so without breaking a character.",
        )


def cut_name(name: str, *, longest: int = LONGEST_NAME) -> str:
    """The beginning of a name that fits, never half a character.

    Args:
        name: any text.
        longest: bytes of UTF-8.
    """
    raw = name.encode("utf-8", "replace")
    return name if len(raw) <= longest else raw[:longest].decode("utf-8", "ignore")


def check_file_name(name: str) -> None:
    """Refuse a file name that the vendor would refuse.

    Raises:
        Refused: it is empty, longer than 250 bytes, or has no extension.
    """
    check_name(name, what="file")
    if not PurePosixPath(name).suffix.strip("."):
        raise Refused(
            "The file name has no extension; Lionbridge refuses such files.",
            object=cut_name(name, longest=80),
        )


def check_ids(ids: Sequence[str] | None) -> None:
    """Refuse more ids than one call takes.

    Raises:
        Refused: there are more than 50.
    """
    if ids is not None and len(ids) > MOST_IDS:
        raise Refused(f"{len(ids)} ids were given; one call takes at most {MOST_IDS}.", object="id")


def groups(ids: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """The ids in groups that one call takes."""
    left = iter(ids)
    while group := tuple(islice(left, MOST_IDS)):
        yield group
