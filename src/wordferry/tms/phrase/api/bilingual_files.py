"""Bilingual files: the segments of jobs with both languages, out and back in.

Source: Phrase TMS API reference, "Download bilingual file" and "Upload bilingual file".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wordferry.errors import Refused
from wordferry.tms.phrase.api.answers import nothing, reader
from wordferry.tms.phrase.api.bodies import JSON, encode, references
from wordferry.tms.phrase.api.jobs import JobsListed
from wordferry.tms.phrase.api.uploads import Source, form_files
from wordferry.transport import Call, Endpoint, Kind, query

__all__ = ["download", "upload"]

# A POST that changes nothing: the uids would not fit into an address.
_DOWNLOAD = Endpoint(
    "bilingual_files.download",
    "POST",
    "/api2/v1/projects/{projectUid}/jobs/bilingualFile",
    nothing,
    Kind.READ,
    transfer=True,
)
_UPLOAD = Endpoint(
    "bilingual_files.upload",
    "POST",
    "/api2/v2/bilingualFiles",
    reader(JobsListed),
    Kind.EFFECT,
    transfer=True,
)


def download(
    project_uid: str,
    job_uids: Sequence[str],
    *,
    format: str | None = None,
    preview: bool | None = None,
) -> Call[None]:
    """Fetch one bilingual file of several jobs. May be repeated.

    Args:
        project_uid: the project.
        job_uids: 1 to 1000 jobs of this project.
        format: `MXLF` (the vendor's default), `DOCX`, `XLIFF` or `TMX`.
        preview: with the preview inside; the vendor's default is yes.

    Raises:
        Refused: the jobs do not go together, or a format that is not known.
        Vanished: no such project or job.
        NotYet: the import still runs.
        TryAgain: the transfer broke off.

    Source: Phrase TMS API reference, "Download bilingual file".
    """
    return Call(
        _DOWNLOAD,
        {"projectUid": project_uid},
        query=query((("format", format), ("preview", preview))),
        headers=JSON,
        body=encode({"jobs": references(job_uids)}),
    )


def upload(
    files: Mapping[str, Source],
    *,
    save_to_trans_memory: str | None = None,
    set_completed: bool | None = None,
) -> Call[JobsListed]:
    """Bring edited bilingual files back into their jobs.

    Args:
        files: name → file; 50 at most, a ZIP is unpacked by the vendor.
        save_to_trans_memory: which segments go to the translation memory: `Confirmed` (the vendor's default), `All`
            or `None`.
        set_completed: complete the jobs afterwards.

    Returns:
        The jobs that were changed, and their project.

    Raises:
        Refused: no file, more than 50, or one that belongs to no job.
        OutcomeUnknown: the same files twice are the same.

    Source: Phrase TMS API reference, "Upload bilingual file".
    """
    if not files:
        raise Refused("There is no file to upload.", next="Name one file at least.")
    content_type, body = form_files("file", files)
    return Call(
        _UPLOAD,
        query=query((("saveToTransMemory", save_to_trans_memory), ("setCompleted", set_completed))),
        headers={"Content-Type": content_type},
        body=body,
        subject=", ".join(files) if len(files) < 4 else f"{len(files)} files",
    )
