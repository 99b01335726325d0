"""Slices: translations (or a batch) claimed together for one short workflow.

A claim is good for one run of one slice: each run raises the slice's epoch, and every later write carries it. So a
process that was frozen and thaws again changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from wordferry.errors import Conflict
from wordferry.ledger.database import Reader
from wordferry.ledger.executors import Executors
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.identity import short
from wordferry.model.states import WAITING, State
from wordferry.model.voyage import Claim

__all__ = ["Slice", "Slices"]

#: Seconds after which a slice that nobody took up is started again.
UNTAKEN = 30.0
#: Seconds before a slice whose run broke off is started again; doubled with each attempt.
PAUSE = 1.0
#: Seconds until something that was given back without a due time is looked at.
SOON = 5.0
#: Kinds of slices that look at a whole batch and send nothing of it.
LOOKS = frozenset({"audit", "close"})
#: Runs of one slice that ended without a word before its translations are given to the operator.
PATIENCE = 5


class Slice(msgspec.Struct, frozen=True):
    """One row of the slice table."""

    id: str
    kind: str
    connection: str
    batch: str | None
    attempt: int
    epoch: int
    owner: str | None
    state: str
    created: float

    @property
    def key(self) -> str:
        """The engine's deterministic id of this attempt."""
        return f"{self.kind}:{self.id}:{self.attempt}"


_COLUMNS = ", ".join(Slice.__struct_fields__)
_MOVING = ", ".join(f"'{s}'" for s in sorted({*WAITING, State.TRANSLATED, State.EXPORTING, State.DELIVERING}))
#: Gives back what a slice holds. Waiting is a row with a due time: nothing that has to move is left without one.
_DUE = f"CASE WHEN due IS NULL AND state IN ({_MOVING}) THEN :soon ELSE due END"
_GIVE_BACK = (
    f"UPDATE translation SET slice = NULL, due = {_DUE} WHERE slice = :id",
    "UPDATE batch SET slice = NULL WHERE slice = :id",
    "UPDATE target SET slice = NULL, epoch = NULL WHERE slice = :id",
)


