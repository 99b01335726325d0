"""The resources of the client that carry files: exports, bilingual files, preview packages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from wordferry.tms.phrase.api import bilingual_files, previews, target_files
from wordferry.transport import Arriving, Downloaded, Made, Resource, Writable, save

__all__ = ["BilingualFiles", "Previews", "TargetFiles"]


class TargetFiles(Resource):
    """Exports and downloads."""

    start = Made(target_files.start)
    warnings = Made(target_files.warnings)

    async def download(
        self, project_uid: str, job_uid: str, async_request_id: str, *, to: Writable
    ) -> Downloaded:
        """Fetch an exported file into `to`. The ticket is used up when the transfer *starts*.

        Args:
            project_uid: the project.
            job_uid: the job.
            async_request_id: the ticket, from `start`.
            to: where its bytes go as they come; after an error it holds a beginning: write to a temporary place.

        Raises:
            Spent: used before, or the transfer broke off; start a new export.
            NotYet: the export still runs.
            OutcomeUnknown: no answer came; the ticket may be used up, start a new export.
            TryAgain: it certainly never started (no connection, 429); the ticket is still good.

        Source: Phrase TMS API reference, "Download target file based on async request".
        """
        async with self.stream(project_uid, job_uid, async_request_id) as arriving:
            return await save(arriving, to)

    def stream(
        self, project_uid: str, job_uid: str, async_request_id: str
    ) -> AbstractAsyncContextManager[Arriving]:
        """Fetch an exported file piece by piece.

        Use as `async with client.target_files.stream(…) as body: async for piece in body: …`. See
        `api.target_files.download` for arguments and errors; those of a broken transfer come from the
        iteration.
        """
        return self.calls.stream(target_files.download(project_uid, job_uid, async_request_id))

    async def original(self, project_uid: str, job_uid: str, *, to: Writable) -> Downloaded:
        """Fetch the source file as the vendor holds it into `to`.

        Args:
            project_uid: the project.
            job_uid: the job.
            to: where its bytes go; after an error it holds a beginning.

        Raises:
            Vanished: no such job.
            TryAgain: the transfer broke off; it may be repeated.

        Source: Phrase TMS API reference, "Download original file".
        """
        async with self.stream_original(project_uid, job_uid) as arriving:
            return await save(arriving, to)

    def stream_original(self, project_uid: str, job_uid: str) -> AbstractAsyncContextManager[Arriving]:
        """Fetch the source file piece by piece. See `api.target_files.original`."""
        return self.calls.stream(target_files.original(project_uid, job_uid))


class BilingualFiles(Resource):
    """Segments of jobs in both languages, out and back in."""

    async def download(
        self,
        project_uid: str,
        job_uids: Sequence[str],
        *,
        to: Writable,
        format: str | None = None,
        preview: bool | None = None,
    ) -> Downloaded:
        """Fetch one bilingual file of several jobs into `to`.

        Args:
            project_uid: the project.
            job_uids: 1 to 1000 jobs of this project.
            to: where its bytes go; after an error it holds a beginning.
            format: `MXLF` (the vendor's default), `DOCX`, `XLIFF` or `TMX`.
            preview: with the preview inside; the vendor's default is yes.

        Raises:
            Refused: the jobs do not go together, or a format that is not known.
            Vanished: no such project or job.
            NotYet: the import still runs.
            TryAgain: the transfer broke off; it may be repeated.

        Source: Phrase TMS API reference, "Download bilingual file".
        """
        call = bilingual_files.download(project_uid, job_uids, format=format, preview=preview)
        async with self.calls.stream(call) as arriving:
            return await save(arriving, to)

    upload = Made(bilingual_files.upload)


class Previews(Resource):
    """Preview packages."""

    upload = Made(previews.upload)

    async def asset(self, job_uid: str, asset_file_uid: str, *, to: Writable) -> Downloaded:
        """Fetch a file of a preview package into `to`, as the editor does.

        Args:
            job_uid: the job.
            asset_file_uid: from an address in the skeleton of the job's bilingual file.
            to: where its bytes go; after an error it holds a beginning.

        Raises:
            Vanished: no such job or file.
            TryAgain: the transfer broke off; it may be repeated.

        Source: Phrase TMS API reference, "Get Job Preview Package assets".
        """
        async with self.calls.stream(previews.asset(job_uid, asset_file_uid)) as arriving:
            return await save(arriving, to)
