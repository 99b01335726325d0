"""Project templates: three from the start, listed, read and deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wordferry.sandbox.phrase.errors import invalid, not_found
from wordferry.sandbox.phrase.languages import NAMES
from wordferry.sandbox.phrase.paging import page
from wordferry.sandbox.phrase.paths import DOCUMENTED, SPECIFICATION, TMS, nothing, param
from wordferry.sandbox.phrase.people import People, User
from wordferry.sandbox.phrase.values import date, query_int, query_list
from wordferry.sandbox.routing import Answer, Call, Route, answer_json, no_content
from wordferry.sandbox.world import World

NO_STEPS = "Website"
THREE_STEPS = "Website 3 steps"
WITH_PROVIDERS = "Website with providers"
SOURCE = "en"


@dataclass(slots=True, frozen=True)
class GlobalStep:
    """A workflow step of the organisation."""

    id: str
    uid: str
    name: str
    abbreviation: str
    order: int

    def reference(self) -> dict[str, Any]:
        """As project steps and jobs show it."""
        return {"id": self.id, "uid": self.uid, "name": self.name, "order": self.order, "lqaEnabled": False}

    def show(self) -> dict[str, Any]:
        """The vendor's WorkflowStepDto."""
        return {
            "id": self.id,
            "uid": self.uid,
            "name": self.name,
            "abbr": self.abbreviation,
            "order": self.order,
            "lqaEnabled": False,
        }


@dataclass(slots=True, frozen=True)
class Template:
    """A project template."""

    id: str
    uid: str
    name: str
    source_lang: str
    target_langs: list[str]
    steps: list[GlobalStep]
    created: float
    # target language -> its providers
    assigned: dict[str, list[User]] = field(default_factory=dict)

    def providers(self, target_lang: str) -> list[User]:
        """Who works on a language."""
        return self.assigned.get(target_lang, [])


