"""A small content system in memory: pages and assets, and a count of what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wordferry.preview import Built, build

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)


class Site:
    """Brings assets."""

    name = "site"
    source_locale = "en"

    def __init__(self, assets: Mapping[str, bytes] | None = None) -> None:
        self.assets = dict(assets or {})
        self.asked: list[str] = []

    async def asset(self, item: str, reference: str, *, limit: int) -> bytes | None:
        self.asked.append(reference)
        data = self.assets.get(reference)
        return data if data is not None and len(data) <= limit else None


class Rendering(Site):
    """Brings pages, too."""

    def __init__(self, html: str | None) -> None:
        super().__init__()
        self.html = html

    async def page(self, item: str, content: Path, *, locale: str) -> str | None:
        return self.html


async def built(
    folder: Path, text: str | bytes, site: Any = None, *, format: str | None = "html", **more: Any
) -> Built:
    """The package of a text."""
    source = folder / "source"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    return await build(
        site or Site(),
        "en/page",
        source,
        name="en/page",
        format=format,
        encoding=None,
        locale="en",
        to=folder / "package.zip",
        **more,
    )
