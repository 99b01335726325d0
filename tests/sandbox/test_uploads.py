"""Create job: two headers, a raw body, and many rules."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox


async def test_one_job_for_each_language_and_step(raw: Raw) -> None:
    """201 with languages × steps jobs in the shape of the create answer."""
    project = await raw.project(template="Website 3 steps")
    reply = await raw.upload(project["uid"], langs=("de", "ja"))
    assert reply.status == 201
    body = reply.json
    assert body["asyncRequest"]["action"] == "IMPORT_JOB"
    assert body["asyncRequest"]["id"].isdigit()
    assert body["unsupportedFiles"] == []
    found = [(job["targetLang"], job["workflowLevel"]) for job in body["jobs"]]
    assert found == [("de", 1), ("de", 2), ("de", 3), ("ja", 1), ("ja", 2), ("ja", 3)]
    job = body["jobs"][0]
    assert len(job["uid"]) == 22
    assert (job["status"], job["imported"], job["notificationIntervalInMinutes"]) == ("NEW", False, -1)
    # The step in a job is the organisation's, not the project's.
    assert job["workflowStep"]["id"] == project["workflowSteps"][0]["workflowStep"]["id"]


async def test_a_project_without_steps_has_jobs_without_steps(raw: Raw) -> None:
    """`workflowStep` is null and the level is 1."""
    job = (await raw.upload((await raw.project())["uid"])).json["jobs"][0]
    assert job["workflowStep"] is None
    assert job["workflowLevel"] == 1


async def test_an_unsupported_file_is_still_a_success(raw: Raw) -> None:
    """201 with no jobs and the file's name in `unsupportedFiles`."""
    project = (await raw.project())["uid"]
    reply = await raw.upload(project, "picture.png")
    assert reply.status == 201
    assert reply.json == {"asyncRequest": None, "jobs": [], "unsupportedFiles": ["picture.png"]}
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["totalElements"] == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"targetLangs": None}, "InvalidArguments"),
        ({"targetLangs": []}, "InvalidArguments"),
        ({"targetLangs": ["cs"]}, "JobCreateError"),
        ({"targetLangs": "de"}, "InvalidArguments"),
        ({"workflowSettings": [{"id": "1"}]}, "InvalidArguments"),
        ({"useProjectFileImportSettings": True, "importSettings": {"uid": "x"}}, "InvalidArguments"),
        ({"useProjectFileImportSettings": "perhaps"}, "InvalidArguments"),
        ({"sourceData": {}}, "InvalidArguments"),
        ({"sourceData": "MCP"}, "InvalidArguments"),
        ({"callbackUrl": "not a url"}, "InvalidArguments"),
        ({"due": "soon"}, "InvalidArguments"),
        ({"path": 5}, "InvalidArguments"),
        ({"jobPreviewPackageFileUidRef": {"uid": "x"}}, "InvalidArguments"),
        ({"remoteFile": {"connectorToken": "x"}}, "InvalidArguments"),
        ({"assignments": [{"targetLang": "ja", "providers": []}]}, "InvalidArguments"),
        (
            {"assignments": [{"targetLang": "de", "providers": [{"id": "1", "type": "USER"}]}]},
            "InvalidArguments",
        ),
        (
            {"assignments": [{"targetLang": "de", "providers": [{"id": "1", "type": "X"}]}]},
            "InvalidArguments",
        ),
        ({"notifyProvider": {"organizationEmailTemplate": {"id": "1"}}}, "InvalidArguments"),
    ],
)
async def test_wrong_metadata_is_refused(raw: Raw, fields: dict[str, Any], code: str) -> None:
    """Each broken rule of the `Memsource` header is a 400, and no job is made."""
    project = (await raw.project())["uid"]
    memsource = {"targetLangs": ["de"], **fields}
    reply = await raw.upload(project, headers={"Memsource": json.dumps(memsource)})
    assert (reply.status, reply.code) == (400, code), reply.text
    assert (await raw.get(f"/v2/projects/{project}/jobs")).json["totalElements"] == 0


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Memsource", ""),
        ("Memsource", "[]"),
        ("Memsource", "{broken"),
        ("Memsource", '{"targetLangs":["de"],"path":"Köln"}'),
        ("Content-Disposition", ""),
        ("Content-Disposition", "attachment"),
        ("Content-Disposition", "form-data; filename=a.json"),
    ],
)
async def test_wrong_headers_are_refused(raw: Raw, header: str, value: str) -> None:
    """Missing or malformed headers are 400; the JSON must be ASCII."""
    project = (await raw.project())["uid"]
    reply = await raw.upload(project, headers={header: value})
    assert (reply.status, reply.code) == (400, "InvalidArguments")


