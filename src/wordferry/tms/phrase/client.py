"""The typed asynchronous Phrase client: the resources of `api/` bound to a transport.

Nothing here knows a path or a field; nothing in `api/` knows a socket.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from wordferry._version import __version__
from wordferry.errors import NeedsOperator
from wordferry.tms.phrase.api import auth
from wordferry.tms.phrase.api.errors import DIALECT
from wordferry.tms.phrase.resources import (
    Analyses,
    AsyncRequests,
    Auth,
    EmailTemplates,
    Jobs,
    Languages,
    Previews,
    Projects,
    Providers,
    TargetFiles,
    Templates,
)
from wordferry.transport import (
    Budget,
    Calls,
    Downloaded,
    Grant,
    LazyTransport,
    RateBudget,
    Retry,
    Timeouts,
    Tokens,
    Transport,
    Writable,
    base_address,
)

__all__ = ["Downloaded", "PhraseClient", "Writable"]


class PhraseClient:
    """Phrase TMS, typed and asynchronous.

    Use as `async with PhraseClient(…) as client: project = await client.projects.get(uid)`. Every method
    raises errors of `wordferry.errors` only; its class says what to do next.

    Args:
        platform_url: where tokens are exchanged, `https://eu.phrase.com` or `https://us.phrase.com`.
        tms_url: where TMS lives, `https://cloud.memsource.com/web` or `https://us.cloud.memsource.com/web`.
        api_token: the user's API token, or a function that returns it (asked at every exchange, so that a
            rotated secret is picked up).
        user_agent: application name plus a contact; the vendor asks for both. Left out, it is the name and version of
            this package alone: give the name of your own site and an address where its people are reached.
        timeout: seconds of a call without a file, or all of `Timeouts`.
        transport: another backend, or one shared with others; closed by its owner, not by this client.
        budget: calls per minute; 6,000 of this process alone when left out.
        in_flight: most calls under way at a time.
        retry: when to try again by itself.
        clock: monotonic seconds, for the life of the token.
    """

    def __init__(
        self,
        *,
        platform_url: str,
        tms_url: str,
        api_token: str | Callable[[], str],
        user_agent: str = f"wordferry/{__version__}",
        timeout: float | Timeouts | None = None,
        transport: Transport | None = None,
        budget: Budget | None = None,
        in_flight: int = 50,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._platform_url = base_address(platform_url, "platform_url")
        self._tms_url = base_address(tms_url, "tms_url")
        host = urlsplit(self._tms_url)
        if (host.hostname or "").endswith("memsource.com") and not host.path:
            raise NeedsOperator("The address lacks its path /web.", object="tms_url")
        self._api_token = api_token
        self._last_api_token = ""
        self.timeouts = (
            timeout if isinstance(timeout, Timeouts) else Timeouts(total=timeout or Timeouts().total)
        )
        self._owned = transport is None
        self._transport = transport or LazyTransport(user_agent=user_agent, connections=in_flight)
        self._tokens = Tokens(self._exchange, clock=clock)
        shared: dict[str, Any] = {
            "dialect": DIALECT,
            "retry": retry,
            "timeouts": self.timeouts,
            "headers": {"User-Agent": user_agent, "Accept": "application/json, */*;q=0.5"},
            "secrets": self._secrets,
        }
        self._platform = Calls(self._transport, base=self._platform_url, **shared)
        self._calls = calls = Calls(
            self._transport,
            base=self._tms_url,
            tokens=self._tokens,
            budget=budget or RateBudget(),
            in_flight=in_flight,
            **shared,
        )
        self.auth = Auth(calls, self._tokens)
        self.templates = Templates(calls)
        self.projects = Projects(calls)
        self.jobs = Jobs(calls)
        self.async_requests = AsyncRequests(calls)
        self.target_files = TargetFiles(calls)
        self.providers = Providers(calls)
        self.analyses = Analyses(calls)
        self.email_templates = EmailTemplates(calls)
        self.languages = Languages(calls)
        self.previews = Previews(calls)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"PhraseClient({self._tms_url})"

    async def close(self) -> None:
        """Stop a running token exchange and close the connections this client opened."""
        await self._tokens.close()
        if self._owned:
            await self._transport.close()

    async def _exchange(self) -> Grant:
        given = self._api_token if isinstance(self._api_token, str) else self._api_token()
        if not given:
            raise NeedsOperator("The API token is empty.", object="api_token")
        self._last_api_token = given
        granted = await self._platform.run(auth.exchange(given))
        return Grant(granted.access_token or "", granted.expires_in)

    def _secrets(self) -> tuple[str, ...]:
        current = self._tokens.current
        return (self._last_api_token, current) if current else (self._last_api_token,)
