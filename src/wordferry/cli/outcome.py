"""What stands in the way of translations, and which exit code that makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from wordferry.cli.exit_codes import Exit
from wordferry.cli.wording import sentence
from wordferry.errors import NeedsOperator, TryAgain, WordferryError, from_json
from wordferry.ledger.tally import stopped_batches
from wordferry.model.states import OPEN, OPERATOR, TABLE, State
from wordferry.model.voyage import Translation

if TYPE_CHECKING:
    from wordferry.ledger import Ledger

__all__ = ["Trouble", "cure", "exit_code", "reason", "show_troubles", "trouble_of", "troubles"]


class Trouble(msgspec.Struct, frozen=True):
    """One thing that does not move by itself.

    Attributes:
        id: of the translation or batch, for `explain` and `retry`.
        name: what a person calls it.
        state: its state; None for a batch.
        what: what happened.
        object: to which object, when it is not the thing itself.
        next: what to do.
        person: whether a person has to change something outside first.
    """

    id: str
    name: str
    state: State | None
    what: str
    object: str | None
    next: str
    person: bool


def cure(text: str, id_: str) -> str:
    """A next step that names the very thing to retry."""
    return sentence(text.replace("`wordferry retry`", f"`wordferry retry {id_}`"))


def reason(translation: Translation) -> WordferryError | None:
    """The stored error of a translation."""
    return from_json(translation.error) if translation.error else None


def trouble_of(translation: Translation) -> Trouble | None:
    """What keeps a translation from moving; None when it moves by itself."""
    error = reason(translation)
    stopped = translation.state in OPERATOR
    if not stopped and (translation.state not in OPEN or error is None or isinstance(error, TryAgain)):
        return None
    what = TABLE[translation.state].means
    after = TABLE[translation.state].next
    if error is not None:
        what, after = error.what, error.next or after
    elif translation.findings:
        more = len(translation.findings) - 1
        what = translation.findings[0] + (f" (and {more} more)" if more else "")
    return Trouble(
        id=translation.id,
        name=f"{translation.name} → {translation.locale}",
        state=translation.state,
        what=sentence(what),
        object=error.object if error else None,
        next=cure(after, translation.id),
        person=isinstance(error, NeedsOperator),
    )


async def troubles(
    ledger: Ledger, *, routes: Sequence[str] = (), batches: Sequence[str] | None = None
) -> list[Trouble]:
    """Everything that waits for a person: batches first, then translations."""
    found: list[Trouble] = []
    for stopped in await stopped_batches(ledger, routes=routes):
        error = from_json(stopped.error)
        if isinstance(error, TryAgain) or (batches is not None and stopped.batch.id not in batches):
            continue
        found.append(
            Trouble(
                id=stopped.batch.id,
                name=f"batch {stopped.batch.name}",
                state=None,
                what=sentence(error.what),
                object=error.object,
                next=cure(error.next, stopped.batch.id),
                person=isinstance(error, NeedsOperator),
            )
        )
    names = ", ".join(f"'{state}'" for state in sorted(OPEN))
    stopped_states = ", ".join(f"'{state}'" for state in sorted(OPERATOR))
    chosen = await ledger.voyages.translations(
        f"t.state IN ({names}) AND (t.state IN ({stopped_states}) OR t.error IS NOT NULL)"
    )
    scope = {batch.id for batch in await ledger.voyages.batches() if not routes or batch.route in routes}
    for translation in chosen:
        if translation.batch not in scope or (batches is not None and translation.batch not in batches):
            continue
        trouble = trouble_of(translation)
        if trouble is not None:
            found.append(trouble)
    return found


def exit_code(found: Sequence[Trouble]) -> int:
    """4 when a person has to change something, 3 when something was refused, held or failed, else 0."""
    if any(trouble.person for trouble in found):
        return Exit.OPERATOR
    return Exit.REFUSED if found else Exit.OK


def show_troubles(found: Sequence[Trouble], *, title: str, most: int = 10) -> list[Any]:
    """What to print about them; equal causes are told once."""
    from wordferry.cli.screen import row, text

    groups: dict[tuple[str, str | None, str], list[Trouble]] = {}
    for trouble in found:
        same = trouble.next.replace(trouble.id, "ID")
        groups.setdefault((trouble.what, trouble.object, same), []).append(trouble)
    lines: list[Any] = ["", text((f"{title} ({len(found):,})", "bold red"))]
    for (what, object_, after), members in list(groups.items())[:most]:
        first = members[0]
        lines.append(text("  ", (first.id, "bold"), f"  {first.name}", (_more(len(members)), "bright_black")))
        where = f"{object_}: " if object_ and object_ != first.name else ""
        lines.append(row(f"{where}{what}", margins=(4,)))
        lines.append(row(f"→ {first.next if len(members) == 1 else after}", margins=(4,)))
    if len(groups) > most:
        lines.append(
            text((f"  and {len(groups) - most:,} more kinds: `wordferry status` counts them", "dim"))
        )
    return lines


def _more(members: int) -> str:
    return f"  and {members - 1:,} more like it" if members > 1 else ""
