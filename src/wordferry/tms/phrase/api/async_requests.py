"""Asynchronous requests.

Source: Phrase TMS API reference, "Get asynchronous request" and "List pending requests".
"""

from __future__ import annotations

from wordferry.tms.phrase.api.answers import Answer, Numbered, Page, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.paging import Sheet
from wordferry.tms.phrase.api.references import ProjectRef, UserRef, Warned
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "AsyncRequest",
    "AsyncResponse",
    "Concurrency",
    "Parent",
    "Reference",
    "Started",
    "get",
    "page",
    "status",
]


class AsyncResponse(Answer, frozen=True, kw_only=True):
    """The end of an asynchronous request. Note `error_desc`: elsewhere Phrase calls it errorDescription."""

    date_created: Date | None = None
    error_code: str | None = None
    error_desc: str | None = None
    error_details: tuple[Warned, ...] | None = None
    warnings: tuple[Warned, ...] | None = None
    accepted_segments_count: int | None = None


class Parent(Numbered, frozen=True, kw_only=True):
    """The request that started this one."""

    action: str | None = None


class AsyncRequest(Numbered, frozen=True, kw_only=True):
    """Work that goes on after the answer. There is no status field: see `finished` and `failed`."""

    action: str | None = None
    date_created: Date | None = None
    created_by: UserRef | None = None
    project: ProjectRef | None = None
    parent: Parent | None = None
    async_response: AsyncResponse | None = None

    @property
    def finished(self) -> bool:
        """True once there is a response, whether good or bad."""
        return self.async_response is not None

    @property
    def failed(self) -> bool:
        """True when the response carries an error code. Phrase sends HTTP 200 for this too."""
        return self.async_response is not None and bool(self.async_response.error_code)


class Reference(Answer, frozen=True, kw_only=True):
    """What the work is about: a job, a project."""

    uid: str | None = None
    type: str | None = None


class Started(Answer, frozen=True, kw_only=True):
    """Work that goes on after the answer, and what it is about."""

    async_request: AsyncRequest | None = None
    reference: Reference | None = None


class Count(Answer, frozen=True, kw_only=True):
    """Pending requests of the organisation; no limit when `limit` is None."""

    count: int | None = None
    limit: int | None = None


class Concurrency(Answer, frozen=True, kw_only=True):
    """How much asynchronous work the organisation has pending."""

    concurrent_requests: Count | None = None


_GET = Endpoint(
    "async_requests.get", "GET", "/api2/v1/async/{asyncRequestId}", reader(AsyncRequest), Kind.READ
)
_PAGE = Endpoint("async_requests.list", "GET", "/api2/v1/async", reader(Page[AsyncRequest]), Kind.READ)
_STATUS = Endpoint("async_requests.status", "GET", "/api2/v1/async/status", reader(Concurrency), Kind.READ)


def get(async_request_id: str) -> Call[AsyncRequest]:
    """Read one asynchronous request.

    Args:
        async_request_id: digits, from the answer that started the work.

    Raises:
        Vanished: no such request, or so old that the vendor forgot it.

    Source: Phrase TMS API reference, "Get asynchronous request".
    """
    return Call(_GET, {"asyncRequestId": async_request_id})


def page(sheet: Sheet, *, all: bool | None = None) -> Call[Page[AsyncRequest]]:
    """List pending asynchronous requests.

    Args:
        sheet: which page.
        all: those of the whole organisation, administrators only; else the caller's own.

    Raises:
        NeedsOperator: `all` without being an administrator.

    Source: Phrase TMS API reference, "List pending requests".
    """
    return Call(_PAGE, query=query((*sheet.query(), ("all", all))))


def status() -> Call[Concurrency]:
    """How many asynchronous requests of the organisation are pending, and the limit.

    Source: Phrase TMS API reference, "Get current limits".
    """
    return Call(_STATUS)
