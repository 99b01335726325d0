"""Phrase's part of `doctor`: credentials, template, locales and clock, each finding with its cure."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from wordferry.errors import WordferryError
from wordferry.ports.tms import Diagnosis
from wordferry.tms.phrase.api import languages
from wordferry.tms.phrase.api.templates import Template
from wordferry.tms.phrase.config import RouteSettings

if TYPE_CHECKING:
    from wordferry.tms.phrase.adapter import PhraseTMS

__all__ = ["check"]

#: Seconds by which our clock may differ from the vendor's before due times and look-ups suffer.
SKEW = 30.0


async def check(
    tms: PhraseTMS, settings: RouteSettings, locales: Mapping[str, str]
) -> AsyncIterator[Diagnosis]:
    """Look at one route's use of a Phrase connection.

    Args:
        tms: the connection.
        settings: the route's table.
        locales: our code → Phrase's.
    """
    try:
        await tms.client.auth.token()
    except WordferryError as error:
        cure = error.next
        if cure == error.default_next:
            cure = (
                f"Put a valid API token behind {tms.settings.api_token}, then run `wordferry doctor` again."
            )
        yield Diagnosis("credentials", False, error.what, cure)
        return
    yield Diagnosis("credentials", True, f"{tms.settings.platform_url} gives a token")
    yield await _clock(tms)
    try:
        template = await tms.client.templates.get(await tms.template_uid(settings.template))
    except WordferryError as error:
        yield Diagnosis("template", False, str(error), error.next)
    else:
        yield Diagnosis("template", True, f"{settings.template!r} is {template.uid}")
        yield _source(template, settings)
    async for diagnosis in _locales(tms, locales):
        yield diagnosis
    if settings.assign and settings.notify is None:
        yield Diagnosis(
            "notify",
            None,
            "providers are assigned, but nobody is mailed: assigning through the API sends no mail",
            "Set `notify` to an e-mail template if they should hear of it.",
        )


async def _clock(tms: PhraseTMS) -> Diagnosis:
    try:
        async with tms.client.languages.calls.stream(languages.get()) as arriving:
            told = arriving.headers.get("Date", "")
            async for _piece in arriving:
                continue
        skew = time.time() - parsedate_to_datetime(told).timestamp()
    except WordferryError as error:
        return Diagnosis("clock", None, f"the vendor's clock could not be read: {error.what}")
    except ValueError:
        return Diagnosis("clock", None, "the vendor does not tell its time")
    if abs(skew) > SKEW:
        direction = "ahead of" if skew > 0 else "behind"
        return Diagnosis(
            "clock",
            False,
            f"this machine is {abs(skew):.0f} s {direction} the vendor",
            "Set the clock (NTP): due times, look-ups and token lifetimes depend on it.",
        )
    return Diagnosis("clock", True, f"within {SKEW:.0f} s of the vendor's")


def _source(template: Template, settings: RouteSettings) -> Diagnosis:
    wanted = settings.source_locale
    if template.source_lang and wanted and template.source_lang != wanted:
        return Diagnosis(
            "source language",
            None,
            f"the template is made for {template.source_lang}, the route sends {wanted}",
            "Check that this is meant.",
        )
    return Diagnosis("source language", True, template.source_lang or wanted or "as the route says")


async def _locales(tms: PhraseTMS, locales: Mapping[str, str]) -> AsyncIterator[Diagnosis]:
    try:
        listed = {language.code for language in (await tms.client.languages.get()).languages if language.code}
    except WordferryError as error:
        yield Diagnosis("locales", None, f"the vendor's list could not be read: {error.what}")
        return
    for ours, theirs in locales.items():
        if theirs in listed:
            yield Diagnosis("locale", True, f"{ours} = {theirs}")
        else:
            near = _near(theirs, listed)
            yield Diagnosis(
                "locale",
                False,
                f"{ours} = {theirs}: Phrase has no language {theirs!r}",
                f"Perhaps {', '.join(near)}." if near else "Take a code from Phrase's list of languages.",
            )


def _near(code: str, listed: set[str]) -> list[str]:
    """Suggestions only: a code is never guessed."""
    plain = code.lower().replace("-", "_")
    if plain in listed:
        return [plain]
    language = plain.split("_", 1)[0]
    return sorted(one for one in listed if one == language or one.startswith(language + "_"))[:5]
