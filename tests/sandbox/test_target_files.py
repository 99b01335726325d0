"""Exports and single-use downloads."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import Raw
from wordferry.formats import CORRUPTIONS, compare, corrupt, pseudo_translate, pseudo_translate_lines
from wordferry.sandbox import Sandbox, SandboxSettings

SOURCE = b'{"a": "Hello {name}"}'


async def test_an_export_starts_and_takes_its_time(raw: Raw, sandbox: Sandbox) -> None:
    """202 with an asynchronous request and the job as reference; finished later, without a status field."""
    project, job = await raw.done_job()
    reply = await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile", {})
    assert reply.status == 202
    request = reply.json["asyncRequest"]
    assert (request["action"], request["asyncResponse"]) == ("EXPORT_COMPLETE_FILE", None)
    assert request["project"]["uid"] == project
    assert reply.json["reference"] == {"uid": job, "type": "JOB"}
    running = (await raw.get(f"/v1/async/{request['id']}")).json
    assert running["asyncResponse"] is None
    await sandbox.advance(1)
    done = (await raw.get(f"/v1/async/{request['id']}")).json
    assert done["asyncResponse"]["errorCode"] is None
    assert "status" not in done


async def test_the_older_export_call_takes_no_body(raw: Raw) -> None:
    """v2 starts an export as well."""
    project, job = await raw.done_job()
    assert (await raw.put(f"/v2/projects/{project}/jobs/{job}/targetFile")).status == 202


async def test_the_target_is_a_sound_pseudo_translation(raw: Raw) -> None:
    """The download has the same structure as the source and other words."""
    project, job = await raw.done_job(content=SOURCE)
    reply = await raw.download(project, job, await raw.export(project, job))
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a.json"
    assert reply.body == pseudo_translate(SOURCE, format="json", locale="de")
    assert reply.body != SOURCE
    assert compare(SOURCE, reply.body, format="json") == ()


async def test_a_download_id_is_good_once(raw: Raw, sandbox: Sandbox) -> None:
    """The second use is 404, and the referee sees it; a new export gives a new id."""
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    assert (await raw.download(project, job, number)).status == 200
    again = await raw.download(project, job, number)
    assert (again.status, again.code) == (404, "ResourceNotFound")
    burnt = sandbox.referee()["findings"]["burnt_downloads"]
    assert burnt == [{"async_request": number, "attempts_after_spent": 1}]
    fresh = await raw.export(project, job)
    assert fresh != number
    assert (await raw.download(project, job, fresh)).status == 200


async def test_the_undocumented_answers_can_be_switched(raw: Raw, sandbox: Sandbox) -> None:
    """Spent and early downloads answer 404 by default, 400 when set so."""
    project, job = await raw.done_job()
    number = (await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile")).json["asyncRequest"]["id"]
    assert (await raw.download(project, job, number)).status == 404
    sandbox.change_settings(early_status=400, spent_status=400)
    assert (await raw.download(project, job, number)).status == 400
    await sandbox.advance(1)
    assert (await raw.download(project, job, number)).status == 200
    assert (await raw.download(project, job, number)).status == 400


async def test_an_early_download_does_not_spend_the_id(raw: Raw, sandbox: Sandbox) -> None:
    """Asking too soon costs nothing."""
    project, job = await raw.done_job()
    number = (await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile")).json["asyncRequest"]["id"]
    await raw.download(project, job, number)
    await sandbox.advance(1)
    assert (await raw.download(project, job, number)).status == 200


@pytest.mark.parametrize("fault", ["lost", "reset", "truncate"])
async def test_a_broken_download_is_spent_all_the_same(raw: Raw, sandbox: Sandbox, fault: str) -> None:
    """The id dies when the download starts, whether or not it arrives."""
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    sandbox.faults.add(fault, operation="download_target", count=1)
    with pytest.raises(Exception, match=r"(?i)disconnected|payload|reset"):
        await raw.download(project, job, number)
    assert (await raw.download(project, job, number)).status == 404


async def test_a_download_dropped_before_the_work_is_not_spent(raw: Raw, sandbox: Sandbox) -> None:
    """From outside it looks like `lost`, but the id is still good."""
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    sandbox.faults.add("dropped", operation="download_target", count=1)
    with pytest.raises(Exception, match=r"(?i)disconnected"):
        await raw.download(project, job, number)
    assert (await raw.download(project, job, number)).status == 200


async def test_an_id_belongs_to_its_job(raw: Raw, sandbox: Sandbox) -> None:
    """Another job's id, an import's id, an unknown id and a word are refused."""
    project = (await raw.project())["uid"]
    made = (await raw.upload(project, langs=("de", "ja"))).json
    first, second = (job["uid"] for job in made["jobs"])
    await sandbox.advance(10)
    number = await raw.export(project, first)
    assert (await raw.download(project, second, number)).status == 404
    assert (await raw.download(project, first, made["asyncRequest"]["id"])).status == 404
    assert (await raw.download(project, first, "12345")).status == 404
    assert (await raw.download(project, first, "async-req-1")).status == 400


async def test_finished_requests_are_forgotten_after_a_day(raw: Raw, sandbox: Sandbox) -> None:
    """Then the request and its download are 404."""
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    await sandbox.advance(86401)
    await raw.login()
    assert (await raw.get(f"/v1/async/{number}")).status == 404
    assert (await raw.download(project, job, number)).status == 404


async def test_an_export_too_early_gives_the_source(raw: Raw, sandbox: Sandbox) -> None:
    """What nobody has translated comes back untranslated: exporting too soon shows."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project, content=SOURCE)).json["jobs"][0]["uid"]
    await sandbox.advance(2.1)
    assert (await raw.download(project, job, await raw.export(project, job))).body == SOURCE


