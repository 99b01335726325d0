#!/usr/bin/env python3
"""Writes the pages of docs/reference that are made from the code, so that they cannot drift from it.

    python scripts/docs.py            write them
    python scripts/docs.py --check    write nothing; fail when a page is not what the code says

Sentences that stand in no docstring are in the tables below, and each table has to be complete: a new operation, column
or log event without its sentence is an error, not a gap on a page.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import typer
from typer.testing import CliRunner

from wordferry import errors
from wordferry.cli.exit_codes import table as exit_code_table
from wordferry.cli.main import app
from wordferry.configuration import General, _RouteTable
from wordferry.ledger import operations, slices, targets
from wordferry.ledger.move import move
from wordferry.ledger.tables import METADATA
from wordferry.model import states
from wordferry.model.content import Source
from wordferry.model.identity import key, short
from wordferry.model.plan import Plan
from wordferry.model.voyage import Batch, Receipt, Translation, Unit
from wordferry.observe import FIELDS
from wordferry.ports.content_system import Written
from wordferry.ports.effect import Effect, Unknown
from wordferry.ports.registry import BUILT_IN, find
from wordferry.ports.tms import Parcel, Prepared, RemoteBatch
from wordferry.tms.phrase import states as phrase_states
from wordferry.tms.phrase.adapter import PhraseTMS
from wordferry.tms.phrase.api import auth
from wordferry.tms.phrase.api.jobs import Job
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection
from wordferry.tms.phrase.doubles import _cancel_job
from wordferry.transport import Endpoint, Kind, Resource

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "wordferry"
MADE = "<!-- Made by scripts/docs.py from the code. Change the code, then run `make docs`. -->\n"


class Gap(Exception):
    """Something in the code has no sentence here, or a sentence here has nothing in the code."""


# -- reading the code -----------------------------------------------------------------------------------------------


def complete(what: str, sentences: Mapping[str, str], names: Iterable[str]) -> Mapping[str, str]:
    """The sentences, when they are exactly those for the names."""
    wanted = set(names)
    if wanted != set(sentences):
        missing, idle = sorted(wanted - set(sentences)), sorted(set(sentences) - wanted)
        raise Gap(f"scripts/docs.py, {what}: missing {missing}, no longer needed {idle}")
    return sentences


def first_sentence(thing: Any) -> str:
    """The first sentence of a docstring, on one line."""
    text = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    if not text:
        raise Gap(f"{thing!r} has no docstring")
    return re.split(r"(?<=[.?])\s", text)[0]


def attributes(thing: type[Any]) -> dict[str, str]:
    """The entries below `Attributes:` or `Args:` of a docstring."""
    section = re.search(
        r"^(?:Attributes|Args):\n(.*?)(?=^\S|\Z)", inspect.getdoc(thing) or "", re.MULTILINE | re.DOTALL
    )
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", textwrap.dedent(section[1]).strip() if section else ""):
        name, colon, text = entry.partition(":")
        if colon:
            sentence = " ".join(text.split())
            # A lone sentence in a cell of a table needs no full stop.
            found[name.strip()] = sentence if ". " in sentence else sentence.rstrip(".")
    return found


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def code(text: object) -> str:
    """Text as code."""
    return f"`{text}`"


def span(seconds: float | None) -> str:
    """Seconds as people say them."""
    if seconds is None:
        return "–"
    for name, length in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= length and seconds % length == 0:
            number = int(seconds // length)
            return f"{number} {name}{'s' if number > 1 else ''}"
    return f"{seconds:g} s"


# -- states ---------------------------------------------------------------------------------------------------------


def states_page() -> str:
    """`model/states.py`."""
    rows = [
        (
            code(state),
            row.means,
            row.mover,
            row.next,
            span(row.deadline),
            ", ".join(code(target) for target in states.State if target in row.moves) or "–",
        )
        for state, row in states.TABLE.items()
    ]
    groups = [
        ("open", states.OPEN, "not settled; has a deadline"),
        ("waiting", states.WAITING, "the TMS moves next; polls look at these"),
        ("operator", states.OPERATOR, "a person moves next; `wordferry status` lists them"),
        ("settled", states.SETTLED, "done, until the vendor reopens it"),
    ]
    return f"""# States of a translation

