"""Status updates: what changed, kept until it is acknowledged.

Source: Content API, group "StatusUpdate".
"""

from __future__ import annotations

from typing import ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one_or_none
from wordferry.transport import Call, Endpoint, Kind, query
from wordferry.transport.dates import Date

__all__ = ["StatusUpdate", "acknowledge", "for_job", "for_provider", "page"]


class StatusUpdate(Answer, frozen=True, kw_only=True):
    """One change. It may cover several requests of a job; without any it is about the job itself."""

    identity: ClassVar[str] = "update_id"

    update_id: str | None = None
    job_id: str | None = None
    provider_id: str | None = None
    request_ids: tuple[str, ...] | None = None
    status_code: str | None = None
    update_time: Date | None = None
    has_error: bool | None = None
    error_message: str | None = None
    acknowledged: bool | None = None


_page = collection(StatusUpdate, "statusupdates")
_LIST = Endpoint("status_updates.list", "GET", "/statusupdates", _page, Kind.READ)
_FOR_JOB = Endpoint("status_updates.for_job", "GET", "/jobs/{jobId}/statusupdates", _page, Kind.READ)
_FOR_PROVIDER = Endpoint(
    "status_updates.for_provider", "GET", "/providers/{providerId}/statusupdates", _page, Kind.READ
)
_ACKNOWLEDGE = Endpoint(
    "status_updates.acknowledge",
    "PUT",
    "/statusupdates/{updateId}/acknowledge",
    one_or_none(StatusUpdate),
    Kind.EFFECT,
)


def page(step: Step) -> Call[Page[StatusUpdate]]:
    """List all updates that were not acknowledged yet, newest first.

    Args:
        step: which page.

    Source: Content API, "Get all unacknowledged status updates".
    """
    return Call(_LIST, query=query((("next", step.cursor),)), link=step.only_link)


def for_job(step: Step, job_id: str) -> Call[Page[StatusUpdate]]:
    """List the updates of one job that were not acknowledged yet.

    Args:
        step: which page.
        job_id: the job.

    Raises:
        Vanished: no such job.

    Source: Content API, "Get all unacknowledged status updates for this job".
    """
    return Call(_FOR_JOB, {"jobId": job_id}, query=query((("next", step.cursor),)), link=step.only_link)


def for_provider(step: Step, provider_id: str) -> Call[Page[StatusUpdate]]:
    """List the updates of one provider that were not acknowledged yet: for credentials shared by several connectors.

    Args:
        step: which page.
        provider_id: the provider.

    Raises:
        Vanished: no such provider.

    Source: Content API, "Get all unacknowledged status updates for a specific provider".
    """
    return Call(
        _FOR_PROVIDER, {"providerId": provider_id}, query=query((("next", step.cursor),)), link=step.only_link
    )


def acknowledge(update_id: str) -> Call[StatusUpdate | None]:
    """Say that an update was seen: it is not listed any more. Store it first.

    Args:
        update_id: the update.

    Returns:
        The update when the vendor sends it.

    Raises:
        Vanished: no such update.
        OutcomeUnknown: repeating harms nobody.

    Source: Content API, "Acknowledge a status update".
    """
    return Call(_ACKNOWLEDGE, {"updateId": update_id})
