"""How often each connection tells us something, and what our looks brought: the memory of adaptive polling."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer

__all__ = ["Rhythm", "Rhythms"]

#: Weight of the newest gap in the mean gap.
WEIGHT = 0.2


class Rhythm(msgspec.Struct, frozen=True):
    """What is known of one connection.

    Attributes:
        connection: its name.
        events: events that came, without copies.
        last: epoch seconds of the last one.
        gap: usual seconds between two events (of those that came one by one).
        missed: epoch seconds at which a look found something that no event had told; None when none ever did.
        looks_hinted: looks that an event caused.
        looks_timed: looks that were due by time.
        moved_hinted: translations that moved in the former.
        moved_timed: translations that moved in the latter.
        looks_saved: looks that a plain rhythm of polling would have made on top.
    """

    connection: str
    events: int = 0
    last: float | None = None
    gap: float | None = None
    missed: float | None = None
    looks_hinted: int = 0
    looks_timed: int = 0
    moved_hinted: int = 0
    moved_timed: int = 0
    looks_saved: float = 0.0


_COLUMNS = ", ".join(Rhythm.__struct_fields__)


class Rhythms:
    """Reads and counts.

    Args:
        writer: group commit.
        read: reads beside it.
    """

    def __init__(self, writer: Writer, read: Reader) -> None:
        self._writer = writer
        self._read = read

    async def all(self) -> dict[str, Rhythm]:
        """What is known, by connection."""

        def read(connection: sa.Connection) -> dict[str, Rhythm]:
            rows = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM rhythm"))
            return {row[0]: Rhythm(*row) for row in rows}

        return await self._read(read)

    @staticmethod
    def heard(connection: str, *, events: int, at: float) -> Statement:
        """The statement that counts events of one moment."""
        return Statement(
            "INSERT INTO rhythm (connection, events, last, looks_hinted, looks_timed, moved_hinted, moved_timed,"
            " looks_saved) VALUES (:connection, :events, :at, 0, 0, 0, 0, 0)"
            " ON CONFLICT (connection) DO UPDATE SET events = rhythm.events + :events,"
            # A clock that was set back, or two workers, must not make a gap below zero.
            " gap = CASE WHEN rhythm.last IS NULL OR :at <= rhythm.last THEN rhythm.gap"
            " WHEN rhythm.gap IS NULL THEN :at - rhythm.last"
            f" ELSE rhythm.gap + ((:at - rhythm.last) - rhythm.gap) * {WEIGHT} END,"
            " last = CASE WHEN rhythm.last IS NULL OR rhythm.last < :at THEN :at ELSE rhythm.last END",
            {"connection": connection, "events": events, "at": at},
        )

    async def looked(
        self, connection: str, *, hinted: bool, moved: int, saved: float, missed: float | None
    ) -> None:
        """Count a look.

        Args:
            connection: whose.
            hinted: whether an event caused it.
            moved: translations that it moved.
            saved: looks that a plain rhythm would have made instead of it, on top.
            missed: epoch seconds when it found something that an event should have told.
        """
        how = "hinted" if hinted else "timed"
        await self._writer.write(
            Statement(
                "INSERT INTO rhythm (connection, events, looks_hinted, looks_timed, moved_hinted, moved_timed,"
                " looks_saved, missed) VALUES (:connection, 0, :hinted, :timed, :moved_hinted, :moved_timed, :saved,"
                " :missed) ON CONFLICT (connection) DO UPDATE SET"
                f" looks_{how} = rhythm.looks_{how} + 1, moved_{how} = rhythm.moved_{how} + :moved,"
                " looks_saved = rhythm.looks_saved + :saved,"
                " missed = COALESCE(CAST(:missed AS DOUBLE PRECISION), rhythm.missed)",
                {
                    "connection": connection,
                    "hinted": int(hinted),
                    "timed": int(not hinted),
                    "moved_hinted": moved if hinted else 0,
                    "moved_timed": 0 if hinted else moved,
                    "moved": moved,
                    "saved": saved,
                    "missed": missed,
                },
            )
        )
