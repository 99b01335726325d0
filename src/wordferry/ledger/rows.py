"""Rows of batches and translations as our nouns, and the columns they are read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from wordferry.model.states import State
from wordferry.model.voyage import Batch, Translation, Unit

__all__ = ["BATCH", "TRANSLATION", "UNIT_COLUMNS", "batch_of", "translation_of"]

T = [name for name in Translation.__struct_fields__ if name != "units"]
TRANSLATION = f"SELECT {', '.join('t.' + name for name in T)} FROM translation t"
B = list(Batch.__struct_fields__)
BATCH = f"SELECT {', '.join('b.' + name for name in B)} FROM batch b"
UNIT_COLUMNS = list(Unit.__struct_fields__)


def batch_of(row: Sequence[Any]) -> Batch:
    """A row of `BATCH`."""
    fields = dict(zip(B, row, strict=True))
    fields["settings"] = msgspec.json.decode(fields["settings"])
    fields["remote"] = msgspec.json.decode(fields["remote"]) if fields["remote"] else None
    fields["prepared"] = bool(fields["prepared"])
    return Batch(**fields)


def translation_of(row: Sequence[Any], units: tuple[Unit, ...]) -> Translation:
    """A row of `TRANSLATION` with its units."""
    fields = dict(zip(T, row, strict=True))
    fields["state"] = State(fields["state"])
    fields["findings"] = tuple(msgspec.json.decode(fields["findings"])) if fields["findings"] else ()
    fields["overwrite"] = bool(fields["overwrite"])
    return Translation(**fields, units=units)
