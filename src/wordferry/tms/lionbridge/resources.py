"""The resources of the client: which calls it has, and how pages, uploads and downloads become values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal

from wordferry.errors import Spent
from wordferry.tms.lionbridge import uploads
from wordferry.tms.lionbridge.api import (
    adding,
    archive,
    jobs,
    listeners,
    providers,
    quota,
    requests,
    source_content,
    source_files,
    status_updates,
    support_assets,
    tm_updates,
)
from wordferry.tms.lionbridge.api.limits import groups
from wordferry.tms.lionbridge.api.request import Request
from wordferry.tms.lionbridge.collecting import Collected, Collection, Grouped
from wordferry.tms.lionbridge.storage import Storage
from wordferry.transport import Arriving, Calls, Downloaded, Made, Resource, Writable, save

__all__ = [
    "RESOURCES",
    "Jobs",
    "Listeners",
    "Providers",
    "Quotas",
    "Requests",
    "SourceContents",
    "SourceFiles",
    "StatusUpdates",
    "SupportAssets",
    "TmUpdates",
]

#: How bytes travel.
Way = Literal["tus", "multipart"]


class Jobs(Resource):
    """Jobs."""

    create = Made(jobs.create)
    get = Made(jobs.get)
    list = Collection(jobs.page)
    archived = Collection(jobs.archived)
    update = Made(jobs.update)
    replace = Made(jobs.replace)
    delete = Made(jobs.delete)
    submit = Made(jobs.submit)
    complete = Made(jobs.complete)
    in_translation = Made(jobs.in_translation)
    unarchive = Made(archive.unarchive)
    archive = Made(archive.archive)


class SourceFiles(Resource):
    """Source files.

    Args:
        calls: the way to the API.
        storage: the file service.
    """

    def __init__(self, calls: Calls, storage: Storage) -> None:
        super().__init__(calls)
        self._storage = storage

    create = Made(source_files.create)

    async def upload(
        self,
        transfer: source_files.FmsTransfer,
        file: uploads.Source,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        way: Way | None = None,
    ) -> None:
        """Send the bytes of a file to the place that `create` gave.

        Args:
            transfer: what `create` returned.
            file: its bytes, a path, or a stream with a length; read piece by piece.
            filename: for the file service; the name of the path when left out.
            content_type: MIME type; guessed from the name when left out.
            way: `tus` (survives broken connections) or `multipart` (a form, up to 200 MB); left out, a file below 1 MB
                goes as a form and a larger one by TUS.

        Raises:
            Spent: the place has expired or was used; ask for a new one.
            TryAgain: the file service is away.
            Refused: the file cannot be read, changed while it was sent, or is too large for a form.
            OutcomeUnknown: the answer to a form was lost; ask for a new place.

        Source: Lionbridge page "FMS Transfer for Content API Clients".
        """
        await uploads.send(
            self._storage, transfer, file, filename=filename, content_type=content_type, way=way
        )

    async def begin(
        self,
        transfer: source_files.FmsTransfer,
        file: uploads.Source,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        chunk_size: int = uploads.CHUNK,
    ) -> uploads.Upload:
        """Begin an upload that survives the end of this process; `resume` sends the bytes.

        Args:
            transfer: what `create` returned.
            file: as in `upload`; read once to know it again.
            filename: as in `upload`.
            content_type: as in `upload`.
            chunk_size: bytes in one piece.

        Returns:
            The state: a small value that can be stored. It opens the upload to whoever has it.

        Raises:
            WordferryError: as in `upload`.

        Source: Lionbridge page "FMS Transfer for Content API Clients"; TUS protocol 1.0.0.
        """
        return await uploads.begin(
            self._storage,
            transfer,
            file,
            filename=filename,
            content_type=content_type,
            chunk_size=chunk_size,
        )

    async def resume(self, upload: uploads.Upload, file: uploads.Source) -> None:
        """Send what has not arrived yet of an upload that `begin` began, in this process or another.

        Args:
            upload: what `begin` returned.
            file: the same file.

        Raises:
            Spent: the place has expired; ask for a new one.
            TryAgain: the file service is away; resume later.
            Refused: it is not the same file.
        """
        await uploads.resume(self._storage, upload, file)

    async def send(
        self,
        job_id: str,
        file: uploads.Source,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        way: Way | None = None,
    ) -> str:
        """Ask for a place and send a file there: `create` and `upload` in one.

        Args:
            job_id: the job.
            file: as in `upload`.
            filename: as in `create`; the name of the path when left out.
            content_type: as in `upload`.
            way: as in `upload`.

        Returns:
            The file's id, for requests, support assets and TM updates.

        Raises:
            WordferryError: as in `create` and `upload`.
        """
        name = uploads.name_of(file, filename)
        attempts = 2
        while True:
            attempts -= 1
            transfer = await self.create(job_id, filename=name)
            try:
                await self.upload(transfer, file, filename=name, content_type=content_type, way=way)
            except Spent:
                # Nothing refers to the place yet: leaving it and asking for another one harms nobody.
                if not attempts:
                    raise
                continue
            return transfer.fms_file_id or ""

    async def download(self, job_id: str, fms_file_id: str, *, to: Writable) -> Downloaded:
        """Fetch a source file as the vendor holds it into `to`.

        Not for translations: see `requests.retrieve_file`.

        Args:
            job_id: the job.
            fms_file_id: the file.
            to: an open binary file; after an error it holds a beginning.

        Returns:
            Size, name and type.

        Raises:
            Vanished: no such file.
            TryAgain: the transfer broke off; it may be repeated.

        Source: Content API, "Retrieve the source content of translation request as a file".
        """
        async with self.stream(job_id, fms_file_id) as arriving:
            return await save(arriving, to)

    def stream(self, job_id: str, fms_file_id: str) -> AbstractAsyncContextManager[Arriving]:
        """Fetch a source file piece by piece: `async with … as body: async for piece in body`. See `download`."""
        call = source_files.download(job_id, fms_file_id)
        return self._storage.follow(self.calls, call)


class Requests(Resource):
    """Translation requests.

    Args:
        calls: the way to the API.
        storage: the file service.
    """

    def __init__(self, calls: Calls, storage: Storage) -> None:
        super().__init__(calls)
        self._storage = storage

    add = Collected(adding.add)
    add_file = Collected(adding.add_file)
    get = Made(requests.get)
    update = Made(requests.update)
    update_file_content = Collected(requests.update_file_content)
    update_content = Collected(requests.update_content)
    approve = Collected(requests.approve)
    reject = Collected(requests.reject)
    delete = Made(requests.delete)
    retrieve = Collected(source_content.retrieve)
    update_many = Grouped(requests.update_many)
    _page = Collection(requests.page)

    async def list(
        self, job_id: str, *, status: str | None = None, ids: Sequence[str] | None = None
    ) -> AsyncIterator[Request]:
        """List the requests of a job, newest first.

        Args:
            job_id: the job.
            status: only those in this state.
            ids: only these, however many: they are asked for in groups of 50. Those the job does not have are left out
                without a word.

        Raises:
            Vanished: no such job, or it is archived.

        Source: Content API, "Get all translation requests in a job".
        """
        for group in (None,) if ids is None else groups(ids):
            async for request in self._page(job_id, status=status, ids=group):
                yield request

    async def retrieve_file(self, job_id: str, request_id: str, *, to: Writable) -> Downloaded:
        """Fetch the translation of a request as a file into `to`.

        Args:
            job_id: its job.
            request_id: a request in review, approved or rejected.
            to: an open binary file; after an error it holds a beginning.

        Returns:
            Size, name and type.

        Raises:
            Vanished: no such request, or nothing was delivered yet.
            TryAgain: the transfer broke off; it may be repeated.

        Source: Content API, "Retrieve the target content for translation request as a file".
        """
        async with self.stream_file(job_id, request_id) as arriving:
            return await save(arriving, to)

    def stream_file(self, job_id: str, request_id: str) -> AbstractAsyncContextManager[Arriving]:
        """Fetch a translation piece by piece: `async with … as body: async for piece in body`. See `retrieve_file`."""
        call = source_files.retrieve_file(job_id, request_id)
        return self._storage.follow(self.calls, call)


class SourceContents(Resource):
    """Inline content."""

    create = Made(source_content.create)
    get = Made(source_content.get)
    replace = Made(source_content.replace)


class SupportAssets(Resource):
    """Reference files of jobs."""

    create = Made(support_assets.create)
    list = Collection(support_assets.page)
    get = Made(support_assets.get)
    delete = Made(support_assets.delete)


class TmUpdates(Resource):
    """Updates of translation memories."""

    create = Made(tm_updates.create)
    list = Collection(tm_updates.page)
    get = Made(tm_updates.get)


class Providers(Resource):
    """Who translates."""

    get = Made(providers.get)
    list = Collection(providers.page)


class Listeners(Resource):
    """Listeners and what did not reach them."""

    create = Made(listeners.create)
    get = Made(listeners.get)
    list = Collection(listeners.page)
    update = Made(listeners.update)
    delete = Made(listeners.delete)
    pending = Collection(listeners.pending)
    failed = Collection(listeners.failed)
    retry = Made(listeners.retry)
    retry_many = Made(listeners.retry_many)


class StatusUpdates(Resource):
    """What changed and was not acknowledged yet."""

    list = Collection(status_updates.page)
    for_job = Collection(status_updates.for_job)
    for_provider = Collection(status_updates.for_provider)
    acknowledge = Made(status_updates.acknowledge)


class Quotas(Resource):
    """What the credential may still do."""

    get = Made(quota.get)


#: The client's attributes.
RESOURCES: dict[str, type[Resource]] = {
    "jobs": Jobs,
    "source_files": SourceFiles,
    "requests": Requests,
    "source_content": SourceContents,
    "support_assets": SupportAssets,
    "tm_updates": TmUpdates,
    "providers": Providers,
    "listeners": Listeners,
    "status_updates": StatusUpdates,
    "quota": Quotas,
}
