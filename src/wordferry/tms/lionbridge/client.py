"""The typed asynchronous client of the Lionbridge Content API: the resources of `api/` bound to a transport.

Nothing here knows a path or a field; nothing in `api/` knows a socket.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from wordferry._version import __version__
from wordferry.errors import NeedsOperator
from wordferry.tms.lionbridge.api import auth
from wordferry.tms.lionbridge.api.errors import DIALECT
from wordferry.tms.lionbridge.resources import (
    Jobs,
    Listeners,
    Providers,
    Quotas,
    Requests,
    SourceContents,
    SourceFiles,
    StatusUpdates,
    SupportAssets,
    TmUpdates,
)
from wordferry.tms.lionbridge.storage import Storage
from wordferry.transport import (
    AddressGuard,
    Budget,
    Calls,
    Grant,
    LazyTransport,
    RateBudget,
    Retry,
    Timeouts,
    Tokens,
    Transport,
    base_address,
)

__all__ = ["LOGIN_URL", "PRODUCTION_URL", "STAGING_URL", "LionbridgeClient", "calls_per_minute"]

#: Source: the settings of public adapters of the same API; staging has a dash in its name, production has none.
LOGIN_URL = "https://login.lionbridge.com"
PRODUCTION_URL = "https://contentapi.lionbridge.com/v2"
STAGING_URL = "https://content-api.staging.lionbridge.com/v2"

# A 403 has been seen where a throttle was meant. Source: public adapters of the same API, which repeat it.
_RETRY = Retry(doubtful=frozenset({403}))


def calls_per_minute(base_url: str) -> int:
    """How many calls the vendor takes from one address of ours in a minute, with a little to spare.

    Source: Lionbridge page "Development Guidelines": 20 a second, 10 on staging.
    """
    return 590 if ".staging." in (urlsplit(base_url).hostname or "") else 1180


class LionbridgeClient:
    """The Lionbridge Content API, version 2, typed and asynchronous.

    Use as `async with LionbridgeClient(…) as client: job = await client.jobs.get(job_id)`. Every method raises errors
    of `wordferry.errors` only; its class says what to do next.

    Args:
        client_id: of the connector, or a function that returns it. One pair of id and secret belongs to one
            environment.
        client_secret: of the connector, or a function that returns it (asked at every exchange, so that a rotated
            secret is picked up).
        login_url: where tokens are given out; the same for both environments.
        base_url: where the API lives, `https://contentapi.lionbridge.com/v2` or
            `https://content-api.staging.lionbridge.com/v2`.
        user_agent: application name plus a contact; the name and version of this package when left out.
        timeout: seconds of a call without a file, or all of `Timeouts`.
        transport: another backend, or one shared with others; closed by its owner, not by this client.
        budget: calls per minute; what the vendor takes from one address when left out, for this process alone.
        in_flight: most calls under way at a time.
        retry: when to try again by itself.
        clock: monotonic seconds, for the life of the token.
        sleep: waits for seconds, between the tries of an upload that makes no progress.
    """

    def __init__(
        self,
        *,
        client_id: str | Callable[[], str],
        client_secret: str | Callable[[], str],
        login_url: str = LOGIN_URL,
        base_url: str = PRODUCTION_URL,
        user_agent: str = f"wordferry/{__version__}",
        timeout: float | Timeouts | None = None,
        transport: Transport | None = None,
        budget: Budget | None = None,
        in_flight: int = 20,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._base_url = base_address(base_url, "base_url")
        if (urlsplit(self._base_url).hostname or "").endswith("lionbridge.com") and not urlsplit(
            self._base_url
        ).path:
            raise NeedsOperator("The address lacks its path /v2.", object="base_url")
        self._client_id = client_id
        self._client_secret = client_secret
        self._last_secret = ""
        self.timeouts = (
            timeout if isinstance(timeout, Timeouts) else Timeouts(total=timeout or Timeouts().total)
        )
        self._owned = transport is None
        self._transport = transport or LazyTransport(user_agent=user_agent, connections=in_flight)
        self._tokens = Tokens(self._exchange, clock=clock)
        retry = retry or _RETRY
        shared: dict[str, Any] = {"dialect": DIALECT, "timeouts": self.timeouts, "secrets": self._secrets}
        json = {"User-Agent": user_agent, "Accept": "application/json"}
        self._login = Calls(
            self._transport,
            base=base_address(login_url, "login_url"),
            headers=json,
            retry=msgspec.structs.replace(retry, doubtful=frozenset()),
            **shared,
        )
        calls = Calls(
            self._transport,
            base=self._base_url,
            tokens=self._tokens,
            budget=budget or RateBudget(per_minute=calls_per_minute(self._base_url), burst=1),
            in_flight=in_flight,
            headers=json,
            retry=retry,
            **shared,
        )
        # Another host with other limits: the budget is not for it, and its 403 means that a place has expired.
        outside = Calls(
            self._transport,
            base="",
            in_flight=in_flight,
            headers={"User-Agent": user_agent},
            retry=msgspec.structs.replace(retry, doubtful=frozenset()),
            **shared,
        )
        storage = Storage(outside, AddressGuard(self._base_url), retry=retry, sleep=sleep)
        self.jobs = Jobs(calls)
        self.source_files = SourceFiles(calls, storage)
        self.requests = Requests(calls, storage)
        self.source_content = SourceContents(calls)
        self.support_assets = SupportAssets(calls)
        self.tm_updates = TmUpdates(calls)
        self.providers = Providers(calls)
        self.listeners = Listeners(calls)
        self.status_updates = StatusUpdates(calls)
        self.quota = Quotas(calls)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"LionbridgeClient({self._base_url})"

    async def token(self) -> str:
        """The current bearer token, asked for first when needed: the cheapest check of credentials.

        Raises:
            NeedsOperator: the credentials were refused.
            TryAgain: the token service is away.
        """
        return await self._tokens.get()

    async def close(self) -> None:
        """Stop a running token exchange and close the connections this client opened."""
        await self._tokens.close()
        if self._owned:
            await self._transport.close()

    async def _exchange(self) -> Grant:
        given = self._client_secret if isinstance(self._client_secret, str) else self._client_secret()
        id_ = self._client_id if isinstance(self._client_id, str) else self._client_id()
        for name, value in (("client_id", id_), ("client_secret", given)):
            if not value:
                raise NeedsOperator("The credentials are incomplete.", object=name)
        self._last_secret = given
        granted = await self._login.run(auth.token(id_, given))
        return Grant(granted.access_token or "", granted.expires_in)

    def _secrets(self) -> tuple[str, ...]:
        current = self._tokens.current
        return (self._last_secret, current) if current else (self._last_secret,)
