"""The client meets the sandbox: all 53 actions, each heard there under its own name."""

from __future__ import annotations

import io
from typing import Any

from wordferry.lionbridge import ContentField, LionbridgeClient
from wordferry.sandbox import Sandbox, SandboxSettings
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

CHOICES = LionbridgeSettings(allow_http_listeners=True, update_content="works")


async def _all(found: Any) -> list[Any]:
    return [each async for each in found]


async def _file(client: Any, job: str, name: str) -> Any:
    return await client.source_files.send(job, b"<p>Hello world</p>", filename=name)


async def test_the_client_calls_all_53_actions() -> None:
    """Every action is answered with a success that the client can read."""
    async with Sandbox(SandboxSettings(seed=5, frozen_clock=True, lionbridge=CHOICES)) as sandbox:
        async with LionbridgeClient(
            client_id=sandbox.lionbridge_client_id,
            client_secret=sandbox.lionbridge_client_secret,
            login_url=sandbox.lionbridge_login_url,
            base_url=sandbox.lionbridge_url,
        ) as client:
            await _voyage(client, sandbox)
        calls = sandbox.calls(operation="lionbridge.*")
        actions = {route.operation for route in sandbox.lionbridge.routes()}
        assert actions - {call["operation"] for call in calls} == set()
        assert [call for call in calls if call["status"] >= 400] == []
        assert sandbox.lionbridge.fms.tokens_seen == 0


async def _voyage(client: Any, sandbox: Sandbox) -> None:
    first, *_ = await _all(client.providers.list())
    await client.providers.get(first.provider_id)
    await client.quota.get()
    listener = await client.listeners.create(
        uri="http://127.0.0.1:1/x", type="REQUEST_STATUS_UPDATE", status_codes=["REVIEW_TRANSLATION"]
    )
    uid = listener.listener_id
    await client.listeners.get(uid)
    assert len(await _all(client.listeners.list())) == 1
    job = (await client.jobs.create("Spring", labels={"n": 1})).job_id
    await client.jobs.update(job, description="d")
    await client.jobs.replace(job, job_name="Summer")
    file, other = await _file(client, job, "a.html"), await _file(client, job, "b.html")
    await client.source_files.download(job, file, to=io.BytesIO())
    content = (
        await client.source_content.create(job, fields=[ContentField(key="t", value="Hi")])
    ).source_content_id
    await client.source_content.get(job, content)
    await client.source_content.replace(job, content, fields=[ContentField(key="t", value="Ho")])
    pair: dict[str, Any] = {"source_native_language_code": "en-US"}
    made = await client.requests.add(
        job, target_native_language_codes=["de-DE"], source_content_id=content, **pair
    )
    made += await client.requests.add_file(
        job, target_native_language_codes=["de-DE", "fr-FR"], fms_file_id=file, **pair
    )
    inline, doc, extra = (request.request_id for request in made)
    await client.requests.update(job, doc, request_name="n")
    await client.requests.update_many(job, ids=[inline, doc], source_native_id="/n")
    await client.requests.update_file_content(job, fms_file_id=other, request_ids=[doc])
    await client.requests.update_content(job, source_content_id=content, request_ids=[inline])
    await client.requests.delete(job, extra)
    asset = await client.support_assets.create(job, fms_file_id=other)
    await client.support_assets.get(job, asset.support_asset_id)
    assert len(await _all(client.support_assets.list(job))) == 1
    await client.support_assets.delete(job, asset.support_asset_id)
    update = await client.tm_updates.create(
        job, fms_file_id=other, target_native_language_code="de-DE", **pair
    )
    await client.tm_updates.get(job, update.tm_update_id)
    assert len(await _all(client.tm_updates.list(job))) == 1
    await client.jobs.submit(job, provider_id=first.provider_id)
    await sandbox.advance(10)
    assert (await client.jobs.get(job)).status_code == "IN_TRANSLATION"
    assert [each.job_id for each in await _all(client.jobs.list(filter="labels.n eq 1"))] == []
    assert len(await _all(client.jobs.list(filter="jobName eq 'Summer'"))) == 1
    assert (await client.requests.get(job, doc)).status_code == "REVIEW_TRANSLATION"
    assert len(await _all(client.requests.list(job))) == 2
    target = io.BytesIO()
    await client.requests.retrieve_file(job, doc, to=target)
    assert "«de-DE»".encode() in target.getvalue()
    (fields,) = await client.requests.retrieve(job, inline)
    assert fields.target_content[0].key == "t"
    updates: list[Any] = []
    for listing in (
        client.status_updates.list(),
        client.status_updates.for_job(job),
        client.status_updates.for_provider(first.provider_id),
    ):
        updates = await _all(listing)
        assert len(updates) == 5
    await client.status_updates.acknowledge(updates[0].update_id)
    (pending,) = await _all(client.listeners.pending(uid))
    await client.listeners.retry(uid, pending.invocation_id)
    await client.listeners.retry_many(uid, invocation_ids=[pending.invocation_id])
    assert await _all(client.listeners.failed(uid)) == []
    await client.listeners.update(uid, acknowledge_status_update=False)
    await client.listeners.delete(uid)
    await client.requests.reject(job, request_ids=[inline], note="no")
    await client.requests.approve(job, request_ids=[doc])
    await client.jobs.complete(job)
    await client.jobs.in_translation(job)
    await client.jobs.complete(job)
    await client.jobs.archive(job)
    await sandbox.advance(1)
    assert [each.job_id for each in await _all(client.jobs.archived())] == [job]
    await client.jobs.unarchive(job)
    await sandbox.advance(1)
    await client.jobs.delete(job)
