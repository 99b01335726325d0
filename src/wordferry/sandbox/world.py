"""What the rooms of one sandbox share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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


@dataclass(slots=True)
class World:
    """Clock, settings, rules, log and courier of one sandbox; `settings` may be replaced while it runs."""

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

    def __post_init__(self) -> None:
        self.courier = Courier(self)

    async def kept(self) -> None:
        """Wait until what has happened so far is on disk, when the sandbox keeps its state there."""

    def writer(self) -> BlobWriter:
        """A writer for one uploaded file."""
        return BlobWriter(
            self.folder, spool_bytes=self.settings.spool_bytes, limit=self.settings.max_upload_bytes
        )