One translation is one revision of one item in one target locale. It is in one of {
        len(states.TABLE)
    } states, and
it changes only along this table. [States and what moves them](../explanation/states.md) explains it in sentences.

{table(("state", "means", "who moves it", "what happens next", "stuck after", "may become"), rows)}
A translation that stays longer in its state than *stuck after* is shown by `wordferry status --stuck`. Nothing else
happens to it: it is not given up.

## Groups

{
        table(
            ("group", "states", "meaning"),
            [
                (name, ", ".join(code(s) for s in states.State if s in group), text)
                for name, group, text in groups
            ],
        )
    }
## Diagram

```mermaid
{states.mermaid().rstrip()}
```
"""


# -- errors ---------------------------------------------------------------------------------------------------------


def errors_page() -> str:
    """`errors.py` and `cli/exit_codes.py`."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    drawn = set(re.findall(r"\b([A-Z]\w+)\b(?=\s{2,}|$)", tree, re.MULTILINE)) & set(errors.ERRORS)
    if drawn | {"WordferryError"} != set(errors.ERRORS):
        raise Gap("the tree in the docstring of errors.py does not show every class")
    rows = [
        (
            code(name),
            code(cls.__base__.__name__ if cls.__base__ is not None else ""),
            first_sentence(cls),
            cls.default_next or "–",
            cls.exit_code,
        )
        for name, cls in errors.ERRORS.items()
        if cls is not errors.WordferryError
    ]
    fields = [(code(name), text) for name, text in attributes(errors.WordferryError).items()]
    return f"""# Errors and exit codes

Every error of Wordferry is one of these classes, sorted by what to do next. Handlers catch a class, never a message.
Each error can be stored and rebuilt, so a run after a crash takes the same branch as the one before it.

```text
{tree.rstrip()}
```

{table(("class", "is a", "means", "what the reader should do, unless it says otherwise", "exit code"), rows)}
## What an error carries

{table(("field", "content"), fields)}
## Exit codes of the command line

{exit_code_table().replace("`| ", "`" + chr(92) + "| ")}
"""


# -- configuration --------------------------------------------------------------------------------------------------

#: `[route.NAME]`.
ROUTE = {
    "content": "name of a `[content.…]` table",
    "tms": "name of the `[tms.…]` table that the route uses now. Changing this one line moves the route.",
    "variant": "accepted and kept; it changes nothing in this version",
    "on": "one table for each connection that the route may use: `[route.NAME.on.CONNECTION]`, see below",
}
#: Settings that are read and have no effect yet: said here, so that nobody waits for one.
IDLE = {"public_url": "No effect in this version: there are no receivers yet."}


def _type(kind: msgspec.inspect.Type) -> str:
    inspected = msgspec.inspect
    match kind:
        case inspected.LiteralType(values=values):
            return ", ".join(code(f'"{value}"') for value in values)
        case inspected.UnionType(types=types):
            return " or ".join(_type(one) for one in types if not isinstance(one, inspected.NoneType))
        case inspected.DictType(value_type=inspected.AnyType() | inspected.DictType()):
            return "table of tables"
        case inspected.DictType():
            return "table: text = text"
        case inspected.VarTupleType(item_type=item):
            return f"list of {_type(item)}"
        case inspected.BoolType():
            return "true or false"
        case inspected.IntType(ge=least) | inspected.FloatType(ge=least) if least is not None:
            return f"number, at least {least}"
        case inspected.FloatType(gt=above) if above is not None:
            return f"number above {above}"
        case inspected.IntType() | inspected.FloatType():
            return "number"
        case inspected.StrType():
            return "text"
    raise Gap(f"scripts/docs.py cannot name the type {kind!r}")


def _default(field: msgspec.inspect.Field) -> str:
    if field.required:
        return "**required**"
    value = field.default
    if value is msgspec.NODEFAULT:
        value = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else None
    if value is None or value in ((), {}, []):
        return "none" if value is None else "empty"
    if isinstance(value, str):
        return code(f'"{value}"')
    return code(
        str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
    )


