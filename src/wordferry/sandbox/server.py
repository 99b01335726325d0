"""The sandbox itself: starts and stops its ports, and is what tests hold in their hands."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web

from wordferry.sandbox.control import control_app
from wordferry.sandbox.face import Face
from wordferry.sandbox.folder_lock import FolderLock
from wordferry.sandbox.freezing import StateError, freeze, read_header, thaw
from wordferry.sandbox.keeping import Keeper
from wordferry.sandbox.lionbridge.room import LionbridgeRoom
from wordferry.sandbox.phrase.room import PhraseRoom
from wordferry.sandbox.settings import SandboxSettings
from wordferry.sandbox.snapshots import Store
from wordferry.sandbox.stage import FIXED, Stage, product_version
from wordferry.sandbox.world import World, new_world

HOST = "127.0.0.1"
DEFAULT_PORT = 8930


async def _close(world: World) -> None:
    await world.clock.clear()
    await world.courier.close()


def stored_settings(state: Path) -> SandboxSettings | None:
    """The settings that a state folder's sandbox had; None when there is no state yet.

    Raises:
        StateError: when it cannot be read.
    """
    if not (state / "state").exists():
        return None
    store = Store(state)
    world: World = thaw(store.state, folder=store.folder_of(read_header(store.state)))["world"]
    return world.settings


class Sandbox(Stage):
    """Offline vendors on loopback ports.

    Args:
        settings: times, limits and the seed; None means the defaults, or what the state was made with.
        port: the control port; the vendors listen on the next ones. 0 picks free ports.
        state: a folder that keeps everything; None keeps it in memory until the sandbox stops.

    Example:
        >>> async with Sandbox() as sandbox:
        ...     sandbox.phrase_url, sandbox.api_token
    """

    def __init__(
        self, settings: SandboxSettings | None = None, port: int = 0, *, state: Path | None = None
    ) -> None:
        self._given = settings
        self._initial = settings or SandboxSettings()
        self._port = port
        self._state = state
        self._runners: list[web.AppRunner | web.ServerRunner] = []
        self._temporary: Path | None = None
        self._lock: FolderLock | None = None
        self.keeper: Keeper | None = None
        self.lionbridge: LionbridgeRoom
        self.control_url = ""
        self.phrase_url = ""
        self.lionbridge_login_url = ""
        self.fms_url = ""

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
            StateError: when the state folder holds something else, is in use, or has another seed than asked for.
        """
        try:
            self._open_store()
            app = control_app(self)
            control = await self._listen(
                web.AppRunner(app, access_log=None, shutdown_timeout=1.0), self._port
            )
            phrase = await self._serve(self._phrase_request, 1)
            lionbridge = await self._serve(self._lionbridge_request, 2)
            fms = await self._serve(self._fms_request, 3)
        except BaseException:
            await self.stop()
            raise
        self.control_url = f"http://{HOST}:{control}"
        self.phrase_url = f"http://{HOST}:{phrase}"
        self.lionbridge_login_url = f"http://{HOST}:{lionbridge}"
        self.fms_url = f"http://{HOST}:{fms}"
        self.lionbridge.files.url = self.fms_url
        if self.keeper is not None:
            self.keeper.start()

    def _open_store(self) -> None:
        if self._state is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="wordferry-sandbox-"))
        else:
            self._state.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(self._state)
        self.store = Store(self._temporary or self._state or Path())
        if self._state is not None:
            self.keeper = Keeper(self.store, freeze=self.freeze, moved=self._moved)
        if not self.store.state.exists():
            self._build()
        else:
            header = read_header(self.store.state)
            if self._given is not None and self._given.seed != header.seed:
                raise StateError(f"{self._state} was made with seed {header.seed}, not {self._given.seed}")
            folder = self.store.folder_of(header)
            self._adopt(thaw(self.store.state, folder=folder), folder, catch_up=True)
            if self._given is None:
                self._initial = self.world.settings
            else:
                fixed = {name: getattr(self.world.settings, name) for name in FIXED}
                self.world.settings = msgspec.structs.replace(self._given, **fixed)
        self.store.sweep(keep=self.world.folder)

    async def stop(self) -> None:
        """Close the ports; what is not kept in a state folder is gone."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        if self.keeper is not None:
            await self.keeper.stop()
            self.keeper = None
        if hasattr(self, "world"):
            await _close(self.world)
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
        if self._lock is not None:
            self._lock.free()
            self._lock = None

    async def _serve(
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], offset: int
    ) -> int:
        # Room for a `Memsource` header with many languages and assignments, and for a long filter in a query.
        server = web.Server(handler, access_log=None, max_line_size=64 * 1024, max_field_size=64 * 1024)
        port = self._port + offset if self._port else 0
        return await self._listen(web.ServerRunner(server, shutdown_timeout=1.0), port)

    async def _listen(self, runner: web.AppRunner | web.ServerRunner, port: int) -> int:
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, HOST, port).start()
        found: int = runner.addresses[0][1]
        return found

    def _build(self) -> None:
        self.world = new_world(self._initial, folder=self.store.folder())
        self.phrase = PhraseRoom(self.world)
        self.lionbridge = LionbridgeRoom(self.world)
        self._face()

    def _adopt(self, root: dict[str, Any], folder: Path, *, catch_up: bool) -> None:
        self.world = root["world"]
        self.phrase = root["phrase"]
        self.lionbridge = root["lionbridge"]
        self.world.settle_in(folder)
        self._face()
        self.world.clock.resume(catch_up=catch_up)

    def _face(self) -> None:
        self.world.keeper = self.keeper
        room = self.lionbridge
        room.files.url = self.fms_url
        self._phrase_face = Face(self.phrase, routes=self.phrase.routes(), world=self.world, name="phrase")
        self._lionbridge_face = Face(room, routes=room.routes(), world=self.world, name="lionbridge")
        self._fms_face = Face(room.fms, routes=room.fms.routes(), world=self.world, name="fms")

    async def _phrase_request(self, request: web.BaseRequest) -> web.StreamResponse:
        # Looked up on each request: a reset puts a new face here.
        return await self._phrase_face.handle(request)

    async def _lionbridge_request(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._lionbridge_face.handle(request)

    async def _fms_request(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._fms_face.handle(request)

    async def reset(self) -> None:
        """Back to the state at the start: no projects, tokens, faults or behaviours; ids begin again."""
        old = self.world
        self._build()
        await self._replaced(old)

    async def _replaced(self, old: World) -> None:
        await _close(old)
        await self.world.kept()
        shutil.rmtree(old.folder, ignore_errors=True)

    # State

    def _moved(self) -> int:
        return self.world.calls.total + self.world.clock.moved

    def freeze(self) -> bytes:
        """The whole sandbox as bytes, but for its large files."""
        return freeze(
            {"world": self.world, "phrase": self.phrase, "lionbridge": self.lionbridge},
            header={
                "product": product_version(),
                "folder": self.world.folder.name,
                "seed": self.world.settings.seed,
                "now": self.world.clock.now(),
                "saved": time.time(),
            },
        )

    def save(self, name: str) -> None:
        """Store everything under a name: the vendors, the clock and its work, logs, rules, counters and ids.

        Raises:
            StateError: when the name cannot be one.
        """
        self.store.save(name, self.freeze(), folder=self.world.folder)

    async def restore(self, name: str) -> None:
        """Put everything back as it was when it was saved; the virtual clock too.

        Raises:
            StateError: when there is no such snapshot or it cannot be read.
        """
        root, folder = self.store.load(name)
        old = self.world
        self._adopt(root, folder, catch_up=False)
        await self._replaced(old)

    def snapshots(self) -> list[dict[str, Any]]:
        """The snapshots that there are."""
        return self.store.listing()

    def delete_snapshot(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            StateError: when there is none of that name.
        """
        self.store.delete(name)
