"""Plans, and what accepting one writes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from wordferry.errors import Conflict, Refused
from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.plan import Plan
from wordferry.model.voyage import Batch, Translation

__all__ = ["Plans"]

_T = [
    name for name in Translation.__struct_fields__ if name not in ("units", "findings", "overwrite", "since")
]


class Plans:
    """Stores plans and turns an accepted one into batches.

    Args:
        writer: group commit.
        read: reads beside it.
    """

    def __init__(self, writer: Writer, read: Reader) -> None:
        self._writer = writer
        self._read = read

    async def store(self, plan: Plan) -> None:
        """Keep a plan so that `apply` can do exactly that."""
        await self._writer.write(
            Statement(
                "INSERT INTO plan (id, created, body) VALUES (:id, :created, :body) ON CONFLICT (id) DO NOTHING",
                {"id": plan.id, "created": plan.created, "body": msgspec.json.encode(plan).decode()},
            )
        )

    async def get(self, id_: str | None = None) -> Plan | None:
        """A plan by id; without one the newest that was not applied."""

        def read(connection: sa.Connection) -> Plan | None:
            if id_ is None:
                sql = "SELECT body FROM plan WHERE applied IS NULL ORDER BY created DESC LIMIT 1"
            else:
                sql = "SELECT body FROM plan WHERE id = :id"
            body = connection.execute(sa.text(sql), {"id": id_} if id_ else {}).scalar()
            return msgspec.json.decode(body, type=Plan) if body else None

        return await self._read(read)

    async def accepted(self) -> int:
        """How many plans were accepted so far; `accept` compares it."""
        return int(await self._meta("accepted") or 0)

    async def newest(self) -> float:
        """The `born` of what was accepted last; what is accepted next has to be above it."""
        return float(await self._meta("newest") or 0.0)

    async def _meta(self, key: str) -> str | None:
        def read(connection: sa.Connection) -> str | None:
            found: str | None = connection.execute(
                sa.text("SELECT value FROM meta WHERE key = :key"), {"key": key}
            ).scalar()
            return found

        return await self._read(read)

    async def accept(
        self,
        plan: Plan,
        batches: Sequence[tuple[Batch, Sequence[Translation]]],
        *,
        after: int | None = None,
    ) -> None:
        """Write the batches of a plan, once.

        Args:
            plan: the plan.
            batches: what to write; a batch that is there already takes the translations as further ones.
            after: what `accepted` returned before the batches were made up; None means that it does not matter.

        Raises:
            Refused: the plan was applied before.
            Conflict: another plan was accepted after `after`; nothing was written.
        """
        now = time.time()
        after = await self.accepted() if after is None else after
        writes = [
            # First, so that of several plans at once one is accepted after the other.
            Statement(
                "INSERT INTO meta (key, value) VALUES ('accepted', :next)"
                " ON CONFLICT (key) DO UPDATE SET value = :next WHERE meta.value = :after",
                {"after": str(after), "next": str(after + 1)},
                1,
                "another plan was accepted in between",
            ),
            Statement(
                "UPDATE plan SET applied = :now WHERE id = :id AND applied IS NULL",
                {"now": now, "id": plan.id},
                1,
            ),
        ]
        if born := [translation.born for _, translations in batches for translation in translations]:
            writes.append(
                Statement(
                    "INSERT INTO meta (key, value) VALUES ('newest', :born)"
                    " ON CONFLICT (key) DO UPDATE SET value = :born",
                    {"born": repr(max(born))},
                )
            )
        for batch, translations in batches:
            writes.append(
                Statement(
                    "INSERT INTO batch (id, plan, route, content, connection, settings, name, marker, source_locale,"
                    " created, variant, prepared, due, looks) VALUES (:id, :plan, :route, :content, :connection,"
                    " :settings, :name, :marker, :source_locale, :created, :variant, 0, :due, 0)"
                    # A run that is under way leaves this due time as it is when it ends.
                    " ON CONFLICT (id) DO UPDATE SET due = excluded.due, error = NULL, looks = 0",
                    msgspec.structs.asdict(batch)
                    | {
                        "plan": plan.id,
                        "settings": msgspec.json.encode(batch.settings).decode(),
                        "due": now,
                    },
                    1,
                )
            )
            rows = [
                {name: getattr(translation, name) for name in _T}
                | {
                    "since": now,
                    "state": translation.state.value,
                    "born": translation.born or batch.created,
                }
                for translation in translations
            ]
            columns = [*_T, "since"]
            writes.append(
                Statement(
                    f"INSERT INTO translation ({', '.join(columns)}, overwrite, epoch)"
                    f" VALUES ({', '.join(':' + c for c in columns)}, 0, 0)",
                    rows,
                )
            )
            writes.append(
                Statement(
                    "INSERT INTO movement (translation, at, new, why, round) VALUES (:id, :since, 'planned', :why, 1)",
                    [{"id": r["id"], "since": now, "why": f"plan {plan.id} was accepted"} for r in rows],
                )
            )
        try:
            await self._writer.write(*writes)
        except Conflict as error:
            if await self._was_applied(plan.id):
                raise Refused(
                    "this plan was applied before.",
                    object=plan.id,
                    next="Run `wordferry plan` for a new one.",
                ) from error
            raise

    async def _was_applied(self, id_: str) -> bool:
        def read(connection: sa.Connection) -> bool:
            sql = sa.text("SELECT 1 FROM plan WHERE id = :id AND applied IS NOT NULL")
            return connection.execute(sql, {"id": id_}).first() is not None

        return await self._read(read)
