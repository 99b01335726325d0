"""`wordferry reconcile`: compares what the TMS has with what the ledger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wordferry.cli.exit_codes import Exit
from wordferry.cli.options import Directory, Json, Quiet
from wordferry.cli.shell import Shell
from wordferry.cli.wording import count
from wordferry.errors import Vanished, WordferryError

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.model.voyage import Batch
    from wordferry.monitoring import Orphan

__all__ = ["reconcile"]


def reconcile(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only compare and report; change nothing anywhere.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    directory: Directory = None,
) -> None:
    """Compare every batch with the TMS, and set right what differs.

    Reports what only one side has, whole projects too, and what the TMS has moved. A project that this ledger does not
    know is never touched. Without --dry-run each batch is looked at and searched
    for doubles by the worker at once, instead of once a day. Ends with 5 when the sides differ.
    """
    shell = Shell(json=json, quiet=quiet, directory=directory)

    async def work() -> int:
        from wordferry.monitoring import orphans

        async with shell.ferry() as ferry:
            batches = [batch for batch in await ferry.ledger.voyages.batches() if batch.remote is not None]
            found: list[dict[str, Any]] = []
            for batch in batches:
                try:
                    found += await _compared(ferry, batch)
                except WordferryError as error:
                    found.append(_finding(batch.id, batch.connection, "unseen", batch.name, str(error)))
            for name, routes in ferry.configuration.routes_by_connection.items():
                try:
                    unknown = await orphans(ferry.ledger, name, ferry.connections[name], routes)
                except WordferryError as error:
                    found.append(_finding("", name, "unseen", f"list of {name}", str(error)))
                    continue
                found += [_orphaned(one) for one in unknown]
            shell.document({"batches": len(batches), "dry_run": dry_run, "findings": found})
            if shell.speaks and found:
                from wordferry.cli.screen import columns

                shell.say(
                    columns(
                        ["batch", "what", "object", "says"],
                        [(one["batch"], one["what"], one["object"], one["says"]) for one in found],
                        wide="says",
                    )
                )
            shell.say(
                "", f"{count(len(batches), 'batch', 'batches')} compared: {count(len(found), 'difference')}."
            )
            if not dry_run and batches:
                from wordferry.cli.hands import carried_on_by

                await ferry.ledger.hints.look_at([batch.id for batch in batches])
                shell.say(await carried_on_by(ferry.configuration, ferry.ledger))
            return Exit.DIFFERENT if found else Exit.OK

    shell.run(work)


async def _compared(ferry: Ferry, batch: Batch) -> list[dict[str, Any]]:
    import msgspec

    from wordferry.model.states import SETTLED
    from wordferry.ports.tms import RemoteBatch

    tms = ferry.connections[batch.connection]
    remote = msgspec.convert(batch.remote, RemoteBatch)
    translations = await ferry.ledger.voyages.of_batch(batch.id)
    try:
        seen = [pair async for pair in tms.observe(remote)]
    except Vanished as error:
        return [_finding(batch.id, batch.connection, "vanished", remote.id, error.what)]
    known = {unit.uid: translation for translation in translations for unit in translation.units}
    names = {translation.file_name for translation in translations}
    there = {unit.uid: (name, unit) for name, unit in seen}
    found = []
    for uid, (name, unit) in there.items():
        if uid not in known:
            ours = (
                "a second job of a file of ours" if name in names else "somebody else's, or of a lost ledger"
            )
            found.append(
                _finding(batch.id, batch.connection, "orphan", f"{name} → {unit.locale} ({uid})", ours)
            )
    for translation in translations:
        if translation.state in SETTLED or not translation.units:
            continue
        place = f"{translation.name} → {translation.locale}"
        shown = [there[unit.uid][1] for unit in translation.units if unit.uid in there]
        if not shown:
            found.append(
                _finding(batch.id, batch.connection, "vanished", place, "the TMS does not list its jobs")
            )
            continue
        before = {unit.uid: unit.word for unit in translation.units}
        words = sorted({f"{before[u.uid]} → {u.word}" for u in shown if before[u.uid] != u.word})
        if words:
            found.append(_finding(batch.id, batch.connection, "moved", place, ", ".join(words)))
    return found


def _orphaned(one: Orphan) -> dict[str, Any]:
    says = f"{one.whose.value} ({one.seen.id})"
    return _finding(one.batch or "", one.connection, "orphan", one.seen.name, says)


def _finding(batch: str, connection: str, what: str, object_: str, says: str) -> dict[str, Any]:
    return {"batch": batch, "connection": connection, "what": what, "object": object_, "says": says}
