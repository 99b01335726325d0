"""Lionbridge's part of the page `operations.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wordferry.model.content import Source
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit
from wordferry.ports.effect import Effect
from wordferry.ports.tms import Parcel, Prepared, RemoteBatch
from wordferry.tms.lionbridge.adapter import LionbridgeTMS
from wordferry.tms.lionbridge.client import LionbridgeClient
from wordferry.tms.lionbridge.closing import closing
from wordferry.tms.lionbridge.config import Connection
from wordferry.tms.lionbridge.doubles import delete_double
from wordferry.tms.lionbridge.states import REVIEW

__all__ = ["LOOKED_AT", "STAGE", "effects"]

#: Kind of operation → what is looked at when its outcome is unknown.
LOOKED_AT = {
    "open-job": "jobs with our label, else with exactly our name, archived ones too",
    "add-requests": "requests of the job with our `sourceNativeId`, all pages; only missing languages are sent again",
    "update-source": "the source file of a request, or its texts: equal to the newer source means updated",
    "support-asset": "support assets of the job with our file name",
    "tm-update": "updates of the memory with our file name and that language",
    "tidy": "nothing; what is deleted already is not found again",
    "submit-job": "the status of the job: anything but `CREATED` means submitted",
    "retrieve": "nothing; a translation can be fetched any number of times",
    "approve": "the status of the request",
    "reject": "the status of the request",
    "drain": "the status of the request",
    "complete-job": "the status of the job; one that was cancelled there stays so",
    "archive-job": "whether the job is archived; Lionbridge may have done it by itself",
    "delete-double": "whether the second job is still there",
}
STAGE = {
    "open-job": "submission",
    "add-requests": "submission",
    "update-source": "submission",
    "support-asset": "submission (prepare)",
    "tm-update": "submission (prepare)",
    "tidy": "submission (prepare)",
    "submit-job": "submission (prepare)",
    "retrieve": "delivery",
    "approve": "delivery",
    "reject": "delivery",
    "drain": "monitoring (close)",
    "complete-job": "monitoring (close)",
    "archive-job": "monitoring (close)",
    "delete-double": "monitoring (audit)",
}


def made_up_client() -> LionbridgeClient:
    """A client that is never used to call anybody."""
    return LionbridgeClient(client_id="ID", client_secret="SECRET")  # noqa: S106 -- no secret of anybody


async def effects(translation: Translation) -> list[Effect[Any]]:
    """One of each effect, as the code makes it.

    Args:
        translation: a made-up one.
    """
    client = made_up_client()
    tms = LionbridgeTMS(
        "lionbridge", client, Connection("env:X", "env:Y"), folder=Path("-"), installation="INSTALLATION"
    )
    route = {
        "provider": "PROVIDER",
        "locales": {"de": "LOCALES"},
        "glossary": "FILE",
        "memory": {"de": "FILE"},
        "complete_after": 0.0,
        "archive_after": 0.0,
    }
    batch = Batch("BATCH", "route", "CONTENT", "lionbridge", route, "batch name", "MARKER", "en", 0.0)
    remote = RemoteBatch(id="JOB", facts={"rework": 1})
    one = _with(translation, State.TRANSLATED, REVIEW)
    source = Source("ITEM", "NAME", "SOURCE-HASH", 0, None, None, "FILE-NAME")
    parcel = Parcel(
        source=source, path=Path("-"), locales=("LOCALES",), family=("LOCALES",), edition="EDITION"
    )
    out: list[Effect[Any]] = [
        tms.open_batch(batch, locales=["de"]),
        tms.submit(batch, remote, parcel),
        tms.update_source(batch, remote, parcel, [one]),
    ]
    done: dict[str, Prepared] = {}
    while steps := tms.preparations(batch, remote, [one], done):
        out += steps
        done |= {step.key: Prepared(step=step.kind) for step in steps}
    rejected = tms.reject(remote, _first_round(one), ["FINDINGS"])
    assert rejected is not None
    out += [
        tms.download(remote, one, "REQUEST.ROUND", source=Path("-"), to=Path("-")),
        tms.confirm(remote, one, delivered="DELIVERED-HASH"),
        rejected,
        *closing(tms, batch, remote, [_gone(translation)], quiet=1.0).effects,
        delete_double(tms, "SECOND-JOB"),
    ]
    await client.close()
    return out


def _with(translation: Translation, state: State, word: str) -> Translation:
    """The made-up translation in a state, its request with a word."""
    return _replaced(translation, state=state, units=(Unit(uid="REQUEST", locale="de", word=word),))


def _gone(translation: Translation) -> Translation:
    return _first_round(_with(translation, State.CANCELLED, REVIEW))


def _first_round(translation: Translation) -> Translation:
    return _replaced(translation, round=1)


def _replaced(translation: Translation, **fields: Any) -> Translation:
    plain = {name: getattr(translation, name) for name in translation.__struct_fields__}
    return Translation(**(plain | fields))
