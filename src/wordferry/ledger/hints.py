"""What an event names, found in our tables, and the due times that it moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from wordferry.errors import Conflict
from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.states import WAITING, State
from wordferry.ports.events import Event

__all__ = ["DRIFT", "Hints", "Named"]

#: Seconds between two looks at a batch that nothing asked for, and age after which an ended batch is left alone.
DRIFT = 86400.0
YOUNG = 90 * 86400.0
#: Values bound in one query.
CHUNK = 500
_WAITING = ", ".join(f"'{state}'" for state in sorted(WAITING))


class Named(NamedTuple):
    """A translation, or a batch alone, that an event names."""

    batch: str
    translation: str | None = None
    state: State | None = None
    held: bool = False


class Hints:
    """Finds what events name, and when batches are to be looked at.

    Args:
        writer: group commit.
        read: reads beside it.
    """

    def __init__(self, writer: Writer, read: Reader) -> None:
        self._writer = writer
        self._read = read

    async def named(self, events: Sequence[Event]) -> list[list[Named]]:
        """For each event the translations and batches of its own connection that it names."""

        def read(connection: sa.Connection) -> list[list[Named]]:
            units = self._translations(
                connection,
                "SELECT u.connection, u.uid, t.batch, t.id, t.state, t.slice FROM unit u"
                " JOIN translation t ON t.id = u.translation WHERE u.uid IN ({})",
                (uid for event in events for uid in event.units),
            )
            tickets = self._translations(
                connection,
                "SELECT b.connection, t.ticket, t.batch, t.id, t.state, t.slice FROM translation t"
                " JOIN batch b ON b.id = t.batch WHERE t.ticket IN ({}) AND t.state = 'exporting'",
                (ticket for event in events for ticket in event.tickets),
            )
            own = self._translations(
                connection,
                "SELECT b.connection, t.id, t.batch, t.id, t.state, t.slice FROM translation t"
                " JOIN batch b ON b.id = t.batch WHERE t.id IN ({})",
                (id_ for event in events for id_ in event.ours),
            )
            own_batches = self._batches(
                connection,
                "SELECT connection, id, id FROM batch WHERE id IN ({})",
                (id_ for event in events for id_ in event.ours),
            )
            batches = self._batches(
                connection,
                "SELECT connection, remote_id, id FROM batch WHERE remote_id IN ({})",
                (id_ for event in events for id_ in event.batches),
            )
            found = []
            for event in events:
                here = event.connection
                found.append(
                    [
                        *(one for uid in event.units for one in units.get((here, uid), ())),
                        *(one for ticket in event.tickets for one in tickets.get((here, ticket), ())),
                        *(one for id_ in event.ours for one in own.get((here, id_), ())),
                        *(one for id_ in event.ours for one in own_batches.get((here, id_), ())),
                        *(one for id_ in event.batches for one in batches.get((here, id_), ())),
                    ]
                )
            return found

        return await self._read(read)

    @staticmethod
    def _translations(
        connection: sa.Connection, sql: str, ids: Iterable[str]
    ) -> dict[tuple[str, str], list[Named]]:
        found: dict[tuple[str, str], list[Named]] = {}
        for where, id_, batch, translation, state, slice_ in _rows(connection, sql, ids):
            one = Named(batch, translation, State(state), slice_ is not None)
            found.setdefault((where, id_), []).append(one)
        return found

    @staticmethod
    def _batches(
        connection: sa.Connection, sql: str, ids: Iterable[str]
    ) -> dict[tuple[str, str], list[Named]]:
        found: dict[tuple[str, str], list[Named]] = {}
        for where, id_, batch in _rows(connection, sql, ids):
            found.setdefault((where, id_), []).append(Named(batch))
        return found

    # -- due times ----------------------------------------------------------------------------------------------

    @staticmethod
    def opened(batch: str, remote: str, body: str, *, now: float) -> Statement:
        """The statement that stores the vendor's side of a batch."""
        return Statement(
            "UPDATE batch SET remote = :body, remote_id = :remote, drift = :drift WHERE id = :id",
            {"body": body, "remote": remote, "drift": now + DRIFT, "id": batch},
            1,
        )

    @staticmethod
    def hinted(batches: Iterable[str], at: float) -> Statement:
        """The statement that makes batches due for a look."""
        return Statement(
            "UPDATE batch SET hinted = :at WHERE id = :id AND (hinted IS NULL OR hinted > :at)",
            [{"id": batch, "at": at} for batch in sorted(set(batches))],
        )

    @staticmethod
    def woken(translations: Iterable[str], at: float) -> Statement:
        """The statement that makes running exports due for a look."""
        return Statement(
            "UPDATE translation SET due = :at WHERE id = :id AND slice IS NULL AND state = 'exporting'"
            " AND (due IS NULL OR due > :at)",
            [{"id": id_, "at": at} for id_ in sorted(set(translations))],
        )

    async def due(self, now: float) -> dict[str, tuple[bool, bool]]:
        """Batches to look at → (something hinted at it, nobody looked at it for long)."""

        def read(connection: sa.Connection) -> dict[str, tuple[bool, bool]]:
            rows = connection.execute(
                sa.text(
                    "SELECT id, hinted, drift FROM batch WHERE remote IS NOT NULL"
                    " AND (hinted <= :now OR drift <= :now)"
                ),
                {"now": now},
            )
            return {
                id_: (hinted is not None and hinted <= now, drift is not None and drift <= now)
                for id_, hinted, drift in rows
            }

        return await self._read(read)

    async def refused(self, now: float) -> dict[str, list[tuple[str, State]]]:
        """Connection → declined translations on which nobody acted yet."""

        def read(connection: sa.Connection) -> dict[str, list[tuple[str, State]]]:
            rows = connection.execute(
                sa.text(
                    "SELECT b.connection, t.id FROM translation t JOIN batch b ON b.id = t.batch"
                    " WHERE t.act <= :now AND t.slice IS NULL AND t.state = 'declined' ORDER BY t.act LIMIT 100"
                ),
                {"now": now},
            )
            found: dict[str, list[tuple[str, State]]] = {}
            for name, id_ in rows:
                found.setdefault(name, []).append((id_, State.DECLINED))
            return found

        return await self._read(read)

    async def hasten(self, connection: str, *, now: float, within: Callable[[], float]) -> int:
        """Bring forward far due times of what waits at a connection; returns how many batches have some.

        Args:
            connection: whose.
            now: epoch seconds.
            within: seconds until the look, anew for each batch, so that not all are due at once.
        """

        def read(link: sa.Connection) -> list[str]:
            rows = link.execute(
                sa.text(
                    f"SELECT DISTINCT t.batch FROM translation t JOIN batch b ON b.id = t.batch"
                    f" WHERE b.connection = :c AND t.slice IS NULL AND t.state IN ({_WAITING}) AND t.due > :now"
                ),
                {"c": connection, "now": now},
            )
            return [row[0] for row in rows]

        batches = await self._read(read)
        if batches:
            await self._writer.write(
                Statement(
                    "UPDATE translation SET due = :at WHERE batch = :b AND slice IS NULL"
                    f" AND state IN ({_WAITING}) AND due > :at",
                    [{"b": batch, "at": now + within()} for batch in batches],
                )
            )
        return len(batches)

    async def look_at(self, batches: Sequence[str]) -> None:
        """Have batches looked at, and searched for doubles, now."""
        await self._writer.write(
            Statement(
                "UPDATE batch SET drift = :now, audit = :now WHERE id = :id",
                [{"id": batch, "now": 0.0} for batch in batches],
            )
        )

    async def take(self, column: str, batch: str, now: float, *, until: float) -> bool:
        """Reserve the look that is due by `hinted` or `drift`; False when another process took it.

        A hint that comes meanwhile makes the batch due again at once. After a crash the reservation runs out.
        """
        assert column in ("hinted", "drift")
        try:
            await self._writer.write(
                Statement(
                    f"UPDATE batch SET {column} = :until WHERE id = :id AND {column} <= :now",
                    {"id": batch, "now": now, "until": until},
                    1,
                )
            )
        except Conflict:
            return False
        return True

    async def looked(self, batch: str, *, until: float, hinted: bool, drift: float | None) -> None:
        """End a reservation.

        Args:
            batch: the batch.
            until: what it was reserved until.
            hinted: whether the hint was taken.
            drift: epoch seconds of the next look that nothing asks for; None leaves it as it is.
        """
        parts = []
        if hinted:
            sql = "UPDATE batch SET hinted = NULL WHERE id = :id AND hinted = :until"
            parts.append(Statement(sql, {"id": batch, "until": until}))
        if drift is not None:
            # An ended batch that is old enough is left alone.
            sql = (
                "UPDATE batch SET drift = CASE WHEN created > :young OR EXISTS (SELECT 1 FROM translation t"
                " WHERE t.batch = batch.id AND t.state NOT IN ('delivered', 'cancelled', 'superseded'))"
                " THEN CAST(:drift AS DOUBLE PRECISION) END WHERE id = :id"
            )
            parts.append(Statement(sql, {"id": batch, "drift": drift, "young": drift - DRIFT - YOUNG}))
        if parts:
            await self._writer.write(*parts)


def _rows(connection: sa.Connection, sql: str, ids: Iterable[str]) -> Iterable[Any]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        names = {f"i{number}": id_ for number, id_ in enumerate(wanted[start : start + CHUNK])}
        yield from connection.execute(sa.text(sql.format(", ".join(f":{name}" for name in names))), names)
