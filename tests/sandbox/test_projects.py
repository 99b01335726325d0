"""Templates and projects."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox.conftest import Raw
from wordferry.sandbox import Sandbox

UID = re.compile(r"[A-Za-z0-9]{22}")


async def test_templates_are_a_page_named_by_template_name(raw: Raw) -> None:
    """The list is a page whose entries are called `templateName`, not `name`."""
    page = (await raw.get("/v1/projectTemplates")).json
    assert [entry["templateName"] for entry in page["content"]] == [
        "Website",
        "Website 3 steps",
        "Website with providers",
    ]
    assert all("name" not in entry for entry in page["content"])
    assert page["totalElements"] == page["numberOfElements"] == 3
    assert (page["totalPages"], page["pageSize"], page["pageNumber"]) == (1, 50, 0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "3 steps"}, ["Website 3 steps"]),
        ({"name": "nothing"}, []),
        ({"sourceLangs": "de"}, []),
        ({"targetLangs": ["de", "pt_br"]}, ["Website", "Website 3 steps", "Website with providers"]),
        ({"clientName": "Other"}, []),
        ({"sort": "templateName", "direction": "desc", "pageSize": "1"}, ["Website with providers"]),
        ({"pageSize": "2", "pageNumber": "1"}, ["Website with providers"]),
    ],
)
async def test_templates_are_filtered_and_paged(raw: Raw, query: dict[str, Any], found: list[str]) -> None:
    """Filters and paging of the template list."""
    page = (await raw.get("/v1/projectTemplates", **query)).json
    assert [entry["templateName"] for entry in page["content"]] == found


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"pageSize": "51"}, "Maximum value is: 50"),
        ({"pageSize": "0"}, "Minimum value is: 1"),
        ({"pageNumber": "-1"}, "Minimum value is: 0"),
        ({"pageNumber": "x"}, "must be an integer"),
    ],
)
async def test_pages_have_bounds(raw: Raw, query: dict[str, str], text: str) -> None:
    """A page size over 50 is 400, and the text names the maximum."""
    reply = await raw.get("/v1/projectTemplates", **query)
    assert reply.status == 400
    assert text in reply.json["errorDescription"]


async def test_a_template_shows_steps_and_providers(raw: Raw) -> None:
    """A template with steps has no `assignedTo`; one without names a linguist per language."""
    steps = (await raw.get(f"/v1/projectTemplates/{await raw.template('Website 3 steps')}")).json
    assert [step["name"] for step in steps["workflowSteps"]] == ["Translation", "Revision", "Proofreading"]
    assert steps["assignedTo"] is None
    assigned = (await raw.get(f"/v1/projectTemplates/{await raw.template('Website with providers')}")).json
    german = [entry for entry in assigned["assignedTo"] if entry["targetLang"] == "de"]
    assert german[0]["providers"][0]["type"] == "USER"
    assert assigned["workflowSteps"] == []


async def test_a_deleted_template_is_gone(raw: Raw) -> None:
    """A template removed at the vendor answers 404 and cannot be applied."""
    uid = await raw.template()
    assert (await raw.control("POST", f"/templates/{uid}/delete")).status == 200
    assert (await raw.get(f"/v1/projectTemplates/{uid}")).code == "ResourceNotFound"
    assert (await raw.post(f"/v2/projects/applyTemplate/{uid}", {"name": "x"})).status == 404
    assert (await raw.control("POST", f"/templates/{uid}/delete")).status == 404


async def test_the_role_can_be_null_as_it_once_was(raw: Raw, sandbox: Sandbox) -> None:
    """With `null_user_role` create answers the null that was recorded in 2023; reading still names the role."""
    sandbox.change_settings(null_user_role=True)
    project = await raw.project()
    assert project["userRole"] is None
    assert (await raw.get(f"/v1/projects/{project['uid']}")).json["userRole"] == "ADMIN"


async def test_a_project_has_the_recorded_shape(raw: Raw) -> None:
    """201, a 22-character uid, a string id, the caller's role and project-specific integer step ids."""
    project = await raw.project(template="Website 3 steps", note="our note")
    assert UID.fullmatch(project["uid"])
    assert project["id"].isdigit()
    assert project["internalId"] == 1
    assert project["userRole"] == "ADMIN"
    assert project["type"] == "PROJECT"
    assert project["status"] == "NEW"
    assert project["note"] == "our note"
    assert project["sourceLang"] == "en"
    assert project["targetLangs"] == ["de", "fr_fr", "ja"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", project["dateCreated"])
    step = project["workflowSteps"][2]
    assert isinstance(step["id"], int)
    assert (step["workflowLevel"], step["abbreviation"]) == (3, "P")
    assert isinstance(step["workflowStep"]["id"], str)
    steps = (await raw.get(f"/v2/projects/{project['uid']}/workflowSteps")).json["projectWorkflowSteps"]
    assert steps == project["workflowSteps"]


async def test_a_project_of_a_template_without_steps_has_none(raw: Raw) -> None:
    """`workflowSteps` is empty then."""
    project = await raw.project()
    assert project["workflowSteps"] == []


async def test_what_a_project_leaves_out_comes_from_its_template(raw: Raw) -> None:
    """Languages fall back to the template's; given steps override it."""
    uid = await raw.template("Website 3 steps")
    template = (await raw.get(f"/v1/projectTemplates/{uid}")).json
    project = (await raw.post(f"/v2/projects/applyTemplate/{uid}", {"name": "Short"})).json
    assert project["targetLangs"] == template["targetLangs"]
    body = {"name": "One step", "workflowSteps": [{"id": template["workflowSteps"][1]["id"]}]}
    one = (await raw.post(f"/v2/projects/applyTemplate/{uid}", body)).json
    assert [(step["name"], step["workflowLevel"]) for step in one["workflowSteps"]] == [("Revision", 1)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 256},
        {"name": 5},
        {"name": "x", "targetLangs": []},
        {"name": "x", "targetLangs": "de"},
        {"name": "x", "targetLangs": ["de-DE"]},
        {"name": "x", "sourceLang": "EN"},
        {"name": "x", "dateDue": "tomorrow"},
        {"name": "x", "note": "n" * 4097},
        {"name": "x", "workflowSteps": [{"id": "1"}]},
        {"name": "x", "client": {"id": "1"}},
    ],
)
async def test_wrong_projects_are_refused(raw: Raw, body: dict[str, Any]) -> None:
    """Each broken rule is a 400 with the vendor's error body, and nothing is made."""
    reply = await raw.post(f"/v2/projects/applyTemplate/{await raw.template()}", body)
    assert reply.status == 400
    assert set(reply.json) == {"errorCode", "errorDescription", "errorDetails"}
    assert (await raw.get("/v1/projects")).json["totalElements"] == 0


