"""Projects.

Source: Phrase TMS API reference, "Create project from template", "Get project" and "List projects".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, nothing, reader
from wordferry.tms.phrase.api.dates import Date, write_date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import Ref, UserRef, WorkflowStep
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "JSON",
    "Project",
    "ProjectSteps",
    "archive",
    "from_template",
    "get",
    "page",
    "set_status",
    "workflow_steps",
]

JSON = {"Content-Type": "application/json"}


class Progress(Answer, frozen=True, kw_only=True):
    """Counts of jobs, as the vendor's own progress bar uses them."""

    total_count: int | None = None
    finished_count: int | None = None
    overdue_count: int | None = None


class TemplateRef(Answer, frozen=True, kw_only=True):
    """The template a project was made from."""

    uid: str | None = None
    template_name: str | None = None


class Project(Numbered, frozen=True, kw_only=True):
    """A project. What is filled depends on the caller's role; `user_role` was seen null in create answers."""

    numbers: ClassVar[tuple[str, ...]] = ("id", "internal_id")

    uid: str | None = None
    internal_id: Id | None = None
    name: str | None = None
    status: str | None = None
    source_lang: str | None = None
    target_langs: tuple[str, ...] | None = None
    workflow_steps: tuple[WorkflowStep, ...] | None = None
    date_created: Date | None = None
    date_due: Date | None = None
    note: str | None = None
    purchase_order: str | None = None
    owner: UserRef | None = None
    created_by: UserRef | None = None
    client: Ref | None = None
    business_unit: Ref | None = None
    domain: Ref | None = None
    sub_domain: Ref | None = None
    cost_center: Ref | None = None
    template: TemplateRef | None = None
    progress: Progress | None = None
    archived: bool | None = None
    user_role: str | None = None

    @property
    def last_level(self) -> int:
        """Number of the last workflow level; 1 for a project without steps, whose jobs have one level."""
        levels = [step.workflow_level or 0 for step in self.workflow_steps or ()]
        return max((*levels, len(levels), 1))


class ProjectSteps(Answer, frozen=True, kw_only=True):
    """The workflow steps of a project."""

    project_workflow_steps: tuple[WorkflowStep, ...] = ()


_read = reader(Project)
_FROM_TEMPLATE = Endpoint(
    "projects.from_template", "POST", "/api2/v2/projects/applyTemplate/{templateUid}", _read, Kind.EFFECT
)
_GET = Endpoint("projects.get", "GET", "/api2/v1/projects/{projectUid}", _read, Kind.READ)
_PAGE = Endpoint("projects.list", "GET", "/api2/v1/projects", reader(Page[Project]), Kind.READ)
_STEPS = Endpoint(
    "projects.workflow_steps",
    "GET",
    "/api2/v2/projects/{projectUid}/workflowSteps",
    reader(ProjectSteps),
    Kind.READ,
)
_STATUS = Endpoint(
    "projects.set_status", "POST", "/api2/v1/projects/{projectUid}/setStatus", nothing, Kind.EFFECT
)
_PATCH = Endpoint("projects.archive", "PATCH", "/api2/v1/projects/{projectUid}", _read, Kind.EFFECT)


