"""New projects: from a template, at once or asynchronously, and without one."""

from __future__ import annotations

from functools import partial
from typing import Any

from wordferry.sandbox.phrase.async_requests import AsyncRequest, AsyncRequests
from wordferry.sandbox.phrase.errors import invalid
from wordferry.sandbox.phrase.languages import NAMES
from wordferry.sandbox.phrase.notices import Notices
from wordferry.sandbox.phrase.paths import (
    DOCUMENTED,
    RECORDED,
    REFERENCE,
    SPECIFICATION,
    TMS,
    field,
)
from wordferry.sandbox.phrase.people import REFERENCES, People
from wordferry.sandbox.phrase.projects import Project, Projects, ProjectStep
from wordferry.sandbox.phrase.templates import GlobalStep, Template, Templates
from wordferry.sandbox.phrase.values import callback_url, flag, json_body, parse_date, strings, text
from wordferry.sandbox.routing import Answer, Call, Route, answer_json
from wordferry.sandbox.world import World


class ProjectCreation:
    """The three ways to make a project; none of them assigns anybody."""

    def __init__(
        self,
        world: World,
        people: People,
        templates: Templates,
        projects: Projects,
        asyncs: AsyncRequests,
        notices: Notices,
    ) -> None:
        self._world = world
        self._people = people
        self._templates = templates
        self._projects = projects
        self._asyncs = asyncs
        self._notices = notices

    def routes(self) -> list[Route]:
        """Its calls."""
        from_template = TMS + "/v2/projects/applyTemplate/{templateUid}"
        return [
            Route(
                "POST",
                from_template,
                "create_project",
                self.create_project,
                field("name"),
                mutating=True,
                summary="Create project from template",
                source=RECORDED,
                fidelity="as recorded; `type` is sent; `userRole` is null with `null_user_role`, as once recorded",
            ),
            Route(
                "POST",
                TMS + "/v2/projects/applyTemplate/async/{templateUid}",
                "create_project_async",
                self.create_project_async,
                field("name"),
                mutating=True,
                summary="Create project from template, asynchronously",
                source=SPECIFICATION,
                fidelity="as documented; the project appears when the request has ended: ours",
            ),
            Route(
                "POST",
                TMS + "/v3/projects",
                "create_plain_project",
                self.create_plain_project,
                field("name"),
                mutating=True,
                summary="Create project",
                source=REFERENCE,
                fidelity=DOCUMENTED,
            ),
        ]

    def create_project(self, call: Call) -> Answer:
        """`POST /api2/v2/projects/applyTemplate/{templateUid}`: 201."""
        template = self._templates.get(call.params["templateUid"])
        return self._answer(call, self._enter(self._made(call, json_body(call), template)))

    def create_project_async(self, call: Call) -> Answer:
        """`POST /api2/v2/projects/applyTemplate/async/{templateUid}`: 202."""
        template = self._templates.get(call.params["templateUid"])
        body = json_body(call)
        url = callback_url(body.get("callbackUrl"))
        project = self._made(call, body, template)
        request = self._asyncs.start("CREATE_PROJECT", project.uid, callback_url=url)
        call.facts.update(asyncRequest=request.id)
        self._world.clock.after(self._world.settings.import_seconds, partial(self._finish, request, project))
        # References of asynchronous requests name jobs only; the request itself will show the project.
        shown = {"asyncRequest": self._asyncs.show(request), "reference": None}
        return answer_json(shown, status=202)

    def _finish(self, request: AsyncRequest, project: Project) -> None:
        project.created = self._world.clock.now()
        request.project = self._enter(project)
        self._asyncs.finish(request)

    def create_plain_project(self, call: Call) -> Answer:
        """`POST /api2/v3/projects`: 201; languages are required, steps are the organisation's."""
        body = json_body(call)
        for name in ("sourceLang", "targetLangs"):
            if not body.get(name):
                raise invalid(f"'{name}' is required.", field=name)
        return self._answer(call, self._enter(self._made(call, body, None)))

    def _answer(self, call: Call, project: Project) -> Answer:
        shown = self._projects.show(project)
        if self._world.settings.null_user_role:
            shown["userRole"] = None
        return answer_json(shown, status=201)

    def _enter(self, project: Project) -> Project:
        self._projects.add(project)
        self._notices.project("PROJECT_CREATED", project)
        return project

    def _made(self, call: Call, body: dict[str, Any], template: Template | None) -> Project:
        name = text(body.get("name"), field="name", longest=255, required=True)
        assert name is not None
        source = text(body.get("sourceLang"), field="sourceLang", longest=20)
        if source is None and template is not None:
            source = template.source_lang
        targets = strings(body.get("targetLangs"), field="targetLangs")
        if targets is None and template is not None:
            targets = template.target_langs
        if not targets:
            raise invalid("'targetLangs' must not be empty.", field="targetLangs")
        assert source is not None
        unknown = [code for code in [source, *targets] if code not in NAMES]
        if unknown:
            raise invalid(
                f"The project contains unsupported locale {', '.join(unknown)}.",
                field="sourceLang" if source in unknown else "targetLangs",
            )
        flag(body.get("fileHandover"), field="fileHandover")
        steps = self._steps(body.get("workflowSteps"), template)
        ids = self._world.ids
        self._projects.counted += 1
        uid = ids.uid("project", name)
        project = Project(
            uid=uid,
            id=str(ids.number("project", name)),
            internal_id=self._projects.counted,
            name=name,
            source_lang=source,
            target_langs=list(dict.fromkeys(targets)),
            steps=[
                ProjectStep(ids.number("project step", uid, step.id, digits=6), level, step)
                for level, step in enumerate(steps, start=1)
            ],
            template=template,
            created=call.now,
            note=text(body.get("note"), field="note", longest=4096),
            due=parse_date(body.get("dateDue"), field="dateDue"),
            purchase_order=text(body.get("purchaseOrder"), field="purchaseOrder", longest=255),
            references={kind: self._people.referred(kind, body.get(kind)) for kind in REFERENCES},
        )
        call.facts.update(
            project=uid, template=template.uid if template else None, locales=project.target_langs
        )
        return project

    def _steps(self, value: Any, template: Template | None) -> list[GlobalStep]:
        if value is None:
            return template.steps if template is not None else []
        if not isinstance(value, list):
            raise invalid("'workflowSteps' must be a list.", field="workflowSteps")
        found = []
        for entry in value:
            step = self._templates.steps_by_id.get(str(entry.get("id")) if isinstance(entry, dict) else "")
            if step is None:
                raise invalid("'workflowSteps' names an unknown workflow step.", field="workflowSteps")
            found.append(step)
        return found
