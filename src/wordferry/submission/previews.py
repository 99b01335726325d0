"""Live preview on the way out: the package of an item is built and uploaded before its jobs are made.

A preview helps translators and is never worth a job: whatever goes wrong is reported and the item travels without one.
"""

from __future__ import annotations

from collections.abc import Mapping

from wordferry import observe
from wordferry.errors import Conflict, WordferryError
from wordferry.ledger import Blobs, Ledger
from wordferry.model.content import Source
from wordferry.model.voyage import Batch, Claim
from wordferry.ports.content_system import ContentSystem
from wordferry.ports.tms import TMS, PackedPreview, RemoteBatch
from wordferry.preview import build

__all__ = ["Previews"]


class Previews:
    """Builds and uploads preview packages.

    Args:
        ledger: the truth.
        blobs: the snapshots.
        contents: content systems by name.
    """

    def __init__(self, ledger: Ledger, blobs: Blobs, contents: Mapping[str, ContentSystem]) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._contents = contents

    async def reference(
        self, tms: TMS, batch: Batch, remote: RemoteBatch, source: Source, claim: Claim
    ) -> str | None:
        """The vendor's reference to the package of this revision, uploaded at most once while answers arrive.

        Returns:
            The reference; None when the route wants none, or none could be made.

        Raises:
            Conflict: another run took over.
        """
        path = self._blobs.temporary()

        async def pack() -> PackedPreview:
            built = await build(
                self._contents[batch.content],
                source.item,
                await self._blobs.path(source.revision),
                name=source.name,
                format=source.format,
                encoding=source.encoding,
                locale=batch.source_locale,
                to=path,
                limit=tms.capabilities.max_preview_size,
            )
            if built.remarks:
                observe.event("preview.remarks", object=source.name, why="; ".join(built.remarks[:5]))
            return PackedPreview(path=path, remarks=built.remarks)

        effect = tms.preview(batch, remote, source, pack)
        if effect is None:
            return None
        try:
            return (await self._ledger.operations.run(effect, claim, batch=batch.id)).reference
        except Conflict:
            raise
        except WordferryError as error:
            observe.event("preview.failed", level="warning", object=source.name, why=str(error))
        except Exception as crash:  # noqa: BLE001  a renderer from outside may fail in any way; the job goes on
            observe.event("preview.failed", level="warning", object=source.name, why=repr(crash))
        finally:
            self._blobs.discard(path)
        return None
