"""Changes of a project: its fields, status, languages, archive and bin.

Source: Phrase TMS API reference, "Edit project", "Edit project status", "Restore project" and "Delete project".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wordferry.tms.phrase.api.answers import nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, by_id, by_uid, encode
from wordferry.tms.phrase.api.dates import write_date
from wordferry.tms.phrase.api.projects import Project
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["add_target_langs", "archive", "delete", "edit", "replace", "restore", "set_status"]

_PROJECT = "/api2/v1/projects/{projectUid}"
_read = reader(Project)
_EDIT = Endpoint("projects.edit", "PATCH", _PROJECT, _read, Kind.EFFECT)
_REPLACE = Endpoint("projects.replace", "PUT", "/api2/v3/projects/{projectUid}", _read, Kind.EFFECT)
_STATUS = Endpoint("projects.set_status", "POST", _PROJECT + "/setStatus", nothing, Kind.EFFECT)
_ARCHIVE = Endpoint("projects.archive", "PATCH", _PROJECT, _read, Kind.EFFECT)
_RESTORE = Endpoint("projects.restore", "PATCH", _PROJECT + "/restore", nothing, Kind.EFFECT)
_DELETE = Endpoint("projects.delete", "DELETE", _PROJECT, nothing, Kind.EFFECT)
_LANGS = Endpoint("projects.add_target_langs", "POST", _PROJECT + "/targetLangs", nothing, Kind.EFFECT)


def edit(
    project_uid: str,
    *,
    name: str | None = None,
    status: str | None = None,
    note: str | None = None,
    purchase_order: str | None = None,
    date_due: datetime | None = None,
    owner_id: str | None = None,
    client_id: str | None = None,
    business_unit_id: str | None = None,
    domain_id: str | None = None,
    sub_domain_id: str | None = None,
    cost_center_id: str | None = None,
    machine_translate_settings_uid: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[Project]:
    """Change some fields of a project; those left out stay as they are.

    Args:
        project_uid: the project.
        name: at most 255 characters.
        status: one of the project statuses.
        note: at most 4096 characters.
        purchase_order: at most 255 characters.
        date_due: with a time zone.
        owner_id: id, not uid; so are the next five.
        client_id: client.
        business_unit_id: business unit.
        domain_id: domain.
        sub_domain_id: subdomain.
        cost_center_id: cost center.
        machine_translate_settings_uid: the machine translation of all languages.
        extra: further fields, verbatim: `machineTranslateSettingsPerLangs`, `projectWorkflowSettings`.

    Returns:
        The project as it is now.

    Raises:
        Refused: a value that the vendor does not take.
        Vanished: no such project.
        OutcomeUnknown: read the project before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit project" (PATCH).
    """
    fields = {
        **_fields(name, status, note, purchase_order, date_due),
        **_filed(owner_id, client_id, business_unit_id, domain_id, sub_domain_id, cost_center_id),
        "machineTranslateSettings": by_uid(machine_translate_settings_uid),
        **(extra or {}),
    }
    return Call(_EDIT, {"projectUid": project_uid}, headers=JSON, body=encode(fields))


def replace(
    project_uid: str,
    *,
    name: str,
    status: str | None = None,
    note: str | None = None,
    purchase_order: str | None = None,
    date_due: datetime | None = None,
    owner_id: str | None = None,
    client_id: str | None = None,
    business_unit_id: str | None = None,
    domain_id: str | None = None,
    sub_domain_id: str | None = None,
    cost_center_id: str | None = None,
    archived: bool | None = None,
    file_handover: bool | None = None,
    propagate_translations_to_lower_wf_during_update_source: bool | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Call[Project]:
    """Set all fields of a project. What is left out is CLEARED; `edit` changes single fields.

    Args:
        project_uid: the project.
        name: at most 255 characters.
        status: one of the project statuses.
        note: at most 4096 characters.
        purchase_order: at most 255 characters.
        date_due: with a time zone.
        owner_id: id, not uid; so are the next five.
        client_id: client.
        business_unit_id: business unit.
        domain_id: domain.
        sub_domain_id: subdomain.
        cost_center_id: cost center.
        archived: put it into the archive.
        file_handover: deliver by handing files over.
        propagate_translations_to_lower_wf_during_update_source: carry translations to lower steps when a source is
            replaced.
        extra: further fields, verbatim: `customFields`, `lqaProfiles`.

    Returns:
        The project as it is now.

    Raises:
        Refused: a value that the vendor does not take.
        Vanished: no such project.
        OutcomeUnknown: read the project before repeating; the same change twice is the same.

    Source: Phrase TMS API reference, "Edit project" (PUT).
    """
    fields = {
        **_fields(name, status, note, purchase_order, date_due),
        **_filed(owner_id, client_id, business_unit_id, domain_id, sub_domain_id, cost_center_id),
        "archived": archived,
        "fileHandover": file_handover,
        "propagateTranslationsToLowerWfDuringUpdateSource": propagate_translations_to_lower_wf_during_update_source,
        **(extra or {}),
    }
    return Call(_REPLACE, {"projectUid": project_uid}, headers=JSON, body=encode(fields))


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
    return Call(_STATUS, {"projectUid": project_uid}, headers=JSON, body=encode({"status": status}))


def archive(project_uid: str) -> Call[Project]:
    """Archive the project; it disappears from lists unless archived ones are asked for.

    Args:
        project_uid: the project.

    Returns:
        The project as it is now.

    Raises:
        Vanished: no such project.
        OutcomeUnknown: read the project before repeating.

    Source: Phrase TMS API reference, "Edit project".
    """
    return Call(_ARCHIVE, {"projectUid": project_uid}, headers=JSON, body=encode({"archived": True}))


def restore(project_uid: str) -> Call[None]:
    """Take the project out of the archive. An edit with `archived: false` does nothing.

    Args:
        project_uid: the project.

    Raises:
        Vanished: no such project.
        OutcomeUnknown: read the project before repeating.

    Source: Phrase TMS API reference, "Restore project".
    """
    return Call(_RESTORE, {"projectUid": project_uid})


def delete(project_uid: str, *, purge: bool = False) -> Call[None]:
    """Delete the project with its jobs and analyses.

    Args:
        project_uid: the project.
        purge: past the recycle bin: nothing brings it back.

    Raises:
        Vanished: no such project, or it was deleted before.
        OutcomeUnknown: read the project before repeating.

    Source: Phrase TMS API reference, "Delete project".
    """
    return Call(_DELETE, {"projectUid": project_uid}, query=query((("purge", purge),)))


def add_target_langs(project_uid: str, target_langs: Sequence[str]) -> Call[None]:
    """Add target languages to a project. Jobs that exist are not made for them.

    Args:
        project_uid: the project.
        target_langs: Phrase's codes, one at least.

    Raises:
        Refused: a language that the organisation does not have.
        Vanished: no such project.
        OutcomeUnknown: read the project's languages before repeating.

    Source: Phrase TMS API reference, "Add target languages".
    """
    body = encode({"targetLangs": list(target_langs)})
    return Call(_LANGS, {"projectUid": project_uid}, headers=JSON, body=body)


def _fields(
    name: str | None,
    status: str | None,
    note: str | None,
    purchase_order: str | None,
    date_due: datetime | None,
) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "note": note,
        "purchaseOrder": purchase_order,
        "dateDue": None if date_due is None else write_date(date_due),
    }


def _filed(
    owner: str | None,
    client: str | None,
    business_unit: str | None,
    domain: str | None,
    sub_domain: str | None,
    cost_center: str | None,
) -> dict[str, Any]:
    return {
        "owner": by_id(owner),
        "client": by_id(client),
        "businessUnit": by_id(business_unit),
        "domain": by_id(domain),
        "subDomain": by_id(sub_domain),
        "costCenter": by_id(cost_center),
    }
