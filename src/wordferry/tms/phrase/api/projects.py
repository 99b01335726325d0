"""Projects.

Source: Phrase TMS API reference, "Create project from template", "Get project" and "List projects".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, Page, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import Ref, UserRef, WorkflowStep, WorkflowStepRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "AssignableTemplates",
    "Project",
    "ProjectSteps",
    "assignable_templates",
    "get",
    "page",
    "workflow_steps",
]


class Progress(Answer, frozen=True, kw_only=True):
    """Counts of jobs, as the vendor's own progress bar uses them."""

    total_count: int | None = None
    finished_count: int | None = None
    overdue_count: int | None = None


class TemplateRef(Answer, frozen=True, kw_only=True):
    """The template a project was made from."""

    uid: str | None = None
    template_name: str | None = None


class LanguageEngine(Answer, frozen=True, kw_only=True):
    """The machine translation of one language; of all others where `target_lang` is None."""

    target_lang: str | None = None
    machine_translate_settings: Ref | None = None


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
    mt_settings_per_language_list: tuple[LanguageEngine, ...] | None = None
    progress: Progress | None = None
    references: tuple[Ref, ...] | None = None
    vendor: Ref | None = None
    buyer: Ref | None = None
    archived: bool | None = None
    date_archived: Date | None = None
    archived_by: UserRef | None = None
    is_published_on_job_board: bool | None = None
    shared: bool | None = None
    project_workflow_settings: dict[str, Any] | None = None
    user_role: str | None = None

    @property
    def last_level(self) -> int:
        """Number of the last workflow level; 1 for a project without steps, whose jobs have one level."""
        levels = [step.workflow_level or 0 for step in self.workflow_steps or ()]
        return max((*levels, len(levels), 1))


class ProjectSteps(Answer, frozen=True, kw_only=True):
    """The workflow steps of a project."""

    project_workflow_steps: tuple[WorkflowStep, ...] = ()


class TemplateStep(Answer, frozen=True, kw_only=True):
    """A workflow step of a template that fits."""

    workflow_step: WorkflowStepRef | None = None


class AssignableTemplate(Numbered, frozen=True, kw_only=True):
    """A template that fits a project: it has as many workflow steps."""

    uid: str | None = None
    template_name: str | None = None
    name: str | None = None
    source_lang: str | None = None
    target_langs: tuple[str, ...] | None = None
    workflow_settings: tuple[TemplateStep, ...] | None = None


class AssignableTemplates(Answer, frozen=True, kw_only=True):
    """The templates whose providers can be assigned to a project."""

    assignable_templates: tuple[AssignableTemplate, ...] = ()


_PROJECT = "/api2/v1/projects/{projectUid}"
_GET = Endpoint("projects.get", "GET", _PROJECT, reader(Project), Kind.READ)
_PAGE = Endpoint("projects.list", "GET", "/api2/v1/projects", reader(Page[Project]), Kind.READ)
_STEPS = Endpoint(
    "projects.workflow_steps",
    "GET",
    "/api2/v2/projects/{projectUid}/workflowSteps",
    reader(ProjectSteps),
    Kind.READ,
)
_ASSIGNABLE = Endpoint(
    "projects.assignable_templates",
    "GET",
    _PROJECT + "/assignableTemplates",
    reader(AssignableTemplates),
    Kind.READ,
)


def get(project_uid: str) -> Call[Project]:
    """Get one project, with its workflow steps.

    Args:
        project_uid: the project.

    Returns:
        The project as the caller's role may see it; custom fields are not among its fields.

    Raises:
        Vanished: no such project, or it was deleted.

    Source: Phrase TMS API reference, "Get project".
    """
    return Call(_GET, {"projectUid": project_uid})


