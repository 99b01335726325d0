"""A job: its data, and its shape on the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.lionbridge.filters import DATE, FIELDS, LABELS
from wordferry.sandbox.lionbridge.values import show_date

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.assets import SupportAsset, TmUpdate
    from wordferry.sandbox.lionbridge.contents import SourceContent
    from wordferry.sandbox.lionbridge.request import Request

CREATED, SENDING, SENT = "CREATED", "SENDING", "SENT_TO_PROVIDER"
IN_TRANSLATION, CANCELLED, COMPLETED = "IN_TRANSLATION", "CANCELLED", "COMPLETED"
ACTIVE, ARCHIVING, ARCHIVED, UNARCHIVING = "ACTIVE", "ARCHIVING", "ARCHIVED", "UNARCHIVING"


@dataclass(slots=True, eq=False)
class Job:
    """One job.

    Args:
        number: grows from the oldest job to the newest.
        history: (virtual epoch seconds, status, has error, message), oldest first.
        turn: grows with each change from outside, so that work planned before it is dropped.
    """

    id: str
    number: int
    created: float
    name: str
    modified: float
    activity: float
    provider_id: str | None = None
    description: str | None = None
    po_reference: str | None = None
    due: float | None = None
    custom_data: str | None = None
    should_quote: bool = False
    connector_name: str | None = None
    connector_version: str | None = None
    service_type: str | None = None
    global_tracking_id: str | None = None
    aggregate_requests: Any = None
    metadata: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    provider_reference: str | None = None
    status: str = CREATED
    has_error: bool = False
    error: str | None = None
    submitted: float | None = None
    archived: bool = False
    archive_status: str = ACTIVE
    history: list[tuple[float, str, bool, str | None]] = field(default_factory=list)
    requests: dict[str, Request] = field(default_factory=dict)
    assets: list[SupportAsset] = field(default_factory=list)
    tm_updates: list[TmUpdate] = field(default_factory=list)
    contents: dict[str, SourceContent] = field(default_factory=dict)
    turn: int = 0

    def at(self, when: float) -> tuple[str, bool, str | None]:
        """Status, error flag and error text as they were at that virtual time."""
        for moment, status, has_error, error in reversed(self.history):
            if moment <= when:
                return status, has_error, error
        return CREATED, False, None

    def note(self, now: float) -> None:
        """Remember the state it is in now."""
        self.history.append((now, self.status, self.has_error, self.error))


# The creator and the site of everything that one credential makes.
CREATOR, SITE = "sandbox-connector", "sandbox-site"

# What does not depend on when it is looked at: wire name -> value.
_VALUES: dict[str, Callable[[Job], Any]] = {
    "jobId": lambda job: job.id,
    "jobName": lambda job: job.name,
    "description": lambda job: job.description,
    "submitterId": lambda job: CREATOR if job.submitted is not None else None,
    "creatorId": lambda job: CREATOR,
    "siteId": lambda job: SITE,
    "providerId": lambda job: job.provider_id,
    "providerReference": lambda job: job.provider_reference,
    "poReference": lambda job: job.po_reference,
    "dueDate": lambda job: job.due,
    "createdDate": lambda job: job.created,
    "modifiedDate": lambda job: job.modified,
    "submittedDate": lambda job: job.submitted,
    "activityDate": lambda job: job.activity,
    "archived": lambda job: job.archived,
    "archiveStatus": lambda job: job.archive_status,
    "customData": lambda job: job.custom_data,
    "shouldQuote": lambda job: job.should_quote,
    "connectorName": lambda job: job.connector_name,
    "connectorVersion": lambda job: job.connector_version,
    "serviceType": lambda job: job.service_type,
    "extendedMetadata": lambda job: job.metadata,
    "labels": lambda job: job.labels,
    "globalTrackingId": lambda job: job.global_tracking_id,
    "aggregateRequests": lambda job: job.aggregate_requests,
}
_STATE = {"statusCode": 0, "hasError": 1, "latestErrorMessage": 2}
# What `fields` may name; `jobId` is always there.
NAMES = frozenset({*_VALUES, *_STATE, "estimatedArchivalDate", "requestStats"}) - {"jobId"}
BASIC = ("jobId", "jobName", "statusCode", "providerId", "createdDate", "modifiedDate")
_SENT_OUT = frozenset(
    {SENT, IN_TRANSLATION, "REVIEW_TRANSLATION", "TRANSLATION_REJECTED", "TRANSLATION_APPROVED"}
)


def value_of(job: Job, name: str, *, as_of: float, archive_after: float) -> Any:
    """The value of a field for filters and ordering: dates are epoch seconds.

    Args:
        job: the job.
        name: the field's own spelling, or `labels.` and a key.
        as_of: when it is looked at.
        archive_after: seconds without activity until a job is archived by itself; 0 means never.
    """
    if name.startswith(LABELS):
        return job.labels.get(name[len(LABELS) :])
    if name in _STATE:
        return job.at(as_of)[_STATE[name]]
    if name == "estimatedArchivalDate":
        return job.activity + archive_after if archive_after else None
    return _VALUES[name](job)


def show_job(
    job: Job,
    *,
    as_of: float,
    archive_after: float,
    names: tuple[str, ...] | None = None,
    stats: bool = False,
    nulls: bool = True,
) -> dict[str, Any]:
    """The Job resource.

    Args:
        job: the job.
        as_of: when it is looked at.
        archive_after: see `value_of`.
        names: only these fields and `jobId`; all of them by default.
        stats: whether `requestStats` is there.
        nulls: whether unset fields are sent as null.
    """
    wanted = names if names is not None else (*_VALUES, "statusCode", "hasError", "estimatedArchivalDate")
    shown: dict[str, Any] = {"jobId": job.id}
    for name in wanted:
        if name in ("requestStats", "latestErrorMessage"):
            continue
        value = value_of(job, name, as_of=as_of, archive_after=archive_after)
        if FIELDS.get(name) == DATE:
            value = show_date(value)
        if value is not None or nulls:
            shown[name] = value
    message = job.at(as_of)[2]
    if message is not None if names is None else "latestErrorMessage" in names:
        shown["latestErrorMessage"] = message
    if stats or (names is not None and "requestStats" in names):
        shown["requestStats"] = request_stats(job)
    return shown


def request_stats(job: Job) -> dict[str, int]:
    """The six counters of a job's requests."""
    by_status = Counter(request.status for request in job.requests.values())
    received = by_status["REVIEW_TRANSLATION"] + by_status["TRANSLATION_REJECTED"]
    return {
        "totalRequests": len(job.requests),
        "totalSentout": sum(by_status[status] for status in _SENT_OUT),
        "totalInTranslation": by_status[IN_TRANSLATION],
        "totalError": sum(request.has_error for request in job.requests.values()),
        "totalReceived": received + by_status["TRANSLATION_APPROVED"],
        "totalCompleted": by_status["TRANSLATION_APPROVED"],
    }
