from __future__ import annotations

import asyncio
import heapq
import os
import posixpath
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from wordferry.content_systems.files.checks import Checks
from wordferry.content_systems.files.config import FilesSettings, checked
from wordferry.content_systems.files.names import name_of, path_of
from wordferry.content_systems.files.reader import Reader
from wordferry.content_systems.files.selection import Selected, Selection
from wordferry.content_systems.files.templates import Place, Template
from wordferry.content_systems.files.walk import Trouble
from wordferry.content_systems.files.writer import Writer
from wordferry.errors import NeedsOperator, Refused, TryAgain, Vanished
from wordferry.model.content import Item, ItemProblem
from wordferry.ports.content_system import Written
from wordferry.ports.tms import Diagnosis

__all__ = ["FilesSystem"]

#: Seconds of reading for one trip to a thread: many small files share a trip, and a caller never waits long.
_TRIP = 0.05


class FilesSystem:
    """Files below a folder, as a content system.

    Items are the files that the patterns select; their ids are their paths below the root. Targets are paths below the
    root, made from the target template. Blocking work is done in threads.

    Args:
        name: the name in `[content.…]`.
        settings: the table.
        folder: where a relative root starts.
        atomic: whether to use the atomic exchange where the system has it.

    Raises:
        NeedsOperator: the settings make no sense.
    """

    def __init__(self, name: str, settings: FilesSettings, *, folder: Path, atomic: bool = True) -> None:
        where = f"content.{name}"
        self.name = name
        self.source_locale = settings.source_locale
        self._settings = checked(settings, where=where)
        self._where = where
        self._root = folder / settings.root
        self._template = Template(
            settings.target, source_locale=settings.source_locale, where=f"{where}.target"
        )
        self._selection = Selection(self._root, settings, self._template)
        self._reader = Reader(self._root, settings, self._selection)
        self._writer = Writer(self._root, atomic=atomic)
        # Known after a listing: who claims which targets. Locales are learnt as they are asked for.
        self._claims: dict[str, str] = {}
        self._sources: frozenset[str] = frozenset()
        self._locales = set(settings.locales)

    def _find(self) -> Selected:
        found = self._selection.find()
        self._claims = {self._template.claim(place): place.path for place in found.places}
        self._sources = frozenset(self._claims.values())
        return found

    async def items(self) -> AsyncIterator[Item | ItemProblem]:
        """All items in the order of their paths, problems in their places.

        Raises:
            NeedsOperator: the root is missing or cannot be read.
        """
        found = await asyncio.to_thread(self._find)
        waiting: Iterator[Place | Trouble] = heapq.merge(
            found.places, found.troubles, key=lambda entry: entry.path
        )
        while batch := await asyncio.to_thread(self._some, waiting):
            for entry in batch:
                yield entry

    def _some(self, waiting: Iterator[Place | Trouble]) -> list[Item | ItemProblem]:
        until = time.monotonic() + _TRIP
        batch: list[Item | ItemProblem] = []
        for entry in waiting:
            batch.append(
                self._look(entry.path)
                if isinstance(entry, Place)
                else ItemProblem(id=name_of(entry.path), error=entry.error)
            )
            if time.monotonic() > until:
                break
        return batch

    def _look(self, path: str) -> Item | ItemProblem:
        try:
            return self._reader.look(path)
        except (NeedsOperator, Refused, TryAgain, Vanished) as error:
            return ItemProblem(id=name_of(path), error=f"{error.what} {error.next}".strip())

    async def snapshot(self, item: str, to: Path) -> Item:
        """Copy an item's bytes as they are into the new file `to`, flushed to disk, in constant memory.

        Raises:
            Vanished: the item is gone.
            Refused: it cannot be sent.
            NeedsOperator: it cannot be read, or `to` cannot be written.
        """
        return await asyncio.to_thread(self._snapshot, item, to)

    def _snapshot(self, item: str, to: Path) -> Item:
        return self._reader.copy(self._place(item).path, to)

    def _place(self, item: str) -> Place:
        place = self._selection.place(path_of(item))
        if place is None:
            raise Refused(
                "no pattern selects it.",
                object=item,
                next=f"Correct `include` in {self._where}, then plan again.",
            )
        return place

    def target(self, item: Item, locale: str) -> str:
        """Where the translation of an item goes.

        Raises:
            Refused: the target is a source, or is also the target of another source in another locale.
            NeedsOperator: the locale cannot be used.
        """
        settings = self._settings
        if settings.locales and locale not in settings.locales:
            raise NeedsOperator(
                f"the locale {locale!r} is not in `locales`: its files would be taken for sources.",
                object=self._where,
                next="Add it to `locales`.",
            )
        place = self._place(item.id)
        path = self._template.target(place, locale)
        self._locales.add(locale)
        if path in self._sources:
            raise Refused(
                f"its translation into {locale!r} would overwrite the source {name_of(path)}.",
                object=item.id,
                next=f"Change the target template of {self._where}, or exclude that source.",
            )
        for claim, other in self._template.claims_behind(path, self._locales):
            rival = self._claims.get(claim)
            if rival is not None and rival != place.path:
                raise Refused(
                    f"its translation into {locale!r} would land on the same file as that of {name_of(rival)} "
                    f"into {other!r}.",
                    object=item.id,
                    next=f"Change the target template of {self._where} so that each has its own file.",
                )
        return name_of(path)

    async def target_revision(self, target: str) -> str | None:
        """Content hash of a target as it is now; None when there is none.

        Raises:
            Refused: it lies outside the root, or is no regular file.
            NeedsOperator: it cannot be read.
        """
        return await asyncio.to_thread(self._writer.revision, target)

    async def write(self, target: str, source: Path, *, revision: str, expected: str | None) -> Written:
        """Replace a target by compare-and-set; see `Writer.write` for what is raised."""
        return await asyncio.to_thread(
            self._writer.write, target, source, revision=revision, expected=expected
        )

    async def asset(self, item: str, reference: str, *, limit: int) -> bytes | None:
        """A picture or style sheet that an item's page refers to; see `ports.preview.BringsAssets`.

        A reference starts at the item's folder, one with a leading `/` at the root. Nothing outside the root is read.
        """
        folder = "" if reference.startswith("/") else posixpath.dirname(path_of(item))
        path = posixpath.normpath(posixpath.join(folder, reference.lstrip("/")))
        if path == "." or path.startswith("../"):
            return None
        return await asyncio.to_thread(self._reader.asset, path, limit=limit)

    async def remove(self, target: str, *, expected: str) -> None:
        """Take a target away by compare-and-set; see `Writer.remove` for what is raised."""
        await asyncio.to_thread(self._writer.remove, target, expected=expected)

    async def changes(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """A hint for each handful of changes below the root that are not only our own deliveries.

        Raises:
            OSError: the system has no means (left) to watch so many folders.
        """
        from watchfiles import awatch

        root = await asyncio.to_thread(os.path.realpath, self._root)
        async for moved in awatch(
            root, stop_event=stop, watch_filter=None, debounce=400, step=50, raise_interrupt=False
        ):
            if any(self._concerns(path.removeprefix(root).lstrip(os.sep)) for _, path in moved):
                yield

    def _concerns(self, path: str) -> bool:
        """Whether a path that changed may be a source, or a folder with sources."""
        try:
            return self._selection.place(path) is not None or not os.path.isfile(self._root / path)
        except (Refused, NeedsOperator):
            return False

    async def check(self) -> AsyncIterator[Diagnosis]:
        """Checks for `doctor`: root, selection, targets, exchange of files, free space."""
        checks = Checks(
            self._root, settings=self._settings, template=self._template, find=self._find, where=self._where
        )
        for one in checks.all():
            yield await asyncio.to_thread(one)
