"""The package made from the specification of 2023 goes the whole way too; it logs in as older tenants do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import phrasetms_client  # type: ignore[import-untyped]  # ships no types
import pytest
from phrasetms_client import models
from phrasetms_client.exceptions import ApiException  # type: ignore[import-untyped]  # ships no types

from tests.judges.listener import Listener
from wordferry.sandbox.running import ThreadSandbox

SOURCE = b'{"greeting": "Hello {name}"}'


class Older:
    """The package's resources on one logged-in client."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.auth: Any = phrasetms_client.AuthenticationApi(client)
        self.templates: Any = phrasetms_client.ProjectTemplateApi(client)
        self.projects: Any = phrasetms_client.ProjectApi(client)
        self.jobs: Any = phrasetms_client.JobApi(client)
        self.asyncs: Any = phrasetms_client.AsyncRequestApi(client)
        self.webhooks: Any = phrasetms_client.WebhookApi(client)
        self.analyses: Any = phrasetms_client.AnalysisApi(client)

    def login(self, user: str, password: str) -> str:
        """The first version of the login, which newer packages no longer know."""
        answer = self.auth.login(body=models.LoginDto(userName=user, password=password))
        self.client.configuration.api_key = {"ApiToken": f"ApiToken {answer.token}"}
        return str(answer.token)

    def project(self, name: str = "Spring", template: str = "Website") -> str:
        found = self.templates.get_project_templates(name=template).content
        uid = next(each.uid for each in found if each.template_name == template)
        body = models.CreateProjectFromTemplateV2Dto(name=name, targetLangs=["de", "ja"])
        return str(self.projects.create_project_from_template_v2(uid, body=body).uid)

    def upload(self, project: str, name: str = "a.json", content: bytes = SOURCE) -> Any:
        return self.jobs.create_job(
            project,
            memsource=json.dumps({"targetLangs": ["de", "ja"]}),
            content_disposition=f'attachment; filename="{name}"',
            body=content,
        )


@pytest.fixture
def older(shore: ThreadSandbox) -> Iterator[Older]:
    configuration = phrasetms_client.Configuration(host=shore.phrase_tms_url)
    with phrasetms_client.ApiClient(configuration) as client:
        known = shore.info()["phrase"]
        found = Older(client)
        found.login(known["user"], known["password"])
        yield found
        client.rest_client.pool_manager.clear()


def test_the_whole_way_home(shore: ThreadSandbox, older: Older) -> None:
    """Login, template, project, jobs, import, list, export, download, delivered; the referee has nothing to say."""
    project = older.project()
    made = older.upload(project)
    shore.advance(60)
    request = older.asyncs.get_async_request(int(made.async_request.id))
    assert request.async_response.error_code is None
    jobs = older.jobs.list_parts_v2(project, workflow_level=1, status=["COMPLETED"]).content
    assert [job.filename for job in jobs] == ["a.json", "a.json"]
    for job in jobs:
        started = json.loads(older.jobs.completed_file1_with_http_info(project, job.uid).raw_data)
        shore.advance(1)
        answer = older.jobs.download_completed_file_with_http_info(
            project, job.uid, started["asyncRequest"]["id"], _preload_content=False
        )
        assert json.loads(answer.raw_data)["greeting"]
        older.jobs.set_status(
            project, job.uid, body=models.JobStatusChangeActionDto(requestedStatus="DELIVERED")
        )
    assert shore.referee()["ok"]


def test_dates_and_changes_come_through(shore: ThreadSandbox, older: Older) -> None:
    """A due date set on a job and on a project is read back; put clears what it leaves out."""
    shore.behave("manual")
    project = older.project()
    job = older.upload(project).jobs[0].uid
    shore.advance(3)
    due = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    patched = older.jobs.patch_part(project, job, body=models.JobPartPatchSingleDto(dateDue=due))
    assert patched.date_due == due
    replaced = older.jobs.edit_part(project, job, body=models.JobPartUpdateSingleDto(status="ACCEPTED"))
    assert (replaced.date_due, replaced.status) == (None, "ACCEPTED")
    edited = older.projects.patch_project(project, body=models.PatchProjectDto(dateDue=due, note="n"))
    assert (edited.date_due, edited.note) == (due, "n")
    older.projects.edit_project_v2(project, body=models.EditProjectV2Dto(name="Autumn"))
    renamed = older.projects.get_project(project)
    assert (renamed.name, renamed.date_due, renamed.note) == ("Autumn", None, None)


def test_webhooks_speak_the_older_words(shore: ThreadSandbox, older: Older, listener: Listener) -> None:
    """Made, heard with the secret in `Authorization`, failing and repeated, logged, replayed, deleted."""
    body = models.CreateWebHookDto(
        url=listener.url, events=["JOB_STATUS_CHANGED"], name="Ours", secretToken="hush", hidden=False
    )
    made = older.webhooks.create_web_hook1(body=body)
    job = older.upload(older.project()).jobs[0]
    shore.advance(3)
    listener.statuses = [503]
    shore.phrase.set_status(job.uid, "DELIVERED")
    shore.advance(200)
    words = [event["jobParts"][0]["status"] for event in listener.events("JOB_STATUS_CHANGED")]
    assert words[:1] == ["COMPLETED"]
    assert words.count("COMPLETED") == 2
    assert older.webhooks.get_web_hook1(made.uid).failed_attempts == 1
    failed = older.webhooks.get_webhook_calls_list(status="FAIL").content
    assert [call.status_code for call in failed] == [503]
    replay = models.ReplayRequestDto(webhookCalls=[models.UidReference(uid=failed[0].uid)])
    heard = len(listener.heard)
    older.webhooks.replay_webhook_calls(body=replay)
    shore.advance(1)
    assert len(listener.heard) == heard + 1
    older.webhooks.delete_web_hook1(made.uid)
    with pytest.raises(ApiException) as refusal:
        older.webhooks.get_web_hook1(made.uid)
    assert refusal.value.status == 404


def test_mistakes_are_told_in_the_vendors_shape(shore: ThreadSandbox, older: Older) -> None:
    """Each refusal carries a status and the vendor's code."""
    project = older.project()
    job = older.upload(project).jobs[0].uid
    with pytest.raises(ApiException) as unready:
        older.jobs.completed_file1(project, job)
    assert (unready.value.status, json.loads(unready.value.body)["errorCode"]) == (400, "JOB_NOT_READY")
    with pytest.raises(ApiException) as unknown:
        older.jobs.get_part(project, "nobody")
    assert (unknown.value.status, json.loads(unknown.value.body)["errorCode"]) == (404, "ResourceNotFound")
    older.client.configuration.api_key = {"ApiToken": "ApiToken stale"}
    with pytest.raises(ApiException) as stale:
        older.auth.who_am_i()
    assert (stale.value.status, json.loads(stale.value.body)["errorCode"]) == (401, "AuthUnauthorized")
