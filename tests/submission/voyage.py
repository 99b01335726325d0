"""A whole voyage in one process and one loop: a small site, a sandbox, and the sweep with hands of its own."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from wordferry.bootstrap import Ferry, Work
from wordferry.configuration import load
from wordferry.errors import WordferryError
from wordferry.model.route import Pace
from wordferry.model.states import State
from wordferry.model.voyage import Translation
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.submission import Acceptance

PAGE = (
    '{"title": "Hello {name}", "link": "See <a href=\\"/map\\">the map</a>.",'
    ' "seats": "{n, plural, one {# seat} other {# seats}}"}'
)

CONFIGURATION = """
[wordferry]
database = "sqlite:///ledger.db"
blobs = "blobs"

[content.docs]
kind = "files"
root = "site"
include = ["en/**/*"]
target = "{{locale}}/{{path}}"
source_locale = "en"

[tms.phrase]
kind = "phrase"
platform_url = "{platform}"
tms_url = "{tms}"
api_token = "env:WORDFERRY_TEST_TOKEN"
timeout = {timeout}
settle = 0.15
poll_first = 0.05
poll_longest = 0.2

[route.docs]
content = "docs"
tms = "phrase"
variant = "{variant}"

[route.docs.on.phrase]
template = "{template}"
locales = {locales}
{more}
"""

FAST = SandboxSettings(
    import_seconds=0.02, translate_seconds=0.05, export_seconds=0.02, analysis_seconds=0.02
)


class Hands:
    """Runs slices as plain tasks; an engine for tests that are not about the engine."""

    def __init__(self, handlers: dict[str, Callable[[str, int], Awaitable[None]]]) -> None:
        self._handlers = handlers
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.errors: list[BaseException] = []

    @property
    def running(self) -> int:
        return len(self._tasks)

    def runs(self, key: str) -> bool:
        return key in self._tasks

    async def start(self, kind: str, slice_id: str, attempt: int) -> None:
        key = f"{kind}:{slice_id}:{attempt}"
        self._tasks[key] = asyncio.create_task(self._run(key, kind, slice_id, attempt))

    async def rest(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks.values())

    async def _run(self, key: str, kind: str, slice_id: str, attempt: int) -> None:
        try:
            await self._handlers[kind](slice_id, attempt)
        except Exception as error:  # noqa: BLE001  as the engine does
            self.errors.append(error)
        finally:
            del self._tasks[key]


class Voyage:
    """One ferry on one site and one sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.ferry: Ferry
        self.work: Work
        self.hands: Hands

    # -- the site -----------------------------------------------------------------------------------------------

    def write(self, name: str, text: str | bytes = PAGE) -> None:
        """Write a file of the site."""
        path = self.folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, name: str) -> bytes | None:
        """The bytes of a file of the site; None when there is none."""
        path = self.folder / "site" / name
        return path.read_bytes() if path.exists() else None

    # -- the work -----------------------------------------------------------------------------------------------

    async def apply(self) -> Acceptance:
        """Plan and accept."""
        return await self.ferry.accept(await self.ferry.plan())

    async def sail(
        self, until: Callable[[list[Translation]], bool] | None = None, *, seconds: float = 20.0
    ) -> dict[str, State]:
        """Sweep until that holds, else until nothing moves any more; target → state."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            started = await self.work.sweep.tick()
            translations = await self.translations()
            if until is not None:
                over = until(translations)
            else:
                over = not started and not self.hands.running and await self.work.settled()
            if over:
                await asyncio.gather(*self.work.sweep._looking.values(), return_exceptions=True)
                if until is None:
                    # What was read before may have moved while it was read.
                    translations = await self.translations()
                return {t.target: t.state for t in translations if t.state is not State.SUPERSEDED}
            stuck = {t.target: (t.state, t.error, t.due) for t in translations}
            assert asyncio.get_running_loop().time() < deadline, (stuck, self.hands.errors)
            await asyncio.sleep(0.02)

    async def translations(self, where: str = "1 = 1", **values: Any) -> list[Translation]:
        """Translations with their units."""
        return await self.ferry.ledger.voyages.translations(where, values)

    async def to(self, target: str) -> Translation:
        """The newest translation of that target."""
        found = await self.translations("t.target = :target", target=target)
        return max(found, key=lambda t: (t.state is not State.SUPERSEDED, t.since))

    async def errors(self) -> list[WordferryError | str | None]:
        """Stored errors of all batches."""
        return [
            (await self.ferry.ledger.voyages.batch_facts(b.id))[0]
            for b in await self.ferry.ledger.voyages.batches()
        ]

    # -- the far shore ------------------------------------------------------------------------------------------

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """Calls of that operation whose work was done."""
        return [call for call in self.sandbox.calls(operation=operation) if 200 <= call["status"] < 300]

    def jobs(self, **facts: Any) -> list[Any]:
        """Jobs at the vendor: by `locale`, `level` or start of the `file` name."""
        return [
            job
            for job in self.sandbox.phrase.job_list.by_uid.values()
            if job.task.lang == facts.get("locale", job.task.lang)
            and job.level == facts.get("level", job.level)
            and job.task.file.name.startswith(facts.get("file", ""))
        ]

    def judged(self, *, open_jobs: bool = False) -> dict[str, Any]:
        """The referee's verdict, which must be spotless."""
        verdict = self.sandbox.referee(marker=r"([a-z2-7]{10})$")
        findings = {name: found for name, found in verdict["findings"].items() if found}
        if open_jobs:
            findings.pop("open_jobs", None)
        assert findings == {}, findings
        return verdict


