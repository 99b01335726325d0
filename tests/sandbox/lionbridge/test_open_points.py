"""What the vendor's papers leave open: each setting in its other position; the defaults are proved elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from tests.sandbox.lionbridge.conftest import Api
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

HERE = Path(__file__).parent


async def test_never_submitted_jobs_may_have_to_stay(api: Api) -> None:
    """Archiving and deleting a job that was never submitted can be refused."""
    api.settings(archive_created=False, delete_created=False)
    job = await api.job()
    assert (await api.put(f"/jobs/{job}/archive")).status == 400
    assert (await api.delete(f"/jobs/{job}")).status == 400


async def test_completing_may_have_to_wait(api: Api) -> None:
    """Before the provider has accepted the job it can be refused, and it may make no status update."""
    api.settings(complete_when_sent=False, completed_update=False)
    api.sandbox.behave("manual")
    job, _ = await api.done()
    assert (await api.put(f"/jobs/{job}/complete", {})).status == 400
    api.room.start(job)
    assert (await api.put(f"/jobs/{job}/complete", {})).status == 200
    assert "COMPLETED" not in {each["statusCode"] for each in await api.updates()}


async def test_a_request_may_look_otherwise(api: Api) -> None:
    """Another name for the inline content, a MIME type for the file, and no note."""
    api.settings(source_content_key="sourceContentId", file_type="mime", reject_note=False)
    job = await api.job()
    await api.add(job)
    content = await api.content(job)
    await api.add(job, "fr", sourcecontentId=content)
    inline, file = await api.every(f"/jobs/{job}/requests", "requests")
    assert (inline["sourceContentId"], "sourcecontentId" in inline) == (content, False)
    assert file["fileType"] == "multipart/form-data" or file["fileType"] == "text/html"
    assert "rejectNote" not in file
    asset = await api.post(f"/jobs/{job}/supportassets", {"fmsFileId": await api.file(job, "a.pdf")})
    assert asset.json["filetype"] == "application/pdf"


async def test_wrong_credentials_may_be_401(api: Api) -> None:
    """The standard allows both answers."""
    api.settings(token_error_status=401)
    assert (await api.login(client_secret="wrong")).status == 401


async def test_any_patch_may_end_probation(api: Api) -> None:
    """Whether the address must be in the PATCH is known of the sister API alone."""
    api.settings(allow_http_listeners=True, probation_reset="any")
    body = {"uri": "http://127.0.0.1:1/x", "type": "JOB_STATUS_UPDATE"}
    uid = (await api.post("/statusupdates/listeners", body)).json["listenerId"]
    api.room.listeners.by_id[uid].disabled = True
    reply = await api.patch(f"/statusupdates/listeners/{uid}", {"acknowledgeStatusUpdate": False})
    assert reply.json["disabled"] is False


async def test_the_address_of_an_upload_may_be_relative(api: Api) -> None:
    """A client has to resolve it against the creation address."""
    api.settings(tus_location="relative")
    transfer = await api.transfer(await api.job())
    headers = {"Tus-Resumable": "1.0.0", "sastoken": transfer["fmsSASToken"], "Upload-Length": "3"}
    reply = await api.fetch("POST", transfer["fmsUploadUrl"], headers=headers)
    assert reply.headers["Location"].startswith("/tus/")
    reply = await api.fetch("HEAD", api.sandbox.fms_url + reply.headers["Location"], headers=headers)
    assert reply.headers["Upload-Offset"] == "0"


async def test_other_successes_of_retries_and_invocations(api: Api) -> None:
    """The list of callbacks may have another name, and a retry another success."""
    api.settings(allow_http_listeners=True, invocations_key="events", retry_status=204)
    body = {"uri": "http://127.0.0.1:1/x", "type": "REQUEST_STATUS_UPDATE"}
    uid = (await api.post("/statusupdates/listeners", body)).json["listenerId"]
    await api.done()
    path = f"/statusupdates/listeners/{uid}"
    (first, _) = (await api.get(path + "/invocations/pending")).items("events")
    assert (await api.put(f"{path}/invocations/{first['invocationId']}/retry")).status == 204
    assert (await api.put(path + "/retry", {"invocationIds": [first["invocationId"]]})).status == 204


async def test_language_pairs_may_be_left_unchecked(api: Api) -> None:
    """A provider's list of pairs can be ignored."""
    api.settings(validate_languages=False, create_job_provider_id="store")
    small = next(each for each in api.room.providers.by_id.values() if each.name == "Small agency")
    job = await api.job(providerId=small.id)
    assert len(await api.add(job, "pt-BR")) == 1


def test_every_choice_is_turned_somewhere() -> None:
    """No setting that is a word or a switch is without a test that changes it."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    turned = set(re.findall(r"(\w+)=", texts)) | set(re.findall(r'"(\w+)": ', texts))
    choices = [
        name
        for name, value in msgspec.structs.asdict(LionbridgeSettings()).items()
        if isinstance(value, bool) or not isinstance(value, int | float)
    ]
    untested = [name for name in choices if name not in turned]
    assert untested == []


async def test_filters_may_read_otherwise(api: Api) -> None:
    """Text without regard to case, and unset fields that are not unequal to anything."""
    await api.job("Spring")
    assert await api.every("/jobs", "jobs", filter="jobName eq 'spring'") == []
    assert len(await api.every("/jobs", "jobs", filter="poReference ne 'x'")) == 1
    api.settings(filter_case_sensitive=False, filter_null_ne=False)
    assert len(await api.every("/jobs", "jobs", filter="jobName eq 'spring'")) == 1
    assert await api.every("/jobs", "jobs", filter="poReference ne 'x'") == []
