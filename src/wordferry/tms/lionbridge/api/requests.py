"""Translation requests: one for each target language of a file or a piece of content.

Source: Content API, group "Request", and "Replace inline content" of the group "NotYetImplemented".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one, one_or_none
from wordferry.tms.lionbridge.api.bodies import JSON, json_body
from wordferry.tms.lionbridge.api.limits import check_ids, check_name
from wordferry.tms.lionbridge.api.request import Request
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = [
    "approve",
    "delete",
    "following",
    "get",
    "page",
    "reject",
    "update",
    "update_content",
    "update_file_content",
    "update_many",
]


A = TypeVar("A", bound=Answer)


_ALL = "/jobs/{jobId}/requests"
_ONE = "/jobs/{jobId}/requests/{requestId}"
_page = collection(Request, "requests")
_LIST = Endpoint("requests.list", "GET", _ALL, _page, Kind.READ)
_GET = Endpoint("requests.get", "GET", _ONE, one(Request), Kind.READ)
_UPDATE = Endpoint("requests.update", "PATCH", _ONE, one(Request), Kind.EFFECT)
_UPDATE_MANY = Endpoint("requests.update_many", "PATCH", _ALL, _page, Kind.EFFECT)
_UPDATE_FILE = Endpoint(
    "requests.update_file_content", "PUT", _ALL + "/updatefilecontent", _page, Kind.EFFECT
)
_UPDATE_CONTENT = Endpoint(
    "requests.update_content",
    "PUT",
    _ALL + "/updatecontent",
    _page,
    Kind.EFFECT,
    reactions={501: Refused},
)
_APPROVE = Endpoint("requests.approve", "PUT", _ALL + "/approve", _page, Kind.EFFECT)
_REJECT = Endpoint("requests.reject", "PUT", _ALL + "/reject", _page, Kind.EFFECT)
_DELETE = Endpoint("requests.delete", "DELETE", _ONE, one_or_none(Request), Kind.EFFECT)


def page(
    step: Step, job_id: str, *, status: str | None = None, ids: Sequence[str] | None = None
) -> Call[Page[Request]]:
    """List the requests of a job, newest first.

    Args:
        step: which page.
        job_id: the job.
        status: only those in this state.
        ids: only these; those the job does not have are left out without a word.

    Raises:
        Vanished: no such job, or it is archived.

    Source: Content API, "Get all translation requests in a job".
    """
    check_ids(ids)
    filters = (("status", status), ("id", None if ids is None else list(ids)), ("next", step.cursor))
    return Call(_LIST, {"jobId": job_id}, query=query(filters), link=step.only_link)


def following(step: Step, job_id: str, decode: Callable[[bytes], Page[A]]) -> Call[Page[A]]:
    """The next page of an answer that came in pages: it is read, whatever made the first one.

    Args:
        step: which page.
        job_id: the job of the first call.
        decode: of the first call.
    """
    endpoint = Endpoint("requests.following", "GET", _ALL, decode, Kind.READ)
    # The link first: only it knows what the cursor belongs to.
    filters = query((("next", step.cursor),))
    return Call(endpoint, {"jobId": job_id}, query=filters, link=step.link)


def get(job_id: str, request_id: str) -> Call[Request]:
    """Get one request.

    Args:
        job_id: its job.
        request_id: the request.

    Raises:
        Vanished: no such request.

    Source: Content API, "Get the translation request in a job identified by requestId".
    """
    return Call(_GET, {"jobId": job_id, "requestId": request_id})


def update(
    job_id: str,
    request_id: str,
    *,
    request_name: str | None = None,
    source_native_id: str | None = None,
    source_native_language_code: str | None = None,
    file_id: str | None = None,
    source_content_id: str | None = None,
    target_native_id: str | None = None,
    target_native_language_code: str | None = None,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[Request]:
    """Change a request of a job that was not submitted yet. What is left out stays as it is.

    Args:
        job_id: its job.
        request_id: the request.
        request_name: as in `add`.
        source_native_id: as in `add`.
        source_native_language_code: as in `add`.
        file_id: another finished file; this or `source_content_id`.
        source_content_id: other inline content.
        target_native_id: finds the target.
        target_native_language_code: another language.
        extended_metadata: free values.

    Returns:
        The request as it is now.

    Raises:
        Refused: the job was submitted, or a value is bad.
        Vanished: no such request.
        OutcomeUnknown: read the request before repeating.

    Source: Content API, "Update the translation request in a job identified by requestId".
    """
    body = _changes(
        request_name,
        source_native_id,
        source_native_language_code,
        file_id,
        source_content_id,
        target_native_id,
        target_native_language_code,
        extended_metadata,
    )
    return Call(_UPDATE, {"jobId": job_id, "requestId": request_id}, headers=JSON, body=body)


def update_many(
    job_id: str,
    *,
    ids: Sequence[str],
    request_name: str | None = None,
    source_native_id: str | None = None,
    source_native_language_code: str | None = None,
    file_id: str | None = None,
    source_content_id: str | None = None,
    target_native_id: str | None = None,
    target_native_language_code: str | None = None,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[Page[Request]]:
    """Change several requests of a job in the same way. What is left out stays as it is.

    Args:
        job_id: their job.
        ids: the requests.
        request_name: as in `update`.
        source_native_id: as in `update`.
        source_native_language_code: as in `update`.
        file_id: as in `update`.
        source_content_id: as in `update`.
        target_native_id: as in `update`.
        target_native_language_code: as in `update`.
        extended_metadata: as in `update`.

    Returns:
        The requests as they are now.

    Raises:
        Refused: the job was submitted, or a value is bad.
        Vanished: one of them does not exist.
        OutcomeUnknown: read the requests before repeating.

    Source: Content API, "Update the translation requests in a job identified by requestIds".
    """
    if not ids:
        raise Refused("No request was named.", object="ids")
    check_ids(ids)
    body = _changes(
        request_name,
        source_native_id,
        source_native_language_code,
        file_id,
        source_content_id,
        target_native_id,
        target_native_language_code,
        extended_metadata,
    )
    return Call(_UPDATE_MANY, {"jobId": job_id}, query=query((("id", list(ids)),)), headers=JSON, body=body)


def update_file_content(
    job_id: str, *, fms_file_id: str, request_ids: Sequence[str] | None = None
) -> Call[Page[Request]]:
    """Point existing requests at another file.

    Args:
        job_id: a job that was not submitted yet.
        fms_file_id: a file whose upload is finished.
        request_ids: the requests; all of the job when left out.

    Returns:
        The requests as they are now.

    Raises:
        Refused: an unfinished upload, or the job was submitted.
        Vanished: no such job, file or request.
        OutcomeUnknown: read the requests before repeating.

    Source: Content API, "Replace file content associated to existing translation requests".
    """
    body = json_body({"requestIds": _some(request_ids), "fmsFileId": fms_file_id})
    return Call(_UPDATE_FILE, {"jobId": job_id}, headers=JSON, body=body)


def update_content(
    job_id: str, *, source_content_id: str, request_ids: Sequence[str] | None = None
) -> Call[Page[Request]]:
    """Point existing requests at other inline content. The vendor has announced this call and not built it.

    Args:
        job_id: a job that was not submitted yet.
        source_content_id: content of the same job.
        request_ids: the requests; all of the job when left out.

    Returns:
        The requests as they are now.

    Raises:
        Refused: not implemented by the vendor; `source_content.replace` changes the content itself.
        OutcomeUnknown: read the requests before repeating.

    Source: Content API, group "NotYetImplemented".
    """
    body = json_body({"requestIds": _some(request_ids), "sourcecontentId": source_content_id})
    return Call(_UPDATE_CONTENT, {"jobId": job_id}, headers=JSON, body=body)


def approve(job_id: str, *, request_ids: Sequence[str]) -> Call[Page[Request]]:
    """Approve translations that are in review.

    Args:
        job_id: their job.
        request_ids: the requests.

    Returns:
        The requests, state TRANSLATION_APPROVED.

    Raises:
        Refused: one of them is not in review; none was approved.
        Vanished: one of them does not exist.
        OutcomeUnknown: read the requests before repeating.

    Source: Content API, "Approve translated content of specified request(s)".
    """
    return Call(
        _APPROVE, {"jobId": job_id}, headers=JSON, body=json_body({"requestIds": _named(request_ids)})
    )


def reject(job_id: str, *, request_ids: Sequence[str], note: str | None = None) -> Call[Page[Request]]:
    """Send translations back to the provider, who may deliver again. Not every provider supports that.

    Args:
        job_id: their job.
        request_ids: the requests.
        note: the reasons, for the provider.

    Returns:
        The requests, state TRANSLATION_REJECTED.

    Raises:
        Refused: one of them is not in review, or the provider takes no rejections.
        Vanished: one of them does not exist.
        OutcomeUnknown: read the requests before repeating.

    Source: Content API, "Reject translated content of specified request(s)".
    """
    body = json_body({"requestIds": _named(request_ids), "note": note})
    return Call(_REJECT, {"jobId": job_id}, headers=JSON, body=body)


def delete(job_id: str, request_id: str) -> Call[Request | None]:
    """Delete a request of a job that was not submitted yet.

    Args:
        job_id: its job.
        request_id: the request.

    Returns:
        The deleted request when the vendor sends it.

    Raises:
        Refused: the job was submitted.
        Vanished: no such request.
        OutcomeUnknown: read the request before repeating.

    Source: Content API, "Delete the translation request in a job identified by requestId".
    """
    return Call(_DELETE, {"jobId": job_id, "requestId": request_id})


def _changes(
    request_name: str | None,
    source_native_id: str | None,
    source_native_language_code: str | None,
    file_id: str | None,
    source_content_id: str | None,
    target_native_id: str | None,
    target_native_language_code: str | None,
    extended_metadata: Mapping[str, str] | None,
) -> bytes:
    check_name(request_name, what="request")
    if file_id is not None and source_content_id is not None:
        raise Refused(
            "A request has a file or inline content, not both.", object="file_id, source_content_id"
        )
    return json_body(
        {
            "requestName": request_name,
            "sourceNativeId": source_native_id,
            "sourceNativeLanguageCode": source_native_language_code,
            # The same file is `fmsFileId` where requests are added.
            "fileId": file_id,
            "sourcecontentId": source_content_id,
            "targetNativeId": target_native_id,
            "targetNativeLanguageCode": target_native_language_code,
            "extendedMetadata": extended_metadata,
        }
    )


def _named(request_ids: Sequence[str]) -> list[str]:
    if isinstance(request_ids, str) or not request_ids:
        raise Refused("No request was named.", object="request_ids")
    return list(request_ids)


def _some(request_ids: Sequence[str] | None) -> list[str] | None:
    # An empty list must not turn into "all of the job".
    return None if request_ids is None else _named(request_ids)