def settings(kind: type[Any], sentences: Mapping[str, str] | None = None) -> str:
    """The settings of a struct as a table."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    told = complete(kind.__name__, sentences or attributes(kind), (field.name for field in info.fields))
    rows = []
    for field in sorted(info.fields, key=lambda field: not field.required):
        text = told[field.name]
        if kind is General and field.name in IDLE:
            text = f"{text.rstrip('.')}. {IDLE[field.name]}"
        rows.append((code(field.name), _type(field.type), _default(field), text))
    return table(("setting", "type", "default", "meaning"), rows)


def configuration_page() -> str:
    """`configuration.py` and the settings that each plugin declares."""
    complete("ROUTE", ROUTE, _RouteTable.__struct_fields__)
    parts = [
        f'## `[content.NAME]` with `kind = "{kind}"`\n\n{settings(find("content", kind).settings)}'
        for kind in BUILT_IN["content"]
    ]
    for kind in BUILT_IN["tms"]:
        plugin = find("tms", kind)
        assert plugin.route is not None
        secrets = ", ".join(code(name) for name in plugin.secrets)
        parts.append(
            f'## `[tms.NAME]` with `kind = "{kind}"`\n\n{settings(plugin.settings)}\n'
            f"References to secrets: {secrets}.\n\n"
            f"## `[route.NAME.on.CONNECTION]` when that connection is `{kind}`\n\n{settings(plugin.route)}"
        )
    return f"""# `wordferry.toml`

One file holds the whole configuration. Commands look for it in the current folder, or in the one that
`--directory` names. Relative paths in it start at its folder. A table or setting that is not on this page is an error.

A secret never stands in the file. A setting that needs one holds a reference: `env:NAME` (environment variable),
`file:PATH` or `keyring:SERVICE/USER` (needs the package `keyring`). See [Secrets](../howto/secrets.md).

A batch under way keeps the route settings it was accepted with. A change counts from the next plan on.

## `[wordferry]`

{settings(General)}
## `[route.NAME]`

{settings(_RouteTable, ROUTE)}
{(chr(10)).join(parts)}"""


# -- Phrase words ---------------------------------------------------------------------------------------------------


def phrase_words_page() -> str:
    """`tms/phrase/states.py`."""
    words = list(phrase_states.PHASES)

    def judged(*levels: str) -> str:
        units = [Unit(uid=f"u{n}", locale="de", level=n, word=word) for n, word in enumerate(levels, 1)]
        state = phrase_states.judge(units, levels=len(levels))
        assert state is not None
        return str(state)

    single = [(code(word), phrase_states.PHASES[word], code(judged(word))) for word in words]
    matrix = [(code(first), *(judged(first, last) for last in words)) for first in words]
    hooks = [(code(theirs), code(rest)) for theirs, rest in phrase_states.WEBHOOK_WORDS.items()]
    imports = [(code(theirs), ours) for theirs, ours in phrase_states.IMPORTS.items()]
    return f"""# Words of Phrase

What Phrase says about a job, and the state that it means here. One file in one language has a job for each workflow
level; all of them together decide. The tables are what the code answers when it is asked about each pair.

## One workflow level

{table(("Phrase says", "about this level", "state"), single)}
`DELIVERED` without our receipt means that somebody clicked: the file still has to come home, so it is *translated*.

## Two workflow levels

Rows are the word of the first level, columns that of the last.

{table(("", *(code(word) for word in words)), matrix)}
Read from the top: a failed import, cancelled, declined at the level that is being worked on, rejected, all
parts of the last level done, nobody has begun, else being worked on. A word that is not in the table moves
nothing; it is kept as it came.

## Import

{table(("`importStatus.status`", "ours"), imports)}
Any job of a translation with `ERROR` makes it `failed`, whatever the other words are.

## Words in webhooks

Webhooks use other words than the REST interface. Trap: `COMPLETED` in a webhook is `DELIVERED` in REST. There is no
receiver for webhooks in this version; the table is here for those who read them with
[the client](../howto/phrase-client.md) alone.