async def test_an_unsupported_locale_says_so(raw: Raw) -> None:
    """The text is the one clients match."""
    reply = await raw.post(
        f"/v2/projects/applyTemplate/{await raw.template()}", {"name": "x", "targetLangs": ["pt-BR"]}
    )
    assert "contains unsupported locale" in reply.json["errorDescription"]


async def test_a_missing_body_is_a_server_error(raw: Raw) -> None:
    """Without the required body the vendor answers 500, as has been observed."""
    reply = await raw.post(f"/v2/projects/applyTemplate/{await raw.template()}")
    assert (reply.status, reply.code) == (500, "InternalError")


async def test_bodies_must_be_json(raw: Raw) -> None:
    """Another content type is 415, broken JSON 400."""
    path = f"/v2/projects/applyTemplate/{await raw.template()}"
    text = await raw.call("POST", path, data=b"name=x", headers={"Content-Type": "text/plain"})
    assert text.status == 415
    broken = await raw.call("POST", path, data=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status, broken.code) == (400, "BAD_REQUEST")


async def test_a_repeated_create_makes_a_second_project(raw: Raw) -> None:
    """The vendor has no idempotency: the same name twice is two projects, and the referee says so."""
    first, second = await raw.project("Twin"), await raw.project("Twin")
    assert first["uid"] != second["uid"]
    doubles = raw.sandbox.referee()["findings"]["double_projects"]
    assert doubles == [{"name": "Twin", "uids": [first["uid"], second["uid"]]}]


async def test_the_project_list_omits_notes(raw: Raw) -> None:
    """The list shows no note, the single project does."""
    project = await raw.project(note="secret marker")
    listed = (await raw.get("/v1/projects")).json["content"][0]
    assert listed["uid"] == project["uid"]
    assert "note" not in listed
    assert (await raw.get(f"/v1/projects/{project['uid']}")).json["note"] == "secret marker"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "alp"}, ["Alpha"]),
        ({"createdInLastHours": "1"}, ["Beta"]),
        ({"createdInLastHours": "72"}, ["Alpha", "Beta"]),
        ({"statuses": ["NEW", "COMPLETED"]}, ["Alpha", "Beta"]),
        ({"statuses": "COMPLETED"}, []),
        ({"sourceLangs": "en"}, ["Alpha", "Beta"]),
        ({"sourceLangs": "de"}, []),
        ({"targetLangs": "cs"}, ["Beta"]),
        ({"sort": "name", "order": "desc"}, ["Beta", "Alpha"]),
        ({"sort": "DATE_CREATED", "order": "desc"}, ["Beta", "Alpha"]),
        ({"pageSize": "1", "pageNumber": "1"}, ["Beta"]),
        ({"includeArchived": "true"}, ["Alpha", "Beta"]),
        ({"archivedOnly": "true"}, []),
        ({"nameOrInternalId": "2"}, ["Beta"]),
        ({"ownerId": "1"}, []),
        ({"clientName": "Northwind"}, []),
    ],
)
async def test_projects_are_filtered_sorted_and_paged(
    raw: Raw, sandbox: Sandbox, query: dict[str, Any], found: list[str]
) -> None:
    """Each filter of the project list."""
    await raw.project("Alpha")
    await sandbox.advance(2 * 3600)
    await raw.project("Beta", targetLangs=["cs"])
    page = (await raw.get("/v1/projects", **query)).json
    assert [entry["name"] for entry in page["content"]] == found


