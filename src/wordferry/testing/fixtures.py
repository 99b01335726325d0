"""pytest fixtures: the pretended vendors for the tests of your own connector.

In `conftest.py`:

    pytest_plugins = ["wordferry.testing.fixtures"]

and in a test:

    def test_it_delivers(sandbox):
        my_connector.run(tms=sandbox.phrase_tms_url, platform=sandbox.phrase_url, token=sandbox.api_token)
        assert sandbox.referee()["ok"]
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from wordferry.sandbox import Sandbox, SandboxSettings, ThreadSandbox, sandbox_in_thread
from wordferry.testing.verdict import demand

__all__ = ["async_sandbox", "judged_sandbox", "sandbox", "sandbox_environment", "sandbox_settings"]


@pytest.fixture
def sandbox_settings() -> SandboxSettings:
    """Settings of the test's sandbox. Define a fixture of this name to have others: times, limits, the seed."""
    return SandboxSettings()


@pytest.fixture
def sandbox(sandbox_settings: SandboxSettings) -> Iterator[ThreadSandbox]:
    """A sandbox of the test's own, on free ports, in a thread: for blocking code and for other processes."""
    with sandbox_in_thread(sandbox_settings) as running:
        yield running


@pytest.fixture
def judged_sandbox(sandbox: ThreadSandbox) -> Iterator[ThreadSandbox]:
    """The same, and at the end the referee must find nothing: no doubles, no burnt downloads, nothing left open."""
    yield sandbox
    demand(sandbox.referee())


@pytest.fixture
def sandbox_environment(sandbox: ThreadSandbox) -> dict[str, str]:
    """The sandbox as environment variables, to start a program in any language with."""
    return sandbox.environment()


async def _async_sandbox(sandbox_settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """A sandbox in the test's own loop, whose time the test moves with `await async_sandbox.advance(…)`."""
    async with Sandbox(sandbox_settings) as running:
        yield running


async_sandbox: Any
if importlib.util.find_spec("pytest_asyncio") is not None:
    import pytest_asyncio

    async_sandbox = pytest_asyncio.fixture(_async_sandbox, name="async_sandbox")
else:
    # anyio's plugin takes plain async fixtures.
    async_sandbox = pytest.fixture(_async_sandbox, name="async_sandbox")
