"""Two more ways to run the sandbox: in a thread for tests, and as a command."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from wordferry.sandbox.server import DEFAULT_PORT, Sandbox
from wordferry.sandbox.settings import SandboxSettings

T = TypeVar("T")


class _OnLoop:
    """Runs the methods of an object on the sandbox's loop, and reads its attributes there."""

    def __init__(self, run: Callable[[Callable[[], Any]], Any], target: Callable[[], Any]) -> None:
        self._run = run
        self._target = target

    def __getattr__(self, name: str) -> Any:
        value = self._run(lambda: getattr(self._target(), name))
        if not callable(value):
            return value

        def call(*args: Any, **fields: Any) -> Any:
            return self._run(lambda: value(*args, **fields))

        return call


class ThreadSandbox:
    """A sandbox that lives in a thread of its own; every method may be called from any thread."""

    def __init__(self, sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> None:
        self._sandbox = sandbox
        self._loop = loop
        self.control_url = sandbox.control_url
        self.phrase_url = sandbox.phrase_url
        self.phrase_tms_url = sandbox.phrase_tms_url
        self.api_token = sandbox.api_token
        self.lionbridge_login_url = sandbox.lionbridge_login_url
        self.lionbridge_url = sandbox.lionbridge_url
        self.fms_url = sandbox.fms_url
        self.lionbridge_client_id = sandbox.lionbridge_client_id
        self.lionbridge_client_secret = sandbox.lionbridge_client_secret
        self.faults: Any = _OnLoop(self._run, lambda: sandbox.faults)
        self.phrase: Any = _OnLoop(self._run, lambda: sandbox.phrase)
        self.lionbridge: Any = _OnLoop(self._run, lambda: sandbox.lionbridge)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self, work: Callable[[], T]) -> T:
        async def inside() -> T:
            return work()

        return self._wait(inside())

    def environment(self) -> dict[str, str]:
        """See `Sandbox.environment`."""
        return self._run(self._sandbox.environment)

    def info(self) -> dict[str, Any]:
        """See `Sandbox.info`."""
        return self._run(self._sandbox.info)

    def referee(self, *, marker: str | None = None) -> dict[str, Any]:
        """See `Sandbox.referee`."""
        return self._run(lambda: self._sandbox.referee(marker=marker))

    def calls(self, **filters: Any) -> list[dict[str, Any]]:
        """See `Sandbox.calls`."""
        return self._run(lambda: self._sandbox.calls(**filters))

    def advance(self, seconds: float) -> None:
        """Let virtual time pass; returns when what fell due has happened."""
        self._wait(self._sandbox.advance(seconds))

    def reset(self) -> None:
        """See `Sandbox.reset`."""
        self._wait(self._sandbox.reset())

    def behave(self, action: str, **fields: Any) -> None:
        """See `Sandbox.behave`."""
        self._run(lambda: self._sandbox.behave(action, **fields))

    def play(self, name: str) -> None:
        """See `Sandbox.play`."""
        self._run(lambda: self._sandbox.play(name))

    def quiet(self) -> None:
        """See `Sandbox.quiet`."""
        self._run(self._sandbox.quiet)

    def finish(self, job_uid: str, content: bytes) -> None:
        """See `Sandbox.finish`."""
        self._run(lambda: self._sandbox.finish(job_uid, content))

    def save(self, name: str) -> None:
        """See `Sandbox.save`."""
        self._run(lambda: self._sandbox.save(name))

    def restore(self, name: str) -> None:
        """See `Sandbox.restore`."""
        self._wait(self._sandbox.restore(name))

    def snapshots(self) -> list[dict[str, Any]]:
        """See `Sandbox.snapshots`."""
        return self._run(self._sandbox.snapshots)

    def delete_snapshot(self, name: str) -> None:
        """See `Sandbox.delete_snapshot`."""
        self._run(lambda: self._sandbox.delete_snapshot(name))

    def change_settings(self, **changes: Any) -> SandboxSettings:
        """See `Sandbox.change_settings`."""
        return self._run(lambda: self._sandbox.change_settings(**changes))


@contextmanager
def sandbox_in_thread(
    settings: SandboxSettings | None = None, port: int = 0, *, state: Path | None = None
) -> Iterator[ThreadSandbox]:
    """Run a sandbox in a thread with a loop of its own.

    Args:
        settings: see `SandboxSettings`.
        port: the control port, or 0 for free ports.
        state: a folder that keeps everything, see `Sandbox`.

    Yields:
        The sandbox; it stops when the block ends.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wordferry-sandbox", daemon=True)
    thread.start()
    sandbox = Sandbox(settings, port, state=state)
    try:
        asyncio.run_coroutine_threadsafe(sandbox.start(), loop).result()
        try:
            yield ThreadSandbox(sandbox, loop)
        finally:
            asyncio.run_coroutine_threadsafe(sandbox.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def announce(sandbox: Sandbox) -> None:
    """Print where the sandbox listens and the demo credentials."""
    sys.stdout.write(
        f"Sandbox ready\n"
        f"  page and control  {sandbox.control_url}\n"
        f"  Phrase platform   {sandbox.phrase_url}\n"
        f"  Phrase TMS        {sandbox.phrase_tms_url}\n"
        f"  Phrase API token  {sandbox.api_token}\n"
        f"  Lionbridge login  {sandbox.lionbridge_login_url}\n"
        f"  Lionbridge API    {sandbox.lionbridge_url}\n"
        f"  Lionbridge files  {sandbox.fms_url}\n"
        f"  Client id         {sandbox.lionbridge_client_id}\n"
        f"  Client secret     {sandbox.lionbridge_client_secret}\n"
    )
    sys.stdout.flush()


async def serve(
    settings: SandboxSettings | None = None,
    port: int = DEFAULT_PORT,
    *,
    state: Path | None = None,
    ready: Callable[[Sandbox], None] = announce,
) -> None:
    """Run a sandbox until SIGINT or SIGTERM.

    Args:
        settings: see `SandboxSettings`.
        port: the control port; Phrase listens on the next one.
        state: a folder that keeps everything, see `Sandbox`.
        ready: called once when the ports are open.

    Raises:
        OSError: when a port is taken.
        StateError: when the state folder cannot be used.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        async with Sandbox(settings, port, state=state) as sandbox:
            ready(sandbox)
            await stopped.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
