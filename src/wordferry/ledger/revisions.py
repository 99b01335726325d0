"""Several revisions of one item: which batch takes the next one, and which translation is not the only one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from wordferry.ledger.database import Reader
from wordferry.ledger.rows import BATCH, batch_of
from wordferry.ledger.rows import T as COLUMNS
from wordferry.ledger.writer import Statement
from wordferry.model.plan import RoutePlan
from wordferry.model.states import OPEN, State
from wordferry.model.voyage import Batch, Claim, Translation

if TYPE_CHECKING:
    from wordferry.ledger.voyages import Voyages

__all__ = [
    "OUTDATED",
    "Revisions",
    "forgotten",
    "inherited",
    "inserted",
    "moved_out",
    "older_superseded",
]

#: The condition "a newer revision is about to take over its units": it is not fetched before that is decided.
OUTDATED = (
    "EXISTS (SELECT 1 FROM translation n WHERE n.item = t.item AND n.locale = t.locale AND n.batch = t.batch"
    f" AND n.state = '{State.PLANNED}' AND n.replaces IS NOT NULL)"
)


#: What is exported or delivered comes home first.
_HOLDING = ", ".join(
    f"'{state}'" for state in sorted(OPEN - {State.PLANNED, State.EXPORTING, State.DELIVERING})
)
#: Items asked for at once.
_SOME = 300


class Revisions:
    """Reads what several revisions of an item have to do with each other.

    Args:
        read: the reader.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read

    async def rolling(self, route: RoutePlan, *, wanted: int, jobs: int, since: float) -> Batch | None:
        """The batch of a route that goes on taking what is new; None when the next one has to be begun.

        Args:
            route: the route's plan; a batch under other settings takes nothing new.
            wanted: translations that are to be added.
            jobs: translations with units of their own that it may hold.
            since: epoch seconds; an older batch takes nothing new.
        """
        values = {
            "route": route.route,
            "content": route.content,
            "connection": route.connection,
            "since": since,
            "room": jobs - wanted,
        }

        def read(connection: sa.Connection) -> list[Any]:
            return list(
                connection.execute(
                    sa.text(
                        f"{BATCH} WHERE b.route = :route AND b.content = :content AND b.connection = :connection"
                        " AND b.created > :since"
                        " AND (SELECT COUNT(*) FROM translation t WHERE t.batch = b.id AND t.replaces IS NULL)"
                        " <= :room"
                        " ORDER BY b.created DESC, b.id DESC LIMIT 1"
                    ),
                    values,
                )
            )

        rows = await self._read(read)
        found = batch_of(rows[0]) if rows else None
        same = found is not None and (found.settings, found.source_locale) == (
            msgspec.json.decode(msgspec.json.encode(route.settings)),
            route.source_locale,
        )
        return found if same else None

    async def holders(
        self, voyages: Voyages, part: RoutePlan
    ) -> dict[tuple[str, str], tuple[Translation, Batch]]:
        """The open translation that has units, and its batch, of each item and locale of a plan; the newest one."""
        items = sorted({item.item for item in part.items})
        found: dict[tuple[str, str], Translation] = {}
        for start in range(0, len(items), _SOME):
            names = {f"i{number}": item for number, item in enumerate(items[start : start + _SOME])}
            for one in await voyages.translations(
                f"t.item IN ({', '.join(':' + name for name in names)}) AND t.state IN ({_HOLDING})"
                " AND t.batch IN (SELECT id FROM batch WHERE route = :route AND content = :content"
                " AND connection = :connection AND remote IS NOT NULL)"
                " AND EXISTS (SELECT 1 FROM unit u WHERE u.translation = t.id)",
                names | {"route": part.route, "content": part.content, "connection": part.connection},
            ):
                known = found.get((one.item, one.locale))
                if known is None or one.born > known.born:
                    found[one.item, one.locale] = one
        batches = {id_: await voyages.batch(id_) for id_ in {one.batch for one in found.values()}}
        return {
            place: (one, batch) for place, one in found.items() if (batch := batches[one.batch]) is not None
        }

    async def targets_of_gone(
        self, content: str, batches: Collection[str], present: Collection[str]
    ) -> dict[str, list[str]]:
        """Item → translations of these batches that last wrote a target, of items that are not there any more.

        Targets that something else goes to are left out.
        """

        def read(connection: sa.Connection) -> dict[str, list[str]]:
            rows = connection.execute(
                sa.text(
                    "SELECT t.item, t.id, t.batch, g.target FROM target g JOIN translation t ON t.id = g.translation"
                    " WHERE g.content = :content AND g.revision IS NOT NULL AND t.slice IS NULL"
                ),
                {"content": content},
            )
            gone = [row for row in rows if row[0] not in present and row[2] in batches]
            wanted = sa.text(
                "SELECT 1 FROM translation o WHERE o.target = :target AND o.item <> :item"
                " AND o.state NOT IN ('superseded', 'cancelled') LIMIT 1"
            )
            found: dict[str, list[str]] = {}
            for item, id_, _, target in gone:
                if connection.execute(wanted, {"target": target, "item": item}).first() is None:
                    found.setdefault(item, []).append(id_)
            return found

        return await self._read(read)

    async def contested(self, slice_id: str) -> frozenset[str]:
        """Translations of a slice whose units carried, or may carry, another revision than theirs."""

        def read(connection: sa.Connection) -> frozenset[str]:
            rows = connection.execute(
                sa.text(
                    "SELECT t.id FROM translation t WHERE t.slice = :slice AND (t.replaces IS NOT NULL OR EXISTS"
                    " (SELECT 1 FROM translation n WHERE n.item = t.item AND n.locale = t.locale"
                    " AND n.batch = t.batch AND n.born > t.born))"
                ),
                {"slice": slice_id},
            )
            return frozenset(row[0] for row in rows)

        return await self._read(read)


