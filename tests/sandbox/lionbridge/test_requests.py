"""Requests, inline content, support assets, TM updates, providers, quota."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox import Sandbox

LANGUAGES = [f"l{number}-XX" for number in range(100)]


async def test_one_request_for_each_language(api: Api) -> None:
    """They share the source, keep the codes as sent, and come in the order of the languages."""
    job = await api.job()
    file = await api.file(job, "Größe.html")
    body = {
        "requestName": "r",
        "sourceNativeId": "/a",
        "sourceNativeLanguageCode": "en-us",
        "targetNativeIds": ["/d", "/f"],
        "targetNativeLanguageCodes": ["DE-de", "fr"],
        "wordCount": 7,
        "fmsFileId": file,
        "extendedMetadata": {"k": "v"},
    }
    reply = await api.post(f"/jobs/{job}/requests/addfile", body)
    assert reply.status == 201
    first, second = reply.items("requests")
    assert len(first["requestId"]) == 22
    assert first == {
        **first,
        "jobId": job,
        "requestName": "r",
        "statusCode": "CREATED",
        "hasError": False,
        "sourceNativeId": "/a",
        "sourceNativeLanguageCode": "en-us",
        "targetNativeId": "/d",
        "targetNativeLanguageCode": "DE-de",
        "wordCount": 7,
        "fileId": file,
        "fileName": "Größe.html",
        "fileType": "html",
        "sourcecontentId": None,
        "extendedMetadata": {"k": "v"},
    }
    assert (second["targetNativeLanguageCode"], second["targetNativeId"]) == ("fr", "/f")
    assert [each["requestId"] for each in await api.every(f"/jobs/{job}/requests", "requests")] == [
        second["requestId"],
        first["requestId"],
    ]


async def test_the_answer_of_add_is_paged(api: Api) -> None:
    """A hundred languages come on two pages: the first by POST, the next by GET, all in the order sent."""
    job = await api.job()
    await api.add(job, "de-DE")
    body = {
        "sourceNativeLanguageCode": "en",
        "targetNativeLanguageCodes": LANGUAGES,
        "fmsFileId": await api.file(job),
    }
    reply = await api.post(f"/jobs/{job}/requests/add", body)
    found = reply.items("requests")
    assert len(found) == 50
    while "next" in reply.json:
        link = reply.json["_links"]["next"]["href"]
        assert link.startswith(f"/v2/jobs/{job}/requests?next=")
        reply = await api.call("GET", link)
        found += reply.items("requests")
    assert [each["targetNativeLanguageCode"] for each in found] == LANGUAGES
    assert len(await api.every(f"/jobs/{job}/requests", "requests")) == 101


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"sourceNativeLanguageCode": None}, "sourceNativeLanguageCode"),
        ({"targetNativeLanguageCodes": None}, "targetNativeLanguageCodes"),
        ({"targetNativeLanguageCodes": []}, "targetNativeLanguageCodes"),
        ({"targetNativeLanguageCodes": [""]}, "targetNativeLanguageCodes"),
        ({"targetNativeLanguageCodes": ["de", "DE"]}, "targetNativeLanguageCodes"),
        ({"targetNativeLanguageCodes": [*LANGUAGES, "de"]}, "targetNativeLanguageCodes"),
        ({"targetNativeLanguageCodes": "de"}, "targetNativeLanguageCodes"),
        ({"targetNativeIds": ["a", "b"]}, "targetNativeIds"),
        ({"requestName": "é" * 126}, "requestName"),
        ({"wordCount": "7"}, "wordCount"),
        ({"wordCount": -1}, "wordCount"),
        ({"fmsFileId": "none"}, "fmsFileId"),
        ({"fmsFileId": None}, "fmsFileId"),
        ({"sourcecontentId": "none"}, "sourcecontentId"),
        ({"extendedMetadata": {"a": 1}}, "extendedMetadata"),
    ],
)
async def test_a_bad_request_is_refused(api: Api, fields: dict[str, Any], named: str) -> None:
    """Each broken rule is a 400 that names the field, and no request is made."""
    job = await api.job()
    body = {
        "requestName": "a",
        "sourceNativeLanguageCode": "en",
        "targetNativeLanguageCodes": ["de"],
        "fmsFileId": await api.file(job),
        **fields,
    }
    reply = await api.post(f"/jobs/{job}/requests/add", body)
    assert (reply.status, named in reply.message) == (400, True), reply.text
    assert await api.every(f"/jobs/{job}/requests", "requests") == []


async def test_only_finished_files_of_the_job_are_taken(api: Api) -> None:
    """An unfinished upload, a file of another job, and file and content together are refused."""
    job, other = await api.job(), await api.job("other")
    unfinished = (await api.transfer(job))["fmsFileId"]
    foreign = await api.file(other)
    file, content = await api.file(job), await api.content(job)
    base = {"sourceNativeLanguageCode": "en", "targetNativeLanguageCodes": ["de"]}
    for extra in (
        {"fmsFileId": unfinished},
        {"fmsFileId": foreign},
        {"fmsFileId": file, "sourcecontentId": content},
    ):
        assert (await api.post(f"/jobs/{job}/requests/add", {**base, **extra})).status == 400
    assert (
        await api.post(f"/jobs/{job}/requests/addfile", {**base, "sourcecontentId": content})
    ).status == 400
    # Older clients send `fileId`.
    assert (await api.post(f"/jobs/{job}/requests/addfile", {**base, "fileId": file})).status == 201


async def test_language_pairs_are_checked_while_adding(api: Api) -> None:
    """When the job has a provider with a list of pairs, another pair is refused by name."""
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    job = await api.job()
    await api.patch(f"/jobs/{job}", {"providerId": small.id})
    body = {
        "sourceNativeLanguageCode": "EN-us",
        "targetNativeLanguageCodes": ["de-de", "pt-BR"],
        "fmsFileId": await api.file(job),
    }
    reply = await api.post(f"/jobs/{job}/requests/add", body)
    assert (reply.status, "EN-us to pt-BR" in reply.message) == (400, True)
    body["targetNativeLanguageCodes"] = ["de-de"]
    assert (await api.post(f"/jobs/{job}/requests/add", body)).status == 201


async def test_requests_by_status_and_id(api: Api) -> None:
    """Ids repeated or with commas, at most 50, without pages; a status alone or several."""
    job, requests = await api.done("a", "b", "c", "d")
    api.settings(page_size=2)
    await api.put(f"/jobs/{job}/requests/approve", {"requestIds": requests[:1]})
    path = f"/jobs/{job}/requests"

    def ids(reply: Any) -> list[str]:
        return [each["requestId"] for each in reply.items("requests")]

    assert ids(await api.get(path, id=",".join(requests[:3]))) == requests[2::-1]
    reply = await api.call("GET", f"{path}?id={requests[3]}&id={requests[0]}&id=none")
    assert ids(reply) == [requests[3], requests[0]]
    assert [each["requestId"] for each in await api.every(path, "requests", status="REVIEW_TRANSLATION")] == (
        requests[:0:-1]
    )
    both = "review_translation,TRANSLATION_APPROVED"
    assert len(await api.every(path, "requests", status=both)) == 4
    assert (await api.get(path, status="DONE")).status == 400
    assert (await api.get(path, id=",".join(map(str, range(51))))).status == 400
    assert (await api.get(f"{path}/none")).status == 404


async def test_patching_requests(api: Api) -> None:
    """One, or many by ids in the query; the file is `fileId` here, and content replaces it."""
    job = await api.job()
    requests = await api.add(job, "de", "fr")
    file, content = await api.file(job, "b.html"), await api.content(job)
    path = f"/jobs/{job}/requests"
    reply = await api.patch(f"{path}/{requests[0]}", {"fileId": file, "targetNativeLanguageCode": "de-AT"})
    assert (reply.json["fileName"], reply.json["targetNativeLanguageCode"]) == ("b.html", "de-AT")
    reply = await api.call(
        "PATCH",
        path,
        params={"id": ",".join(requests)},
        json={"sourceContentId": content, "requestName": "n"},
    )
    assert [(each["sourcecontentId"], each["fileId"]) for each in reply.items("requests")] == [
        (content, None)
    ] * 2
    assert (
        await api.patch(f"{path}/{requests[0]}", {"fileId": file, "sourcecontentId": content})
    ).status == 400
    assert (await api.call("PATCH", path, json={"requestName": "n"})).status == 400
    assert (await api.call("PATCH", path, params={"id": "none"}, json={"requestName": "n"})).status == 404
    too_many = ",".join(map(str, range(51)))
    assert (await api.call("PATCH", path, params={"id": too_many}, json={})).status == 400


async def test_another_file_for_requests(api: Api) -> None:
    """`updatefilecontent` changes the named ones, or all of the job, while it is CREATED."""
    job = await api.job()
    requests = await api.add(job, "de", "fr")
    file = await api.file(job, "b.html")
    path = f"/jobs/{job}/requests/updatefilecontent"
    reply = await api.put(path, {"fmsFileId": file, "requestIds": requests[:1]})
    assert [each["fileName"] for each in reply.items("requests")] == ["b.html"]
    assert [each["fileName"] for each in (await api.put(path, {"fmsFileId": file})).items("requests")] == [
        "b.html",
        "b.html",
    ]
    assert (await api.put(path, {"requestIds": requests})).status == 400
    assert (await api.put(path, {"fmsFileId": file, "requestIds": ["none"]})).status == 404
    await api.submit(job)
    assert (await api.put(path, {"fmsFileId": file})).status == 400
    assert (await api.delete(f"/jobs/{job}/requests/{requests[0]}")).status == 400
    api.settings(requests_after_submit=True)
    assert (await api.put(path, {"fmsFileId": file})).status == 200


async def test_other_content_is_not_implemented(api: Api) -> None:
    """`updatecontent` answers 501 as the vendor's list says; the setting makes it work."""
    job = await api.job()
    requests = await api.add(job, "de")
    content = await api.content(job)
    path = f"/jobs/{job}/requests/updatecontent"
    assert (await api.put(path, {"sourcecontentId": content})).status == 501
    api.settings(update_content="works")
    reply = await api.put(path, {"sourcecontentId": content, "requestIds": requests})
    assert [each["sourcecontentId"] for each in reply.items("requests")] == [content]
    assert (await api.put(path, {"sourcecontentId": "none"})).status == 400


