"""Projects: created from a template, read, listed, with their own workflow steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.languages import NAMES
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.people import REFERENCES, People
from wordferry.sandbox.phrase.templates import GlobalStep, Template, Templates
from wordferry.sandbox.phrase.values import (
    date,
    flag,
    json_body,
    parse_date,
    query_int,
    query_list,
    strings,
    text,
)
from wordferry.sandbox.routing import Answer, Call, answer_json, no_content
from wordferry.sandbox.world import World

if TYPE_CHECKING:
    from wordferry.sandbox.phrase.jobs import Job

STATUSES = (
    "NEW",
    "ASSIGNED",
    "COMPLETED",
    "CANCELLED",
    "ACCEPTED_BY_VENDOR",
    "DECLINED_BY_VENDOR",
    "COMPLETED_BY_VENDOR",
)
FINAL_JOBS = frozenset({"COMPLETED", "DELIVERED", "CANCELLED"})


@dataclass(slots=True, frozen=True)
class ProjectStep:
    """A workflow step of one project; its id is a number of its own."""

    id: int
    level: int
    step: GlobalStep

    def show(self) -> dict[str, Any]:
        """The vendor's ProjectWorkflowStep."""
        return {
            "id": self.id,
            "name": self.step.name,
            "abbreviation": self.step.abbreviation,
            "workflowLevel": self.level,
            "workflowStep": self.step.reference(),
        }


@dataclass(slots=True, eq=False)
class Project:
    """A project and its jobs."""

    uid: str
    id: str
    internal_id: int
    name: str
    source_lang: str
    target_langs: list[str]
    steps: list[ProjectStep]
    template: Template
    created: float
    note: str | None
    due: float | None
    references: dict[str, dict[str, Any] | None]
    status: str = "NEW"
    archived: bool = False
    jobs: dict[str, Job] = field(default_factory=dict)
    # Lists are read by level, so they are kept by level.
    by_level: dict[int, list[Job]] = field(default_factory=dict)
    files: int = 0

    @property
    def last_level(self) -> int:
        """The last workflow level; a project without steps has one level."""
        return max(len(self.steps), 1)


