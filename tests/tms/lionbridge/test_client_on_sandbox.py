"""The client against the sandbox: all 53 actions, the whole flow, and bad days."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from wordferry.errors import NeedsOperator, Refused, Spent, Vanished, WordferryError
from wordferry.lionbridge import ContentField, Job, LionbridgeClient, Request, Retry, Unlimited, where
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

PAGE = b"<p>Hello <b>world</b></p>\n"


def settings(**changes: Any) -> SandboxSettings:
    return SandboxSettings(seed=5, lionbridge=LionbridgeSettings(**changes))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(settings()) as started:
        yield started


def connected(sandbox: Sandbox, **options: Any) -> LionbridgeClient:
    return LionbridgeClient(
        login_url=sandbox.lionbridge_login_url,
        base_url=sandbox.lionbridge_url,
        client_id=sandbox.lionbridge_client_id,
        client_secret=sandbox.lionbridge_client_secret,
        retry=Retry(base=0.001, doubtful=frozenset({403})),
        budget=Unlimited(),
        **options,
    )


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[LionbridgeClient]:
    async with connected(sandbox) as started:
        yield started


async def provider_of(client: LionbridgeClient) -> str:
    async for provider in client.providers.list():
        if provider.supports("en-US", "de-DE") is not False:
            return provider.provider_id or ""
    raise AssertionError("no provider")


async def job_of(client: LionbridgeClient, name: str = "Spring", **fields: Any) -> str:
    return (await client.jobs.create(name, **fields)).job_id or ""


async def with_file(client: LionbridgeClient, job_id: str, *languages: str) -> tuple[Request, ...]:
    file = await client.source_files.send(job_id, PAGE, filename="page.html")
    return await client.requests.add_file(
        job_id,
        source_native_language_code="en-US",
        target_native_language_codes=languages or ("de-DE", "fr-FR"),
        fms_file_id=file,
        request_name="page.html",
        source_native_id="/en/page.html",
    )


async def test_each_of_the_53_actions_works(sandbox: Sandbox, client: LionbridgeClient) -> None:
    """From an empty account to archived jobs and back, every one of the 53 actions answers as its model says."""
    provider = await provider_of(client)  # 25
    assert (await client.providers.get(provider)).provider_name  # 24
    assert (await client.quota.get()).quotas[0].name  # 26
    job = await client.jobs.create(
        "Spring", labels={"env": "prod", "n": 3}, due_date=datetime(2026, 9, 1, tzinfo=UTC)
    )
    job_id = job.job_id or ""  # 7
    assert (await client.jobs.update(job_id, description="d")).description == "d"  # 14
    replaced = await client.jobs.replace(job_id, job_name="Summer", labels={"env": "prod"})  # 15
    assert (replaced.job_name, replaced.description) == ("Summer", None)
    # 3: with both ways of sending
    transfer = await client.source_files.create(job_id, filename="page.html")
    await client.source_files.upload(transfer, PAGE, filename="page.html", way="tus")
    file = transfer.fms_file_id or ""
    other = await client.source_files.send(
        job_id, b"<p>Other</p>", filename="other [1]&ü.html", way="multipart"
    )
    to = io.BytesIO()
    await client.source_files.download(job_id, file, to=to)  # 4
    assert to.getvalue() == PAGE
    languages: dict[str, Any] = {
        "source_native_language_code": "en-US",
        "target_native_language_codes": ["de-DE", "fr-FR"],
    }
    by_file = await client.requests.add_file(
        job_id, fms_file_id=other, request_name="page", **languages
    )  # 28
    assert [one.target_native_language_code for one in by_file] == ["de-DE", "fr-FR"]
    content = await client.source_content.create(job_id, fields=[ContentField(key="t", value="Hi")])  # 45
    content_id = content.source_content_id or ""
    assert (await client.source_content.get(job_id, content_id)).fields[0].value == "Hi"  # 46
    fields = [ContentField(key="t", value="Hello", comment="greets")]
    assert (await client.source_content.replace(job_id, content_id, fields=fields)).fields[
        0
    ].value == "Hello"  # 47
    by_content = await client.requests.add(job_id, source_content_id=content_id, **languages)  # 29
    doomed = by_content[1].request_id or ""
    await client.requests.delete(job_id, doomed)  # 30
    ids = [one.request_id or "" for one in by_file]
    changed = await client.requests.update(job_id, ids[0], target_native_id="/de/page.html")  # 35
    assert changed.target_native_id == "/de/page.html"
    many = await client.requests.update_many(job_id, ids=ids, request_name="page.html")  # 36
    assert {one.request_name for one in many} == {"page.html"}
    pointed = await client.requests.update_file_content(job_id, fms_file_id=file, request_ids=ids)  # 34
    assert {one.file_id for one in pointed} == {file}
    with pytest.raises(Refused):
        await client.requests.update_content(job_id, source_content_id=content_id)  # 23
    asset = await client.support_assets.create(job_id, fms_file_id=other, description="terms")  # 41
    asset_id = asset.support_asset_id or ""
    assert (await client.support_assets.get(job_id, asset_id)).file_name == "other [1]&ü.html"  # 44
    assert [one.support_asset_id async for one in client.support_assets.list(job_id)] == [asset_id]  # 43
    await client.support_assets.delete(job_id, asset_id)  # 42
    memory = await client.tm_updates.create(
        job_id, fms_file_id=other, source_native_language_code="en-US", target_native_language_code="de-DE"
    )  # 49
    memory_id = memory.tm_update_id or ""
    assert (await client.tm_updates.get(job_id, memory_id)).target_native_language_code == "de-DE"  # 50
    assert [one.tm_update_id async for one in client.tm_updates.list(job_id)] == [memory_id]  # 51
    listener = await client.listeners.create(
        "https://127.0.0.1:9/hook", type="JOB_STATUS_UPDATE", acknowledge_status_update=False
    )  # 16
    listener_id = listener.listener_id or ""
    assert listener.secret
    assert (await client.listeners.get(listener_id)).secret is None  # 22
    assert [one.listener_id async for one in client.listeners.list()] == [listener_id]  # 21
    # 12, then the provider works
    assert (await client.jobs.submit(job_id, provider_id=provider)).status_code == "SENDING"
    await sandbox.advance(60)
    assert (await client.jobs.get(job_id)).status_code == "IN_TRANSLATION"  # 10
    listed = [one async for one in client.requests.list(job_id)]  # 31
    assert {one.status_code for one in listed} == {"REVIEW_TRANSLATION"}
    assert len(listed) == 3
    assert (await client.requests.get(job_id, ids[0])).status_code == "REVIEW_TRANSLATION"  # 32
    to = io.BytesIO()
    await client.requests.retrieve_file(job_id, ids[0], to=to)  # 5
    assert to.getvalue() not in (b"", PAGE)
    translated = await client.requests.retrieve(job_id, by_content[0].request_id or "")  # 48
    assert [field.key for field in translated[0].target_content] == ["t"]
    rejected = await client.requests.reject(job_id, request_ids=[ids[1]], note="again")  # 33
    assert rejected[0].status_code == "TRANSLATION_REJECTED"
    approved = await client.requests.approve(job_id, request_ids=[ids[0]])  # 27
    assert approved[0].status_code == "TRANSLATION_APPROVED"
    updates = [one async for one in client.status_updates.list()]  # 40
    assert [one.update_id async for one in client.status_updates.for_job(job_id)] == [  # 39
        one.update_id for one in updates
    ]
    assert [one async for one in client.status_updates.for_provider(provider)]  # 38
    await client.status_updates.acknowledge(updates[0].update_id or "")  # 37
    assert len([one async for one in client.status_updates.list()]) == len(updates) - 1
    pending = [one async for one in client.listeners.pending(listener_id)]  # 18
    assert pending
    await client.listeners.retry(listener_id, pending[0].invocation_id or "")  # 52
    await sandbox.advance(2 * 86_400)
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    failed = [one async for one in client.listeners.failed(listener_id, earliest=long_ago)]  # 19
    assert failed
    assert (await client.listeners.get(listener_id)).disabled
    await client.listeners.retry_many(
        listener_id, invocation_ids=[one.invocation_id or "" for one in failed]
    )  # 53
    assert not (await client.listeners.update(listener_id, uri="https://127.0.0.1:9/new")).disabled  # 20
    await client.listeners.delete(listener_id)  # 17
    assert (await client.jobs.complete(job_id)).status_code == "COMPLETED"  # 6
    assert (await client.jobs.in_translation(job_id)).status_code == "IN_TRANSLATION"  # 13
    await client.jobs.complete(job_id)
    wanted = where.labels["env"].eq("prod") & where.status_code.ne("CREATED")
    assert [one.job_id async for one in client.jobs.list(filter=wanted)] == [job_id]  # 11
    await client.jobs.archive(job_id)  # 1
    await sandbox.advance(60)
    assert [one.job_id async for one in client.jobs.list()] == []
    assert [one.job_id async for one in client.jobs.archived(order_by=where.job_name)] == [job_id]  # 9
    await client.jobs.unarchive(job_id)  # 2
    await sandbox.advance(60)
    await client.jobs.delete(job_id)  # 8
    with pytest.raises(Vanished):
        await client.jobs.get(job_id)


async def test_jobs_are_read_to_the_last_one_while_new_ones_arrive(
    sandbox: Sandbox, client: LionbridgeClient
) -> None:
    """A filtered list shows every job that was there at its start, once, although others are added meanwhile."""
    jobs = sandbox.lionbridge.job_list
    wanted: set[str] = set()
    for number in range(10_000):
        job = jobs.create(f"n{number}")
        job.labels = {"odd": number % 2}
        jobs.reorder(job)
        if number % 2:
            wanted.add(job.id)
    sandbox.change_settings(lionbridge={"page_size": 250})
    seen: list[str] = []
    async for found in client.jobs.list(
        filter=where.labels["odd"].eq(1), order_by=where.created_date.descending()
    ):
        seen.append(found.job_id or "")
        if len(seen) % 200 == 0:
            await job_of(client, "new", labels={"odd": 1})
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


BAD_FILTERS = [
    "statusCode = 'A'",
    "statusCode eq A",
    "(statusCode eq 'A'",
    "description eq 'x'",
    "nothing eq 1",
    "a b c",
]


@pytest.mark.parametrize("text", BAD_FILTERS)
async def test_a_bad_filter_is_refused_with_reason(text: str, client: LionbridgeClient) -> None:
    """A filter given as text that the vendor does not understand comes back with its reason and position."""
    with pytest.raises(Refused, match=r"filter.*position \d+|cannot be used") as caught:
        _ = [one async for one in client.jobs.list(filter=text)]
    assert caught.value.status == 400


async def test_unknown_providers_and_pairs_are_refused(client: LionbridgeClient) -> None:
    """A provider nobody knows and a language it does not do are named by the vendor."""
    job_id = await job_of(client)
    await with_file(client, job_id)
    with pytest.raises(WordferryError, match="nobody"):
        await client.jobs.submit(job_id, provider_id="nobody")
    async with Sandbox(settings(create_job_provider_id="store")) as strict, connected(strict) as other:
        small = [one async for one in other.providers.list() if one.supports("en-US", "xx-XX") is False]
        assert small[0].supports("EN-us", "de-de")
        job_id = await job_of(other, provider_id=small[0].provider_id)
        with pytest.raises(Refused, match="xx-XX"):
            await with_file(other, job_id, "xx-XX")


async def test_an_upload_whose_token_ends_is_spent(sandbox: Sandbox, client: LionbridgeClient) -> None:
    """A storage token that ends in the middle of an upload leads to a new place, and nothing is lost."""
    job_id = await job_of(client)
    data = os.urandom(3000)
    transfer = await client.source_files.create(job_id, filename="a.bin")
    upload = await client.source_files.begin(transfer, data, filename="a.bin", chunk_size=1000)
    await sandbox.advance(4000)
    with pytest.raises(Spent, match="expired"):
        await client.source_files.resume(upload, data)
    assert await client.source_files.send(job_id, data, filename="a.bin", way="tus") != transfer.fms_file_id


async def test_an_unfinished_upload_backs_no_request(client: LionbridgeClient) -> None:
    """A file that has not arrived cannot be translated yet; once it has, it can."""
    job_id = await job_of(client)
    transfer = await client.source_files.create(job_id, filename="a.html")
    wanted: dict[str, Any] = {
        "source_native_language_code": "en-US",
        "target_native_language_codes": ["de-DE"],
        "fms_file_id": transfer.fms_file_id or "",
    }
    with pytest.raises(Refused):
        await client.requests.add_file(job_id, **wanted)
    await client.source_files.upload(transfer, PAGE, filename="a.html")
    assert len(await client.requests.add_file(job_id, **wanted)) == 1


async def test_a_large_upload_survives_faults(
    sandbox: Sandbox, client: LionbridgeClient, tmp_path: Path
) -> None:
    """5 MB arrive byte for byte by TUS and come back the same."""
    data = os.urandom(5 << 20)
    path = tmp_path / "large.bin"
    path.write_bytes(data)
    job_id = await job_of(client)
    file = await client.source_files.send(job_id, path)
    to = io.BytesIO()
    await client.source_files.download(job_id, file, to=to)
    assert to.getvalue() == data


async def test_a_hundred_languages_make_a_hundred_requests(client: LionbridgeClient) -> None:
    """All requests of a call come back, also when there are more than one page of them."""
    job_id = await job_of(client)
    codes = [f"l{number:02d}-XX" for number in range(100)]
    made = await with_file(client, job_id, *codes)
    assert [one.target_native_language_code for one in made] == codes


async def test_a_second_listener_of_a_type_is_refused(client: LionbridgeClient) -> None:
    """There is one listener of each type; a status that the type does not take makes the call fail."""
    await client.listeners.create("https://127.0.0.1:9/a", type="JOB_STATUS_UPDATE")
    with pytest.raises(Refused):
        await client.listeners.create("https://127.0.0.1:9/b", type="JOB_STATUS_UPDATE")
    with pytest.raises(Refused):
        await client.listeners.create(
            "https://127.0.0.1:9/b", type="REQUEST_STATUS_UPDATE", status_codes=["CREATED"]
        )


async def test_a_wrong_secret_is_for_the_operator(sandbox: Sandbox) -> None:
    """Credentials that the token service does not know are named, not shown."""
    async with LionbridgeClient(
        login_url=sandbox.lionbridge_login_url,
        base_url=sandbox.lionbridge_url,
        client_id="nobody",
        client_secret="not-the-secret",
    ) as client:
        with pytest.raises(NeedsOperator, match="invalid_client") as caught:
            await client.quota.get()
    assert "not-the-secret" not in str(caught.value)


def _words(form: Any) -> list[Any]:
    """The words of a literal, also of one that may be left out."""
    if get_origin(form) is Literal:
        return list(get_args(form))
    return [word for part in get_args(form) for word in ([None] if part is type(None) else _words(part))]


def _other_positions() -> list[dict[str, Any]]:
    """Every choice of the sandbox that the vendor's pages leave open, in each position but the default."""
    found = []
    default = LionbridgeSettings()
    for field in msgspec.structs.fields(LionbridgeSettings):
        value = getattr(default, field.name)
        if isinstance(value, bool):
            found.append({field.name: not value})
        else:
            found += [{field.name: word} for word in _words(field.type) if word != value]
    return [
        *found,
        {"page_size": 1},
        {"page_size": 100},
        {"invocations_key": "listenerInvocations"},
        {"secret_property": "signingSecret"},
        {"signature_header": "x-other"},
    ]