def inherited(old: Translation, new: Translation) -> Statement:
    """The statement that gives the units of one translation to another."""
    return Statement(
        "UPDATE unit SET translation = :new WHERE translation = :old", {"new": new.id, "old": old.id}
    )


def inserted(translation: Translation, why: str, *, now: float) -> list[Statement]:
    """The statements that store a translation that no plan made, and say why it is there."""
    values: dict[str, Any] = {name: getattr(translation, name) for name in COLUMNS} | {
        "state": translation.state.value,
        "findings": None,
        "overwrite": int(translation.overwrite),
    }
    return [
        Statement(
            f"INSERT INTO translation ({', '.join(COLUMNS)}, epoch) VALUES ({', '.join(':' + c for c in COLUMNS)}, 0)",
            values,
            1,
        ),
        Statement(
            "INSERT INTO movement (translation, at, new, why, round) VALUES (:id, :now, :state, :why, :round)",
            {
                "id": translation.id,
                "now": now,
                "state": values["state"],
                "why": why,
                "round": translation.round,
            },
        ),
    ]


def forgotten(content: str, translation: Translation) -> Statement:
    """The statement after which a target is nobody's delivery any more."""
    return Statement(
        "DELETE FROM target WHERE content = :content AND target = :target AND translation = :id AND slice IS NULL",
        {"content": content, "target": translation.target, "id": translation.id},
    )


def older_superseded(translation: Translation, batch: Batch, now: float) -> list[Statement]:
    """The statements that settle what was delivered of older revisions of the same item and locale."""
    older = (
        "item = :item AND locale = :locale AND state = 'delivered' AND id <> :id AND slice IS NULL"
        " AND born < :born AND batch IN (SELECT id FROM batch WHERE content = :content)"
    )
    values = {
        "item": translation.item,
        "locale": translation.locale,
        "id": translation.id,
        "content": batch.content,
        "born": translation.born,
        "now": now,
        "why": f"{translation.id}, of a newer source, came home",
    }
    return [
        Statement(
            "INSERT INTO movement (translation, at, old, new, why, round)"
            " SELECT id, CAST(:now AS DOUBLE PRECISION), state, 'superseded', CAST(:why AS TEXT), round"
            f" FROM translation WHERE {older}",
            values,
        ),
        Statement(
            f"UPDATE translation SET state = 'superseded', since = :now, due = NULL WHERE {older}", values
        ),
    ]


def moved_out(batch: Batch, translations: list[Translation], claim: Claim, *, now: float) -> list[Statement]:
    """The statements that give planned translations a batch of their own: theirs takes nothing new any more.

    Args:
        batch: the new batch; made from the old one.
        translations: with their new file names, still planned.
        claim: the run that holds the old batch.
        now: epoch seconds.
    """
    values = {
        "id": batch.id,
        "name": batch.name,
        "marker": batch.marker,
        "created": batch.created,
        "due": now,
        "slice": claim.slice,
    }
    return [
        Statement(
            "INSERT INTO batch (id, plan, route, content, connection, settings, name, marker, source_locale, created,"
            " variant, prepared, due, looks) SELECT CAST(:id AS TEXT), b.plan, b.route, b.content, b.connection,"
            " b.settings, CAST(:name AS TEXT), CAST(:marker AS TEXT), b.source_locale,"
            " CAST(:created AS DOUBLE PRECISION), b.variant, 0, CAST(:due AS DOUBLE PRECISION), 0"
            " FROM batch b WHERE b.slice = :slice",
            values,
            1,
        ),
        Statement(
            "UPDATE translation SET batch = :batch, file_name = :file_name, replaces = NULL"
            " WHERE id = :id AND state = 'planned' AND slice IS NULL",
            [{"batch": batch.id, "file_name": one.file_name, "id": one.id} for one in translations],
            len(translations),
        ),
    ]
