"""What every command stands on: where it works, how it speaks, and how it ends."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.wording import ended, plain, sentence
from wordferry.errors import Surprise, WordferryError

if TYPE_CHECKING:
    import asyncio

    from wordferry.bootstrap import Ferry
    from wordferry.cli.screen import Screen
    from wordferry.configuration import Configuration
    from wordferry.ledger import Ledger

__all__ = ["Shell", "debugging", "described", "tell"]


def debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get("WORDFERRY_DEBUG", "") not in ("", "0")


def described(error: WordferryError) -> dict[str, Any]:
    """An error for programs."""
    return {
        "type": type(error).__name__,
        "what": sentence(error.what),
        "object": error.object,
        "next": error.next or None,
        "code": error.code,
        "status": error.status,
    }


def tell(error: WordferryError) -> None:
    """Print an error for people, on standard error: what happened, to which object, what to do next."""
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    red, end = ("\x1b[1;31m", "\x1b[0m") if coloured else ("", "")
    lines = [f"{red}Error{end}  {plain(sentence(error.what))}"]
    if error.object:
        lines.append(f"Where  {plain(error.object)}")
    if error.next:
        lines.append(f"Next   {plain(sentence(error.next))}")
    sys.stderr.write("\n".join(lines) + "\n")


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop of uvloop, where it is installed: it takes a third off the CPU of a voyage."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


class Shell:
    """One run of one command.

    Args:
        json: print JSON for programs, and nothing else, on standard output.
        quiet: print problems only.
        directory: where `wordferry.toml` lies; the current folder when None.
        lines: whether the JSON of this command is lines, one per event, instead of one document.
        logs: whether warnings are logged, too; for what runs on without anybody watching.
    """

    def __init__(
        self,
        *,
        json: bool = False,
        quiet: bool = False,
        directory: Path | None = None,
        lines: bool = False,
        logs: bool = False,
    ) -> None:
        self.json = json
        self.quiet = quiet
        self.directory = directory or Path()
        self._lines = lines
        self._logs = logs

    # -- speaking ---------------------------------------------------------------------------------------------

    @cached_property
    def screen(self) -> Screen:
        """Standard output as a Rich console."""
        from wordferry.cli.screen import Screen

        return Screen()

    @property
    def speaks(self) -> bool:
        """Whether people read this run's standard output."""
        return not (self.json or self.quiet)

    @property
    def live(self) -> bool:
        """Whether something may move on the screen."""
        return self.speaks and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def say(self, *things: Any) -> None:
        """Show text or tables to people; nothing with `--json` or `--quiet`."""
        if not self.speaks:
            return
        if not things:
            self.screen.print()
        for thing in things:
            self.screen.print(
                plain(thing) if isinstance(thing, str) else thing, soft_wrap=isinstance(thing, str)
            )

    def document(self, value: dict[str, Any]) -> None:
        """With `--json`: the one document of this command."""
        if self.json:
            self._write(value)

    def event(self, name: str, /, **values: Any) -> None:
        """With `--json`: one line of a command that reports as it goes."""
        if self.json:
            self._write({"event": name, **values})

    def _write(self, value: dict[str, Any]) -> None:
        import msgspec

        data = msgspec.json.encode(value)
        if not self._lines:
            data = msgspec.json.format(data, indent=2)
        sys.stdout.write(data.decode() + "\n")
        sys.stdout.flush()

    def tell(self, error: WordferryError, **more: Any) -> None:
        """Report an error: to people on standard error, with `--json` on standard output."""
        if not self.json:
            tell(error)
        elif self._lines:
            self.event("error", error=described(error) | more)
        else:
            self.document({"error": described(error) | more})

    # -- working ----------------------------------------------------------------------------------------------

    def configuration(self) -> Configuration:
        """What `wordferry.toml` says; also sets up logging as it says."""
        from wordferry import configuration, observe

        found = configuration.load(self.directory)
        level = found.general.log_level
        if level == "warning" and not self._logs:
            # The command itself tells what went wrong, with its cure; the log would say it twice.
            level = "error"
        observe.configure(
            format=found.general.log_format,
            level="debug" if debugging() else level,
            stream=cast("TextIO", Errors()),
        )
        return found

    @asynccontextmanager
    async def ferry(self) -> AsyncIterator[Ferry]:
        """A whole Wordferry."""
        from wordferry.bootstrap import Ferry

        async with Ferry(self.configuration()) as ferry:
            yield ferry

    @asynccontextmanager
    async def ledger(self) -> AsyncIterator[tuple[Configuration, Ledger]]:
        """The ledger alone, for commands that neither read content nor call a TMS."""
        from wordferry.ledger import Ledger

        configuration = self.configuration()
        ledger = Ledger(configuration.general.database, folder=configuration.folder)
        try:
            yield configuration, ledger
        finally:
            ledger.close()

    def run(self, work: Callable[[], Awaitable[int]]) -> None:
        """Run the command and leave with its exit code; errors become sentences.

        Raises:
            typer.Exit: always.
        """
        raise typer.Exit(self._run(work))

    def _run(self, work: Callable[[], Awaitable[int]]) -> int:
        async def inside() -> int:
            return await work()

        try:
            import asyncio  # a fifth of the time of `--help`, which needs none

            with asyncio.Runner(loop_factory=_fast_loop()) as runner:
                code = runner.run(inside())
            sys.stdout.flush()
        except BrokenPipeError:
            # What is left in the buffer must not raise once more when Python closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.NO_READER
        except KeyboardInterrupt:
            sys.stderr.write("Stopped. Nothing is lost.\n")
            return Exit.INTERRUPTED
        except WordferryError as error:
            if debugging():
                traceback.print_exc()
            self.tell(error)
            return error.exit_code
        except Exception as error:  # noqa: BLE001  the last line of defence: a sentence instead of a traceback
            if debugging():
                traceback.print_exc()
            self.tell(
                Surprise(
                    ended(f"this should not have happened: {type(error).__name__}: {error}"),
                    next="Run it again with WORDFERRY_DEBUG=1 and report what it prints.",
                )
            )
            return Exit.SURPRISE
        return code


class Errors(io.TextIOBase):
    """Standard error as it is at the moment of writing: a live display puts itself in its place for a while."""

    def write(self, text: str) -> int:
        """Write text."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush it."""
        sys.stderr.flush()

    def isatty(self) -> bool:
        """Whether a person reads it, and may be shown colours."""
        return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