{table(("webhook", "REST"), hooks)}"""


# -- operations -----------------------------------------------------------------------------------------------------

#: Kind of operation → what is looked at when its outcome is unknown.
LOOKED_AT = {
    "create-project": "projects whose name holds the batch's marker, made since its plan, archived ones too",
    "create-job": "jobs of all workflow levels whose file name is the marked one; only missing locales are sent again",
    "assign": "which jobs have providers; the template is applied again only when some have none",
    "analyse": "analyses of the project that carry our name",
    "notify": "nothing can be looked at",
    "export": "nothing; a second export leaves one behind that nobody fetches",
    "download": "nothing; the ticket counts as used, and the next round asks for a new export",
    "write": "the hash of the target: equal to the new one means written",
    "set-delivered": "the status of the job",
    "cancel": "the status of every job of the translation",
    "cancel-double": "the status of the second project or job",
}
#: What follows from each answer to "what if the outcome is unknown?".
THEN = {
    "look_up": "looked up: adopted when it is there, done when it is certainly not",
    "repeat": "done again",
    "never": "never done again",
    "once": "taken as done, and reported as such",
}
STAGE = {
    "create-project": "submission",
    "create-job": "submission",
    "assign": "submission (prepare)",
    "analyse": "submission (prepare)",
    "notify": "submission (prepare)",
    "export": "delivery",
    "download": "delivery",
    "write": "delivery",
    "set-delivered": "delivery",
    "cancel": "submission (cancel)",
    "cancel-double": "monitoring (audit)",
}


def made_up_client() -> PhraseClient:
    """A client that is never used to call anybody."""
    return PhraseClient(
        platform_url="https://example.com", tms_url="https://example.com/web", api_token=lambda: ""
    )


async def effects() -> list[Effect[Any]]:
    """One of each effect, as the code makes it, for a made-up translation."""
    client = made_up_client()
    tms = PhraseTMS("phrase", client, Connection("https://example.com", "https://example.com/web", "env:X"))
    route = {
        "template": "TEMPLATE",
        "locales": {"de": "LOCALES"},
        "assign": True,
        "analyse": True,
        "notify": "MAIL",
    }
    batch = Batch("BATCH", "route", "CONTENT", "phrase", route, "batch name", "MARKER", "en", 0.0)
    remote = RemoteBatch(id="PROJECT", facts={"template": "TEMPLATE"})
    translation = sample(units=(Unit(uid="JOB", locale="de"),))
    source = Source("ITEM", "NAME", "SOURCE-HASH", 0, None, None, "FILE-NAME")
    parcel = Parcel(source=source, path=Path("-"), locales=("LOCALES",), family=("LOCALES",))
    out: list[Effect[Any]] = [tms.open_batch(batch, locales=["de"]), tms.submit(batch, remote, parcel)]
    done: dict[str, Prepared] = {}
    while steps := tms.preparations(batch, remote, [translation], done):
        out += steps
        done |= {step.key: Prepared(step=step.kind, units=("JOB",)) for step in steps}
    out += [
        tms.export(remote, translation),
        tms.download(remote, translation, "TICKET", to=Path("-")),
        written(batch, translation),
        tms.confirm(remote, translation, delivered="DELIVERED-HASH"),
        tms.cancel(remote, translation),
        _cancel_job(tms, remote.id, Job(uid="JOB")),
    ]
    await client.close()
    return out


def sample(**fields: Any) -> Translation:
    """A made-up translation whose fields are their own names."""
    plain: dict[str, Any] = {
        "id": "TRANSLATION",
        "batch": "BATCH",
        "item": "ITEM",
        "name": "NAME",
        "revision": "SOURCE-HASH",
        "size": 0,
        "format": None,
        "encoding": None,
        "file_name": "FILE-NAME",
        "locale": "de",
        "vendor_locale": "de",
        "target": "TARGET",
        "baseline": None,
        "state": states.State.TRANSLATED,
        "since": 0.0,
        "round": "ROUND",
        "ticket": "TICKET",
        "blob": "DELIVERED-HASH",
    }
    return Translation(**(plain | fields))


def written(batch: Batch, translation: Translation) -> Effect[Any]:
    """The effect that `delivery/write_back.py` makes: its expression, evaluated for the made-up translation."""
    tree = ast.parse((SOURCE / "delivery" / "write_back.py").read_text(encoding="utf-8"))
    made = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Effect"
    ]
    names: dict[str, Any] = {"key": key, "Unknown": Unknown, "Written": Written}
    names |= {"translation": translation, "crossing": SimpleNamespace(batch=batch)}
    values = {
        word.arg: eval(ast.unparse(word.value), names)  # noqa: S307 -- our own source, read from our own checkout
        for word in made[0].keywords
        if word.arg is not None and word.arg not in ("perform", "look_up")
    }
    return Effect(**values, perform=_unused)


async def _unused(_known: Any) -> Any:
    raise AssertionError("nothing is performed here")


def operations_page() -> str:
    """The effects of the stages and of Phrase, and `ports/effect.py`."""
    made = asyncio.run(effects())
    looked = complete("LOOKED_AT", LOOKED_AT, (effect.kind for effect in made))
    stage = complete("STAGE", STAGE, (effect.kind for effect in made))
    then = complete("THEN", THEN, Unknown)
    hidden = short("file", "FILE-NAME")
    rows = [
        (
            code(effect.kind),
            stage[effect.kind],
            code(effect.key.replace(hidden, "FILE-NAME-HASH")),
            then[effect.unknown],
            looked[effect.kind],
            span(effect.timeout),
            span(effect.settle) if effect.unknown is Unknown.LOOK_UP else "–",
        )
        for effect in made
    ]
    fields = attributes(operations.Operation)
    return f"""# Operations

