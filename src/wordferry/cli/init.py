"""`wordferry init`: writes a first wordferry.toml, from options, questions and what the folder looks like."""

from __future__ import annotations

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

    from wordferry.cli.first_file import Vendor

__all__ = ["init"]

FILE = "wordferry.toml"


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
            help="Target locales, such as de,fr,pt-BR=pt_br (ours=the vendor's).",
            show_default=False,
        ),
    ] = None,
    vendor: Annotated[
        str, typer.Option("--vendor", metavar="phrase|lionbridge", help="Where the route goes.")
    ] = "phrase",
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="Project template at Phrase.", show_default=False),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="ID", help="Provider at Lionbridge.", show_default=False),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            metavar="NAME",
            help="Where the vendor is: eu, us (Phrase), production, staging (Lionbridge), or sandbox.",
            show_default=False,
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            metavar="REFERENCE",
            help="Where the token or client secret is kept; an environment variable when left out.",
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
        from wordferry.cli.first_file import written

        place = shell.directory / FILE
        _refuse_to_overwrite(place, force=force)
        there = _vendor(vendor)
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
        chosen = _locales(locales or answer("Target locales", seen["locales"]), there)
        values["chosen"] = (provider if there.name == "Lionbridge" else template) or answer(*there.chosen)
        where = region or answer(
            f"{there.name} is at ({', '.join(there.regions)})", next(iter(there.regions))
        )
        reference = token or there.token
        _check_region(there, where)
        text = written(there, values, include=given, locales=chosen, region=where, token=reference)
        _write(place, text)
        shell.document({"file": str(place.absolute()), "locales": chosen, "region": where})
        _next(shell, place, chosen, where, reference, there)
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


def _vendor(name: str) -> Vendor:
    from wordferry.cli.first_file import VENDORS
    from wordferry.errors import NeedsOperator

    if name not in VENDORS:
        raise NeedsOperator(
            f"there is no vendor {name!r}.", object="--vendor", next=f"Take one of {', '.join(VENDORS)}."
        )
    return VENDORS[name]


def _check_region(vendor: Vendor, region: str) -> None:
    from wordferry.errors import NeedsOperator

    if region not in vendor.regions:
        raise NeedsOperator(
            f"there is no region {region!r}.",
            object="--region",
            next=f"Take one of {', '.join(vendor.regions)}.",
        )


def _locales(given: str, vendor: Vendor) -> dict[str, str]:
    """`de,pt-BR=pt_br` as a mapping ours → the vendor's."""
    from wordferry.errors import NeedsOperator

    chosen: dict[str, str] = {}
    for part in given.split(","):
        ours, _, theirs = (word.strip() for word in part.partition("="))
        if ours:
            chosen[ours] = theirs or vendor.code(ours)
    if not chosen:
        raise NeedsOperator(
            "no target locale is given.", object="--locales", next="Write some: --locales de,fr,ja."
        )
    return chosen


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


def _next(
    shell: Shell, place: Path, locales: dict[str, str], region: str, token: str, vendor: Vendor
) -> None:
    if not shell.speaks:
        return
    from wordferry.cli.screen import text

    shell.say(text((f"{place} is written.", "bold green"), " Look through it; each line is explained."), "")
    codes = ", ".join(f"{ours} = {theirs}" for ours, theirs in locales.items())
    shell.say(f"Locales, ours = {vendor.name}'s: {codes}", "", text(("Next", "bold")))
    steps = []
    if region == "sandbox":
        what = "a token" if vendor.name == "Phrase" else "id and secret"
        steps.append(("wordferry sandbox", f"in another terminal; it prints {what}"))
    secrets = {name: what for name, what in vendor.secrets.items() if f"env:{name}" != vendor.token}
    if token.startswith("env:"):
        secrets[token.removeprefix("env:")] = vendor.secrets[vendor.token.removeprefix("env:")]
    steps += [(f"export {name}=…", what) for name, what in secrets.items() if not os.environ.get(name)]
    steps += [
        ("wordferry doctor", "checks everything, and says how to mend it"),
        ("wordferry plan", "shows what would be sent"),
        ("wordferry run", "sends it, and brings the translations home"),
    ]
    width = max(len(step) for step, _ in steps)
    for step, why in steps:
        shell.say(f"  {step:<{width}}   {why}")
    shell.say("", "Keep .wordferry/ out of version control.")
