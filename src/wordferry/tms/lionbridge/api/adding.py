"""Add requests to a job. Source: Content API, group "Request"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wordferry.errors import Refused
from wordferry.tms.lionbridge.api.answers import Page, collection
from wordferry.tms.lionbridge.api.bodies import JSON, json_body
from wordferry.tms.lionbridge.api.limits import check_name
from wordferry.tms.lionbridge.api.request import Request
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["add", "add_file"]

_ALL = "/jobs/{jobId}/requests"
_page = collection(Request, "requests")
_ADD = Endpoint("requests.add", "POST", _ALL + "/add", _page, Kind.EFFECT)
_ADD_FILE = Endpoint("requests.add_file", "POST", _ALL + "/addfile", _page, Kind.EFFECT)


def add(
    job_id: str,
    *,
    source_native_language_code: str,
    target_native_language_codes: Sequence[str],
    fms_file_id: str | None = None,
    source_content_id: str | None = None,
    request_name: str | None = None,
    source_native_id: str | None = None,
    target_native_ids: Sequence[str] | None = None,
    word_count: int | None = None,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[Page[Request]]:
    """Add requests to a job, one for each target language, from a file or from inline content.

    Args:
        job_id: a job that was not submitted yet.
        source_native_language_code: the vendor's code, as `en-US`.
        target_native_language_codes: one request each, no code twice.
        fms_file_id: a file whose upload is finished; this or `source_content_id`.
        source_content_id: inline content of the same job.
        request_name: at most 250 bytes of UTF-8.
        source_native_id: finds the source again: a path, a key.
        target_native_ids: find the targets; one for each language, in the same order.
        word_count: comes back with the request.
        extended_metadata: free values.

    Returns:
        All requests made, also when the vendor answers in pages.

    Raises:
        Refused: an unfinished upload, an unknown language pair, file and content together or neither.
        Vanished: no such job, file or content.
        OutcomeUnknown: some may exist; list the requests of the job before repeating.

    Source: Content API, "Add translation requests to a job".
    """
    _one_source(fms_file_id, source_content_id, names="fms_file_id and source_content_id")
    check_name(request_name, what="request")
    _parallel(target_native_language_codes, target_native_ids)
    body = json_body(
        {
            "requestName": request_name,
            "sourceNativeId": source_native_id,
            "sourceNativeLanguageCode": source_native_language_code,
            "targetNativeIds": target_native_ids,
            "targetNativeLanguageCodes": target_native_language_codes,
            "wordCount": word_count,
            "fmsFileId": fms_file_id,
            "sourcecontentId": source_content_id,
            "extendedMetadata": extended_metadata,
        }
    )
    return Call(_ADD, {"jobId": job_id}, headers=JSON, body=body)


def add_file(
    job_id: str,
    *,
    source_native_language_code: str,
    target_native_language_codes: Sequence[str],
    fms_file_id: str,
    request_name: str | None = None,
    source_native_id: str | None = None,
    target_native_ids: Sequence[str] | None = None,
    word_count: int | None = None,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[Page[Request]]:
    """Add requests to a job, one for each target language, from a file.

    Args:
        job_id: as in `add`.
        source_native_language_code: as in `add`.
        target_native_language_codes: as in `add`.
        fms_file_id: a file whose upload is finished.
        request_name: as in `add`.
        source_native_id: as in `add`.
        target_native_ids: as in `add`.
        word_count: as in `add`.
        extended_metadata: as in `add`.

    Returns:
        All requests made.

    Raises:
        Refused: an unfinished upload, an unknown language pair.
        Vanished: no such job or file.
        OutcomeUnknown: some may exist; list the requests of the job before repeating.

    Source: Content API, "Add translation requests to a job, based on a file".
    """
    made = add(
        job_id,
        source_native_language_code=source_native_language_code,
        target_native_language_codes=target_native_language_codes,
        fms_file_id=fms_file_id,
        request_name=request_name,
        source_native_id=source_native_id,
        target_native_ids=target_native_ids,
        word_count=word_count,
        extended_metadata=extended_metadata,
    )
    return Call(_ADD_FILE, made.params, headers=JSON, body=made.body)


def _one_source(file: str | None, content: str | None, *, names: str) -> None:
    if (file is None) == (content is None):
        raise Refused(
            "A request needs a file or inline content, " + ("not both." if file else "one of them."),
            object=names,
        )


def _parallel(languages: Sequence[str], targets: Sequence[str] | None) -> None:
    if isinstance(languages, str) or not languages:
        raise Refused(
            "At least one target language is needed, in a list.", object="target_native_language_codes"
        )
    if targets is not None and len(targets) not in (0, len(languages)):
        raise Refused(
            f"{len(targets)} target ids stand against {len(languages)} languages; there must be one for each.",
            object="target_native_ids",
        )