async def test_only_octet_streams_are_taken(raw: Raw) -> None:
    """Another content type is 415."""
    project = (await raw.project())["uid"]
    assert (await raw.upload(project, headers={"Content-Type": "application/json"})).status == 415


async def test_a_language_outside_the_project_has_the_known_text(raw: Raw) -> None:
    """Clients match on this description."""
    reply = await raw.upload((await raw.project())["uid"], langs=("cs",))
    assert "Target languages must match the project's" in reply.json["errorDescription"]


async def test_the_binding_is_lenient_about_booleans(raw: Raw) -> None:
    """The vendor's samples quote booleans; they are taken."""
    project = (await raw.project())["uid"]
    reply = await raw.upload(project, useProjectFileImportSettings="true", preTranslate="false")
    assert reply.status == 201


async def test_the_plugin_may_name_itself(raw: Raw) -> None:
    """`sourceData` with a client type is taken."""
    project = (await raw.project())["uid"]
    assert (await raw.upload(project, sourceData={"clientType": "WORDFERRY"})).status == 201


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''" + quote("Größe 日本.json"), "Größe 日本.json"),
        ("attachment; filename*=UTF-8''a%20b.json", "a b.json"),
        ('inline; filename="plain name.json"', "plain name.json"),
        ("filename=bare.json", "bare.json"),
    ],
)
async def test_file_names_come_from_the_disposition(raw: Raw, disposition: str, name: str) -> None:
    """All forms of the pattern, with percent-encoding undone."""
    reply = await raw.upload((await raw.project())["uid"], headers={"Content-Disposition": disposition})
    assert reply.json["jobs"][0]["filename"] == name


async def test_long_names_are_cut_without_a_word(raw: Raw) -> None:
    """Over 255 characters the name loses its end, and so its extension: the file becomes unsupported."""
    project = (await raw.project())["uid"]
    long = "n" * 300 + ".json"
    assert (await raw.upload(project, long)).json["unsupportedFiles"] == ["n" * 255]
    fitting = "n" * 250 + ".json"
    assert (await raw.upload(project, fitting)).json["jobs"][0]["filename"] == fitting


async def test_folders_are_kept_and_cut(raw: Raw) -> None:
    """`path` comes back as `originalFileDirectory`, at most 255 characters."""
    project = (await raw.project())["uid"]
    job = (await raw.upload(project, path="docs/" + "d" * 300)).json["jobs"][0]["uid"]
    assert (await raw.get(f"/v1/projects/{project}/jobs/{job}")).json["originalFileDirectory"] == (
        "docs/" + "d" * 250
    )


async def test_workflow_settings_want_the_projects_own_step_ids(raw: Raw) -> None:
    """A project-specific id is taken as string or number; the global id is refused."""
    project = await raw.project(template="Website 3 steps")
    step = project["workflowSteps"][1]
    due = "2030-01-01T00:00:00Z"
    reply = await raw.upload(project["uid"], workflowSettings=[{"id": str(step["id"]), "due": due}])
    assert [job["dateDue"] for job in reply.json["jobs"]] == [None, "2030-01-01T00:00:00+0000", None]
    assert (await raw.upload(project["uid"], workflowSettings=[{"id": step["id"]}])).status == 201
    reply = await raw.upload(project["uid"], workflowSettings=[{"id": step["workflowStep"]["id"]}])
    assert reply.status == 400


@pytest.mark.parametrize("field", ["assignments", "due"])
async def test_projects_with_steps_take_neither_assignments_nor_due(raw: Raw, field: str) -> None:
    """Those two are for projects without steps."""
    project = await raw.project(template="Website 3 steps")
    providers = [{"targetLang": "de", "providers": []}]
    value: Any = providers if field == "assignments" else "2030-01-01T00:00:00Z"
    assert (await raw.upload(project["uid"], **{field: value})).status == 400


async def test_empty_lists_mean_nothing(raw: Raw) -> None:
    """The vendor's own example sends empty `assignments` and `workflowSettings` side by side; clients copy it."""
    for template in ("Website", "Website 3 steps"):
        project = await raw.project(template=template)
        reply = await raw.upload(project["uid"], assignments=[], workflowSettings=[], due=None)
        assert reply.status == 201


async def test_bytes_without_a_content_type_are_taken(raw: Raw) -> None:
    """Clients that send no `Content-Type` at all are understood."""
    project = await raw.project()
    assert (await raw.upload(project["uid"], headers={"Content-Type": ""})).status == 201


