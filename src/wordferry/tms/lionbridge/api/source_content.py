"""Inline content: fields of text instead of a file.

Source: Content API, group "TranslationContent".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.answers import Answer, Page, collection, one
from wordferry.tms.lionbridge.api.bodies import JSON
from wordferry.tms.lionbridge.api.limits import LARGEST_CONTENT
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["ContentField", "SourceContent", "TargetContent", "create", "get", "replace", "retrieve"]


class ContentField(Answer, frozen=True, kw_only=True):
    """One text.

    Args:
        key: names it, once within a content.
        value: the text.
        comment: for the translator.
    """

    identity: ClassVar[str] = "key"

    key: str = ""  # type: ignore[assignment]
    value: str = ""
    comment: str | None = None


class SourceContent(Answer, frozen=True, kw_only=True):
    """Fields that were sent, and the id that requests name them by."""

    identity: ClassVar[str] = "source_content_id"

    source_content_id: str | None = None
    fields: tuple[ContentField, ...] = ()


class TargetContent(Answer, frozen=True, kw_only=True):
    """The translated fields of one request."""

    identity: ClassVar[str] = "request_id"

    request_id: str | None = None
    source_native_id: str | None = None
    source_native_language_code: str | None = None
    target_native_id: str | None = None
    target_native_language_code: str | None = None
    target_content: tuple[ContentField, ...] = ()


_ALL = "/jobs/{jobId}/sourcecontent"
_ONE = "/jobs/{jobId}/sourcecontent/{sourcecontentId}"
_read = one(SourceContent)
_CREATE = Endpoint("source_content.create", "POST", _ALL, _read, Kind.EFFECT)
_GET = Endpoint("source_content.get", "GET", _ONE, _read, Kind.READ)
_REPLACE = Endpoint("source_content.replace", "PUT", _ONE, _read, Kind.EFFECT)
_RETRIEVE = Endpoint(
    "requests.retrieve",
    "GET",
    "/jobs/{jobId}/requests/{requestId}/retrieve",
    collection(TargetContent, "translationContent"),
    Kind.READ,
)


def create(job_id: str, *, fields: Sequence[ContentField]) -> Call[SourceContent]:
    """Send fields of text; requests then name them by their id.

    Args:
        job_id: a job that was not submitted yet.
        fields: their keys, values and comments together at most 1 MB of UTF-8; no key twice.

    Returns:
        The content with its id.

    Raises:
        Refused: too large, empty, or a key twice.
        Vanished: no such job.
        OutcomeUnknown: content nobody names harms nobody; send it again.

    Source: Content API, "Create new translation source content".
    """
    return Call(_CREATE, {"jobId": job_id}, headers=JSON, body=_body(fields))


def get(job_id: str, source_content_id: str) -> Call[SourceContent]:
    """Get inline content as it was sent.

    Args:
        job_id: its job.
        source_content_id: the content.

    Raises:
        Vanished: no such content.

    Source: Content API, "Get translation source content".
    """
    return Call(_GET, {"jobId": job_id, "sourcecontentId": source_content_id})


def replace(job_id: str, source_content_id: str, *, fields: Sequence[ContentField]) -> Call[SourceContent]:
    """Replace all fields of inline content.

    Args:
        job_id: a job that was not submitted yet.
        source_content_id: the content.
        fields: as in `create`.

    Returns:
        The content as it is now.

    Raises:
        Refused: as in `create`, or the job was submitted.
        Vanished: no such content.
        OutcomeUnknown: read the content before repeating.

    Source: Content API, "Replace source content in a job".
    """
    params = {"jobId": job_id, "sourcecontentId": source_content_id}
    return Call(_REPLACE, params, headers=JSON, body=_body(fields))


def retrieve(job_id: str, request_id: str) -> Call[Page[TargetContent]]:
    """Fetch the translated fields of a request.

    Args:
        job_id: its job.
        request_id: a request in review, approved or rejected.

    Returns:
        The translated contents; one, as far as is known.

    Raises:
        Vanished: no such request, or nothing was delivered yet.

    Source: Content API, "Retrieve the target content for translation request(s)".
    """
    return Call(_RETRIEVE, {"jobId": job_id, "requestId": request_id})


def _body(fields: Sequence[ContentField]) -> bytes:
    size = 0
    rows: list[dict[str, Any]] = []
    keys: set[str] = set()
    for field in fields:
        if not field.key:
            raise Refused("A field has no key.", object=f"field {len(rows) + 1}")
        if field.key in keys:
            raise Refused("The key is there twice.", object=field.key)
        keys.add(field.key)
        row = {"key": field.key, "value": field.value}
        if field.comment is not None:
            row["comment"] = field.comment
        size += sum(len(text.encode("utf-8", "replace")) for text in row.values())
        rows.append(row)
    if not rows:
        raise Refused("Inline content needs at least one field.", object="fields")
    if size > LARGEST_CONTENT:
        raise Refused(
            f"The fields have {size} bytes; Lionbridge takes {LARGEST_CONTENT} in one content.",
            object="fields",
            next="Divide them among several contents, or send a file.",
        )
    return msgspec.json.encode({"fields": rows})
