"""The Phrase client against a small server of its own: tokens, pages, limits, files."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web

import wordferry.phrase
from wordferry import __version__, observe
from wordferry.errors import NeedsOperator, OutcomeUnknown, Refused, Spent, TryAgain, Vanished
from wordferry.phrase import File, PhraseClient, Retry, Stream, Timeouts, Unlimited
from wordferry.transport import default_transport

SAMPLES = Path(__file__).parents[3] / "samples" / "phrase"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Phrase:
    """A server that knows tokens and whatever a test adds; counts requests by path."""

    def __init__(self) -> None:
        self.app = web.Application(client_max_size=1 << 28)
        self.app.router.add_post("/idm/oauth/token", self._exchange)
        self.seen: Counter[str] = Counter()
        self.exchanges = 0
        self.valid: set[str] = set()
        self.subjects: list[str] = []
        self.refuse_exchange: web.Response | None = None
        self.expires_in: Any = 14399

    async def start(self) -> None:
        self.runner = web.AppRunner(self.app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    def add(self, method: str, path: str, handler: Handler) -> None:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.seen[request.path.removeprefix("/web")] += 1
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.valid:
                return sample("auth/who_am_i/401")
            return await handler(request)

        self.app.router.add_route(method, "/web" + path, guarded)

    def answers(self, method: str, path: str, *names: str) -> None:
        """Answer with samples in order; the last one repeats."""
        left = list(names)

        async def handler(request: web.Request) -> web.StreamResponse:
            return sample(left.pop(0) if len(left) > 1 else left[0])

        self.add(method, path, handler)

    async def _exchange(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.subjects.append(str(form["subject_token"]))
        self.exchanges += 1
        await asyncio.sleep(0.01)
        if self.refuse_exchange is not None:
            return self.refuse_exchange
        token = f"token-{self.exchanges}"
        self.valid.add(token)
        return web.json_response(
            {"access_token": token, "expires_in": self.expires_in, "token_type": "Bearer"}
        )

    def client(self, **options: Any) -> PhraseClient:
        options = {"api_token": "api-token-1", "retry": Retry(base=0.001, crowd=0.001), **options}
        return PhraseClient(platform_url=self.url, tms_url=self.url + "/web", **options)


def sample(name: str) -> web.Response:
    status = int(name.rsplit("/", maxsplit=1)[-1][:3])
    body = (SAMPLES / f"{name}.json").read_bytes()
    return web.Response(status=status, body=body, content_type="application/json")


@pytest.fixture
async def phrase() -> AsyncIterator[Phrase]:
    server = Phrase()
    yield server
    await server.runner.cleanup()


async def test_the_whole_exchange_of_a_call(phrase: Phrase) -> None:
    """The first call fetches a token with the API token; later ones use it, and say who we are."""
    agents: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        agents.append(request.headers["User-Agent"])
        return sample("projects/get/200")

    phrase.add("GET", "/api2/v1/projects/p", handler)
    await phrase.start()
    async with phrase.client(user_agent="Site/1.0 (l10n@example.com)") as client:
        first, second = await client.projects.get("p"), await client.projects.get("p")
        assert first == second
        assert first.name == "Site 2026-11"
        assert await client.auth.token() == "token-1"
    assert phrase.subjects == ["api-token-1"]
    assert agents == ["Site/1.0 (l10n@example.com)"] * 2


async def test_each_call_is_logged_for_the_vendors_support(
    phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call's line has the guide's fields, the vendor's own id of it, the work it began, and no secret."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = sample("target_files/start/202")
        answer.headers["memsource-action-id"] = "0123456789abcdef0123456789abcdef"
        return answer

    phrase.add("PUT", "/api2/v3/projects/p/jobs/j/targetFile", handler)
    await phrase.start()
    monkeypatch.setattr("wordferry.observe.log._threshold", 100)
    stream = io.StringIO()
    observe.configure(format="json", level="info", stream=stream)
    try:
        with observe.bind(correlation="c", installation="i"):
            async with phrase.client() as client:
                callback = "https://h/callbacks/x/y/secret-mac"
                started = await client.target_files.start("p", "j", callback_url=callback)
    finally:
        structlog.reset_defaults()
    assert started.async_request is not None
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert set(observe.FIELDS) <= line.keys()
    assert None not in {line[name] for name in observe.FIELDS}
    assert line["requestId"] == "0123456789abcdef0123456789abcdef"
    assert (line["projectUid"], line["jobUid"]) == ("p", "j")
    assert line["asyncRequestId"] == started.async_request.id
    for secret in ("api-token-1", "token-1", "secret-mac"):
        assert secret not in stream.getvalue()


async def test_the_default_name_invents_nothing(phrase: Phrase) -> None:
    """A client that was given no name says the package and its version, and no address."""
    agents: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        agents.append(request.headers["User-Agent"])
        return sample("projects/get/200")

    phrase.add("GET", "/api2/v1/projects/p", handler)
    await phrase.start()
    async with phrase.client() as client:
        await client.projects.get("p")
    assert agents == [f"wordferry/{__version__}"]


async def test_a_hundred_first_calls_make_one_exchange(phrase: Phrase) -> None:
    """A hundred calls at once, before there is a token, make one exchange."""
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    async with phrase.client() as client:
        await asyncio.gather(*(client.projects.get("p") for _ in range(100)))
    assert phrase.exchanges == 1


async def test_a_hundred_401s_make_one_renewal(phrase: Phrase) -> None:
    """When the token dies under a hundred calls, one exchange renews it and every call succeeds."""
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    async with phrase.client() as client:
        await client.projects.get("p")
        phrase.valid.clear()
        await asyncio.gather(*(client.projects.get("p") for _ in range(100)))
    assert phrase.exchanges == 2


async def test_401_for_good_is_the_operators(phrase: Phrase) -> None:
    """A token that is refused even after renewal ends with the operator, after one renewal."""

    async def never(request: web.Request) -> web.StreamResponse:
        return sample("auth/who_am_i/401")

    phrase.add("GET", "/api2/v1/auth/whoAmI", never)
    await phrase.start()
    async with phrase.client() as client:
        with pytest.raises(NeedsOperator) as caught:
            await client.auth.who_am_i()
    assert caught.value.code == "AuthUnauthorized"
    assert (phrase.exchanges, phrase.seen["/api2/v1/auth/whoAmI"]) == (2, 2)


async def test_a_refused_api_token_is_the_operators_and_stays_hidden(phrase: Phrase) -> None:
    """A revoked API token stops every call with one clear error that does not show it."""
    body = {
        "error": "invalid_grant",
        "error_description": "subject_token api-token-1 is not valid (api-token-1)",
    }
    phrase.refuse_exchange = web.json_response(body, status=400)
    await phrase.start()
    async with phrase.client() as client:
        results = await asyncio.gather(*(client.projects.get("p") for _ in range(20)), return_exceptions=True)
        assert {type(result) for result in results} == {NeedsOperator}
        assert phrase.exchanges == 1
        assert not [result for result in results if "api-token-1" in str(result)]
        assert isinstance(results[0], NeedsOperator)
        assert results[0].code == "invalid_grant"


async def test_a_rotated_api_token_is_picked_up(phrase: Phrase) -> None:
    """A function as API token is asked at each exchange; a secret that changed is used from then on."""
    current = ["first-secret"]
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    async with phrase.client(api_token=lambda: current[0]) as client:
        await client.projects.get("p")
        current[0] = "second-secret"
        phrase.valid.clear()
        await client.projects.get("p")
    assert phrase.subjects == ["first-secret", "second-secret"]


async def test_an_expiring_token_is_renewed_before_the_call(phrase: Phrase) -> None:
    """A token past its margin is exchanged before the call, not after a 401."""
    now = [0.0]
    phrase.expires_in = "3600"
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    async with phrase.client(clock=lambda: now[0]) as client:
        await client.projects.get("p")
        now[0] = 3541.0
        await client.projects.get("p")
    assert (phrase.exchanges, phrase.seen["/api2/v1/projects/p"]) == (2, 2)


def _paged(
    phrase: Phrase, path: str, count: int, *, cap: int = 50, totals: bool = True
) -> list[tuple[int, int]]:
    asked: list[tuple[int, int]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        number, size = int(request.query["pageNumber"]), int(request.query["pageSize"])
        asked.append((number, size))
        if size > cap:
            body = {"errorCode": "BAD_REQUEST", "errorDescription": f"pageSize: Maximum value is: {cap}"}
            return web.json_response(body, status=400)
        content = [{"uid": f"u{index}"} for index in range(count)][number * size : (number + 1) * size]
        answer: dict[str, Any] = {"content": content}
        if totals:
            answer["totalPages"] = -(-count // size)
        return web.json_response(answer)

    phrase.add("GET", path, handler)
    return asked


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 101])
@pytest.mark.parametrize("totals", [True, False])
async def test_lists_give_every_item_once(phrase: Phrase, count: int, totals: bool) -> None:
    """A list yields all items of all pages, with and without totals in the answers."""
    asked = _paged(phrase, "/api2/v1/projects", count, totals=totals)
    await phrase.start()
    async with phrase.client() as client:
        uids = [project.uid async for project in client.projects.list(name="x")]
    assert uids == [f"u{index}" for index in range(count)]
    if totals:
        assert len(asked) == max(1, -(-count // 50))


async def test_a_smaller_cap_is_learnt_once(phrase: Phrase) -> None:
    """A 400 that names the largest page lowers it for this and later lists; no item is lost."""
    asked = _paged(phrase, "/api2/v1/projects", 45, cap=20)
    await phrase.start()
    async with phrase.client() as client:
        for _ in range(2):
            assert [project.uid async for project in client.projects.list()] == [
                f"u{index}" for index in range(45)
            ]
    assert asked == [(0, 50), (0, 20), (1, 20), (2, 20), (0, 20), (1, 20), (2, 20)]


async def test_other_refusals_of_a_list_come_out(phrase: Phrase) -> None:
    """A 400 about anything else is not taken for a page size."""
    phrase.answers("GET", "/api2/v1/projects", "projects/from_template/400")
    await phrase.start()
    async with phrase.client() as client:
        with pytest.raises(Refused, match="Target languages"):
            _ = [project async for project in client.projects.list()]


async def test_items_that_shift_between_pages_come_once(phrase: Phrase) -> None:
    """An item that slides onto the next page while the list grows is given once."""
    pages = [["a", "b"], ["b", "c"]]

    async def handler(request: web.Request) -> web.StreamResponse:
        content = [{"uid": uid} for uid in pages[int(request.query["pageNumber"])]]
        return web.json_response({"content": content, "totalPages": 2})

    phrase.add("GET", "/api2/v2/projects/p/jobs", handler)
    await phrase.start()
    async with phrase.client() as client:
        assert [job.uid async for job in client.jobs.list("p")] == ["a", "b", "c"]


@pytest.mark.parametrize(("last", "levels", "projects"), [(None, [1, 2], 1), (3, [1, 2, 3], 0)])
async def test_all_levels_are_listed(
    phrase: Phrase, last: int | None, levels: list[int], projects: int
) -> None:
    """Jobs of every workflow level come, each with its level, also where the vendor leaves it out."""

    async def handler(request: web.Request) -> web.StreamResponse:
        level = request.query["workflowLevel"]
        assert request.query.getall("status") == ["COMPLETED"]
        return web.json_response({"content": [{"uid": f"j{level}", "status": "COMPLETED"}], "totalPages": 1})

    phrase.add("GET", "/api2/v2/projects/p/jobs", handler)
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    async with phrase.client() as client:
        found = client.jobs.all_levels("p", last_level=last, status=("COMPLETED",))
        assert [(job.uid, job.level) async for job in found] == [(f"j{level}", level) for level in levels]
    assert phrase.seen["/api2/v1/projects/p"] == projects


@pytest.mark.parametrize("headers", [{}, {"Ratelimit-Limit": "100", "Ratelimit-Remaining": "0"}])
async def test_both_429s_are_waited_out(phrase: Phrase, headers: dict[str, str]) -> None:
    """A 429 in plain text, of either kind, is waited out, also for effects: nothing was done."""
    tries: list[int] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        tries.append(1)
        if len(tries) == 1:
            return web.Response(status=429, text="Too many requests.", headers=headers)
        return sample("projects/from_template/201")

    phrase.add("POST", "/api2/v2/projects/applyTemplate/t", handler)
    await phrase.start()
    async with phrase.client() as client:
        project = await client.projects.from_template("t", name="n")
    assert (project.uid, len(tries)) == ("bN4tVq81LkZxYw0RmCe2aS", 2)


async def test_an_effect_without_an_answer_is_unknown_and_not_repeated(phrase: Phrase) -> None:
    """A create whose answer is late, lost or a 503 happened perhaps: one request, outcome unknown."""

    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return sample("projects/from_template/201")

    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(
            status=503, text=(SAMPLES / "limits/503.html").read_text(), content_type="text/html"
        )

    async def lost(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    for name, handler in (("late", late), ("away", away), ("lost", lost)):
        phrase.add("POST", f"/api2/v2/projects/applyTemplate/{name}", handler)
    await phrase.start()
    async with phrase.client(timeout=0.3) as client:
        await client.auth.token()
        for name in ("late", "away", "lost"):
            with pytest.raises(OutcomeUnknown):
                await client.projects.from_template(name, name="n")
    assert set(phrase.seen.values()) == {1}


async def test_uploads_stream_from_path_bytes_and_iterator(phrase: Phrase, tmp_path: Path) -> None:
    """The same source arrives the same from bytes, a path, a file and a stream."""
    content = bytes(range(256)) * 3000
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    got: list[tuple[bytes, str | None, Any]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        header = json.loads(request.headers["Memsource"])
        got.append((await request.read(), request.headers.get("Content-Length"), header))
        return sample("jobs/create/201")

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    phrase.add("POST", "/api2/v1/projects/p/jobs", handler)
    await phrase.start()
    async with phrase.client() as client:
        for source in (content, path, File(path), Stream(pieces, len(content))):
            made = await client.jobs.create("p", file=source, filename="ä.bin", target_langs=["de"])
            assert [job.level for job in made.jobs] == [1, 2]
    assert got == [(content, str(len(content)), {"targetLangs": ["de"]})] * 4


def _file_handler(body: bytes, **headers: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers=headers, content_type="application/octet-stream")

    return handler


DOWNLOAD = "/api2/v2/projects/p/jobs/j/downloadTargetFile/77"


async def test_downloads_arrive_whole_with_their_name(phrase: Phrase, tmp_path: Path) -> None:
    """A download is written byte for byte, checked by length, and tells the vendor's file name."""
    body = bytes(range(256)) * 5000
    phrase.add(
        "GET",
        DOWNLOAD,
        _file_handler(body, **{"Content-Disposition": "attachment; filename*=UTF-8''n%C3%A4.md"}),
    )
    await phrase.start()
    async with phrase.client() as client:
        with (tmp_path / "x").open("wb") as to:
            done = await client.target_files.download("p", "j", "77", to=to)
        async with client.target_files.stream("p", "j", "77") as arriving:
            assert arriving.length == len(body)
            assert b"".join([piece async for piece in arriving]) == body
    assert (tmp_path / "x").read_bytes() == body
    assert (done.size, done.filename, done.checked) == (len(body), "nä.md", True)
    assert done.content_type == "application/octet-stream"


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_a_used_ticket_is_spent(phrase: Phrase, status: int) -> None:
    """Whatever the vendor answers to a used download id, it means: ask for a new export."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response({"errorCode": "ResourceNotFound", "errorDescription": "gone"}, status=status)

    phrase.add("GET", DOWNLOAD, handler)
    await phrase.start()
    async with phrase.client() as client:
        with pytest.raises(Spent):
            await client.target_files.download("p", "j", "77", to=io.BytesIO())
    assert phrase.seen[DOWNLOAD] == 1


async def test_a_download_that_breaks_off_is_spent_and_not_repeated(phrase: Phrase) -> None:
    """A download shorter than announced raises, is not tried again, and its ticket counts as used."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        await response.prepare(request)
        await response.write(b"a" * 60_000)
        assert request.transport is not None
        request.transport.abort()
        return response

    phrase.add("GET", DOWNLOAD, handler)
    await phrase.start()
    async with phrase.client() as client:
        with pytest.raises(Spent):
            await client.target_files.download("p", "j", "77", to=io.BytesIO())
    assert phrase.seen[DOWNLOAD] == 1


