"""`wordferry trace` and `wordferry explain`: what happened to one translation, and what comes next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell, described
from wordferry.cli.wording import duration, iso, moment, sentence, when

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wordferry.ledger import Ledger
    from wordferry.ledger.operations import Operation
    from wordferry.model.voyage import Batch, Translation

__all__ = ["explain", "trace"]

Word = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A translation's id or its beginning, an item, a target, or an id at the TMS."
    ),
]
#: What is worth showing of an operation's result: field → how much of it.
RESULTS = {"id": 40, "ticket": 40, "blob": 12, "word": 40, "revision": 12, "note": 200}
#: Who moves next, for people.
MOVERS = {
    "operator": "you",
    "tms": "somebody at the TMS",
    "nobody": "nobody",
    "submission": "Wordferry",
    "delivery": "Wordferry",
}


def trace(id: Word, json: Json = False, quiet: Quiet = False, directory: Directory = None) -> None:
    """Show everything that happened to one translation.

    Step by step, with the vendor's ids.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)
    _run(shell, id, _trace)


def explain(id: Word, json: Json = False, quiet: Quiet = False, directory: Directory = None) -> None:
    """Say why a translation is where it is, and what comes next.

    With the last error and its cure, who moves next, when, and the deadline.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)
    _run(shell, id, _explain)


def _run(
    shell: Shell, word: str, tell: Callable[[Shell, Ledger, Translation, Batch], Awaitable[None]]
) -> None:
    async def work() -> int:
        from wordferry.cli.find import Ambiguous, candidates, find_one

        async with shell.ledger() as (_, ledger):
            try:
                translation = await find_one(ledger, word)
            except Ambiguous as error:
                return candidates(shell, error)
            batch = await ledger.voyages.batch(translation.batch)
            assert batch is not None
            await tell(shell, ledger, translation, batch)
        return Exit.OK

    shell.run(work)


def _head(translation: Translation, batch: Batch) -> dict[str, Any]:
    return {
        "id": translation.id,
        "item": translation.item,
        "name": translation.name,
        "locale": translation.locale,
        "vendor_locale": translation.vendor_locale,
        "target": translation.target,
        "state": translation.state.value,
        "since": iso(translation.since),
        "round": translation.round,
        "source": translation.revision,
        "replaces": translation.replaces,
        "delivered": translation.delivered,
        "batch": {
            "id": batch.id,
            "name": batch.name,
            "route": batch.route,
            "tms": batch.connection,
            "remote": (batch.remote or {}).get("id"),
        },
        "units": [
            {
                "uid": unit.uid,
                "level": unit.level,
                "part": unit.part,
                "status": unit.word,
                "import": unit.imported,
            }
            for unit in translation.units
        ],
    }


# -- trace ----------------------------------------------------------------------------------------------------


async def _trace(shell: Shell, ledger: Ledger, translation: Translation, batch: Batch) -> None:
    operations = [
        row
        for row in await ledger.operations.of(batch=batch.id)
        if row.translation == translation.id or (row.translation is None and _concerns(row, translation))
    ]
    events: list[dict[str, Any]] = [
        {
            "at": one.at,
            "kind": "state",
            "from": one.old,
            "to": one.new,
            "why": sentence(one.why),
            "round": one.round,
        }
        for one in await ledger.voyages.movements(translation.id)
    ]
    events += [_operation(row) for row in operations]
    events.sort(key=lambda event: event["at"])
    receipts = await ledger.voyages.receipts("translation = :t", {"t": translation.id})
    shell.document(
        _head(translation, batch)
        | {
            "events": [event | {"at": iso(event["at"])} for event in events],
            "receipts": [
                {
                    "round": one.round,
                    "delivered": one.delivered,
                    "source": one.source,
                    "at": iso(one.at),
                    "vendor": one.vendor,
                }
                for one in receipts
            ],
        }
    )
    if shell.speaks:
        _show_head(shell, translation, batch)
        _show_events(shell, events)
        for one in receipts:
            shell.say(
                "",
                f"Receipt of round {one.round}: source {one.source[:12]}…, delivered {one.delivered[:12]}…",
            )


def _concerns(row: Operation, translation: Translation) -> bool:
    """Whether an operation of the batch is about this translation: the whole batch, or its own file."""
    import msgspec

    facts = msgspec.json.decode(row.facts) if row.facts else {}
    if "carries" in facts:
        return translation.id in facts["carries"]
    return facts.get("file") in (None, translation.file_name)


def _operation(row: Operation) -> dict[str, Any]:
    import msgspec

    from wordferry.errors import from_json

    result = msgspec.json.decode(row.result) if row.result else {}
    shown = {
        name: str(value)[: RESULTS[name]]
        for name, value in (result.items() if isinstance(result, dict) else ())
        if name in RESULTS and value
    }
    return {
        "at": row.begun,
        "kind": "operation",
        "operation": row.kind,
        "state": row.state,
        "how": row.how,
        "attempt": row.attempt,
        "seconds": round(row.finished - row.begun, 3) if row.finished else None,
        "label": row.label,
        "key": row.key,
        "result": shown,
        "error": described(from_json(row.error)) if row.error else None,
    }


def _show_events(shell: Shell, events: list[dict[str, Any]]) -> None:
    from wordferry.cli.screen import COLOURS, columns, text
    from wordferry.model.states import State

    start = events[0]["at"] if events else 0.0
    rows: list[list[Any]] = []
    for event in events:
        at = f"+{event['at'] - start:.2f} s"
        if event["kind"] == "state":
            state = State(event["to"])
            rows.append([at, text((f"● {state}", f"bold {COLOURS[state]}")), event["why"]])
        else:
            rows.append([at, text((f"  {event['operation']}", "dim")), _outcome(event)])
    shell.say(
        "", f"{moment(start)}, then:", "", columns(["when", "what", "how"], rows, wide="how", right=["when"])
    )


def _outcome(event: dict[str, Any]) -> str:
    said = [event["how"] or event["state"]]
    if event["attempt"] > 1:
        said.append(f"attempt {event['attempt']}")
    if event["seconds"] is not None:
        said.append(
            duration(event["seconds"]) if event["seconds"] >= 0.1 else f"{event['seconds'] * 1000:.0f} ms"
        )
    said += [f"{name} {value}" for name, value in event["result"].items()]
    if event["error"]:
        said.append(event["error"]["what"])
    return ", ".join(said)


def _show_head(shell: Shell, translation: Translation, batch: Batch) -> None:
    from wordferry.cli.screen import COLOURS, text
    from wordferry.model.states import State

    state = (translation.state.value, f"bold {COLOURS[translation.state]}")
    shell.say(text((translation.id, "bold"), f"  {translation.name} → {translation.locale}  ", state))
    remote = (batch.remote or {}).get("id")
    where = f" ({remote})" if remote else ", not there yet"
    took = f", under the jobs of {translation.replaces}" if translation.replaces else ""
    shell.say(
        f"  target   {translation.target}",
        f"  revision {translation.revision[:12]}…, accepted {when(translation.born)}{took}",
        f"  batch    {batch.id}, {batch.name} at {batch.connection}{where}",
    )
    for unit in translation.units:
        step = f" step {unit.level}" if (batch.remote or {}).get("levels", 1) > 1 else ""
        # What we told the TMS ourselves is not read again: a delivered job's last word is out of date.
        word = "" if translation.state is State.DELIVERED else f", {unit.word or 'no status yet'}"
        shell.say(f"  job     {step} {unit.uid}{word}")


# -- explain --------------------------------------------------------------------------------------------------


async def _explain(shell: Shell, ledger: Ledger, translation: Translation, batch: Batch) -> None:
    from wordferry.cli.outcome import cure, reason, trouble_of
    from wordferry.errors import TryAgain, from_json
    from wordferry.ledger.tally import claimed
    from wordferry.model.states import OPERATOR, TABLE, State

    row = TABLE[translation.state]
    error = reason(translation)
    due = translation.due
    if translation.state is State.PLANNED:
        stored, _, due = await ledger.voyages.batch_facts(batch.id)
        error = from_json(stored) if stored else error
    under_way = (await claimed(ledger, [translation.id])).get(translation.id)
    trouble = trouble_of(translation)
    waits = trouble is not None or (error is not None and due is None and not isinstance(error, TryAgain))
    mover = "operator" if waits else row.mover
    step = (
        trouble.next
        if trouble
        else cure(error.next, translation.id)
        if waits and error
        else sentence(row.next)
    )
    deadline = translation.since + row.deadline if row.deadline is not None else None
    shell.document(
        _head(translation, batch)
        | {
            "means": sentence(row.means),
            "error": described(error) if error else None,
            "findings": list(translation.findings),
            "next": step,
            "mover": mover,
            "due": iso(due),
            "under_way": under_way,
            "deadline": iso(deadline),
            "stuck": deadline is not None and deadline < time.time(),
        }
    )
    if not shell.speaks:
        return
    from wordferry.cli.screen import row as line

    _show_head(shell, translation, batch)
    again = f", round {translation.round}" if translation.round > 1 else ""
    shell.say("", f"It is {translation.state}: {row.means} ({when(translation.since)}{again}).")
    facts: list[tuple[str, str]] = []
    if error is not None:
        where = f"{error.object}: " if error.object else ""
        facts.append(("Why", f"{where}{sentence(error.what)}"))
    elif translation.findings:
        facts += [("" if number else "Why", sentence(one)) for number, one in enumerate(translation.findings)]
    elif translation.state in OPERATOR:
        facts.append(("Why", sentence(row.means)))
    facts += [("Next", step), ("Who", MOVERS[mover])]
    if under_way:
        facts.append(("When", f"now: work on it is under way ({under_way})"))
    elif due is not None:
        facts.append(("When", when(due)))
    if deadline is not None:
        late = "late since" if deadline < time.time() else "counts as late"
        facts.append(("Deadline", f"{late} {when(deadline)}"))
    for name, fact in facts:
        shell.say(line(name, fact, margins=(0, 9)))
