"""Create job: the raw file in the body, everything else in two headers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import msgspec

from wordferry.sandbox.phrase.async_requests import AsyncRequests
from wordferry.sandbox.phrase.errors import PhraseError, invalid
from wordferry.sandbox.phrase.jobs import Job, Jobs, SourceFile, Task, job_part
from wordferry.sandbox.phrase.paths import PROJECT, RECORDED
from wordferry.sandbox.phrase.people import People, User
from wordferry.sandbox.phrase.previews import Package, Previews
from wordferry.sandbox.phrase.projects import Project, Projects
from wordferry.sandbox.phrase.robot import Robot
from wordferry.sandbox.phrase.values import callback_url, flag, parse_date, strings
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.translators import format_of
from wordferry.sandbox.world import World

_DISPOSITION = re.compile(
    r"""((inline|attachment); )?(filename\*=UTF-8''(?P<encoded>.+)|filename="?(?P<plain>.+?)"?)"""
)
LONGEST_NAME = 255


def file_name(disposition: str | None) -> str:
    """The file name of a `Content-Disposition`, cut at 255 characters without a word, as the vendor does.

    Raises:
        PhraseError: 400 when the header is missing or has another form.
    """
    if not disposition:
        raise invalid("The Content-Disposition header is required.", field="Content-Disposition")
    match = _DISPOSITION.fullmatch(disposition)
    if match is None:
        raise invalid("The Content-Disposition header has no valid file name.", field="Content-Disposition")
    encoded = match["encoded"]
    name: str = unquote(encoded) if encoded is not None else match["plain"]
    return name[:LONGEST_NAME]


def file_name_or_empty(call: Call) -> str:
    """The file name for the call log and for faults; empty when the header is wrong."""
    try:
        return file_name(call.headers.get("Content-Disposition"))
    except PhraseError:
        return ""


def raw_bytes(call: Call) -> None:
    """Let only raw bytes pass; a body without a content type is taken for such, as clients rely on.

    Raises:
        PhraseError: 415 for any other content type.
    """
    given = call.headers.get("Content-Type")
    content_type = (given or "").partition(";")[0].strip().lower()
    if given is not None and content_type != "application/octet-stream":
        raise PhraseError(415, "BAD_REQUEST", f"Content type '{content_type}' is not supported.")


def upload_about(call: Call) -> str:
    """About a file of a project."""
    return f"{call.params['projectUid']}/{file_name_or_empty(call)}"


def memsource_header(call: Call) -> dict[str, Any]:
    """The `Memsource` header: one line of ASCII JSON.

    Raises:
        PhraseError: 400 when it is missing, not ASCII, or no JSON object.
    """
    header = call.headers.get("Memsource")
    if not header:
        raise invalid("The Memsource header is required.", field="Memsource")
    if not header.isascii():
        raise invalid("The Memsource header must be ASCII; escape other characters.", field="Memsource")
    try:
        value = msgspec.json.decode(header)
    except (msgspec.DecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise invalid("The Memsource header is not a JSON object.", field="Memsource")
    return value


class _Plan:
    """What the header asks for, checked."""

    __slots__ = (
        "callback_url",
        "due",
        "folder",
        "interval",
        "locales",
        "pretranslate",
        "preview",
        "providers",
        "template",
    )

    def __init__(self, locales: list[str]) -> None:
        self.locales = locales
        self.callback_url: str | None = None
        self.folder: str | None = None
        self.preview: Package | None = None
        self.pretranslate = False
        # (workflow level, target language) -> providers
        self.providers: dict[tuple[int, str], list[User]] = {}
        # workflow level -> due date, e-mail template, interval
        self.due: dict[int, float | None] = {}
        self.template: dict[int, dict[str, Any] | None] = {}
        self.interval: dict[int, int] = {}


class Uploads:
    """The create-job call and its rules."""

    def __init__(
        self,
        world: World,
        people: People,
        projects: Projects,
        jobs: Jobs,
        asyncs: AsyncRequests,
        robot: Robot,
        previews: Previews,
    ) -> None:
        self._world = world
        self._people = people
        self._projects = projects
        self._jobs = jobs
        self._asyncs = asyncs
        self._robot = robot
        self._previews = previews
        self.words_used = 0

    def routes(self) -> list[Route]:
        """Its call."""
        return [
            Route(
                "POST",
                PROJECT + "/jobs",
                "create_job",
                self.create_job,
                upload_about,
                mutating=True,
                upload=True,
                summary="Create job",
                source=RECORDED,
                fidelity="as recorded; archives are not unpacked",
            )
        ]

    def create_job(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/jobs`: 201, also for an unsupported file."""
        project = self._projects.get(call.params["projectUid"])
        raw_bytes(call)
        plan = self._plan(memsource_header(call), project)
        name = file_name(call.headers.get("Content-Disposition"))
        call.facts.update(
            project=project.uid,
            file=name,
            locales=plan.locales,
            sha256=call.body.sha256,
            size=call.body.size,
        )
        file_format = format_of(name)
        if file_format is None:
            call.body.discard()
            return answer_json({"asyncRequest": None, "jobs": [], "unsupportedFiles": [name]}, status=201)
        ids = self._world.ids
        folder = plan.folder or ""
        file = SourceFile(
            uid=ids.uid("source", project.uid, folder, name),
            name=name,
            folder=plan.folder,
            format=file_format,
            content=call.body,
        )
        created = self._jobs_of(project, file, plan, call.now)
        if plan.preview is not None:
            self._previews.of_job |= {job.uid: plan.preview for job in created}
        request = self._asyncs.start(
            "IMPORT_JOB", project.uid, file.uid, project=project, callback_url=plan.callback_url
        )
        self._robot.imported(file, created, request, pretranslate=plan.pretranslate)
        call.facts.update(
            jobs=len(created),
            asyncRequest=request.id,
            preview=plan.preview.file_uid if plan.preview is not None else None,
        )
        body = {
            "asyncRequest": self._asyncs.brief(request),
            "jobs": [job_part(job) for job in created],
            "unsupportedFiles": [],
            "warnings": [],
        }
        return answer_json(body, status=201)

    def _jobs_of(self, project: Project, file: SourceFile, plan: _Plan, now: float) -> list[Job]:
        ids = self._world.ids
        created = []
        for lang in plan.locales:
            project.files += 1
            task = Task(ids.uid("task", file.uid, lang), file, lang, str(project.files))
            self._charge(task)
            for level in range(1, project.last_level + 1):
                job = Job(
                    uid=ids.uid("job", file.uid, lang, str(level)),
                    number=ids.number("job", file.uid, lang, str(level), digits=9),
                    project=project,
                    task=task,
                    level=level,
                    created=now,
                    due=plan.due.get(level, project.due),
                    providers=plan.providers.get((level, lang), []),
                    email_template=plan.template.get(level),
                    interval=plan.interval.get(level, -1),
                )
                self._jobs.add(job)
                created.append(job)
        return created

    def _charge(self, task: Task) -> None:
        """Words are charged for each language, not for each step; past the plan's capacity jobs are ghosts."""
        capacity = self._world.settings.capacity_words
        if capacity and self.words_used + task.words > capacity:
            task.ghost = True
        else:
            self.words_used += task.words

    def _plan(self, fields: dict[str, Any], project: Project) -> _Plan:
        locales = strings(fields.get("targetLangs"), field="targetLangs")
        if not locales:
            raise invalid("'targetLangs' is required.", field="targetLangs")
        strange = [code for code in locales if code not in project.target_langs]
        if strange:
            raise invalid(
                f"Target languages must match the project's target languages: {', '.join(strange)}.",
                field="targetLangs",
                code="JobCreateError",
            )
        plan = _Plan(list(dict.fromkeys(locales)))
        keep = flag(fields.get("useProjectFileImportSettings"), field="useProjectFileImportSettings")
        if keep and fields.get("importSettings") is not None:
            raise invalid(
                "useProjectFileImportSettings and importSettings exclude each other.", field="importSettings"
            )
        flag(fields.get("semanticMarkup"), field="semanticMarkup")
        plan.pretranslate = flag(fields.get("preTranslate"), field="preTranslate")
        plan.preview = self._previews.check(fields.get("jobPreviewPackageFileUidRef"), project)
        for name in ("remoteFile", "xmlAssistantProfile", "importSettings"):
            if fields.get(name) is not None:
                # The sandbox has no connector and no stored settings to refer to.
                raise invalid(f"'{name}' does not refer to anything that exists.", field=name)
        self._check_source_data(fields.get("sourceData"))
        plan.callback_url = callback_url(fields.get("callbackUrl"))
        folder = fields.get("path")
        if folder is not None and not isinstance(folder, str):
            raise invalid("'path' must be a string.", field="path")
        plan.folder = folder[:LONGEST_NAME] if folder else None
        if project.steps:
            self._with_steps(fields, project, plan)
        else:
            self._without_steps(fields, plan)
        return plan

    def _check_source_data(self, value: Any) -> None:
        if value is not None and (
            not isinstance(value, dict)
            or not isinstance(value.get("clientType"), str)
            or not value["clientType"]
        ):
            raise invalid("'sourceData' needs a clientType.", field="sourceData")

    def _with_steps(self, fields: dict[str, Any], project: Project, plan: _Plan) -> None:
        for name in ("assignments", "due"):
            # Empty lists mean nothing: the vendor's own examples send both.
            if fields.get(name):
                raise invalid(
                    f"'{name}' is for projects without workflow steps; use workflowSettings.", field=name
                )
        settings = fields.get("workflowSettings")
        if settings is None:
            return
        if not isinstance(settings, list) or not all(isinstance(entry, dict) for entry in settings):
            raise invalid("'workflowSettings' must be a list of objects.", field="workflowSettings")
        levels = {str(step.id): step.level for step in project.steps}
        for entry in settings:
            level = levels.get(str(entry.get("id")))
            if level is None:
                # The global id of a step is refused too: only the project's own ids count here.
                raise invalid(
                    f"Workflow step {entry.get('id')} does not belong to the project.",
                    field="workflowSettings",
                )
            plan.due[level] = parse_date(entry.get("due"), field="due")
            self._assign(entry.get("assignments"), level, plan)
            self._notify(entry.get("notifyProvider"), level, plan)

    def _without_steps(self, fields: dict[str, Any], plan: _Plan) -> None:
        if fields.get("workflowSettings"):
            raise invalid(
                "'workflowSettings' is for projects with workflow steps; use assignments.",
                field="workflowSettings",
            )
        if fields.get("due") is not None:
            plan.due[1] = parse_date(fields["due"], field="due")
        self._assign(fields.get("assignments"), 1, plan)
        self._notify(fields.get("notifyProvider"), 1, plan)

    def _assign(self, value: Any, level: int, plan: _Plan) -> None:
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise invalid("'assignments' must be a list of objects.", field="assignments")
        for entry in value:
            lang = entry.get("targetLang")
            if lang not in plan.locales:
                raise invalid(f"'assignments' names {lang}, which is not asked for.", field="assignments")
            plan.providers[level, lang] = self._people.providers(
                entry.get("providers", []), field="providers"
            )

    def _notify(self, value: Any, level: int, plan: _Plan) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise invalid("'notifyProvider' must be an object.", field="notifyProvider")
        plan.template[level] = self._people.email_template(
            value.get("organizationEmailTemplate"), field="organizationEmailTemplate"
        )
        try:
            interval = int(value.get("notificationIntervalInMinutes", 0))
        except (TypeError, ValueError):
            interval = -1
        if not 0 <= interval <= 1440:
            raise invalid(
                "'notificationIntervalInMinutes' must be between 0 and 1440.",
                field="notificationIntervalInMinutes",
            )
        plan.interval[level] = interval
