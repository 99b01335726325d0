"""The Lionbridge client against a small server of its own: tokens, collections, errors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

import wordferry.lionbridge
from tests.tms.lionbridge.server import Lionbridge
from wordferry.errors import (
    NeedsOperator,
    OutcomeUnknown,
    Refused,
    Surprise,
    TryAgain,
    Vanished,
)
from wordferry.lionbridge import Job, LionbridgeClient, Retry
from wordferry.tms.lionbridge.client import calls_per_minute


def page(name: str, items: list[Any], **more: Any) -> dict[str, Any]:
    return {"_embedded": {name: items}, **more}


def job(number: int) -> dict[str, Any]:
    return {"jobId": f"j{number}", "jobName": f"Job {number}"}


async def names(items: Any) -> list[str]:
    return [item.key() async for item in items]


async def test_one_token_serves_all_who_ask(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """However many calls begin at once, the credentials are exchanged once, as a form."""
    vendor.says("GET", "/jobs/j1", job(1))
    found = await asyncio.gather(*(client.jobs.get("j1") for _ in range(20)))
    assert {one.job_name for one in found} == {"Job 1"}
    assert vendor.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "connector-1",
            "client_secret": "s3cret-of-the-connector",
        }
    ]
    assert {headers["Authorization"] for headers in vendor.headers} == {"Bearer token-1"}
    assert vendor.headers[0]["Accept"] == "application/json"


async def test_a_refused_token_is_renewed_once(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """After a 401 one new token is asked for and the call made once more, and no second time."""
    vendor.says("GET", "/jobs/j1", job(1))
    await client.jobs.get("j1")
    vendor.valid.clear()
    assert (await client.jobs.get("j1")).job_name == "Job 1"
    assert len(vendor.forms) == 2
    vendor.valid = set()
    vendor.refuse = web.json_response({"access_token": "worthless", "expires_in": 3600})
    with pytest.raises(NeedsOperator) as caught:
        await client.jobs.get("j1")
    assert caught.value.status == 401
    assert len(vendor.forms) == 3


async def test_a_token_is_renewed_before_its_end(vendor: Lionbridge) -> None:
    """A token of an hour is used for most of it and renewed before it ends."""
    now = 0.0
    vendor.says("GET", "/quota", {"quotas": []})
    async with vendor.client(clock=lambda: now) as client:
        await client.quota.get()
        now = 3500.0
        await client.quota.get()
        assert len(vendor.forms) == 1
        now = 3590.0
        await client.quota.get()
        assert len(vendor.forms) == 2


async def test_wrong_credentials_are_for_the_operator(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The token service's 400 names the vendor's word, and the secret is not in the error."""
    vendor.refuse = web.json_response({"error": "invalid_client"}, status=400)
    with pytest.raises(NeedsOperator) as caught:
        await client.token()
    assert caught.value.code == "invalid_client"
    assert "s3cret" not in str(caught.value)


async def test_missing_credentials_are_not_sent(vendor: Lionbridge) -> None:
    """An empty secret is named and nothing is sent."""
    async with vendor.client(client_secret=lambda: "") as client:
        with pytest.raises(NeedsOperator, match="client_secret"):
            await client.token()
    assert vendor.forms == []


