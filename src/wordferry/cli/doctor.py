"""`wordferry doctor`: looks at everything that a voyage needs, and says how to mend what is broken."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet, Routes
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, ended, sentence, size
from wordferry.errors import WordferryError

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.configuration import Configuration
    from wordferry.ports.tms import Diagnosis

__all__ = ["doctor"]

#: Bytes that should be free for the ledger and the blobs.
ROOM = 200 * 1024**2
_SIGNS = {True: ("ok", "green"), False: ("broken", "bold red"), None: ("note", "yellow")}


def doctor(
    routes: Routes = None, json: Json = False, quiet: Quiet = False, directory: Directory = None
) -> None:
    """Check everything a voyage needs; each finding has its cure.

    Credentials, templates, locales, clock, folders, ledger. Calls the TMS, but changes nothing there. Ends with 4
    when something is broken.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        found: list[tuple[str, Diagnosis]] = []
        told: set[tuple[str, str, str]] = set()
        subject_shown = ""
        async for subject, one in _check(shell, shell.configuration(), routes or ()):
            # Two routes over one connection ask the same things.
            if (subject, one.check, one.finding) in told:
                continue
            told.add((subject, one.check, one.finding))
            found.append((subject, one))
            subject_shown = _show(shell, subject, one, subject_shown)
        broken = sum(one.ok is False for _, one in found)
        code = Exit.OPERATOR if broken else Exit.OK
        shell.document(
            {
                "ok": not broken,
                "findings": [
                    {
                        "subject": subject,
                        "check": one.check,
                        "ok": one.ok,
                        "finding": ended(one.finding),
                        "cure": one.cure or None,
                    }
                    for subject, one in found
                ],
                "exit_code": int(code),
            }
        )
        notes = sum(one.ok is None for _, one in found)
        tail = f", {count(notes, 'note')}" if notes else ""
        verdict = f"{broken:,} broken" if broken else "nothing is broken"
        shell.say("", f"{count(len(found), 'check')}: {verdict}{tail}.")
        return code

    shell.run(work)


def _show(shell: Shell, subject: str, one: Diagnosis, before: str) -> str:
    """Show a finding as soon as it is known; with `--quiet` only what is broken."""
    if shell.json or (shell.quiet and one.ok is not False):
        return before
    from wordferry.cli.screen import row, text

    screen = shell.screen
    if subject != before:
        screen.print(text((subject, "bold")))
    sign, style = _SIGNS[one.ok]
    screen.print(row(text((sign, style)), one.check, ended(one.finding), margins=(2, 7, 15)))
    if one.cure and one.ok is not True:
        screen.print(row("", "", text((f"→ {sentence(one.cure)}", style)), margins=(2, 7, 15)))
    return subject


async def _check(
    shell: Shell, configuration: Configuration, routes: Any
) -> AsyncIterator[tuple[str, Diagnosis]]:
    from wordferry.bootstrap import Ferry
    from wordferry.ports.tms import Diagnosis

    subject = "wordferry.toml"
    yield subject, Diagnosis("configuration", True, f"{configuration.path} is in order")
    if not configuration.routes:
        yield subject, Diagnosis("routes", False, "there is no route", "Add a table [route.NAME].")
    for one in _folders(configuration):
        yield subject, one
    try:
        ferry = Ferry(configuration)
    except WordferryError as error:
        yield "ledger", Diagnosis("database", False, str(error), error.next)
        return
    try:
        async for one in _ledger(ferry, configuration):
            yield "ledger", one
        try:
            await ferry.__aenter__()
        except WordferryError as error:
            where = f"{error.object}: " if error.object else ""
            yield "connections", Diagnosis("settings", False, f"{where}{error.what}", error.next)
            return
        async for found in _shores(ferry, routes):
            yield found
    finally:
        await ferry.__aexit__(None, None, None)


def _folders(configuration: Configuration) -> list[Diagnosis]:
    from wordferry.ports.tms import Diagnosis

    folder = configuration.folder / ".wordferry"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        return [
            Diagnosis("folder", False, f"{folder} cannot be made: {error.strerror}", "Give us the right to.")
        ]
    if not os.access(folder, os.W_OK | os.X_OK):
        return [Diagnosis("folder", False, f"{folder} cannot be written", "Give us the right to.")]
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    ok = None if free < ROOM else True
    return [Diagnosis("folder", ok, f"{folder} can be written, {size(free)} are free", "Free some space.")]


async def _ledger(ferry: Ferry, configuration: Configuration) -> AsyncIterator[Diagnosis]:
    from wordferry.cli.hands import worker
    from wordferry.ports.tms import Diagnosis

    try:
        installation = await ferry.ledger.installation()
        counts = await ferry.ledger.voyages.counts()
        at_work = await worker(configuration, ferry.ledger)
    except WordferryError as error:
        yield Diagnosis("database", False, str(error), error.next)
        return
    yield Diagnosis(
        "database",
        True,
        f"{ferry.ledger.dialect} answers; installation {installation}, {count(sum(counts.values()), 'translation')}",
    )
    yield Diagnosis(
        "work", True, f"{at_work} does the work" if at_work else "no process does the work right now"
    )


async def _shores(ferry: Ferry, routes: Any) -> AsyncIterator[tuple[str, Diagnosis]]:
    from wordferry.cli.musts import check_variant
    from wordferry.ports.tms import Diagnosis

    chosen = ferry.routes(routes)
    for name in dict.fromkeys(route.content for route in chosen):
        try:
            async for one in ferry.contents[name].check():
                yield f"content {name}", one
        except WordferryError as error:
            yield f"content {name}", Diagnosis("check", False, str(error), error.next)
    for route in sorted(chosen, key=lambda one: one.connection):
        subject = f"tms {route.connection}"
        try:
            async for one in ferry.connections[route.connection].check(route.settings, route.locales.table()):
                yield subject, one
        except WordferryError as error:
            yield subject, Diagnosis("check", False, str(error), error.next)
    for route in chosen:
        async for one in check_variant(ferry, route):
            yield f"route {route.name}", one
    used = {route.connection for route in ferry.configuration.routes.values()}
    for name in sorted(set(ferry.connections) - used):
        yield (
            f"tms {name}",
            Diagnosis("routes", None, "no route uses it", "Name it in a route, or remove it."),
        )
