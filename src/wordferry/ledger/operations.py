"""Outside effects, each exactly once: a row committed before the effect, its result after.

A repeated key returns the stored result. An effect whose outcome is unknown is looked up before it is repeated; an
empty look-up counts only when the call can no longer be under way and the other side has had time to settle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from prometheus_client import Counter

from wordferry import observe
from wordferry.errors import (
    Conflict,
    NeedsOperator,
    NotYet,
    OutcomeUnknown,
    Spent,
    Surprise,
    TryAgain,
    WordferryError,
    from_json,
)
from wordferry.ledger.database import Reader
from wordferry.ledger.executors import Executors
from wordferry.ledger.move import Change, log_moves, statements
from wordferry.ledger.operation import AGAIN, AUDIT_AT, CLOSE, COLUMNS, INSERT, SELECT, Operation
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.voyage import Claim
from wordferry.ports.effect import Effect, Unknown

__all__ = ["Operation", "Operations"]

R = TypeVar("R")
#: Seconds after a repeated effect until somebody looks for doubles.
AUDIT = 600.0
Part = Statement | Change

_COUNT = Counter(
    "wordferry_operations_total", "Outside effects by kind and by how they ended", ["kind", "how"]
)


class Operations:
    """Runs effects.

    Args:
        writer: group commit.
        read: reads beside it.
        executors: tells whether another process lives.
        guard: the statement that proves a claim, one per database.
        clock: epoch seconds.
    """

    def __init__(
        self,
        writer: Writer,
        read: Reader,
        executors: Executors,
        *,
        guard: Callable[[Claim], Statement],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._writer = writer
        self._read = read
        self._executors = executors
        self._guard = guard
        self._clock = clock
        #: Called with (phase, key, kind) at each boundary: `begun`, `performed`, `finished`. For crash tests.
        self.probe: Callable[[str, str, str], None] = lambda phase, key, kind: None

    async def run(
        self,
        effect: Effect[R],
        claim: Claim,
        *,
        batch: str,
        translation: str | None = None,
        begin: Sequence[Part] = (),
        finish: Callable[[R], Sequence[Part]] = lambda result: (),
    ) -> R:
        """Do the effect once, whatever happened before.

        Args:
            effect: what to do.
            claim: the slice run on whose behalf it is done.
            batch: id of the batch.
            translation: id of the translation, when it belongs to one.
            begin: further changes committed with the row, before the effect.
            finish: further changes committed with the result, after the effect.

        Returns:
            The result: fresh, adopted from the other side, or stored by an earlier run.

        Raises:
            NotYet: the outcome is unknown and it is too early to decide; carries `not_before`.
            OutcomeUnknown: the call left, no answer came.
            Spent: a single-use effect was begun before.
            Conflict: the claim was lost; nothing was changed.
            WordferryError: the effect did not happen; the row keeps the error and may be begun again.
        """
        with observe.bind(correlation=translation or batch):
            return await self._run(effect, claim, batch, translation, begin, finish)

    async def _run(
        self,
        effect: Effect[R],
        claim: Claim,
        batch: str,
        translation: str | None,
        begin: Sequence[Part],
        finish: Callable[[R], Sequence[Part]],
    ) -> R:
        now = self._clock()
        row = Operation(
            key=effect.key,
            kind=effect.kind,
            label=effect.label,
            batch=batch,
            translation=translation,
            slice=claim.slice,
            epoch=claim.epoch,
            owner=claim.owner,
            state="begun",
            attempt=1,
            begun=now,
            expires=now + effect.timeout,
            finished=None,
            how=None,
            result=None,
            error=None,
            facts=msgspec.json.encode(effect.facts).decode() if effect.facts else None,
        )
        insert = Statement(INSERT, {name: getattr(row, name) for name in COLUMNS}, 1)
        known: R | None = None
        try:
            await self._writer.write(self._guard(claim), insert, *statements(begin))
        except Conflict:
            found = await self.get(effect.key)
            if found is None:
                raise
            if found.state == "done":
                return await self._repeat(effect, claim, found, finish)
            decided = await self._decide(effect, claim, found, finish)
            if isinstance(decided, _Done):
                return decided.result  # type: ignore[no-any-return]
            known = decided.known
            row = await self._again(effect, claim, found, begin)
        log_moves(begin)
        return await self._perform(effect, row, known, finish)

    async def get(self, key: str) -> Operation | None:
        """The row of that key."""

        def read(connection: sa.Connection) -> Operation | None:
            found = connection.execute(sa.text(f"{SELECT} WHERE key = :key"), {"key": key}).first()
            return Operation(*found) if found else None

        return await self._read(read)

    async def of(
        self, *, batch: str | None = None, translation: str | None = None, own: bool = False
    ) -> list[Operation]:
        """Rows of a batch or of one translation, in the order they began.

        Args:
            batch: id of the batch.
            translation: id of the translation; wins over the batch.
            own: only the batch's own, not its translations'.
        """
        where = "translation = :v" if translation else "batch = :v"
        if own:
            where += " AND translation IS NULL"

        def read(connection: sa.Connection) -> list[Operation]:
            values = {"v": translation or batch}
            rows = connection.execute(sa.text(f"{SELECT} WHERE {where} ORDER BY begun, key"), values)
            return [Operation(*row) for row in rows]

        return await self._read(read)

    async def _repeat(
        self, effect: Effect[R], claim: Claim, row: Operation, finish: Callable[[R], Sequence[Part]]
    ) -> R:
        """The stored result, and what follows from it: the caller may have been set back since (`retry`)."""
        result: R = msgspec.json.decode(row.result or "null", type=effect.result)
        if parts := finish(result):
            await self._writer.write(self._guard(claim), *statements(parts))
            log_moves(parts)
        return result

    async def _decide(
        self, effect: Effect[R], claim: Claim, row: Operation, finish: Callable[[R], Sequence[Part]]
    ) -> _Done | _Again:
        """What to do about a row that an earlier run left behind."""
        if row.state == "spent":
            raise Spent("this single-use operation was begun before.", object=effect.label or effect.key)
        if row.state == "failed":
            return _Again()
        now = self._clock()
        if row.state == "begun" and now < row.expires and not await self._executors.gone(row.owner):
            # Another owner may still be in the middle of it; its lease has not run out.
            raise NotYet("another process works on it.", object=effect.label, not_before=row.expires)
        if effect.unknown is Unknown.REPEAT:
            return _Again()
        if effect.unknown is Unknown.NEVER:
            await self._close(row, "spent", was=row.state)
            raise Spent("it was begun before and its outcome is unknown.", object=effect.label or effect.key)
        assert effect.look_up is not None, f"{effect.kind} says it can be looked up, but brings no look-up"
        found = await effect.look_up()
        if effect.unknown is Unknown.ONCE:
            assert found is not None, f"{effect.kind} is done at most once and must say what to assume"
            return await self._adopt(row, found.result, "assumed", finish)
        if found is not None and found.complete:
            return await self._adopt(row, found.result, "adopted", finish)
        settled = await self._over(effect, row) + effect.settle
        # Read anew: a death that was noticed just now is over, where nothing has to settle.
        if self._clock() < settled:
            raise NotYet(
                "its outcome is unknown; the other side may still be working on it.",
                object=effect.label,
                not_before=settled,
            )
        return _Again(found.result if found else None)

    async def _over(self, effect: Effect[R], row: Operation) -> float:
        """Epoch seconds at which the call was certainly over on our side.

        A dead process sends nothing any more: then it was over when we noticed, at the latest. One that only looks dead
        may be frozen, and is waited for unless what it does late changes nothing.
        """
        if not (self._executors.alone or effect.fenced):
            return row.expires
        noticed = await self._executors.noticed(row.owner)
        return row.expires if noticed is None else min(row.expires, noticed)

    async def _adopt(
        self, row: Operation, result: Any, how: str, finish: Callable[[Any], Sequence[Part]]
    ) -> _Done:
        await self._close(row, "done", was=row.state, how=how, result=result, parts=finish(result))
        return _Done(result)

    async def _again(
        self, effect: Effect[Any], claim: Claim, row: Operation, begin: Sequence[Part]
    ) -> Operation:
        """Begin a left-behind row anew; only one of several runs can."""
        now = self._clock()
        values = {
            "key": row.key,
            "slice": claim.slice,
            "epoch": claim.epoch,
            "owner": claim.owner,
            "begun": now,
            "expires": now + effect.timeout,
            "was": row.state,
            "attempt": row.attempt,
            "was_epoch": row.epoch,
            "was_owner": row.owner,
        }
        again = [Statement(AGAIN, values, 1), *statements(begin)]
        if effect.unknown is Unknown.LOOK_UP and row.state != "failed":
            # The look-up found nothing, yet the first call may still surface: somebody looks again later.
            again.append(Statement(AUDIT_AT, {"batch": row.batch, "at": now + AUDIT}))
        await self._writer.write(self._guard(claim), *again)
        return msgspec.structs.replace(
            row,
            state="begun",
            attempt=row.attempt + 1,
            slice=claim.slice,
            epoch=claim.epoch,
            owner=claim.owner,
            begun=now,
            expires=now + effect.timeout,
        )

    async def _perform(
        self, effect: Effect[R], row: Operation, known: R | None, finish: Callable[[R], Sequence[Part]]
    ) -> R:
        self.probe("begun", row.key, row.kind)
        label = effect.label or effect.key
        # What is left of the lease, not a new one: a process that was frozen in between must not start late, when
        # others may have taken the outcome for known.
        left = row.expires - self._clock()
        try:
            if left <= 0:
                raise TimeoutError
            async with asyncio.timeout(left):
                result = await effect.perform(known)
        except TimeoutError as error:
            await self._close(row, "unknown", was="begun")
            raise OutcomeUnknown("the call did not end in time.", object=label) from error
        except OutcomeUnknown as error:
            await self._close(row, "unknown", was="begun", error=error)
            raise
        except Spent as error:
            await self._close(row, "spent", was="begun", error=error)
            raise
        except WordferryError as error:
            await self._close(row, "failed", was="begun", error=error)
            raise
        except Exception as error:
            # Nobody foresaw it, so nobody knows how far it came.
            foreseen = _unforeseen(error, label)
            await self._close(row, "unknown", was="begun", error=foreseen)
            raise foreseen from error
        self.probe("performed", row.key, row.kind)
        await self._close(row, "done", was="begun", how="performed", result=result, parts=finish(result))
        self.probe("finished", row.key, row.kind)
        return result

    async def _close(
        self,
        row: Operation,
        state: str,
        *,
        was: str,
        how: str | None = None,
        result: Any = None,
        error: WordferryError | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        now = self._clock()
        values = {
            "key": row.key,
            "state": state,
            "finished": now,
            "how": how,
            "result": msgspec.json.encode(result).decode() if state == "done" else None,
            "error": error.to_json() if error else None,
            "expires": min(now, row.expires) if state == "unknown" else row.expires,
            "was": was,
            "attempt": row.attempt,
            "was_owner": row.owner,
            "was_epoch": row.epoch,
        }
        close = Statement(CLOSE, values, 1, f"operation {row.key} was taken over by another run")
        await self._writer.write(close, *statements(parts))
        log_moves(parts)
        _COUNT.labels(row.kind, how or state).inc()
        if error is not None and not isinstance(error, TryAgain):
            observe.event(
                "operation.failed", level="warning", operation=row.kind, object=row.label, why=error.what
            )

    @staticmethod
    def error_of(row: Operation) -> WordferryError | None:
        """The stored error of a row."""
        return from_json(row.error) if row.error else None


def _unforeseen(error: Exception, label: str) -> WordferryError:
    if isinstance(error, OSError):
        return NeedsOperator(f"the system said: {error.strerror or type(error).__name__}.", object=label)
    return Surprise(f"it broke off with {type(error).__name__}.", object=label)


class _Done(msgspec.Struct):
    result: Any


class _Again(msgspec.Struct):
    known: Any = None