Everything that changes something outside is an operation. Its row is committed before the effect, its result after. A
repeated key returns the stored result. [Exactly once](../explanation/exactly-once.md) explains the rules.

{table(("operation", "stage", "key", "when its outcome is unknown", "what is looked at", "deadline", "settle"), rows)}
Words in capitals stand for the value. `ROUND` counts a translation's passes through delivery, from 1. *Deadline*
is how long the call may be under way; a file adds a second for each megabyte. *Settle* is how long after that an
empty look-up does not count, because the other side may still be working. Except for `write`, both are `timeout`
and `settle` of the [connection](configuration.md), shown with their defaults.

## States of an operation

`state`: {fields["state"]}

`how`: {fields["how"]}
"""


# -- logs -----------------------------------------------------------------------------------------------------------

EVENTS = {
    "call": "one attempt of a call to a vendor",
    "state.moved": "a translation changed its state",
    "operation.failed": "an operation ended with an error that does not pass by itself",
    "poll.failed": "a look at a batch got no answer; it is looked at again",
    "submit.crashed": "sending an item ended with an error nobody foresaw; its siblings go on",
    "delivery.crashed": "a delivery ended with an error nobody foresaw; its siblings go on",
    "delivery.conflict": "a delivery met another run; nothing was changed by this one",
    "reconcile.conflict": "a translation moved while the vendor was asked; the next look starts from there",
    "slice.stopped": "a run of a slice ended with one of our errors; what is left is taken up again",
    "slice.crashed": "a run of a slice ended with an error nobody foresaw; it is started again",
    "poll.crashed": "a look broke off for a reason nobody foresaw; it is made again when it is due",
    "engine.set_aside": "the engine's file was broken and was moved aside; the ledger knows all there is to do",
    "engine.failed": "the engine could not record how a run ended; the slice tells the truth",
    "sweep.failed": "the database did not answer; the sweep goes on",
    "withdraw.failed": "the job of a replaced translation could not be cancelled; it costs work there, nothing here",
    "cancel.failed": "a translation could not be cancelled; it stays what it was",
    "double.seen": "a poll saw a second job of a translation; the batch is looked through",
    "double.cancelled": "a second project or job was cancelled",
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


# -- command line ---------------------------------------------------------------------------------------------------

WIDTH = 100


def commands_page() -> str:
    """`wordferry … --help` of every command."""
    group: Any = typer.main.get_command(app)

    def help_of(*words: str) -> str:
        result = CliRunner().invoke(
            app, [*words, "--help"], prog_name="wordferry", terminal_width=WIDTH, color=False
        )
        if result.exit_code != 0:
            raise Gap(f"`wordferry {' '.join(words)} --help` fails: {result.output}")
        lines = (line.rstrip() for line in result.output.strip().splitlines())
        return "```text\n" + "\n".join(lines) + "\n```\n"

    parts = [f"## `wordferry {name}`\n\n{help_of(name)}" for name in group.commands]
    return f"""# Commands

What each command says about itself. [How the command line behaves](../howto/command-line.md) has what they
share: output for programs, exit codes, signals.

