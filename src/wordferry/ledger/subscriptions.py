"""Our webhooks and listeners at the vendors, with the secrets that their calls are verified with."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from wordferry.errors import NeedsOperator
from wordferry.ledger.database import Reader
from wordferry.ledger.seal import Seal
from wordferry.ledger.writer import Statement, Writer

__all__ = ["Kept", "Subscriptions"]


class Kept(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        connection: the connection.
        kind: which of the vendor's registrations.
        id: the vendor's id; None while it is being made.
        url: where it calls.
        secret: encrypted.
        made: epoch seconds.
        checked: epoch seconds of the last look at the vendor.
        problem: what was wrong then, as a sentence; None when nothing was.
    """

    connection: str
    kind: str
    id: str | None
    url: str
    secret: bytes
    made: float
    checked: float | None = None
    problem: str | None = None


_COLUMNS = list(Kept.__struct_fields__)


class Subscriptions:
    """Keeps them.

    Args:
        writer: group commit.
        read: reads beside it.
        clock: epoch seconds.

    Attributes:
        seal: encrypts secrets.
    """

    def __init__(self, writer: Writer, read: Reader, *, clock: Callable[[], float] = time.time) -> None:
        self._writer = writer
        self._read = read
        self._clock = clock
        self.seal: Seal | None = None

    async def all(self, connection: str | None = None) -> list[Kept]:
        """Those of a connection, or all."""

        def read(link: sa.Connection) -> list[Kept]:
            where = "1 = 1" if connection is None else "connection = :c"
            rows = link.execute(
                sa.text(
                    f"SELECT {', '.join(_COLUMNS)} FROM subscription WHERE {where} ORDER BY connection, kind"
                ),
                {} if connection is None else {"c": connection},
            )
            return [Kept(**dict(zip(_COLUMNS, row, strict=True)) | {"secret": bytes(row[4])}) for row in rows]

        return await self._read(read)

    async def secrets(self, connection: str) -> tuple[str, ...]:
        """The secrets that calls of a connection may be verified with."""
        return tuple(self.reveal(kept) for kept in await self.all(connection))

    def reveal(self, kept: Kept) -> str:
        """Its secret.

        Raises:
            NeedsOperator: there is no key, or another one.
        """
        return self._sealed().open(kept.secret).decode()

    async def keep(self, connection: str, kind: str, *, id: str | None, url: str, secret: str) -> None:
        """Store one; an older row of that kind is replaced."""
        values: dict[str, Any] = {
            "connection": connection,
            "kind": kind,
            "id": id,
            "url": url,
            "secret": self._sealed().close(secret.encode()),
            "made": self._clock(),
            "checked": self._clock() if id is not None else None,
            "problem": None,
        }
        await self._writer.write(
            Statement(
                f"INSERT INTO subscription ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + c for c in _COLUMNS)})"
                " ON CONFLICT (connection, kind) DO UPDATE SET id = excluded.id, url = excluded.url,"
                " secret = excluded.secret, made = excluded.made, checked = excluded.checked, problem = NULL",
                values,
            )
        )

    async def checked(self, connection: str, kind: str, *, problem: str | None) -> None:
        """Remember a look at the vendor."""
        await self._writer.write(
            Statement(
                "UPDATE subscription SET checked = :now, problem = :problem WHERE connection = :c AND kind = :k",
                {"now": self._clock(), "problem": problem, "c": connection, "k": kind},
            )
        )

    async def drop(self, connection: str, kind: str) -> None:
        """Forget one."""
        await self._writer.write(
            Statement(
                "DELETE FROM subscription WHERE connection = :c AND kind = :k", {"c": connection, "k": kind}
            )
        )

    def _sealed(self) -> Seal:
        if self.seal is None:
            raise NeedsOperator(
                "there is no key to encrypt with.",
                object="[wordferry] secret_key",
                next='Set it, for example secret_key = "env:WORDFERRY_SECRET_KEY" with `openssl rand -hex 32`.',
            )
        return self.seal
