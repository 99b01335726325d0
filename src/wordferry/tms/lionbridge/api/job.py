"""A job as the vendor describes it. Source: Content API, group "Job"."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from wordferry.tms.lionbridge.api.answers import Answer
from wordferry.tms.lionbridge.api.fields import bind_fields
from wordferry.transport.dates import Date

__all__ = ["FIELDS", "Job", "JobStatus"]


class JobStatus(enum.StrEnum):
    """The states of a job. There is none that says "translated": look at its requests.

    Source: public adapters of the same API.
    """

    CREATED = "CREATED"
    SENDING = "SENDING"
    SENT_TO_PROVIDER = "SENT_TO_PROVIDER"
    IN_TRANSLATION = "IN_TRANSLATION"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"


class Job(Answer, frozen=True, kw_only=True):
    """A job. `Job.status_code` and its like, on the class, are fields of a filter.

    `status_code` is one of `JobStatus`, or a word added later. `request_stats` comes only when asked for.
    """

    identity: ClassVar[str] = "job_id"

    job_id: str | None = None
    job_name: str | None = None
    description: str | None = None
    status_code: str | None = None
    has_error: bool | None = None
    latest_error_message: str | None = None
    submitter_id: str | None = None
    creator_id: str | None = None
    site_id: str | None = None
    provider_id: str | None = None
    provider_reference: str | None = None
    po_reference: str | None = None
    due_date: Date | None = None
    created_date: Date | None = None
    modified_date: Date | None = None
    submitted_date: Date | None = None
    activity_date: Date | None = None
    archived: bool | None = None
    archive_status: str | None = None
    estimated_archival_date: Date | None = None
    custom_data: str | None = None
    should_quote: bool | None = None
    connector_name: str | None = None
    connector_version: str | None = None
    service_type: str | None = None
    extended_metadata: dict[str, Any] | None = None
    labels: dict[str, Any] | None = None
    global_tracking_id: str | None = None
    aggregate_requests: Any = None
    request_stats: dict[str, Any] | None = None


bind_fields(Job)

#: What the parameter `fields` may name. The job's id comes always.
FIELDS = tuple(
    "activityDate aggregateRequests archiveStatus archived connectorName connectorVersion createdDate creatorId"
    " customData description dueDate estimatedArchivalDate extendedMetadata globalTrackingId hasError jobName labels"
    " latestErrorMessage modifiedDate poReference providerId providerReference requestStats serviceType shouldQuote"
    " siteId statusCode submittedDate submitterId".split()
)
