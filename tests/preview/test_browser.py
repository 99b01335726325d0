"""A real browser opens a package."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.browser import browsing
from tests.preview.site import PIXEL, Site, built
from tests.preview.test_build import HARM


async def test_a_browser_shows_it_and_calls_nobody(tmp_path: Path) -> None:
    """Opened from disk, the page shows its text and picture, and the browser asks for files of the package alone."""
    text = HARM.replace("Text stays", 'Text stays <img id="ship" src="img/ship.png" width="40" height="40">')
    site = Site({"img/ship.png": PIXEL})
    package = await built(tmp_path, text, site)
    place = tmp_path / "opened"
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(place)
    async with browsing() as (page, requests):
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto((place / "index.html").as_uri())
        assert "Text stays" in await page.inner_text("body")
        assert await page.evaluate("document.getElementById('ship').naturalWidth") == 1
        assert problems == []
        assert all(address.startswith(place.as_uri()) for address in requests), requests
