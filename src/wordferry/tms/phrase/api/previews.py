"""Preview packages.

Sources: Phrase guide "Live Preview"; Phrase TMS API reference, "Upload job preview package".
"""

from __future__ import annotations

from typing import ClassVar

from wordferry.tms.phrase.api.answers import Answer, Id, Numbered, nothing, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.references import Uid, UserRef
from wordferry.tms.phrase.api.uploads import Source, form_files
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["PreviewPackage", "asset", "upload"]


class Organization(Answer, frozen=True, kw_only=True):
    """Whose package it is."""

    uid: str | None = None
    name: str | None = None


class PreviewPackage(Numbered, frozen=True, kw_only=True):
    """An uploaded package. New jobs refer to `file_uid`, not to `uid`."""

    numbers: ClassVar[tuple[str, ...]] = ("id", "task_id")

    uid: str | None = None
    file_uid: str | None = None
    file_name: str | None = None
    organization_ref: Organization | None = None
    project_uid_ref: Uid | None = None
    job_uid_ref: Uid | None = None
    task_id: Id | None = None
    created_by_ref: UserRef | None = None
    date_created: Date | None = None


_UPLOAD = Endpoint(
    "previews.upload",
    "POST",
    "/api2/v1/projects/{projectUid}/jobPreviewPackage",
    reader(PreviewPackage),
    Kind.EFFECT,
    transfer=True,
)
_ASSET = Endpoint(
    "previews.asset",
    "GET",
    "/api2/v1/jobs/{jobPartUid}/previewPackage/asset/{assetFileUid}",
    nothing,
    Kind.READ,
    transfer=True,
)


def upload(project_uid: str, *, package: Source, filename: str = "preview.zip") -> Call[PreviewPackage]:
    """Upload a preview package.

    Args:
        project_uid: the project.
        package: a ZIP with one HTML entry point and its relatively linked assets; at most 100 MB.
        filename: its name.

    Returns:
        The package; pass its `file_uid` to `jobs.create`.

    Raises:
        Refused: a broken ZIP, or too large.
        OutcomeUnknown: it may be there; uploading again is harmless.

    Source: Phrase guide "Live Preview".
    """
    content_type, body = form_files("file", {filename: package})
    return Call(
        _UPLOAD,
        {"projectUid": project_uid},
        headers={"Content-Type": content_type},
        body=body,
        subject=filename,
    )


def asset(job_uid: str, asset_file_uid: str) -> Call[None]:
    """Fetch a file of a preview package, as the editor does. May be repeated.

    Args:
        job_uid: the job.
        asset_file_uid: from an address in the skeleton of the job's bilingual file.

    Raises:
        Vanished: no such job or file.
        TryAgain: the transfer broke off.

    Source: Phrase TMS API reference, "Get Job Preview Package assets".
    """
    return Call(_ASSET, {"jobPartUid": job_uid, "assetFileUid": asset_file_uid})
