"""Files: the first half of an upload, and the two downloads that lead to the file service.

Source: Content API, group "FileTransfer"; Lionbridge page "FMS Transfer for Content API Clients".
"""

from __future__ import annotations

from typing import ClassVar

from wordferry.tms.lionbridge.api.answers import Answer, one
from wordferry.tms.lionbridge.api.limits import check_file_name, cut_name
from wordferry.transport import Call, Endpoint, Kind, nothing, query

__all__ = ["OCTETS", "FmsTransfer", "create", "download", "retrieve_file"]

#: With another Accept the vendor refuses a download or sends it as text.
OCTETS = {"Accept": "application/octet-stream"}

#: Downloads answer with the address of the file, without the file. Source: Content API; HTTP knows more such codes.
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FmsTransfer(Answer, frozen=True, kw_only=True):
    """Where and how to send the bytes of one file. Both addresses and the token are as good as a password.

    Args:
        fms_file_id: names the file to requests, support assets and TM updates once it has arrived.
        fms_sas_token: goes along as the header `sastoken` with each call of a resumable upload.
        fms_upload_url: where a resumable upload (TUS) begins.
        fms_post_multipart_url: where a form with the whole file goes.
    """

    identity: ClassVar[str] = "fms_file_id"

    fms_file_id: str | None = None
    fms_sas_token: str | None = None
    fms_upload_url: str | None = None
    fms_post_multipart_url: str | None = None

    def __repr__(self) -> str:
        return f"FmsTransfer({self.fms_file_id})"


_CREATE = Endpoint("source_files.create", "POST", "/jobs/{jobId}/sourcefiles", one(FmsTransfer), Kind.EFFECT)
_DOWNLOAD = Endpoint(
    "source_files.download",
    "GET",
    "/jobs/{jobId}/sourcefiles/{fmsFileId}",
    nothing,
    Kind.READ,
    transfer=True,
    accepts=REDIRECTS,
)
_RETRIEVE = Endpoint(
    "requests.retrieve_file",
    "GET",
    "/jobs/{jobId}/requests/{requestId}/retrievefile",
    nothing,
    Kind.READ,
    transfer=True,
    accepts=REDIRECTS,
)


def create(job_id: str, *, filename: str) -> Call[FmsTransfer]:
    """Ask for a place to send a file to.

    Args:
        job_id: the job.
        filename: at most 250 bytes of UTF-8, with an extension.

    Returns:
        Addresses and token of the second half; see `upload`.

    Raises:
        Refused: the name is too long or has no extension.
        Vanished: no such job, or it is archived.
        OutcomeUnknown: a place nobody uses harms nobody; ask again.

    Source: Content API, "Initiates uploading file to a job".
    """
    check_file_name(filename)
    return Call(
        _CREATE,
        {"jobId": job_id},
        query=query((("fileName", filename),)),
        subject=f"jobId {job_id}, file {cut_name(filename, longest=80)!r}",
    )


def download(job_id: str, fms_file_id: str) -> Call[None]:
    """Fetch a source file as the vendor holds it. Not for translations: see `requests.retrieve_file`.

    Args:
        job_id: the job.
        fms_file_id: the file.

    Raises:
        Vanished: no such file.
        TryAgain: the transfer broke off; it may be repeated.

    Source: Content API, "Retrieve the source content of translation request as a file".
    """
    return Call(_DOWNLOAD, {"jobId": job_id, "fmsFileId": fms_file_id}, headers=OCTETS)


def retrieve_file(job_id: str, request_id: str) -> Call[None]:
    """Fetch the translation of a request as a file.

    Args:
        job_id: the job.
        request_id: a request in review, approved or rejected.

    Raises:
        Vanished: no such request, or nothing was delivered yet.
        TryAgain: the transfer broke off; it may be repeated.

    Source: Content API, "Retrieve the target content for translation request as a file".
    """
    return Call(_RETRIEVE, {"jobId": job_id, "requestId": request_id}, headers=OCTETS)