{help_of()}
{(chr(10)).join(parts)}"""


# -- Phrase client --------------------------------------------------------------------------------------------------

#: Methods that make their call through another one.
BEHIND = {"download": "stream", "original": "stream_original", "all_levels": "list"}
REPEAT = {Kind.READ: "read", Kind.EFFECT: "effect", Kind.ONCE: "single use"}


def endpoints(function: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> list[Endpoint[Any]]:
    """The endpoints that a function uses, itself or through functions of `api/`."""
    function = inspect.unwrap(function)
    names, space = function.__code__.co_names, function.__globals__
    found: list[Endpoint[Any]] = []
    for name in names:
        value = space.get(name)
        if isinstance(value, Endpoint):
            found.append(value)
        elif isinstance(value, dict):
            found += [one for one in value.values() if isinstance(one, Endpoint)]
        elif inspect.ismodule(value) and value.__name__.startswith("wordferry.tms.phrase.api."):
            for other in names:
                inner = getattr(value, other, None)
                if inspect.isfunction(inner) and inner.__module__ == value.__name__ and inner not in seen:
                    found += endpoints(inner, seen | {inner})
    return found


def _arguments(method: Callable[..., Any]) -> str:
    parts: list[str] = []
    star = False
    for name, part in inspect.signature(method).parameters.items():
        if part.kind is part.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        parts.append(name if part.default is part.empty else f"{name}=…")
    return ", ".join(parts)


def phrase_client_page() -> str:
    """The resources of `PhraseClient`."""
    client = made_up_client()
    parts = []
    for resource_name, resource in vars(client).items():
        if not isinstance(resource, Resource):
            continue
        rows = []
        for name in vars(type(resource)):
            if name.startswith("_") or name == "largest":
                continue
            method = getattr(resource, name)
            used = endpoints(getattr(resource, BEHIND.get(name, name)))
            rows.append(
                (
                    code(f"{resource_name}.{name}({_arguments(method)})"),
                    ", ".join(sorted({code(f"{one.method} {one.path}") for one in used})) or "–",
                    ", ".join(sorted({REPEAT[one.kind] for one in used})) or "–",
                    first_sentence(method),
                )
            )
        parts.append(
            f"## `client.{resource_name}`\n\n{first_sentence(type(resource))}\n\n"
            f"{table(('call', 'request', 'kind', 'does'), rows)}"
        )
    exchange = auth.exchange("-").endpoint
    return f"""# Calls of the Phrase client

`from wordferry.phrase import PhraseClient`. [How to use it alone](../howto/phrase-client.md) has an example that
runs. Paths stand below `tms_url`; the token is exchanged below `platform_url` at `{exchange.method} {exchange.path}`
and renewed by itself.

*read*: repeated by itself after anything that passes. *effect*: repeated by itself only when it certainly did not
happen; otherwise it ends as `OutcomeUnknown`. *single use*: spent when it starts, never repeated once it left.
Methods named `list`, `pending` and `all_levels` are asynchronous iterators over all pages.
`help(client.jobs.create)` shows arguments, results and errors.

{(chr(10)).join(parts)}"""


# -- ledger ---------------------------------------------------------------------------------------------------------

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
    "translation.slice": "the slice that holds it now",
    "translation.epoch": "the run of that slice; a write of an older run changes nothing",
    "unit.connection": "the connection that the uid belongs to",
    "unit.translation": "its translation",
    "slice.id": "its id",
    "slice.kind": "`submit`, `prepare`, `deliver`, `cancel` or `audit`",
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
                raise Gap(f"scripts/docs.py, COLUMNS: missing {full}")
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


# -- pages ----------------------------------------------------------------------------------------------------------

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "configuration.md": configuration_page,
    "errors.md": errors_page,
    "ledger.md": ledger_page,
    "logging.md": logging_page,
    "operations.md": operations_page,
    "phrase-client.md": phrase_client_page,
    "phrase-words.md": phrase_words_page,
    "states.md": states_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages; 1 when one differs or cannot be made."""
    checking = list(arguments) == ["--check"]
    if arguments and not checking:
        print(__doc__, file=sys.stderr)
        return 2
    differ = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        try:
            text = (MADE + "\n" + make()).encode()
        except Gap as gap:
            print(gap, file=sys.stderr)
            return 1
        if not path.is_file() or path.read_bytes() != text:
            differ.append(path.relative_to(ROOT).as_posix())
            if not checking:
                path.write_bytes(text)
    for shown in differ:
        print(f"{shown}: {'not what the code says; run `make docs`' if checking else 'written'}")
    return int(checking and bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
