"""What the rooms of one sandbox share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wordferry.sandbox.behaviour import BehaviourBook
from wordferry.sandbox.blob import BlobWriter
from wordferry.sandbox.calllog import CallLog
from wordferry.sandbox.clock import Clock
from wordferry.sandbox.faults import FaultBook
from wordferry.sandbox.identifiers import Identifiers
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.translators import Translators


@dataclass(slots=True)
class World:
    """Clock, settings, rules and log of one sandbox; `settings` may be replaced while it runs."""

    settings: SandboxSettings
    clock: Clock
    ids: Identifiers
    faults: FaultBook
    behaviours: BehaviourBook
    calls: CallLog
    translators: Translators
    folder: Path

    def writer(self) -> BlobWriter:
        """A writer for one uploaded file."""
        return BlobWriter(
            self.folder, spool_bytes=self.settings.spool_bytes, limit=self.settings.max_upload_bytes
        )
