"""The sandbox itself: starts and stops its ports, and is what tests hold in their hands."""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web

from wordferry.sandbox.behaviour import Behaviour, BehaviourBook
from wordferry.sandbox.blob import Blob
from wordferry.sandbox.calllog import CallLog
from wordferry.sandbox.clock import Clock
from wordferry.sandbox.control import control_app
from wordferry.sandbox.face import Face
from wordferry.sandbox.faults import FaultBook
from wordferry.sandbox.identifiers import Identifiers
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.phrase.room import info as phrase_info
from wordferry.sandbox.referee import judge
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.translators import Translators, corruptions
from wordferry.sandbox.world import World

HOST = "127.0.0.1"
DEFAULT_PORT = 8930


def _version() -> str:
    try:
        return version("wordferry")
    except PackageNotFoundError:
        return "0"


class Sandbox:
    """An offline vendor on loopback ports.

    Args:
        settings: times, limits and the seed.
        port: the control port; Phrase listens on the next one. 0 picks free ports.

    Example:
        >>> async with Sandbox() as sandbox:
        ...     sandbox.phrase_url, sandbox.api_token
    """

    def __init__(self, settings: SandboxSettings | None = None, port: int = 0) -> None:
        self._initial = settings or SandboxSettings()
        self._port = port
        self._runners: list[web.AppRunner | web.ServerRunner] = []
        self.control_url = ""
        self.phrase_url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the ports.

        Raises:
            OSError: when a port is taken.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="wordferry-sandbox-"))
        self._build()
        try:
            app = control_app(self)
            control = await self._listen(
                web.AppRunner(app, access_log=None, shutdown_timeout=1.0), self._port
            )
            # Room for a `Memsource` header with many languages and assignments.
            server = web.Server(self._phrase_request, access_log=None, max_field_size=64 * 1024)
            phrase_port = self._port + 1 if self._port else 0
            phrase = await self._listen(web.ServerRunner(server, shutdown_timeout=1.0), phrase_port)
        except BaseException:
            await self.stop()
            raise
        self.control_url = f"http://{HOST}:{control}"
        self.phrase_url = f"http://{HOST}:{phrase}"

    async def stop(self) -> None:
        """Close the ports and throw everything away."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        await self.world.clock.clear()
        await self.world.courier.close()
        await self.phrase.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _listen(self, runner: web.AppRunner | web.ServerRunner, port: int) -> int:
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, HOST, port).start()
        found: int = runner.addresses[0][1]
        return found

    def _build(self) -> None:
        settings = self._initial
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        self.world = World(
            settings=settings,
            clock=Clock(frozen=settings.frozen_clock),
            ids=Identifiers(settings.seed),
            faults=FaultBook(settings.seed, settle=settings.settle_seconds),
            behaviours=BehaviourBook(),
            calls=CallLog(kept=settings.calls_kept),
            translators=Translators(folder, spool_bytes=settings.spool_bytes),
            folder=folder,
        )
        self.phrase = PhraseRoom(self.world)
        self._face = Face(self.phrase, routes=self.phrase.routes(), world=self.world)

    async def _phrase_request(self, request: web.BaseRequest) -> web.StreamResponse:
        # Looked up on each request: a reset puts a new face here.
        return await self._face.handle(request)

    async def reset(self) -> None:
        """Back to the state at the start: no projects, tokens, faults or behaviours; ids begin again."""
        old_world, old_phrase = self.world, self.phrase
        self._build()
        await old_world.clock.clear()
        await old_world.courier.close()
        await old_phrase.close()
        shutil.rmtree(old_world.folder, ignore_errors=True)

    @property
    def phrase_tms_url(self) -> str:
        """The TMS base URL, which ends in `/web`."""
        return self.phrase_url + "/web"

    @property
    def api_token(self) -> str:
        """The demo user's API token; the same for the same seed."""
        return self.phrase.auth.api_token

    @property
    def settings(self) -> SandboxSettings:
        """The settings in force."""
        return self.world.settings

    def change_settings(self, **changes: Any) -> SandboxSettings:
        """Change settings while running; the seed and the sizes of memory stay as they were.

        Raises:
            ValueError: for an unknown setting or a value of another type.
        """
        fixed = {"seed", "spool_bytes", "calls_kept", "frozen_clock"} & changes.keys()
        if fixed:
            raise ValueError(f"cannot be changed while running: {', '.join(sorted(fixed))}")
        known = msgspec.structs.asdict(self.world.settings)
        unknown = changes.keys() - known.keys()
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        self.world.settings = msgspec.convert({**known, **changes}, SandboxSettings)
        self.world.faults.settle = self.world.settings.settle_seconds
        return self.world.settings

    @property
    def faults(self) -> FaultBook:
        """The fault rules; `sandbox.faults.add("lost", operation="create_job", count=1)`."""
        return self.world.faults

    def behave(self, action: str, **fields: Any) -> None:
        """Tell the translators how to behave.

        Args:
            action: a key of `behaviour.ACTIONS`.
            fields: the other fields of `Behaviour`: `file`, `locale`, `project`, `level`, `seconds`, `corruption`.

        Raises:
            ValueError: for an unknown action or corruption.
        """
        rule = Behaviour(action=action, **fields)
        if rule.corruption is not None and rule.corruption not in corruptions():
            raise ValueError(f"unknown corruption {rule.corruption!r}; known: {', '.join(corruptions())}")
        self.world.behaviours.add(rule)

    def finish(self, job_uid: str, content: bytes) -> None:
        """Complete a job by hand with the translation a person wrote.

        The job and the steps before it become `COMPLETED`; exports give these bytes from now on.

        Raises:
            KeyError: when there is no such job.
        """
        self.phrase.finish(job_uid, Blob.of(content))

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass; what falls due happens first."""
        await self.world.clock.advance(seconds)

    def calls(self, **filters: Any) -> list[dict[str, Any]]:
        """The call log; filters are those of `CallLog.records`."""
        return [msgspec.to_builtins(record) for record in self.world.calls.records(**filters)]

    def referee(self, *, marker: str | None = None) -> dict[str, Any]:
        """The verdict on the run so far; see `referee.judge`."""
        return judge(self.phrase, self.world.calls, marker=marker)

    def info(self) -> dict[str, Any]:
        """URLs, demo credentials, version, seed, templates and settings."""
        return {
            "version": _version(),
            "seed": self.world.settings.seed,
            "control_url": self.control_url,
            "clock": {"now": self.world.clock.now(), "elapsed": self.world.clock.elapsed()},
            "settings": msgspec.to_builtins(self.world.settings),
            "corruptions": corruptions(),
            "phrase": {
                "platform_url": self.phrase_url,
                "tms_url": self.phrase_tms_url,
                **phrase_info(self.phrase),
            },
        }
