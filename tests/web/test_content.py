"""Content endpoints: deterministic, scoped, and clear about every refusal."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from wordferry.bootstrap import Ferry
from wordferry.configuration import Token, load
from wordferry.errors import NeedsOperator
from wordferry.web import Server
from wordferry.web.gate import Gate
from wordferry.web.tokens import Tokens

ALL, ONE, NONE = "a" * 32, "b" * 32, "c" * 32
TOML = """
[content.docs]
kind = "files"
root = "site"
include = ["en/**/*"]
target = "{locale}/{path}"
source_locale = "en"

[tms.phrase]
kind = "phrase"
platform_url = "http://127.0.0.1:9"
tms_url = "http://127.0.0.1:9/web"
api_token = "env:NOWHERE"

[route.docs]
content = "docs"
tms = "phrase"
on.phrase = { template = "x", locales = { de = "de", fr = "fr" } }

[route.other]
content = "docs"
tms = "phrase"
on.phrase = { template = "x", locales = { de = "de" } }

[web.tokens.all]
secret = "file:all"
scopes = ["content"]

[web.tokens.one]
secret = "file:one"
scopes = ["content:docs"]

[web.tokens.none]
secret = "file:none"
scopes = ["push"]
"""
ROUTES = "/content/v1/routes"
ITEMS = f"{ROUTES}/docs/items"


class Shore:
    """A server on a site."""

    def __init__(self, folder: Path, http: ClientSession, url: str) -> None:
        self.folder = folder
        self._http = http
        self._url = url

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    async def get(
        self, path: str, *, token: str | None = ALL, method: str = "GET", **headers: str
    ) -> tuple[int, Any, bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        async with self._http.request(method, URL(self._url + path, encoded=True), headers=sent) as response:
            return response.status, response.headers, await response.read()

    async def json(self, path: str, **more: Any) -> Any:
        status, _, body = await self.get(path, **more)
        assert status == 200, body
        return json.loads(body)

    async def refused(self, path: str, **more: Any) -> dict[str, Any]:
        """The problem document of a refusal, which must be one."""
        status, headers, body = await self.get(path, **more)
        assert headers["Content-Type"] == "application/problem+json"
        found: dict[str, Any] = json.loads(body)
        assert found["status"] == status
        assert found["title"]
        assert found["detail"].endswith(".")
        return found


@pytest.fixture
async def shore(tmp_path: Path) -> AsyncIterator[Shore]:
    for name, token in (("all", ALL), ("one", ONE), ("none", NONE)):
        (tmp_path / name).write_text(token)
    (tmp_path / "wordferry.toml").write_text(TOML)
    (tmp_path / "site" / "en").mkdir(parents=True)
    configuration = load(tmp_path)
    async with Ferry(configuration) as ferry, Server(ferry, "127.0.0.1:0") as server, ClientSession() as http:
        yield Shore(tmp_path, http, server.url)


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wordferry.web.listing.FRESH", -1.0)


async def test_the_list_is_the_same_page_after_page(shore: Shore) -> None:
    """Every item comes once, in one order, under an id and a file name that outlive changes of its content."""
    for number in range(7):
        shore.write(f"en/{number}/page.md", b"# Hello")
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await shore.json(f"{ITEMS}?limit=3{cursor}")
        found += page["items"]
        assert page["total"] == 7
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [item["name"] for item in found] == [f"en/{number}/page.md" for number in range(7)]
    assert len({item["id"] for item in found}) == len({item["file_name"] for item in found}) == 7
    shore.write("en/3/page.md", b"# Changed")
    again = (await shore.json(f"{ITEMS}?match=*/3/*"))["items"][0]
    assert (again["id"], again["file_name"]) == (found[3]["id"], found[3]["file_name"])
    assert again["revision"] == hashlib.sha256(b"# Changed").hexdigest() != found[3]["revision"]


async def test_items_that_come_and_go_between_pages_hide_no_other(shore: Shore) -> None:
    """A walk over pages sees each item that was there all the time exactly once, whatever is added and removed."""
    for number in range(0, 20, 2):
        shore.write(f"en/{number:02}.md", b"x")
    first = await shore.json(f"{ITEMS}?limit=5")
    (shore.folder / "site/en/02.md").unlink()
    shore.write("en/01.md", b"x")
    shore.write("en/09.md", b"x")
    second = await shore.json(f"{ITEMS}?limit=50&cursor={first['next']}")
    names = [item["name"] for item in first["items"] + second["items"]]
    assert names == [f"en/{number:02}.md" for number in (0, 2, 4, 6, 8, 9, 10, 12, 14, 16, 18)]


async def test_the_list_can_be_narrowed(shore: Shore) -> None:
    """Prefix, pattern, format and ids narrow the list; an item that cannot be read is named, not hidden."""
    for name in ("en/a.md", "en/b.json", "en/sub/c.md"):
        shore.write(name, b"{}" if name.endswith("json") else b"x")
    shore.write("en/broken.md", b"\xff\xfe\xff")
    assert [item["name"] for item in (await shore.json(f"{ITEMS}?prefix=en/sub/"))["items"]] == [
        "en/sub/c.md"
    ]
    assert [item["name"] for item in (await shore.json(f"{ITEMS}?format=json"))["items"]] == ["en/b.json"]
    page = await shore.json(ITEMS)
    assert list(page["problems"]) == ["en/broken.md"]
    wanted = [item["id"] for item in page["items"]][:2]
    assert (await shore.json(f"{ITEMS}?id={wanted[0]}&id={wanted[1]}"))["total"] == 2


async def test_a_download_is_one_revision_with_its_hash(shore: Shore) -> None:
    """The bytes come as they are, under the revision as ETag and digest and a file name in any script."""
    data = "# Grüße ⛴\r\n".encode()
    shore.write("en/überfahrt.md", data)
    item = (await shore.json(ITEMS))["items"][0]
    status, headers, body = await shore.get(item["href"])
    assert (status, body) == (200, data)
    assert headers["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert headers["Content-Type"] == "text/markdown"
    assert headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
    assert "filename*=UTF-8''%C3%BCberfahrt." in headers["Content-Disposition"]
    status, _, body = await shore.get(item["href"], If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    status, headers, body = await shore.get(item["href"], method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(len(data)), b"")
    envelope = await shore.json(item["href"], Accept="application/json")
    assert base64.b64decode(envelope["content"]) == data
    assert envelope["item"]["revision"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
        ("bytes=5-2", 200, b"0123456789"),
    ],
)
async def test_ranges(shore: Shore, asked: str, status: int, expected: bytes) -> None:
    """One range is served; what may be ignored is answered with the whole."""
    shore.write("en/a.txt", b"0123456789")
    item = (await shore.json(ITEMS))["items"][0]
    got, headers, body = await shore.get(item["href"], Range=asked)
    assert (got, body) == (status, expected)
    assert ("Content-Range" in headers) == (status == 206)


async def test_a_range_of_another_revision_is_not_mixed(shore: Shore) -> None:
    """With `If-Range` a changed item is sent whole, so nobody glues two revisions together; behind its end is 416."""
    shore.write("en/a.txt", b"0123456789")
    item = (await shore.json(ITEMS))["items"][0]
    old = f'"{item["revision"]}"'
    shore.write("en/a.txt", b"abcdefghij")
    status, _, body = await shore.get(item["href"], Range="bytes=5-", If_Range=old)
    assert (status, body) == (200, b"abcdefghij")
    status, headers, _ = await shore.get(item["href"], Range="bytes=10-")
    assert (status, headers["Content-Range"]) == (416, "bytes */10")


async def test_tokens_open_what_their_scopes_say(shore: Shore) -> None:
    """No or an unknown token is 401 with a challenge, a known one without the scope 403; nothing is learned before."""
    shore.write("en/a.md", b"x")
    for token in (None, "x" * 32):
        assert (await shore.refused(ITEMS, token=token))["status"] == 401
        assert (await shore.refused(f"{ROUTES}/nothing/items", token=token))["status"] == 401
    _, headers, _ = await shore.get(ITEMS, token=None)
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert (await shore.refused(ITEMS, token=NONE))["status"] == 403
    assert (await shore.refused(ROUTES, token=NONE))["status"] == 403
    assert (await shore.refused(f"{ROUTES}/other/items", token=ONE))["status"] == 403
    assert [route["name"] for route in (await shore.json(ROUTES, token=ONE))["routes"]] == ["docs"]
    assert [route["name"] for route in (await shore.json(ROUTES))["routes"]] == ["docs", "other"]
    assert (await shore.refused(f"{ITEMS}?access_token={ALL}", token=None))["status"] == 401


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"{ROUTES}/nothing/items", {}, 404),
        (f"{ITEMS}/nothing", {}, 404),
        (f"{ITEMS}/nothing/content", {}, 404),
        (f"{ITEMS}/..%2f..%2fwordferry.toml/content", {}, 404),
        (ITEMS, {"Accept": "text/html"}, 406),
        (f"{ITEMS}?limit=0", {}, 422),
        (f"{ITEMS}?limit=201", {}, 422),
        (f"{ITEMS}?limit=x", {}, 422),
        (f"{ITEMS}?cursor=%25", {}, 422),
        (f"{ITEMS}?format=docx", {}, 422),
        (f"{ITEMS}?colour=red", {}, 422),
    ],
)
async def test_each_refusal_is_a_problem_document(
    shore: Shore, path: str, headers: dict[str, str], status: int
) -> None:
    """What cannot be answered is a problem document with the right status and a sentence."""
    shore.write("en/a.md", b"x")
    assert (await shore.refused(path, **headers))["status"] == status


async def test_an_item_that_vanishes_or_breaks_is_said(shore: Shore) -> None:
    """Between list and download an item may go (404) or break (422); a type that it is not is 406."""
    shore.write("en/a.md", b"x")
    shore.write("en/b.md", b"x")
    first, second = (await shore.json(ITEMS))["items"]
    assert (await shore.refused(first["href"], Accept="image/png"))["status"] == 406
    (shore.folder / "site/en/a.md").unlink()
    assert (await shore.refused(first["href"]))["status"] == 404
    shore.write("en/b.md", b"\xff\xfe\xff")
    assert (await shore.refused(second["href"]))["status"] in (404, 422)


def test_weak_and_doubled_tokens_are_refused() -> None:
    """A token that could be guessed, or that two tables share, stops the start with a sentence."""
    with pytest.raises(NeedsOperator, match="shorter"):
        Tokens({"a": Token("env:A")}, lambda _: "short", Gate()).verify()
    with pytest.raises(NeedsOperator, match="same token"):
        Tokens({"a": Token("env:A"), "b": Token("env:B")}, lambda _: ALL, Gate()).verify()


@pytest.mark.parametrize("scope", ["everything", "content:nowhere", "push:docs", ""])
def test_scopes_are_checked(tmp_path: Path, scope: str) -> None:
    """A scope that opens nothing is an error of the configuration that names what there is."""
    (tmp_path / "wordferry.toml").write_text(TOML.replace('"content:docs"', f'"{scope}"'))
    with pytest.raises(NeedsOperator, match="there is no"):
        load(tmp_path)


async def test_the_document_describes_every_endpoint(shore: Shore) -> None:
    """The OpenAPI document needs no token, has each path of ours, and a schema for every reference."""
    made = await shore.json("/openapi.json", token=None)
    assert set(made["paths"]) == {
        "/content/v1/routes",
        "/content/v1/routes/{route}/items",
        "/content/v1/routes/{route}/items/{id}",
        "/content/v1/routes/{route}/items/{id}/content",
        "/push/{connection}/{unit}",
        "/health",
    }
    text = json.dumps(made)
    for reference in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert reference in made["components"]["schemas"]
