"""Jobs: containers of translation requests, sent to one provider as a whole.

Source: Content API, group "Job".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from wordferry.tms.lionbridge.api.answers import Page, Step, collection, one, one_or_none
from wordferry.tms.lionbridge.api.bodies import JSON, json_body, write_due
from wordferry.tms.lionbridge.api.filters import Filtering, Ordering, filter_text, order_text
from wordferry.tms.lionbridge.api.job import Job
from wordferry.tms.lionbridge.api.limits import check_name
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "archived",
    "complete",
    "create",
    "delete",
    "get",
    "in_translation",
    "page",
    "replace",
    "submit",
    "update",
]


_read = one(Job)
_page = collection(Job, "jobs")
_ONE = "/jobs/{jobId}"
_CREATE = Endpoint("jobs.create", "POST", "/jobs", _read, Kind.EFFECT)
_GET = Endpoint("jobs.get", "GET", _ONE, _read, Kind.READ)
_LIST = Endpoint("jobs.list", "GET", "/jobs", _page, Kind.READ)
_ARCHIVED = Endpoint("jobs.archived", "GET", "/jobs/archived", _page, Kind.READ)
_UPDATE = Endpoint("jobs.update", "PATCH", _ONE, _read, Kind.EFFECT)
_REPLACE = Endpoint("jobs.replace", "PUT", _ONE, _read, Kind.EFFECT)
_DELETE = Endpoint("jobs.delete", "DELETE", _ONE, one_or_none(Job), Kind.EFFECT)
_SUBMIT = Endpoint("jobs.submit", "PUT", _ONE + "/submit", _read, Kind.EFFECT)
_COMPLETE = Endpoint("jobs.complete", "PUT", _ONE + "/complete", _read, Kind.EFFECT)
_IN_TRANSLATION = Endpoint("jobs.in_translation", "PUT", _ONE + "/intranslation", _read, Kind.EFFECT)


def create(
    job_name: str,
    *,
    description: str | None = None,
    po_reference: str | None = None,
    due_date: datetime | date | None = None,
    custom_data: str | None = None,
    should_quote: bool | None = None,
    provider_id: str | None = None,
    connector_name: str | None = None,
    connector_version: str | None = None,
    service_type: str | None = None,
    global_tracking_id: str | None = None,
    extended_metadata: Mapping[str, str] | None = None,
    labels: Mapping[str, str | int | float] | None = None,
) -> Call[Job]:
    """Create a job; requests are added to it, then it is submitted.

    Args:
        job_name: at most 250 bytes of UTF-8.
        description: free text.
        po_reference: purchase order.
        due_date: a day, or a moment with a zone.
        custom_data: deprecated for `extended_metadata`.
        should_quote: ask for a quote first; its approval happens in the provider's own system.
        provider_id: lets the vendor check requests as they are added. It may be dropped, so `submit` names it again.
        connector_name: who sends; the vendor wants it to begin with a GUID of the installation.
        connector_version: version of who sends.
        service_type: kind of service or workflow.
        global_tracking_id: reserved for the vendor.
        extended_metadata: free values, not filterable.
        labels: free values, filterable as `labels.<key>`.

    Returns:
        The job, state CREATED.

    Raises:
        Refused: name too long, unknown provider, bad date.
        OutcomeUnknown: the job may exist; look for its name or label before repeating.

    Source: Content API, "Create a new job".
    """
    check_name(job_name, what="job")
    return Call(
        _CREATE,
        headers=JSON,
        body=json_body(
            {
                "jobName": job_name,
                "description": description,
                "poReference": po_reference,
                "dueDate": write_due(due_date),
                "customData": custom_data,
                "shouldQuote": should_quote,
                "providerId": provider_id,
                "connectorName": connector_name,
                "connectorVersion": connector_version,
                "serviceType": service_type,
                "globalTrackingId": global_tracking_id,
                "extendedMetadata": extended_metadata,
                "labels": labels,
            }
        ),
        subject=f"job {job_name!r}",
    )


def get(job_id: str, *, fetch_type: str | None = None) -> Call[Job]:
    """Get one job.

    Args:
        job_id: the job; an archived one may answer too.
        fetch_type: `full` (the vendor's default) or `fullWithStats`, which the vendor calls experimental.

    Raises:
        Vanished: no such job.

    Source: Content API, "Query job information".
    """
    return Call(_GET, {"jobId": job_id}, query=query((("fetchType", fetch_type),)))


def page(
    step: Step,
    *,
    filter: Filtering = None,
    order_by: Ordering = None,
    fields: Sequence[str] | None = None,
    fetch_type: str | None = None,
) -> Call[Page[Job]]:
    """List the active jobs, newest first.

    Args:
        step: which page.
        filter: text as `statusCode eq 'CREATED'`, or in Python a condition as `Job.status_code == "CREATED"`.
        order_by: text as `dueDate desc`, or in Python `where.due_date.descending()`; one field.
        fields: names to return, as `jobName`; all when left out. The id comes always.
        fetch_type: `full` (the vendor's default) or `fullWithStats`, which the vendor calls experimental.

    Raises:
        Refused: the filter or the order was not understood.

    Source: Content API, "Query jobs that are active, i.e. not archived".
    """
    return Call(
        _LIST,
        query=query((*_listing(step, filter, order_by, fields), ("fetchType", fetch_type))),
        link=step.only_link,
    )


def archived(
    step: Step,
    *,
    filter: Filtering = None,
    order_by: Ordering = None,
    fields: Sequence[str] | None = None,
) -> Call[Page[Job]]:
    """List the archived jobs, newest first.

    Args:
        step: which page.
        filter: as in `list`.
        order_by: as in `list`.
        fields: as in `list`.

    Raises:
        Refused: the filter or the order was not understood.

    Source: Content API, "Query all archived jobs".
    """
    return Call(_ARCHIVED, query=query(_listing(step, filter, order_by, fields)), link=step.only_link)


def update(
    job_id: str,
    *,
    job_name: str | None = None,
    description: str | None = None,
    po_reference: str | None = None,
    due_date: datetime | date | None = None,
    custom_data: str | None = None,
    should_quote: bool | None = None,
    provider_id: str | None = None,
    connector_name: str | None = None,
    connector_version: str | None = None,
    service_type: str | None = None,
    aggregate_requests: str | None = None,
    extended_metadata: Mapping[str, str] | None = None,
    labels: Mapping[str, str | int | float] | None = None,
) -> Call[Job]:
    """Change a job that was not submitted yet. What is left out stays as it is.

    Args:
        job_id: the job.
        job_name: as in `create`.
        description: as in `create`.
        po_reference: as in `create`.
        due_date: as in `create`.
        custom_data: as in `create`.
        should_quote: as in `create`.
        provider_id: as in `create`.
        connector_name: as in `create`.
        connector_version: as in `create`.
        service_type: as in `create`.
        aggregate_requests: not implemented by the vendor.
        extended_metadata: replaces the whole map.
        labels: replaces the whole map.

    Returns:
        The job as it is now.

    Raises:
        Refused: it was submitted, or a value is bad.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating.

    Source: Content API, "Update a job's information" (PATCH).
    """
    check_name(job_name, what="job")
    body = json_body(
        {
            "jobName": job_name,
            "description": description,
            "poReference": po_reference,
            "dueDate": write_due(due_date),
            "customData": custom_data,
            "shouldQuote": should_quote,
            "providerId": provider_id,
            "connectorName": connector_name,
            "connectorVersion": connector_version,
            "serviceType": service_type,
            "aggregateRequests": aggregate_requests,
            "extendedMetadata": extended_metadata,
            "labels": labels,
        }
    )
    return Call(_UPDATE, {"jobId": job_id}, headers=JSON, body=body)


def replace(
    job_id: str,
    *,
    job_name: str,
    description: str | None = None,
    po_reference: str | None = None,
    due_date: datetime | date | None = None,
    custom_data: str | None = None,
    should_quote: bool | None = None,
    provider_id: str | None = None,
    connector_name: str | None = None,
    connector_version: str | None = None,
    service_type: str | None = None,
    aggregate_requests: str | None = None,
    extended_metadata: Mapping[str, str] | None = None,
    labels: Mapping[str, str | int | float] | None = None,
) -> Call[Job]:
    """Change a job in the older way, which the vendor asks to leave for `update`: what is left out may be emptied.

    Args:
        job_id: the job, not submitted yet.
        job_name: as in `create`.
        description: as in `create`.
        po_reference: as in `create`.
        due_date: as in `create`.
        custom_data: as in `create`.
        should_quote: as in `create`.
        provider_id: as in `create`.
        connector_name: as in `create`.
        connector_version: as in `create`.
        service_type: as in `create`.
        aggregate_requests: not implemented by the vendor.
        extended_metadata: as in `create`.
        labels: as in `create`.

    Returns:
        The job as it is now.

    Raises:
        Refused: it was submitted, or a value is bad.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating.

    Source: Content API, "Update a job's information" (PUT).
    """
    changed = update(
        job_id,
        job_name=job_name,
        description=description,
        po_reference=po_reference,
        due_date=due_date,
        custom_data=custom_data,
        should_quote=should_quote,
        provider_id=provider_id,
        connector_name=connector_name,
        connector_version=connector_version,
        service_type=service_type,
        aggregate_requests=aggregate_requests,
        extended_metadata=extended_metadata,
        labels=labels,
    )
    return Call(_REPLACE, changed.params, headers=JSON, body=changed.body)


def delete(job_id: str) -> Call[Job | None]:
    """Delete a job that is completed, cancelled, or was never submitted. It is no way to cancel one.

    Args:
        job_id: the job.

    Returns:
        The deleted job when the vendor sends it.

    Raises:
        Refused: its state does not allow it.
        Vanished: no such job.
        OutcomeUnknown: read the job before repeating.

    Source: Content API, "Delete a job".
    """
    return Call(_DELETE, {"jobId": job_id})


def submit(job_id: str, *, provider_id: str) -> Call[Job]:
    """Send a job to its provider, after all its requests were added.

    Args:
        job_id: the job, state CREATED.
        provider_id: who translates; needed here even when `create` named it.

    Returns:
        The job, state SENDING.

    Raises:
        Refused: it has no request, was submitted before, or the provider cannot do what it asks.
        Vanished: no such job.
        OutcomeUnknown: read the job's state before repeating.

    Source: Content API, "Send/Submit job to provider".
    """
    return Call(_SUBMIT, {"jobId": job_id}, headers=JSON, body=json_body({"providerId": provider_id}))


def complete(job_id: str) -> Call[Job]:
    """Close a job: no later translation is imported.

    Args:
        job_id: the job.

    Returns:
        The job, state COMPLETED.

    Raises:
        Refused: its state does not allow it.
        Vanished: no such job.
        OutcomeUnknown: read the job's state before repeating.

    Source: Content API, "Complete a job".
    """
    return Call(_COMPLETE, {"jobId": job_id}, headers=JSON)


def in_translation(job_id: str) -> Call[Job]:
    """Open a completed job again: translations are imported once more.

    Args:
        job_id: the job, state COMPLETED.

    Returns:
        The job, state IN_TRANSLATION.

    Raises:
        Refused: it is not completed.
        Vanished: no such job.
        OutcomeUnknown: read the job's state before repeating.

    Source: Content API, "Un-complete a job".
    """
    return Call(_IN_TRANSLATION, {"jobId": job_id}, headers=JSON)


def _listing(
    step: Step, filter: Filtering, order_by: Ordering, fields: Sequence[str] | None
) -> tuple[tuple[str, Any], ...]:
    return (
        ("next", step.cursor),
        ("fields", ",".join(fields) if fields else None),
        ("filter", filter_text(filter)),
        ("orderBy", order_text(order_by)),
    )
