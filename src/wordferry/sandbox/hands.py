"""What a person can do by hand at a vendor's, declared by each room and shown by the control page alike for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do.

    Args:
        name: what forms and the control API call it by.
        label: the button.
        help: what it does, in a sentence.
        content: whether it takes the text or the file of a translation.
        many: whether it can be done to a whole group at once.
    """

    name: str
    label: str
    help: str
    content: bool = False
    many: bool = False


@dataclass(slots=True, kw_only=True)
class Line:
    """One translation.

    Args:
        uid: its id at the vendor's.
        cells: what the columns show.
        status: the vendor's word.
        tone: how that word feels: `calm`, `busy`, `done`, `bad`.
        actions: names of what can be done to it now.
    """

    uid: str
    cells: tuple[str, ...]
    status: str
    tone: str
    actions: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Group:
    """Translations that belong together: a project, a job.

    Args:
        uid: its id at the vendor's.
        name: its name.
        facts: what else to say of it.
        counts: status → how many.
        lines: its translations; left out in overviews.
    """

    uid: str
    name: str
    facts: str
    counts: dict[str, int]
    lines: list[Line] = field(default_factory=list)


class Hands(Protocol):
    """One vendor's people."""

    title: str
    #: What the vendor calls a group and a translation.
    group_word: str
    columns: tuple[str, ...]
    actions: dict[str, Action]

    def groups(self) -> list[Group]:
        """All groups, oldest first, without their lines."""

    def group(self, uid: str) -> Group:
        """One group with its lines.

        Raises:
            KeyError: when there is none of that uid.
        """

    async def text(self, group: str, uid: str) -> str | None:
        """The translation as it would be delivered now, to be edited; None when it is no text or too long.

        Raises:
            KeyError: when there is none of that uid.
        """

    def act(self, action: str, group: str, uid: str | None, content: bytes | None) -> None:
        """Do it.

        Args:
            action: a key of `actions`.
            group: uid of the group.
            uid: uid of the translation; None means every one of the group for which it is possible.
            content: for actions that take it.

        Raises:
            KeyError: when there is no such action, group or translation.
            ValueError: when it cannot be done now.
        """


def action(hands: Hands, name: str, content: bytes | None) -> Action:
    """The action of that name, fit for what comes with it.

    Raises:
        KeyError: when there is none.
        ValueError: when it needs content and gets none.
    """
    found = hands.actions.get(name)
    if found is None:
        raise KeyError(f"action {name!r}; there are: {', '.join(hands.actions)}")
    if found.content and content is None:
        raise ValueError(f"{found.label!r} needs the text or a file")
    return found
