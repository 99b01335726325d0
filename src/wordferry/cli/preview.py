"""`wordferry preview`: how an item, or a translation that came home, looks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.model.voyage import Translation
    from wordferry.preview import Built

__all__ = ["preview"]

#: Remarks shown.
MOST = 20


def preview(
    id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A translation (as `trace` takes it), or an item that was never sent."
        ),
    ],
    source: Annotated[
        bool, typer.Option("--source", help="Show the source as it was sent, not the translation.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="PATH",
            help="Folder for the page; a name ending in .zip packs it.",
            show_default=False,
        ),
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Show how a translation looks, before or after it is written.

    The page is the one that translators see: self-contained, with its pictures; nothing in it runs or calls anybody.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        from wordferry.cli.find import Ambiguous, candidates, find_one
        from wordferry.errors import Vanished

        async with shell.ferry() as ferry:
            try:
                translation: Translation | None = await find_one(ferry.ledger, id)
            except Ambiguous as error:
                return candidates(shell, error)
            except Vanished:
                translation = None
            package = ferry.blobs.temporary().with_suffix(".zip")
            try:
                if translation is not None:
                    shown, built = await _translation(ferry, translation, package, source=source)
                else:
                    shown, built = await _item(ferry, id, package)
                place = _place(to or shell.directory / ".wordferry" / "previews" / package.stem[:12], package)
            finally:
                package.unlink(missing_ok=True)
        shell.document(
            {
                "shown": shown,
                "path": str(place),
                "files": built.files,
                "bytes": built.size,
                "remarks": list(built.remarks),
            }
        )
        shell.say(f"{shown}: {place}", f"{count(built.files, 'file')}, {built.size:,} bytes packed")
        for remark in built.remarks[:MOST]:
            shell.say(f"  {remark}")
        if open:
            import webbrowser

            webbrowser.open(place.absolute().as_uri())
        return Exit.OK

    shell.run(work)


async def _translation(
    ferry: Ferry, translation: Translation, package: Path, *, source: bool
) -> tuple[str, Built]:
    from wordferry.errors import NotYet
    from wordferry.preview import build

    batch = await ferry.ledger.voyages.batch(translation.batch)
    assert batch is not None, "the database keeps the batch of every translation"
    blob = translation.revision if source else translation.blob or translation.delivered
    if blob is None:
        raise NotYet(
            f"its translation has not come home: it is {translation.state}.",
            object=f"{translation.name} → {translation.locale}",
            next="Look at its source with --source, or wait.",
        )
    built = await build(
        ferry.contents[batch.content],
        translation.item,
        await ferry.blobs.path(blob),
        name=translation.name,
        format=translation.format,
        encoding=translation.encoding,
        locale=batch.source_locale if source else translation.locale,
        to=package,
    )
    return f"{translation.name} → {'source' if source else translation.locale}", built


async def _item(ferry: Ferry, name: str, package: Path) -> tuple[str, Built]:
    """The source of an item that no translation is known of."""
    from wordferry.errors import Refused, Vanished
    from wordferry.preview import build

    copy = ferry.blobs.temporary()
    for content in ferry.contents.values():
        try:
            item = await content.snapshot(name, copy)
        except (Refused, Vanished):
            continue
        try:
            built = await build(
                content,
                item.id,
                copy,
                name=item.name,
                format=item.format,
                encoding=item.encoding,
                locale=content.source_locale,
                to=package,
            )
        finally:
            ferry.blobs.discard(copy)
        return f"{item.name} (source)", built
    raise Vanished(
        "no translation and no item is called that.",
        object=name,
        next="`wordferry plan --all` lists the items.",
    )


def _place(to: Path, package: Path) -> Path:
    """Put the package where it is wanted; returns what to open."""
    import shutil
    import zipfile

    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package, to)
        return to
    with zipfile.ZipFile(package) as archive:
        # Inspected before: no path in it leads out.
        archive.extractall(to)
    return to / "index.html"
