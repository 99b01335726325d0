"""The package made from the newest specification goes the whole way against the sandbox, over the port."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from phrappy import Phrappy
from phrappy.exceptions import PhrappyError

from tests.judges.listener import Listener
from wordferry.sandbox.running import ThreadSandbox

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
SOURCE = b'{"greeting": "Hello {name}", "bye": "Goodbye"}'


def access_token(shore: ThreadSandbox) -> str:
    """Exchange the API token, with nothing but the standard library."""
    form = urllib.parse.urlencode({"grant_type": GRANT, "subject_token": shore.api_token})
    with urllib.request.urlopen(shore.phrase_url + "/idm/oauth/token", form.encode()) as answer:
        return str(json.load(answer)["access_token"])


@pytest.fixture
def client(shore: ThreadSandbox) -> Iterator[Any]:
    with Phrappy(access_token(shore), shore.phrase_tms_url, auth_scheme="Bearer") as started:
        yield started


def _template(client: Any, name: str) -> str:
    page = client.project_template.get_project_templates(name=name)
    return next(str(each.uid) for each in page.content or [] if each.templateName == name)


def _project(client: Any, template: str = "Website", **fields: Any) -> str:
    body = {"name": "Spring", "targetLangs": ["de", "ja"], **fields}
    made = client.project.create_project_from_template_v2(
        template_uid=_template(client, template), create_project_from_template_v2_dto_v2=body
    )
    return str(made.uid)


def _upload(client: Any, project: str, name: str = "a.json", content: bytes = SOURCE, **more: Any) -> Any:
    return client.job.create_job(
        project_uid=project,
        content_disposition=f"filename*=UTF-8''{name}",
        memsource={"targetLangs": ["de", "ja"], **more},
        file_bytes=content,
    )


def test_the_whole_way_home(shore: ThreadSandbox, client: Any) -> None:
    """Template, project, jobs, import, levels, export, a single download, delivered: and the referee is content."""
    project = _project(client, "Website 3 steps")
    made = _upload(client, project)
    assert len(made.jobs) == 6
    assert made.asyncRequest is not None
    request = int(made.asyncRequest.id)
    assert client.async_request.get_async_request(async_request_id=request).asyncResponse is None
    shore.advance(3)
    assert client.async_request.get_async_request(async_request_id=request).asyncResponse is not None
    first = client.job.get_part(job_uid=made.jobs[0].uid, project_uid=project)
    assert first.importStatus is not None
    assert first.importStatus.status == "OK"
    shore.advance(60)
    levels = [
        client.job.list_parts_v2(project_uid=project, workflow_level=level).content for level in (1, 2, 3)
    ]
    assert [len(jobs) for jobs in levels] == [2, 2, 2]
    for job in levels[2]:
        assert job.status == "COMPLETED"
        started = client.job.completed_file_v3(job_uid=job.uid, project_uid=project)
        shore.advance(1)
        number = started.asyncRequest.id
        content = client.job.download_completed_file(
            async_request_id=number, job_uid=job.uid, project_uid=project
        )
        assert set(json.loads(content)) == {"greeting", "bye"}
        with pytest.raises(PhrappyError, match="404"):
            client.job.download_completed_file(async_request_id=number, job_uid=job.uid, project_uid=project)
        client.job.set_status(
            job_uid=job.uid,
            project_uid=project,
            job_status_change_action_dto_v1={"requestedStatus": "DELIVERED"},
        )
    findings = shore.referee()["findings"]
    assert {name for name, found in findings.items() if found} == {"burnt_downloads"}


def test_a_newer_source_goes_under_the_same_jobs(shore: ThreadSandbox, client: Any) -> None:
    """Update source is taken while work goes on, and refused once a step is finished."""
    shore.behave("manual")
    project = _project(client)
    job = _upload(client, project).jobs[0].uid
    shore.advance(3)
    sent = {
        "content_disposition": "filename*=UTF-8''a.json",
        "memsource": {"jobs": [{"uid": job}]},
        "file_bytes": b'{"greeting": "Hello again"}',
        "project_uid": project,
    }
    updated = client.job.update_source(**sent)
    assert updated.asyncRequest.action == "UPDATE_SOURCE"
    shore.advance(3)
    assert client.job.get_original_file(job_uid=job, project_uid=project) == b'{"greeting": "Hello again"}'
    for final in ("COMPLETED", "DELIVERED", "CANCELLED"):
        client.job.set_status(
            job_uid=job, project_uid=project, job_status_change_action_dto_v1={"requestedStatus": final}
        )
        with pytest.raises(PhrappyError, match="final status"):
            client.job.update_source(**sent)


def test_webhooks_are_made_tried_heard_and_replayed(
    shore: ThreadSandbox, client: Any, listener: Listener
) -> None:
    """Create, read, list, test, previews, call log, replay, replay latest, replace, delete."""
    hooks = client.webhook
    events = ["JOB_CREATED", "JOB_STATUS_CHANGED", "PROJECT_CREATED"]
    body = {"url": listener.url, "events": events, "name": "Ours", "secretToken": "hush"}
    made = hooks.create_web_hook_v2(create_web_hook_dto_v2=body)
    assert hooks.get_web_hook_v2(web_hook_uid=made.uid).status == "ENABLED"
    assert [each.uid for each in hooks.get_web_hook_list_v2(events=["JOB_CREATED"]).content] == [made.uid]
    previews = hooks.get_webhook_previews(events=["JOB_STATUS_CHANGED"]).previews
    assert json.loads(previews[0].preview)["event"] == "JOB_STATUS_CHANGED"
    hooks.send_test_webhook(event="JOB_CREATED", webhook_uid=made.uid)
    with pytest.raises(PhrappyError, match="400"):
        hooks.send_test_webhook(event="JOB_DELETED", webhook_uid=made.uid)
    project = _project(client)
    _upload(client, project)
    shore.advance(60)
    assert {headers["x-memsource-token"] for headers, _ in listener.heard} == {"hush"}
    assert [body["project"]["uid"] for body in listener.events("PROJECT_CREATED")] == [project]
    assert len(listener.events("JOB_CREATED")[1]["jobParts"]) == 2
    words = [body["jobParts"][0]["status"] for body in listener.events("JOB_STATUS_CHANGED")]
    assert sorted(words) == ["ASSIGNED", "ASSIGNED", "COMPLETED_BY_LINGUIST", "COMPLETED_BY_LINGUIST"]
    calls = hooks.get_webhook_calls_list(webhook_uid=made.uid, status="SUCCESS")
    assert calls.totalElements == len(listener.heard)
    heard = len(listener.heard)
    newest = calls.content[0]
    hooks.replay_webhook_calls(replay_request_dto_v1={"webhookCalls": [{"uid": newest.uid}]})
    shore.advance(1)
    assert listener.heard[-1][1]["eventUid"] == newest.eventUid
    hooks.replay_last(number_of_calls=2)
    shore.advance(1)
    assert len(listener.heard) == heard + 3
    hooks.update_web_hook_v2(web_hook_uid=made.uid, create_web_hook_dto_v2={**body, "status": "DISABLED"})
    _project(client)
    shore.advance(1)
    assert len(listener.heard) == heard + 3
    hooks.delete_web_hook_v2(web_hook_uid=made.uid)
    with pytest.raises(PhrappyError, match="404"):
        hooks.get_web_hook_v2(web_hook_uid=made.uid)


def test_providers_analyses_and_mails(shore: ThreadSandbox, client: Any) -> None:
    """Assign from the template after the import, count words by provider, notify, and list a person's jobs."""
    project = _project(client, "Website with providers")
    jobs = _upload(client, project).jobs
    named = {"jobs": [{"uid": job.uid} for job in jobs]}
    template = _template(client, "Website with providers")
    early = client.project.assign_linguists_from_template(project_uid=project, template_uid=template)
    assert early.jobs == []
    shore.advance(3)
    assigned = client.project.assign_linguists_from_template(project_uid=project, template_uid=template)
    assert len(assigned.jobs) == 2
    made = client.analysis.create_analyses_for_providers(
        create_analyse_list_async_dto_v1={**named, "name": "Ours"}
    )
    assert len(made.analyses) == 2
    by_language = {"jobs": [{"uid": job.uid} for job in jobs]}
    made = client.analysis.create_analyses_for_langs(create_analyse_list_async_dto_v1=by_language)
    assert len(made.analyses) == 2
    whole = client.analysis.create_analyse_async_v2(create_analyse_async_v2_dto_v2=by_language)
    assert [entry.asyncRequest.action for entry in whole.asyncRequests] == ["PRE_ANALYSE"]
    shore.advance(1)
    listed = client.project.list_by_project_v3(project_uid=project, name="Ours")
    assert listed.totalElements == 2
    read = client.analysis.get_analyse_v3(analyse_uid=listed.content[0].uid)
    assert read.importStatus.status == "OK"
    mail = client.email_template.list_org_email_templates(type="JobAssigned").content[0]
    client.job.notify_assigned(
        project_uid=project, notify_job_parts_request_dto_v1={**named, "emailTemplate": {"id": mail.id}}
    )
    uid = assigned.jobs[0].providers[0].uid
    assert [job.uid for job in client.user.list_jobs(user_uid=uid).content] == [assigned.jobs[0].uid]


