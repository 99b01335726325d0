"""`wordferry init`: writes a first wordferry.toml, from options, questions and what the folder looks like."""

from __future__ import annotations

import json as json_text
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["init", "suggested_code"]

#: Where Phrase lives, per region; `sandbox` is `wordferry sandbox` on this machine.
REGIONS = {
    "eu": ("https://eu.phrase.com", "https://cloud.memsource.com/web"),
    "us": ("https://us.phrase.com", "https://us.cloud.memsource.com/web"),
    "sandbox": ("http://127.0.0.1:8931", "http://127.0.0.1:8931/web"),
}
FILE = "wordferry.toml"

TEXT = """\
# What Wordferry carries, where to, and where translations go. `wordferry doctor` checks all of it.

[wordferry]
database = "sqlite:///.wordferry/ledger.db"     # or postgresql://user@host/name, for several machines
blobs = ".wordferry/blobs"                      # or s3://bucket/prefix

[content.docs]
kind = "files"
root = {root}
include = [{include}]                           # patterns of source files, below the root
target = {target}                               # {{path}} is the file's path below the fixed part of its pattern
source_locale = {source}
locales = [{ours}]                              # so that translations are never taken for sources

[tms.phrase]
kind = "phrase"
platform_url = {platform}
tms_url = {tms}
api_token = {token}                             # a reference: env:NAME, file:PATH or keyring:SERVICE/USER

[route.docs]
content = "docs"
tms = "phrase"
# variant = "continuous"                        # edits go under open jobs, and `wordferry watch` notices them

[route.docs.on.phrase]
# project = "rolling"                           # one project goes on taking what is new, instead of one per plan
template = {template}                           # a project template at Phrase, by name or uid
# Ours = Phrase's, verbatim, both ways. The codes on the right are suggestions: `wordferry doctor` compares them
# with Phrase's own list.
locales = {{ {locales} }}
"""


def suggested_code(ours: str) -> str:
    """What Phrase probably calls a locale: lower case, underscores. Only ever a suggestion."""
    return ours.strip().lower().replace("-", "_")


def init(
    root: Annotated[
        str | None, typer.Option("--root", metavar="DIR", help="Folder of the content.", show_default=False)
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(
            "--include", metavar="PATTERN", help="Source files; may be repeated.", show_default=False
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="TEMPLATE", help="Where translations go.", show_default=False),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="LOCALE", help="Locale of the sources.", show_default=False),
    ] = None,
    locales: Annotated[
        str | None,
        typer.Option(
            "--locales",
            metavar="LIST",
            help="Target locales, such as de,fr,pt-BR=pt_br (ours=Phrase's).",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="Project template at Phrase.", show_default=False),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="|".join(REGIONS), help="Where Phrase is.", show_default=False),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            metavar="REFERENCE",
            help="Where the API token is kept; env:PHRASE_API_TOKEN when left out.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a wordferry.toml that is there.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the suggestions.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Write a first wordferry.toml, with comments.

    Asks what is not given, when a person sits there.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)
    asks = not yes and shell.speaks and sys.stdin.isatty() and sys.stdout.isatty()

    async def work() -> int:
        place = shell.directory / FILE
        _refuse_to_overwrite(place, force=force)
        answer = _asker(asks)
        seen = _look(shell.directory)
        # A root that was given may hold another kind of tree: what we saw of this one says nothing about it.
        values = {
            "root": root or answer("Folder of the content", seen["root"]),
            "source": source or answer("Locale of the sources", seen["source"]),
        }
        below = seen["folder"] if seen["source"] == values["source"] else values["source"]
        given = include or [
            one.strip() for one in answer("Source files", f"{below}/**/*").split(",") if one.strip()
        ]
        values["target"] = target or answer("Translations go to", "{locale}/{path}")
        chosen = _locales(locales or answer("Target locales", seen["locales"]))
        values["template"] = template or answer("Project template at Phrase", "Website")
        where = region or answer(f"Phrase is at ({', '.join(REGIONS)})", "eu")
        reference = token or "env:PHRASE_API_TOKEN"
        _write(place, _text(values, given, chosen, where, reference))
        shell.document({"file": str(place.absolute()), "locales": chosen, "region": where})
        _next(shell, place, chosen, where, reference)
        return Exit.OK

    shell.run(work)


def _refuse_to_overwrite(place: Path, *, force: bool) -> None:
    from wordferry.errors import NeedsOperator

    if place.exists() and not force:
        raise NeedsOperator(
            "there is one already.", object=str(place.absolute()), next="Edit it, or replace it with --force."
        )


