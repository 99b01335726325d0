"""Ways of older installations: the login with name and password, and the guide's call for job parts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from wordferry.errors import NeedsOperator, Vanished
from wordferry.phrase import Login, PhraseClient, Retry

P = "/web/api2/v1/projects/p/jobs"


class Tenant:
    """An older installation: hands out tokens for a password, and answers what a test adds."""

    def __init__(self) -> None:
        self.app = web.Application()
        self.app.router.add_post("/web/api2/v3/auth/login", self._login)
        self.app.router.add_post("/web/api2/v1/auth/login", self._login)
        self.app.router.add_post("/web/api2/v1/auth/logout", self._logout)
        self.app.router.add_get("/web/api2/v1/auth/whoAmI", self._who)
        self.logins: list[tuple[str, dict[str, Any]]] = []
        self.good: set[str] = set()
        self.asked: list[str] = []

    async def start(self) -> str:
        self.runner = web.AppRunner(self.app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/web"

    async def _login(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        body = await request.json()
        self.logins.append((request.path, body))
        if body["password"] != "open":
            return web.json_response({"errorCode": "AuthInvalidCredentials"}, status=401)
        token = f"T{len(self.logins)}"
        self.good.add(token)
        expires = (datetime.now(UTC) + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return web.json_response({"user": {"userName": body["userName"]}, "token": token, "expires": expires})

    def _bad(self, request: web.Request) -> web.Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "ApiToken" and token in self.good:
            return None
        return web.json_response({"errorCode": "AuthUnauthorized"}, status=401)

    async def _logout(self, request: web.Request) -> web.Response:
        given = request.query.get("token")
        if given is None:
            if (bad := self._bad(request)) is not None:
                return bad
            given = request.headers["Authorization"].partition(" ")[2]
        else:
            assert "Authorization" not in request.headers
        self.good.discard(given)
        return web.Response(status=204)

    async def _who(self, request: web.Request) -> web.Response:
        return self._bad(request) or web.json_response({"user": {"userName": "ada", "uid": "u"}})

    def answer(self, path: str, body: Any, status: int = 200) -> None:
        """Answer a GET of a path."""

        async def handler(request: web.Request) -> web.Response:
            self.asked.append(request.path.rpartition("/jobs")[2] + ("?" if request.query_string else ""))
            return web.Response(status=status, text=json.dumps(body), content_type="application/json")

        self.app.router.add_get(path, handler)


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    made = Tenant()
    yield made
    await made.runner.cleanup()


def _client(url: str, **options: Any) -> PhraseClient:
    login = options.pop("login", None) or Login(user_name="ada", password="open")
    return PhraseClient(tms_url=url, login=login, retry=Retry(base=0.001, crowd=0.001), **options)


@pytest.mark.parametrize(
    ("version", "path"), [(3, "/web/api2/v3/auth/login"), (1, "/web/api2/v1/auth/login")]
)
async def test_name_and_password_give_a_token(tenant: Tenant, version: int, path: str) -> None:
    """The client logs in once, sends `ApiToken`, and needs no platform address."""
    login = Login(user_name="ada", password=lambda: "open", version=version)
    async with _client(await tenant.start(), login=login) as client:
        for _ in range(2):
            assert (await client.auth.who_am_i()).user.uid == "u"  # type: ignore[union-attr]
    assert [where for where, _ in tenant.logins] == [path]
    assert tenant.logins[0][1] == {"userName": "ada", "password": "open"}


async def test_a_token_that_ended_is_asked_for_anew(tenant: Tenant) -> None:
    """After a 401 the client logs in once more and goes on."""
    async with _client(await tenant.start()) as client:
        await client.auth.who_am_i()
        tenant.good.clear()
        await client.auth.who_am_i()
    assert len(tenant.logins) == 2


async def test_logging_out_forgets_the_token(tenant: Tenant) -> None:
    """After a logout the token is dead and the next call logs in anew; another token is ended without ours."""
    async with _client(await tenant.start()) as client:
        await client.auth.who_am_i()
        await client.auth.logout()
        assert tenant.good == set()
        other = await client.auth.login("bob", password="open")
        await client.auth.who_am_i()
        assert len(tenant.good) == 2
        await client.auth.logout(token=other.token)
        assert len(tenant.good) == 1
        await client.auth.who_am_i()
    assert len(tenant.logins) == 3


async def test_a_wrong_password_is_the_operators(tenant: Tenant) -> None:
    """A refused login says so and shows neither the password nor a token."""
    login = Login(user_name="ada", password="very-secret")
    assert "very-secret" not in repr(login)
    async with _client(await tenant.start(), login=login) as client:
        with pytest.raises(NeedsOperator) as caught:
            await client.auth.who_am_i()
    assert caught.value.code == "AuthInvalidCredentials"
    assert "very-secret" not in str(caught.value)


def test_one_way_in_has_to_be_chosen() -> None:
    """Neither an API token nor a login, or both, or a token without its exchange, is refused at once."""
    login = Login(user_name="a", password="b")
    for options in (
        {},
        {"api_token": "t", "login": login, "platform_url": "https://x"},
        {"api_token": "t"},
    ):
        with pytest.raises(NeedsOperator):
            PhraseClient(tms_url="https://tms.example.com/web", **options)


JOB = {"uid": "j", "filename": "a.md", "targetLang": "de", "workflowLevel": 2, "serverTaskId": "s"}


@pytest.mark.parametrize(
    "body",
    [
        [JOB, {"uid": "k", "innerId": 7}],
        {"content": [JOB, {"uid": "k", "innerId": 7}], "totalPages": 1},
        {"parts": [JOB, {"uid": "k", "innerId": 7}, "odd"]},
        {"jobs": [JOB, {"uid": "k", "innerId": "7", "status": 5}]},
    ],
)
async def test_parts_are_taken_in_any_form(tenant: Tenant, body: Any) -> None:
    """Whatever list an installation answers to the guide's call is read."""
    tenant.answer(P + "/j/parts", body)
    async with _client(await tenant.start()) as client:
        found = await client.jobs.parts("p", "j")
    assert [(job.uid, job.inner_id) for job in found] == [("j", None), ("k", "7")]


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_parts_are_found_without_the_call(tenant: Tenant, status: int) -> None:
    """Where the call does not exist the documented ones are asked, and it is not tried again."""
    tenant.answer(P + "/j/parts", {}, status)
    tenant.answer(P + "/j", JOB)
    async with _client(await tenant.start()) as client:
        for _ in range(2):
            assert [job.uid for job in await client.jobs.parts("p", "j")] == ["j"]
    assert tenant.asked == ["/j/parts", "/j", "/j"]


async def test_parts_of_a_split_job_are_its_siblings(tenant: Tenant) -> None:
    """Parts of a split job are those of the same file, language and level, and no other jobs."""
    tenant.answer(P + "/j", JOB | {"isParentJobSplit": True})
    listed = [
        {"uid": "j", "filename": "a.md", "targetLang": "de", "serverTaskId": "s", "split": True},
        {"uid": "k", "filename": "a.md", "targetLang": "de", "serverTaskId": "s", "split": True},
        {"uid": "x", "filename": "aa.md", "targetLang": "de", "serverTaskId": "t", "split": True},
        {"uid": "y", "filename": "a.md", "targetLang": "de", "serverTaskId": "t", "split": True},
    ]
    tenant.answer("/web/api2/v2/projects/p/jobs", {"content": listed, "totalPages": 1})
    async with _client(await tenant.start()) as client:
        assert [job.uid for job in await client.jobs.parts("p", "j")] == ["j", "k"]


async def test_a_job_that_is_gone_has_no_parts(tenant: Tenant) -> None:
    """When neither call finds the job it is gone, and the guide's call is tried again another time."""
    async with _client(await tenant.start()) as client:
        with pytest.raises(Vanished):
            await client.jobs.parts("p", "j")
