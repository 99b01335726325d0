"""The gate: a returned file is compared with the source it came from before anything is written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from wordferry import formats
from wordferry.errors import Held

if TYPE_CHECKING:
    from wordferry.delivery.deliver import Crossing

__all__ = ["PARSE_LIMIT", "findings", "same_source"]

#: A translation that is this many times longer than its source is none.
GROWTH = 8
#: Bytes up to which plain text is compared in memory; larger one line by line. How large a document of another format
#: may be is the content system's word (`check_limit`): what it takes can also come home.
PARSE_LIMIT = 64 * 1024 * 1024
#: Bytes above which the comparison leaves the event loop.
_INLINE = 128 * 1024
#: Findings kept; the first few tell the story.
_KEPT = 20


async def findings(
    source: Path, target: Path, *, format: str | None, encoding: str | None, size: int
) -> tuple[str, ...]:
    """What stops a delivery.

    Args:
        source: the snapshot that was sent.
        target: the downloaded file.
        format: a name known to `formats`; None means that only emptiness can be checked.
        encoding: declared text encoding, or None.
        size: bytes of the source.

    Returns:
        One sentence per finding; empty when the file may be written.
    """
    arrived = target.stat().st_size  # noqa: ASYNC240  a look at an inode costs less than the way to a thread
    if arrived == 0 and size > 0:
        return ("the translated file is empty",)
    if format is None:
        return ()
    if arrived > GROWTH * size + PARSE_LIMIT:
        return (f"the translated file has {arrived} bytes, its source {size}",)
    if max(size, arrived) > PARSE_LIMIT and format == "plain":
        found = await asyncio.to_thread(formats.compare_plain_lines, source, target, encoding=encoding)
        return _sentences(found)
    if max(size, arrived) > _INLINE:
        return await asyncio.to_thread(_compare, source, target, format, encoding)
    return _compare(source, target, format, encoding)


async def same_source(crossing: Crossing) -> None:
    """A job carries one source at a time: what was exported has to be the translation of the one that was sent.

    Raises:
        Held: the vendor has another source under the job.
        TryAgain: it could not be asked.
    """
    translation = crossing.translation
    there = await crossing.tms.source_revision(crossing.remote, translation)
    if there is None or there == translation.revision:
        return
    raise Held(
        f"the TMS has another source for it ({there[:12]}… instead of {translation.revision[:12]}…): somebody replaced"
        " the file there. Nothing was written.",
        object=f"{translation.name} → {translation.locale}",
        next="Put the right source back at the TMS, then `wordferry retry`; or `wordferry cancel` it and plan again.",
    )


def _compare(source: Path, target: Path, format: str, encoding: str | None) -> tuple[str, ...]:
    return _sentences(
        formats.compare(source.read_bytes(), target.read_bytes(), format=format, encoding=encoding)
    )


def _sentences(found: tuple[formats.Finding, ...]) -> tuple[str, ...]:
    shown = [
        f"{finding.where}: {finding.message}" if finding.where else finding.message
        for finding in found[:_KEPT]
    ]
    if len(found) > _KEPT:
        shown.append(f"and {len(found) - _KEPT} more")
    return tuple(shown)
