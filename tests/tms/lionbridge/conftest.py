from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.tms.lionbridge.server import Lionbridge
from wordferry.lionbridge import LionbridgeClient


@pytest.fixture
async def vendor() -> AsyncIterator[Lionbridge]:
    """The small Content API with its file service."""
    server = Lionbridge()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(vendor: Lionbridge) -> AsyncIterator[LionbridgeClient]:
    """A client of it."""
    async with vendor.client() as made:
        yield made
