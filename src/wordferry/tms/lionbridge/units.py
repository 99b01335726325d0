"""A Lionbridge request as one of our units."""

from __future__ import annotations

from collections.abc import Iterable

from wordferry.errors import Refused
from wordferry.model.voyage import Translation, Unit
from wordferry.tms.lionbridge.api.request import Request
from wordferry.tms.lionbridge.states import TROUBLE

__all__ = ["MEGABYTE", "label", "request_id", "spelled", "unit_of"]

MEGABYTE = 1024 * 1024


def unit_of(request: Request, *, wanted: Iterable[str] = ()) -> Unit:
    """A request as one of our units.

    Args:
        request: as the vendor shows it.
        wanted: the codes as we sent them: the vendor compares codes whatever their case.
    """
    word = request.status_code or ""
    stopped = bool(request.has_error) and word in TROUBLE
    return Unit(
        uid=request.request_id or "",
        locale=spelled(request.target_native_language_code or "", wanted),
        word=word,
        # A request exists only once its file is through; what can still go wrong comes with an error.
        imported="error" if stopped else "ok",
        detail=request.latest_error_message if stopped else None,
    )


def spelled(code: str, wanted: Iterable[str]) -> str:
    """A code as we spell it.

    Source: the vendor's own list of codes, whose letter case follows no rule.
    """
    return next((one for one in wanted if one.casefold() == code.casefold()), code)


def request_id(translation: Translation) -> str:
    """The request of a translation.

    Raises:
        Refused: there is none.
    """
    if not translation.units:
        raise Refused(
            "it has no request at Lionbridge.", object=label(translation), next="Run `wordferry retry`."
        )
    return translation.units[-1].uid


def label(translation: Translation) -> str:
    """What a person reads: item and locale."""
    return f"{translation.name} → {translation.locale}"
