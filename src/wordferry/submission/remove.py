"""The workflow of a `remove` slice: take away targets whose source is gone, unless a person has changed them."""

from __future__ import annotations

from collections.abc import Mapping

from wordferry import observe
from wordferry.errors import Conflict, Held, WordferryError
from wordferry.ledger import Ledger
from wordferry.ledger.move import Change, move
from wordferry.ledger.revisions import forgotten
from wordferry.ledger.writer import Statement
from wordferry.model.identity import key
from wordferry.model.states import State
from wordferry.model.voyage import Batch, Claim, Translation
from wordferry.ports.content_system import ContentSystem, Removed
from wordferry.ports.effect import Effect, Found, Unknown

__all__ = ["Removal", "removal"]


class Removal:
    """Removes targets.

    Args:
        ledger: the truth.
        contents: content systems by name.
    """

    def __init__(self, ledger: Ledger, contents: Mapping[str, ContentSystem]) -> None:
        self._ledger = ledger
        self._contents = contents

    async def run(self, slice_id: str, attempt: int) -> None:
        """One attempt of a slice, top to bottom.

        Raises:
            Conflict: another run took over.
        """
        _, claim = await self._ledger.slices.begin(slice_id, attempt)
        for translation in await self._ledger.voyages.of_slice(slice_id):
            batch = await self._ledger.voyages.batch(translation.batch)
            assert batch is not None, "the database keeps the batch of every translation"
            with observe.bind(correlation=translation.id):
                try:
                    await self._remove(batch, translation, claim)
                except Conflict:
                    raise
                except WordferryError as error:
                    # It is found again at the next look.
                    observe.event("remove.failed", level="warning", object=translation.target, why=str(error))
        await self._ledger.slices.finish(claim)

    async def _remove(self, batch: Batch, translation: Translation, claim: Claim) -> None:
        if translation.delivered is None:
            return
        effect = removal(self._contents[batch.content], batch, translation)

        def note(removed: Removed) -> list[Statement | Change]:
            why = f"its source is gone; {translation.target} was removed"
            if removed.kept:
                why = f"its source is gone; {translation.target} was changed by a person and stays"
            parts: list[Statement | Change] = [forgotten(batch.content, translation)]
            if translation.state is State.DELIVERED:
                parts.append(move(translation, State.SUPERSEDED, why, claim=claim, due=None))
            return parts

        await self._ledger.operations.run(
            effect, claim, batch=batch.id, translation=translation.id, finish=note
        )


def removal(content: ContentSystem, batch: Batch, translation: Translation) -> Effect[Removed]:
    """The effect that takes a delivered target away, if it is as it was delivered."""
    expected = translation.delivered or ""

    async def perform(_known: Removed | None) -> Removed:
        try:
            await content.remove(translation.target, expected=expected)
        except Held:
            return Removed(target=translation.target, kept=True)
        return Removed(target=translation.target)

    async def look_up() -> Found[Removed] | None:
        there = await content.target_revision(translation.target)
        return Found(Removed(target=translation.target)) if there is None else None

    return Effect(
        kind="remove",
        key=key("remove", translation.id, translation.round, batch.content, translation.target),
        result=Removed,
        unknown=Unknown.LOOK_UP,
        perform=perform,
        look_up=look_up,
        timeout=60.0,
        settle=0.0,
        fenced=True,
        label=translation.target,
    )