async def test_a_request_can_be_deleted_before_submit(api: Api) -> None:
    """The answer shows it, and it is gone."""
    job = await api.job()
    (request,) = await api.add(job)
    assert (await api.delete(f"/jobs/{job}/requests/{request}")).json["requestId"] == request
    assert (await api.get(f"/jobs/{job}/requests/{request}")).status == 404


async def test_review_is_all_or_nothing(api: Api) -> None:
    """One request in another state and none is changed; approving twice is no error, rejecting twice is."""
    job, requests = await api.done("de", "fr")
    path = f"/jobs/{job}/requests"
    for verb in ("approve", "reject"):
        assert (await api.put(f"{path}/{verb}", {"requestIds": []})).status == 400
        assert (await api.put(f"{path}/{verb}", {"requestIds": [requests[0], "none"]})).status == 404
    reply = await api.put(f"{path}/reject", {"requestIds": requests[:1], "note": "a tag is broken"})
    assert [(each["statusCode"], each["rejectNote"]) for each in reply.items("requests")] == [
        ("TRANSLATION_REJECTED", "a tag is broken")
    ]
    assert (await api.put(f"{path}/approve", {"requestIds": requests})).status == 400
    assert api.request(job, requests[1]).status == "REVIEW_TRANSLATION"
    for _ in range(2):
        assert (await api.put(f"{path}/approve", {"requestIds": requests[1:]})).status == 200
    api.settings(approve_again="refused")
    assert (await api.put(f"{path}/approve", {"requestIds": requests[1:]})).status == 400
    assert (await api.put(f"{path}/reject", {"requestIds": requests[1:]})).status == 400


