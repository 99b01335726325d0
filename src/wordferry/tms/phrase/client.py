"""The typed asynchronous Phrase client: the resources of `api/` bound to a transport.

Nothing here knows a path or a field; nothing in `api/` knows a socket.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from wordferry._version import __version__
from wordferry.errors import NeedsOperator
from wordferry.tms.phrase.api import auth
from wordferry.tms.phrase.api.errors import DIALECT
from wordferry.tms.phrase.resources import (
    Analyses,
    AsyncRequests,
    Auth,
    BilingualFiles,
    EmailTemplates,
    Jobs,
    Languages,
    Previews,
    Projects,
    Providers,
    TargetFiles,
    Templates,
    Users,
    Webhooks,
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

__all__ = ["Downloaded", "Login", "PhraseClient", "Writable"]


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Name and password of a user, for older tenants; newer ones have API tokens.

    Args:
        user_name: the user.
        password: the password, or a function that returns it.
        code: the second factor, where the user has one.
        user_uid: which user, when several share the login.
        version: of the vendor's call: 3, or 1 for installations that do not have it yet.
    """

    user_name: str
    password: str | Callable[[], str]
    code: str | None = None
    user_uid: str | None = None
    version: int = 3

    def __repr__(self) -> str:
        return f"Login(user_name={self.user_name!r})"


class PhraseClient:
    """Phrase TMS, typed and asynchronous.

    Use as `async with PhraseClient(…) as client: project = await client.projects.get(uid)`. Every method
    raises errors of `wordferry.errors` only; its class says what to do next.

    Args:
        platform_url: where tokens are exchanged, `https://eu.phrase.com` or `https://us.phrase.com`. Not needed with
            `login`.
        tms_url: where TMS lives, `https://cloud.memsource.com/web` or `https://us.cloud.memsource.com/web`.
        api_token: the user's API token, or a function that returns it (asked at every exchange, so that a
            rotated secret is picked up).
        login: name and password instead of an API token, for older tenants.
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
        tms_url: str,
        platform_url: str | None = None,
        api_token: str | Callable[[], str] | None = None,
        login: Login | None = None,
        user_agent: str = f"wordferry/{__version__}",
        timeout: float | Timeouts | None = None,
        transport: Transport | None = None,
        budget: Budget | None = None,
        in_flight: int = 50,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if (api_token is None) == (login is None):
            raise NeedsOperator("Either an API token or a login is needed.", object="api_token")
        if platform_url is None and login is None:
            raise NeedsOperator("The address of the token exchange is missing.", object="platform_url")
        self._platform_url = base_address(
            platform_url or tms_url, "platform_url" if platform_url else "tms_url"
        )
        self._login = login
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
        self._tokens = Tokens(self._exchange if login is None else self._log_in, clock=clock)
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
            scheme="Bearer" if login is None else "ApiToken",
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
        self.bilingual_files = BilingualFiles(calls)
        self.webhooks = Webhooks(calls)
        self.users = Users(calls)

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
        given = self._secret(self._api_token or "", "api_token")
        granted = await self._platform.run(auth.exchange(given))
        return Grant(granted.access_token or "", granted.expires_in)

    async def _log_in(self) -> Grant:
        login = self._login
        assert login is not None
        call = auth.login(
            login.user_name,
            password=self._secret(login.password, "password"),
            code=login.code,
            user_uid=login.user_uid,
            version=login.version,
        )
        found = await self._calls.run(call)
        lifetime = None if found.expires is None else (found.expires - datetime.now(UTC)).total_seconds()
        return Grant(found.token or "", lifetime)

    def _secret(self, given: str | Callable[[], str], name: str) -> str:
        value = given if isinstance(given, str) else given()
        if not value:
            raise NeedsOperator("It is empty.", object=name)
        self._last_api_token = value
        return value

    def _secrets(self) -> tuple[str, ...]:
        current = self._tokens.current
        return (self._last_api_token, current) if current else (self._last_api_token,)
