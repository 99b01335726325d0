"""`wordferry demo`: a whole voyage against the sandbox, in a few seconds, without an account."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count

if TYPE_CHECKING:
    from wordferry.sandbox import SandboxSettings

__all__ = ["demo", "on_path", "pairs", "verdict"]

#: How many changed lines of one file are shown.
LINES = 7
#: Times of the sandbox in seconds: (import, translation, export), and how often it is asked.
FAST = ((0.1, 0.3, 0.05), (0.1, 1.0))
SLOW = ((1.0, 4.0, 1.0), (0.5, 2.0))

CONFIGURATION = """\
# Written by `wordferry demo`. The sandbox it talked to is gone; `wordferry init` writes one for your own files.

[content.site]
kind = "files"
root = "."
include = ["en/**/*"]
target = "{{locale}}/{{path}}"      # path below en/
source_locale = "en"

[tms.phrase]
kind = "phrase"
platform_url = "{platform_url}"
tms_url = "{tms_url}"
api_token = "file:.wordferry/sandbox-token"
poll_first = {first}
poll_longest = {longest}

[tms.lionbridge]
kind = "lionbridge"
login_url = "{login_url}"
base_url = "{base_url}"
client_id = "file:.wordferry/sandbox-client-id"
client_secret = "file:.wordferry/sandbox-client-secret"
poll_first = {first}
poll_longest = {longest}

[route.west]
content = "site"
tms = "phrase"                      # this one line moves the route to the other vendor

[route.west.on.phrase]
template = "Website"
locales = {{ de = "de", fr = "fr" }}      # ours = the vendor's

[route.west.on.lionbridge]
provider = "{provider}"
locales = {{ de = "de-DE", fr = "fr-FR" }}

[route.east]
content = "site"
tms = "lionbridge"

[route.east.on.lionbridge]
provider = "{provider}"
locales = {{ ja = "ja-JP" }}
"""


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Put the files into DIR, which is new or empty.", show_default=False
        ),
    ] = None,
    items: Annotated[
        int | None,
        typer.Option(
            "--items",
            metavar="N",
            min=1,
            max=5000,
            help="How many files; 15 when left out.",
            show_default=False,
        ),
    ] = None,
    slow: Annotated[
        bool, typer.Option("--slow/--fast", help="Let the translators take their time, to watch.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture", metavar="FILE", help="Draw the voyage into FILE, as SVG.", show_default=False
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Try a whole voyage offline, in a few seconds.

    Carries an example site to German and French by Phrase, to Japanese by Lionbridge, and back. A sandbox plays both
    vendors; its referee judges the voyage. Nothing is left running.
    """
    shell = Shell(json=json, quiet=quiet, lines=True)

    async def work() -> int:
        return await _demo(shell, _folder(keep), items=items, slow=slow, picture=picture)

    shell.run(work)


def _folder(keep: Path | None) -> Path:
    from wordferry.errors import NeedsOperator

    if keep is None:
        return Path(tempfile.mkdtemp(prefix="wordferry-demo-"))
    try:
        keep.mkdir(parents=True, exist_ok=True)
        taken = any(keep.iterdir())
    except OSError as error:
        raise NeedsOperator(
            f"the folder cannot be used: {error.strerror}.",
            object=str(keep),
            next="Choose another with --keep.",
        ) from error
    if taken:
        raise NeedsOperator(
            "the folder is not empty.",
            object=str(keep),
            next="Choose a new one with --keep, or leave that out.",
        )
    return keep.absolute()


def _settings(*, slow: bool) -> SandboxSettings:
    from wordferry.sandbox import SandboxSettings
    from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

    (import_, translate, export), _ = SLOW if slow else FAST
    return SandboxSettings(
        import_seconds=import_,
        translate_seconds=translate,
        export_seconds=export,
        analysis_seconds=0.1,
        lionbridge=LionbridgeSettings(
            send_seconds=import_, accept_seconds=import_, translate_seconds=translate
        ),
    )


async def _demo(shell: Shell, folder: Path, *, items: int | None, slow: bool, picture: Path | None) -> int:
    from wordferry.bootstrap import Ferry
    from wordferry.cli.carry import stopping
    from wordferry.cli.picture import draw_picture
    from wordferry.cli.run import Voyage
    from wordferry.cli.site import copy_site
    from wordferry.sandbox import Sandbox

    names = copy_site(folder, items=items)
    async with Sandbox(_settings(slow=slow)) as sandbox:
        _, (first, longest) = SLOW if slow else FAST
        (folder / "wordferry.toml").write_text(
            CONFIGURATION.format(
                platform_url=sandbox.phrase_url,
                tms_url=sandbox.phrase_tms_url,
                login_url=sandbox.lionbridge_login_url,
                base_url=sandbox.lionbridge_url,
                provider=sandbox.lionbridge.providers.main.id,
                first=first,
                longest=longest,
            ),
            encoding="utf-8",
        )
        _keep_secrets(
            folder / ".wordferry",
            {
                "sandbox-token": sandbox.api_token,
                "sandbox-client-id": sandbox.lionbridge_client_id,
                "sandbox-client-secret": sandbox.lionbridge_client_secret,
            },
        )
        shell.say(
            f"{count(len(names), 'file')} in English: to German and French by Phrase, to Japanese by Lionbridge."
            " A sandbox plays both vendors."
        )
        shell.say()
        configuration = Shell(directory=folder).configuration()
        async with Ferry(configuration) as ferry, stopping() as stop:
            voyage = Voyage(shell, ferry)
            code = await voyage.sail(stop)
        judged = sandbox.referee()
    wrong = findings(judged)
    ok = not wrong
    shell.event(
        "demo",
        folder=str(folder),
        files=len(names),
        referee={
            "ok": ok,
            "findings": wrong,
            "calls": phrase_calls(judged),
            "fewest_calls": judged["calls"]["minimum_total"],
        },
    )
    _tell(shell, folder, judged)
    if picture is not None:
        draw_picture(picture, voyage, pairs(folder), verdict(judged))
        shell.say("", f"The picture of this voyage: {picture}")
    return code or (Exit.OK if ok else Exit.REFUSED)


