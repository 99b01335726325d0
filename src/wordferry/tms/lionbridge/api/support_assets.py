"""Support assets: reference files that go to the provider with a job.

Source: Content API, group "SupportAsset".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, Page, Step, collection, one
from wordferry.tms.lionbridge.api.bodies import JSON, json_body
from wordferry.transport import Call, Endpoint, Kind, nothing, query
from wordferry.transport.dates import Date

__all__ = ["SupportAsset", "create", "delete", "get", "page"]


class SupportAsset(Answer, frozen=True, kw_only=True):
    """A reference file of a job. Its languages and ids are for people; nobody checks them."""

    identity: ClassVar[str] = "support_asset_id"

    support_asset_id: str | None = None
    job_id: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    description: str | None = None
    source_native_ids: tuple[str, ...] | None = None
    source_native_language_code: str | None = None
    target_native_language_codes: tuple[str, ...] | None = None
    created_date: Date | None = None
    extended_metadata: dict[str, Any] | None = None


_ALL = "/jobs/{jobId}/supportassets"
_ONE = "/jobs/{jobId}/supportassets/{supportassetId}"
_CREATE = Endpoint("support_assets.create", "POST", _ALL, one(SupportAsset), Kind.EFFECT)
_LIST = Endpoint("support_assets.list", "GET", _ALL, collection(SupportAsset, "supportassets"), Kind.READ)
_GET = Endpoint("support_assets.get", "GET", _ONE, one(SupportAsset), Kind.READ)
_DELETE = Endpoint("support_assets.delete", "DELETE", _ONE, nothing, Kind.EFFECT)


def create(
    job_id: str,
    *,
    fms_file_id: str,
    description: str | None = None,
    source_native_ids: Sequence[str] | None = None,
    source_native_language_code: str | None = None,
    target_native_language_codes: Sequence[str] | None = None,
    extended_metadata: Mapping[str, str] | None = None,
) -> Call[SupportAsset]:
    """Add a reference file to a job.

    Args:
        job_id: a job that was not submitted yet.
        fms_file_id: a file whose upload is finished.
        description: for the provider.
        source_native_ids: for people.
        source_native_language_code: for people.
        target_native_language_codes: for people.
        extended_metadata: free values.

    Returns:
        The support asset.

    Raises:
        Refused: an unfinished upload, or the job was submitted.
        Vanished: no such job or file.
        OutcomeUnknown: list the support assets of the job before repeating.

    Source: Content API, "Add support asset to a job".
    """
    body = json_body(
        {
            "fmsFileId": fms_file_id,
            "description": description,
            "sourceNativeIds": source_native_ids,
            "sourceNativeLanguageCode": source_native_language_code,
            "targetNativeLanguageCodes": target_native_language_codes,
            "extendedMetadata": extended_metadata,
        }
    )
    return Call(_CREATE, {"jobId": job_id}, headers=JSON, body=body)


def page(step: Step, job_id: str) -> Call[Page[SupportAsset]]:
    """List the reference files of a job, newest first.

    Args:
        step: which page.
        job_id: the job.

    Raises:
        Vanished: no such job.

    Source: Content API, "Get all support assets in a job".
    """
    return Call(_LIST, {"jobId": job_id}, query=query((("next", step.cursor),)), link=step.only_link)


def get(job_id: str, support_asset_id: str) -> Call[SupportAsset]:
    """Get one reference file's description.

    Args:
        job_id: its job.
        support_asset_id: the support asset.

    Raises:
        Vanished: no such support asset.

    Source: Content API, "Get the support asset in a job identified by supportassetId".
    """
    return Call(_GET, {"jobId": job_id, "supportassetId": support_asset_id})


def delete(job_id: str, support_asset_id: str) -> Call[None]:
    """Take a reference file from a job.

    Args:
        job_id: its job.
        support_asset_id: the support asset.

    Raises:
        Refused: the job was submitted.
        Vanished: no such support asset.
        OutcomeUnknown: read it before repeating.

    Source: Content API, "Delete the support asset in a job identified by supportassetId".
    """
    return Call(_DELETE, {"jobId": job_id, "supportassetId": support_asset_id})