@pytest.mark.parametrize("prefix", ["", "/behind/a/proxy"])
async def test_collections_are_read_to_their_end(prefix: str) -> None:
    """Cursor on top, link that begins with /v2 or not, whole address: all lead on, a cursor with all parameters."""
    vendor = Lionbridge()
    vendor.prefix = prefix
    await vendor.start()
    pages = [
        page("jobs", [job(1), job(2)], next="c/2&x", _links={"next": {"href": "/v2/jobs?next=c%2F2%26x"}}),
        page("jobs", [job(2), job(3)], _links={"next": {"href": "/v2/jobs?next=c3"}}),
        page("jobs", [job(4)], _links={"next": {"href": f"{vendor.url}{prefix}/v2/jobs?page=4"}}),
        page("jobs", [job(5)], _links={"next": {"href": "/v2/jobs?page=5"}}),
        page("jobs", [job(6)], _links={"next": {"href": "jobs?page=6"}}),
        {"_embedded": None, "_links": {"next": None}, "next": ""},
    ]
    vendor.says("GET", "/jobs", *pages)
    try:
        async with vendor.client() as client:
            found = await names(client.jobs.list(filter=Job.status_code == "X", order_by="jobName"))
    finally:
        await vendor.stop()
    assert found == ["j1", "j2", "j3", "j4", "j5", "j6"]
    asked = {"filter": "statusCode eq 'X'", "orderBy": "jobName"}
    assert vendor.queries[:3] == [asked, {"next": "c/2&x", **asked}, {"next": "c3", **asked}]
    assert vendor.queries[3:] == [{"page": "4"}, {"page": "5"}, {"page": "6"}]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"_embedded": None},
        {"_embedded": {}},
        {"_embedded": {"jobs": None}},
        {"_embedded": {"jobs": []}, "next": None, "_links": {}},
        {"_embedded": {"jobs": ["odd", None]}, "_links": "odd", "next": 3},
    ],
)
async def test_an_empty_collection_has_many_forms(
    body: dict[str, Any], vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """Whatever way of saying "nothing" the vendor chooses, it is an empty list."""
    vendor.says("GET", "/jobs", body)
    assert await names(client.jobs.list()) == []


async def test_a_collection_of_another_name_is_taken(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """Names of collections match in any case, and an unknown one is taken when the known one is missing."""
    vendor.says(
        "GET",
        "/jobs/j/supportassets",
        page("supportAssets", [{"supportAssetId": "s1"}], next="2"),
        page("assets", [{"SUPPORTASSETID": "s2", "filename": "a.pdf", "brandNew": 1}]),
    )
    found = [one async for one in client.support_assets.list("j")]
    assert [(one.support_asset_id, one.file_name, one.more) for one in found] == [
        ("s1", None, {}),
        ("s2", "a.pdf", {"brandNew": 1}),
    ]


async def test_a_circle_of_pages_ends(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A cursor that comes back ends in an error, not in an endless walk."""
    vendor.says("GET", "/jobs", page("jobs", [job(1)], next="a"))
    with pytest.raises(Surprise, match="circle"):
        await names(client.jobs.list())


async def test_a_link_to_another_host_is_not_followed(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The token never goes to a host that an answer names."""
    vendor.says(
        "GET", "/jobs", page("jobs", [job(1)], _links={"next": {"href": "https://evil.example/v2/jobs?p=2"}})
    )
    with pytest.raises(Surprise, match="another host"):
        await names(client.jobs.list())


async def test_all_requests_that_were_added_come_back(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The answer to adding requests may come in pages: 100 languages give 100 requests, in their order."""
    made = [{"requestId": f"r{n}", "targetNativeLanguageCode": f"x-{n}"} for n in range(100)]
    vendor.says(
        "POST",
        "/jobs/j/requests/add",
        page("requests", made[:40], _links={"next": {"href": "/v2/jobs/j/requests?next=b"}}, next="b"),
        status=201,
    )
    vendor.says(
        "GET", "/jobs/j/requests", page("requests", made[40:80], next="c"), page("requests", made[80:])
    )
    found = await client.requests.add(
        "j",
        source_native_language_code="en",
        target_native_language_codes=[f"x-{n}" for n in range(100)],
        fms_file_id="f",
    )
    assert [one.request_id for one in found] == [f"r{n}" for n in range(100)]
    assert vendor.seen == {"POST /v2/jobs/j/requests/add": 1, "GET /v2/jobs/j/requests": 2}


async def test_a_lost_page_of_what_was_added_is_no_failure_to_add(
    vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """When only the rest of the answer is lost, the caller is told that the requests may exist."""
    vendor.says(
        "POST", "/jobs/j/requests/addfile", page("requests", [{"requestId": "r"}], next="b"), status=201
    )
    vendor.says("GET", "/jobs/j/requests", web.Response(status=503))
    with pytest.raises(OutcomeUnknown, match="was done"):
        await client.requests.add_file(
            "j", source_native_language_code="en", target_native_language_codes=["de"], fms_file_id="f"
        )


async def test_ids_are_asked_for_in_groups_of_50(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """120 ids are three calls of at most 50, for reading and for changing."""
    asked: list[int] = []

    async def some(request: web.Request) -> web.Response:
        ids = request.query.getall("id")
        asked.append(len(ids))
        return web.json_response(page("requests", [{"requestId": one} for one in ids]))

    vendor.add("GET", "/jobs/j/requests", some)
    vendor.add("PATCH", "/jobs/j/requests", some)
    ids = [f"r{n}" for n in range(120)]
    assert await names(client.requests.list("j", ids=ids)) == ids
    changed = await client.requests.update_many("j", ids=ids, request_name="n")
    assert [one.request_id for one in changed] == ids
    assert asked == [50, 50, 20, 50, 50, 20]
    assert await names(client.requests.list("j", ids=[])) == []


async def test_what_has_no_body_has_a_content_type_all_the_same(
    vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """Complete and un-complete say JSON although they send nothing."""
    vendor.says("PUT", "/jobs/j/complete", {"jobId": "j", "statusCode": "COMPLETED"})
    vendor.says("PUT", "/jobs/j/intranslation", {"jobId": "j", "statusCode": "IN_TRANSLATION"})
    assert (await client.jobs.complete("j")).status_code == "COMPLETED"
    assert (await client.jobs.in_translation("j")).status_code == "IN_TRANSLATION"
    assert [headers["Content-Type"] for headers in vendor.headers] == ["application/json"] * 2


@pytest.mark.parametrize("body", [None, {"jobId": "j"}])
async def test_deleted_things_may_come_back_or_not(
    body: Any, vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """Deletes, acknowledgements and retries are content with an empty answer."""
    vendor.says("DELETE", "/jobs/j", body)
    vendor.says("DELETE", "/jobs/j/requests/r", body, status=204)
    vendor.says("DELETE", "/jobs/j/supportassets/s", body)
    vendor.says("DELETE", "/statusupdates/listeners/l", body)
    vendor.says("PUT", "/statusupdates/u/acknowledge", body)
    vendor.says("PUT", "/statusupdates/listeners/l/invocations/i/retry", body, status=202)
    vendor.says("PUT", "/statusupdates/listeners/l/retry", body, status=202)
    gone = await client.jobs.delete("j")
    assert gone is None if body is None else gone is not None and gone.job_id == "j"
    await client.requests.delete("j", "r")
    await client.support_assets.delete("j", "s")
    await client.listeners.delete("l")
    await client.status_updates.acknowledge("u")
    await client.listeners.retry("l", "i")
    await client.listeners.retry_many("l", invocation_ids=["i"])


async def test_archiving_may_answer_with_nothing(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A 202 without a body is a success that says nothing, not an unknown outcome."""
    vendor.says("PUT", "/jobs/j/archive", None, status=202)
    assert (await client.jobs.archive("j")).job_id is None


@pytest.mark.parametrize("name", ["authSecret", "secret", "webhookSECRET", "Secret"])
async def test_the_secret_of_a_listener_is_found(
    name: str, vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """Whatever the vendor calls the secret, it is read, and it shows in no repr."""
    vendor.says("POST", "/statusupdates/listeners", {"listenerId": "l", name: "hush-hush"}, status=201)
    listener = await client.listeners.create("https://h/x", type="JOB_STATUS_UPDATE")
    assert listener.secret == "hush-hush"
    assert "hush" not in repr(listener)
    assert "hush" not in str(listener.more)


ERRORS: list[tuple[int, str, str, type[Exception], str]] = [
    (
        400,
        "application/json",
        '{"code": 400, "message": "filter: no", "fields": "orderBy"}',
        Refused,
        "orderBy",
    ),
    (400, "application/json", '{"code": "BAD", "message": "m"}', Refused, "BAD"),
    (404, "application/json", '{"Code": 404, "Message": "no such job"}', Vanished, "no such job"),
    (
        404,
        "text/html",
        "<html><head><title>x</title></head><body>Not here</body></html>",
        Vanished,
        "Not here",
    ),
    (409, "text/plain", "one of a type", Refused, "one of a type"),
    (415, "text/plain", "", Refused, "415"),
    (403, "text/plain", "", NeedsOperator, "403"),
    (500, "text/html", "<h1>Gateway</h1>", TryAgain, "Gateway"),
    (429, "text/plain", "slow down", TryAgain, "slow down"),
    (200, "text/html", "<html>Sign in, token=abcdefgh</html>", Surprise, "not the JSON"),
]


@pytest.mark.parametrize(("status", "kind", "body", "error", "words"), ERRORS)
async def test_errors_are_clear_whatever_their_body(
    status: int,
    kind: str,
    body: str,
    error: type[Exception],
    words: str,
    vendor: Lionbridge,
    client: LionbridgeClient,
) -> None:
    """JSON with either spelling, HTML, text or nothing: the error has a class, an object and the vendor's words."""
    vendor.says("GET", "/jobs/j", web.Response(status=status, content_type=kind, text=body))
    with pytest.raises(error) as caught:
        await client.jobs.get("j")
    assert words in str(caught.value)
    assert "jobId j" in str(caught.value)
    assert "abcdefgh" not in str(caught.value)


async def test_a_403_may_pass(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """A 403 is asked once more, because a throttle has been seen to say so, and only once."""
    vendor.says("GET", "/jobs/j", web.Response(status=403), job(1))
    assert (await client.jobs.get("j")).job_id == "j1"
    vendor.says("PUT", "/jobs/j/submit", web.Response(status=403), web.Response(status=403), job(1))
    with pytest.raises(NeedsOperator):
        await client.jobs.submit("j", provider_id="p")
    assert vendor.seen["PUT /v2/jobs/j/submit"] == 2


async def test_an_effect_is_not_repeated_after_a_failure(
    vendor: Lionbridge, client: LionbridgeClient
) -> None:
    """Creating a job ends as an unknown outcome after a 502, and is repeated by itself after a 429."""
    vendor.says("POST", "/jobs", web.Response(status=502))
    with pytest.raises(OutcomeUnknown):
        await client.jobs.create("n")
    assert vendor.seen["POST /v2/jobs"] == 1
    vendor.says("PATCH", "/jobs/j", web.Response(status=429, headers={"Retry-After": "0"}), job(1))
    assert (await client.jobs.update("j", job_name="n")).job_id == "j1"


async def test_what_is_not_built_over_there_is_refused(vendor: Lionbridge, client: LionbridgeClient) -> None:
    """The action that the vendor has not built says so instead of being a surprise."""
    vendor.says("PUT", "/jobs/j/requests/updatecontent", web.Response(status=501))
    with pytest.raises(Refused, match="501"):
        await client.requests.update_content("j", source_content_id="c")


def test_the_pace_is_the_vendors() -> None:
    """20 calls a second on production and 10 on staging, with a little to spare."""
    assert 19 < calls_per_minute(wordferry.lionbridge.PRODUCTION_URL) / 60 < 20
    assert 9 < calls_per_minute(wordferry.lionbridge.STAGING_URL) / 60 < 10


@pytest.mark.parametrize(
    "url", ["contentapi.lionbridge.com/v2", "https://contentapi.lionbridge.com", "https://h/v2?x=1"]
)
def test_a_base_that_cannot_be_right_is_refused(url: str) -> None:
    """An address without scheme, without /v2 at the vendor's host, or with a query is named at once."""
    with pytest.raises(NeedsOperator, match="base_url"):
        LionbridgeClient(client_id="i", client_secret="s", base_url=url)


def test_the_client_shows_no_secret() -> None:
    """The client's repr names the address alone."""
    client = LionbridgeClient(client_id="i", client_secret="very-secret", retry=Retry())
    assert repr(client) == "LionbridgeClient(https://contentapi.lionbridge.com/v2)"