def from_template(
    template_uid: str,
    *,
    name: str,
    source_lang: str | None = None,
    target_langs: list[str] | tuple[str, ...] | None = None,
    workflow_step_ids: list[str] | None = None,
    date_due: datetime | None = None,
    note: str | None = None,
    client_id: str | None = None,
    business_unit_id: str | None = None,
    domain_id: str | None = None,
    sub_domain_id: str | None = None,
    cost_center_id: str | None = None,
) -> Call[Project]:
    """Create a project from a template. Assigns nobody: see `providers.from_template`.

    Args:
        template_uid: the template.
        name: at most 255 characters.
        source_lang: Phrase's code; the template's when left out.
        target_langs: Phrase's codes; the template's when left out.
        workflow_step_ids: the organisation's step ids, overriding the template's steps.
        date_due: with a time zone.
        note: shown to everybody on the project.
        client_id: id, not uid; so are the next four.
        business_unit_id: business unit.
        domain_id: domain.
        sub_domain_id: subdomain.
        cost_center_id: cost center.

    Returns:
        The project with its workflow steps.

    Raises:
        Refused: bad name or languages.
        Vanished: no such template.
        OutcomeUnknown: the project may exist; look for its name before repeating (there are no idempotency
            keys).

    Source: Phrase TMS API reference, "Create project from template (sync)".
    """
    body: dict[str, Any] = {"name": name}
    if source_lang is not None:
        body["sourceLang"] = source_lang
    if target_langs is not None:
        body["targetLangs"] = list(target_langs)
    if workflow_step_ids is not None:
        body["workflowSteps"] = [{"id": step} for step in workflow_step_ids]
    if date_due is not None:
        body["dateDue"] = write_date(date_due)
    if note is not None:
        body["note"] = note
    by_id = {
        "client": client_id,
        "businessUnit": business_unit_id,
        "domain": domain_id,
        "subDomain": sub_domain_id,
        "costCenter": cost_center_id,
    }
    body |= {field: {"id": value} for field, value in by_id.items() if value is not None}
    return Call(
        _FROM_TEMPLATE,
        {"templateUid": template_uid},
        headers=JSON,
        body=msgspec.json.encode(body),
        subject=name,
    )


def get(project_uid: str) -> Call[Project]:
    """Get one project, with its workflow steps.

    Raises:
        Vanished: no such project, or it was deleted.

    Source: Phrase TMS API reference, "Get project".
    """
    return Call(_GET, {"projectUid": project_uid})


def page(
    sheet: Sheet,
    *,
    name: str | None = None,
    created_in_last_hours: int | None = None,
    include_archived: bool | None = None,
    statuses: list[str] | None = None,
    target_langs: list[str] | None = None,
    due_in_hours: int | None = None,
    client_name: str | None = None,
) -> Call[Page[Project]]:
    """List projects. Items may omit fields, the note among them: identity belongs in the name.

    Args:
        sheet: which page.
        name: filter on the name; the vendor matches parts of it.
        created_in_last_hours: filter on age, whole hours.
        include_archived: also archived ones.
        statuses: filter on project status.
        target_langs: filter on target languages, Phrase's codes.
        due_in_hours: filter on due date; -1 means overdue.
        client_name: filter on the client.

    Raises:
        NeedsOperator: the role may not list projects.

    Source: Phrase TMS API reference, "List projects".
    """
    filters = (
        *sheet.query(),
        ("name", name),
        ("createdInLastHours", created_in_last_hours),
        ("includeArchived", include_archived),
        ("statuses", statuses),
        ("targetLangs", target_langs),
        ("dueInHours", due_in_hours),
        ("clientName", client_name),
    )
    return Call(_PAGE, query=query(filters))


def workflow_steps(project_uid: str) -> Call[ProjectSteps]:
    """The project's own workflow steps: their ids are what new jobs refer to.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "Get workflow steps".
    """
    return Call(_STEPS, {"projectUid": project_uid})


def set_status(project_uid: str, status: str) -> Call[None]:
    """Set the project's status.

    Args:
        project_uid: the project.
        status: one of the project statuses, for example `COMPLETED` or `CANCELLED`.

    Raises:
        Refused: the vendor does not allow the change.
        OutcomeUnknown: read the status before repeating.

    Source: Phrase TMS API reference, "Edit project status".
    """
    body = msgspec.json.encode({"status": status})
    return Call(_STATUS, {"projectUid": project_uid}, headers=JSON, body=body)


def archive(project_uid: str) -> Call[Project]:
    """Archive the project; it disappears from lists unless archived ones are asked for.

    Raises:
        Vanished: no such project.
        OutcomeUnknown: read the project before repeating.

    Source: Phrase TMS API reference, "Edit project".
    """
    return Call(_PATCH, {"projectUid": project_uid}, headers=JSON, body=b'{"archived":true}')
