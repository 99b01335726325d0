"""A whole voyage whose vendor can reach us: receivers on a real port, a registered webhook, signed callbacks."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.submission.voyage import FAST, Voyage, board, voyage
from wordferry.monitoring import Registration
from wordferry.sandbox import SandboxSettings
from wordferry.web import Server

KEY = "0123456789abcdef" * 4


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def seaport(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    locales: Sequence[str] = ("de", "fr"),
    settings: SandboxSettings = FAST,
    template: str = "Website",
    register: bool = True,
    longest: float = 0.2,
    more: str = "",
    variant: str = "canonical",
) -> AsyncIterator[Voyage]:
    """Open everything, with the receivers listening and the webhook registered."""
    monkeypatch.setenv("WORDFERRY_TEST_KEY", KEY)
    port = free_port()
    async with voyage(
        folder, locales=locales, settings=settings, template=template, more=more, variant=variant
    ) as sailing:
        toml = folder / "wordferry.toml"
        reached = f'blobs = "blobs"\npublic_url = "http://127.0.0.1:{port}"\nsecret_key = "env:WORDFERRY_TEST_KEY"\n'
        text = toml.read_text().replace('blobs = "blobs"\n', reached)
        text = text.replace("poll_longest = 0.2", f"poll_longest = {longest}")
        toml.write_text(f'{text}\n[web]\nlisten = "127.0.0.1:{port}"\n')
        async with board(sailing), Server(sailing.ferry):
            if register:
                [made] = await registration(sailing).ensure("phrase")
                assert made.done == "made"
            yield sailing


def registration(sailing: Voyage) -> Registration:
    """Its registrations."""
    found = sailing.ferry.registration()
    assert found is not None
    return found