def page(
    sheet: Sheet,
    *,
    name: str | None = None,
    name_or_internal_id: str | None = None,
    created_in_last_hours: int | None = None,
    include_archived: bool | None = None,
    archived_only: bool | None = None,
    statuses: Sequence[str] | None = None,
    source_langs: Sequence[str] | None = None,
    target_langs: Sequence[str] | None = None,
    due_in_hours: int | None = None,
    owner_id: str | None = None,
    buyer_id: str | None = None,
    client_id: str | None = None,
    client_name: str | None = None,
    business_unit_id: str | None = None,
    business_unit_name: str | None = None,
    domain_id: str | None = None,
    domain_name: str | None = None,
    sub_domain_id: str | None = None,
    sub_domain_name: str | None = None,
    cost_center_id: str | None = None,
    cost_center_name: str | None = None,
    job_statuses: Sequence[str] | None = None,
    job_status_group: str | None = None,
    sort: str | None = None,
    order: str | None = None,
) -> Call[Page[Project]]:
    """List projects. Items may omit fields, the note among them: identity belongs in the name.

    Args:
        sheet: which page.
        name: filter on the name; the vendor matches parts of it.
        name_or_internal_id: filter on name or on the organisation's own number of the project.
        created_in_last_hours: filter on age, whole hours.
        include_archived: also archived ones.
        archived_only: nothing but archived ones.
        statuses: filter on project status.
        source_langs: filter on source language, Phrase's codes.
        target_langs: filter on target languages, Phrase's codes.
        due_in_hours: filter on due date; -1 means overdue.
        owner_id: filter on the owner: an id, not a uid.
        buyer_id: filter on the buyer: an id, not a uid.
        client_id: filter on the client: an id, not a uid.
        client_name: filter on the client; parts match.
        business_unit_id: filter on the business unit: an id, not a uid.
        business_unit_name: filter on the business unit; parts match.
        domain_id: filter on the domain: an id, not a uid.
        domain_name: filter on the domain; parts match.
        sub_domain_id: filter on the subdomain: an id, not a uid.
        sub_domain_name: filter on the subdomain; parts match.
        cost_center_id: filter on the cost center: an id, not a uid.
        cost_center_name: filter on the cost center; parts match.
        job_statuses: for linguists: filter on the status of their jobs.
        job_status_group: for linguists: filter on a group of them.
        sort: the vendor's word for a field.
        order: `asc` or `desc`.

    Returns:
        Projects; archived ones only when asked for.

    Raises:
        NeedsOperator: the role may not list projects.

    Source: Phrase TMS API reference, "List projects".
    """
    filters = (
        *sheet.query(),
        ("name", name),
        ("nameOrInternalId", name_or_internal_id),
        ("createdInLastHours", created_in_last_hours),
        ("includeArchived", include_archived),
        ("archivedOnly", archived_only),
        ("statuses", statuses),
        ("sourceLangs", source_langs),
        ("targetLangs", target_langs),
        ("dueInHours", due_in_hours),
        ("ownerId", owner_id),
        ("buyerId", buyer_id),
        ("clientId", client_id),
        ("clientName", client_name),
        ("businessUnitId", business_unit_id),
        ("businessUnitName", business_unit_name),
        ("domainId", domain_id),
        ("domainName", domain_name),
        ("subDomainId", sub_domain_id),
        ("subDomainName", sub_domain_name),
        ("costCenterId", cost_center_id),
        ("costCenterName", cost_center_name),
        ("jobStatuses", job_statuses),
        ("jobStatusGroup", job_status_group),
        ("sort", sort),
        ("order", order),
    )
    return Call(_PAGE, query=query(filters))


def workflow_steps(project_uid: str, *, with_assigned_jobs: bool | None = None) -> Call[ProjectSteps]:
    """The project's own workflow steps: their ids are what new jobs refer to.

    Args:
        project_uid: the project.
        with_assigned_jobs: only steps that hold jobs of the linguist who asks.

    Returns:
        The steps in order.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "Get workflow steps".
    """
    return Call(_STEPS, {"projectUid": project_uid}, query=query((("withAssignedJobs", with_assigned_jobs),)))


def assignable_templates(project_uid: str) -> Call[AssignableTemplates]:
    """The templates whose providers can be assigned to the project's jobs.

    Args:
        project_uid: the project.

    Returns:
        Those with as many workflow steps as the project; kinds and order of the steps are not compared.

    Raises:
        Vanished: no such project.

    Source: Phrase TMS API reference, "List assignable templates".
    """
    return Call(_ASSIGNABLE, {"projectUid": project_uid})
