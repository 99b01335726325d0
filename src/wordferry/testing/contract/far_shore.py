"""What the contract suite has to be able to do at the vendor: look, and play the people who work there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self

import msgspec

__all__ = ["PURPOSES", "FarShore", "Shown"]

#: What a call is for → what it is in words. A shore names its own calls for those that it has.
PURPOSES: dict[str, str] = {
    "open": "makes the vendor's side of a batch",
    "send": "sends an item",
    "hand over": "lets the vendor's people begin",
    "look": "lists what became of a batch",
    "export": "asks for a finished file",
    "fetch": "downloads it",
    "confirm": "says that it is home",
    "reject": "sends it back",
}


class Shown(msgspec.Struct, frozen=True):
    """A translation as the vendor has it.

    Attributes:
        uid: the vendor's id.
        file: the name under which the vendor has it.
        locale: the vendor's code.
        word: the vendor's status word.
        confirmed: whether the vendor regards it as delivered.
        note: what we told the translator when we sent it back.
    """

    uid: str
    file: str
    locale: str
    word: str
    confirmed: bool
    note: str = ""


class FarShore(ABC):
    """A vendor, or a stand-in, that the suite can handle. Use as an async context manager.

    Attributes:
        kind: the `kind` of the connection in `wordferry.toml`.
        locales: our code → the vendor's; `de` and `fr` have to be there.
        calls: purpose (a key of `PURPOSES`) → the call's name here, for those that the vendor has.
    """

    kind: ClassVar[str]
    locales: ClassVar[Mapping[str, str]]
    calls: ClassVar[Mapping[str, str]]

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    # -- how to get there ---------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def connection(self) -> str:
        """The lines of the `[tms.vendor]` table, without `kind`; secrets as `env:` references."""

    @property
    @abstractmethod
    def route(self) -> str:
        """The lines of the `[route.docs.on.vendor]` table, without `locales`."""

    @property
    @abstractmethod
    def wrong_route(self) -> str:
        """The same, naming something that the vendor does not have: a template, a provider."""

    @property
    def narrow_route(self) -> str:
        """The same, where the vendor translates to `de` and `fr` only."""
        return self.route

    @property
    def closing_route(self) -> str:
        """The same, with a batch closed as soon as everything is settled; for vendors that close batches."""
        return self.route

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The environment variables that the references name."""

    # -- looking ------------------------------------------------------------------------------------------------

    @abstractmethod
    def shown(self) -> Sequence[Shown]:
        """Every translation the vendor has, doubles too."""

    @abstractmethod
    def batches(self) -> int:
        """How many projects or jobs of ours there are."""

    def closed(self) -> int:
        """How many of them are closed for good; for vendors that close batches."""
        return 0

    @abstractmethod
    def made(self, purpose: str) -> int:
        """How many calls for that purpose did their work."""

    # -- trouble ------------------------------------------------------------------------------------------------

    @abstractmethod
    def lose_answer(self, purpose: str, *, count: int = 1) -> None:
        """The next calls for that purpose are done, and their answers never arrive."""

    @abstractmethod
    def error_page(self, purpose: str, *, count: int = 1) -> None:
        """The next calls for that purpose are answered by a web page, and not done."""

    @abstractmethod
    def lose_events(self) -> None:
        """Nothing that the vendor tells by itself arrives from now on."""

    # -- the people there ---------------------------------------------------------------------------------------

    @abstractmethod
    def wait_for_me(self) -> None:
        """From now on nobody there works by himself."""

    @abstractmethod
    async def finish(self, locale: str, *, text: bytes | None = None) -> None:
        """The translator finishes what waits in that language.

        Args:
            locale: the vendor's code.
            text: the file, byte for byte; a good translation when left out.
        """

    @abstractmethod
    async def break_next(self, locale: str) -> None:
        """What is finished in that language from now on is broken; a second try is good."""

    @abstractmethod
    async def cancel_there(self, locale: str) -> None:
        """Somebody there cancels what waits in that language."""

    @abstractmethod
    async def deliver_again(self, locale: str) -> None:
        """Somebody there opens what was delivered in that language and finishes it once more, with another text."""

    @abstractmethod
    async def fail_import(self, locale: str) -> None:
        """What is sent in that language from now on is taken, and then cannot be worked on."""

    @abstractmethod
    async def heal(self) -> None:
        """Everybody there works by himself and well again."""