class Slices:
    """Opens, runs and recovers slices.

    Args:
        writer: group commit.
        read: reads beside it.
        executors: tells whether an owner lives.
        dialect: `sqlite` or `postgresql`.
        clock: epoch seconds.
    """

    def __init__(
        self,
        writer: Writer,
        read: Reader,
        executors: Executors,
        *,
        dialect: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._writer = writer
        self._read = read
        self._executors = executors
        self._clock = clock
        # The row lock keeps a new run from starting between the check and the commit.
        lock = " FOR SHARE" if dialect == "postgresql" else ""
        self._guard = f"SELECT 1 FROM slice WHERE id = :slice AND epoch = :epoch AND state = 'open'{lock}"

    def guard(self, claim: Claim) -> Statement:
        """The statement that proves a claim, for the front of a write."""
        values = {"slice": claim.slice, "epoch": claim.epoch}
        return Statement(self._guard, values, 1, f"slice {claim.slice} was taken over by another run")

    async def open(
        self,
        kind: str,
        connection: str,
        *,
        batch: str | None = None,
        translations: Sequence[tuple[str, State]] = (),
    ) -> Slice:
        """Claim a batch or translations for a new slice.

        Args:
            kind: the workflow that will run it.
            connection: the TMS connection.
            batch: the batch it works on as a whole, if it does.
            translations: ids with the state each must still be in.

        Raises:
            Conflict: one of them is claimed or has moved; nothing was claimed.
        """
        now = self._clock()
        names = [batch or "", *(id_ for id_, _ in translations)]
        slice_ = Slice(
            id="s" + short("slice", kind, f"{now:.6f}", *names),
            kind=kind,
            connection=connection,
            batch=batch,
            attempt=1,
            epoch=0,
            owner=None,
            state="open",
            created=now,
        )
        writes = [
            Statement(
                "INSERT INTO slice (id, kind, connection, batch, attempt, epoch, state, created)"
                " VALUES (:id, :kind, :connection, :batch, 1, 0, 'open', :created)",
                msgspec.structs.asdict(slice_),
                1,
            )
        ]
        if batch is not None:
            writes.append(
                Statement(
                    # A look at the batch leaves alone when it is sent or prepared next.
                    f"UPDATE batch SET slice = :slice{'' if kind in LOOKS else ', due = NULL'}"
                    " WHERE id = :id AND slice IS NULL",
                    {"slice": slice_.id, "id": batch},
                    1,
                )
            )
        if translations:
            writes.append(
                Statement(
                    "UPDATE translation SET slice = :slice, epoch = 0, due = NULL"
                    " WHERE id = :id AND state = :state AND slice IS NULL",
                    [{"slice": slice_.id, "id": id_, "state": state.value} for id_, state in translations],
                    len(translations),
                )
            )
        await self._writer.write(*writes)
        return slice_

    @staticmethod
    def take(claim: Claim, translation: str, state: State) -> Statement:
        """The statement that adds a translation to a slice under way; given back when the slice ends."""
        return Statement(
            "UPDATE translation SET slice = :slice, epoch = :epoch"
            " WHERE id = :id AND state = :state AND (slice IS NULL OR slice = :slice)",
            {"slice": claim.slice, "epoch": claim.epoch, "id": translation, "state": state.value},
            1,
            f"translation {translation} is in other hands",
        )

    async def begin(self, slice_id: str, attempt: int) -> tuple[Slice, Claim]:
        """Take up an attempt of a slice; fences off every earlier run.

        Raises:
            Conflict: the slice is finished, or another attempt was started meanwhile.
        """
        await self._writer.write(
            Statement(
                "UPDATE slice SET epoch = epoch + 1, owner = :owner"
                " WHERE id = :id AND attempt = :attempt AND state = 'open'",
                {"id": slice_id, "attempt": attempt, "owner": self._executors.id},
                1,
                f"slice {slice_id} needs no work from this attempt",
            ),
            Statement(
                "UPDATE translation SET epoch = (SELECT epoch FROM slice WHERE id = :id) WHERE slice = :id",
                {"id": slice_id},
            ),
            Statement(
                "UPDATE target SET epoch = (SELECT epoch FROM slice WHERE id = :id) WHERE slice = :id",
                {"id": slice_id},
            ),
        )
        slice_ = await self.get(slice_id)
        if slice_ is None or slice_.owner != self._executors.id or slice_.attempt != attempt:
            raise Conflict(f"slice {slice_id} was taken over by another run.")
        return slice_, Claim(slice=slice_id, epoch=slice_.epoch, owner=self._executors.id)

    async def finish(self, claim: Claim, *, error: str | None = None) -> None:
        """Give everything back.

        Raises:
            Conflict: another run owns the slice by now.
        """
        values = {"id": claim.slice, "epoch": claim.epoch, "now": self._clock(), "error": error}
        await self._writer.write(
            Statement(
                "UPDATE slice SET state = 'done', finished = :now, error = :error"
                " WHERE id = :id AND epoch = :epoch AND state = 'open'",
                values,
                1,
                f"slice {claim.slice} was taken over by another run",
            ),
            *self._give_back(claim.slice),
        )

    async def get(self, slice_id: str) -> Slice | None:
        """One slice."""

        def read(connection: sa.Connection) -> Slice | None:
            row = connection.execute(
                sa.text(f"SELECT {_COLUMNS} FROM slice WHERE id = :id"), {"id": slice_id}
            ).first()
            return Slice(*row) if row else None

        return await self._read(read)

    async def lost(self, *, running: Callable[[str], bool] | None = None) -> list[Slice]:
        """Open slices whose owner is dead, that nobody took up in time, or whose run here broke off.

        Args:
            running: whether this process has an attempt (by its key) under way; without it our own are left alone.
        """

        def read(connection: sa.Connection) -> list[Slice]:
            rows = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM slice WHERE state = 'open'"))
            return [Slice(*row) for row in rows]

        return [slice_ for slice_ in await self._read(read) if await self._is_lost(slice_, running)]

    async def _is_lost(self, slice_: Slice, running: Callable[[str], bool] | None) -> bool:
        if running is not None and running(slice_.key):
            return False
        age = self._clock() - slice_.created
        if slice_.owner is None:
            return age > (PAUSE if self._executors.alone else UNTAKEN)
        if slice_.owner == self._executors.id:
            return running is not None and age > PAUSE * 2.0 ** (slice_.attempt - 1)
        return await self._executors.gone(slice_.owner)

    async def restart(self, slice_: Slice) -> Slice:
        """Start the next attempt of a lost slice.

        Raises:
            Conflict: somebody else did.
        """
        await self._writer.write(
            Statement(
                "UPDATE slice SET attempt = attempt + 1, owner = NULL, created = :now"
                " WHERE id = :id AND attempt = :attempt AND epoch = :epoch AND state = 'open'",
                {
                    "id": slice_.id,
                    "attempt": slice_.attempt,
                    "epoch": slice_.epoch,
                    "now": self._clock(),
                },
                1,
            )
        )
        return msgspec.structs.replace(slice_, attempt=slice_.attempt + 1, owner=None)

    async def abandon(self, slice_: Slice) -> None:
        """Close a slice without an owner, raising its epoch so that no run of it can write any more."""
        await self._writer.write(
            Statement(
                "UPDATE slice SET state = 'done', epoch = epoch + 1, finished = :now, error = 'abandoned'"
                " WHERE id = :id AND epoch = :epoch AND state = 'open'",
                {"id": slice_.id, "epoch": slice_.epoch, "now": self._clock()},
                1,
            ),
            *self._give_back(slice_.id),
        )

    def _give_back(self, slice_id: str) -> list[Statement]:
        return [Statement(sql, {"id": slice_id, "soon": self._clock() + SOON}) for sql in _GIVE_BACK]
