"""Reading projects: one, its steps, or a page of those that fit."""

from __future__ import annotations

from typing import Any

from wordferry.sandbox.phrase.errors import invalid
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, PROJECT, SPECIFICATION, TMS, nothing, param
from wordferry.sandbox.phrase.people import REFERENCES, People
from wordferry.sandbox.phrase.projects import STATUSES, Project, Projects
from wordferry.sandbox.phrase.values import flag, is_due, query_int, query_list
from wordferry.sandbox.routing import Answer, Call, Route, answer_json


class ProjectListing:
    """Get, list and workflow steps."""

    def __init__(self, people: People, projects: Projects) -> None:
        self._people = people
        self._projects = projects

    def routes(self) -> list[Route]:
        """Its calls."""
        project = param("projectUid")
        return [
            Route(
                "GET",
                TMS + "/v1/projects",
                "list_projects",
                self.list_projects,
                nothing,
                summary="List projects",
                source=SPECIFICATION,
                fidelity="as documented; names match in part and in any case, oldest first, notes left out: ours",
            ),
            Route(
                "GET",
                PROJECT,
                "get_project",
                self.get_project,
                project,
                summary="Get project",
                source=SPECIFICATION,
                fidelity=DOCUMENTED,
            ),
            Route(
                "GET",
                TMS + "/v2/projects/{projectUid}/workflowSteps",
                "get_workflow_steps",
                self.get_workflow_steps,
                project,
                summary="Get project workflow steps",
                source=SPECIFICATION,
                fidelity=DOCUMENTED,
            ),
        ]

    def get_project(self, call: Call) -> Answer:
        """`GET /api2/v1/projects/{projectUid}`."""
        return answer_json(self._projects.show_fully(self._projects.visible(call)))

    def get_workflow_steps(self, call: Call) -> Answer:
        """`GET /api2/v2/projects/{projectUid}/workflowSteps`."""
        project = self._projects.visible(call)
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
            for project in self._projects.by_uid.values()
            if project.created <= call.as_of
            and project.deleted is None
            and name in project.name.lower()
            and (not either or either in project.name.lower() or either == str(project.internal_id))
            and (hours is None or project.created >= call.now - hours * 3600)
            and (due_in is None or is_due(project.due, now=call.now, hours=due_in))
            and (not statuses or project.status in statuses)
            and (not sources or project.source_lang in sources)
            and (not targets or not targets.isdisjoint(project.target_langs))
            and (archived_too or project.archived is None)
            and (not archived_only or project.archived is not None)
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
        body = self._projects.show(project)
        del body["note"]
        return body


_SORTS: dict[str, Any] = {
    "id": lambda project: int(project.id),
    "internalid": lambda project: project.internal_id,
    "name": lambda project: project.name.lower(),
    "datecreated": lambda project: project.created,
    "datedue": lambda project: project.due or float("inf"),
    "status": lambda project: project.status,
    "sourcelang": lambda project: project.source_lang,
}
