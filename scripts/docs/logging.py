"""The page `logging.md`."""

from __future__ import annotations

import ast

from scripts.docs.operations import sample
from scripts.docs.reading import SOURCE, code, complete, table
from wordferry.ledger.move import move
from wordferry.model import states
from wordferry.observe import FIELDS

EVENTS = {
    "call": "one attempt of a call to a vendor",
    "state.moved": "a translation changed its state",
    "operation.failed": "an operation ended with an error that does not pass by itself",
    "poll.failed": "a look at a batch got no answer; it is looked at again",
    "batch.vanished": "the vendor has no such project any more; what waited for it has failed",
    "event.not_stored": "a call of a vendor could not be stored and was answered 503; the vendor repeats it",
    "event.unreadable": "a verified body upset its reader; its bytes are stored",
    "events.silent": "events are silent for longer than usual, or left something out; the plain pace is back",
    "declined": "a provider declined, and a person has to see to it",
    "reassigned": "a declined job was offered to the template's providers once more",
    "reassign.failed": "a declined job could not be offered anew; a person has to see to it",
    "subscription.broken": "a webhook or listener of ours is gone, switched off or wrong at the vendor",
    "subscription.mended": "it was made or repaired",
    "subscription.crashed": "our registrations could not be looked at for a reason nobody foresaw",
    "subscription.unseen": "our registrations at a vendor could not be looked at; they are looked at again",
    "updates.failed": "a vendor's list of updates could not be read; it is read again",
    "updates.refused": "a vendor's list of updates was refused; a person has to look at it",
    "updates.crashed": "a vendor's list of updates could not be read for a reason nobody foresaw; it is read again",
    "submit.crashed": "sending an item ended with an error nobody foresaw; its siblings go on",
    "delivery.crashed": "a delivery ended with an error nobody foresaw; its siblings go on",
    "delivery.conflict": "a delivery met another run; nothing was changed by this one",
    "close.failed": "a settled batch could not be looked at or closed at the vendor; it is tried again",
    "rework.refused": "the vendor did not take a broken translation back; a person has to look at it",
    "reconcile.conflict": "a translation moved while the vendor was asked; the next look starts from there",
    "slice.stopped": "a run of a slice ended with one of our errors; what is left is taken up again",
    "slice.crashed": "a run of a slice ended with an error nobody foresaw; it is started again",
    "poll.crashed": "a look broke off for a reason nobody foresaw; it is made again when it is due",
    "engine.set_aside": "the engine's file was broken and was moved aside; the ledger knows all there is to do",
    "engine.failed": "the engine could not record how a run ended; the slice tells the truth",
    "sweep.failed": "the database did not answer; the sweep goes on",
    "withdraw.failed": "the job of a replaced translation could not be cancelled; it costs work there, nothing here",
    "update.refused": "the vendor takes no newer source under a job; the newer revision gets a job of its own",
    "remove.failed": "a target whose source is gone could not be removed; it is tried again after the next look",
    "watch.deaf": "the system tells no changes of files (any more); the periodic look finds them",
    "cancel.failed": "a translation could not be cancelled; it stays what it was",
    "orphan.seen": "the vendor has a project or job with a marker of ours that the ledger does not know; left alone",
    "drift.failed": "the look for orphans could not be made; it is made again tomorrow",
    "drift.crashed": "the look for orphans broke off for a reason nobody foresaw; it is made again tomorrow",
    "double.seen": "a poll saw a second job of a translation; the batch is looked through",
    "double.cancelled": "a second project or job was cancelled",
    "web.crashed": "a request met an error nobody foresaw; the caller got a 500 without its text",
    "preview.failed": "a preview could not be made or uploaded; the item travels without one",
    "preview.remarks": "a preview was made, and something in it could not be shown",
    "audit.failed": "a batch could not be looked through for doubles",
}


def logged() -> dict[str, tuple[set[str], set[str]]]:
    """Event → (levels, further fields), as the calls in the source say."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("event", "observe.event"):
                continue
            name = ast.literal_eval(node.args[0])
            levels, fields = found.setdefault(name, (set(), set()))
            given = {word.arg: word.value for word in node.keywords}
            level = given.pop("level", ast.Constant("info"))
            levels |= {
                one.value for one in ast.walk(level) if isinstance(one, ast.Constant) and one.value in LEVELS
            }
            fields |= {word for word in given if word is not None and word not in FIELDS}
    change = move(sample(state=states.State.PLANNED, round=1), states.State.SUBMITTED, "why")
    assert change.event is not None
    found["state.moved"][1].update(set(change.event) - set(FIELDS))
    return found


LEVELS = ("debug", "info", "warning", "error")


def logging_page() -> str:
    """`observe/fields.py`, and every event in the source."""
    found = logged()
    told = complete("EVENTS", EVENTS, found)
    rows = [
        (
            code(name),
            ", ".join(level for level in LEVELS if level in found[name][0]),
            told[name],
            ", ".join(code(field) for field in sorted(found[name][1])) or "–",
        )
        for name in EVENTS
    ]
    return f"""# Log fields and events

Logs go to standard error, so that `--json` output stays clean. `log_format` and `log_level` in
[`[wordferry]`](configuration.md#wordferry) choose form and detail; at the default level `warning` a run without
trouble logs nothing. [What is logged](../explanation/logging.md) explains why these fields.

## Fields of every event

All names are always there. A field that does not apply is `null`.

{table(("field", "content"), [(code(name), text) for name, text in FIELDS.items()])}
Beside them stand `event` and `level`.

## Events

{table(("event", "level", "when", "further fields"), rows)}
`outcome` of a call is `ok`, `renewed` (the token had ended and is exchanged), `abandoned` (the reader of a
download gave up) or the name of the [error class](errors.md). Bodies, file contents, tokens and headers are in no
event.

## Metrics

In a process that imports `prometheus_client`, its default registry holds:

{table(("metric", "meaning", "labels"), METRICS)}
No command serves them over HTTP in this version. A program that embeds Wordferry can:
`wordferry.transport.register_metrics(registry)` adds the first two to a registry of its own.
"""


METRICS = [
    ("`wordferry_calls_total`", "attempts of calls to a vendor", "`vendor`, `operation`, `outcome`"),
    ("`wordferry_call_seconds`", "their duration, a histogram", "`vendor`, `operation`"),
    ("`wordferry_operations_total`", "operations by how they ended", "`kind`, `how`"),
]
