"""`wordferry retry` and `wordferry cancel`: an operator's two wishes. Both write to the ledger only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, sentence

if TYPE_CHECKING:
    from wordferry.configuration import Configuration
    from wordferry.ledger import Ledger
    from wordferry.model.voyage import Batch, Translation
    from wordferry.submission.again import Answer

__all__ = ["cancel", "retry"]

#: Answers shown.
MOST = 20

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Ids of translations or batches; items and targets, if only one fits."),
]
Each = Annotated[bool, typer.Option("--each", help="Take every translation that an ID may mean.")]


def retry(
    ids: Words = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that something stands in the way of.")
    ] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Everything that failed.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Everything that is held.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Held ones may replace what a person changed in the target.")
    ] = False,
    each: Each = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Set translations going again when their trouble is mended.

    What the TMS never took is sent anew; what came home is written; the rest is fetched once more. Nothing is done
    twice: `wordferry run` or `serve` carries it on.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)
    if not (ids or everything or failed or held):
        raise typer.BadParameter("say which: IDs, --all, --failed or --held")

    async def work() -> int:
        from wordferry.cli.find import Ambiguous, candidates
        from wordferry.submission.again import again, batch_again

        async with shell.ledger() as (configuration, ledger):
            try:
                translations, batches = await _meant(ledger, ids or (), each=each, trouble=True)
            except Ambiguous as error:
                return candidates(shell, error)
            more, stopped = await _selected(ledger, everything=everything, failed=failed, held=held)
            translations = list({one.id: one for one in [*translations, *more]}.values())
            batches = list({one.id: one for one in [*batches, *stopped]}.values())
            # A translation that only waits for its stopped batch is told of once, with the batch.
            routes = configuration.routes
            answers = [await batch_again(ledger, batch, routes.get(batch.route)) for batch in batches]
            answers += await again(ledger, translations, overwrite=overwrite)
            return await _answer(shell, configuration, ledger, answers, "set going again", "nothing to retry")

    shell.run(work)


def cancel(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID", help="Ids of translations or batches; items and targets, if only one fits."
        ),
    ],
    each: Each = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Stop translations, at the TMS too where that can be done.

    What is delivered stays delivered.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        from wordferry.cli.find import Ambiguous, candidates
        from wordferry.submission.withdraw import withdraw

        async with shell.ledger() as (configuration, ledger):
            try:
                translations, _ = await _meant(ledger, ids, each=each, trouble=False)
            except Ambiguous as error:
                return candidates(shell, error)
            answers = await withdraw(ledger, list({one.id: one for one in translations}.values()))
            return await _answer(shell, configuration, ledger, answers, "to be stopped", "nothing to cancel")

    shell.run(work)


async def _meant(
    ledger: Ledger, ids: Sequence[str], *, each: bool, trouble: bool
) -> tuple[list[Translation], list[Batch]]:
    """What the ids mean.

    Args:
        ledger: the ledger.
        ids: as typed.
        each: whether an id that may mean several translations means all of them.
        trouble: of a batch, take only what something stands in the way of, and the batch itself.

    Raises:
        Vanished: nothing is called that.
        Ambiguous: several are.
    """
    from wordferry.cli.find import Ambiguous, find, latest
    from wordferry.model.states import OPEN, OPERATOR

    translations: list[Translation] = []
    batches: list[Batch] = []
    for word in ids:
        batch = await ledger.voyages.batch(word)
        found = await find(ledger, word)
        exact = [one for one in found if one.id == word]
        if batch is not None:
            open_ = [one for one in found if one.state in OPEN]
            stopped = (await ledger.voyages.batch_facts(word))[0] is not None
            if trouble:
                open_ = [one for one in open_ if one.state in OPERATOR or one.error is not None]
            translations += open_
            batches += [batch] if stopped else []
        elif exact or each or len(latest(found)) == 1:
            translations += exact or (found if each else latest(found))
        else:
            raise Ambiguous(word, found, next="Take one of the ids, or all of them with --each.")
    return translations, batches


async def _selected(
    ledger: Ledger, *, everything: bool, failed: bool, held: bool
) -> tuple[list[Translation], list[Batch]]:
    from wordferry.ledger.tally import stopped_batches
    from wordferry.model.states import OPEN

    conditions = []
    batches: list[Batch] = []
    if everything:
        open_ = ", ".join(f"'{state}'" for state in sorted(OPEN))
        conditions += [
            "t.state IN ('failed', 'held', 'declined')",
            f"(t.error IS NOT NULL AND t.state IN ({open_}))",
        ]
        batches = [one.batch for one in await stopped_batches(ledger)]
    conditions += ["t.state = 'failed'"] if failed else []
    conditions += ["t.state = 'held'"] if held else []
    if not conditions:
        return [], []
    return await ledger.voyages.translations(" OR ".join(conditions)), batches


async def _answer(
    shell: Shell,
    configuration: Configuration,
    ledger: Ledger,
    answers: Sequence[Answer],
    verb: str,
    nothing: str,
) -> int:
    from wordferry.cli.hands import carried_on_by, worker
    from wordferry.cli.screen import text

    done = [one for one in answers if one.done]
    refused = [one for one in answers if not one.done]
    shell.document(
        {
            "done": [{"id": one.id, "name": one.name, "what": sentence(one.what)} for one in done],
            "refused": [{"id": one.id, "name": one.name, "what": sentence(one.what)} for one in refused],
            "worker": await worker(configuration, ledger),
        }
    )
    for group in (done, refused):
        for one in group[:MOST]:
            shell.say(text((one.id, "bold"), f"  {one.name}: {one.what}"))
        if len(group) > MOST:
            shell.say(f"and {len(group) - MOST:,} more; --json lists them")
    if done:
        batches = sum(one.kind == "batch" for one in done)
        parts = [count(batches, "batch", "batches")] if batches else []
        parts += [count(len(done) - batches, "translation")] if len(done) > batches else []
        shell.say(f"{' and '.join(parts)} {verb}. {await carried_on_by(configuration, ledger)}")
    elif not refused:
        shell.say(f"There is {nothing}.")
    return Exit.REFUSED if refused else Exit.OK
