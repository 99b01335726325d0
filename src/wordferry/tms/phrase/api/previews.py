"""Preview packages.

Sources: Phrase guide "Live Preview"; Phrase TMS API reference, "Upload job preview package".
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from wordferry.tms.phrase.api.answers import Id, Numbered, reader
from wordferry.tms.phrase.api.dates import Date
from wordferry.tms.phrase.api.references import Uid, UserRef
from wordferry.tms.phrase.api.uploads import content_disposition
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["PreviewPackage", "upload"]


class PreviewPackage(Numbered, frozen=True, kw_only=True):
    """An uploaded package. New jobs refer to `file_uid`, not to `uid`."""

    numbers: ClassVar[tuple[str, ...]] = ("id", "task_id")

    uid: str | None = None
    file_uid: str | None = None
    file_name: str | None = None
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


def upload(project_uid: str, *, package: bytes, filename: str = "preview.zip") -> Call[PreviewPackage]:
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
    boundary = secrets.token_hex(16)
    name = content_disposition(filename)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="preview.zip"; {name}\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    return Call(
        _UPLOAD,
        {"projectUid": project_uid},
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        body=head.encode("ascii") + package + f"\r\n--{boundary}--\r\n".encode("ascii"),
        subject=filename,
    )
