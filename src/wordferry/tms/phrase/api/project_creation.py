"""New projects: from a template, from a template in the background, and without one.

Source: Phrase TMS API reference, "Create project from template" and "Create project".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wordferry.tms.phrase.api.answers import reader
from wordferry.tms.phrase.api.async_requests import Started
from wordferry.tms.phrase.api.bodies import JSON, by_id, encode
from wordferry.tms.phrase.api.dates import write_date
from wordferry.tms.phrase.api.projects import Project
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["create", "from_template", "from_template_async"]

_read = reader(Project)
_FROM_TEMPLATE = Endpoint(
    "projects.from_template", "POST", "/api2/v2/projects/applyTemplate/{templateUid}", _read, Kind.EFFECT
)
_FROM_TEMPLATE_ASYNC = Endpoint(
    "projects.from_template_async",
    "POST",
    "/api2/v2/projects/applyTemplate/async/{templateUid}",
    reader(Started),
    Kind.EFFECT,
)
_CREATE = Endpoint("projects.create", "POST", "/api2/v3/projects", _read, Kind.EFFECT)


def from_template(
    template_uid: str,
    *,
    name: str,
    source_lang: str | None = None,
    target_langs: Sequence[str] | None = None,
    workflow_step_ids: Sequence[str] | None = None,
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
    fields = _fields(name, source_lang, target_langs, workflow_step_ids, date_due, note) | _filed(
        client_id, business_unit_id, domain_id, sub_domain_id, cost_center_id
    )
    return Call(
        _FROM_TEMPLATE, {"templateUid": template_uid}, headers=JSON, body=encode(fields), subject=name
    )


def from_template_async(
    template_uid: str,
    *,
    name: str,
    source_lang: str | None = None,
    target_langs: Sequence[str] | None = None,
    workflow_step_ids: Sequence[str] | None = None,
    date_due: datetime | None = None,
    note: str | None = None,
    client_id: str | None = None,
    business_unit_id: str | None = None,
    domain_id: str | None = None,
    sub_domain_id: str | None = None,
    cost_center_id: str | None = None,
    callback_url: str | None = None,
) -> Call[Started]:
    """Start the creation of a project from a template, for templates that take long.

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
        callback_url: told when the project is there.

    Returns:
        The asynchronous request, and the project as `reference`.

    Raises:
        Refused: bad name or languages.
        Vanished: no such template.
        OutcomeUnknown: the project may come; look for its name before repeating.

    Source: Phrase TMS API reference, "Create project from template (async)".
    """
    fields = _fields(name, source_lang, target_langs, workflow_step_ids, date_due, note) | _filed(
        client_id, business_unit_id, domain_id, sub_domain_id, cost_center_id
    )
    return Call(
        _FROM_TEMPLATE_ASYNC,
        {"templateUid": template_uid},
        headers=JSON,
        body=encode(fields | {"callbackUrl": callback_url}),
        subject=name,
    )


def create(
    *,
    name: str,
    source_lang: str,
    target_langs: Sequence[str],
    workflow_step_ids: Sequence[str] | None = None,
    date_due: datetime | None = None,
    note: str | None = None,
    purchase_order: str | None = None,
    client_id: str | None = None,
    business_unit_id: str | None = None,
    domain_id: str | None = None,
    sub_domain_id: str | None = None,
    cost_center_id: str | None = None,
    file_handover: bool | None = None,
    propagate_translations_to_lower_wf_during_update_source: bool | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[Project]:
    """Create a project without a template.

    Args:
        name: at most 255 characters.
        source_lang: Phrase's code.
        target_langs: Phrase's codes.
        workflow_step_ids: the organisation's step ids; a project without steps when left out.
        date_due: with a time zone.
        note: at most 4096 characters.
        purchase_order: at most 255 characters.
        client_id: id, not uid; so are the next four.
        business_unit_id: business unit.
        domain_id: domain.
        sub_domain_id: subdomain.
        cost_center_id: cost center.
        file_handover: deliver by handing files over.
        propagate_translations_to_lower_wf_during_update_source: carry translations to lower steps when a source is
            replaced.
        extra: further fields, verbatim: `customFields`, `lqaProfiles`.

    Returns:
        The project with its workflow steps.

    Raises:
        Refused: bad name or languages.
        OutcomeUnknown: the project may exist; look for its name before repeating.

    Source: Phrase TMS API reference, "Create project".
    """
    fields = {
        **_fields(name, source_lang, target_langs, workflow_step_ids, date_due, note),
        **_filed(client_id, business_unit_id, domain_id, sub_domain_id, cost_center_id),
        "purchaseOrder": purchase_order,
        "fileHandover": file_handover,
        "propagateTranslationsToLowerWfDuringUpdateSource": propagate_translations_to_lower_wf_during_update_source,
        **(extra or {}),
    }
    return Call(_CREATE, headers=JSON, body=encode(fields), subject=name)


def _fields(
    name: str,
    source_lang: str | None,
    target_langs: Sequence[str] | None,
    workflow_step_ids: Sequence[str] | None,
    date_due: datetime | None,
    note: str | None,
) -> dict[str, Any]:
    return {
        "name": name,
        "sourceLang": source_lang,
        "targetLangs": None if target_langs is None else list(target_langs),
        "workflowSteps": None if workflow_step_ids is None else [{"id": step} for step in workflow_step_ids],
        "dateDue": None if date_due is None else write_date(date_due),
        "note": note,
    }


def _filed(
    client: str | None,
    business_unit: str | None,
    domain: str | None,
    sub_domain: str | None,
    cost_center: str | None,
) -> dict[str, Any]:
    return {
        "client": by_id(client),
        "businessUnit": by_id(business_unit),
        "domain": by_id(domain),
        "subDomain": by_id(sub_domain),
        "costCenter": by_id(cost_center),
    }
