"""Lionbridge's part of `doctor`: credentials, provider, language pairs, listeners and quota, each with its cure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING

from wordferry.errors import Refused, WordferryError
from wordferry.ports.tms import Diagnosis
from wordferry.tms.lionbridge import provider as facts
from wordferry.tms.lionbridge.api.listeners import Listener
from wordferry.tms.lionbridge.api.providers import Provider
from wordferry.tms.lionbridge.config import RouteSettings
from wordferry.tms.lionbridge.events import long_ago

if TYPE_CHECKING:
    from wordferry.tms.lionbridge.adapter import LionbridgeTMS

__all__ = ["check"]

#: Providers named when the configured one is not there.
MOST = 8
#: Share of a quota from which on it is worth a word.
NEARLY = 0.8


async def check(
    tms: LionbridgeTMS, settings: RouteSettings, locales: Mapping[str, str]
) -> AsyncIterator[Diagnosis]:
    """Look at one route's use of a Lionbridge connection.

    Args:
        tms: the connection.
        settings: the route's table.
        locales: our code → Lionbridge's.
    """
    try:
        await tms.client.token()
    except WordferryError as error:
        cure = error.next
        if cure == error.default_next:
            cure = (
                f"Put a valid pair behind {tms.settings.client_id} and {tms.settings.client_secret}; "
                "a pair belongs to production or to staging, never to both."
            )
        yield Diagnosis("credentials", False, error.what, cure)
        return
    yield Diagnosis("credentials", True, f"{tms.settings.login_url} gives a token")
    try:
        provider = await tms.client.providers.get(settings.provider)
    except WordferryError as error:
        yield Diagnosis("provider", False, str(error), await _others(tms))
    else:
        async for diagnosis in _provider(provider, settings, locales):
            yield diagnosis
    for file in (
        *settings.reference,
        *([settings.glossary] if settings.glossary else []),
        *settings.memory.values(),
    ):
        if not (tms.folder / file).is_file():
            yield Diagnosis("file", False, f"{file} is not there", f"Put it at {tms.folder / file}.")
    async for diagnosis in _listeners(tms):
        yield diagnosis
    async for diagnosis in _quota(tms):
        yield diagnosis


async def _others(tms: LionbridgeTMS) -> str:
    try:
        named = [
            f"{one.provider_id} ({one.provider_name})"
            async for one in tms.client.providers.list()
            if one.provider_id
        ]
    except WordferryError:
        named = []
    if not named:
        return "Take an id from `wordferry lionbridge providers list`."
    more = f", and {len(named) - MOST} more" if len(named) > MOST else ""
    return f"There are: {', '.join(named[:MOST])}{more}."


async def _provider(
    provider: Provider, settings: RouteSettings, locales: Mapping[str, str]
) -> AsyncIterator[Diagnosis]:
    name = provider.provider_name or settings.provider
    if provider.deleted:
        yield Diagnosis("provider", False, f"{name} was deleted", "Name another one in the route.")
        return
    yield Diagnosis("provider", True, f"{settings.provider} is {name}")
    if settings.should_quote and not facts.quotes(provider):
        yield Diagnosis("quote", False, f"{name} makes no quotes", "Take `should_quote` out of the route.")
    if settings.memory and not facts.takes_memory(provider):
        yield Diagnosis(
            "memory", False, f"{name} takes no translation memories", "Take `memory` out of the route."
        )
    source = settings.source_locale
    known = provider.capabilities.supported_languages if provider.capabilities else None
    if not known:
        yield Diagnosis("locales", None, f"{name} does not say which languages it translates")
        return
    sources = sorted({code for pair in known for code in pair.sources})
    if source is None:
        yield Diagnosis(
            "source language",
            None,
            f"the route does not name it; {name} takes {', '.join(sources[:MOST])}",
            "Set `source_locale` of the route if the content system calls it otherwise.",
        )
        return
    missing = set(facts.unsupported(provider, source=source, targets=locales.values()))
    for ours, theirs in locales.items():
        if theirs not in missing:
            yield Diagnosis("locale", True, f"{ours} = {theirs}")
            continue
        near = _near(theirs, (code for pair in known for code in pair.targets))
        yield Diagnosis(
            "locale",
            False,
            f"{ours} = {theirs}: {name} does not translate {source} → {theirs}",
            f"Perhaps {', '.join(near)}." if near else f"It takes sources in {', '.join(sources[:MOST])}.",
        )


def _near(code: str, listed: Iterable[str]) -> list[str]:
    """Suggestions only: a code is never guessed."""
    language = code.split("-", maxsplit=1)[0].casefold()
    return sorted({one for one in listed if one.split("-")[0].casefold() == language})[:5]


async def _listeners(tms: LionbridgeTMS) -> AsyncIterator[Diagnosis]:
    try:
        found = [one async for one in tms.client.listeners.list()]
        for one in found:
            yield await _listener(tms, one)
    except Refused as error:
        yield Diagnosis("listener", None, f"listeners cannot be read: {error.what}")
        return
    except WordferryError as error:
        yield Diagnosis("listener", None, f"listeners could not be read: {error.what}")
        return
    if not found:
        yield Diagnosis(
            "listener",
            None,
            "there is none: finished translations are found by polling",
            "`wordferry events register` makes them, once `public_url` is set.",
        )


async def _listener(tms: LionbridgeTMS, one: Listener) -> Diagnosis:
    id_ = one.listener_id or ""
    kind = one.type or "listener"
    if one.disabled:
        return Diagnosis(
            "listener",
            False,
            f"{kind} {id_} is on permanent probation: Lionbridge calls it no more",
            "Mend the receiver, then `wordferry events register`. Nothing is lost meanwhile: we poll.",
        )
    failed = [call async for call in tms.client.listeners.failed(id_, earliest=long_ago())]
    pending = [call async for call in tms.client.listeners.pending(id_)]
    if failed or pending:
        return Diagnosis(
            "listener",
            False,
            f"{kind} {id_}: {len(failed)} calls failed, {len(pending)} wait for another try",
            "See whether the receiver can be reached; `wordferry events register` has them sent again.",
        )
    return Diagnosis("listener", True, f"{kind} {id_} works")


async def _quota(tms: LionbridgeTMS) -> AsyncIterator[Diagnosis]:
    try:
        quota = await tms.client.quota.get()
    except WordferryError as error:
        yield Diagnosis("quota", None, f"it could not be read: {error.what}")
        return
    for one in quota.quotas:
        if one.limit and one.used is not None and one.used >= NEARLY * one.limit:
            yield Diagnosis(
                "quota",
                False if one.used >= one.limit else None,
                f"{one.name}: {one.used:,} of {one.limit:,} used",
                "Status updates are acknowledged while `wordferry serve` runs; for anything else ask Lionbridge.",
            )
            return
    yield Diagnosis("quota", True, "nothing is nearly used up")
