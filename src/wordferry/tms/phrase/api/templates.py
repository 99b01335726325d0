"""Project templates.

Source: Phrase TMS API reference, "List project templates" and "Get project template".
"""

from __future__ import annotations

from wordferry.tms.phrase.api.answers import Numbered, Page, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import Ref, UserRef, WorkflowStepRef
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["Template", "get", "page"]


class Template(Numbered, frozen=True, kw_only=True):
    """A project template. Lists may send nothing but `uid` and `template_name`.

    `template_name` is the template's own name; `name` is that of the project it was made from.
    """

    uid: str | None = None
    template_name: str | None = None
    name: str | None = None
    source_lang: str | None = None
    target_langs: tuple[str, ...] | None = None
    workflow_steps: tuple[WorkflowStepRef, ...] | None = None
    owner: UserRef | None = None
    client: Ref | None = None
    domain: Ref | None = None
    sub_domain: Ref | None = None
    business_unit: Ref | None = None
    cost_center: Ref | None = None
    note: str | None = None
    date_created: Date | None = None
    date_time_modified: Date | None = None


_PAGE = Endpoint("templates.list", "GET", "/api2/v1/projectTemplates", reader(Page[Template]), Kind.READ)
_GET = Endpoint(
    "templates.get", "GET", "/api2/v1/projectTemplates/{projectTemplateUid}", reader(Template), Kind.READ
)


def page(
    sheet: Sheet,
    *,
    name: str | None = None,
    source_langs: list[str] | None = None,
    target_langs: list[str] | None = None,
    client_name: str | None = None,
    created_in_last_hours: int | None = None,
) -> Call[Page[Template]]:
    """List project templates.

    Args:
        sheet: which page.
        name: filter on the template's name.
        source_langs: filter on source languages, Phrase's codes.
        target_langs: filter on target languages, Phrase's codes.
        client_name: filter on the client.
        created_in_last_hours: filter on age, hours.

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
        ("clientName", client_name),
        ("createdInLastHours", created_in_last_hours),
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