async def test_a_refused_connection_leaves_the_ticket_good(phrase: Phrase) -> None:
    """When the download never left, the error says so: the same ticket may be tried again."""
    await phrase.start()
    async with phrase.client() as client:
        await client.auth.token()
        await phrase.runner.cleanup()
        await asyncio.sleep(0.05)  # the client hears that its idle connection was closed
        with pytest.raises(TryAgain) as caught:
            await client.target_files.download("p", "j", "77", to=io.BytesIO())
        assert type(caught.value) is TryAgain


async def test_original_files_may_be_read_again(phrase: Phrase) -> None:
    """The source comes back byte for byte, and a broken first attempt at its head is repeated."""
    tries: list[int] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        tries.append(1)
        return web.Response(status=502) if len(tries) == 1 else web.Response(body=b"# Hi")

    phrase.add("GET", "/api2/v1/projects/p/jobs/j/original", handler)
    await phrase.start()
    to = io.BytesIO()
    async with phrase.client() as client:
        await client.target_files.original("p", "j", to=to)
    assert (to.getvalue(), len(tries)) == (b"# Hi", 2)


async def test_calls_without_an_answer_body(phrase: Phrase) -> None:
    """A 204 returns nothing and is no error."""

    async def handler(request: web.Request) -> web.StreamResponse:
        assert await request.json() == {
            "requestedStatus": "DELIVERED",
            "notifyOwner": False,
            "propagateStatus": False,
        }
        return web.Response(status=204)

    phrase.add("POST", "/api2/v1/projects/p/jobs/j/setStatus", handler)
    await phrase.start()
    async with phrase.client() as client:
        await client.jobs.set_status("p", "j", "DELIVERED")