def _asker(asks: bool) -> Callable[[str, str], str]:
    """A function (question, suggestion) → answer."""
    if not asks:
        return lambda question, suggestion: suggestion
    return lambda question, suggestion: str(typer.prompt(question, default=suggestion)).strip()


def _look(folder: Path) -> dict[str, str]:
    """Suggestions from what lies in the folder: where the source language is, and which others stand beside it."""
    from wordferry.content_systems.files.locales import lookalikes

    places = [
        folder,
        *sorted(path for path in folder.glob("*") if path.is_dir() and path.name[0] not in "._"),
    ]
    for place in places:
        named = sorted(
            path.name for path in place.glob("*") if path.is_dir() and path.name in lookalikes(path.name)
        )
        source = next((name for name in named if name.lower().startswith("en")), None)
        if source is not None:
            others = [name for name in named if name != source]
            root = "." if place == folder else place.name
            return {
                "root": root,
                "folder": source,
                "source": source,
                "locales": ",".join(others) or "de,fr,ja",
            }
    return {"root": ".", "folder": "en", "source": "en", "locales": "de,fr,ja"}


def _locales(given: str) -> dict[str, str]:
    """`de,pt-BR=pt_br` as a mapping ours → Phrase's."""
    from wordferry.errors import NeedsOperator

    chosen: dict[str, str] = {}
    for part in given.split(","):
        ours, _, theirs = (word.strip() for word in part.partition("="))
        if ours:
            chosen[ours] = theirs or suggested_code(ours)
    if not chosen:
        raise NeedsOperator(
            "no target locale is given.", object="--locales", next="Write some: --locales de,fr,ja."
        )
    return chosen


def _text(
    values: dict[str, str], include: list[str], locales: dict[str, str], region: str, token: str
) -> str:
    from wordferry.errors import NeedsOperator

    if region not in REGIONS:
        raise NeedsOperator(
            f"there is no region {region!r}.", object="--region", next=f"Take one of {', '.join(REGIONS)}."
        )
    platform, tms = REGIONS[region]
    return TEXT.format(
        root=_quoted(values["root"]),
        include=", ".join(_quoted(pattern) for pattern in include),
        target=_quoted(values["target"]),
        source=_quoted(values["source"]),
        ours=", ".join(_quoted(ours) for ours in locales),
        platform=_quoted(platform),
        tms=_quoted(tms),
        token=_quoted(token),
        template=_quoted(values["template"]),
        locales=", ".join(f"{_quoted(ours)} = {_quoted(theirs)}" for ours, theirs in locales.items()),
    )


def _quoted(value: str) -> str:
    # A JSON string is a TOML string, too, as long as no surrogate is in it.
    return json_text.dumps(value, ensure_ascii=False)


def _write(place: Path, text: str) -> None:
    """Write the file, but only when it would be understood."""
    from wordferry import configuration
    from wordferry.errors import NeedsOperator

    fresh = place.with_name(f".{FILE}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        try:
            configuration.load(fresh)
        except BaseException:
            fresh.unlink()
            raise
        fresh.replace(place)
    except OSError as error:
        raise NeedsOperator(
            f"it cannot be written: {error.strerror}.",
            object=str(place),
            next="Choose another folder with -C.",
        ) from error


def _next(shell: Shell, place: Path, locales: dict[str, str], region: str, token: str) -> None:
    if not shell.speaks:
        return
    from wordferry.cli.screen import text

    shell.say(text((f"{place} is written.", "bold green"), " Look through it; each line is explained."), "")
    codes = ", ".join(f"{ours} = {theirs}" for ours, theirs in locales.items())
    shell.say(f"Locales, ours = Phrase's: {codes}", "", text(("Next", "bold")))
    name = token.removeprefix("env:")
    steps = []
    if region == "sandbox":
        steps.append(("wordferry sandbox", "in another terminal; it prints a token"))
    if token.startswith("env:") and not os.environ.get(name):
        steps.append((f"export {name}=…", "the API token"))
    steps += [
        ("wordferry doctor", "checks everything, and says how to mend it"),
        ("wordferry plan", "shows what would be sent"),
        ("wordferry run", "sends it, and brings the translations home"),
    ]
    width = max(len(step) for step, _ in steps)
    for step, why in steps:
        shell.say(f"  {step:<{width}}   {why}")
    shell.say("", "Keep .wordferry/ out of version control.")
