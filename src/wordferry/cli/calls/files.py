"""Files of a call: sent from a path or from standard input, written to a path or to standard output.

Both stream in constant memory and show a bar on terminals.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from wordferry.cli.wording import plain, size
from wordferry.errors import NeedsOperator, Refused
from wordferry.transport import Stream

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Cargo", "Sink"]

PIECE = 256 * 1024


class Cargo:
    """The files that one call sends or fetches.

    Args:
        live: whether a bar may move on standard error.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._open = ExitStack()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._open.close()

    def source(self, place: Path) -> Stream:
        """A file to send; `-` is standard input, kept in a temporary file until it is sent.

        Raises:
            Refused: it cannot be read.
        """
        shown = "standard input" if str(place) == "-" else place.name
        try:
            if str(place) == "-":
                kept = self._open.enter_context(_temporary())
                shutil.copyfileobj(sys.stdin.buffer, kept)
                kept.flush()
                place = Path(kept.name)
            length = place.stat().st_size
            with place.open("rb"):
                pass
        except OSError as error:
            raise Refused(
                f"the file cannot be read: {(error.strerror or 'unknown').lower()}.",
                object=str(place),
                next="Check the path and the permissions.",
            ) from None
        return Stream(lambda: self._pieces(place, shown, length), length)

    def whole(self, place: Path) -> bytes:
        """A file to send in one piece."""
        if str(place) == "-":
            return sys.stdin.buffer.read()
        self.source(place)
        return place.read_bytes()

    async def _pieces(self, place: Path, shown: str, length: int) -> AsyncIterator[bytes]:
        advance = self._follow(shown, length)
        file = await asyncio.to_thread(place.open, "rb", buffering=0)
        try:
            left = length
            while left and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                left -= len(piece)
                yield piece
                advance(len(piece))
        finally:
            file.close()

    @contextmanager
    def sink(self, place: Path) -> Iterator[Sink]:
        """Where a file that comes is written; it appears under its name once it is whole.

        The place is tried before anything is asked for: a download may be good for one use only.

        Raises:
            NeedsOperator: nothing can be written there.
        """
        if str(place) == "-":
            yield Sink(sys.stdout.buffer, self._follow("standard output", None))
            sys.stdout.buffer.flush()
            return
        try:
            if place.is_dir():
                raise IsADirectoryError(21, "it is a folder; name a file")
            handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}.", dir=place.parent)
        except OSError as error:
            raise NeedsOperator(
                f"no file can be written there: {(error.strerror or 'unknown').lower()}.",
                object=str(place),
                next="Name another place with --output. Nothing was fetched.",
            ) from None
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 - a handle, not a path
                yield Sink(file, self._follow(place.name, None))
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _follow(self, shown: str, length: int | None) -> Any:
        if not self._live:
            return lambda _: None
        if self._bar is None:
            self._bar = self._open.enter_context(_progress())
        task = self._bar.add_task(plain(shown), total=length)
        bar = self._bar
        return lambda more: bar.advance(task, more)


class Sink:
    """Takes the bytes of a file.

    Args:
        file: where they go.
        advance: told how many came.
    """

    def __init__(self, file: IO[bytes], advance: Any) -> None:
        self._file = file
        self._advance = advance

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""
        self._file.write(data)
        self._advance(len(data))
        return None


def _temporary() -> Any:
    return tempfile.NamedTemporaryFile(prefix="wordferry-")


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def arrived(place: Path, found: Any) -> str:
    """What to say of a file that came."""
    checked = "" if found.checked else ", of a length that was not announced"
    return f"{size(found.size)} in {place}{checked}"
