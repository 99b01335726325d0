"""`wordferry verify`: is everything that was delivered still there, byte for byte?"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, sentence

__all__ = ["verify"]

#: Differences shown.
MOST = 30


def verify(
    route: Annotated[
        list[str] | None,
        typer.Option(
            "--route", metavar="ROUTE", help="This route only; may be repeated.", show_default=False
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Read the files only; ask no TMS.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Read every delivered file again, and ask the TMS.

    Ends with 5 when anything differs, and names it. Nothing is changed.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        from wordferry.cli.plan import looking
        from wordferry.delivery.verify import verify as compare

        async with shell.ferry() as ferry:
            chosen = [one.name for one in ferry.routes(route or ())] if route else []
            with looking(shell, "Reading") as seen:
                verdict = await compare(
                    ferry.ledger,
                    ferry.contents,
                    {} if offline else ferry.connections,
                    routes=chosen,
                    seen=seen,
                )
        unanswered = [one for one in verdict.differences if one.kind == "unanswered"]
        real = [one for one in verdict.differences if one.kind != "unanswered"]
        code = Exit.DIFFERENT if real else Exit.TRY_AGAIN if unanswered else Exit.OK
        shell.document(
            {
                "targets": verdict.targets,
                "confirmed": verdict.confirmed,
                "differences": [
                    {
                        "kind": one.kind,
                        "id": one.translation,
                        "target": one.target,
                        "what": sentence(one.what),
                    }
                    for one in verdict.differences
                ],
                "exit_code": int(code),
            }
        )
        if not shell.json:
            _tell(shell, [(one.target, one.what) for one in real])
            for what, number in Counter(one.what for one in unanswered).items():
                _tell(shell, [(count(number, "translation"), what)])
        if shell.speaks:
            asked = "" if offline or unanswered else "; the TMS has each as delivered"
            differ = len({one.target for one in real})
            if differ:
                verb = "differs" if differ == 1 else "differ"
                shell.say(f"{differ:,} of {count(verdict.targets, 'delivered file')} {verb}.")
            else:
                shell.say(
                    f"{count(verdict.targets, 'delivered file')} read again: every byte is as delivered{asked}."
                )
        return code

    shell.run(work)


def _tell(shell: Shell, differences: list[tuple[str, str]]) -> None:
    """Differences are problems: they are shown even with `--quiet`."""
    if not differences:
        return
    from wordferry.cli.screen import text

    for target, what in differences[:MOST]:
        shell.screen.print(text((target, "bold red"), f": {what}"), soft_wrap=True)
    if len(differences) > MOST:
        shell.screen.print(f"and {len(differences) - MOST:,} more; --json lists them")