async def test_archived_projects_are_hidden_unless_asked_for(raw: Raw, sandbox: Sandbox) -> None:
    """`includeArchived` brings them back."""
    await raw.project("Old")
    sandbox.phrase.projects[0].archived = sandbox.world.clock.now()
    assert (await raw.get("/v1/projects")).json["content"] == []
    assert (await raw.get("/v1/projects", includeArchived="true")).json["totalElements"] == 1


@pytest.mark.parametrize("query", [{"statuses": "OPEN"}, {"sort": "colour"}, {"order": "up"}])
async def test_unknown_filter_words_are_refused(raw: Raw, query: dict[str, str]) -> None:
    """A word outside the vendor's enumeration is 400."""
    assert (await raw.get("/v1/projects", **query)).status == 400


async def test_unknown_paths_and_methods(raw: Raw) -> None:
    """An unknown path is 404, a wrong method 405, both with the vendor's error body."""
    path = await raw.get("/v1/nothing")
    assert (path.status, path.code) == (404, "ResourceNotFound")
    method = await raw.call("DELETE", "/v1/projects")
    assert method.status == 405
    assert method.headers["Allow"] == "GET"
    assert (await raw.get("/v1/projects/unknown")).status == 404


async def test_the_web_prefix_is_needed(raw: Raw) -> None:
    """Without `/web` nothing answers, the classic omission."""
    url = raw.sandbox.phrase_url + "/api2/v1/projects"
    async with raw.http.get(url, headers={"Authorization": f"Bearer {raw.token}"}) as response:
        assert response.status == 404


async def test_every_answer_has_the_vendors_headers(raw: Raw) -> None:
    """A request id of 32 hex digits and the concurrency counters ride on every answer."""
    for reply in (await raw.get("/v1/projects"), await raw.get("/v1/projects/unknown")):
        assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["memsource-action-id"])
        assert reply.headers["ratelimit-limit"] == "100"
        assert reply.headers["ratelimit-remaining"] == "99"
        assert reply.headers["Content-Type"] == "application/json"


async def test_languages_are_the_vendors_codes(raw: Raw) -> None:
    """Lower case and underscore, each with its RFC form; more than a hundred of them."""
    languages = {entry["code"]: entry for entry in (await raw.get("/v1/languages")).json["languages"]}
    assert len(languages) > 140
    assert {"de", "fr", "fr_fr", "ja", "pt_br", "zh_cn", "sr_latn"} <= languages.keys()
    assert languages["pt_br"]["rfc"] == "pt-BR"
    assert languages["sr_latn_rs"]["rfc"] == "sr-Latn-RS"
    assert languages["he"]["rtl"] is True
    assert languages["pt_br"]["android"] == "pt-rBR"


async def test_a_project_is_edited_in_part(raw: Raw) -> None:
    """`PATCH` changes what it names, and archiving hides the project from the list for good."""
    project = await raw.project(note="keep me")
    path = f"/v1/projects/{project['uid']}"
    edited = await raw.call("PATCH", path, json={"name": "Renamed", "dateDue": "2030-01-01T00:00:00Z"})
    assert edited.status == 200
    assert (edited.json["name"], edited.json["note"]) == ("Renamed", "keep me")
    assert edited.json["dateDue"] == "2030-01-01T00:00:00+0000"
    assert (await raw.call("PATCH", path, json={"archived": True})).json["archived"] is True
    assert (await raw.call("PATCH", path, json={"archived": False})).json["archived"] is True
    assert (await raw.get("/v1/projects")).json["totalElements"] == 0
    assert (await raw.call("PATCH", path, json={"status": "OPEN"})).status == 400


async def test_a_projects_status_is_set(raw: Raw) -> None:
    """204, and the status is there; unknown words are 400."""
    project = (await raw.project())["uid"]
    assert (await raw.post(f"/v1/projects/{project}/setStatus", {"status": "COMPLETED"})).status == 204
    assert (await raw.get(f"/v1/projects/{project}")).json["status"] == "COMPLETED"
    for wrong in ({}, {"status": "DELIVERED"}):
        assert (await raw.post(f"/v1/projects/{project}/setStatus", wrong)).status == 400