def test_jobs_and_projects_are_changed_and_taken_away(shore: ThreadSandbox, client: Any) -> None:
    """Patch, bulk edit with partial success, history, delete with a body, archive, restore, recycle bin."""
    shore.behave("manual")
    project = _project(client)
    jobs = _upload(client, project).jobs
    shore.advance(3)
    uid = jobs[0].uid
    patched = client.job.patch_part(
        job_uid=uid, project_uid=project, job_part_patch_single_dto_v1={"status": "EMAILED"}
    )
    assert patched.status == "EMAILED"
    result = client.job.patch_update_job_parts(
        job_part_patch_batch_dto_v3={"jobs": [{"uid": uid}, {"uid": "nobody"}], "status": "ACCEPTED"}
    )
    assert (result.updated, [error.code for error in result.errors]) == (1, ["NotFound"])
    replaced = client.job.edit_part(
        job_uid=uid, project_uid=project, job_part_update_single_dto_v1={"status": "NEW"}
    )
    assert (replaced.dateDue, replaced.providers) == (None, [])
    history = client.job.status_changes(job_uid=uid, project_uid=project).statusChanges
    assert [change.status for change in history] == ["NEW", "EMAILED", "ACCEPTED", "NEW"]
    client.job.delete_parts(project_uid=project, job_part_delete_references={"jobs": [{"uid": uid}]})
    with pytest.raises(PhrappyError, match="404"):
        client.job.get_part(job_uid=uid, project_uid=project)
    changed = client.project.patch_project(
        project_uid=project, patch_project_dto_v1={"archived": True, "note": "done"}
    )
    assert changed.archived is True
    client.project.restore_project(project_uid=project)
    assert client.project.get_project(project_uid=project).archived is False
    client.project.delete_project(project_uid=project, purge=True)
    with pytest.raises(PhrappyError, match="404"):
        client.project.get_project(project_uid=project)