class Templates:
    """The organisation's templates and workflow steps."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._people = people
        ids = world.ids
        self.steps = {
            name: GlobalStep(str(ids.number("step", name)), ids.uid("step", name), name, letter, order)
            for order, (name, letter) in enumerate(
                (("Translation", "T"), ("Revision", "R"), ("Proofreading", "P")), start=1
            )
        }
        self.steps_by_id = {step.id: step for step in self.steps.values()}
        targets = [code for code in NAMES if code != SOURCE]
        self.by_uid: dict[str, Template] = {}
        for name, steps, assigned in (
            (NO_STEPS, [], {}),
            (THREE_STEPS, list(self.steps.values()), {}),
            (WITH_PROVIDERS, [], {code: [people.linguists[code]] for code in targets}),
        ):
            template = Template(
                id=str(ids.number("template", name)),
                uid=ids.uid("template", name),
                name=name,
                source_lang=SOURCE,
                target_langs=targets,
                steps=steps,
                created=world.clock.start,
                assigned=assigned,
            )
            self.by_uid[template.uid] = template
        # As they were at the start, for samples; deleted ones stay here.
        self.start = list(self.by_uid.values())
        # Told of each template that goes.
        self.watchers: list[Callable[[Template], None]] = []

    def routes(self) -> list[Route]:
        """Its calls."""
        path, uid = TMS + "/v1/projectTemplates", param("projectTemplateUid")
        table = (
            ("GET", path, "list_templates", self.list_templates, nothing,
             "List project templates", "as documented, in the long form of 2023"),
            ("GET", path + "/{projectTemplateUid}", "get_template", self.get_template, uid,
             "Get project template", DOCUMENTED),
            ("DELETE", path + "/{projectTemplateUid}", "delete_template", self.delete_template, uid,
             "Delete project template", DOCUMENTED),
            ("GET", TMS + "/v1/workflowSteps", "list_steps", self.list_steps, nothing,
             "List workflow steps", "as documented: the organisation's steps with their global ids"),
        )  # fmt: skip
        return [
            Route(
                method,
                path,
                operation,
                handler,
                about,
                mutating=method == "DELETE",
                summary=summary,
                source=SPECIFICATION,
                fidelity=fidelity,
            )
            for method, path, operation, handler, about, summary, fidelity in table
        ]

    def delete_template(self, call: Call) -> Answer:
        """`DELETE /api2/v1/projectTemplates/{projectTemplateUid}`: 204."""
        self.delete(self.get(call.params["projectTemplateUid"]).uid)
        return no_content()

    def list_steps(self, call: Call) -> Answer:
        """`GET /api2/v1/workflowSteps`: a page, by name."""
        name = str(call.query.get("name", "")).lower()
        found = [step for step in self.steps.values() if name in step.name.lower()]
        return answer_json(page(call.query, found, show=GlobalStep.show))

    def get(self, uid: str) -> Template:
        """The template of that uid.

        Raises:
            PhraseError: 404.
        """
        template = self.by_uid.get(uid)
        if template is None:
            raise not_found("Project template", uid)
        return template

    def delete(self, uid: str) -> bool:
        """Remove a template, as someone at the vendor's might; whether it was there."""
        template = self.by_uid.pop(uid, None)
        if template is not None:
            for watcher in self.watchers:
                watcher(template)
        return template is not None

    def list_templates(self, call: Call) -> Answer:
        """`GET /api2/v1/projectTemplates`."""
        query = call.query
        name = str(query.get("name", "")).lower()
        sources, targets = query_list(query, "sourceLangs"), query_list(query, "targetLangs")
        hours = query_int(query, "createdInLastHours")
        owner = self._people.owner
        found = [
            template
            for template in self.by_uid.values()
            if name in template.name.lower()
            and (not sources or template.source_lang in sources)
            and (not targets or set(targets) <= set(template.target_langs))
            and (hours is None or template.created >= call.now - hours * 3600)
            and query.get("ownerUid", owner.uid) == owner.uid
            and query.get("createdByUid", owner.uid) == owner.uid
            # The sandbox's templates belong to no client, domain or cost centre.
            and not any(query.get(key) for key in _RELATIONS)
        ]
        sort, direction = query.get("sort", "dateCreated"), str(query.get("direction", "asc")).lower()
        if sort not in ("dateCreated", "templateName"):
            raise invalid("'sort' must be dateCreated or templateName.", field="sort")
        if direction not in ("asc", "desc"):
            raise invalid("'direction' must be asc or desc.", field="direction")
        if sort == "templateName":
            found.sort(key=lambda template: template.name)
        if direction == "desc":
            found.reverse()
        return answer_json(page(query, found, show=self.listed, orders=[(direction.upper(), sort)]))

    def listed(self, template: Template) -> dict[str, Any]:
        """The vendor's ProjectTemplateReference."""
        return {
            "uid": template.uid,
            "templateName": template.name,
            "id": template.id,
            "sourceLang": template.source_lang,
            "targetLangs": template.target_langs,
            "owner": self._people.owner_reference,
            "client": None,
            "domain": None,
            "subDomain": None,
            "costCenter": None,
            "businessUnit": None,
            "note": None,
        }

    def get_template(self, call: Call) -> Answer:
        """`GET /api2/v1/projectTemplates/{projectTemplateUid}`."""
        template = self.get(call.params["projectTemplateUid"])
        owner = self._people.owner_reference
        created = date(template.created)
        assigned = None
        if not template.steps:
            assigned = [
                {"targetLang": code, "providers": [user.provider() for user in users]}
                for code, users in template.assigned.items()
            ]
        body = {
            **self.listed(template),
            # The name inherited from the project the template was made from; not the template's own.
            "name": template.name,
            "useDynamicTitle": False,
            "dynamicTitle": None,
            "createdBy": owner,
            "modifiedBy": owner,
            "dateCreated": created,
            "dateModified": created,
            "dateTimeModified": created,
            "vendor": None,
            "importSettings": None,
            "workflowSteps": [step.show() for step in template.steps],
            "workflowSettings": [
                {
                    "workflowStep": step.reference(),
                    "assignedTo": [],
                    "notifyProvider": None,
                    "lqaProfile": None,
                }
                for step in template.steps
            ],
            "assignedTo": assigned,
            "notifyProviders": None,
            "projectWorkflowSettings": {
                "completeUnassigned": False,
                "propagateTranslationsToLowerWfDuringUpdateSource": False,
            },
            "fileHandoverSettings": None,
        }
        return answer_json(body)


_RELATIONS = (
    "clientId",
    "clientName",
    "domainName",
    "subDomainName",
    "costCenterId",
    "costCenterName",
    "businessUnitName",
)
