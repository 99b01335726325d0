"""Project templates.

Source: Phrase TMS API reference, "List project templates" and "Get project template".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wordferry.tms.phrase.api.answers import Answer, Numbered, Page, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import Provider, Ref, Uid, UserRef, WorkflowStepRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["Template", "get", "page"]


class Assigned(Answer, frozen=True, kw_only=True):
    """Who works on a language."""

    target_lang: str | None = None
    providers: tuple[Provider, ...] | None = None


class StepAssignments(Answer, frozen=True, kw_only=True):
    """Who works on a workflow step, language by language."""

    workflow_step: WorkflowStepRef | None = None
    assigned_to: tuple[Assigned, ...] | None = None
    notify_provider: dict[str, Any] | None = None
    lqa_profile: Ref | None = None


class Template(Numbered, frozen=True, kw_only=True):
    """A project template. Lists may send nothing but `uid` and `template_name`.

    `template_name` is the template's own name; `name` is that of the project it was made from. `assigned_to` is None
    for a template with workflow steps: who works is then in `workflow_settings`.
    """

    uid: str | None = None
    template_name: str | None = None
    name: str | None = None
    source_lang: str | None = None
    target_langs: tuple[str, ...] | None = None
    workflow_steps: tuple[WorkflowStepRef, ...] | None = None
    workflow_settings: tuple[StepAssignments, ...] | None = None
    assigned_to: tuple[Assigned, ...] | None = None
    owner: UserRef | None = None
    created_by: UserRef | None = None
    modified_by: UserRef | None = None
    client: Ref | None = None
    domain: Ref | None = None
    sub_domain: Ref | None = None
    business_unit: Ref | None = None
    cost_center: Ref | None = None
    vendor: Ref | None = None
    note: str | None = None
    use_dynamic_title: bool | None = None
    dynamic_title: str | None = None
    import_settings: Uid | None = None
    date_created: Date | None = None
    date_modified: Date | None = None
    date_time_modified: Date | None = None


_PAGE = Endpoint("templates.list", "GET", "/api2/v1/projectTemplates", reader(Page[Template]), Kind.READ)
_GET = Endpoint(
    "templates.get", "GET", "/api2/v1/projectTemplates/{projectTemplateUid}", reader(Template), Kind.READ
)


def page(
    sheet: Sheet,
    *,
    name: str | None = None,
    source_langs: Sequence[str] | None = None,
    target_langs: Sequence[str] | None = None,
    client_id: str | None = None,
    client_name: str | None = None,
    owner_uid: str | None = None,
    created_by_uid: str | None = None,
    domain_name: str | None = None,
    sub_domain_name: str | None = None,
    cost_center_id: str | None = None,
    cost_center_name: str | None = None,
    business_unit_name: str | None = None,
    created_in_last_hours: int | None = None,
    sort: str | None = None,
    direction: str | None = None,
) -> Call[Page[Template]]:
    """List project templates.

    Args:
        sheet: which page.
        name: filter on the template's name; parts match.
        source_langs: filter on source languages, Phrase's codes.
        target_langs: filter on target languages, Phrase's codes.
        client_id: filter on the client: an id, not a uid.
        client_name: filter on the client; parts match.
        owner_uid: filter on the owner.
        created_by_uid: filter on who made it.
        domain_name: filter on the domain; parts match.
        sub_domain_name: filter on the subdomain; parts match.
        cost_center_id: filter on the cost center: an id, not a uid.
        cost_center_name: filter on the cost center; parts match.
        business_unit_name: filter on the business unit; parts match.
        created_in_last_hours: filter on age, hours.
        sort: `dateCreated` or `templateName`.
        direction: `asc` or `desc`.

    Returns:
        Templates in the vendor's order.

    Raises:
        NeedsOperator: the role may not see templates.

    Source: Phrase TMS API reference, "List project templates".
    """
    filters = (
        *sheet.query(),
        ("name", name),
        ("sourceLangs", source_langs),
        ("targetLangs", target_langs),
        ("clientId", client_id),
        ("clientName", client_name),
        ("ownerUid", owner_uid),
        ("createdByUid", created_by_uid),
        ("domainName", domain_name),
        ("subDomainName", sub_domain_name),
        ("costCenterId", cost_center_id),
        ("costCenterName", cost_center_name),
        ("businessUnitName", business_unit_name),
        ("createdInLastHours", created_in_last_hours),
        ("sort", sort),
        ("direction", direction),
    )
    return Call(_PAGE, query=query(filters))


def get(template_uid: str) -> Call[Template]:
    """Get one project template, with its workflow steps.

    Args:
        template_uid: the template.

    Raises:
        Vanished: no such template, or not visible to this user.

    Source: Phrase TMS API reference, "Get project template".
    """
    return Call(_GET, {"projectTemplateUid": template_uid})
