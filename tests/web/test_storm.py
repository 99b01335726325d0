"""A storm of events, and a process that is killed in the middle of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.web.conftest import SECRET, configure
from wordferry.ledger import Ledger

SENDERS = 40
ROOT = Path(__file__).resolve().parents[2]


async def test_nothing_acknowledged_is_lost_by_a_kill(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every event that was answered 200 before SIGKILL stands in the inbox afterwards, on both databases."""
    configure(tmp_path, database_url, monkeypatch)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("storm.py")),
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    acknowledged: set[str] = set()
    others: set[int] = set()
    enough = asyncio.Event()

    async def send(session: aiohttp.ClientSession, sender: int) -> None:
        number = 0
        while True:
            id_ = f"e-{sender}-{number}"
            body = f'{{"event": "JOB_STATUS_CHANGED", "eventUid": "{id_}", "jobParts": [{{"uid": "J"}}]}}'
            try:
                async with session.post(
                    "/events/phrase", data=body, headers={"x-memsource-token": SECRET}
                ) as answer:
                    if answer.status == 200:
                        acknowledged.add(id_)
                        if len(acknowledged) >= 500:
                            enough.set()
                    else:
                        others.add(answer.status)
            except aiohttp.ClientError:
                return  # killed
            number += 1

    async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=SENDERS)) as session:
        storm = [asyncio.create_task(send(session, sender)) for sender in range(SENDERS)]
        await enough.wait()
        os.kill(process.pid, signal.SIGKILL)
        await asyncio.gather(*storm)
    await process.wait()
    assert others <= {503}
    ledger = Ledger(database_url, folder=tmp_path)
    stored = {letter.event.id for letter in await ledger.inbox.letters()}
    ledger.close()
    assert acknowledged <= stored
    # At most what was under way is stored without having been acknowledged.
    assert len(stored - acknowledged) <= SENDERS
