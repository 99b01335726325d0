"""The resources of the client: which calls it has, and how pages and downloads become iterators and files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Concatenate, ParamSpec, TypeVar

import msgspec

from wordferry.errors import Refused
from wordferry.tms.phrase.api import (
    analyses,
    async_requests,
    auth,
    email_templates,
    jobs,
    languages,
    previews,
    projects,
    providers,
    target_files,
    templates,
)
from wordferry.tms.phrase.api.answers import Page
from wordferry.tms.phrase.api.errors import largest_page
from wordferry.tms.phrase.api.paging import LARGEST, Sheet
from wordferry.transport import (
    Arriving,
    Call,
    Calls,
    Downloaded,
    Listed,
    Made,
    Resource,
    Tokens,
    Writable,
    save,
)

__all__ = [
    "RESOURCES",
    "Analyses",
    "AsyncRequests",
    "Auth",
    "EmailTemplates",
    "Jobs",
    "Languages",
    "Previews",
    "Projects",
    "Providers",
    "TargetFiles",
    "Templates",
]

P = ParamSpec("P")
T = TypeVar("T")


class _Listed(Listed[Sheet, P, Page[T], T]):
    """A paged call of `api/` as a method that iterates over all items of all pages."""

    def __init__(self, build: Callable[Concatenate[Sheet, P], Call[Page[T]]]) -> None:
        super().__init__(build, _items)


class _Pages(Resource):
    """A resource with lists; remembers the largest page the vendor allows."""

    largest = LARGEST


async def _items(resource: _Pages, build: Callable[[Sheet], Call[Page[T]]]) -> AsyncIterator[T]:
    number = 0
    # A list that grows while it is read shifts: the same item can come again on the next page.
    seen: set[str] = set()
    while True:
        size = resource.largest
        try:
            page = await resource.calls.run(build(Sheet(number, size)))
        except Refused as error:
            allowed = largest_page(error.what)
            if allowed is None or allowed >= size:
                raise
            number = number * size // allowed
            resource.largest = allowed
            continue
        for item in page.content:
            uid = getattr(item, "uid", None) or getattr(item, "id", None)
            if uid is not None:
                if uid in seen:
                    continue
                seen.add(uid)
            yield item
        number += 1
        last = number >= page.total_pages if page.total_pages is not None else len(page.content) < size
        if last or not page.content:
            return


class Auth(Resource):
    """The token, and who it belongs to."""

    def __init__(self, calls: Calls, tokens: Tokens) -> None:
        super().__init__(calls)
        self._tokens = tokens

    who_am_i = Made(auth.who_am_i)

    async def token(self) -> str:
        """The current bearer token, exchanged first when needed.

        Raises:
            NeedsOperator: the API token was refused.
            TryAgain: the token service is away.
        """
        return await self._tokens.get()


class Templates(_Pages):
    """Project templates."""

    list = _Listed(templates.page)
    get = Made(templates.get)


class Projects(_Pages):
    """Projects."""

    from_template = Made(projects.from_template)
    get = Made(projects.get)
    list = _Listed(projects.page)
    workflow_steps = Made(projects.workflow_steps)
    set_status = Made(projects.set_status)
    archive = Made(projects.archive)


class Jobs(_Pages):
    """Jobs."""

    create = Made(jobs.create)
    get = Made(jobs.get)
    list = _Listed(jobs.page)
    set_status = Made(jobs.set_status)
    update_source = Made(jobs.update_source)
    delete = Made(jobs.delete)

    async def all_levels(
        self,
        project_uid: str,
        *,
        last_level: int | None = None,
        status: tuple[str, ...] | None = None,
        filename: str | None = None,
        target_lang: str | None = None,
        not_ready: bool | None = None,
    ) -> AsyncIterator[jobs.Job]:
        """Iterate over the jobs of all workflow levels, level by level.

        Args:
            project_uid: the project.
            last_level: its last workflow level; read from the project when left out (one more call).
            status: filter, as in `list`.
            filename: filter, as in `list`.
            target_lang: filter, as in `list`.
            not_ready: filter, as in `list`.

        Returns:
            Jobs, each with its `workflow_level` filled in, also where the vendor leaves it out.

        Raises:
            Vanished: no such project.

        Source: Phrase TMS API reference, "List jobs": only level 1 comes unless another is asked for.
        """
        if last_level is None:
            last_level = (await self.calls.run(projects.get(project_uid))).last_level
        for level in range(1, last_level + 1):
            found = self.list(
                project_uid,
                workflow_level=level,
                status=status,
                filename=filename,
                target_lang=target_lang,
                not_ready=not_ready,
            )
            async for job in found:
                yield (
                    job if job.workflow_level == level else msgspec.structs.replace(job, workflow_level=level)
                )


class AsyncRequests(_Pages):
    """Work that goes on after the answer."""

    get = Made(async_requests.get)
    pending = _Listed(async_requests.page)
    status = Made(async_requests.status)


class TargetFiles(Resource):
    """Exports and downloads."""

    start = Made(target_files.start)
    warnings = Made(target_files.warnings)

    async def download(
        self, project_uid: str, job_uid: str, async_request_id: str, *, to: Writable
    ) -> Downloaded:
        """Fetch an exported file into `to`. See `api.target_files.download` for arguments and errors.

        Bytes are written as they come, so after an error `to` holds a beginning: write to a temporary place.
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
        """Fetch the source file as the vendor holds it into `to`. See `api.target_files.original`."""
        async with self.stream_original(project_uid, job_uid) as arriving:
            return await save(arriving, to)

    def stream_original(self, project_uid: str, job_uid: str) -> AbstractAsyncContextManager[Arriving]:
        """Fetch the source file piece by piece. See `api.target_files.original`."""
        return self.calls.stream(target_files.original(project_uid, job_uid))


class Providers(Resource):
    """Who works on the jobs."""

    from_template = Made(providers.from_template)
    for_jobs = Made(providers.for_jobs)
    notify_assigned = Made(providers.notify_assigned)


class Analyses(_Pages):
    """Counts per provider."""

    by_providers = Made(analyses.by_providers)
    get = Made(analyses.get)
    list = _Listed(analyses.page)


class EmailTemplates(_Pages):
    """Templates of mails to providers."""

    list = _Listed(email_templates.page)


class Languages(Resource):
    """Languages as Phrase codes them."""

    get = Made(languages.get)


class Previews(Resource):
    """Preview packages."""

    upload = Made(previews.upload)


#: Attribute of the client → its resource, in the order in which a project meets them.
RESOURCES: dict[str, type[Resource]] = {
    "auth": Auth,
    "templates": Templates,
    "projects": Projects,
    "jobs": Jobs,
    "async_requests": AsyncRequests,
    "target_files": TargetFiles,
    "providers": Providers,
    "analyses": Analyses,
    "email_templates": EmailTemplates,
    "languages": Languages,
    "previews": Previews,
}