@pytest.mark.parametrize("kind", ["drop_placeholder", "truncate", "wrong_encoding"])
async def test_a_target_can_be_damaged(raw: Raw, sandbox: Sandbox, kind: str) -> None:
    """`corrupt` damages the target in the named way."""
    sandbox.behave("corrupt", corruption=kind)
    project, job = await raw.done_job(content=SOURCE)
    reply = await raw.download(project, job, await raw.export(project, job))
    sound = pseudo_translate(SOURCE, format="json", locale="de")
    assert reply.body == corrupt(sound, format="json", kind=kind)
    assert reply.body != sound


def test_every_corruption_can_be_asked_for() -> None:
    """The sandbox offers all the formats room knows."""
    assert "truncate" in CORRUPTIONS
    sandbox = Sandbox()
    with pytest.raises(ValueError, match="unknown corruption"):
        sandbox.behave("corrupt", corruption="set on fire")


async def test_a_target_can_be_the_source(raw: Raw, sandbox: Sandbox) -> None:
    """`source_text` completes without translating."""
    sandbox.behave("source_text")
    project, job = await raw.done_job(content=SOURCE)
    assert (await raw.download(project, job, await raw.export(project, job))).body == SOURCE


async def test_an_export_can_fail(raw: Raw, sandbox: Sandbox) -> None:
    """A failed export is HTTP 200 with an `errorCode` inside, and has nothing to download."""
    sandbox.behave("export_error")
    project, job = await raw.done_job()
    number = await raw.export(project, job)
    request = await raw.get(f"/v1/async/{number}")
    assert request.status == 200
    assert request.json["asyncResponse"]["errorCode"] == "ExportFailed"
    assert request.json["asyncResponse"]["errorDesc"]
    assert (await raw.download(project, job, number)).status == 404


async def test_a_person_can_finish_a_job(raw: Raw, sandbox: Sandbox) -> None:
    """By hand over the control API: the bytes become the target, the steps up to this one are completed."""
    sandbox.behave("manual")
    project = (await raw.project(template="Website 3 steps"))["uid"]
    jobs = [job["uid"] for job in (await raw.upload(project)).json["jobs"]]
    await sandbox.advance(3)
    reply = await raw.control("POST", f"/jobs/{jobs[2]}/finish", data=b'{"a": "Hallo"}')
    assert reply.status == 200
    assert [job.status for job in sandbox.phrase.jobs] == ["COMPLETED"] * 3
    assert (
        await raw.download(project, jobs[2], await raw.export(project, jobs[2]))
    ).body == b'{"a": "Hallo"}'


async def test_warnings_are_a_list(raw: Raw) -> None:
    """`targetFileWarnings` answers an empty list."""
    project, job = await raw.done_job()
    reply = await raw.get(f"/v1/projects/{project}/jobs/{job}/targetFileWarnings")
    assert reply.json == {"warnings": []}


async def test_pending_requests_are_listed_and_counted(raw: Raw, sandbox: Sandbox) -> None:
    """The page of pending requests and the concurrency figures agree, and empty when the work is done."""
    project, job = await raw.done_job()
    for _ in range(3):
        await raw.put(f"/v3/projects/{project}/jobs/{job}/targetFile")
    page = (await raw.get("/v1/async", all="true", pageSize="2")).json
    assert (page["totalElements"], len(page["content"])) == (3, 2)
    status = (await raw.get("/v1/async/status")).json
    assert status == {"concurrentRequests": {"count": 3, "limit": 200}}
    await sandbox.advance(1)
    assert (await raw.get("/v1/async")).json["totalElements"] == 0


async def test_asynchronous_work_is_capped(raw: Raw, sandbox: Sandbox) -> None:
    """Over the cap of pending requests a start is 429 as plain text; reading is still fine."""
    project, job = await raw.done_job()
    sandbox.change_settings(pending_async=1)
    path = f"/v3/projects/{project}/jobs/{job}/targetFile"
    assert (await raw.put(path)).status == 202
    assert (await raw.put(path)).status == 429
    assert (await raw.upload(project, "b.json")).status == 429
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).status == 200
    await sandbox.advance(1)
    assert (await raw.put(path)).status == 202


class TestLargeFiles:
    """Files over the spool limit."""

    @pytest.fixture
    def settings(self) -> SandboxSettings:
        return SandboxSettings(
            import_seconds=0.1, translate_seconds=0.1, export_seconds=0.1, spool_bytes=50_000
        )

    async def test_large_plain_files_are_translated_line_by_line(self, raw: Raw, sandbox: Sandbox) -> None:
        """The target lives in a file, is that of the streaming translator, and is deleted once fetched."""
        source = b"".join(b"Line %d of a long text.\n" % number for number in range(6000))
        project, job = await raw.done_job("big.txt", content=source)
        number = await raw.export(project, job)
        target = sandbox.phrase.target_files.exports[0].target
        assert target is not None
        assert target.path is not None
        assert target.path.exists()
        reply = await raw.download(project, job, number)
        assert reply.body == b"".join(pseudo_translate_lines([source], locale="de", encoding="utf-8"))
        assert not target.path.exists()
        original = await raw.get(f"/v1/projects/{project}/jobs/{job}/original")
        assert original.body == source

    async def test_large_files_of_other_formats_pass_too(self, raw: Raw) -> None:
        """A large JSON file is translated whole and comes back sound."""
        source = b"{" + b",".join(b'"k%d": "Hello %d"' % (number, number) for number in range(3000)) + b"}"
        project, job = await raw.done_job("big.json", content=source)
        reply = await raw.download(project, job, await raw.export(project, job))
        assert reply.body == pseudo_translate(source, format="json", locale="de")