async def test_nothing_can_be_retrieved_before_the_delivery(api: Api) -> None:
    """404, or 400 as the setting says, for files and fields alike."""
    job = await api.job()
    (file,) = await api.add(job)
    (inline,) = await api.add(job, "fr", sourcecontentId=await api.content(job))
    accept = {"Accept": "application/octet-stream"}
    for status in (404, 400):
        api.settings(early_status=status)
        for path in (f"{file}/retrievefile", f"{inline}/retrievefile", f"{inline}/retrieve"):
            reply = await api.call("GET", f"/jobs/{job}/requests/{path}", headers=accept)
            assert reply.status == status
    assert (await api.get(f"/jobs/{job}/requests/{file}/retrieve")).status == 400


@pytest.mark.parametrize(
    ("setting", "accept", "status"),
    [
        ("403", "application/json", 403),
        ("403", "application/octet-stream", 307),
        ("403", "application/json, */*", 307),
        ("403", "*/*", 307),
        ("base64", "application/json", 200),
        ("ignore", "application/json", 307),
    ],
)
async def test_what_retrievefile_accepts(api: Api, setting: str, accept: str, status: int) -> None:
    """When only JSON is accepted it is 403 as seen live, a Base64 string as announced, or ignored."""
    api.settings(retrievefile_json_accept=setting)
    job, (request,) = await api.done()
    path = f"/jobs/{job}/requests/{request}/retrievefile"
    reply = await api.call("GET", path, headers={"Accept": accept})
    assert reply.status == status
    if status == 200:
        assert isinstance(reply.json, str)