def _tell(shell: Shell, folder: Path, judged: dict[str, Any]) -> None:
    if not shell.speaks:
        return
    from wordferry.cli.screen import text

    shell.say(
        "",
        text(
            ("en/index.md → de/index.md", "bold"),
            ("  (pretended German: longer, with every tag in place)", "dim"),
        ),
    )
    shell.say(*difference(pairs(folder), shell.screen.width))
    shell.say("", text((verdict(judged), "red" if findings(judged) else "green")))
    shell.say(
        "",
        f"The files are in {folder}. Nothing is left running.",
        "",
        text(("Next", "bold")),
        *(f"  {line}" for line in on_path()),
        f"  cd {shlex.quote(str(folder))}",
        "  wordferry trace de/index.md     one translation's way, step by step",
        "  wordferry verify --offline      nothing was changed since it came home",
        "  wordferry sandbox               a vendor to try your own files on",
        "  wordferry init                  a configuration, in a folder of your own",
    )


def on_path() -> list[str]:
    """The line to type before `wordferry` is found: none, or one that puts our programs on the path.

    The demo is often started by a full path or by make; what it advises has to work in that same shell.
    """
    # What a relative folder on the path holds is lost after `cd`.
    if Path(shutil.which("wordferry") or "").is_absolute():
        return []
    # Never resolved: in a virtual environment `python` is a link to one that knows nothing of us.
    folders = (Path(program).absolute().parent for program in (sys.argv[0], sys.executable))
    ours = next((folder for folder in folders if shutil.which("wordferry", path=str(folder))), None)
    return [f"export PATH={shlex.quote(str(ours))}:$PATH"] if ours else []


def pairs(folder: Path, *, locale: str = "de", most: int = LINES) -> list[tuple[str, str]]:
    """The first changed lines of the front page: (source, translation)."""
    source = (folder / "en" / "index.md").read_text(encoding="utf-8").splitlines()
    target = folder / locale / "index.md"
    if not target.is_file():
        return []
    lines = zip(source, target.read_text(encoding="utf-8").splitlines(), strict=False)
    return [(old, new) for old, new in lines if old != new][:most]


def difference(changed: list[tuple[str, str]], width: int) -> list[Any]:
    """Changed lines in two colours, each cut to the width of the screen."""
    from wordferry.cli.screen import text

    out: list[Any] = []
    for old, new in changed:
        out.append(text((f"  - {_cut(old, width - 4)}", "red")))
        out.append(text((f"  + {_cut(new, width - 4)}", "green")))
    return out


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: max(0, width - 1)] + "…"


def findings(judged: dict[str, Any]) -> dict[str, Any]:
    """What the referee objects to at either vendor: kind → list."""
    found = {kind: list_ for kind, list_ in judged["findings"].items() if list_}
    other = judged.get("lionbridge", {}).get("findings", {})
    # The last updates arrive when the voyage is over; they wait for the next one.
    return found | {
        kind: list_ for kind, list_ in other.items() if list_ and kind != "unacknowledged_updates"
    }


def phrase_calls(judged: dict[str, Any]) -> int:
    """Calls to Phrase; the log of the sandbox holds those to the other vendor, too."""
    others = ("lionbridge.", "fms.")
    by_operation: dict[str, int] = judged["calls"].get("by_operation", {})
    theirs = sum(times for name, times in by_operation.items() if name.startswith(others))
    total: int = judged["calls"]["total"]
    return total - theirs


def verdict(judged: dict[str, Any]) -> str:
    """The referee's verdict in one sentence."""
    wrong = findings(judged)
    if wrong:
        named = ", ".join(f"{len(found)} × {kind.replace('_', ' ')}" for kind, found in wrong.items())
        return f"The referee, who sees only the vendors' side, objects: {named}."
    projects, jobs, calls = judged["projects"], judged["jobs"], judged["calls"]
    counts = judged["lionbridge"]["counts"]
    return (
        "The referee, who sees only the vendors' side, finds nothing wrong. At Phrase "
        f"{count(projects['made'], 'project')}, {count(jobs['made'], 'job')}, each fetched once and confirmed once, "
        f"with {phrase_calls(judged):,} calls where {calls['minimum_total']:,} is the fewest possible. At Lionbridge "
        f"{count(counts['jobs'], 'job')}, {count(counts['requests'], 'request')}, each fetched and approved."
    )


def _keep_secrets(folder: Path, secrets: dict[str, str]) -> None:
    folder.mkdir()
    for name, secret in secrets.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(secret, encoding="utf-8")
