"""A translation request as the vendor describes it. Source: Content API, group "Request"."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from wordferry.tms.lionbridge.api.answers import Answer
from wordferry.transport.dates import Date

__all__ = ["Request", "RequestStatus"]


class RequestStatus(enum.StrEnum):
    """The states of a request. Source: public adapters of the same API."""

    CREATED = "CREATED"
    SENDING = "SENDING"
    SENT_TO_PROVIDER = "SENT_TO_PROVIDER"
    IN_TRANSLATION = "IN_TRANSLATION"
    REVIEW_TRANSLATION = "REVIEW_TRANSLATION"
    TRANSLATION_REJECTED = "TRANSLATION_REJECTED"
    TRANSLATION_APPROVED = "TRANSLATION_APPROVED"
    CANCELLED = "CANCELLED"


class Request(Answer, frozen=True, kw_only=True):
    """A request. `status_code` is one of `RequestStatus`, or a word added later."""

    identity: ClassVar[str] = "request_id"

    request_id: str | None = None
    job_id: str | None = None
    request_name: str | None = None
    status_code: str | None = None
    has_error: bool | None = None
    latest_error_message: str | None = None
    source_native_id: str | None = None
    source_native_language_code: str | None = None
    target_native_id: str | None = None
    target_native_language_code: str | None = None
    created_date: Date | None = None
    modified_date: Date | None = None
    word_count: int | None = None
    file_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    source_content_id: str | None = None
    extended_metadata: dict[str, Any] | None = None
    reject_note: str | None = None
