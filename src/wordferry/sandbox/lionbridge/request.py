"""A translation request: one source in one target language, and its shape on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.lionbridge.files import FmsFile, file_type_of
from wordferry.sandbox.lionbridge.job import CANCELLED, CREATED, IN_TRANSLATION, SENDING, SENT, Job
from wordferry.sandbox.lionbridge.values import show_date
from wordferry.sandbox.lionbridge_settings import LionbridgeSettings

if TYPE_CHECKING:
    from wordferry.sandbox.lionbridge.contents import SourceContent

REVIEW, REJECTED, APPROVED = "REVIEW_TRANSLATION", "TRANSLATION_REJECTED", "TRANSLATION_APPROVED"
STATUSES = (CREATED, SENDING, SENT, IN_TRANSLATION, REVIEW, REJECTED, APPROVED, CANCELLED)
DELIVERED = frozenset({REVIEW, REJECTED, APPROVED})


@dataclass(slots=True, eq=False)
class Request:
    """One request.

    Args:
        number: grows from the oldest request to the newest.
        target: the file that was delivered last.
        target_fields: the inline content that was delivered last, as (key, value).
        deliveries: how often the provider has delivered.
        fetched: how often the last delivery was fetched.
        turn: grows with each change from outside, so that work planned before it is dropped.
    """

    id: str
    number: int
    job: Job
    created: float
    modified: float
    source_language: str
    target_language: str
    name: str | None = None
    source_native_id: str | None = None
    target_native_id: str | None = None
    word_count: int = 0
    file: FmsFile | None = None
    content: SourceContent | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = CREATED
    has_error: bool = False
    error: str | None = None
    reject_note: str | None = None
    history: list[tuple[float, str, bool, str | None]] = field(default_factory=list)
    target: FmsFile | None = None
    target_fields: list[tuple[str, str]] | None = None
    deliveries: int = 0
    fetched: int = 0
    reworked: bool = False
    turn: int = 0

    @property
    def label(self) -> str:
        """What rules and logs call it: its file, else its name."""
        return self.file.name if self.file is not None else (self.name or "")

    def at(self, when: float) -> tuple[str, bool, str | None]:
        """Status, error flag and error text as they were at that virtual time."""
        for moment, status, has_error, error in reversed(self.history):
            if moment <= when:
                return status, has_error, error
        return CREATED, False, None

    def note(self, now: float) -> None:
        """Remember the state it is in now."""
        self.history.append((now, self.status, self.has_error, self.error))


def show_request(request: Request, *, as_of: float, settings: LionbridgeSettings) -> dict[str, Any]:
    """The Request resource.

    Args:
        request: the request.
        as_of: when it is looked at.
        settings: what is sent, and under which names.
    """
    status, has_error, error = request.at(as_of)
    file = request.file
    shown: dict[str, Any] = {
        "requestId": request.id,
        "jobId": request.job.id,
        "requestName": request.name,
        "statusCode": status,
        "hasError": has_error,
        "latestErrorMessage": error,
        "sourceNativeId": request.source_native_id,
        "sourceNativeLanguageCode": request.source_language,
        "targetNativeId": request.target_native_id,
        "targetNativeLanguageCode": request.target_language,
        "createdDate": show_date(request.created),
        "modifiedDate": show_date(request.modified),
        "wordCount": request.word_count,
        "fileId": file.id if file is not None else None,
        "fileName": file.name if file is not None else None,
        "fileType": file_type_of(file, settings) if file is not None else None,
        settings.source_content_key: request.content.id if request.content is not None else None,
        "extendedMetadata": request.metadata,
    }
    if settings.reject_note:
        shown["rejectNote"] = request.reject_note
    return (
        shown if settings.null_fields else {name: value for name, value in shown.items() if value is not None}
    )
