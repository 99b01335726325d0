"""The page `operations.md`."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from scripts.docs import lionbridge_operations as lionbridge
from scripts.docs.reading import SOURCE, attributes, code, complete, span, table
from wordferry.ledger import operations
from wordferry.model import states
from wordferry.model.content import Source
from wordferry.model.identity import key, short
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.content_system import ContentSystem, Written
from wordferry.ports.effect import Effect, Unknown
from wordferry.ports.tms import Parcel, Prepared, RemoteBatch
from wordferry.submission.remove import removal
from wordferry.tms.phrase.adapter import PhraseTMS
from wordferry.tms.phrase.api.jobs import Job
from wordferry.tms.phrase.client import PhraseClient
from wordferry.tms.phrase.config import Connection
from wordferry.tms.phrase.doubles import _cancel_job

#: Kind of operation → what is looked at when its outcome is unknown.
LOOKED_AT = {
    "create-project": "projects whose name holds the batch's marker, made since its plan, archived ones too",
    "create-job": "jobs of all workflow levels whose file name is the marked one; only missing locales are sent again",
    "update-source": "the original file of a job: equal to the newer source means updated",
    "preview": "nothing; a package that no job refers to is harmless",
    "assign": "which jobs have providers; the template is applied again only when some have none",
    "analyse": "analyses of the project that carry our name",
    "notify": "nothing can be looked at",
    "export": "nothing; a second export leaves one behind that nobody fetches",
    "download": "nothing; the ticket counts as used, and the next round asks for a new export",
    "write": "the hash of the target: equal to the new one means written",
    "set-delivered": "the status of the job",
    "reassign": "which declined jobs have a provider again and are open; the rest is assigned once more",
    "cancel": "the status of every job of the translation",
    "remove": "whether the target is there",
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
    "preview": "submission",
    "create-job": "submission",
    "update-source": "submission",
    "assign": "submission (prepare)",
    "analyse": "submission (prepare)",
    "notify": "submission (prepare)",
    "export": "delivery",
    "download": "delivery",
    "write": "delivery",
    "set-delivered": "delivery",
    "reassign": "monitoring (reassign)",
    "cancel": "submission (cancel)",
    "remove": "submission (remove)",
    "cancel-double": "monitoring (audit)",
}


def _reassigned(tms: PhraseTMS, batch: Batch, remote: RemoteBatch) -> Effect[Any]:
    declined = sample(units=(Unit(uid="JOB", locale="de", word="DECLINED"),))
    effect = tms.reassign(batch, remote, declined, attempt=1)
    assert effect is not None
    return effect


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
        "on_decline": "reassign",
        "notify": "MAIL",
        "preview": "package",
        "preview_formats": (),
    }
    batch = Batch("BATCH", "route", "CONTENT", "phrase", route, "batch name", "MARKER", "en", 0.0)
    remote = RemoteBatch(id="PROJECT", facts={"template": "TEMPLATE"})
    translation = sample(units=(Unit(uid="JOB", locale="de"),))
    source = Source("ITEM", "NAME", "SOURCE-HASH", 0, None, None, "FILE-NAME")
    parcel = Parcel(source=source, path=Path("-"), locales=("LOCALES",), family=("LOCALES",))
    out: list[Effect[Any]] = [tms.open_batch(batch, locales=["de"])]
    preview = tms.preview(batch, remote, source, _unused)
    assert preview is not None
    out += [preview, tms.submit(batch, remote, parcel)]
    newer = Parcel(
        source=source, path=Path("-"), locales=("LOCALES",), family=("LOCALES",), edition="EDITION"
    )
    out.append(tms.update_source(batch, remote, newer, [translation]))
    done: dict[str, Prepared] = {}
    while steps := tms.preparations(batch, remote, [translation], done):
        out += steps
        done |= {step.key: Prepared(step=step.kind, units=("JOB",)) for step in steps}
    out += [
        tms.export(remote, translation),
        tms.download(remote, translation, "TICKET", source=Path("-"), to=Path("-")),
        written(batch, translation),
        tms.confirm(remote, translation, delivered="DELIVERED-HASH"),
        _reassigned(tms, batch, remote),
        tms.cancel(remote, translation),
        removal(cast("ContentSystem", None), batch, translation),
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


async def _unused(*_: Any) -> Any:
    raise AssertionError("nothing is performed here")


def readable(name: str, hidden: dict[str, str]) -> str:
    """A key with words in the place of hashes."""
    for hash_, word in hidden.items():
        name = name.replace(hash_, word)
    return name


def operations_page() -> str:
    """The effects of the stages and of Phrase, and `ports/effect.py`."""
    shared = asyncio.run(effects())
    theirs = asyncio.run(lionbridge.effects(sample()))
    fields = attributes(operations.Operation)
    return f"""# Operations

Everything that changes something outside is an operation. Its row is committed before the effect, its result after. A
repeated key returns the stored result. [Exactly once](../explanation/exactly-once.md) explains the rules.

## Phrase, and the write home

{_table(shared, LOOKED_AT, STAGE)}
## Lionbridge

{_table(theirs, lionbridge.LOOKED_AT, lionbridge.STAGE)}
The write home is the same for both. Nothing is exported: a translation that was delivered is ready.

## How to read the tables

Words in capitals stand for the value. `ROUND` counts a translation's passes through delivery, from 1. *Deadline*
is how long the call may be under way; a file adds a second for each megabyte. *Settle* is how long after that an
empty look-up does not count, because the other side may still be working. Except for `write`, both are `timeout`
and `settle` of the [connection](configuration.md), shown with their defaults.

## States of an operation

`state`: {fields["state"]}

`how`: {fields["how"]}
"""


#: Hashes in the keys of the made-up effects, and what they stand for.
HIDDEN = {
    short("file", "FILE-NAME"): "FILE-NAME-HASH",
    short("jobs", "JOB"): "JOBS-HASH",
    short("requests", "REQUEST"): "REQUESTS-HASH",
}


def _table(made: list[Effect[Any]], looked_at: dict[str, str], stages: dict[str, str]) -> str:
    looked = complete("LOOKED_AT", looked_at, (effect.kind for effect in made))
    stage = complete("STAGE", stages, (effect.kind for effect in made))
    then = complete("THEN", THEN, Unknown)
    rows = [
        (
            code(effect.kind),
            stage[effect.kind],
            code(readable(effect.key, HIDDEN)),
            then[effect.unknown],
            looked[effect.kind],
            span(effect.timeout),
            span(effect.settle) if effect.unknown is Unknown.LOOK_UP else "–",
        )
        for effect in made
    ]
    heads = (
        "operation",
        "stage",
        "key",
        "when its outcome is unknown",
        "what is looked at",
        "deadline",
        "settle",
    )
    return table(heads, rows)
