"""`wordferry apply`: send exactly what a plan says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet, Timeout
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count, duration, sentence

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry, Work
    from wordferry.model.plan import Plan, Skip
    from wordferry.submission import Acceptance

__all__ = ["apply", "planned_of", "sent_of"]


def apply(
    plan: Annotated[
        str | None, typer.Argument(metavar="PLAN", help="Id of a plan; the newest one that was not applied.")
    ] = None,
    timeout: Timeout = None,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Send exactly what a plan says.

    Returns when all of it is sent or refused. The translations come home with `wordferry run` or `wordferry serve`.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory, lines=True)

    async def work() -> int:
        async with shell.ferry() as ferry:
            return await _apply(shell, ferry, await _stored(ferry, plan), timeout)

    shell.run(work)


async def _stored(ferry: Ferry, plan: str | None) -> Plan:
    from wordferry.errors import NeedsOperator

    found = await ferry.ledger.plans.get(plan)
    if found is None:
        raise NeedsOperator(
            "there is no such plan." if plan else "there is no plan that was not applied.",
            object=plan,
            next="Make one with `wordferry plan`.",
        )
    return found


async def _apply(shell: Shell, ferry: Ferry, plan: Plan, patience: float | None) -> int:
    from wordferry.cli.carry import carry, hands_free, stopping
    from wordferry.cli.outcome import exit_code, show_troubles, troubles
    from wordferry.cli.plan import looking, moved, show_problems
    from wordferry.cli.progress import Progress
    from wordferry.ledger.tally import counts

    begun = time.monotonic()
    with looking(shell, "Taking a copy of") as seen:
        taken = await ferry.accept(plan, seen=seen)
    planned = planned_of(plan)
    for part in plan.routes:
        for what in moved(part):
            shell.say(what)
    shell.event("accepted", plan=plan.id, planned=planned, refused=planned - taken.accepted)
    if taken.accepted and not hands_free(ferry):
        return _left_to_others(shell, ferry, plan, taken)
    async with stopping(patience) as stop, Progress(shell, ferry.ledger, batches=taken.batches) as progress:
        if taken.accepted:

            async def sent(work: Work) -> bool:
                return await _sent(ferry, taken.batches)

            await carry(ferry, sent, progress=progress, stop=stop)
    found = await counts(ferry.ledger, batches=taken.batches)
    accepted, refused, unsent = await sent_of(ferry, taken)
    refused += planned - taken.accepted
    stopped = await troubles(ferry.ledger, batches=taken.batches)
    code = exit_code(stopped) or (Exit.REFUSED if any(skip.problem for skip in taken.refused) else Exit.OK)
    if unsent and code == Exit.OK:
        code = Exit.INTERRUPTED if stop.signalled else Exit.TIME_UP
    shell.event(
        "result",
        plan=plan.id,
        planned=planned,
        accepted=accepted,
        refused=refused,
        unsent=unsent,
        seconds=round(time.monotonic() - begun, 3),
        problems=_problems(taken.refused, stopped),
        exit_code=int(code),
    )
    assert accepted + refused + unsent == planned, (accepted, refused, unsent, planned, found)
    tail = f" + {unsent:,} not sent yet" if unsent else ""
    shell.say(
        f"{count(planned, 'translation')} planned = {accepted:,} accepted by the TMS + {refused:,} refused{tail}"
        f" ({duration(time.monotonic() - begun)})"
    )
    show_problems(shell, taken.refused, title="Not sent")
    if stopped:
        shell.say(*show_troubles(stopped, title="Needs you"))
    if accepted or unsent:
        shell.say(
            "", "To bring the translations home:  wordferry run  (or wordferry serve, which goes on for ever)"
        )
    return code


def _left_to_others(shell: Shell, ferry: Ferry, plan: Plan, taken: Acceptance) -> int:
    from wordferry.cli.plan import show_problems

    refused = planned_of(plan) - taken.accepted
    code = Exit.REFUSED if any(skip.problem for skip in taken.refused) else Exit.OK
    shell.event(
        "result",
        plan=plan.id,
        planned=planned_of(plan),
        accepted=0,
        refused=refused,
        unsent=taken.accepted,
        seconds=0.0,
        problems=_problems(taken.refused, ()),
        exit_code=int(code),
    )
    shell.say(
        f"{count(planned_of(plan), 'translation')} planned = {taken.accepted:,} handed over + {refused:,} refused",
        f"Process {ferry.lock.holder()} does the work on this ledger and sends them within a second or so.",
    )
    show_problems(shell, taken.refused, title="Not sent")
    return code


async def _sent(ferry: Ferry, batches: tuple[str, ...]) -> bool:
    """Whether nothing planned is left that goes by itself."""
    from wordferry.errors import TryAgain, from_json

    for id_ in batches:
        if not await ferry.ledger.voyages.planned(id_):
            continue
        error, _, due = await ferry.ledger.voyages.batch_facts(id_)
        if error is None or due is not None or isinstance(from_json(error), TryAgain):
            return False
    return True


def planned_of(plan: Plan) -> int:
    """Translations of a plan."""
    return sum(len(item.translations) for part in plan.routes for item in part.items)


async def sent_of(ferry: Ferry, taken: Acceptance) -> tuple[int, int, int]:
    """(accepted by the TMS, refused by it, not sent yet) of a plan's batches."""
    from wordferry.model.states import State

    accepted = refused = unsent = 0
    for id_ in taken.batches:
        for translation in await ferry.ledger.voyages.of_batch(id_):
            if translation.id not in taken.translations:
                continue  # of an earlier plan, in a batch that goes on taking what is new
            if translation.state is State.PLANNED:
                unsent += 1
            elif translation.units or translation.state is State.SUPERSEDED:
                accepted += 1
            else:
                refused += 1
    return accepted, refused, unsent


def _problems(refused: tuple[Skip, ...], stopped: Any) -> list[dict[str, Any]]:
    skips = [{"id": None, "name": skip.item, "what": sentence(skip.reason), "next": None} for skip in refused]
    return skips + [{"id": one.id, "name": one.name, "what": one.what, "next": one.next} for one in stopped]