# Inline content


async def test_inline_content_is_kept_and_replaced(api: Api) -> None:
    """Key, value and comment come back; PUT replaces the whole list while the job is CREATED."""
    job = await api.job()
    fields = [{"key": "title", "value": "Hello", "comment": "short"}, {"key": "body", "value": ""}]
    made = (await api.post(f"/jobs/{job}/sourcecontent", {"fields": fields})).json
    path = f"/jobs/{job}/sourcecontent/{made['sourcecontentId']}"
    assert (await api.get(path)).json == made
    assert made["fields"] == fields
    assert (await api.put(path, {"fields": fields[:1]})).json["fields"] == fields[:1]
    await api.add(job, sourcecontentId=made["sourcecontentId"])
    await api.submit(job)
    assert (await api.put(path, {"fields": fields})).status == 400
    assert (await api.get(f"/jobs/{job}/sourcecontent/none")).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        "x",
        ["x"],
        [{"value": "x"}],
        [{"key": "a", "value": 1}],
        [{"key": "a"}, {"key": "a"}],
        [{"key": "a", "value": "é" * 524_288}],
        [{"key": "a", "value": "x" * 1_048_000, "comment": "y" * 600}],
    ],
)
async def test_bad_inline_content_is_refused(api: Api, fields: Any) -> None:
    """Keys are there and unique; names, values and comments have a megabyte together."""
    job = await api.job()
    reply = await api.post(f"/jobs/{job}/sourcecontent", {"fields": fields})
    assert (reply.status, "fields" in reply.json["fields"]) == (400, True)


async def test_a_whole_megabyte_is_taken(api: Api) -> None:
    """Exactly the limit is allowed, though it is longer as JSON."""
    job = await api.job()
    fields = [{"key": "a", "value": '"' * (2**20 - 1)}]
    assert (await api.post(f"/jobs/{job}/sourcecontent", {"fields": fields})).status == 201


async def test_the_name_of_the_comment_and_the_key_are_settings(api: Api) -> None:
    """No paper shows the comment's name, nor the letter case of the list."""
    api.settings(comment_property="note", translation_content_key="translationcontent")
    job = await api.job()
    body = {"fields": [{"key": "a", "value": "b", "note": "c"}]}
    made = (await api.post(f"/jobs/{job}/sourcecontent", body)).json
    assert made["fields"] == body["fields"]
    (request,) = await api.add(job, sourcecontentId=made["sourcecontentId"])
    await api.submit(job)
    await api.sandbox.advance(10)
    reply = await api.get(f"/jobs/{job}/requests/{request}/retrieve")
    assert len(reply.items("translationcontent")) == 1


# Support assets and TM updates


async def test_support_assets(api: Api) -> None:
    """Made, listed newest first, read, deleted; with the vendor's lower-case names."""
    job = await api.job()
    made = []
    for name in ("a.pdf", "b.PDF"):
        body = {
            "fmsFileId": await api.file(job, name),
            "description": "look",
            "sourceNativeIds": ["/a"],
            "sourceNativeLanguageCode": "xx",
            "targetNativeLanguageCodes": ["yy"],
        }
        reply = await api.post(f"/jobs/{job}/supportassets", body)
        assert reply.status == 201
        made.append(reply.json)
    assert (made[1]["filename"], made[1]["filetype"], made[1]["description"]) == ("b.PDF", "pdf", "look")
    path = f"/jobs/{job}/supportassets"
    assert await api.every(path, "supportassets") == made[::-1]
    one = f"{path}/{made[0]['supportassetId']}"
    assert (await api.get(one)).json == made[0]
    assert (await api.delete(one)).status == 204
    assert (await api.get(one)).status == 404
    assert (await api.post(path, {"description": "x"})).status == 400
    await api.add(job)
    await api.submit(job)
    assert (await api.post(path, {"fmsFileId": made[1]["fileId"]})).status == 400
    assert (await api.delete(f"{path}/{made[1]['supportassetId']}")).status == 400


