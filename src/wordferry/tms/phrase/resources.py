"""The resources of the client: which calls it has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from wordferry.errors import Vanished
from wordferry.tms.phrase.api import (
    analyses,
    async_requests,
    auth,
    email_templates,
    job_changes,
    job_files,
    job_parts,
    jobs,
    languages,
    pre_translation,
    project_changes,
    project_creation,
    projects,
    providers,
    templates,
    webhook_calls,
    webhooks,
)
from wordferry.tms.phrase.files import BilingualFiles, Previews, TargetFiles
from wordferry.tms.phrase.pages import Paged, Pages
from wordferry.transport import Calls, Made, Resource, Tokens

__all__ = [
    "RESOURCES",
    "Analyses",
    "AsyncRequests",
    "Auth",
    "BilingualFiles",
    "EmailTemplates",
    "Jobs",
    "Languages",
    "Previews",
    "Projects",
    "Providers",
    "TargetFiles",
    "Templates",
    "Users",
    "Webhooks",
]


class Auth(Resource):
    """The token, and who it belongs to."""

    def __init__(self, calls: Calls, tokens: Tokens) -> None:
        super().__init__(calls)
        self._tokens = tokens

    who_am_i = Made(auth.who_am_i)

    async def token(self) -> str:
        """The current token of this client, asked for first when needed.

        Raises:
            NeedsOperator: the API token, or the name and password, were refused.
            TryAgain: the token service is away.
        """
        return await self._tokens.get()

    login = Made(auth.login)

    async def logout(self, *, token: str | None = None) -> None:
        """End a token of `login`; of this client when none is given. See `api.auth.logout`.

        Args:
            token: another token to end.

        Raises:
            NeedsOperator: the token was not good any more.
        """
        await self.calls.run(auth.logout(token=token))
        if token is None:
            self._tokens.forget()


class Templates(Pages):
    """Project templates."""

    list = Paged(templates.page)
    get = Made(templates.get)


class Projects(Pages):
    """Projects."""

    from_template = Made(project_creation.from_template)
    from_template_async = Made(project_creation.from_template_async)
    create = Made(project_creation.create)
    get = Made(projects.get)
    list = Paged(projects.page)
    edit = Made(project_changes.edit)
    replace = Made(project_changes.replace)
    set_status = Made(project_changes.set_status)
    archive = Made(project_changes.archive)
    restore = Made(project_changes.restore)
    delete = Made(project_changes.delete)
    workflow_steps = Made(projects.workflow_steps)
    add_target_langs = Made(project_changes.add_target_langs)
    assignable_templates = Made(projects.assignable_templates)


class Jobs(Pages):
    """Jobs."""

    #: Whether this installation knows the guide's call for job parts; None until it was asked.
    _knows_parts: bool | None = None

    create = Made(job_files.create)
    get = Made(jobs.get)
    list = Paged(jobs.page)
    search = Made(jobs.search)
    set_status = Made(job_changes.set_status)
    status_changes = Made(jobs.status_changes)
    edit = Made(job_changes.edit)
    replace = Made(job_changes.replace)
    edit_many = Made(job_changes.edit_many)
    replace_many = Made(job_changes.replace_many)
    split = Made(job_changes.split)
    update_source = Made(job_files.update_source)
    update_target = Made(job_files.update_target)
    pre_translate = Made(pre_translation.start)
    delete = Made(job_changes.delete)

    async def parts(self, project_uid: str, job_uid: str) -> tuple[jobs.Job, ...]:
        """The parts of a job: the job alone, or all that it was split into, of its language and level.

        The vendor's guide names a call for this, its reference does not. It is tried; where an installation does not
        know it, the same is found by the documented calls, from then on without trying.

        Args:
            project_uid: the project.
            job_uid: any part.

        Returns:
            The parts.

        Raises:
            Vanished: no such job.

        Source: Phrase guide "Full Integration Workflow"; Phrase TMS API reference, "Get job" and "List jobs".
        """
        if self._knows_parts is not False:
            try:
                found = await self.calls.run(job_parts.get(project_uid, job_uid))
            except Vanished:
                pass
            else:
                self._knows_parts = True
                return found
        job = await self.calls.run(jobs.get(project_uid, job_uid))
        # The job is there, so what was not there is the call; unless it has answered before.
        self._knows_parts = self._knows_parts or False
        if not (job.split or job.is_parent_job_split):
            return (job,)
        siblings = self.list(
            project_uid, workflow_level=job.level, filename=job.filename, target_lang=job.target_lang
        )
        return tuple([other async for other in siblings if job_parts.sibling(job, other)])

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


class AsyncRequests(Pages):
    """Work that goes on after the answer."""

    get = Made(async_requests.get)
    pending = Paged(async_requests.page)
    status = Made(async_requests.status)


class Providers(Resource):
    """Who works on the jobs."""

    from_template = Made(providers.from_template)
    for_jobs = Made(providers.for_jobs)
    notify_assigned = Made(providers.notify_assigned)


class Analyses(Pages):
    """Counts per provider."""

    by_providers = Made(analyses.by_providers)
    by_languages = Made(analyses.by_languages)
    create = Made(analyses.create)
    get = Made(analyses.get)
    list = Paged(analyses.page)
    of_job = Paged(analyses.of_job)


class EmailTemplates(Pages):
    """Templates of mails to providers."""

    list = Paged(email_templates.page)
    get = Made(email_templates.get)


class Languages(Resource):
    """Languages as Phrase codes them."""

    get = Made(languages.get)


class Webhooks(Pages):
    """Webhooks, and what became of their deliveries."""

    create = Made(webhooks.create)
    list = Paged(webhooks.page)
    get = Made(webhooks.get)
    replace = Made(webhooks.replace)
    delete = Made(webhooks.delete)
    test = Made(webhooks.test)
    previews = Made(webhooks.previews)
    deliveries = Paged(webhook_calls.page)
    replay = Made(webhook_calls.replay)
    replay_latest = Made(webhook_calls.replay_latest)


class Users(Pages):
    """Users and their work."""

    jobs = Paged(jobs.of_user)


#: Attribute of the client → its resource, in the order in which a project meets them.
RESOURCES: dict[str, type[Resource]] = {
    "auth": Auth,
    "templates": Templates,
    "projects": Projects,
    "previews": Previews,
    "jobs": Jobs,
    "async_requests": AsyncRequests,
    "providers": Providers,
    "analyses": Analyses,
    "target_files": TargetFiles,
    "bilingual_files": BilingualFiles,
    "webhooks": Webhooks,
    "users": Users,
    "email_templates": EmailTemplates,
    "languages": Languages,
}
