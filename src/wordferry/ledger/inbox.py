"""The inbox: what vendors told us, committed before it is answered, each event once.

Deduplication is by the vendor's event id and never by age. A repeated event changes nothing but its count, and makes
the event due again. The writer commits many callers' events together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from wordferry.errors import TryAgain
from wordferry.ledger.database import Reader
from wordferry.ledger.due import due_now, moments
from wordferry.ledger.seal import Seal
from wordferry.ledger.writer import Statement, Writer
from wordferry.ports.events import Event, Told

__all__ = ["Inbox", "Letter"]

#: Events that may wait for their commit, and their bytes; beyond it the sender is asked to come back.
MOST = 5000
MOST_BYTES = 64 * 1024**2
#: Seconds for which bodies are kept. The rows stay: they are what deduplicates.
KEEP = 30 * 86400.0

_SUBJECTS = ("batches", "units", "tickets", "ours")
_COLUMNS = "connection, id, told, kind, word, at, subjects, payload, size, received, last, copies, tries, due, outcome"
_PUT = (
    "INSERT INTO inbox (connection, id, told, kind, word, at, subjects, payload, size, body, received, last, copies,"
    " tries, due) VALUES (:connection, :id, :told, :kind, :word, :at, :subjects, :payload, :size, :body, :now, :now,"
    " 1, 0, :now) ON CONFLICT (connection, id) DO UPDATE SET copies = inbox.copies + 1, last = excluded.last,"
    " due = excluded.due, tries = 0"
)


class Letter(NamedTuple):
    """One row of the inbox.

    Attributes:
        event: what was told.
        size: bytes of its body.
        received: epoch seconds when it first came.
        last: epoch seconds when it last came.
        copies: how often it came.
        tries: how often it was read in vain: what it names is not known, or in other hands.
        due: epoch seconds at which it is read; None when that is done.
        outcome: what it led to.
    """

    event: Event
    size: int
    received: float
    last: float
    copies: int
    tries: int
    due: float | None
    outcome: str | None


class Inbox:
    """Stores events and hands out the unread ones.

    Args:
        writer: group commit.
        read: reads beside it.
        clock: epoch seconds.

    Attributes:
        seal: encrypts bodies; without one (nobody calls us) a body is not kept, only its hash.
    """

    def __init__(self, writer: Writer, read: Reader, *, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._read = read
        self._clock = clock
        self.seal: Seal | None = None
        #: Called after a commit; wakes the worker of this process.
        self.arrived: Callable[[], None] = lambda: None
        self._waiting = 0
        self._bytes = 0

    async def put(self, events: Sequence[Event], body: bytes) -> None:
        """Commit what one call told.

        Args:
            events: read from the body; at least one.
            body: the raw bytes.

        Raises:
            TryAgain: too many wait for their commit, or the database is away; nothing was stored.
            OutcomeUnknown: the connection broke during the commit.
            NeedsOperator: the disk is full.
        """
        if self._waiting >= MOST or self._bytes + len(body) > MOST_BYTES:
            raise TryAgain("the inbox is full for the moment.", object="inbox")
        self._waiting += 1
        self._bytes += len(body)
        try:
            await self._writer.write(*self.statements(events, body))
        finally:
            self._waiting -= 1
            self._bytes -= len(body)
        self.arrived()

    def statements(self, events: Sequence[Event], body: bytes) -> list[Statement]:
        """The statements of `put`."""
        now = self._clock()
        sealed = self.seal.close(body) if self.seal is not None else None
        return [
            Statement(
                _PUT,
                {
                    "connection": event.connection,
                    "id": event.id,
                    "told": event.told.value,
                    "kind": _short(event.kind),
                    "word": _short(event.word),
                    "at": event.at,
                    "subjects": _subjects(event),
                    "payload": event.payload,
                    "size": len(body),
                    # One body for all events of a call.
                    "body": sealed if number == 0 else None,
                    "now": now,
                },
            )
            for number, event in enumerate(events)
        ]

    async def unread(self, *, limit: int = 500) -> list[Letter]:
        """Events that are due, longest due first."""
        return await self.letters(
            f"{due_now()} ORDER BY due, connection, id LIMIT {int(limit)}", moments(self._clock())
        )

    async def letters(
        self, where: str = "1 = 1 ORDER BY received", values: dict[str, Any] | None = None
    ) -> list[Letter]:
        """Rows that match, in the order that `where` names."""

        def read(connection: sa.Connection) -> list[Letter]:
            rows = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM inbox WHERE {where}"), values or {})
            return [_letter(row) for row in rows]

        return await self._read(read)

    async def body(self, connection: str, id_: str) -> bytes | None:
        """The raw bytes of an event; None when they are not kept (any more).

        Raises:
            NeedsOperator: they were encrypted under another key.
        """

        def read(link: sa.Connection) -> bytes | None:
            found: bytes | None = link.execute(
                sa.text("SELECT body FROM inbox WHERE connection = :c AND id = :i"),
                {"c": connection, "i": id_},
            ).scalar()
            return found

        sealed = await self._read(read)
        return self.seal.open(sealed) if sealed is not None and self.seal is not None else None

    @staticmethod
    def done(letter: Letter, outcome: str) -> Statement:
        """The statement that ends an event, unless another copy came meanwhile."""
        return Statement(
            "UPDATE inbox SET due = NULL, outcome = :outcome WHERE connection = :c AND id = :i AND copies = :n",
            _key(letter) | {"outcome": outcome, "n": letter.copies},
        )

    @staticmethod
    def later(letter: Letter, due: float, outcome: str) -> Statement:
        """The statement that leaves an event for later."""
        return Statement(
            "UPDATE inbox SET due = :due, tries = tries + 1, outcome = :outcome"
            " WHERE connection = :c AND id = :i AND copies = :n",
            _key(letter) | {"due": due, "outcome": outcome, "n": letter.copies},
        )

    async def again(self, connection: str, id_: str) -> bool:
        """Read an event once more; False when there is none of that id."""
        if not await self.letters("connection = :c AND id = :i", {"c": connection, "i": id_}):
            return False
        await self._writer.write(
            Statement(
                "UPDATE inbox SET due = :now, tries = 0 WHERE connection = :c AND id = :i",
                {"c": connection, "i": id_, "now": self._clock()},
            )
        )
        return True

    async def forget_bodies(self) -> None:
        """Remove bodies that are older than `KEEP`; what deduplicates stays."""
        await self._writer.write(
            Statement(
                "UPDATE inbox SET body = NULL WHERE received < :old AND body IS NOT NULL AND due IS NULL",
                {"old": self._clock() - KEEP},
            )
        )


def _short(text: str | None) -> str | None:
    """What PostgreSQL takes into a short column: no zero bytes, no lone surrogates, 255 characters."""
    if text is None:
        return None
    return text[:255].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _subjects(event: Event) -> str:
    found: dict[str, Any] = {
        name: [_short(one) for one in getattr(event, name)] for name in _SUBJECTS if getattr(event, name)
    }
    if event.echo:
        found["echo"] = True
    return msgspec.json.encode(found).decode()


def _letter(row: Sequence[Any]) -> Letter:
    connection, id_, told, kind, word, at, subjects, payload, *rest = row
    named: dict[str, Any] = {
        name: tuple(found) if name in _SUBJECTS else found
        for name, found in msgspec.json.decode(subjects).items()
    }
    event = Event(
        id=id_, connection=connection, told=Told(told), kind=kind, word=word, at=at, payload=payload, **named
    )
    return Letter(event, *rest)


def _key(letter: Letter) -> dict[str, Any]:
    return {"c": letter.event.connection, "i": letter.event.id}
