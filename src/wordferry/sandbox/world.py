"""What the rooms of one sandbox share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.behaviour import BehaviourBook
from wordferry.sandbox.blob import BlobWriter
from wordferry.sandbox.calllog import CallLog
from wordferry.sandbox.clock import Clock
from wordferry.sandbox.courier import Courier
from wordferry.sandbox.faults import FaultBook
from wordferry.sandbox.identifiers import Identifiers
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.translators import Translators

if TYPE_CHECKING:
    from wordferry.sandbox.face import Face
    from wordferry.sandbox.keeping import Keeper

_STORED = ("settings", "clock", "ids", "faults", "behaviours", "calls", "courier")


@dataclass(slots=True)
class World:
    """Clock, settings, rules, log and courier of one sandbox; `settings` may be replaced while it runs.

    A stored world leaves out what belongs to one process: faces, keeper, and the folder with the translators' files.
    """

    settings: SandboxSettings
    clock: Clock
    ids: Identifiers
    faults: FaultBook
    behaviours: BehaviourBook
    calls: CallLog
    translators: Translators
    folder: Path
    courier: Courier = field(init=False)
    faces: dict[str, Face] = field(default_factory=dict)
    keeper: Keeper | None = None

    def __post_init__(self) -> None:
        self.courier = Courier(self)

    async def kept(self) -> None:
        """Wait until what has happened so far is on disk, when the sandbox keeps its state there."""
        if self.keeper is not None:
            await self.keeper.kept()

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _STORED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name in _STORED:
            setattr(self, name, state[name])
        self.faces = {}
        self.keeper = None

    def settle_in(self, folder: Path) -> None:
        """Give a loaded world its folder."""
        self.folder = folder
        self.translators = Translators(folder, spool_bytes=self.settings.spool_bytes)

    def writer(self) -> BlobWriter:
        """A writer for one uploaded file."""
        return BlobWriter(
            self.folder, spool_bytes=self.settings.spool_bytes, limit=self.settings.max_upload_bytes
        )


def new_world(settings: SandboxSettings, *, folder: Path) -> World:
    """A world in which nothing has happened yet.

    Args:
        settings: times, limits and the seed.
        folder: where large files go.
    """
    return World(
        settings=settings,
        clock=Clock(frozen=settings.frozen_clock),
        ids=Identifiers(settings.seed),
        faults=FaultBook(settings.seed, settle=settings.settle_seconds),
        behaviours=BehaviourBook(),
        calls=CallLog(kept=settings.calls_kept),
        translators=Translators(folder, spool_bytes=settings.spool_bytes),
        folder=folder,
    )