@asynccontextmanager
async def voyage(
    folder: Path,
    *,
    template: str = "Website",
    locales: Sequence[str] = ("de", "fr"),
    settings: SandboxSettings = FAST,
    deadline: float = 5.0,
    more: str = "",
    variant: str = "canonical",
) -> AsyncIterator[Voyage]:
    """Open everything; nothing is on the site yet."""
    (folder / "site" / "en").mkdir(parents=True, exist_ok=True)
    async with Sandbox(settings) as sandbox:
        os.environ["WORDFERRY_TEST_TOKEN"] = sandbox.api_token
        (folder / "wordferry.toml").write_text(
            CONFIGURATION.format(
                platform=sandbox.phrase_url,
                tms=sandbox.phrase_tms_url,
                template=template,
                timeout=deadline,
                locales="{ " + ", ".join(f'{code} = "{code}"' for code in locales) + " }",
                more=more,
                variant=variant,
            )
        )
        sailing = Voyage(folder, sandbox)
        async with board(sailing):
            yield sailing


def continuous(folder: Path, **fields: Any) -> AbstractAsyncContextManager[Voyage]:
    """A voyage of a continuous route with a rolling project."""
    fields["more"] = "\n".join(['project = "rolling"', fields.get("more", "")])
    return voyage(folder, variant="continuous", **fields)


@asynccontextmanager
async def board(sailing: Voyage) -> AsyncIterator[None]:
    """Start as a process does, and leave as it does."""
    async with Ferry(load(sailing.folder)) as ferry:
        ferry.ledger.executors.alone = True
        work = ferry.work()
        hands = Hands(work.handlers)
        work.preparation._breath = 0.05
        work.engine = hands  # type: ignore[assignment]
        work.sweep._engine = hands  # type: ignore[assignment]
        sailing.ferry, sailing.work, sailing.hands = ferry, work, hands
        yield
        await work.sweep.close()
        await hands.rest()


def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses that a test has to wait for."""
    short = Pace(first=0.05, longest=0.2)
    monkeypatch.setattr("wordferry.submission.submit.RETRY", short)
    monkeypatch.setattr("wordferry.submission.prepare.RETRY", short)
    monkeypatch.setattr("wordferry.ledger.slices.SOON", 0.05)
    monkeypatch.setattr("wordferry.ledger.slices.PAUSE", 0.05)
    monkeypatch.setattr("wordferry.delivery.deliver.PATIENCE", 1.0)
    monkeypatch.setattr("wordferry.delivery.deliver.LOOK", 0.03)


def counted(states: dict[str, State]) -> dict[State, int]:
    """How many are in each state."""
    return dict(Counter(states.values()))
