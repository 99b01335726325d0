"""Sandboxes for foreign clients, which know nothing of asyncio."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.judges.listener import Listener, listening
from wordferry.sandbox import SandboxSettings, sandbox_in_thread
from wordferry.sandbox.running import ThreadSandbox

SETTINGS = SandboxSettings(seed=7, import_seconds=2, translate_seconds=4, export_seconds=0.5)


@pytest.fixture
def shore() -> Iterator[ThreadSandbox]:
    """A sandbox in a thread of its own."""
    with sandbox_in_thread(SETTINGS) as started:
        yield started


@pytest.fixture
def listener() -> Iterator[Listener]:
    """An address that hears webhooks and callbacks."""
    with listening() as found:
        yield found
