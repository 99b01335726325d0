"""Finds the translations that a person means by an id, a name, a path or a vendor's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wordferry.cli.exit_codes import Exit
from wordferry.cli.wording import when
from wordferry.errors import Vanished, WordferryError

if TYPE_CHECKING:
    from wordferry.cli.shell import Shell
    from wordferry.ledger import Ledger
    from wordferry.model.voyage import Translation

__all__ = ["Ambiguous", "candidates", "find", "find_one", "latest"]

#: Candidates shown.
MOST = 20


class Ambiguous(WordferryError):
    """A word may mean several translations."""

    default_next = "Take one of the ids."
    exit_code = Exit.USAGE

    def __init__(self, word: str, found: Sequence[Translation], *, next: str | None = None) -> None:
        super().__init__(f"it may mean {len(found)} translations.", object=word, next=next)
        self.found = found


async def find(ledger: Ledger, word: str) -> list[Translation]:
    """Everything that a word may mean, newest first.

    Raises:
        Vanished: nothing is called that.
    """
    found = await ledger.voyages.resolve(word)
    if not found:
        raise Vanished(
            "no translation has this id, item, target or vendor id.",
            object=word,
            next="`wordferry status` counts what there is; `wordferry plan --all` lists the items.",
        )
    return sorted(found, key=lambda one: -one.since)


async def find_one(ledger: Ledger, word: str) -> Translation:
    """The one translation that a word means.

    Raises:
        Vanished: nothing is called that.
        Ambiguous: several are.
    """
    found = await find(ledger, word)
    exact = [one for one in found if one.id == word]
    if exact:
        return exact[0]
    if len(latest(found)) > 1:
        raise Ambiguous(word, found)
    return found[0]


def latest(found: Sequence[Translation]) -> list[Translation]:
    """The newest translation of each item and locale.

    Args:
        found: newest first.
    """
    newest: dict[tuple[str, str], Translation] = {}
    for one in found:
        newest.setdefault((one.item, one.locale), one)
    return list(newest.values())


def candidates(shell: Shell, error: Ambiguous) -> int:
    """Show what a word may mean; returns the exit code."""
    listed = [
        {"id": one.id, "name": one.name, "locale": one.locale, "state": one.state.value, "batch": one.batch}
        for one in error.found
    ]
    shell.tell(error, candidates=listed)
    if shell.speaks:
        from wordferry.cli.screen import columns

        rows: list[list[Any]] = [
            [one.id, f"{one.name} → {one.locale}", one.state.value, when(one.since)]
            for one in error.found[:MOST]
        ]
        shell.say("", columns(["id", "translation", "state", "since"], rows, wide="translation"))
        if len(error.found) > MOST:
            shell.say(f"and {len(error.found) - MOST:,} more; --json lists them")
    return error.exit_code
