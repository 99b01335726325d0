"""Batches, translations and their vendor units: reading them, and the writes that are not part of an operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from wordferry.errors import Conflict, WordferryError
from wordferry.ledger.database import Reader
from wordferry.ledger.due import due_now, moments
from wordferry.ledger.move import Change, log_moves, statements
from wordferry.ledger.revisions import OUTDATED
from wordferry.ledger.rows import BATCH, TRANSLATION, UNIT_COLUMNS, batch_of, translation_of
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.states import OPEN, WAITING, State
from wordferry.model.voyage import Batch, Receipt, Translation, Unit

__all__ = ["Movement", "Voyages", "units_written"]

_WAITING = ", ".join(f"'{state}'" for state in sorted(WAITING))
_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))


class Movement(msgspec.Struct, frozen=True):
    """One change of state, for `trace`."""

    at: float
    old: str | None
    new: str
    why: str
    round: int


def units_written(connection: str, translation: str, units: Iterable[Unit]) -> list[Statement]:
    """Statements that store a translation's units; a repeated store changes nothing but words."""
    rows = [
        {"connection": connection, "translation": translation}
        | msgspec.structs.asdict(unit)
        | {"assigned": None if unit.assigned is None else int(unit.assigned)}
        for unit in units
    ]
    if not rows:
        return []
    columns = ["connection", "translation", *UNIT_COLUMNS]
    sql = (
        f"INSERT INTO unit ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"
        " ON CONFLICT (connection, uid) DO UPDATE SET word = excluded.word, imported = excluded.imported,"
        " detail = excluded.detail, assigned = excluded.assigned, level = excluded.level, part = excluded.part"
    )
    return [Statement(sql, rows)]