async def test_the_statuses_of_assets_are_settings(api: Api) -> None:
    """200 or 201 for what is made, 200 or 204 for what is deleted; the list's name in two spellings."""
    api.settings(created_status=200, delete_asset_status=200, support_assets_key="supportAssets")
    job = await api.job()
    made = await api.post(f"/jobs/{job}/supportassets", {"fmsFileId": await api.file(job)})
    assert made.status == 200
    assert (await api.get(f"/jobs/{job}/supportassets")).items("supportAssets") == [made.json]
    reply = await api.delete(f"/jobs/{job}/supportassets/{made.json['supportassetId']}")
    assert (reply.status, reply.json) == (200, made.json)


async def test_tm_updates(api: Api, sandbox: Sandbox) -> None:
    """Made, listed, read; a job of nothing else can be submitted, but not to a provider without the capability."""
    job = await api.job()
    body = {
        "fmsFileId": await api.file(job, "a.tmx"),
        "sourceNativeLanguageCode": "en",
        "targetNativeLanguageCode": "de",
    }
    path = f"/jobs/{job}/tmupdates"
    for name in body:
        assert (await api.post(path, {**body, name: None})).json["fields"] == name
    made = (await api.post(path, body)).json
    assert (made["fileName"], made["fileType"]) == ("a.tmx", "tmx")
    assert await api.every(path, "tmupdates") == [made]
    assert (await api.get(f"{path}/{made['tmupdateId']}")).json == made
    assert (await api.get(f"{path}/none")).status == 404
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    assert (await api.submit(job, small.id)).status == 400
    assert (await api.submit(job)).status == 200
    await sandbox.advance(10)
    assert api.at(job).status == "IN_TRANSLATION"
    other = await api.job("other")
    await api.patch(f"/jobs/{other}", {"providerId": small.id})
    file = await api.file(other, "b.tmx")
    assert (await api.post(f"/jobs/{other}/tmupdates", {**body, "fmsFileId": file})).status == 400


async def test_providers(api: Api) -> None:
    """Capabilities as the first generation had them; deleted ones only when asked for."""
    found = await api.every("/providers", "providers")
    assert [each["providerName"] for each in found] == ["Main LSP", "Small agency"]
    assert found[0]["capabilities"] == {"supportUpdateTM": True, "supportQuote": True}
    assert found[1]["capabilities"]["supportedLanguages"][0]["sources"] == ["en", "en-US", "en-GB"]
    assert (await api.get(f"/providers/{found[0]['providerId']}")).json == found[0]
    every = await api.every("/providers", "providers", includeDeletedOnes="true")
    assert [each["deleted"] for each in every] == [False, False, True]
    assert (await api.get("/providers", includeDeletedOnes="perhaps")).status == 400
    assert (await api.get("/providers/none")).status == 404
    api.settings(page_size=1)
    assert await api.every("/providers", "providers") == found


async def test_the_quota(api: Api) -> None:
    """It counts unacknowledged updates and active jobs, and refuses new work only when that is set."""
    await api.done()
    quotas = {each["name"]: each for each in (await api.get("/quota")).json["quotas"]}
    assert quotas["unacknowledgedStatusUpdates"] == {
        "name": "unacknowledgedStatusUpdates",
        "limit": 10_000,
        "used": 5,
        "remaining": 9_995,
    }
    assert quotas["activeJobs"]["used"] == 1
    api.settings(quota_status_updates=5)
    job = await api.job()
    await api.add(job)
    api.settings(quota_enforced=True)
    reply = await api.post("/jobs", {"jobName": "x"})
    assert (reply.status, "quota exceeded" in reply.message) == (429, True)
    assert (await api.submit(job)).status == 429
    api.settings(quota_status_updates=100, quota_active_jobs=2)
    assert (await api.post("/jobs", {"jobName": "x"})).status == 429
