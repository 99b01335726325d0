"""What is special about Phrase's answers: pages by number, and ids that are text here and numbers there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import msgspec

from wordferry.transport.answers import Answer, nothing, reader

__all__ = ["Answer", "Id", "Numbered", "Page", "nothing", "reader"]

T = TypeVar("T")

if TYPE_CHECKING:
    Id = str
else:
    # Phrase sends the same id as text in one place and as a number in another: seen in recorded answers.
    # `Numbered` turns numbers into text, so that readers see `str` only.
    Id = str | int


class Numbered(Answer, frozen=True, kw_only=True):
    """Base of answers with lenient ids: those named in `numbers` are text after decoding."""

    numbers: ClassVar[tuple[str, ...]] = ("id",)

    id: Id | None = None

    def __post_init__(self) -> None:
        for name in self.numbers:
            value: Any = getattr(self, name)
            if value.__class__ is int:
                msgspec.structs.force_setattr(self, name, str(value))


class Page(Answer, Generic[T], frozen=True, kw_only=True):
    """One page of a list. `total_pages` and the counts are None when absent.

    Source: Phrase support article "API Technology (TMS)".
    """

    content: tuple[T, ...] = ()
    total_elements: int | None = None
    total_pages: int | None = None
    page_size: int | None = None
    page_number: int | None = None
    number_of_elements: int | None = None