async def test_errors_name_vendor_object_and_request(phrase: Phrase) -> None:
    """An error carries the vendor's code, text and request id, and the object it is about."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = sample("projects/get/404")
        answer.headers["memsource-action-id"] = "c" * 32
        return answer

    phrase.add("GET", "/api2/v1/projects/gone", handler)
    await phrase.start()
    async with phrase.client() as client:
        with pytest.raises(Vanished) as caught:
            await client.projects.get("gone")
    error = caught.value
    assert (error.code, error.status, error.request_id) == ("ResourceNotFound", 404, "c" * 32)
    assert error.object == "projectUid gone"
    assert error.what == "Phrase answered projects.get with 404 ResourceNotFound: Project was not found."


async def test_a_shared_transport_is_left_open(phrase: Phrase) -> None:
    """A transport that was handed in serves several clients and is closed by its owner."""
    phrase.answers("GET", "/api2/v1/projects/p", "projects/get/200")
    await phrase.start()
    transport = default_transport()
    for _ in range(2):
        async with phrase.client(transport=transport, budget=Unlimited()) as client:
            await client.projects.get("p")
    await transport.close()


@pytest.mark.parametrize(
    ("platform", "tms"),
    [
        ("eu.phrase.com", "https://cloud.memsource.com/web"),
        ("https://eu.phrase.com", "https://cloud.memsource.com"),
        ("https://eu.phrase.com", "https://us.cloud.memsource.com/"),
        ("https://eu.phrase.com", "ftp://cloud.memsource.com/web"),
        ("https://eu.phrase.com", "https://cloud.memsource.com/web?x=1"),
    ],
)
def test_wrong_addresses_are_named_at_once(platform: str, tms: str) -> None:
    """An address without scheme, or without the path /web that everybody forgets, fails at construction."""
    with pytest.raises(NeedsOperator) as caught:
        PhraseClient(platform_url=platform, tms_url=tms, api_token="x")
    assert caught.value.object in ("platform_url", "tms_url")


async def test_an_empty_api_token_is_named_at_once(phrase: Phrase) -> None:
    """An API token that is empty (an unset variable) is said to be empty instead of being sent."""
    await phrase.start()
    async with phrase.client(api_token="") as client:
        with pytest.raises(NeedsOperator, match="empty"):
            await client.projects.get("p")
    assert phrase.exchanges == 0


def test_the_client_shows_no_secret() -> None:
    """The repr of a client shows where it talks to, and nothing else."""
    client = PhraseClient(
        platform_url="https://eu.phrase.com", tms_url="https://cloud.memsource.com/web", api_token="s3cret"
    )
    assert repr(client) == "PhraseClient(https://cloud.memsource.com/web)"


def test_methods_carry_the_documentation_of_their_calls() -> None:
    """Every public method says what it does, what it raises and where the fact comes from."""
    client = PhraseClient(
        platform_url="https://h", tms_url="https://h/web", api_token="x", timeout=Timeouts()
    )
    for resource in vars(client).values():
        for name in dir(type(resource)):
            if type(resource).__module__.startswith("wordferry.tms.phrase.resources") and not name.startswith(
                "_"
            ):
                text = getattr(resource, name).__doc__ if callable(getattr(resource, name)) else "ok"
                assert text, name


def test_public_names_are_all_there() -> None:
    """Everything the public module lists can be imported from it."""
    assert [name for name in wordferry.phrase.__all__ if not hasattr(wordferry.phrase, name)] == []
    assert wordferry.phrase.__all__ == sorted(wordferry.phrase.__all__)


@pytest.mark.parametrize("item", [{"uid": "p1", "name": "one"}, {"name": "one"}])
async def test_a_list_that_never_ends_is_left(phrase: Phrase, item: dict[str, str]) -> None:
    """A server that promises a billion pages and answers all with the same is asked a few times only."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response({"content": [item], "totalPages": 1_000_000_000})

    phrase.add("GET", "/api2/v1/projects", handler)
    await phrase.start()
    async with phrase.client() as client:
        found = [project.name async for project in client.projects.list()]
    assert set(found) == {"one"}
    assert phrase.seen["/api2/v1/projects"] <= 5
