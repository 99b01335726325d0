"""A whole voyage whose vendor is Lionbridge and can reach us: receivers on a real port, two signed listeners."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.web.seaport import KEY, free_port
from wordferry.monitoring import Registration
from wordferry.testing.contract import LionbridgeShore, Passage

CONNECTION = "vendor"
#: The kinds of its listeners.
KINDS = ("JOB_STATUS_UPDATE", "REQUEST_STATUS_UPDATE")


@asynccontextmanager
async def harbour(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    locales: Sequence[str] = ("de", "fr"),
    longest: float = 0.2,
) -> AsyncIterator[Passage]:
    """A passage whose configuration says where vendors reach it; nothing is open yet."""
    monkeypatch.setenv("WORDFERRY_TEST_KEY", KEY)
    port = free_port()
    async with LionbridgeShore() as shore:
        passage = Passage(folder, shore, locales=locales)
        toml = folder / "wordferry.toml"
        reached = f'blobs = "blobs"\npublic_url = "http://127.0.0.1:{port}"\nsecret_key = "env:WORDFERRY_TEST_KEY"\n'
        text = toml.read_text().replace('blobs = "blobs"\n', reached)
        text = text.replace("poll_longest = 0.2", f"poll_longest = {longest}")
        toml.write_text(f'{text}\n[web]\nlisten = "127.0.0.1:{port}"\n')
        yield passage


def listeners(passage: Passage) -> Registration:
    """Its listeners, as the running worker sees them."""
    found = passage.ferry.registration()
    assert found is not None
    return found


async def register(passage: Passage) -> None:
    """Make both."""
    made = await listeners(passage).ensure(CONNECTION)
    assert [(one.kind, one.done) for one in made] == [(kind, "made") for kind in KINDS]
