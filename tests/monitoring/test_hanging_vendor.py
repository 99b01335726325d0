"""A vendor that accepts connections and never answers holds up nobody but itself."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from tests.submission.voyage import voyage
from wordferry.bootstrap import Ferry
from wordferry.configuration import load
from wordferry.ledger.writer import Statement
from wordferry.model.states import State

SECOND = """
[tms.frozen]
kind = "phrase"
platform_url = "http://127.0.0.1:{port}"
tms_url = "http://127.0.0.1:{port}/web"
api_token = "env:WORDFERRY_TEST_TOKEN"
timeout = 30.0
poll_first = 0.05
poll_longest = 0.2

[content.more]
kind = "files"
root = "more"
include = ["en/**/*"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[route.more]
content = "more"
tms = "frozen"

[route.more.on.frozen]
template = "Website"
locales = {{ de = "de" }}
"""


async def test_frozen_vendor_holds_up_only_itself(tmp_path: Path) -> None:
    """One connection hangs in a look: the other's translations come home, and the work can be stopped at once."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with voyage(tmp_path, locales=("de",)) as sailing:
            sailing.write("en/a.json")
            (tmp_path / "more" / "en").mkdir(parents=True)
            (tmp_path / "more" / "en" / "b.json").write_text('{"a": "Hello"}')
            toml = tmp_path / "wordferry.toml"
            toml.write_text(toml.read_text() + SECOND.format(port=silent.getsockname()[1]))
            await sailing.work.sweep.close()
            async with Ferry(load(tmp_path)) as ferry:
                ferry.ledger.executors.alone = True
                await ferry.accept(await ferry.plan())
                # As if the frozen one had taken its batch before it froze.
                await ferry.ledger.writer.write(
                    Statement(
                        "UPDATE batch SET remote = :remote, due = NULL WHERE connection = 'frozen'",
                        {"remote": '{"id": "P1", "levels": 1, "facts": {"template": "T"}}'},
                    ),
                    Statement(
                        "UPDATE translation SET state = 'submitted', due = 0 WHERE batch IN"
                        " (SELECT id FROM batch WHERE connection = 'frozen')",
                        {},
                    ),
                )
                work = ferry.work()
                stop = asyncio.Event()

                async def home() -> None:
                    found = await ferry.ledger.voyages.translations("1 = 1")
                    if {t.state for t in found if t.item.endswith("a.json")} == {State.DELIVERED}:
                        stop.set()

                async with asyncio.timeout(20), work:

                    async def never() -> bool:
                        return False

                    await work.run(never, progress=home, stop=stop)
                    assert work.sweep.looking == 1
                # The look only reads, so it is given up; it would have outlasted the timeout around it.
                states = {t.item: t.state for t in await ferry.ledger.voyages.translations("1 = 1")}
                assert states == {"en/a.json": State.DELIVERED, "en/b.json": State.SUBMITTED}