async def test_providers_can_be_assigned_at_once(raw: Raw, sandbox: Sandbox) -> None:
    """`assignments` put a linguist on the job, and `notifyProvider` its mail."""
    linguist = sandbox.phrase.people.linguists["de"]
    template = sandbox.phrase.people.email_templates[0]
    reply = await raw.upload(
        (await raw.project())["uid"],
        assignments=[{"targetLang": "de", "providers": [{"id": linguist.id, "type": "USER"}]}],
        notifyProvider={
            "organizationEmailTemplate": {"id": template["id"]},
            "notificationIntervalInMinutes": "10",
        },
    )
    job = reply.json["jobs"][0]
    assert job["providers"] == [{"id": linguist.id, "uid": linguist.uid, "type": "USER"}]
    assert job["notificationIntervalInMinutes"] == 10


async def test_a_repeated_upload_makes_a_second_set(raw: Raw, sandbox: Sandbox) -> None:
    """No idempotency: the referee lists the doubles by name and language."""
    project = (await raw.project())["uid"]
    first = (await raw.upload(project)).json["jobs"][0]["uid"]
    second = (await raw.upload(project)).json["jobs"][0]["uid"]
    await raw.upload(project, path="other")
    assert first != second
    doubles = sandbox.referee()["findings"]["double_jobs"]
    assert [entry["uids"] for entry in doubles] == [[first, second]]
    assert (doubles[0]["file"], doubles[0]["locale"], doubles[0]["level"]) == ("a.json", "de", 1)


async def test_a_cancelled_double_is_only_a_note(raw: Raw, sandbox: Sandbox) -> None:
    """Whoever cancels its double has mended the run."""
    project = (await raw.project())["uid"]
    await raw.upload(project)
    second = (await raw.upload(project)).json["jobs"][0]["uid"]
    await sandbox.advance(10)
    await raw.status(project, second, "CANCELLED")
    verdict = sandbox.referee()
    assert verdict["findings"]["double_jobs"] == []
    assert len(verdict["notes"]["doubles_cancelled"]) == 1


async def test_uids_do_not_depend_on_the_order_of_calls(raw: Raw, sandbox: Sandbox) -> None:
    """With the same seed, the same names give the same uids in any order."""

    async def run(names: list[str]) -> dict[str, str]:
        await sandbox.reset()
        await raw.login()
        project = (await raw.project())["uid"]
        return {name: (await raw.upload(project, name)).json["jobs"][0]["uid"] for name in names}

    assert await run(["a.json", "b.json"]) == await run(["b.json", "a.json"])


async def test_a_file_that_is_not_what_it_says_fails_its_import(raw: Raw, sandbox: Sandbox) -> None:
    """Broken JSON is taken with 201; the import status becomes ERROR and the async request has a code."""
    project = (await raw.project())["uid"]
    body = (await raw.upload(project, content=b'{"a": ')).json
    await sandbox.advance(3)
    job = (await raw.get(f"/v1/projects/{project}/jobs/{body['jobs'][0]['uid']}")).json
    assert job["importStatus"]["status"] == "ERROR"
    assert job["importStatus"]["errorMessage"]
    assert job["imported"] is False
    request = await raw.get(f"/v1/async/{body['asyncRequest']['id']}")
    assert request.status == 200
    assert request.json["asyncResponse"]["errorCode"] == "JobImportFailed"


async def test_uploads_over_the_limit_are_refused(raw: Raw, sandbox: Sandbox) -> None:
    """A body over the limit is 400, and nothing is made."""
    sandbox.change_settings(max_upload_bytes=10)
    project = (await raw.project())["uid"]
    assert (await raw.upload(project)).status == 400
    assert sandbox.phrase.jobs == []


async def test_large_uploads_leave_memory_and_come_back_whole(raw: Raw, sandbox: Sandbox) -> None:
    """A body over the spool limit lives in a file, and the original file gives it back byte for byte."""
    content = bytes(range(256)) * 40_000
    project = (await raw.project())["uid"]
    job = (await raw.upload(project, "big.txt", content)).json["jobs"][0]["uid"]
    assert sandbox.phrase.jobs[0].task.file.content.path is not None
    reply = await raw.get(f"/v1/projects/{project}/jobs/{job}/original")
    assert reply.body == content
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"] == "attachment; filename*=UTF-8''big.txt"


async def test_a_client_that_waits_for_100_continue_gets_it(raw: Raw) -> None:
    """`Expect: 100-continue` is answered before the body is read."""
    project = (await raw.project())["uid"]
    reply = await raw.upload(project, headers={"Expect": "100-continue"})
    assert reply.status == 201


async def test_a_reset_deletes_large_files(raw: Raw, sandbox: Sandbox) -> None:
    """What was spooled goes with the state it belonged to."""
    project = (await raw.project())["uid"]
    await raw.upload(project, "big.txt", b"x" * (9 * 2**20))
    path = sandbox.phrase.jobs[0].task.file.content.path
    assert path is not None
    assert path.exists()
    await sandbox.reset()
    assert not path.exists()
