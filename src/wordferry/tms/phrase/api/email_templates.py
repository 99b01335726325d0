"""E-mail templates. Source: Phrase TMS API reference, "List email templates"."""

from __future__ import annotations

from wordferry.tms.phrase.api.answers import Numbered, Page, reader
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["EmailTemplate", "get", "page"]


class EmailTemplate(Numbered, frozen=True, kw_only=True):
    """A template for mails to providers; its `id`, not its uid, is what `notify_assigned` wants."""

    uid: str | None = None
    name: str | None = None
    template_name: str | None = None
    subject: str | None = None
    type: str | None = None
    body: str | None = None
    cc_address: str | None = None
    bcc_address: str | None = None


_PAGE = Endpoint(
    "email_templates.list", "GET", "/api2/v1/emailTemplates", reader(Page[EmailTemplate]), Kind.READ
)
_GET = Endpoint(
    "email_templates.get", "GET", "/api2/v1/emailTemplates/{templateUid}", reader(EmailTemplate), Kind.READ
)


def page(sheet: Sheet, *, type: str | None = None) -> Call[Page[EmailTemplate]]:
    """List e-mail templates.

    Args:
        sheet: which page.
        type: filter on the vendor's type, for example `JobAssigned`.

    Raises:
        NeedsOperator: the role may not see them.

    Source: Phrase TMS API reference, "List email templates".
    """
    return Call(_PAGE, query=query((*sheet.query(), ("type", type))))


def get(template_uid: str) -> Call[EmailTemplate]:
    """Get one e-mail template, with its text.

    Args:
        template_uid: the template.

    Returns:
        The template.

    Raises:
        Vanished: no such template.
        NeedsOperator: the role may not see it.

    Source: Phrase TMS API reference, "Get email template".
    """
    return Call(_GET, {"templateUid": template_uid})