@pytest.mark.parametrize("position", _other_positions(), ids=str)
async def test_the_flow_holds_in_every_position_of_an_open_choice(position: dict[str, Any]) -> None:
    """Whatever the vendor turns out to do where its pages are silent, the same calls of the client work."""
    async with Sandbox(settings(**position)) as sandbox, connected(sandbox) as client:
        provider = await provider_of(client)
        job_id = await job_of(client, provider_id=provider)
        made = await with_file(client, job_id)
        content = await client.source_content.create(
            job_id, fields=[ContentField(key="t", value="Hi", comment="c")]
        )
        made += await client.requests.add(
            job_id,
            source_content_id=content.source_content_id,
            source_native_language_code="en-US",
            target_native_language_codes=["de-DE"],
        )
        file = await client.source_files.send(job_id, PAGE, filename="terms.pdf", way="tus")
        asset = await client.support_assets.create(job_id, fms_file_id=file)
        assert [one.key() async for one in client.support_assets.list(job_id)] == [asset.key()]
        await client.support_assets.delete(job_id, asset.support_asset_id or "")
        listener = await client.listeners.create("https://127.0.0.1:9/hook", type="JOB_STATUS_UPDATE")
        assert listener.secret
        await client.jobs.submit(job_id, provider_id=provider)
        await sandbox.advance(60)
        ids = [one.request_id or "" for one in made]
        listed = {one.request_id: one.status_code async for one in client.requests.list(job_id)}
        assert listed == dict.fromkeys(ids, "REVIEW_TRANSLATION")
        to = io.BytesIO()
        await client.requests.retrieve_file(job_id, ids[0], to=to)
        assert to.getvalue() not in (b"", PAGE)
        translated = await client.requests.retrieve(job_id, ids[-1])
        assert translated[0].target_content[0].key == "t"
        assert len(await client.requests.approve(job_id, request_ids=ids)) == len(ids)
        assert [one async for one in client.status_updates.for_job(job_id)]
        pending = [one async for one in client.listeners.pending(listener.listener_id or "")]
        assert pending
        assert pending[0].invocation_id
        await client.listeners.retry(listener.listener_id or "", pending[0].invocation_id or "")
        await client.listeners.delete(listener.listener_id or "")
        await client.jobs.complete(job_id)
        await client.jobs.archive(job_id)
        await sandbox.advance(60)
        assert [one.job_id async for one in client.jobs.archived(filter=Job.job_name == "Spring")] == [job_id]
        await client.jobs.unarchive(job_id)
        await sandbox.advance(60)
        since = where.created_date.gt(datetime.now(UTC) - timedelta(days=40_000))
        assert [one.job_id async for one in client.jobs.list(filter=since)] == [job_id]
        await client.jobs.delete(job_id)