class Voyages:
    """Batches and translations.

    Args:
        writer: group commit.
        read: reads beside it.
    """

    def __init__(self, writer: Writer, read: Reader) -> None:
        self._writer = writer
        self._read = read

    async def write(self, *parts: Statement | Change) -> None:
        """Commit changes together and log the moves among them."""
        await self._writer.write(*statements(parts))
        log_moves(parts)

    # -- reading ----------------------------------------------------------------------------------------------

    async def batch(self, id_: str) -> Batch | None:
        """One batch."""
        found = await self.batches("b.id = :id", {"id": id_})
        return found[0] if found else None

    async def batches(self, where: str = "1 = 1", values: dict[str, Any] | None = None) -> list[Batch]:
        """Batches, oldest first."""

        def read(connection: sa.Connection) -> list[Batch]:
            rows = connection.execute(
                sa.text(f"{BATCH} WHERE {where} ORDER BY b.created, b.id"), values or {}
            )
            return [batch_of(row) for row in rows]

        return await self._read(read)

    async def translations(
        self, where: str, values: dict[str, Any] | None = None, *, limit: int | None = None
    ) -> list[Translation]:
        """Translations with their units, in a stable order."""

        def read(connection: sa.Connection) -> list[Translation]:
            tail = f" LIMIT {int(limit)}" if limit else ""
            order = "ORDER BY t.batch, t.item, t.locale"
            chosen = f"{TRANSLATION} WHERE {where} {order}{tail}"
            rows = connection.execute(sa.text(chosen), values or {}).all()
            if not rows:
                return []
            units: dict[str, list[Unit]] = {}
            ids = [row[0] for row in rows]
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                names = {f"i{n}": id_ for n, id_ in enumerate(some)}
                listed = ", ".join(f":{name}" for name in names)
                columns = ", ".join(UNIT_COLUMNS)
                found = connection.execute(
                    sa.text(
                        f"SELECT translation, {columns} FROM unit WHERE translation IN ({listed})"
                        " ORDER BY translation, level, part, uid"
                    ),
                    names,
                )
                for owner, *values_ in found:
                    values_[-1] = None if values_[-1] is None else bool(values_[-1])
                    units.setdefault(owner, []).append(Unit(*values_))
            return [translation_of(row, tuple(units.get(row[0], ()))) for row in rows]

        return await self._read(read)

    async def of_slice(self, slice_id: str) -> list[Translation]:
        """The translations a slice holds."""
        return await self.translations("t.slice = :slice", {"slice": slice_id})

    async def of_batch(self, batch: str) -> list[Translation]:
        """All translations of a batch."""
        return await self.translations("t.batch = :batch", {"batch": batch})

    async def due_waiting(self, now: float) -> list[str]:
        """Batches with translations whose next look is due."""
        # `batch || ''` keeps SQLite from walking its index of batches, that is over everything that waits.
        return await self._ids(
            f"SELECT DISTINCT batch || '' FROM translation WHERE {due_now()}"
            f" AND slice IS NULL AND state IN ({_WAITING})",
            moments(now),
        )

    async def reserve_waiting(self, batch: str, now: float, *, until: float) -> bool:
        """Take the due look at a batch's waiting translations; False when another process took it."""
        due = f"batch = :batch AND slice IS NULL AND {due_now()} AND state IN ({_WAITING})"
        values = moments(now) | {"batch": batch, "until": until}
        first = (
            f"UPDATE translation SET due = :until WHERE id = (SELECT MIN(id) FROM translation WHERE {due})"
        )
        try:
            await self._writer.write(
                Statement(f"{first} AND {due_now()}", values, 1),
                Statement(f"UPDATE translation SET due = :until WHERE {due}", values),
            )
        except Conflict:
            return False
        return True

    async def due_delivery(self, now: float, *, limit: int) -> dict[str, list[tuple[str, State]]]:
        """(translation, state) of what delivery can take now, longest due first, up to `limit` of each connection."""
        ranked = (
            "SELECT b.connection AS connection, t.id AS id, t.state AS state,"
            " ROW_NUMBER() OVER (PARTITION BY b.connection ORDER BY t.due, t.id) AS place"
            f" FROM translation t JOIN batch b ON b.id = t.batch WHERE {due_now('t.')} AND t.slice IS NULL"
            f" AND (t.state IN ('exporting', 'delivering') OR (t.state = 'translated' AND NOT {OUTDATED}))"
        )

        def read(connection: sa.Connection) -> dict[str, list[tuple[str, State]]]:
            rows = connection.execute(
                sa.text(
                    f"SELECT connection, id, state FROM ({ranked}) r WHERE place <= :limit"
                    " ORDER BY connection, place"
                ),
                moments(now) | {"limit": limit},
            )
            found: dict[str, list[tuple[str, State]]] = {}
            for row in rows:
                found.setdefault(row[0], []).append((row[1], State(row[2])))
            return found

        return await self._read(read)

    async def due_batches(self, now: float) -> list[tuple[str, str, bool]]:
        """(batch, connection, whether it is at the vendor already) of batches that want submission or preparation."""

        def read(connection: sa.Connection) -> list[tuple[str, str, bool]]:
            rows = connection.execute(
                sa.text(
                    f"SELECT id, connection, remote FROM batch WHERE {due_now()} AND slice IS NULL ORDER BY due"
                ),
                moments(now),
            )
            return [(row[0], row[1], row[2] is not None) for row in rows]

        return await self._read(read)

    async def due_audits(self, now: float) -> list[tuple[str, str]]:
        """(batch, connection) of batches that somebody should look through for doubles."""

        def read(connection: sa.Connection) -> list[tuple[str, str]]:
            rows = connection.execute(
                sa.text(
                    "SELECT id, connection FROM batch WHERE audit <= :now AND slice IS NULL AND remote IS NOT NULL"
                ),
                {"now": now},
            )
            return [(row[0], row[1]) for row in rows]

        return await self._read(read)

    @staticmethod
    def audit_due(batch: str, at: float | None) -> Statement:
        """The statement that says when to look for doubles; None when it is done."""
        return Statement("UPDATE batch SET audit = :at WHERE id = :batch", {"batch": batch, "at": at})

    async def due_closings(self, now: float) -> list[tuple[str, str]]:
        """(batch, connection) of batches of which nothing is open and that may be closed at the vendor."""

        def read(connection: sa.Connection) -> list[tuple[str, str]]:
            rows = connection.execute(
                sa.text(
                    "SELECT id, connection FROM batch b WHERE closing <= :now AND slice IS NULL"
                    " AND remote IS NOT NULL AND NOT EXISTS (SELECT 1 FROM translation t WHERE t.batch = b.id"
                    f" AND (t.state IN ({_OPEN}) OR t.slice IS NOT NULL))"
                ),
                {"now": now},
            )
            return [(row[0], row[1]) for row in rows]

        return await self._read(read)

    @staticmethod
    def closing_due(batch: str, at: float | None) -> Statement:
        """The statement that says when to see whether the batch can be closed; None when it is closed."""
        return Statement("UPDATE batch SET closing = :at WHERE id = :batch", {"batch": batch, "at": at})

    async def planned(self, batch: str) -> bool:
        """Whether the batch still has something to send."""
        ids = await self._ids(
            "SELECT id FROM translation WHERE batch = :b AND state = 'planned' LIMIT 1", {"b": batch}
        )
        return bool(ids)

    async def next_due(self) -> float | None:
        """When the next thing is due; None when nothing is."""

        def read(connection: sa.Connection) -> float | None:
            found: float | None = connection.execute(
                sa.text(
                    "SELECT MIN(due) FROM (SELECT MIN(due) AS due FROM translation WHERE slice IS NULL"
                    " UNION ALL SELECT MIN(due) AS due FROM batch WHERE slice IS NULL) d"
                )
            ).scalar()
            return found

        return await self._read(read)

    async def counts(self, batches: Sequence[str] | None = None) -> dict[State, int]:
        """Translations by state."""

        def read(connection: sa.Connection) -> dict[State, int]:
            where, values = "1 = 1", {}
            if batches is not None:
                values = {f"b{n}": id_ for n, id_ in enumerate(batches)}
                where = f"batch IN ({', '.join(':' + name for name in values) or 'NULL'})"
            rows = connection.execute(
                sa.text(f"SELECT state, COUNT(*) FROM translation WHERE {where} GROUP BY state"), values
            )
            return {State(row[0]): row[1] for row in rows}

        return await self._read(read)

    async def latest(self, content: str, connection: str) -> dict[tuple[str, str], Translation]:
        """The translation of each (item, locale) that was sent last from a content system to a connection.

        Not the one that moved last: an older one may come home while a newer one is being worked on.
        """
        values = {"content": content, "connection": connection}
        found: dict[tuple[str, str], Translation] = {}
        for translation in await self.translations(
            "t.batch IN (SELECT id FROM batch WHERE content = :content AND connection = :connection)"
            " AND t.state NOT IN ('superseded', 'cancelled')",
            values,
        ):
            key = (translation.item, translation.locale)
            known = found.get(key)
            if known is None or translation.born >= known.born:
                found[key] = translation
        return found

    async def replaced_by(self, batch: Batch) -> list[Translation]:
        """Unsettled translations of older revisions, of the items and locales that this batch still has to send."""
        return await self.translations(
            f"t.state IN ({_OPEN})"
            " AND t.batch IN (SELECT id FROM batch WHERE content = :content)"
            " AND EXISTS (SELECT 1 FROM translation n WHERE n.batch = :batch AND n.state = 'planned'"
            " AND n.item = t.item AND n.locale = t.locale AND n.born > t.born)",
            {"content": batch.content, "batch": batch.id},
        )

    async def movements(self, translation: str) -> list[Movement]:
        """The history of a translation, oldest first."""

        def read(connection: sa.Connection) -> list[Movement]:
            rows = connection.execute(
                sa.text("SELECT at, old, new, why, round FROM movement WHERE translation = :t ORDER BY seq"),
                {"t": translation},
            )
            return [Movement(*row) for row in rows]

        return await self._read(read)

    async def receipts(self, where: str = "1 = 1", values: dict[str, Any] | None = None) -> list[Receipt]:
        """Receipts, oldest first."""
        columns = list(Receipt.__struct_fields__)

        def read(connection: sa.Connection) -> list[Receipt]:
            rows = connection.execute(
                sa.text(f"SELECT {', '.join(columns)} FROM receipt WHERE {where} ORDER BY at, translation"),
                values or {},
            )
            found = []
            for row in rows:
                fields = dict(zip(columns, row, strict=True))
                fields["vendor"] = msgspec.json.decode(fields["vendor"])
                found.append(Receipt(**fields))
            return found

        return await self._read(read)

    async def resolve(self, word: str) -> list[Translation]:
        """Translations that a person may mean: an id, the start of one, a batch, an item's name or a target."""
        return await self.translations(
            "t.id = :w OR t.batch = :w OR t.item = :w OR t.name = :w OR t.target = :w"
            " OR t.id IN (SELECT translation FROM unit WHERE uid = :w)"
            " OR (LENGTH(:w) >= 4 AND t.id LIKE :start)",
            {"w": word, "start": word.replace("%", "").replace("_", "") + "%"},
        )

    async def _ids(self, sql: str, values: dict[str, Any]) -> list[str]:
        def read(connection: sa.Connection) -> list[str]:
            return [row[0] for row in connection.execute(sa.text(sql), values)]

        return await self._read(read)

    # -- small writes -----------------------------------------------------------------------------------------

    async def batch_error(
        self, batch: str, error: WordferryError | None, *, due: float | None, looks: int
    ) -> None:
        """Remember what stands in a batch's way and when to try again."""
        await self._writer.write(self.batch_due(batch, error, due=due, looks=looks))

    @staticmethod
    def batch_copied(batch: Batch, *, of: str, due: float) -> Statement:
        """The statement that adds a batch of the same plan as another one."""
        columns = "route, content, connection, settings, source_locale, created"
        return Statement(
            f"INSERT INTO batch (id, plan, name, marker, prepared, due, looks, {columns})"
            f" SELECT :id, plan, :name, :marker, 0, :due, 0, {columns} FROM batch WHERE id = :of",
            {"id": batch.id, "name": batch.name, "marker": batch.marker, "due": due, "of": of},
            1,
        )

    @staticmethod
    def batch_due(batch: str, error: WordferryError | None, *, due: float | None, looks: int) -> Statement:
        """The statement of `batch_error`, for somebody's write."""
        return Statement(
            # A run under way has no due time: one that stands there was set meanwhile, for something new to send.
            "UPDATE batch SET error = :error, due = COALESCE(due, :due), looks = :looks WHERE id = :id",
            {"id": batch, "error": error.to_json() if error else None, "due": due, "looks": looks},
        )

    async def batch_facts(self, batch: str) -> tuple[str | None, int, float | None]:
        """(stored error, looks, due) of a batch."""

        def read(connection: sa.Connection) -> tuple[str | None, int, float | None]:
            row = connection.execute(
                sa.text("SELECT error, looks, due FROM batch WHERE id = :id"), {"id": batch}
            ).one()
            return row[0], row[1], row[2]

        return await self._read(read)

    @staticmethod
    def receipt(receipt: Receipt) -> Statement:
        """The statement that stores a receipt; the first one of a round stays."""
        values = msgspec.structs.asdict(receipt) | {"vendor": msgspec.json.encode(receipt.vendor).decode()}
        columns = list(Receipt.__struct_fields__)
        return Statement(
            f"INSERT INTO receipt ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"
            " ON CONFLICT (translation, round) DO NOTHING",
            values,
        )
