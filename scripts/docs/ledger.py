"""The page `ledger.md`."""

from __future__ import annotations

from typing import Any

from scripts.docs.reading import Gap, attributes, code, complete, table
from wordferry.ledger import operations, rhythms, slices, subscriptions, targets
from wordferry.ledger.tables import METADATA
from wordferry.model.plan import Plan
from wordferry.model.voyage import Batch, Receipt, Translation, Unit

#: Table → what it holds, and where its columns are explained.
TABLES: dict[str, tuple[str, tuple[type[Any], ...]]] = {
    "meta": ("Facts about this ledger; `installation` is its id.", ()),
    "plan": ("Plans as drawn, so that `apply` does exactly that.", (Plan,)),
    "batch": ("The items of one route sent together.", (Batch,)),
    "translation": ("The unit of state.", (Translation,)),
    "unit": ("The vendor's objects of a translation: one for each level and part.", (Unit,)),
    "slice": ("Work claimed together for one short run.", (slices.Slice,)),
    "operation": ("Outside effects.", (operations.Operation,)),
    "movement": ("Every change of state, for `wordferry trace`.", ()),
    "receipt": ("Proof of each delivery.", (Receipt,)),
    "target": ("What was last written to each target, and who may write it now.", (targets.Target,)),
    "inbox": ("What vendors told us, each event once.", ()),
    "subscription": ("Our webhooks and listeners at the vendors.", (subscriptions.Kept,)),
    "rhythm": ("How often a connection tells us something, and what looks brought.", (rhythms.Rhythm,)),
    "executor": ("Processes at work, with their heartbeat.", ()),
    "budget": ("Call budgets shared by all processes.", ()),
}
#: Columns that no docstring explains.
COLUMNS = {
    "meta.key": "name of the fact",
    "meta.value": "the fact",
    "plan.id": "its id",
    "plan.created": "epoch seconds",
    "plan.applied": "epoch seconds when it was accepted; empty before",
    "plan.body": "the whole plan as JSON",
    "batch.plan": "the plan it came from",
    "batch.slice": "the slice that works on it now",
    "batch.due": "epoch seconds of the next attempt; empty when nothing is to be done",
    "batch.looks": "attempts since the last success, for the growing pause",
    "batch.error": "the stored error that stands in its way",
    "batch.audit": "epoch seconds at which to look once more for doubles",
    "batch.remote_id": "the vendor's id of it, by which events name it",
    "batch.hinted": "epoch seconds at which to look because something hinted at it",
    "batch.drift": "epoch seconds at which to look although nothing hinted at it",
    "inbox.connection": "the connection it came for",
    "inbox.id": "the vendor's event id; with the connection it makes an event one",
    "inbox.told": "`webhook`, `callback` or `list`",
    "inbox.kind": "the vendor's name of what happened",
    "inbox.word": "the vendor's status word",
    "inbox.at": "epoch seconds as the vendor says; orders nothing",
    "inbox.subjects": "what it names, as JSON: batches, units, tickets, our own ids",
    "inbox.payload": "SHA-256 of the raw bytes",
    "inbox.size": "bytes of the body",
    "inbox.body": "the raw bytes, encrypted; kept for 30 days",
    "inbox.received": "epoch seconds when it first came",
    "inbox.last": "epoch seconds when it last came",
    "inbox.copies": "how often it came",
    "inbox.tries": "how often it was read in vain",
    "inbox.due": "epoch seconds at which it is read; empty when that is done",
    "inbox.outcome": "what it led to",
    "batch.closing": "epoch seconds at which to see whether it can be closed at the vendor, if ever",
    "translation.act": "epoch seconds at which to act on a provider's refusal",
    "translation.slice": "the slice that holds it now",
    "translation.epoch": "the run of that slice; a write of an older run changes nothing",
    "unit.connection": "the connection that the uid belongs to",
    "unit.translation": "its translation",
    "slice.id": "its id",
    "slice.kind": "`submit`, `prepare`, `deliver`, `cancel`, `audit` or `close`",
    "slice.connection": "the TMS connection",
    "slice.batch": "the batch it works on as a whole, if it does",
    "slice.attempt": "counts its starts",
    "slice.epoch": "counts its runs",
    "slice.owner": "the process that runs it",
    "slice.state": "`open` or `done`",
    "slice.created": "epoch seconds of this attempt",
    "slice.finished": "epoch seconds",
    "slice.error": "why it was given up",
    "operation.key": "the deterministic key, see [Operations](operations.md)",
    "operation.kind": "what it does",
    "operation.label": "the object, for people",
    "operation.batch": "its batch",
    "operation.translation": "its translation, when it belongs to one",
    "operation.slice": "the slice on whose behalf it was last begun",
    "operation.epoch": "the run of that slice",
    "operation.owner": "the process that began it",
    "operation.attempt": "counts its beginnings",
    "operation.begun": "epoch seconds",
    "operation.finished": "epoch seconds",
    "operation.result": "the stored result, as JSON",
    "operation.error": "the stored error, as JSON",
    "operation.facts": "further values for `trace`, as JSON",
    "movement.seq": "order",
    "movement.translation": "its translation",
    "movement.at": "epoch seconds",
    "movement.old": "state before; empty at the beginning",
    "movement.new": "state after",
    "movement.why": "one sentence",
    "movement.round": "the round it happened in",
    "target.content": "the content system",
    "target.target": "the target's name there",
    "target.slice": "the slice that may write it now",
    "target.epoch": "the run of that slice",
    "executor.id": "host, process id and a part that is new at every start",
    "executor.started": "epoch seconds, by the database's clock",
    "executor.beat": "epoch seconds of the last heartbeat, by the database's clock",
    "budget.key": "names the vendor key; never the secret itself",
    "budget.free": "epoch seconds at which the next block of calls is free",
}


def ledger_page() -> str:
    """`ledger/tables.py`."""
    complete("TABLES", {name: text for name, (text, _) in TABLES.items()}, METADATA.tables)
    parts = []
    used: set[str] = set()
    for name, (sentence, sources) in TABLES.items():
        drawn = METADATA.tables[name]
        told = {field: text for source in sources for field, text in attributes(source).items()}
        rows = []
        for column in drawn.columns:
            full = f"{name}.{column.name}"
            if full in COLUMNS:
                used.add(full)
            elif column.name not in told:
                raise Gap(f"scripts/docs, COLUMNS: missing {full}")
            notes = ["key"] * column.primary_key + ["may be empty"] * bool(column.nullable)
            rows.append(
                (
                    code(column.name),
                    str(column.type).lower(),
                    ", ".join(notes),
                    COLUMNS.get(full) or told[column.name],
                )
            )
        parts.append(f"## `{name}`\n\n{sentence}\n\n{table(('column', 'type', '', 'content'), rows)}")
    complete("COLUMNS", COLUMNS, used)
    return f"""# Tables of the ledger

The ledger is the truth of an installation. Times are epoch seconds (UTC), JSON stands in text columns, and both
databases keep the same tables. Reading them is fine; they are not a stable interface. Writing into them beside
Wordferry breaks its rules.

{(chr(10)).join(parts)}"""
