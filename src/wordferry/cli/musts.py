"""Doctor's look at a route's variant: is everything there that the variant demands?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from wordferry.model.variants import MUSTS, Must
from wordferry.ports.tms import Diagnosis

if TYPE_CHECKING:
    from wordferry.bootstrap import Ferry
    from wordferry.model.route import Route

__all__ = ["check_variant"]


async def check_variant(ferry: Ferry, route: Route) -> AsyncIterator[Diagnosis]:
    """Look at each must of a route's variant. What is missing is named, with its cure.

    Args:
        ferry: the ferry; capabilities and configuration are asked, no vendor is called.
        route: the route.
    """
    for must in Must:
        if must not in MUSTS[route.variant]:
            continue
        ok, finding, cure = await _CHECKS[must](ferry, route)
        met = {True: "met", False: "unmet", None: "has no meaning here"}[ok]
        yield Diagnosis(must.value, ok, f"a must of {route.variant}, {met}: {finding}", cure)


Answer = tuple[bool | None, str, str]


async def _tokens(ferry: Ferry, route: Route) -> Answer:
    ok = ferry.connections[route.connection].capabilities.refreshes
    return (
        ok,
        "an expired token is exchanged for a new one by itself" if ok else "tokens are not refreshed",
        "",
    )


async def _template(ferry: Ferry, route: Route) -> Answer:
    if not ferry.connections[route.connection].capabilities.templates:
        return None, f"{route.connection} has no project templates", ""
    return True, f"projects are made from {route.settings.get('template', 'a template')!r}", ""


async def _webhooks(ferry: Ferry, route: Route) -> Answer:
    if route.connection not in ferry.events:
        return False, f"{route.connection} tells us nothing", "Use a connection whose vendor sends events."
    if not ferry.reachable:
        cure = "Set `public_url` in [wordferry], then `wordferry events register`."
        return False, "vendors cannot reach us: there is no `public_url`", cure
    kept = await ferry.ledger.subscriptions.all(route.connection)
    if not kept:
        return False, "nothing is registered at the vendor", "Run `wordferry events register`."
    bad = [one.problem for one in kept if one.problem]
    if bad:
        return False, f"the vendor's side is not in order: {bad[0]}", "Run `wordferry events register`."
    return True, f"{len(kept)} registered", ""


async def _preview(ferry: Ferry, route: Route) -> Answer:
    if not ferry.connections[route.connection].capabilities.max_preview_size:
        return None, f"{route.connection} shows no previews", ""
    mode = route.settings.get("preview", "off")
    if mode == "off":
        cure = f'Set preview = "package" in [route.{route.name}.on.{route.connection}].'
        return False, "the route sends no previews", cure
    return True, f"translators see each item ({mode})", ""


async def _updates(ferry: Ferry, route: Route) -> Answer:
    most = ferry.connections[route.connection].capabilities.updates
    if not most:
        return (
            None,
            f"{route.connection} takes no newer source; it gets new jobs, which replace the old ones",
            "",
        )
    return True, f"an edit goes under open jobs, up to {most} in a call", ""


async def _observability(ferry: Ferry, _route: Route) -> Answer:
    configuration = ferry.configuration
    missing = []
    if not configuration.listens:
        missing.append("metrics (nothing listens)")
    if not getattr(configuration, "alerts", None):
        missing.append("alerts (not configured, or not built into this version)")
    if missing:
        cure = "Let `wordferry serve` listen ([web] enabled = true), and have somebody alerted."
        return False, f"the guide's log fields are there; missing: {', '.join(missing)}", cure
    return True, "the guide's log fields, metrics and alerts", ""


_CHECKS: dict[Must, Callable[[Ferry, Route], Awaitable[Answer]]] = {
    Must.TOKENS: _tokens,
    Must.TEMPLATE: _template,
    Must.WEBHOOKS: _webhooks,
    Must.PREVIEW: _preview,
    Must.UPDATES: _updates,
    Must.OBSERVABILITY: _observability,
}