def test_an_older_tenant_logs_in_by_name(shore: ThreadSandbox) -> None:
    """A user name and a password give an `ApiToken`; wrong ones are 401; after logout the token is worth nothing."""
    known = shore.info()["phrase"]
    client: Any = Phrappy.from_creds(known["user"], known["password"], shore.phrase_tms_url)
    with client:
        assert client.authentication.who_am_i().user.userName == known["user"]
        client.authentication.logout(authorization=client.token)
        with pytest.raises(PhrappyError, match="AuthUnauthorized"):
            client.authentication.who_am_i()
    wrong = {"userName": known["user"], "password": "wrong"}
    with (
        Phrappy(base_url=shore.phrase_tms_url) as stranger,
        pytest.raises(PhrappyError, match="AuthInvalidCredentials"),
    ):
        stranger.authentication.login_v3(login_v3_dto_v3=wrong)


def test_mistakes_are_told_in_the_vendors_shape(shore: ThreadSandbox, client: Any) -> None:
    """Unready jobs, foreign languages, unknown ids and unsupported files, each as the vendor says it."""
    project = _project(client)
    jobs = _upload(client, project).jobs
    with pytest.raises(PhrappyError, match="JOB_NOT_READY"):
        client.job.completed_file_v3(job_uid=jobs[0].uid, project_uid=project)
    with pytest.raises(PhrappyError, match="must match the project's"):
        _upload(client, project, targetLangs=["fr_fr"])
    with pytest.raises(PhrappyError, match="ResourceNotFound"):
        client.project.get_project(project_uid="nothing")
    refused = _upload(client, project, "a.exe")
    assert (refused.jobs, refused.unsupportedFiles) == ([], ["a.exe"])
    with pytest.raises(PhrappyError, match="PRE_TRANSLATE_SETTINGS_REQUIRED"):
        client.translation.pre_translate_v3(
            project_uid=project, pre_translate_jobs_v3_dto_v3={"jobs": [{"uid": jobs[0].uid}]}
        )
