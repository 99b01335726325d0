"""Languages as Phrase codes them. Source: Phrase TMS API reference, "List languages"."""

from __future__ import annotations

from wordferry.tms.phrase.api.answers import Answer, reader
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["Language", "Languages", "get"]


class Language(Answer, frozen=True, kw_only=True):
    """One language: `code` is what every other call wants (`pt_br`), `rfc` the BCP 47 tag (`pt-BR`)."""

    code: str | None = None
    name: str | None = None
    rfc: str | None = None
    android: str | None = None
    android_bcp: str | None = None
    rtl: bool | None = None


class Languages(Answer, frozen=True, kw_only=True):
    """All languages; this list has no pages."""

    languages: tuple[Language, ...] = ()


_GET = Endpoint("languages.get", "GET", "/api2/v1/languages", reader(Languages), Kind.READ)


def get(*, active: bool | None = None) -> Call[Languages]:
    """List the languages.

    Args:
        active: only those the organisation has switched on.

    Source: Phrase TMS API reference, "List languages".
    """
    return Call(_GET, query=query((("active", active),)))
