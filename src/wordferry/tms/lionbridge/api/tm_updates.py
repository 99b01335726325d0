"""Updates of the provider's translation memory by a file.

Source: Content API, group "TranslationMemory".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one
from wordferry.tms.lionbridge.api.bodies import JSON, json_body
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["TmUpdate", "create", "get", "page"]


class TmUpdate(Answer, frozen=True, kw_only=True):
    """A file that updates the translation memory of one language pair."""

    identity: ClassVar[str] = "tm_update_id"

    tm_update_id: str | None = None
    job_id: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    source_native_language_code: str | None = None
    target_native_language_code: str | None = None
    extended_metadata: dict[str, Any] | None = None


_ALL = "/jobs/{jobId}/tmupdates"
_CREATE = Endpoint("tm_updates.create", "POST", _ALL, one(TmUpdate), Kind.EFFECT)
_LIST = Endpoint("tm_updates.list", "GET", _ALL, collection(TmUpdate, "tmupdates"), Kind.READ)
_GET = Endpoint("tm_updates.get", "GET", _ALL + "/{tmupdateId}", one(TmUpdate), Kind.READ)


def create(
    job_id: str,
    *,
    fms_file_id: str,
    source_native_language_code: str,
    target_native_language_code: str,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[TmUpdate]:
    """Send a file to the translation memory of the job's provider.

    Args:
        job_id: a job that was not submitted yet.
        fms_file_id: a file whose upload is finished.
        source_native_language_code: the vendor's code.
        target_native_language_code: the vendor's code.
        extended_metadata: free values.

    Returns:
        The update.

    Raises:
        Refused: an unfinished upload, or the provider takes no updates.
        Vanished: no such job or file.
        OutcomeUnknown: list the updates of the job before repeating.

    Source: Content API, "Add a file to existing translation memory of translation job".
    """
    body = json_body(
        {
            "fmsFileId": fms_file_id,
            "sourceNativeLanguageCode": source_native_language_code,
            "targetNativeLanguageCode": target_native_language_code,
            "extendedMetadata": extended_metadata,
        }
    )
    return Call(_CREATE, {"jobId": job_id}, headers=JSON, body=body)


def page(step: Step, job_id: str) -> Call[Page[TmUpdate]]:
    """List the updates of a job.

    Args:
        step: which page.
        job_id: the job.

    Raises:
        Vanished: no such job.

    Source: Content API, "Get translation memories of translation job".
    """
    return Call(_LIST, {"jobId": job_id}, query=query((("next", step.cursor),)), link=step.only_link)


def get(job_id: str, tm_update_id: str) -> Call[TmUpdate]:
    """Get one update.

    Args:
        job_id: its job.
        tm_update_id: the update.

    Raises:
        Vanished: no such update.

    Source: Content API, "Get a specific translation memory of translation job".
    """
    return Call(_GET, {"jobId": job_id, "tmupdateId": tm_update_id})
