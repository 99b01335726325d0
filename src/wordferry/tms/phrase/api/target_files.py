"""Exports and their single-use downloads.

Source: Phrase TMS API reference, "Download target file (async)" and "Download original file".
"""

from __future__ import annotations

from wordferry.errors import Spent
from wordferry.tms.phrase.api.answers import Answer, nothing, reader
from wordferry.tms.phrase.api.async_requests import Started
from wordferry.tms.phrase.api.bodies import JSON, encode
from wordferry.transport import Call, Endpoint, Kind

__all__ = ["ExportStarted", "Warnings", "download", "original", "start", "warnings"]


#: `async_request.id` is the single-use ticket of the download.
ExportStarted = Started


class Warnings(Answer, frozen=True, kw_only=True):
    """What the vendor remarks on a target file."""

    warnings: tuple[str, ...] = ()


_V2 = "/api2/v2/projects/{projectUid}/jobs/{jobUid}"
_V1 = "/api2/v1/projects/{projectUid}/jobs/{jobUid}"
_read = reader(ExportStarted)
_STARTS: dict[int, Endpoint[ExportStarted]] = {
    3: Endpoint(
        "target_files.start",
        "PUT",
        "/api2/v3/projects/{projectUid}/jobs/{jobUid}/targetFile",
        _read,
        Kind.EFFECT,
    ),
    2: Endpoint("target_files.start", "PUT", _V2 + "/targetFile", _read, Kind.EFFECT),
}
# What Phrase answers to a used id is not documented; 400 and 404 are the candidates, and both mean: ask for a
# new one.
_DOWNLOAD = Endpoint(
    "target_files.download",
    "GET",
    _V2 + "/downloadTargetFile/{asyncRequestId}",
    nothing,
    Kind.ONCE,
    reactions={400: Spent, 404: Spent, 409: Spent, 410: Spent},
    transfer=True,
)
_WARNINGS = Endpoint("target_files.warnings", "GET", _V1 + "/targetFileWarnings", reader(Warnings), Kind.READ)
_ORIGINAL = Endpoint("target_files.original", "GET", _V1 + "/original", nothing, Kind.READ, transfer=True)


def start(
    project_uid: str, job_uid: str, *, callback_url: str | None = None, version: int = 3
) -> Call[ExportStarted]:
    """Start the export of a target file.

    Args:
        project_uid: the project.
        job_uid: the job of the last workflow level.
        callback_url: told when the file is ready (version 3 only).
        version: 3, or 2 for installations that do not have it yet.

    Returns:
        The asynchronous request; its id is the ticket of the download.

    Raises:
        NotYet: the import still runs.
        Vanished: no such job.
        OutcomeUnknown: an export may be running; starting another is harmless, its orphan expires.

    Source: Phrase TMS API reference, "Download target file (async)".
    """
    params = {"projectUid": project_uid, "jobUid": job_uid}
    if version == 2:
        return Call(_STARTS[2], params)
    return Call(_STARTS[3], params, headers=JSON, body=encode({"callbackUrl": callback_url}))


def download(project_uid: str, job_uid: str, async_request_id: str) -> Call[None]:
    """Fetch an exported file. The ticket is used up when the transfer *starts*: never repeated once it left.

    Args:
        project_uid: the project.
        job_uid: the job.
        async_request_id: the ticket, from `start`.

    Raises:
        Spent: used before, or the transfer broke off; start a new export.
        NotYet: the export still runs.
        OutcomeUnknown: no answer came; the ticket may be used up, start a new export.
        TryAgain: it certainly never started (no connection, 429); the ticket is still good.

    Source: Phrase TMS API reference, "Download target file based on async request".
    """
    return Call(_DOWNLOAD, {"projectUid": project_uid, "jobUid": job_uid, "asyncRequestId": async_request_id})


def warnings(project_uid: str, job_uid: str) -> Call[Warnings]:
    """What the vendor remarks on the target file of a job.

    Raises:
        Vanished: no such job.

    Source: Phrase TMS API reference, "Get target file's warnings".
    """
    return Call(_WARNINGS, {"projectUid": project_uid, "jobUid": job_uid})


def original(project_uid: str, job_uid: str) -> Call[None]:
    """Fetch the source file as the vendor holds it. May be repeated.

    Raises:
        Vanished: no such job.
        TryAgain: the transfer broke off.

    Source: Phrase TMS API reference, "Download original file".
    """
    return Call(_ORIGINAL, {"projectUid": project_uid, "jobUid": job_uid})
