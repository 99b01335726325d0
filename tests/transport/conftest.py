"""Fixtures for the seam: the backends that have to pass the same contract."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from wordferry.transport import Transport, default_transport


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    backend = default_transport(user_agent="tests")
    yield backend
    await backend.close()
