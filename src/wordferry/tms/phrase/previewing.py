"""Live preview: a package is uploaded to the project, and new jobs refer to its file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from wordferry.errors import Refused
from wordferry.model.content import Source
from wordferry.model.identity import key
from wordferry.model.voyage import Batch
from wordferry.ports.effect import Effect, Unknown
from wordferry.ports.tms import PackedPreview, Preview, RemoteBatch
from wordferry.tms.phrase.config import RouteSettings

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["preview"]


def preview(
    tms: PhraseTMS,
    batch: Batch,
    remote: RemoteBatch,
    source: Source,
    pack: Callable[[], Awaitable[PackedPreview]],
) -> Effect[Preview] | None:
    """Build and upload the package of one revision. A package that nobody refers to is harmless."""
    settings = msgspec.convert(batch.settings, RouteSettings)
    if not _wanted(settings, source.format):
        return None

    async def perform(_known: Preview | None) -> Preview:
        packed = await pack()
        content = await asyncio.to_thread(packed.path.read_bytes)
        uploaded = await tms.client.previews.upload(
            remote.id, package=content, filename=f"preview-{source.revision[:12]}.zip"
        )
        # Jobs refer to the file, not to the package: the vendor gives both a uid.
        if uploaded.file_uid is None:
            raise Refused("Phrase named no file of the package.", object=source.name)
        return Preview(reference=uploaded.file_uid, remarks=packed.remarks)

    return tms.effect(
        "preview",
        key("preview", remote.id, source.item, source.revision),
        Preview,
        Unknown.REPEAT,
        perform,
        label=source.name,
        size=source.size,
    )


def _wanted(settings: RouteSettings, format: str | None) -> bool:
    """Whether the route wants a package for items of a format."""
    if settings.preview == "off" or (settings.preview == "source" and format == "html"):
        return False
    return not settings.preview_formats or format in settings.preview_formats
