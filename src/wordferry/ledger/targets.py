"""What was last written to each target, and who may write it now: one writer per target."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from wordferry.ledger.database import Reader
from wordferry.ledger.writer import Statement, Writer
from wordferry.model.voyage import Claim

__all__ = ["Target", "Targets"]


class Target(msgspec.Struct, frozen=True):
    """One target.

    Attributes:
        revision: hash of what we last wrote there; None before the first delivery.
        age: `born` of the translation that it is.
        translation: which translation it was.
    """

    content: str
    target: str
    revision: str | None = None
    age: float | None = None
    translation: str | None = None


class Targets:
    """Locks and memory of targets.

    Args:
        writer: group commit.
        read: reads beside it.
    """

    def __init__(self, writer: Writer, read: Reader) -> None:
        self._writer = writer
        self._read = read

    @staticmethod
    def lock(claim: Claim, content: str, target: str, *, known: str | None) -> list[Statement]:
        """The statements that take a target for this slice run.

        Args:
            claim: the slice run.
            content: the content system.
            target: the target.
            known: what we last wrote there, as read before: a delivery in between makes the write a `Conflict`.
        """
        values = {
            "content": content,
            "target": target,
            "slice": claim.slice,
            "epoch": claim.epoch,
            "known": known or "",
        }
        return [
            Statement(
                "INSERT INTO target (content, target) VALUES (:content, :target)"
                " ON CONFLICT (content, target) DO NOTHING",
                values,
            ),
            Statement(
                "UPDATE target SET slice = :slice, epoch = :epoch WHERE content = :content AND target = :target"
                " AND (slice IS NULL OR slice = :slice) AND COALESCE(revision, '') = :known",
                values,
                1,
                f"another delivery is writing {target}",
            ),
        ]

    async def revisions(self, content: str) -> dict[str, str]:
        """Hash of what we last wrote to each target of a content system."""

        def read(connection: sa.Connection) -> dict[str, str]:
            rows = connection.execute(
                sa.text(
                    "SELECT target, revision FROM target WHERE content = :content AND revision IS NOT NULL"
                ),
                {"content": content},
            )
            return {row[0]: row[1] for row in rows}

        return await self._read(read)

    async def of_slice(self, slice_id: str) -> dict[tuple[str, str], Target]:
        """What is known about the targets of a slice's translations, by (content system, target)."""

        def read(connection: sa.Connection) -> dict[tuple[str, str], Target]:
            rows = connection.execute(
                sa.text(
                    "SELECT DISTINCT g.content, g.target, g.revision, g.age, g.translation FROM target g"
                    " JOIN translation t ON t.target = g.target"
                    " JOIN batch b ON b.id = t.batch AND b.content = g.content WHERE t.slice = :slice"
                ),
                {"slice": slice_id},
            )
            return {(row[0], row[1]): Target(*row) for row in rows}

        return await self._read(read)

    @staticmethod
    def written(
        claim: Claim, content: str, target: str, *, revision: str, age: float, translation: str
    ) -> Statement:
        """The statement that remembers a confirmed write and gives the target back."""
        return Statement(
            "UPDATE target SET revision = :revision, age = :age, translation = :translation, slice = NULL, epoch = NULL"
            " WHERE content = :content AND target = :target AND slice = :slice AND epoch = :epoch",
            {
                "content": content,
                "target": target,
                "revision": revision,
                "age": age,
                "translation": translation,
                "slice": claim.slice,
                "epoch": claim.epoch,
            },
            1,
            f"target {target} was taken over by another run",
        )