class Projects:
    """All projects of the organisation, oldest first."""

    def __init__(self, world: World, people: People, templates: Templates) -> None:
        self._world = world
        self._people = people
        self._templates = templates
        self.by_uid: dict[str, Project] = {}

    def get(self, uid: str) -> Project:
        """The project of that uid.

        Raises:
            PhraseError: 404.
        """
        project = self.by_uid.get(uid)
        if project is None:
            raise not_found("Project", uid)
        return project

    def create_project(self, call: Call) -> Answer:
        """`POST /api2/v2/projects/applyTemplate/{templateUid}`: 201; assigns nobody."""
        template = self._templates.get(call.params["templateUid"])
        body = json_body(call)
        name = text(body.get("name"), field="name", longest=255, required=True)
        assert name is not None
        source = text(body.get("sourceLang"), field="sourceLang", longest=20) or template.source_lang
        targets = strings(body.get("targetLangs"), field="targetLangs")
        if targets is None:
            targets = template.target_langs
        if not targets:
            raise invalid("'targetLangs' must not be empty.", field="targetLangs")
        unknown = [code for code in [source, *targets] if code not in NAMES]
        if unknown:
            raise invalid(
                f"The project contains unsupported locale {', '.join(unknown)}.",
                field="sourceLang" if source in unknown else "targetLangs",
            )
        steps = self._steps(body.get("workflowSteps"), template)
        ids = self._world.ids
        uid = ids.uid("project", name)
        project = Project(
            uid=uid,
            id=str(ids.number("project", name)),
            internal_id=len(self.by_uid) + 1,
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
            references={kind: self._people.referred(kind, body.get(kind)) for kind in REFERENCES},
        )
        self.by_uid[uid] = project
        call.facts.update(project=uid, template=template.uid, locales=project.target_langs)
        # A recorded answer of this call had a null role, unlike the answers of get and list.
        return answer_json({**self._shown(project), "userRole": None}, status=201)

    def _steps(self, value: Any, template: Template) -> list[GlobalStep]:
        if value is None:
            return template.steps
        if not isinstance(value, list):
            raise invalid("'workflowSteps' must be a list.", field="workflowSteps")
        found = []
        for entry in value:
            step = self._templates.steps_by_id.get(str(entry.get("id")) if isinstance(entry, dict) else "")
            if step is None:
                raise invalid("'workflowSteps' names an unknown workflow step.", field="workflowSteps")
            found.append(step)
        return found

    def get_project(self, call: Call) -> Answer:
        """`GET /api2/v1/projects/{projectUid}`."""
        project = self.visible(call)
        body = {
            **self._shown(project),
            "archived": project.archived,
            "dateArchived": None,
            "archivedBy": None,
            "template": {"uid": project.template.uid, "templateName": project.template.name},
        }
        return answer_json(body)

    def visible(self, call: Call) -> Project:
        """The project in the path, as far as the call's view of time shows it.

        Raises:
            PhraseError: 404.
        """
        project = self.get(call.params["projectUid"])
        if project.created > call.as_of:
            raise not_found("Project", project.uid)
        return project

    def set_project_status(self, call: Call) -> Answer:
        """`POST /api2/v1/projects/{projectUid}/setStatus`: 204."""
        project = self.get(call.params["projectUid"])
        project.status = _status(json_body(call).get("status"), required=True) or project.status
        call.facts.update(project=project.uid, status=project.status)
        return no_content()

    def edit_project(self, call: Call) -> Answer:
        """`PATCH /api2/v1/projects/{projectUid}`: only what is named changes; `archived: false` does nothing."""
        project = self.get(call.params["projectUid"])
        body = json_body(call)
        name = text(body.get("name"), field="name", longest=255)
        note = text(body.get("note"), field="note", longest=4096)
        due = parse_date(body.get("dateDue"), field="dateDue")
        status = _status(body.get("status"))
        archive = flag(body.get("archived"), field="archived")
        references = {
            kind: self._people.referred(kind, body[kind]) for kind in REFERENCES if body.get(kind) is not None
        }
        project.name = name or project.name
        project.note = note if "note" in body else project.note
        project.due = due if "dateDue" in body else project.due
        project.status = status or project.status
        project.archived = project.archived or archive
        project.references.update(references)
        call.facts.update(project=project.uid, fields=sorted(body))
        return answer_json({**self._shown(project), "archived": project.archived})

    def get_workflow_steps(self, call: Call) -> Answer:
        """`GET /api2/v2/projects/{projectUid}/workflowSteps`."""
        project = self.visible(call)
        return answer_json({"projectWorkflowSteps": [step.show() for step in project.steps]})

    def list_projects(self, call: Call) -> Answer:
        """`GET /api2/v1/projects`: without the projects' notes, as the vendor's list may omit them."""
        query = call.query
        name = str(query.get("name", "")).lower()
        either = str(query.get("nameOrInternalId", "")).lower()
        hours = query_int(query, "createdInLastHours")
        due_in = query_int(query, "dueInHours")
        statuses = set(query_list(query, "statuses"))
        if not statuses <= set(STATUSES):
            raise invalid("'statuses' has an unknown project status.", field="statuses")
        sources, targets = set(query_list(query, "sourceLangs")), set(query_list(query, "targetLangs"))
        archived_only = flag(query.get("archivedOnly"), field="archivedOnly")
        archived_too = archived_only or flag(query.get("includeArchived"), field="includeArchived")
        found = [
            project
            for project in self.by_uid.values()
            if project.created <= call.as_of
            and name in project.name.lower()
            and (not either or either in project.name.lower() or either == str(project.internal_id))
            and (hours is None or project.created >= call.now - hours * 3600)
            and (due_in is None or _due(project.due, call.now, due_in))
            and (not statuses or project.status in statuses)
            and (not sources or project.source_lang in sources)
            and (not targets or not targets.isdisjoint(project.target_langs))
            and (archived_too or not project.archived)
            and (not archived_only or project.archived)
            and query.get("ownerId", self._people.owner.id) == self._people.owner.id
            and self._related(project, query)
        ]
        order = str(query.get("order", "asc")).lower()
        if order not in ("asc", "desc"):
            raise invalid("'order' must be asc or desc.", field="order")
        sort = query.get("sort")
        if sort is not None:
            key = _SORTS.get(str(sort).lower().replace("_", ""))
            if key is None:
                raise invalid(f"'sort' does not know {sort}.", field="sort")
            found.sort(key=key)
        if order == "desc":
            found.reverse()
        orders = [(order.upper(), str(sort or "dateCreated"))]
        return answer_json(page(query, found, show=self._listed, orders=orders))

    def _related(self, project: Project, query: Any) -> bool:
        for kind in REFERENCES:
            reference = project.references[kind]
            wanted_id, wanted_name = query.get(kind + "Id"), query.get(kind + "Name")
            if wanted_id and (reference is None or reference["id"] != wanted_id):
                return False
            if wanted_name and (reference is None or reference["name"] != wanted_name):
                return False
        return True

    def _listed(self, project: Project) -> dict[str, Any]:
        body = self._shown(project)
        del body["note"]
        return body

    def _shown(self, project: Project) -> dict[str, Any]:
        owner = self._people.owner_reference
        jobs = project.by_level.get(project.last_level, [])
        return {
            "uid": project.uid,
            "id": project.id,
            "internalId": project.internal_id,
            "name": project.name,
            "status": project.status,
            "type": "PROJECT",
            "sourceLang": project.source_lang,
            "targetLangs": project.target_langs,
            "dateCreated": date(project.created),
            "dateDue": date(project.due),
            "note": project.note,
            "purchaseOrder": None,
            "owner": owner,
            "createdBy": owner,
            **project.references,
            "workflowSteps": [step.show() for step in project.steps],
            "mtSettingsPerLanguageList": [],
            "progress": {
                "totalCount": len(jobs),
                "finishedCount": sum(job.status in FINAL_JOBS for job in jobs),
                "overdueCount": 0,
            },
            "references": [],
            "accessSettings": {"id": project.id},
            "analyseSettings": {"id": project.id},
            "financialSettings": {"id": project.id},
            "qualityAssuranceSettings": {"id": project.id},
            "fileHandoverSettings": None,
            "projectWorkflowSettings": None,
            "isPublishedOnJobBoard": False,
            "shared": False,
            "userRole": "ADMIN",
        }


def _status(value: Any, *, required: bool = False) -> str | None:
    if value is None and not required:
        return None
    if value not in STATUSES:
        raise invalid(f"'status' must be one of {', '.join(STATUSES)}.", field="status")
    found: str = value
    return found


def _due(due: float | None, now: float, hours: int) -> bool:
    # Minus one asks for what is overdue.
    if due is None:
        return False
    return due < now if hours < 0 else due <= now + hours * 3600


_SORTS: dict[str, Any] = {
    "id": lambda project: int(project.id),
    "internalid": lambda project: project.internal_id,
    "name": lambda project: project.name.lower(),
    "datecreated": lambda project: project.created,
    "datedue": lambda project: project.due or float("inf"),
    "status": lambda project: project.status,
    "sourcelang": lambda project: project.source_lang,
}
