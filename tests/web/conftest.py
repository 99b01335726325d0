"""A ferry with receivers that listen on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.web import Server

SECRET = "the webhook's own secret"
KEY = "0123456789abcdef" * 4
PUSH = "a token that may push"
IDLE = "a token that may nothing"
CONFIGURATION = """
[wordferry]
database = "{database}"
blobs = "blobs"
public_url = "https://l10n.example.com/hooks"
secret_key = "env:WORDFERRY_TEST_KEY"

[web]
listen = "127.0.0.1:0"
max_body = 65536
max_push = 100000

[web.tokens.tms]
secret = "env:WORDFERRY_TEST_PUSH"
scopes = ["push"]

[web.tokens.idle]
secret = "env:WORDFERRY_TEST_IDLE"

[tms.phrase]
kind = "phrase"
platform_url = "http://127.0.0.1:9"
tms_url = "http://127.0.0.1:9/web"
api_token = "env:WORDFERRY_TEST_TOKEN"
webhook_secret = "env:WORDFERRY_TEST_WEBHOOK"
"""


def configure(folder: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a configuration for that database, with its secrets in the environment."""
    for name, value in (("KEY", KEY), ("PUSH", PUSH), ("IDLE", IDLE), ("WEBHOOK", SECRET), ("TOKEN", "t")):
        monkeypatch.setenv(f"WORDFERRY_TEST_{name}", value)
    (folder / "wordferry.toml").write_text(CONFIGURATION.format(database=database))


@pytest.fixture
async def ferry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ferry]:
    """An open ferry; the inbox itself is tested on both databases elsewhere."""
    configure(tmp_path, "sqlite:///ledger.db", monkeypatch)
    async with Ferry(load(tmp_path)) as opened:
        yield opened


@pytest.fixture
async def server(ferry: Ferry) -> AsyncIterator[Server]:
    """Its receivers."""
    async with Server(ferry) as listening:
        yield listening


@pytest.fixture
async def http(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    """A client whose paths start at the receivers."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session
